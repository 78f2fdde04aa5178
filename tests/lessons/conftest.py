"Each lesson runs once; the tests of this folder are called in the kernel that ran their lesson, with the names that the run left behind."

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

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


@pytest.fixture()
def run(request: pytest.FixtureRequest, ran: dict) -> NotebookClient:
    "The run of the lesson that the test's file is named after."
    return ran[ROOT / "nbs" / f"{request.path.stem.removeprefix('test_')}.ipynb"]


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
