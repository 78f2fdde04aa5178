"JupyterLab as `make lab` starts it, with a real kernel, driven in a real browser."

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time as clock
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import torch
from autograd_tutorial.fit import make_data
from autograd_tutorial.pictures.live import stops
from autograd_tutorial.pictures.runs import RATE
from playwright.sync_api import Browser, Locator, Page

from project import ARTIFACTS, ROOT

WORDS = re.compile(r"the mse is ([\d.,e]+\d)|Exploded at step (\d+): loss is inf")


def heed_interrupts() -> None:
    "What a shell starts in the background ignores Ctrl-C: undo that."
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen, str, Path]]:
    "A JupyterLab over a copy of the notebooks, and the address that it prints."
    folder = tmp_path_factory.mktemp("lab") / "nbs"
    shutil.copytree(ROOT / "nbs", folder)
    log = (folder.parent / "log").open("w+")
    command = [sys.executable, ROOT / "nbs/_tools/lab.py", folder, "--no-browser"]
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(folder.parent / "config")}
    env.pop("AUTOGRAD_TUTORIAL_STATIC", None)
    server = subprocess.Popen(
        command, stdout=log, stderr=log, env=env, start_new_session=True, preexec_fn=heed_interrupts
    )
    try:
        yield server, printed_address(Path(log.name)), folder
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)


def printed_address(log: Path) -> str:
    "The address in the server's log, once it stands there."
    for _ in range(120):
        clock.sleep(0.5)
        if found := re.search(
            r"http://127\.0\.0\.1:\d+/lab/tree/01_gradients\.ipynb\?token=\w+", log.read_text()
        ):
            return found[0]
    raise TimeoutError(f"JupyterLab printed no address in a minute: {log.read_text()}")


COUNT_WATCHERS = """
window.watchers = new Set();
const { observe, disconnect } = MutationObserver.prototype;
MutationObserver.prototype.observe = function (target, options) {
    if (options?.attributeFilter?.includes('data-jp-theme-light')) watchers.add(this);
    return observe.call(this, target, options);
};
MutationObserver.prototype.disconnect = function () {
    watchers.delete(this);
    return disconnect.call(this);
};
"""  # each picture watches the theme, and stops when it is taken away


@pytest.fixture(scope="module")
def page(lab: tuple, browser: Browser) -> Iterator[Page]:
    tab = browser.new_page(viewport={"width": 1400, "height": 1000})
    tab.problems = []
    tab.add_init_script(COUNT_WATCHERS)
    tab.on(
        "console",
        lambda message: tab.problems.append(message.text) if message.type == "error" else None,
    )
    tab.on("pageerror", lambda error: tab.problems.append(str(error)))
    yield tab
    ARTIFACTS.mkdir(exist_ok=True)
    tab.screenshot(path=ARTIFACTS / "lab-last.png")
    tab.close()


