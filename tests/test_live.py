"The live pictures without a kernel, in a real browser: what they show, whom they serve, what they survive."

import http.server
import re
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import nbformat
import pytest
import torch
from autograd_tutorial.core.saving import STATIC
from autograd_tutorial.fit import make_data, mse, quadratic, rmse
from autograd_tutorial.learning_rate import sweep
from autograd_tutorial.pictures import explore_learning_rate, show_descent
from autograd_tutorial.pictures.live import stops
from autograd_tutorial.pictures.runs import RATE
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Locator, Page

from project import ARTIFACTS, ROOT
from showing import move_to, opened, standing_alone, words

LESSON = ROOT / "nbs" / "03_learning_rate.ipynb"
START = stops(RATE).index(1e-5)


@pytest.fixture(scope="module")
def saved() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STATIC, "1")
        return explore_learning_rate()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, saved: object) -> str:
    return standing_alone(tmp_path_factory.mktemp("alone"), saved).as_uri()


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=ROOT / "docs")
    handler.log_message = lambda *words: None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def rate(page: Page) -> Locator:
    return page.get_by_role("slider", name="Learning rate").first


def shown_by_torch(stop: int, loss_fn, kind: str, step: int) -> str:
    "The loss that PyTorch gives, to four digits as the page writes it."
    g = torch.Generator().manual_seed(42)
    (time, speed), start = make_data(g), torch.randn(3, generator=g)
    time = (time - time.mean()) / time.std(correction=0) if kind == "standardised" else time
    losses = sweep([stops(RATE)[stop]], step, time, speed, start, loss_fn, quadratic)[0][0]
    return f"{losses[step].item():.4g}"


def number_in(text: str) -> float:
    return float(
        re.search(r"the m?r?mse is ([\d.,e]+\d)|rmse is ([\d.,e]+\d)", text)[0]
        .split("is ")[1]
        .replace(",", "")
    )


@pytest.mark.parametrize("how", ["file", "http", "nbconvert"])
def test_it_moves_wherever_it_is_opened(
    browser: Browser, served: str, tmp_path: Path, how: str
) -> None:
    if how == "nbconvert":
        page = HTMLExporter(template_name="basic").from_notebook_node(
            nbformat.read(LESSON, as_version=4)
        )[0]
        (tmp_path / "page.html").write_text(
            f"<!doctype html><meta charset=utf-8>{page}", encoding="utf-8"
        )
    address = {
        "file": (ROOT / "docs/learning_rate.html").as_uri(),
        "http": f"{served}/learning_rate.html",
        "nbconvert": (tmp_path / "page.html").as_uri(),
    }[how]
    tab = browser.new_page()
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(address)
    tab.locator(".agt-words strong:not(:empty)").first.wait_for()
    before = words(tab)
    rate(tab).press("ArrowRight")
    assert words(tab) != before
    home = address.split("/learning_rate")[0] if how == "http" else "file:"
    assert all(url.startswith((home, "data:")) for url in asked), asked
    tab.close()


@pytest.mark.parametrize("loss_fn", [mse, rmse])
@pytest.mark.parametrize("kind", ["raw", "standardised"])
@pytest.mark.parametrize("stop", [8, 32, 40])
@pytest.mark.parametrize("step", [7, 200])
def test_the_number_on_the_page_is_that_of_torch(
    browser: Browser, alone: str, loss_fn, kind: str, stop: int, step: int
) -> None:
    page = opened(browser, alone)
    page.get_by_role("radio", name=loss_fn.__name__, exact=True).check()
    page.get_by_role("radio", name=kind).check()
    move_to(rate(page), stop)
    move_to(page.get_by_role("slider", name="Steps"), step)
    said = number_in(words(page))
    assert said == pytest.approx(float(shown_by_torch(stop, loss_fn, kind, step)), rel=3e-4)
    assert page.problems == []
    page.close()


