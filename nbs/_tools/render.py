"""Render docs/ and README.md from the saved notebooks: `python nbs/_tools/render.py`.

nbdev processes the notebooks (hidden cells, directives), smalldocs renders the pages, and a few
things are mended afterwards. No cell runs.
"""

import json
import re
import shutil
import tempfile
from base64 import b64decode
from collections.abc import Callable
from html import escape
from pathlib import Path
from urllib.parse import quote

import yaml
from bs4 import BeautifulSoup
from fastcore.basics import AttrDict
from fastcore.nbio import mk_cell, read_nb, write_nb
from nbconvert import MarkdownExporter
from nbdev.config import nbpath2html
from nbdev.processors import FilterDefaults
from nbdev.quarto import refresh_quarto_yml
from nbformat import reads
from smalldocs.site import ASSETS
from smalldocs.site import build as build_pages

import settings
from notebooks import NBS, ROOT, sources

from autograd_tutorial.plots import COLOURS

README_PICTURE = "index.png"
FOR_QUARTO_ALONE = re.compile("unknown key format-links|format commonmark is not built|output-file is not read")


def page_name(path: Path) -> str:
    "The name of a notebook's page as nbdev has it, without the number: 02_fit.ipynb is fit.ipynb."
    return nbpath2html(path).with_suffix(".ipynb").name


def at_page(link: str) -> str:
    "A link to a notebook, as a link to its page."
    return str(Path(link).with_name(page_name(Path(link))))


def stage(folder: Path) -> None:
    "Copy the sources to `folder` as smalldocs wants them: processed, renamed, configured."
    shutil.copytree(NBS, folder, ignore=shutil.ignore_patterns("*.ipynb", "_tools", "_proc", ".ipynb_checkpoints"))
    for path in sources():
        notebook = processed(path)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = re.sub(r"(?<=\]\()[\w./]+\.ipynb", lambda link: at_page(link[0]), cell.source)
        target = folder / path.relative_to(NBS)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_nb(notebook, target.with_name(page_name(path)))
    config = (folder / "_quarto.yml").read_text(encoding="utf-8")
    quarto = yaml.safe_load(re.sub(r"[\w/]+\.ipynb", lambda link: at_page(link[0]), config))
    quarto["website"]["description"] = settings.read()["description"]
    quarto["format"]["html"]["theme"]["dark"] = dark_theme(folder).name
    (folder / "_quarto.yml").write_text(yaml.safe_dump(quarto, sort_keys=False), encoding="utf-8")


def dark_theme(folder: Path) -> Path:
    "Bootstrap with its own dark colours as the only ones, in a file that smalldocs takes for a theme."
    css = (ASSETS / "vendor/bootstrap/bootstrap.min.css").read_text(encoding="utf-8")
    switch = "[data-bs-theme=dark]{color-scheme:dark"
    if switch not in css:
        raise ValueError(f"Bootstrap's stylesheet has no {switch!r}: look at what changed in smalldocs")
    path = folder / "dark.css"
    path.write_text(css.replace("[data-bs-theme=dark]", ":root"), encoding="utf-8")
    return path


def processed(path: Path) -> AttrDict:
    "The notebook as nbdev shows it to readers, its drawings turned into images."
    notebook = read_nb(path)
    FilterDefaults()(notebook)
    for cell in notebook.cells:
        for out in cell.get("outputs", []):
            if drawing := out.get("data", {}).get("image/svg+xml"):
                out["data"] = {"text/html": as_image("".join(drawing), alt_text(cell, path))}
    return notebook


def alt_text(cell: AttrDict, path: Path) -> str:
    "What the picture of `cell` shows, in words."
    found = re.search(r"^#\| fig-alt: (.*)$", cell.source, re.M)
    if not found:
        raise ValueError(f"a picture in {path.name} has no alternative text: give its cell a '#| fig-alt:' line")
    return found[1]


