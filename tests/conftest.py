"What all rooms share: a browser, who runs beside whom, and the last lines of a run."

import ast
import gc
import os
import shlex
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

# Before torch is there: over tensors of twenty numbers threads do nothing but wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import settings

from project import NOTEBOOKS, ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

TESTS = ROOT / "tests"
EACH_ALONE = (
    "test_exercises.py",
    "test_examples.py",
    "test_site.py",
)  # their tests share nothing dear

signal.signal(
    signal.SIGINT, signal.default_int_handler
)  # what a shell starts in the background ignores Ctrl-C

settings.register_profile("project", deadline=None, derandomize=True, database=None)
settings.load_profile("project")


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    "Chromium, without a window and without calls of its own to the network."
    from playwright.sync_api import sync_playwright

    import chromium

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


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    "The site as its host serves it: what a reader chose is stored here, which a browser may refuse to files."
    import serve

    with serve.serving(ROOT / "docs") as served:
        yield served


def together(nodeid: str) -> str:
    "Of tests with the same answer one process runs all, in a row: those of a lesson, of a build, of a server."
    file = nodeid.split("::")[0]
    if "/lessons/" in nodeid:
        return next((path.stem for path in NOTEBOOKS if path.stem in nodeid), file)
    return nodeid if file.endswith(EACH_ALONE) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "LoadScopeScheduling":
    "Who runs beside whom, where there are several processes."
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return together(nodeid)

    return Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    "Each lesson's tests in a row, the one that clears its kernel last."
    at = [k for k, item in enumerate(items) if "/lessons/" in item.nodeid]
    lessons = sorted(
        (items[k] for k in at), key=lambda item: (together(item.nodeid), "_edited" in item.nodeid)
    )
    for k, item in zip(at, lessons, strict=True):
        items[k] = item


def pytest_collection_finish() -> None:
    "What was imported stays: neither the collector nor `record`, which asks it, need look at it again."
    gc.collect()
    gc.freeze()


def docstring(file: str) -> str:
    "What a file of tests says that it proves."
    return ast.get_docstring(ast.parse((TESTS / file).read_text(encoding="utf-8"))) or file


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    "Say in words what passed, and how to run what did not."
    counts: dict[str, dict[str, int]] = {}
    for kind in ("passed", "failed", "error"):
        for report in terminalreporter.stats.get(kind, []):
            file = counts.setdefault(
                report.nodeid.removeprefix("tests/").split("::")[0], dict(good=0, bad=0)
            )
            file["good" if kind == "passed" else "bad"] += 1
    terminalreporter.section("what was proved")
    for file, count in sorted(counts.items()):
        verdict = "FAILED" if count["bad"] else "passed"
        terminalreporter.write_line(f"{verdict} {count['good']:5}  {file}: {docstring(file)}")
    bad = [
        report for kind in ("failed", "error") for report in terminalreporter.stats.get(kind, [])
    ]
    if bad:
        terminalreporter.section("each alone")
    for name in sorted({report.nodeid.removeprefix("tests/") for report in bad}):
        terminalreporter.write_line(f"make test T={shlex.quote(name)}")