def test_past_the_edge_it_says_so(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    move_to(rate(page), stops(RATE).index(1e-3))
    assert words(page).startswith("Exploded at step 11: loss is inf.")
    assert page.locator(".agt-edge").first.inner_text() == "explodes past 2/λmax = 3.54e-5"
    assert "exploded at step 11: loss is inf" in page.locator(".agt-panels").inner_text()
    hatch, rail = (page.locator(each).first.bounding_box() for each in (".agt-hatch", ".agt-rail"))
    share = (hatch["x"] - rail["x"]) / rail["width"]
    assert share == pytest.approx((torch.tensor(3.5399e-5).log10().item() + 7) / 7, abs=0.005)
    page.get_by_role("radio", name="rmse").check()
    words(page)
    assert page.locator(".agt-edge").first.is_hidden(), "the edge is that of the mse"
    page.close()


def test_bars_do_not_show_rounding_as_learning(browser: Browser, alone: str) -> None:
    "Where the steep direction explodes, the others shrink by 1 - lr λ: what a float32 makes of them is not shown."
    page = opened(browser, alone)
    move_to(rate(page), stops(RATE).index(1e-3))
    words(page)
    heads = page.locator(".agt-bar-head").all_inner_texts()
    assert "start" in heads[0] and "lost in rounding" in heads[1] and "lost in rounding" in heads[2]
    page.close()


def test_the_story_is_told_in_words(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    move_to(rate(page), 40)
    assert words(page).startswith(
        "Stuck. After 200 steps the mse is 674.3; the best possible is 7.305. The steep direction is learned"
    )
    move_to(rate(page), 104)
    page.get_by_role("radio", name="standardised").check()
    assert words(page).startswith("Learned. After 200 steps the mse is 7.305")
    page.get_by_role("button", name="Reset").click()
    assert "the mse is 676.1" in words(page)
    assert page.get_by_role("radio", name="raw").is_checked()
    page.close()


VERDICTS = [  # loss, time, stop, step, what the run is doing
    ("mse", "raw", 0, 200, "Learning"),
    ("mse", "raw", 32, 15, "Stuck"),
    ("mse", "raw", 41, 200, "Growing"),
    ("mse", "raw", 64, 0, "Not started"),
    ("mse", "standardised", 16, 200, "Slow"),
    ("mse", "standardised", 86, 200, "Learning"),
    ("mse", "standardised", 104, 60, "Learned"),
    ("rmse", "raw", 0, 5, "Slow"),
    ("rmse", "raw", 70, 200, "Bouncing"),
    ("rmse", "raw", 80, 200, "Bouncing"),
    ("rmse", "raw", 96, 200, "Wandering"),
    ("rmse", "standardised", 112, 200, "Learned"),
]


@pytest.mark.parametrize(("loss", "kind", "stop", "step", "verdict"), VERDICTS)
def test_the_verdict_holds(
    browser: Browser, alone: str, loss: str, kind: str, stop: int, step: int, verdict: str
) -> None:
    page = opened(browser, alone)
    page.get_by_role("radio", name=loss, exact=True).check()
    page.get_by_role("radio", name=kind).check()
    move_to(rate(page), stop)
    move_to(page.get_by_role("slider", name="Steps"), step)
    assert words(page).startswith(f"{verdict}.")
    page.close()


def own(folder: Path, **given) -> str:
    "A page with the explorer over the reader's own."
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STATIC, "1")
        return standing_alone(folder, explore_learning_rate(**given)).as_uri()


def test_losses_below_zero_are_drawn(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, own(tmp_path, loss_fn=lambda preds, targets: mse(preds, targets) - 1000))
    move_to(rate(page), 38)
    assert "is -325" in words(page)
    assert "NaN" not in page.locator(".agt-panels").inner_html()
    assert page.problems == []
    page.close()


def test_a_perfect_fit_is_said_to_be_one(browser: Browser, tmp_path: Path) -> None:
    time = torch.linspace(-1, 1, 20)
    page = opened(
        browser,
        own(tmp_path, time=time, speed=quadratic(time, torch.ones(3)), params=torch.zeros(3)),
    )
    page.get_by_role("radio", name="standardised").check()
    move_to(rate(page), stops(RATE).index(10**-0.5))
    assert words(page).startswith("Learned.")
    assert page.problems == []
    page.close()


def test_an_edge_left_of_the_track_stays_on_it(browser: Browser, tmp_path: Path) -> None:
    time, speed = make_data()
    page = opened(browser, own(tmp_path, time=time * 600, speed=speed, params=torch.ones(3)))
    hatch, rail, note = (
        page.locator(f".agt-{each}").first.bounding_box() for each in ("hatch", "rail", "edge")
    )
    assert hatch["x"] == pytest.approx(rail["x"], abs=1) and note["x"] >= rail["x"] - 1
    page.close()


def test_the_secant_on_the_page_closes_in_on_the_tangent(browser: Browser) -> None:
    page = opened(browser, (ROOT / "docs/gradients.html").as_uri())
    push = page.get_by_role("slider", name="push h")
    push.press("Home")
    assert (
        words(page)
        == "At x = 2.00 the secant rises by 4.001, the tangent by 4.000, for each 1 to the right."
    )
    page.get_by_role("slider", name="x", exact=True).press("Home")
    assert "the secant rises by -4.999, the tangent by -5.000" in words(page)
    page.close()


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(STATIC, "1")
        return standing_alone(tmp_path_factory.mktemp("valley"), show_descent()).as_uri()


VALLEY = [  # time, stop, step, what it says, what the bars say
    (
        "raw",
        40,
        200,
        "Stuck. After 200 steps the mse is 674.3",
        ["0% left", "90.4% left", "99.8% left"],
    ),
    ("raw", 40, 0, "Not started. The mse is 25,824", ["100% left", "100% left", "100% left"]),
    ("raw", 64, 200, "Exploded at step 11: loss is inf. Rates past 2/λmax = 3.54e-5", None),
    (
        "standardised",
        104,
        200,
        "Learned. After 200 steps the mse is 7.305",
        ["0% left", "0% left", "0% left"],
    ),
    ("standardised", 40, 200, "Slow. After 200 steps", ["96.9% left", "98.7% left", "99.6% left"]),
]


@pytest.mark.parametrize(("kind", "stop", "step", "says", "left"), VALLEY)
def test_the_valley_is_told_in_words(
    browser: Browser, valley: str, kind: str, stop: int, step: int, says: str, left: list | None
) -> None:
    page = opened(browser, valley)
    page.get_by_role("radio", name=kind).check()
    move_to(rate(page), stop)
    move_to(page.get_by_role("slider", name="Steps"), step)
    assert words(page).startswith(says)
    heads = page.locator(".agt-bar-head span:last-child").all_inner_texts()
    assert left is None or heads == left
    assert page.problems == []
    page.close()


SEEN = r"""() => {
  const box = (path) => {
    const xy = [...path.getAttribute('d').matchAll(/(-?[\d.]+) (-?[\d.]+)/g)].map((each) => [Number(each[1]), Number(each[2])]);
    const side = (i) => Math.max(...xy.map((each) => each[i])) - Math.min(...xy.map((each) => each[i]));
    return [side(0) / 2, side(1) / 2];
  };
  const ring = [...document.querySelectorAll('.agt-line.agt-rest')].map(box)[0];
  const at = (name) => ['cx', 'cy'].map((each) => Number(document.querySelector(name).getAttribute(each)));
  const goal = document.querySelector('.agt-goal').getAttribute('d').match(/M([\d.]+) ([\d.]+)h12/).slice(1).map(Number);
  return {ring, goal: [goal[0] + 6, goal[1]], start: at('.agt-open'), now: at('.agt-now')};
}"""


@pytest.mark.parametrize("width", [1100, 390])
@pytest.mark.parametrize(("kind", "stop", "step"), [("raw", 40, 3), ("standardised", 104, 4)])
def test_the_ellipses_and_the_path_are_where_they_belong(
    browser: Browser, valley: str, width: int, kind: str, stop: int, step: int
) -> None:
    "The first ellipse gives the scale of both axes; the dot is then where PyTorch says."
    g = torch.Generator().manual_seed(42)
    (time, speed), start = make_data(g), torch.randn(3, generator=g)
    time = (time - time.mean()) / time.std(correction=0) if kind == "standardised" else time
    X = torch.stack([time**2, time, torch.ones_like(time)], 1).double()
    curvatures, V = torch.linalg.eigh(2 * X.T @ X / 20)
    path = sweep([stops(RATE)[stop]], step, time, speed, start)[1][0].double()
    errors = ((path - torch.linalg.lstsq(X, speed.double()).solution) @ V)[:, [2, 0]]  # steep, flat
    page = opened(browser, valley, viewport={"width": width, "height": 900})
    page.get_by_role("radio", name=kind).check()
    move_to(rate(page), stop)
    move_to(page.get_by_role("slider", name="Steps"), step)
    words(page)
    seen = {name: torch.tensor(pair).double() for name, pair in page.evaluate(SEEN).items()}
    radii = (2 * (10 - 7.304959) / curvatures[[2, 0]]).sqrt()  # of the line at mse 10
    scale = seen["ring"] / radii  # pixels for each unit
    if kind == "standardised":
        assert scale[0].item() == pytest.approx(scale[1].item(), rel=0.02), (
            "drawn in its true shape"
        )
    for name, at in (("start", 0), ("now", step)):
        assert torch.allclose(
            (seen[name] - seen["goal"]).abs(), (errors[at] * scale).abs(), rtol=0.04, atol=2
        ), name
    page.close()


def test_the_valley_moves_with_every_control(browser: Browser, valley: str) -> None:
    page = opened(browser, valley)
    picture = page.locator(".agt-panels")
    for act in (
        lambda: rate(page).press("ArrowLeft"),
        lambda: page.get_by_role("slider", name="Steps").press("Home"),
        lambda: page.get_by_role("radio", name="standardised").check(),
        lambda: page.get_by_role("button", name="Reset").click(),
    ):
        before = picture.inner_html()
        act()
        words(page)
        assert picture.inner_html() != before
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1100, 390, 320])
def test_the_valley_fits_and_axe_finds_nothing(
    browser: Browser, valley: str, width: int, scheme: str
) -> None:
    page = opened(browser, valley, viewport={"width": width, "height": 900}, color_scheme=scheme)
    for stop in (40, LAST_BUT_ONE):
        move_to(rate(page), stop)
        words(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.evaluate(
        "[...document.querySelectorAll('.agt text, .agt span, .agt p')].filter(e => parseFloat(getComputedStyle(e).fontSize) < 12).length"
    )
    assert small == 0, "text under 12 px"
    found = Axe().run(
        page,
        context=".agt",
        options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    )
    assert found.violations_count == 0, found.generate_report()
    assert page.problems == []
    page.close()


@pytest.mark.parametrize("width", [1100, 390, 320])
def test_a_point_stays_under_the_pointer(browser: Browser, alone: str, width: int) -> None:
    page = opened(browser, alone, viewport={"width": width, "height": 900})
    point = page.locator(".agt-dot").nth(3)
    point.scroll_into_view_if_needed()
    before = point.bounding_box()
    point.hover()
    page.wait_for_timeout(100)
    assert point.bounding_box() == before
    note = page.locator(".agt-note").first
    assert "measured" in note.inner_text() and note.evaluate("e => e.scrollWidth <= e.clientWidth")
    page.close()


def test_play_goes_on_while_the_loss_and_the_width_change(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    page.get_by_role("button", name="Play steps").click()
    page.get_by_role("radio", name="rmse").check()
    page.set_viewport_size({"width": 400, "height": 900})
    page.wait_for_timeout(6500)
    assert page.get_by_role("slider", name="Steps").input_value() == "200"
    assert "After 200 steps the rmse is 106.4" in words(page)
    assert page.problems == []
    page.close()


def test_play_pause_and_scrub(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    steps = page.get_by_role("slider", name="Steps")
    page.get_by_role("button", name="Play steps").click()
    page.wait_for_timeout(1200)
    page.get_by_role("button", name="Pause steps").click()
    words(page)
    paused = int(steps.input_value())
    assert 0 < paused < 200
    page.wait_for_timeout(300)
    assert int(steps.input_value()) == paused
    page.get_by_role("button", name="Play steps").click()
    page.wait_for_timeout(200)
    move_to(steps, 5)
    page.wait_for_timeout(300)
    assert int(steps.input_value()) == 5, "scrubbing ends the play"
    page.close()


def test_nothing_moves_by_itself_for_who_asks_for_that(browser: Browser, alone: str) -> None:
    page = opened(browser, alone, reduced_motion="reduce")
    move_to(page.get_by_role("slider", name="Steps"), 3)
    page.get_by_role("button", name="Play steps").click()
    page.wait_for_timeout(100)
    assert page.get_by_role("slider", name="Steps").input_value() == "200"
    page.close()


def test_without_scripts_there_is_the_picture_and_its_words(browser: Browser, alone: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(alone)
    assert page.locator(".agt-saved > img").is_visible()
    assert "676.1 after 200 steps" in page.locator(".agt-saved > p").inner_text()
    context.close()


def test_points_give_their_exact_values(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    point = page.locator(".agt-dot").nth(3)
    _, speed = make_data()
    point.hover()
    assert (
        f"t = 3.00 s: {speed[3].item():.3g} measured, "
        in page.locator(".agt-note").first.inner_text()
    )
    page.locator(".agt-dot").first.focus()
    page.keyboard.press("End")
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert re.fullmatch(rf"t = 19\.0 s: {speed[19].item():.3g} measured, [\d.]+ predicted", name)
    assert page.locator(".agt-dot[tabindex='0']").count() == 1
    page.close()


def test_a_screen_reader_hears_numbers_and_not_every_frame(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    page.evaluate(
        "window.heard = 0; new MutationObserver(() => heard++).observe(document.querySelector('.agt-heard'), {childList: true, subtree: true, characterData: true})"
    )
    for _ in range(8):
        rate(page).press("ArrowRight")
        page.wait_for_timeout(30)
    assert page.evaluate("heard") == 0
    page.wait_for_timeout(900)
    assert page.evaluate("heard") == 1
    assert page.locator(".agt-heard").inner_text() == page.locator(".agt-words").first.inner_text()
    assert rate(page).get_attribute("aria-valuetext") == "0.0000316, after 200 steps, loss 674.3"
    assert (
        page.get_by_role("slider", name="Steps").get_attribute("aria-valuetext")
        == "200, after 200 steps, loss 674.3"
    )
    page.close()


def test_everything_by_keyboard_with_a_visible_focus(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    seen = []
    for _ in range(9):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "document.activeElement.tagName + ' ' + (document.activeElement.type ?? '')"
            )
        )
    order = [
        "INPUT range",
        "INPUT range",
        "BUTTON button",
        "INPUT radio",
        "INPUT radio",
        "BUTTON button",
        "circle ",
    ]
    assert seen[: len(order)] == order
    rate(page).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert (
        page.locator(".agt-knob").first.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    )
    page.close()


def test_touch_moves_it(browser: Browser, alone: str) -> None:
    context = browser.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800}
    )
    page = context.new_page()
    page.goto(alone)
    page.locator(".agt-words strong:not(:empty)").wait_for()
    box = rate(page).bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    assert words(page).startswith("Exploded")
    assert all(
        size["height"] >= 24
        for size in (each.bounding_box() for each in page.locator(".agt :is(input, button)").all())
    )
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1100, 390, 320])
@pytest.mark.parametrize(
    "page_name",
    [
        "learning_rate",
        "fit",
        "gradients",
        "conditioning",
        "graph",
        "errors",
        "vectors",
        "optimizers",
        "learner",
        "scale",
        "index",
    ],
)
def test_axe_finds_nothing_in_the_pictures(
    browser: Browser, scheme: str, width: int, page_name: str
) -> None:
    page = opened(
        browser,
        (ROOT / f"docs/{page_name}.html").as_uri(),
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
    )
    rules = {
        "runOnly": {
            "type": "tag",
            "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
        }
    }
    found = Axe().run(page, context=".agt", options=rules)
    assert found.violations_count == 0, found.generate_report()
    page.close()


@pytest.mark.parametrize("width", [320, 1280 // 4, 390, 700, 1600])
def test_it_fits_any_width(browser: Browser, alone: str, width: int) -> None:
    page = opened(browser, alone, viewport={"width": width, "height": 600})
    move_to(rate(page), LAST_BUT_ONE)
    words(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = page.evaluate(
        "[...document.querySelectorAll('.agt text, .agt span, .agt p')].filter(e => parseFloat(getComputedStyle(e).fontSize) < 12).length"
    )
    assert small == 0, "text under 12 px"
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"explorer-{width}.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 600})
    words(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "resized while open"
    page.close()


LAST_BUT_ONE = len(stops(RATE)) - 2


def test_thrown_to_both_ends_and_back(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    first = words(page)
    for stop in [0, len(stops(RATE)) - 1] * 20 + [START]:
        move_to(rate(page), stop)
    assert words(page) == first
    assert page.problems == []
    page.close()


def test_two_on_a_page_and_the_same_one_twice(
    browser: Browser, tmp_path: Path, saved: object
) -> None:
    page = opened(browser, standing_alone(tmp_path, saved, saved).as_uri())
    page.locator(".agt-words strong:not(:empty)").nth(1).wait_for()
    first = words(page)
    page.get_by_role("slider", name="Learning rate").nth(1).press("End")
    page.wait_for_timeout(100)
    assert words(page) == first
    assert page.locator(".agt-words").nth(1).text_content() != first
    assert (
        len(page.evaluate("[...new Set([...document.querySelectorAll('[id]')].map(e => e.id))]"))
        == page.locator("[id]").count()
    )
    page.close()


def test_the_theme_is_switched_while_it_is_open(browser: Browser, alone: str) -> None:
    page = opened(browser, alone, color_scheme="light")
    colour = "getComputedStyle(document.querySelector('.agt')).backgroundColor"
    assert page.evaluate(colour) == "rgb(250, 251, 252)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(colour) == "rgb(27, 31, 36)"
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    page.wait_for_timeout(50)
    assert page.evaluate(colour) == "rgb(250, 251, 252)", "JupyterLab's own theme counts more"
    page.close()


def test_a_page_without_a_picture_carries_nothing_of_it() -> None:
    pages = list((ROOT / "docs/reference").glob("*.html"))
    assert len(pages) >= 4
    for path in pages:
        assert not BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").select(
            ".agt, .agt-saved"
        )
