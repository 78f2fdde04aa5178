"JupyterLab as `make lab` starts it, with a real kernel, driven in a real browser."

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
from typing import NamedTuple

import psutil
import pytest
import torch
from autograd_tutorial.fit import make_data
from autograd_tutorial.pictures.live import stops
from autograd_tutorial.pictures.runs import RATE
from nbformat import write
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Locator, Page, expect

from project import ARTIFACTS, ROOT

LONG = 120_000  # milliseconds for what ends when it is done, on a machine that has much else to do
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/lab/tree/01_gradients\.ipynb\?token=\w+")
EDGE = 3.54e-5  # past this rate the mse of lesson 3 explodes
STATES = re.compile(r"the mse is ([\d.,e]+\d)|Exploded after (\d+) steps: loss is inf")
ERRORS = ".jp-OutputArea-output[data-mime-type*='error'], .agt-error:not(:empty)"
LOST = "Error displaying widget: model not found"
STDERR = ".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']"


class Lab(NamedTuple):
    "A JupyterLab that runs."

    server: subprocess.Popen
    address: str  # as it is printed
    folder: Path  # a copy of the notebooks


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    "A JupyterLab over a copy of the notebooks, in a terminal: only there it minds Ctrl-C whatever it is doing."
    folder = tmp_path_factory.mktemp("lab") / "nbs"
    shutil.copytree(ROOT / "nbs", folder)
    write_pictures(folder)
    log = folder.parent / "log"
    command = [sys.executable, ROOT / "nbs/_tools/lab.py", folder, "--no-browser"]
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(folder.parent / "config")}
    env.pop("AUTOGRAD_TUTORIAL_STATIC", None)
    ends = os.openpty()
    with log.open("w") as out:
        server = subprocess.Popen(
            command,
            stdin=ends[1],
            stdout=out,
            stderr=out,
            env=env,
            start_new_session=True,
        )
    try:
        yield Lab(server, printed_address(server, log), folder)
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
        for end in ends:
            os.close(end)


def printed_address(server: subprocess.Popen, log: Path) -> str:
    "The address in the server's log, once it stands there."
    end = clock.monotonic() + LONG / 1000
    while server.poll() is None and clock.monotonic() < end:
        if found := ADDRESS.search(log.read_text()):
            return found[0]
        clock.sleep(0.1)
    raise AssertionError(f"JupyterLab printed no address: {log.read_text()}")


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
def page(lab: Lab, browser: Browser) -> Iterator[Page]:
    "Lesson 3 as it is opened; `problems` fills with the errors of the console."
    tab = browser.new_page(viewport={"width": 1400, "height": 1000})
    tab.set_default_timeout(LONG)
    tab.problems = []
    tab.add_init_script(COUNT_WATCHERS)
    own = re.compile("debugger state|Canceled future")  # JupyterLab's, of a kernel that is ended
    tab.on(
        "console",
        lambda message: (
            tab.problems.append(message.text)
            if message.type == "error" and not own.search(message.text)
            else None
        ),
    )
    tab.on("pageerror", lambda error: tab.problems.append(str(error)))
    tab.goto(lab.address.replace("01_gradients", "03_learning_rate"))
    wait_for_kernel(tab)
    ARTIFACTS.mkdir(exist_ok=True)
    yield tab
    tab.screenshot(path=ARTIFACTS / "lab-last.png")
    tab.close()


@pytest.fixture(scope="module")
def lesson(page: Page) -> Page:
    "Lesson 3, run from top to bottom."
    run_all(page)
    wait_for_pictures(page, 1)
    return page