def themed(svg: str) -> str:
    "A drawing with colours that follow the theme of the page that shows it, in the page's own font."
    light = "".join(f"--{name}:{pair[0]};" for name, pair in COLOURS.items())
    dark = "".join(f"--{name}:{pair[1]};" for name, pair in COLOURS.items())
    for name, pair in COLOURS.items():
        svg = svg.replace(pair[0], f"var(--{name})")
    svg = re.sub(r"'DejaVu Sans'[^;\"]*sans-serif", "system-ui, sans-serif", svg)
    style = f"<style>svg{{{light}}}@media(prefers-color-scheme:dark){{svg{{{dark}}}}}</style>"
    start = svg.index(">") + 1
    return svg[:start] + style + svg[start:]


def as_image(svg: str, alt: str) -> str:
    "The drawing as an image: one name for a screen reader, room kept while it loads, a theme of its own."
    width, height = (round(float(size) * 4 / 3) for size in re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg).groups())
    source = quote(themed(svg), safe=" =:/;,()'")
    return f'<img src="data:image/svg+xml,{source}" alt="{escape(alt)}" width="{width}" height="{height}" class="figure">'


def check(html: str) -> None:
    "`ValueError` where the renderer is not what this was written for, or a page would call another host."
    page = BeautifulSoup(html, "html.parser")
    if page.select_one("head") is None or page.select_one("main h1") is None:
        raise ValueError("the renderer's page has no <main> with a heading: look at what changed in smalldocs")
    for tag in page.select("script[src], link[rel=stylesheet], img[src], iframe[src]"):
        address = tag.get("src") or tag.get("href")
        if re.match(r"(https?:)?//", address):
            raise ValueError(f"the page loads {address} from another host")


def write_pages(folder: Path) -> None:
    "Stage, render and check the site into `folder`."
    with tempfile.TemporaryDirectory() as scratch:
        staged = Path(scratch) / "nbs"
        stage(staged)
        site = build_pages(staged, quiet=True)
        if unknown := [w for w in site.warnings if not FOR_QUARTO_ALONE.search(w)]:
            raise ValueError("smalldocs warns: " + "; ".join(unknown))
        for path in site.out.rglob("*.html"):
            check(path.read_text(encoding="utf-8"))
        sitemap = site.out / "sitemap.xml"
        sitemap.write_text(re.sub(r"\s*<lastmod>.*?</lastmod>", "", sitemap.read_text(encoding="utf-8")), encoding="utf-8")
        shutil.copytree(site.out, folder, copy_function=shutil.copy)


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
    text, _ = MarkdownExporter().from_notebook_node(reads(json.dumps(notebook), as_version=4))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def write_copies(docs: Path) -> None:
    "A Markdown copy beside each page, where the package's docstrings point."
    for path in sources():
        copy = docs / path.relative_to(NBS).with_name(f"{Path(page_name(path)).stem}.html.md")
        text = as_markdown(path, lambda data, words: f"*Picture: {words}*")
        copy.write_text(re.sub(r"(?<=\]\()[\w./]+\.ipynb", lambda link: f"{Path(at_page(link[0])).stem}.html.md", text), encoding="utf-8")


def write_readme(docs: Path) -> None:
    "README.md from index.ipynb, with its picture in the site."

    def show(data: dict, words: str) -> str:
        (docs / README_PICTURE).write_bytes(b64decode("".join(data["image/png"])))
        return f"![{words}](docs/{README_PICTURE})"

    text = as_markdown(NBS / "index.ipynb", show)
    (ROOT / "README.md").write_text(re.sub(r"(?<=\]\()(\w+\.ipynb)", r"nbs/\1", text), encoding="utf-8")


def main() -> None:
    refresh_quarto_yml()
    docs = ROOT / "docs"
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "docs"
        write_pages(fresh)
        shutil.rmtree(docs, ignore_errors=True)
        shutil.copytree(fresh, docs)
    write_copies(docs)
    write_readme(docs)
    print(f"rendered {docs}")


if __name__ == "__main__":
    main()
