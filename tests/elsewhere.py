"""Run the lessons in another environment and drag their sliders there: `python tests/elsewhere.py NAME ...`.

`tests/elsewhere/NAME.txt` lists the versions of the environment, its first line what it is. It gets a
virtual environment in `.venvs/NAME`; $PYTHON_NAME, or else the running Python, makes it. The lessons lie
in a folder without the rest of the repository. In Colab's their first cell installs a wheel of the
package; elsewhere the reader has done so before, and the cell does nothing.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time as clock
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

import chromium

ROOT = Path(__file__).resolve().parents[1]
LISTS = ROOT / "tests" / "elsewhere"
ARTIFACTS = ROOT / "tests" / "artifacts"
SOURCE = re.compile(r"{HOME}/archive/[^\"\\]+")
DONE = """(cells) => {
    const prompts = [...document.querySelectorAll('.jp-InputPrompt, .input_prompt')].map((each) => each.textContent);
    return prompts.filter((each) => /\\d/.test(each)).length >= cells && !prompts.some((each) => each.includes('*'));
}"""
ERRORS = "[data-mime-type='application/vnd.jupyter.error'], .output_error, .agt-error:not(:empty)"
HANDLES = ".widget-slider .noUi-handle, .widget-slider .ui-slider-handle"
WORDS = ".agt .agt-words"


def call(*command: str | Path, **options: object) -> str:
    "Run a command; its output, or the end of this program with it."
    done = subprocess.run(command, text=True, capture_output=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def environment(name: str) -> Path:
    "The Python of the environment `name`, installed anew where its list has changed."
    listed, folder = LISTS / f"{name}.txt", ROOT / ".venvs" / name
    python, stamp = folder / "bin" / "python", folder / listed.name
    if not stamp.exists() or stamp.read_bytes() != listed.read_bytes():
        shutil.rmtree(folder, ignore_errors=True)
        call(os.environ.get(f"PYTHON_{name.upper()}", sys.executable), "-m", "venv", folder)
        call(python, "-m", "pip", "install", "-q", "-r", listed)
        shutil.copy(listed, stamp)
    call(python, "-m", "pip", "uninstall", "-q", "-y", "autograd_tutorial")
    return python


def lessons(folder: Path) -> list[str]:
    "Copy the lessons into `folder`, where their first cell installs a wheel built from this tree."
    call(
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        folder.parent,
        cwd=ROOT,
    )
    (wheel,) = folder.parent.glob("*.whl")
    folder.mkdir()
    for path in sorted((ROOT / "docs" / "notebooks").glob("*.ipynb")):
        text, count = SOURCE.subn(str(wheel), path.read_text(encoding="utf-8"))
        if count != 2:
            sys.exit(
                f"{path.name} has {count} places that name where the package comes from, not two"
            )
        (folder / path.name).write_text(text, encoding="utf-8")
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def server(python: Path, folder: Path, front_end: str) -> Iterator[str]:
    "The address of a server of that environment, over `folder`."
    log = (folder.parent / "server.log").open("w+")
    program = "jupyterlab" if front_end.startswith("lab") else "notebook"
    old = front_end in ("classic", "colab")
    place = f"--notebook-dir={folder}" if old else f"--ServerApp.root_dir={folder}"
    token = "--NotebookApp.token=" if old else "--ServerApp.token=open"
    env = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("AUTOGRAD_TUTORIAL", "PYTHON", "JUPYTER"))
    }
    env.update(
        PATH=f"{python.parent}:{os.environ['PATH']}",
        JUPYTER_CONFIG_DIR=str(folder.parent / "config"),
    )
    command = [python, "-m", program, "--no-browser", "--allow-root", place, token]
    started = subprocess.Popen(command, stdout=log, stderr=log, env=env, start_new_session=True)
    try:
        for _ in range(240):
            clock.sleep(0.5)
            if found := re.search(
                r"http://(?:localhost|127\.0\.0\.1):\d+/", Path(log.name).read_text()
            ):
                break
        else:
            sys.exit(f"no address in two minutes: {Path(log.name).read_text()}")
        yield found[0]
    finally:
        os.killpg(started.pid, signal.SIGKILL)


def run_all(page: Page, address: str, front_end: str, lesson: str) -> None:
    "Open a lesson and run all of its cells, as its reader does."
    if front_end in ("classic", "colab"):
        page.goto(f"{address}notebooks/{lesson}")
        page.wait_for_function("window.Jupyter?.notebook?.kernel?.is_connected()", timeout=60_000)
        page.get_by_role("link", name="Widgets", exact=True).wait_for()
        page.wait_for_timeout(3_000)  # the extensions load
        page.evaluate("Jupyter.notebook.execute_all_cells()")
    else:
        page.goto(
            f"{address}{'notebooks' if front_end == 'notebook7' else 'lab/tree'}/{lesson}?token=open&reset"
        )  # without the lesson before
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", state="attached", timeout=60_000)
        page.wait_for_timeout(3_000)  # the kernel connects
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator(".lm-Menu-itemLabel:text-is('Run All Cells')").click()
    page.wait_for_function(DONE, arg=6, timeout=180_000)


def drag(page: Page, picture: int) -> None:
    "Move the first slider of a picture by keyboard and by mouse: the picture follows."
    shown = page.locator(f".agt:has({WORDS.split()[-1]})").nth(picture)
    handle = (
        page.locator(
            "xpath=//*[contains(@class, 'agt-words')]/ancestor::*[contains(@class, 'widget-vbox')]"
        )
        .nth(picture)
        .locator(HANDLES)
        .first
    )
    for move in (lambda: by_mouse(page, handle), lambda: handle.press("ArrowLeft")):
        at_rest(page, handle)
        before = shown.inner_html()
        move()
        page.wait_for_function(
            "([shown, before]) => shown.innerHTML !== before",
            arg=[shown.element_handle(), before],
            timeout=10_000,
        )


def at_rest(page: Page, handle) -> None:
    "Wait until the move before has come to rest, and the handle is in view: cells that come into view change their height."
    for _ in range(20):
        page.wait_for_timeout(500)
        before = handle.bounding_box()
        handle.scroll_into_view_if_needed()
        page.wait_for_timeout(100)
        if handle.bounding_box() == before:
            return


def by_mouse(page: Page, handle) -> None:
    "Drag the handle over the middle of its track, far enough for a slider of few stops."
    box = handle.bounding_box()
    left, width = handle.evaluate(
        "handle => { const box = handle.closest('.noUi-target, .ui-slider').getBoundingClientRect(); return [box.x, box.width]; }"
    )
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(left + width * (0.75 if x < left + width / 2 else 0.25), y, steps=9)
    page.mouse.up()


def used(page: Page, address: str, front_end: str, lesson: str) -> int:
    "Run a lesson and move each of its pictures; returns how many there are."
    run_all(page, address, front_end, lesson)
    page.wait_for_function(
        f"document.querySelectorAll('{WORDS} strong:not(:empty)').length > 0", timeout=60_000
    )
    if found := page.locator(ERRORS).all_text_contents():
        sys.exit(f"{lesson}: {found}")
    pictures = page.locator(WORDS).count()
    for picture in range(pictures):
        drag(page, picture)
    return pictures


def frozen(python: Path) -> set[str]:
    return set(call(python, "-m", "pip", "list", "--format=freeze").split())


def main(name: str) -> None:
    print((LISTS / f"{name}.txt").read_text().splitlines()[0].lstrip("# "), flush=True)
    python = environment(name)
    ARTIFACTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(scratch) / "lessons"
        names = lessons(folder)
        if name != "colab":
            call(python, "-m", "pip", "install", "-q", *Path(scratch).glob("*.whl"))
        before = frozen(python)
        chrome = playwright.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox", "--disable-gpu"]
        )
        with server(python, folder, name) as address:
            for lesson in names:
                page = chrome.new_page(viewport={"width": 1300, "height": 1000})
                try:
                    pictures = used(page, address, name, lesson)
                finally:
                    page.screenshot(path=ARTIFACTS / f"{name}-{Path(lesson).stem}.png")
                print(
                    f"  {lesson}: ran without an error, {pictures} pictures followed their sliders",
                    flush=True,
                )
                page.close()
        chrome.close()
    changed = {
        line
        for line in before ^ frozen(python)
        if name != "colab" or not line.startswith("autograd")
    }
    if changed:
        sys.exit(f"the first cell changed what was installed: {sorted(changed)}")
    print(
        f"  the first cell changed none of the {len(before)} packages that were there; {call(python, '--version').strip()}"
    )


if __name__ == "__main__":
    for each in sys.argv[1:]:
        main(each)