BEGIN = """\
from functools import partial
import torch
from ipywidgets.widgets.widget import _instances
from autograd_tutorial import engine
from autograd_tutorial.fit import make_data, mse, quadratic
from autograd_tutorial.graph import record, record_engine
from autograd_tutorial.optimizers import Descent, Momentum
from autograd_tutorial.pictures import *

record.register(engine.Tensor, record_engine)
time, speed = make_data()
params = torch.ones(3, requires_grad=True)
x = engine.tensor(3.0).requires_grad_()
slow = dict(descent=partial(Descent, lr=1e-6), momentum=partial(Momentum, lr=1e-6))
first = explore_learning_rate(steps=20)"""
PICTURES = {  # every live picture, small
    "learning rate": "first",
    "tangent": "explore_tangent(lambda x: x**2)",
    "fit by hand": "fit_by_hand(time, speed)",
    "fit that plays": "play_fit(torch.linspace(0, 1, 9)[:, None] * torch.ones(3), time, speed)",
    "descent": "show_descent(steps=5)",
    "graph": "show_graph(mse(quadratic(time, params), speed), params=params)",
    "graph of the engine": "show_graph(x * x + x, x=x)",
    "faults": "explore_faults(steps=5)",
    "rows of a Jacobian": "explore_vjp()",
    "race": "show_race(steps=5, optimizers=dict(raw=slow, standardised=slow))",
    "learning rate finder": "show_lr_find(steps=5)",
    "all-reduce": "show_all_reduce()",
    "another learning rate": "explore_learning_rate(params=torch.ones(3), steps=20)",
    "learning rate again": "first",
    "model that raises": """\
def broken(time, params):
    if (time < 0).any():
        raise ArithmeticError('no roots of negative times')
    return params[0] * time.sqrt()

explore_learning_rate(params=torch.ones(1), model=broken, steps=20)""",
}
MODELS = """\
bars = [each for each in _instances.values() if type(each).__name__ == "FloatProgress"]
len(_instances) - 10 * len(bars)"""  # a bar of tqdm, as the race has four, leaves ten models
CELLS = [BEGIN, *PICTURES.values(), MODELS]


def write_pictures(folder: Path) -> None:
    "A notebook with every live picture."
    notebook = new_notebook(cells=[new_code_cell(text) for text in CELLS])
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
    }
    write(notebook, folder / "pictures.ipynb")


@pytest.fixture(scope="module")
def pictures(page: Page) -> Page:
    "That notebook, run from top to bottom."
    close_and_end(page)
    open_pictures(page)
    run_all(page)
    wait_for_pictures(page, len(PICTURES))
    return page


def wait_for_kernel(page: Page) -> None:
    "Until a notebook and its kernel are there, and nothing else."
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", state="attached")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    assert page.locator(".jp-Dialog, .jp-Notification-Toast").count() == 0, "something pops up"


def open_pictures(page: Page) -> None:
    page.locator(".jp-DirListing-item", has_text="pictures.ipynb").dblclick()
    wait_for_kernel(page)


def close_and_end(page: Page) -> None:
    "Close the notebook and end its kernel."
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.locator(".lm-Menu-itemLabel", has_text="Close and Shut Down Notebook").click()
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    expect(page.locator(".jp-Notebook")).to_have_count(0, timeout=LONG)


RUNS = """
const runs = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map((each) => each.textContent);
const last = Number(runs.at(-1).match(/\\d+/) ?? 0);
"""  # by cell, as the prompts count them


def run_all(page: Page) -> None:
    "Run all cells, and wait until the kernel is done with the last, or stopped at an error."
    before = page.evaluate(f"() => {{{RUNS} return last; }}")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator(".lm-Menu-itemLabel:text-is('Run All Cells')").click()
    page.wait_for_function(
        f"""before => {{
            {RUNS}
            const failed = document.querySelector("{ERRORS}");
            return !runs.some((each) => each.includes('*')) && (failed || last > before);
        }}""",
        arg=before,
    )
    assert_clean(page)


def wait_for_pictures(page: Page, count: int) -> None:
    "Until all of them say something."
    page.wait_for_function(
        "count => document.querySelectorAll('.agt-words strong:not(:empty)').length >= count",
        arg=count,
    )


def reopen(page: Page) -> None:
    """Close the notebook, end its kernel, open it again; once more where JupyterLab lost what was saved.

    Now and then its widget manager looks for the models before it has read them, and gives them up
    (github.com/jupyter-widgets/ipywidgets/issues/3231): then a reader opens the notebook again, too.
    """
    lost = page.get_by_text(LOST)
    for _ in range(8):
        close_and_end(page)
        open_pictures(page)
        page.wait_for_function(
            """([count, lost]) => [...document.querySelectorAll('.jp-CodeCell')].filter((cell) =>
                cell.querySelector('.agt-words strong:not(:empty)') || cell.textContent.includes(lost)).length === count""",
            arg=[len(PICTURES), LOST],
        )
        if not lost.count():
            return
        page.problems[:] = [each for each in page.problems if "widget model not found" not in each]


def painted(page: Page) -> None:
    "Wait until what was done is drawn: pictures draw once a frame."
    frame = "new Promise((done) => requestAnimationFrame(done))"
    page.evaluate(f"async () => {{ await {frame}; await {frame}; }}")


def words_of(within: Page | Locator) -> str:
    "What the first picture says."
    return within.locator(".agt-words").first.text_content()


