"The site in Markdown, from the reading that its pages have: a copy beside each page, and README.md."

import re
from pathlib import Path

import film
from notebooks import NBS, ROOT
from pages import LIVE, PREDICTION, Cell, Page, page_name

LINK = re.compile(r"(?<=\]\()[\w./]+\.ipynb")


def as_markdown(page: Page, picture: str) -> str:
    "The page as readers see it, in Markdown; `picture` says how the words of one are put."
    parts = []
    for cell in page.cells:
        shown = f"```python\n{cell.source}\n```" if cell.code else cell.source
        parts += ["" if cell.says.get("echo") == "false" else shown]
        parts += [output(data, cell, picture) for data in cell.outputs]
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(parts)).strip() + "\n"


def output(data: dict[str, str], cell: Cell, picture: str) -> str:
    "One output of a cell: a picture in words, HTML and Markdown as they are, text as code."
    text, html = data.get("text/plain", ""), data.get("text/html", "")
    if "image/png" in data:
        return picture.format(text if LIVE in html else cell.says["fig-alt"])
    if PREDICTION in html:
        return f"<details><summary>The answer</summary>\n\n{text}\n\n</details>"
    if 'class="agt-' in html:  # what is asked, in words
        return text
    return html or data.get("text/markdown") or re.sub("^(?=.)", "    ", text, flags=re.M)


def write(page: Page, docs: Path) -> None:
    "A copy beside the page, where the package's docstrings point; of the first page README.md, too."
    text = as_markdown(page, "*Picture: {}*")
    linked = LINK.sub(lambda link: f"{page_name(link[0])}.md", text)
    (docs / f"{page.place}.md").write_text(linked, encoding="utf-8")
    if page.place == "index.html":
        text = as_markdown(page, f"![{film.ALT}](docs/site/film.svg)")
        (ROOT / "README.md").write_text(LINK.sub(rf"{NBS.name}/\g<0>", text), encoding="utf-8")
