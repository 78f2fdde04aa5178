"JupyterLab as `make lab` starts it, with a real kernel, driven in a real browser."

import os
import re
import shutil
import signal
import subprocess
import sys
import time as clock
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ARTIFACTS, ROOT
from playwright.sync_api import Browser, Locator, Page

from autograd_tutorial.fit import make_data

import torch

WORDS = re.compile(r"mse at lr ([\d.e+-]+): (?:([\d.e+-]+) after 200 steps|exploded at step (\d+))")


def heed_interrupts() -> None:
    "What a shell starts in the background ignores Ctrl-C: undo that."
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen, str]]:
    "A JupyterLab over a copy of the notebooks, and the address that it prints."
    folder = tmp_path_factory.mktemp("lab") / "nbs"
    shutil.copytree(ROOT / "nbs", folder)
    log = (folder.parent / "log").open("w+")
    command = [sys.executable, ROOT / "nbs/_tools/lab.py", folder, "--no-browser"]
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(folder.parent / "config")}
    env.pop("AUTOGRAD_TUTORIAL_STATIC", None)
    server = subprocess.Popen(command, stdout=log, stderr=log, env=env, start_new_session=True, preexec_fn=heed_interrupts)
    try:
        yield server, printed_address(Path(log.name))
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)


def printed_address(log: Path) -> str:
    "The address in the server's log, once it stands there."
    for _ in range(120):
        clock.sleep(0.5)
        if found := re.search(r"http://127\.0\.0\.1:\d+/lab/tree/01_gradients\.ipynb\?token=\w+", log.read_text()):
            return found[0]
    raise TimeoutError(f"JupyterLab printed no address in a minute: {log.read_text()}")


@pytest.fixture(scope="module")
def page(lab: tuple, browser: Browser) -> Iterator[Page]:
    tab = browser.new_page(viewport={"width": 1400, "height": 1000})
    tab.problems = []
    tab.on("console", lambda message: tab.problems.append(message.text) if message.type == "error" else None)
    tab.on("pageerror", lambda error: tab.problems.append(str(error)))
    yield tab
    ARTIFACTS.mkdir(exist_ok=True)
    tab.screenshot(path=ARTIFACTS / "lab-last.png")
    tab.close()


def open_and_run(page: Page, address: str, lesson: str) -> None:
    "Open a lesson, run all of its cells, and wait until the kernel is done."
    page.goto(address.replace("01_gradients.ipynb", lesson) + "&reset")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", state="attached", timeout=60_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    assert page.locator(".jp-Dialog, .jp-Notification-Toast").count() == 0, "something pops up"
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_function(
        """() => {
            const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(p => p.textContent);
            return prompts.filter(p => /\\d/.test(p)).length > 5 && !prompts.some(p => p.includes('*'));
        }""",
        timeout=90_000,
    )


def shown(page: Page) -> tuple[float, float | None, int | None]:
    "The rate, and the loss or the step of the explosion, that the page states in words."
    text = page.locator(".jp-OutputArea .widget-html-content p", has_text="mse at lr").first.text_content()
    found = WORDS.search(text)
    assert found, text
    rate, loss, step = found.groups()
    return float(rate), float(loss) if loss else None, int(step) if step else None


def expected(rate: float) -> tuple[float | None, int | None]:
    "What PyTorch gives on the slider's own grid at the rate that the page states."
    g = torch.Generator().manual_seed(42)
    time, speed = make_data(g)
    lr = 10 ** (-7 + 0.02 * round((torch.tensor(rate).double().log10().item() + 7) / 0.02))
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
    rate, loss, step = shown(page)
    want_loss, want_step = expected(rate)
    assert step == want_step
    assert loss == (want_loss if want_loss is None else pytest.approx(want_loss, rel=1e-3))
    return rate


def settle(page: Page) -> None:
    "Wait until the picture speaks of the rate that the slider shows."
    readout = page.locator(".jp-OutputArea .widget-slider .widget-readout").first
    deadline = clock.monotonic() + 60
    while shown(page)[0] != float(readout.text_content()):
        assert clock.monotonic() < deadline, "the picture does not follow the slider"
        page.wait_for_timeout(50)