def reset(picture: Locator) -> str:
    "Take the controls back to where they began; returns what the picture says then."
    picture.get_by_role("button", name="Reset").click()
    painted(picture.page)
    return words_of(picture)


def handle_of(within: Page | Locator) -> Locator:
    "The handle of the first slider, in view and at rest."
    handle = within.locator(".jp-OutputArea .widget-slider .noUi-handle").first
    handle.hover()
    return handle


def picture_of(page: Page, name: str) -> Locator:
    "The cell that shows a picture."
    return page.locator(".jp-CodeCell").nth(1 + list(PICTURES).index(name))


def assert_follows_its_slider(picture: Locator) -> None:
    "One key takes the kernel's slider to an end, and the picture says something else."
    before, handle = words_of(picture), handle_of(picture)
    now, most = (handle.get_attribute(f"aria-value{which}") for which in ("now", "max"))
    handle.press("Home" if now == most else "End")
    painted(picture.page)
    assert words_of(picture) != before


def assert_clean(page: Page) -> None:
    assert page.locator(STDERR).all_text_contents() == []
    assert page.locator(ERRORS).all_text_contents() == []
    assert page.problems == []


def shown(page: Page) -> tuple[float, float | None, int | None]:
    "The rate on the slider, and the loss or the step of the explosion that the picture states in words."
    painted(page)
    found = STATES.search(words_of(page))
    assert found, words_of(page)
    loss, step = found.groups()
    rate = float(page.locator(".jp-OutputArea .widget-slider .widget-readout").first.text_content())
    return rate, float(loss.replace(",", "")) if loss else None, int(step) if step else None


def expected(rate: float) -> tuple[float | None, int | None]:
    "What PyTorch gives on the slider's own grid at the rate that the page states."
    g = torch.Generator().manual_seed(42)
    time, speed = make_data(g)
    lr = min(stops(RATE), key=lambda stop: abs(stop - rate))
    params = torch.randn(3, generator=g).requires_grad_()
    for step in range(201):
        loss = ((params[0] * time**2 + params[1] * time + params[2] - speed) ** 2).mean()
        if not loss.isfinite():
            return None, step
        (grad,) = torch.autograd.grad(loss, params)
        params = (params - lr * grad).detach().requires_grad_()
    return loss.item(), None


def assert_true(page: Page) -> float:
    "The page states what PyTorch computes; returns the rate."
    rate, loss, step = shown(page)
    want_loss, want_step = expected(rate)
    assert step == want_step
    assert loss == (want_loss if want_loss is None else pytest.approx(want_loss, rel=1e-3))
    return rate


def test_before_it_is_run_there_is_the_picture(page) -> None:
    "A notebook that is not trusted: no script runs, and nothing complains."
    still = page.locator(".agt-saved > img").first
    still.scroll_into_view_if_needed()
    assert still.is_visible() and page.locator(".agt").count() == 0
    assert "676.1 after 200 steps" in page.locator(".agt-saved > p").first.text_content()
    assert page.problems == []


def test_learning_rate_is_dragged(lesson) -> None:
    handle = handle_of(lesson)
    assert assert_true(lesson) == 1e-5

    box = handle.bounding_box()
    track = lesson.locator(".jp-OutputArea .widget-slider .noUi-target").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    lesson.mouse.move(x, y)
    lesson.mouse.down()
    lesson.mouse.move(x + 0.2 * track["width"], y, steps=12)
    lesson.mouse.up()
    dragged = assert_true(lesson)
    assert dragged > 1e-4 and shown(lesson)[2] is not None, (
        "far to the right it explodes, and the page says so"
    )
    lesson.screenshot(path=ARTIFACTS / "lab-exploded.png")

    handle.focus()
    for _ in range(25):
        lesson.keyboard.press("ArrowLeft")
    by_key = assert_true(lesson)
    assert by_key < dragged and shown(lesson)[1] is not None
    assert handle.get_attribute("aria-label") == "Learning rate"
    spoken = r"0\.0000\d+, after 200 steps, loss [\d.]+"
    assert re.fullmatch(spoken, handle.get_attribute("aria-valuetext"))
    assert_clean(lesson)


def test_a_prediction_is_pressed(lesson) -> None:
    "The kernel holds the value back until then."
    cell = lesson.locator(".jp-CodeCell", has_text="p2.ask(")
    assert "25.96" not in cell.locator(".jp-OutputArea").text_content()
    for choice, says in (("10", "Not 10. 25.96"), ("26", "Right. 25.96")):
        cell.get_by_role("button", name=re.compile(rf"\b{choice}$")).click()
        expect(cell.get_by_role("status")).to_contain_text(says, timeout=LONG)
    lesson.screenshot(path=ARTIFACTS / "lab-prediction.png")


