"What several tests share: a browser, a copy of the project to build in, the run notebooks."

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from nbclient import NotebookClient
from playwright.sync_api import Browser, sync_playwright

import chromium
import notebooks
from project import copy_of_project, is_made, made_by_docs, run


@pytest.fixture(scope="session")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    "A copy of the project in which everything that is made has been made again."
    folder = copy_of_project(tmp_path_factory.mktemp("rebuilt"))
    run("nbdev-clean", cwd=folder)
    shutil.rmtree(folder / "docs")
    for module in filter(is_made, (folder / "autograd_tutorial").glob("*.py")):
        module.unlink()
    made_by_docs(folder)
    return folder


class Built(NamedTuple):
    "What a release uploads."

    wheel: Path
    sdist: Path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    "The package as a release builds it: the sdist from the sources, the wheel from the sdist."
    folder = tmp_path_factory.mktemp("built")
    run(
        "python",
        "-m",
        "build",
        "--no-isolation",
        "--outdir",
        folder / "dist",
        cwd=copy_of_project(folder / "project"),
    )
    return Built(*(next((folder / "dist").glob(kind)) for kind in ("*.whl", "*.tar.gz")))


class Ran(dict):
    "Clients by the path of a notebook, each of which ran it when a test first asked."

    def __missing__(self, path: Path) -> NotebookClient:
        self[path] = notebooks.saving(path)
        return self[path]


@pytest.fixture(scope="session")
def ran() -> Iterator[Ran]:
    "Every notebook, run in a kernel that still knows its names."
    clients = Ran()
    yield clients
    for client in clients.values():
        notebooks.end(client)


class Executed(dict):
    "Notebooks by path, as they come out of their run."

    def __init__(self, ran: Ran):
        self.ran = ran

    def __missing__(self, path: Path) -> dict:
        self[path] = notebooks.outputs_as_saved(self.ran[path].nb)
        return self[path]


@pytest.fixture(scope="session")
def executed(ran: Ran) -> Executed:
    "Every notebook as it comes out of a fresh kernel."
    return Executed(ran)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    "Chromium, without a window and without calls of its own to the network."
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
    ]
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium.find(), args=flags)
        yield chrome
        chrome.close()


PROVES = {
    "test_classroom": "teachers read what was measured of a class",
    "test_errors": "errors are shown, silent ones are found, and nothing healthy is blamed",
    "test_engine": "the engine of lesson 6 is PyTorch's equal in values and gradients",
    "test_exercises": "exercises refuse wrong answers by name, and survive any answer",
    "test_explorer": "live pictures hold what PyTorch computes",
    "test_learner": "a fastai Learner does what our lines do, leaves the rest alone, and is missed in one line",
    "test_helpers": "helpers keep their contract and refuse bad input",
    "test_lab": "lessons run in JupyterLab, and its slider is dragged",
    "test_live": "live pictures move without a kernel, for every reader",
    "test_notebooks": "notebooks run, their saved text and pictures are fresh",
    "test_graph": "what is recorded is what PyTorch does, and what is drawn can be read",
    "test_house": "types, style, workflows and classroom boxes are as the house wants them",
    "test_optimizers": "momentum, Nesterov and Adam step as PyTorch's do, and the race is told as it is run",
    "test_package": "the package installs anywhere, and its command brings the lessons",
    "test_pages": "the adapter makes pages of what the renderer writes, and speaks up when it changes",
    "test_reference": "every exported name has an example that runs",
    "test_repository": "metadata, code, notebooks, README and site are in step",
    "test_scale": "workers find what one process finds, and leave nothing behind however they end",
    "test_static": "the front end has sound types, and its parts work without a browser",
    "test_vectors": "products with a Jacobian are right, and their picture is",
    "test_site": "every page is whole, light, still, searchable and open to everyone",
}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    "Say in words what passed."
    nodes = {
        kind: [report.nodeid for report in terminalreporter.stats.get(kind, [])]
        for kind in ("passed", "failed", "error")
    }
    passed, failed = nodes["passed"], nodes["failed"] + nodes["error"]
    terminalreporter.section("what was proved")
    for file, words in PROVES.items():
        counts = [sum(f"{file}.py" in node for node in group) for group in (passed, failed)]
        verdict = "FAILED" if counts[1] else "not run" if not counts[0] else "passed"
        terminalreporter.write_line(f"{verdict:8}{counts[0]:4}  {words}")