def open_lesson(page: Page, address: str, lesson: str) -> None:
    page.goto(address.replace("01_gradients.ipynb", lesson) + "&reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", state="attached", timeout=60_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    assert page.locator(".jp-Dialog, .jp-Notification-Toast").count() == 0, "something pops up"


def run_all(page: Page, cells: int) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator(".lm-Menu-itemLabel:text-is('Run All Cells')").click()
    page.wait_for_function(
        """cells => {
            const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(p => p.textContent);
            return prompts.filter(p => /\\d/.test(p)).length >= cells && !prompts.some(p => p.includes('*'));
        }""",
        arg=cells,
        timeout=300_000,
    )


def open_and_run(page: Page, address: str, lesson: str, cells: int = 6) -> None:
    "Open a lesson, run all of its cells, and wait until the kernel is done."
    open_lesson(page, address, lesson)
    run_all(page, cells)


def shown(page: Page) -> tuple[float, float | None, int | None]:
    "The rate on the slider, and the loss or the step of the explosion that the picture states in words."
    text = page.locator(".agt-words").first.text_content()
    found = WORDS.search(text)
    assert found, text
    loss, step = found.groups()
    rate = float(page.locator(".jp-OutputArea .widget-slider .widget-readout").first.text_content())
    return rate, float(loss.replace(",", "")) if loss else None, int(step) if step else None


def expected(rate: float) -> tuple[float | None, int | None]:
    "What PyTorch gives on the slider's own grid at the rate that the page states."
    g = torch.Generator().manual_seed(42)
    time, speed = make_data(g)
    lr = min(stops(RATE), key=lambda stop: abs(stop - rate))
    params = torch.randn(3, generator=g).requires_grad_()
    for step in range(1, 202):
        loss = ((params[0] * time**2 + params[1] * time + params[2] - speed) ** 2).mean()
        if not loss.isfinite():
            return None, step
        (grad,) = torch.autograd.grad(loss, params)
        params = (params - lr * grad).detach().requires_grad_()
    return loss.item(), None


def assert_true(page: Page) -> float:
    "The page states what PyTorch computes; returns the rate."
    page.wait_for_timeout(200)
    rate, loss, step = shown(page)
    want_loss, want_step = expected(rate)
    assert step == want_step
    assert loss == (want_loss if want_loss is None else pytest.approx(want_loss, rel=1e-3))
    return rate


def handle_of(page: Page, number: int = 0) -> Locator:
    handle = page.locator(".jp-OutputArea .widget-slider .noUi-handle").nth(number)
    handle.scroll_into_view_if_needed()
    page.wait_for_timeout(500)  # JupyterLab lays its cells out in pieces
    handle.scroll_into_view_if_needed()
    return handle


def assert_clean(page: Page) -> None:
    assert (
        page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count()
        == 0
    )
    assert (
        page.locator(
            ".jp-OutputArea-output[data-mime-type*='error'], .agt-error:not(:empty)"
        ).count()
        == 0
    )
    assert page.problems == []


def test_before_it_is_run_there_is_the_picture(lab, page) -> None:
    "A notebook that is not trusted: no script runs, and nothing complains."
    open_lesson(page, lab[1], "03_learning_rate.ipynb")
    still = page.locator(".agt-saved > img")
    still.scroll_into_view_if_needed()
    assert still.is_visible() and page.locator(".agt").count() == 0
    assert "676.1 after 200 steps" in page.locator(".agt-saved > p").text_content()
    assert page.problems == []


PICTURES = {  # how many a lesson has; 03_learning_rate has tests of its own, and 02_fit comes last, since the next test plays it
    "01_gradients.ipynb": 1,
    "04_conditioning.ipynb": 1,
    "05_graph.ipynb": 2,
    "06_engine.ipynb": 1,
    "07_errors.ipynb": 1,
    "08_vectors.ipynb": 1,
    "09_optimizers.ipynb": 1,
    "10_learner.ipynb": 1,
    "11_scale.ipynb": 1,
    "02_fit.ipynb": 2,
}


@pytest.mark.parametrize(("lesson", "pictures"), PICTURES.items())
def test_lesson_runs_from_top_to_bottom(lab, page, lesson, pictures) -> None:
    open_and_run(page, lab[1], lesson)
    page.locator(".agt-words strong:not(:empty)").nth(pictures - 1).wait_for()
    handle = handle_of(page)
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"lab-{lesson.split('.')[0]}.png")
    before = page.locator(".agt-words").first.text_content()
    handle.press(
        "ArrowRight" if lesson in ("05_graph.ipynb", "06_engine.ipynb") else "ArrowLeft"
    )  # a graph begins at its first step
    page.wait_for_timeout(300)
    assert page.locator(".agt-words").first.text_content() != before
    assert_clean(page)


def test_play_moves_the_fit(lab, page) -> None:
    play = page.get_by_role("button", name="Play step")
    play.scroll_into_view_if_needed()
    play.click()
    seen = set()
    for _ in range(60):
        seen.add(page.locator(".agt-words").nth(1).text_content())
        page.wait_for_timeout(60)
    assert len(seen) > 5, seen
    assert (
        page.locator(".jp-OutputArea .widget-slider .widget-readout").last.text_content() == "12"
    ), "the ipywidgets slider follows"