def test_the_edge_is_met_on_the_slider(lesson) -> None:
    "One stop below it the loss has fallen, one stop above it has grown."
    handle = handle_of(lesson)
    rates: dict[float, float] = {}
    while not (any(rate > EDGE for rate in rates) and any(rate < EDGE for rate in rates)):
        rate, loss, _ = shown(lesson)
        rates[rate] = float("inf") if loss is None else loss
        handle.press("ArrowRight" if rate < EDGE else "ArrowLeft")
        assert len(rates) < 60
    last_below = rates[max(rate for rate in rates if rate < EDGE)]
    first_above = rates[min(rate for rate in rates if rate > EDGE)]
    assert last_below < 25824 < first_above


def test_the_choices_and_reset_reach_the_kernels_controls(lesson) -> None:
    lesson.get_by_role("button", name="rmse", exact=True).click()
    lesson.get_by_role("button", name="standardised", exact=True).click()
    painted(lesson)
    assert "rmse is" in words_of(lesson)
    lesson.get_by_role("button", name="Reset").first.click()
    assert assert_true(lesson) == 1e-5
    chosen = lesson.get_by_role("button", name="mse", exact=True).get_attribute("class")
    assert "mod-active" in chosen


def test_a_pulled_point_is_trained_by_the_kernel(lesson) -> None:
    "The page answers at once, PyTorch soon after, and they agree: or there is an error, which `assert_clean` finds."
    said = lesson.locator(".agt-said").first
    lesson.get_by_role("button", name="standardised", exact=True).click()
    lesson.locator(".agt-dot[tabindex='0']").focus()
    for key in ("ArrowUp", "ArrowUp", "Shift+ArrowRight"):
        lesson.keyboard.press(key)
    expect(said).to_have_text("Trained by PyTorch, in float64.", timeout=LONG)
    lesson.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lesson.get_by_role("button", name="Copy as code").first.click()
    expect(said).to_contain_text("Copied", timeout=LONG)
    line = lesson.evaluate("navigator.clipboard.readText()")
    begins = r'explore_learning_rate\(.*\)\.at\(lr=0\.00001, step=200, loss="mse", time="standardised", pulled="'
    assert re.match(begins, line), line
    assert_clean(lesson)
    lesson.get_by_role("button", name="Put it back").first.click()
    expect(said).to_have_text("")
    lesson.get_by_role("button", name="Reset").first.click()
    assert assert_true(lesson) == 1e-5


def test_the_picture_outlives_its_kernel(lab, lesson) -> None:
    "Its kernel is killed in the middle of a drag."
    handle = handle_of(lesson)
    box = handle.bounding_box()
    lesson.mouse.move(box["x"] + 8, box["y"] + 8)
    lesson.mouse.down()
    lesson.mouse.move(box["x"] + 20, box["y"] + 8, steps=4)
    for child in psutil.Process(lab.server.pid).children(recursive=True):
        if "ipykernel_launcher" in " ".join(child.cmdline()):
            child.kill()
    lesson.mouse.move(box["x"] + 30, box["y"] + 8, steps=4)
    lesson.mouse.up()
    lesson.locator(".jp-Dialog button").last.click()  # JupyterLab says so, too
    lesson.get_by_text("The kernel that drew this has ended or restarted.").first.wait_for()
    handle.press("ArrowLeft")
    first = assert_true(lesson)
    handle.press("ArrowLeft")
    assert assert_true(lesson) < first, "it works on with what was computed"
    lesson.locator(".agt-dot[tabindex='0']").focus()
    lesson.keyboard.press("ArrowUp")
    expect(lesson.locator(".agt-said").first).to_have_text("Trained in this page, in float64.")
    lesson.screenshot(path=ARTIFACTS / "lab-kernel-gone.png")
    lesson.problems.clear()  # JupyterLab's own, of the lost connection


@pytest.mark.parametrize("name", PICTURES)
def test_each_picture_follows_its_controls(pictures, name) -> None:
    "Each choice by click, a slider by key; and Reset takes both back."
    picture = picture_of(pictures, name)
    start = words_of(picture)
    for choice in picture.locator(".widget-toggle-buttons").all():
        before = words_of(picture)
        choice.locator("button:not(.mod-active)").last.click()
        painted(pictures)
        assert words_of(picture) != before
    assert reset(picture) == start
    assert_follows_its_slider(picture)
    assert reset(picture) == start
    assert_clean(pictures)


