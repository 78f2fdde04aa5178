"The site in Markdown: a copy beside each page, README.md, and llms.txt."

import json
import re
from collections.abc import Callable
from pathlib import Path

from fastcore.basics import AttrDict
from fastcore.nbio import mk_cell, read_nb
from nbconvert import MarkdownExporter
from nbdev.config import nbpath2html
from nbdev.processors import FilterDefaults
from nbformat import reads

from notebooks import NBS, ROOT, sources

EXPORTER = MarkdownExporter()  # one, which reads its templates once
LINK = re.compile(r"(?<=\]\()[\w./]+\.ipynb")


def page_name(path: Path) -> str:
    "The name of a notebook's page as nbdev has it, without the number: 02_fit.ipynb is fit.html."
    return nbpath2html(path).with_suffix(".html").name


def at_page(link: str, kind: str = ".html") -> str:
    "A link to a notebook, as a link to its page."
    return str(Path(link).with_name(Path(page_name(Path(link))).stem + kind))


def alt_text(cell: AttrDict, path: Path) -> str:
    "What the picture of `cell` shows, in words."
    found = re.search(r"^#\| fig-alt: (.*)$", cell.source, re.M)
    if not found:
        raise ValueError(
            f"a picture in {path.name} has no alternative text: give its cell a '#| fig-alt:' line"
        )
    return found[1]


def is_live(data: dict) -> bool:
    "Whether an output is a live picture, with its controls."
    return 'class="agt-saved"' in "".join(data.get("text/html", ""))


def as_markdown(path: Path, show: Callable[[dict, str], str]) -> str:
    "The notebook as readers see it, in Markdown; `show` says how a picture with its words is put."
    notebook = read_nb(path)
    heading = notebook.cells[0].source
    FilterDefaults()(notebook)
    notebook.cells[0] = mk_cell(heading, "markdown")
    for cell in notebook.cells:
        for out in cell.get("outputs", []):
            data = out.get("data", {})
            if "image/png" in data:
                words = "".join(data["text/plain"]) if is_live(data) else alt_text(cell, path)
                out["data"] = {"text/markdown": show(data, words)}
        if re.search(r"^#\| echo: false$", cell.source, re.M):
            cell.update(cell_type="markdown", source=cell.outputs[0]["data"]["text/markdown"])
        cell.source = re.sub(r"^#\| .*\n", "", cell.source, flags=re.M)
    notebook.metadata["language_info"] = {"name": "python"}
    text, _ = EXPORTER.from_notebook_node(reads(json.dumps(notebook), as_version=4))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def write_copies(docs: Path) -> None:
    "A Markdown copy beside each page, where the package's docstrings point."
    for path in sources():
        copy = docs / at_page(str(path.relative_to(NBS)), ".html.md")
        text = as_markdown(path, lambda data, words: f"*Picture: {words}*")
        copy.write_text(LINK.sub(lambda link: at_page(link[0], ".html.md"), text), encoding="utf-8")


def write_readme() -> None:
    "README.md from index.ipynb, with its picture in the site."
    text = as_markdown(
        NBS / "index.ipynb",
        lambda data, words: f"![{words}](docs/pictures/index-1.png)",
    )
    (ROOT / "README.md").write_text(LINK.sub(lambda link: f"nbs/{link[0]}", text), encoding="utf-8")
