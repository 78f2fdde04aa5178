"A lesson where nothing can be folded, as in the classic Notebook and on GitHub: what its first two screens hold."

import ast
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Page

from project import RUNNABLE

SCREEN = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    tab = browser.new_page(viewport=SCREEN)
    tab.route("http*://**", lambda route: route.abort())
    yield tab
    tab.close()


def is_imports(cell: nbformat.NotebookNode) -> bool:
    nodes = ast.parse(cell.source).body
    return all(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes)


@pytest.mark.parametrize("path", RUNNABLE, ids=lambda path: path.stem)
def test_two_screens_hold_the_question_and_the_first_taught_cell(path: Path, page: Page) -> None:
    notebook = nbformat.read(path, as_version=4)
    after = [each for each in notebook.cells if each.cell_type == "code"][1:]  # setting up
    first = next(each for each in after if not is_imports(each))
    html, _ = HTMLExporter(template_name="lab").from_notebook_node(notebook)
    page.set_content(html, wait_until="domcontentloaded")
    question, taught = (
        page.locator(f"[id='cell-id={each.id}']") for each in (notebook.cells[0], first)
    )
    assert notebook.cells[0].source.endswith("?") and question.bounding_box()["y"] < 200
    box = taught.bounding_box()
    assert box["y"] + box["height"] <= 2 * SCREEN["height"]