def test_play_moves_the_fit(lab, page) -> None:
    open_and_run(page, lab[1], "02_fit.ipynb")
    page.get_by_role("button", name="Play").or_(page.locator(".widget-play button").first).first.click()
    words = page.locator(".jp-OutputArea .widget-html-content p", has_text="misses the points by")
    seen = set()
    for _ in range(100):
        seen |= set(words.all_text_contents())
        if len(seen) > 5:
            break
        page.wait_for_timeout(100)
    assert len(seen) > 5, seen


@pytest.mark.parametrize("lesson", ["01_gradients.ipynb", "02_fit.ipynb"])
def test_lesson_runs_from_top_to_bottom(lab, page, lesson) -> None:
    open_and_run(page, lab[1], lesson)
    live = page.locator(".jp-OutputArea .widget-html-content img").first
    live.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"lab-{lesson.split('.')[0]}.png")
    assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert page.locator(".jp-Notebook .noUi-handle").count() >= 2
    assert page.problems == []


def slider(page: Page) -> Locator:
    handle = page.locator(".jp-OutputArea .widget-slider .noUi-handle").first
    handle.scroll_into_view_if_needed()
    return handle


def test_learning_rate_is_dragged_while_torch_retrains(lab, page) -> None:
    open_and_run(page, lab[1], "03_learning_rate.ipynb")
    page.locator(".jp-OutputArea .widget-html-content p", has_text="mse at lr").first.wait_for()
    handle = slider(page)
    start = assert_true(page)
    assert start == 1e-5

    track = page.locator(".jp-OutputArea .widget-slider .noUi-target").first.bounding_box()
    x, y = (handle.bounding_box()[k] + handle.bounding_box()[s] / 2 for k, s in (("x", "width"), ("y", "height")))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 0.2 * track["width"], y, steps=12)
    page.mouse.up()
    settle(page)
    dragged = assert_true(page)
    assert dragged > 1e-4 and shown(page)[2] is not None, "far to the right it explodes, and the page says so"
    page.screenshot(path=ARTIFACTS / "lab-exploded.png")

    handle.focus()
    for key in ["ArrowLeft"] * 60:
        page.keyboard.press(key)
    settle(page)
    by_key = assert_true(page)
    assert by_key < dragged
    assert shown(page)[1] is not None
    page.screenshot(path=ARTIFACTS / "lab-learning-rate.png")

    assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert page.locator(".jp-OutputArea-output[data-mime-type*='error']").count() == 0
    assert page.problems == []


def test_the_edge_is_met_on_the_slider(lab, page) -> None:
    handle = slider(page)
    handle.focus()
    rates = {}
    for _ in range(60):
        rate, loss, _ = shown(page)
        rates[rate] = loss if loss is not None else float("inf")
        if any(rate > 3.54e-5 for rate in rates) and any(rate < 3.54e-5 for rate in rates):
            break
        page.keyboard.press("ArrowRight" if rate < 3.54e-5 else "ArrowLeft")
        settle(page)
    page.screenshot(path=ARTIFACTS / "lab-edge.png")
    last_below = rates[max(rate for rate in rates if rate < 3.54e-5)]
    first_above = rates[min(rate for rate in rates if rate > 3.54e-5)]
    assert last_below < 25824 < first_above


def test_only_this_machine_and_only_with_the_token(lab) -> None:
    import urllib.error
    import urllib.request

    bare = lab[1].split("/lab")[0]
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{bare}/api/contents")
    port = re.search(r":(\d+)/", lab[1])[1]
    listening = Path("/proc/net/tcp").read_text() if Path("/proc/net/tcp").exists() else ""
    if listening:
        hosts = re.findall(rf"\d+: (\w+):{int(port):04X} \w+:\w+ 0A", listening)
        assert hosts == ["0100007F"], "JupyterLab listens beyond 127.0.0.1"


def test_interrupt_ends_it(lab) -> None:
    server, _ = lab
    server.send_signal(signal.SIGINT)
    assert server.wait(20) == 0