def test_learning_rate_is_dragged(lab, page) -> None:
    open_and_run(page, lab[1], "03_learning_rate.ipynb")
    page.locator(".agt-words strong:not(:empty)").first.wait_for()
    handle = handle_of(page)
    assert assert_true(page) == 1e-5

    track = page.locator(".jp-OutputArea .widget-slider .noUi-target").first.bounding_box()
    x, y = (
        handle.bounding_box()[k] + handle.bounding_box()[s] / 2
        for k, s in (("x", "width"), ("y", "height"))
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 0.2 * track["width"], y, steps=12)
    page.mouse.up()
    dragged = assert_true(page)
    assert dragged > 1e-4 and shown(page)[2] is not None, (
        "far to the right it explodes, and the page says so"
    )
    page.screenshot(path=ARTIFACTS / "lab-exploded.png")

    handle.focus()
    for key in ["ArrowLeft"] * 25:
        page.keyboard.press(key)
    by_key = assert_true(page)
    assert by_key < dragged and shown(page)[1] is not None
    assert handle.get_attribute("aria-label") == "Learning rate"
    assert re.fullmatch(
        r"0\.0000\d+, after 200 steps, loss [\d.]+", handle.get_attribute("aria-valuetext")
    )
    page.screenshot(path=ARTIFACTS / "lab-learning-rate.png")
    assert_clean(page)


def test_the_edge_is_met_on_the_slider(lab, page) -> None:
    handle = handle_of(page)
    handle.focus()
    rates = {}
    while not (any(rate > 3.54e-5 for rate in rates) and any(rate < 3.54e-5 for rate in rates)):
        rate, loss, _ = shown(page)
        rates[rate] = loss if loss is not None else float("inf")
        page.keyboard.press("ArrowRight" if rate < 3.54e-5 else "ArrowLeft")
        page.wait_for_timeout(150)
        assert len(rates) < 60
    page.screenshot(path=ARTIFACTS / "lab-edge.png")
    last_below = rates[max(rate for rate in rates if rate < 3.54e-5)]
    first_above = rates[min(rate for rate in rates if rate > 3.54e-5)]
    assert last_below < 25824 < first_above


def test_the_choices_and_reset_reach_the_kernels_controls(lab, page) -> None:
    page.get_by_role("button", name="rmse", exact=True).click()
    page.get_by_role("button", name="standardised", exact=True).click()
    page.wait_for_timeout(300)
    assert "rmse is" in page.locator(".agt-words").first.text_content()
    page.get_by_role("button", name="Reset").first.click()
    page.wait_for_timeout(300)
    assert assert_true(page) == 1e-5
    assert (
        page.get_by_role("button", name="mse", exact=True).get_attribute("class").find("mod-active")
        > 0
    )


def test_the_picture_outlives_its_kernel(lab, page) -> None:
    import psutil

    handle = handle_of(page)
    box = handle.bounding_box()
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + 8, steps=4)
    for child in psutil.Process(lab[0].pid).children(recursive=True):
        if "ipykernel_launcher" in " ".join(child.cmdline()):
            child.kill()
    page.mouse.move(box["x"] + 30, box["y"] + 8, steps=4)
    page.mouse.up()
    page.get_by_text("The kernel has gone.").first.wait_for(timeout=30_000)
    page.locator(".jp-Dialog button").last.click()
    handle.focus()
    page.keyboard.press("ArrowLeft")
    first = assert_true(page)
    page.keyboard.press("ArrowLeft")
    assert assert_true(page) < first, "it works on with what was computed"
    page.screenshot(path=ARTIFACTS / "lab-kernel-gone.png")
    page.problems.clear()  # JupyterLab's own, of the lost connection


FAULTS = [
    "import torch\nfrom ipywidgets.widgets.widget import _instances\nfrom autograd_tutorial.pictures import explore_learning_rate",
    "first = explore_learning_rate()\nfirst",
    "explore_learning_rate(params=torch.ones(3), steps=20)",
    "first",
    "def broken(time, params):\n    if (time < 0).any():\n        raise ArithmeticError('no roots of negative times')\n    return params[0] * time.sqrt()\n\nexplore_learning_rate(params=torch.ones(1), model=broken)",
    "len(_instances)",
]


