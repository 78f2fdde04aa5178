"Run the notebooks and save their outputs: `python nbs/_tools/notebooks.py [NOTEBOOK ...]`."

import os
import re
import sys
from pathlib import Path

import nbformat
from autograd_tutorial.core.saving import STATIC
from nbclient import NotebookClient
from nbclient.util import run_sync
from nbdev.clean import nbdev_clean
from nbformat import NotebookNode

NBS = Path(__file__).resolve().parents[1]
ROOT = NBS.parent
LOOK = Path(__file__).with_name("matplotlibrc")
METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.S)  # a date, and a version
OWN = "ignore::FutureWarning:torch.jit._script"  # PyTorch 2.15 about code of its own, at the first forward-mode derivative


def sources() -> list[Path]:
    "Every notebook of the series, in the order of its name."
    return sorted(
        p
        for p in NBS.rglob("*.ipynb")
        if not any(part[0] in "._" for part in p.relative_to(NBS).parts)
    )


def join_streams(outputs: list) -> list:
    "The same outputs, with neighbouring pieces of one stream as one: how a stream is cut is chance."
    joined: list = []
    for out in outputs:
        last = joined[-1] if joined else {}
        if out.output_type == "stream" == last.get("output_type") and out.name == last.name:
            last.text += out.text
        else:
            joined.append(out)
    return joined


def started(notebook: NotebookNode, folder: Path, **environment: str) -> NotebookClient:
    "A client that has run `notebook` in `folder`, from top to bottom; its kernel lives on."
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],  # not that it talks over TCP
        resources={"metadata": {"path": folder}},
    )
    client.execute(env={**os.environ, **environment}, cleanup_kc=False)
    return client


def saving(path: Path) -> NotebookClient:
    "A client that has run the notebook at `path`, with pictures that stand without a kernel."
    warnings = f"{os.environ.get('PYTHONWARNINGS', '')},{OWN}"
    look = {STATIC: "1", "MATPLOTLIBRC": str(LOOK), "PYTHONWARNINGS": warnings}
    return started(nbformat.read(path, as_version=4), path.parent, **look)


def outputs_as_saved(notebook: NotebookNode) -> NotebookNode:
    "The notebook without what differs from run to run."
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = join_streams(cell.outputs)
            for out in cell.outputs:
                if drawing := out.get("data", {}).get("image/svg+xml"):
                    plain = METADATA.sub("", drawing[drawing.index("<svg") :])
                    out.data = {
                        "image/svg+xml": plain,
                        "image/png": out.data["image/png"],
                    }
    notebook.metadata.pop("widgets", None)  # models of a kernel that has ended
    return notebook


def end(client: NotebookClient) -> None:
    "End the kernel that `started` left."
    run_sync(client.km.shutdown_kernel)(now=True)
    client.kc.stop_channels()


def executed(path: Path) -> NotebookNode:
    "The notebook at `path`, run from top to bottom in a fresh kernel that has ended."
    client = saving(path)
    end(client)
    return outputs_as_saved(client.nb)


def main(names: list[str]) -> None:
    chosen = [Path(name).resolve() for name in names] or sources()
    os.chdir(ROOT)  # nbdev looks for its settings from here
    for path in chosen:
        print(f"running {os.path.relpath(path, ROOT)}", flush=True)
        nbformat.write(executed(path), path)
        nbdev_clean(fname=str(path))


if __name__ == "__main__":
    main(sys.argv[1:])
