"Run the notebooks and save their outputs: `python nbs/_tools/notebooks.py [NOTEBOOK ...]`."

import os
import sys
from pathlib import Path

import nbformat
from autograd_tutorial.live import STATIC
from nbclient import NotebookClient
from nbdev.clean import nbdev_clean

NBS = Path(__file__).resolve().parents[1]
ROOT = NBS.parent
OWN = "ignore::FutureWarning:torch.jit._script"  # PyTorch 2.15 about code of its own, at the first forward-mode derivative


def sources() -> list[Path]:
    "Every notebook of the series, in the order of its name."
    return sorted(p for p in NBS.rglob("*.ipynb") if not any(part[0] in "._" for part in p.relative_to(NBS).parts))


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


def executed(path: Path) -> nbformat.NotebookNode:
    "The notebook at `path`, run from top to bottom in a fresh kernel, with the pictures that stand without one."
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": path.parent}})
    client.execute(env={**os.environ, STATIC: "1", "PYTHONWARNINGS": f"{os.environ.get('PYTHONWARNINGS', '')},{OWN}"})
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = join_streams(cell.outputs)
            for out in cell.outputs:
                if drawing := out.get("data", {}).get("image/svg+xml"):
                    out.data = {"image/svg+xml": drawing[drawing.index("<svg") :], "image/png": out.data["image/png"]}
    notebook.metadata.pop("widgets", None)  # models of a kernel that has ended
    return notebook


def main(names: list[str]) -> None:
    chosen = [Path(name).resolve() for name in names] or sources()
    os.chdir(ROOT)  # nbdev looks for its settings from here
    for path in chosen:
        print(f"running {os.path.relpath(path, ROOT)}", flush=True)
        nbformat.write(executed(path), path)
        nbdev_clean(fname=str(path))


if __name__ == "__main__":
    main(sys.argv[1:])