def test_many_pictures_many_runs(lab, page) -> None:
    "Two explorers, one of them shown twice, one with a model that raises; and all cells run ten times."
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in FAULTS])
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    nbformat.write(notebook, lab[2] / "faults.ipynb")
    open_and_run(page, lab[1], "faults.ipynb", cells=6)
    page.locator(".agt-words strong:not(:empty)").nth(3).wait_for()
    models = page.locator(".jp-OutputArea-executeResult pre").last.text_content()
    for _ in range(10):
        run_all(page, cells=6)
    page.locator(".agt-words strong:not(:empty)").nth(3).wait_for()
    assert page.locator(".agt").count() == 4
    assert page.evaluate("watchers.size") == 4, "pictures that were taken away still listen"
    assert page.locator(".jp-OutputArea-executeResult pre").last.text_content() == models, (
        "models are left behind"
    )

    start = page.locator(".agt-words").all_text_contents()
    handle_of(page).press("ArrowRight")
    page.wait_for_timeout(300)
    moved = page.locator(".agt-words").all_text_contents()
    assert moved[0] != start[0] and moved[0] == moved[2], "the same one shown twice moves twice"
    assert moved[1] == start[1], "another one stands still"

    page.get_by_role("button", name="standardised").last.click()
    page.wait_for_timeout(300)
    assert (
        "ArithmeticError: no roots of negative times"
        in page.locator(".agt-words").last.text_content()
    )
    page.get_by_role("button", name="raw").last.click()
    page.wait_for_timeout(300)
    assert "the mse is" in page.locator(".agt-words").last.text_content()
    page.locator(".agt").last.scroll_into_view_if_needed()
    page.screenshot(path=ARTIFACTS / "lab-many.png")
    assert_clean(page)


def test_reopened_without_running_it_still_moves(lab, page) -> None:
    "Run, saved, its kernel ended, opened again: the pictures are there and follow their sliders."
    words = page.locator(".agt-words").all_text_contents()
    page.locator(".jp-Notebook").click(position={"x": 5, "y": 5})
    page.keyboard.press("Control+s")
    page.wait_for_timeout(2000)
    assert "widget-state" in (lab[2] / "faults.ipynb").read_text(encoding="utf-8")
    bare, token = lab[1].split("/lab")[0], lab[1].split("token=")[1]
    for session in json.load(urllib.request.urlopen(f"{bare}/api/sessions?token={token}")):
        urllib.request.urlopen(
            urllib.request.Request(
                f"{bare}/api/sessions/{session['id']}?token={token}", method="DELETE"
            )
        )
    open_lesson(page, lab[1], "faults.ipynb")
    page.locator(".agt-words strong:not(:empty)").nth(3).wait_for(timeout=30_000)
    assert page.get_by_text("Error displaying widget").count() == 0
    assert page.locator(".agt-words").all_text_contents() == words
    handle_of(page).press("ArrowLeft")
    page.wait_for_timeout(300)
    assert page.locator(".agt-words").first.text_content() != words[0]
    assert (
        page.locator(
            ".jp-OutputArea-output[data-mime-type*='error'], .agt-error:not(:empty)"
        ).count()
        == 0
    )
    assert page.problems == []


def test_a_theme_is_chosen_while_it_is_open(lab, page) -> None:
    open_and_run(page, lab[1], "faults.ipynb", cells=6)
    picture = page.locator(".agt").first
    picture.locator("strong:not(:empty)").first.wait_for()
    ground = "e => getComputedStyle(e).backgroundColor"
    assert picture.evaluate(ground) == "rgb(250, 251, 252)"
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu-itemLabel", has_text="Theme").first.hover()
    page.locator(".lm-Menu-itemLabel", has_text="JupyterLab Dark").last.click()
    page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
    page.wait_for_timeout(300)
    assert picture.evaluate(ground) == "rgb(27, 31, 36)"
    picture.scroll_into_view_if_needed()
    page.screenshot(path=ARTIFACTS / "lab-dark.png")


def test_only_this_machine_and_only_with_the_token(lab) -> None:
    bare = lab[1].split("/lab")[0]
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{bare}/api/contents")
    port = re.search(r":(\d+)/", lab[1])[1]
    listening = Path("/proc/net/tcp").read_text() if Path("/proc/net/tcp").exists() else ""
    if listening:
        hosts = re.findall(rf"\d+: (\w+):{int(port):04X} \w+:\w+ 0A", listening)
        assert hosts == ["0100007F"], "JupyterLab listens beyond 127.0.0.1"


def test_interrupt_ends_it(lab) -> None:
    server = lab[0]
    server.send_signal(signal.SIGINT)
    assert server.wait(20) == 0