def test_play_moves_the_fit(pictures) -> None:
    "Through the steps between to the last, and the kernel's slider with it."
    picture = picture_of(pictures, "fit that plays")
    picture.locator(".agt-words").evaluate(
        """words => {
            window.said = new Set();
            new MutationObserver(() => said.add(words.textContent)).observe(words, { subtree: true, childList: true, characterData: true });
        }"""
    )
    picture.get_by_role("button", name="Play step").click()
    expect(picture.locator(".widget-readout")).to_have_text("8", timeout=LONG)
    painted(pictures)
    assert pictures.evaluate("said.size") > 4


def test_one_picture_shown_twice_moves_twice_and_another_stands_still(pictures) -> None:
    first, again, another = (
        picture_of(pictures, name)
        for name in ("learning rate", "learning rate again", "another learning rate")
    )
    before = words_of(another)
    assert_follows_its_slider(first)
    assert words_of(first) == words_of(again)
    assert words_of(another) == before


def test_a_model_that_raises_is_told_in_words(pictures) -> None:
    "Over the times at which it does; over the others there is its picture."
    picture = picture_of(pictures, "model that raises")
    for kind, says in (
        ("standardised", "ArithmeticError: no roots of negative times"),
        ("raw", "the mse is"),
    ):
        picture.get_by_role("button", name=kind).click()
        painted(pictures)
        assert says in words_of(picture)
    assert_clean(pictures)


def test_many_runs_leave_nothing_behind(pictures) -> None:
    "All cells run again, and again: as many pictures, models and watchers as after the first run."
    result = pictures.locator(".jp-OutputArea-executeResult pre").last
    models = result.text_content()
    for _ in range(2):
        run_all(pictures)
        wait_for_pictures(pictures, len(PICTURES))
    assert pictures.locator(".agt").count() == len(PICTURES)
    assert pictures.evaluate("watchers.size") == len(PICTURES), (
        "pictures that were taken away still listen"
    )
    assert result.text_content() == models, "models are left behind"
    assert_follows_its_slider(picture_of(pictures, "learning rate"))


def test_reopened_without_running_it_still_moves(lab, pictures) -> None:
    "Run, saved, its kernel ended, opened again: the pictures are there and follow their sliders."
    said = pictures.locator(".agt-words").all_text_contents()
    pictures.locator(".jp-Notebook").click(position={"x": 5, "y": 5})
    with pictures.expect_response(
        lambda answer: "pictures.ipynb" in answer.url and answer.request.method == "PUT"
    ):
        pictures.keyboard.press("Control+s")
    assert "widget-state" in (lab.folder / "pictures.ipynb").read_text(encoding="utf-8")
    reopen(pictures)
    assert pictures.locator(".agt-words").all_text_contents() == said
    assert pictures.get_by_text("run the cell again for more").count() == len(PICTURES)
    for name in PICTURES:
        assert_follows_its_slider(picture_of(pictures, name))
    assert_clean(pictures)


def test_a_theme_is_chosen_while_it_is_open(pictures) -> None:
    picture = picture_of(pictures, "learning rate").locator(".agt")
    expect(picture).to_have_css("background-color", "rgb(250, 251, 252)")
    pictures.get_by_role("menuitem", name="Settings", exact=True).click()
    pictures.locator(".lm-Menu-itemLabel", has_text="Theme").first.hover()
    pictures.locator(".lm-Menu-itemLabel", has_text="JupyterLab Dark").last.click()
    for each in pictures.locator(".agt").all():
        expect(each).to_have_css("background-color", "rgb(27, 31, 36)", timeout=LONG)
    picture.scroll_into_view_if_needed()
    pictures.screenshot(path=ARTIFACTS / "lab-dark.png")


def test_only_this_machine_and_only_with_the_token(lab) -> None:
    bare = lab.address.split("/lab")[0]
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{bare}/api/contents")
    port = re.search(r":(\d+)/", lab.address)[1]
    listening = Path("/proc/net/tcp").read_text() if Path("/proc/net/tcp").exists() else ""
    if listening:
        hosts = re.findall(rf"\d+: (\w+):{int(port):04X} \w+:\w+ 0A", listening)
        assert hosts == ["0100007F"], "JupyterLab listens beyond 127.0.0.1"


def test_interrupt_ends_it(lab) -> None:
    lab.server.send_signal(signal.SIGINT)
    assert lab.server.wait(LONG / 1000) == 0
