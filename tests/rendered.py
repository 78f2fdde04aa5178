"The rendered site as tests see it: its pages, by kind, and what each of them says."

from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup

import pages
from project import LESSONS, ROOT

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.html"))
LESSON_PAGES = [DOCS / pages.page_name(path.name) for path in LESSONS]
REFERENCE = [path for path in PAGES if path.parent.name == "reference"]
# One of each kind: every module in a table, long entries, classes with methods, values and types.
KINDS = [DOCS / "reference" / f"{name}.html" for name in ("index", "pictures", "engine", "plots")]


def name(path: Path) -> str:
    return path.relative_to(DOCS).with_suffix("").as_posix().replace("/", "-")


@cache
def soup(path: Path) -> BeautifulSoup:
    "The page, to be read and not changed."
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def is_live(path: Path) -> bool:
    "Whether the page has a picture that moves."
    return bool(soup(path).select(".agt-saved"))
