"Each lesson runs once; the tests of a lesson are called in the kernel that ran it, with the names that the run left behind."

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

import notebooks
from project import ROOT

CALL = """
import runpy as _runpy, traceback as _traceback, types as _types
try:
    _runpy.run_path({file!r})[{test!r}](_types.SimpleNamespace(**globals()))
except BaseException as _error:
    _frames = _traceback.extract_tb(_error.__traceback__)
    _at = [_frame for _frame in _frames if _frame.filename == {file!r}]
    print("".join(_traceback.format_list(_at) + _traceback.format_exception_only(_error)))
"""


class Ran:
    "Runs notebooks when a test first asks; the kernel of one ends when another is asked for."

    def __init__(self) -> None:
        self.path: Path | None = None
        self.client: NotebookClient | Exception | None = None

    def __call__(self, path: Path) -> NotebookClient:
        if path != self.path:
            self.end()
            self.path = path
            try:
                self.client = notebooks.saving(path)
            except Exception as error:
                self.client = error
        if isinstance(self.client, Exception):
            raise self.client
        return self.client

    def end(self) -> None:
        if isinstance(self.client, NotebookClient):
            notebooks.end(self.client)
        self.client = None


@pytest.fixture(scope="session")
def ran() -> Iterator[Ran]:
    "Gives the client that ran a notebook, in a kernel that still knows its names."
    clients = Ran()
    yield clients
    clients.end()


@pytest.fixture
def executed(ran: Ran) -> Callable[[Path], NotebookNode]:
    "Gives a notebook as it comes out of a fresh kernel."
    return lambda path: notebooks.outputs_as_saved(ran(path).nb)


@pytest.fixture
def run(request: pytest.FixtureRequest, ran: Ran) -> NotebookClient:
    "The run of the lesson that the test's file is named after."
    return ran(ROOT / "nbs" / f"{request.path.stem.removeprefix('test_')}.ipynb")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    client = pyfuncitem.funcargs.get("run")
    if client is None:
        return None
    cell = new_code_cell(CALL.format(file=str(pyfuncitem.path), test=pyfuncitem.name))
    client.execute_cell(cell, 0, store_history=False)
    if cell.outputs:
        pytest.fail("".join(out.get("text", str(out)) for out in cell.outputs), pytrace=False)
    return True
