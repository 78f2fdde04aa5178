"The live pictures without a kernel, in a real browser: what they show, whom they serve, what they survive."

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import torch
from autograd_tutorial.fit import make_data, mse, quadratic, rmse
from autograd_tutorial.learning_rate import sweep
from autograd_tutorial.pictures import explore_learning_rate, show_descent
from autograd_tutorial.pictures.live import stops
from autograd_tutorial.pictures.runs import RATE
from axe_playwright_python.sync_playwright import Axe
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Locator, Page, expect

import serve
from project import ROOT
from saved import as_saved, explorer
from showing import drawn, move_to, opened, standing_alone, words

LESSON = ROOT / "nbs" / "03_learning_rate.ipynb"
START = stops(RATE).index(1e-5)
LAST_BUT_ONE = len(stops(RATE)) - 2
FITS = "document.documentElement.scrollWidth <= innerWidth"
SMALL = "[...document.querySelectorAll('.agt text, .agt span, .agt p')].filter(e => parseFloat(getComputedStyle(e).fontSize) < 12).length"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> str:
    return standing_alone(tmp_path_factory.mktemp("alone"), explorer()).as_uri()


@pytest.fixture(scope="module")
def explorer_page(browser: Browser, alone: str) -> Iterator[Page]:
    page = opened(browser, alone)
    yield page
    page.close()


@pytest.fixture(scope="module")
def valley_page(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    valley = standing_alone(tmp_path_factory.mktemp("valley"), as_saved(show_descent))
    page = opened(browser, valley.as_uri())
    yield page
    page.close()


def afresh(page: Page) -> Iterator[Page]:
    "The page as it was when it opened, and after the test without a complaint."
    page.set_viewport_size({"width": 1100, "height": 900})
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    page.get_by_role("button", name="Reset").click()
    page.problems.clear()
    drawn(page)
    yield page
    assert page.problems == []


@pytest.fixture
def page(explorer_page: Page) -> Iterator[Page]:
    "The picture of lesson 3, alone."
    yield from afresh(explorer_page)


@pytest.fixture
def valley(valley_page: Page) -> Iterator[Page]:
    "The picture of lesson 4, alone."
    yield from afresh(valley_page)


@pytest.fixture
def timed(browser: Browser, alone: str) -> Iterator[Page]:
    "The picture of lesson 3 under a clock that stands still: only `clock.run_for` lets time pass."
    page = opened(browser, alone)
    page.clock.install()
    page.reload()
    page.locator(".agt-words strong:not(:empty)").wait_for()
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 60)
    page.clock.run_for(1000)
    yield page
    assert page.problems == []
    page.close()


def rate(page: Page) -> Locator:
    return page.get_by_role("slider", name="Learning rate").first


def steps(page: Page) -> Locator:
    return page.get_by_role("slider", name="Steps")


def choose(page: Page, stop: int, step: int, *choices: str) -> None:
    "Set everything that the picture's controls set."
    for choice in choices:
        page.get_by_role("radio", name=choice, exact=True).check()
    move_to(rate(page), stop)
    move_to(steps(page), step)


@pytest.mark.parametrize("how", ["http", "nbconvert"])
def test_it_moves_wherever_it_is_opened(browser: Browser, tmp_path: Path, how: str) -> None:
    "From a file, too: so all tests of the site open it."
    if how == "nbconvert":
        notebook = nbformat.read(LESSON, as_version=4)
        page = HTMLExporter(template_name="basic").from_notebook_node(notebook)[0]
        whole = f"<!doctype html><meta charset=utf-8>{page}"
        (tmp_path / "learning_rate.html").write_text(whole, encoding="utf-8")
    with serve.serving(ROOT / "docs") as served:
        home = served if how == "http" else f"{tmp_path.as_uri()}/"
        tab = browser.new_page()
        asked: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(f"{home}learning_rate.html")
        tab.locator(".agt-words strong:not(:empty)").first.wait_for()
        before = words(tab)
        rate(tab).press("ArrowRight")
        assert words(tab) != before
        assert all(url.startswith((home, "data:")) for url in asked), asked
        tab.close()


def test_the_number_on_the_page_is_that_of_torch(page: Page) -> None:
    "Without a browser the same is asked of all runs: here that controls and words are joined rightly, where the next stop or step says another number."
    g = torch.Generator().manual_seed(42)
    (time, speed), start = make_data(g), torch.randn(3, generator=g)
    times = {"raw": time, "standardised": (time - time.mean()) / time.std(correction=0)}
    for loss_fn, kind, stop, step in ((mse, "raw", 8, 7), (rmse, "standardised", 96, 7)):
        choose(page, stop, step, loss_fn.__name__, kind)
        lr = [stops(RATE)[stop]]
        losses = sweep(lr, step, times[kind], speed, start, loss_fn, quadratic)[0][0]
        said = re.search(rf"the {loss_fn.__name__} is ([\d.,e]+\d)", words(page))[1]
        assert float(said.replace(",", "")) == pytest.approx(losses[step].item(), rel=6e-4)


def test_the_story_is_told_in_words(page: Page) -> None:
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


def test_past_the_edge_it_says_so(page: Page) -> None:
    move_to(rate(page), stops(RATE).index(1e-3))
    assert words(page).startswith("Exploded after 10 steps: loss is inf.")
    assert page.locator(".agt-edge").first.inner_text() == "explodes past 2/λmax = 3.54e-5"
    assert "exploded after 10 steps: loss is inf" in page.locator(".agt-panels").inner_text()
    hatch, rail = (page.locator(each).first.bounding_box() for each in (".agt-hatch", ".agt-rail"))
    share = (hatch["x"] - rail["x"]) / rail["width"]
    assert share == pytest.approx((torch.tensor(3.5399e-5).log10().item() + 7) / 7, abs=0.005)
    # Where the steep direction explodes, the others shrink by 1 - lr λ: what a float32 makes of them is not shown.
    heads = page.locator(".agt-bar-head").all_inner_texts()
    assert "start" in heads[0] and "lost in rounding" in heads[1] and "lost in rounding" in heads[2]
    page.get_by_role("radio", name="rmse").check()
    drawn(page)
    assert page.locator(".agt-edge").first.is_hidden(), "the edge is that of the mse"


def own(**given) -> object:
    "The explorer over the reader's own."
    return as_saved(lambda: explore_learning_rate(**given))


def test_losses_below_zero_are_drawn(browser: Browser, tmp_path: Path) -> None:
    below = own(loss_fn=lambda preds, targets: mse(preds, targets) - 1000)
    page = opened(browser, standing_alone(tmp_path, below).as_uri())
    move_to(rate(page), 38)
    assert "is -325" in words(page)
    assert "NaN" not in page.locator(".agt-panels").inner_html()
    assert page.problems == []
    page.close()


def test_a_perfect_fit_is_said_to_be_one(browser: Browser, tmp_path: Path) -> None:
    time = torch.linspace(-1, 1, 20)
    perfect = own(time=time, speed=quadratic(time, torch.ones(3)), params=torch.zeros(3))
    page = opened(browser, standing_alone(tmp_path, perfect).as_uri())
    page.get_by_role("radio", name="standardised").check()
    move_to(rate(page), stops(RATE).index(10**-0.5))
    assert words(page).startswith("Learned.")
    assert page.problems == []
    page.close()


def test_an_edge_left_of_the_track_stays_on_it(browser: Browser, tmp_path: Path) -> None:
    time, speed = make_data()
    far = own(time=time * 600, speed=speed, params=torch.ones(3))
    page = opened(browser, standing_alone(tmp_path, far).as_uri())
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


VALLEY = [  # time, stop, step, what it says, what the bars say
    ("raw", 40, 200, "Stuck. After 200 steps the mse is 674.3", "0% 90.4% 99.8%"),
    ("raw", 40, 0, "Not started. The mse is 25,824", "100% 100% 100%"),
    ("raw", 64, 200, "Exploded after 10 steps: loss is inf. Rates past 2/λmax = 3.54e-5", None),
    ("standardised", 104, 200, "Learned. After 200 steps the mse is 7.305", "0% 0% 0%"),
    ("standardised", 40, 200, "Slow. After 200 steps", "96.9% 98.7% 99.6%"),
]


def test_the_valley_is_told_in_words(valley: Page) -> None:
    for kind, stop, step, says, left in VALLEY:
        choose(valley, stop, step, kind)
        assert words(valley).startswith(says)
        heads = valley.locator(".agt-bar-head span:last-child").all_inner_texts()
        assert left is None or heads == [f"{share} left" for share in left.split()]


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
    valley: Page, width: int, kind: str, stop: int, step: int
) -> None:
    "The first ellipse gives the scale of both axes; the dot is then where PyTorch says."
    g = torch.Generator().manual_seed(42)
    (time, speed), start = make_data(g), torch.randn(3, generator=g)
    time = (time - time.mean()) / time.std(correction=0) if kind == "standardised" else time
    X = torch.stack([time**2, time, torch.ones_like(time)], 1).double()
    curvatures, V = torch.linalg.eigh(2 * X.T @ X / 20)
    path = sweep([stops(RATE)[stop]], step, time, speed, start)[1][0].double()
    errors = ((path - torch.linalg.lstsq(X, speed.double()).solution) @ V)[:, [2, 0]]  # steep, flat
    valley.set_viewport_size({"width": width, "height": 900})
    choose(valley, stop, step, kind)
    drawn(valley)
    seen = {name: torch.tensor(pair).double() for name, pair in valley.evaluate(SEEN).items()}
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


def test_the_valley_fits_and_axe_finds_nothing(valley: Page) -> None:
    rules = {
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
        "resultTypes": ["violations"],
    }
    for width, scheme in ((1100, "light"), (1100, "dark"), (390, "light"), (320, "dark")):
        valley.set_viewport_size({"width": width, "height": 900})
        valley.emulate_media(color_scheme=scheme)
        for stop in (40, LAST_BUT_ONE):
            move_to(rate(valley), stop)
            drawn(valley)
            assert valley.evaluate(FITS)
        assert valley.evaluate(SMALL) == 0, "text under 12 px"
        found = Axe().run(valley, context=".agt", options=rules)
        assert found.response["passes"] and found.violations_count == 0, found.generate_report()


def test_points_stay_under_the_pointer_and_give_their_exact_values(page: Page) -> None:
    point, note = page.locator(".agt-dot").nth(3), page.locator(".agt-note").first
    _, speed = make_data()
    for width in (1100, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        drawn(page)
        point.scroll_into_view_if_needed()
        page.mouse.move(0, 0)
        before = point.bounding_box()
        point.hover()
        drawn(page)
        assert point.bounding_box() == before
        assert f"t = 3.00 s: {speed[3].item():.3g} measured, " in note.inner_text()
        assert note.evaluate("e => e.scrollWidth <= e.clientWidth")
    page.locator(".agt-dot").first.focus()
    page.keyboard.press("End")
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert re.fullmatch(rf"t = 19\.0 s: {speed[19].item():.3g} measured, [\d.]+ predicted", name)
    assert page.locator(".agt-dot[tabindex='0']").count() == 1


def test_play_pause_and_scrub(timed: Page) -> None:
    timed.get_by_role("button", name="Play steps").click()
    timed.clock.run_for(1200)
    timed.get_by_role("button", name="Pause steps").click()
    timed.clock.run_for(50)  # what the last frame set is drawn
    paused = int(steps(timed).input_value())
    assert 0 < paused < 200
    timed.clock.run_for(300)
    assert int(steps(timed).input_value()) == paused
    timed.get_by_role("button", name="Play steps").click()
    timed.clock.run_for(1200)
    assert int(steps(timed).input_value()) > paused
    move_to(steps(timed), 5)
    timed.clock.run_for(300)
    assert int(steps(timed).input_value()) == 5, "scrubbing ends the play"


def test_play_goes_on_while_the_loss_and_the_width_change(timed: Page) -> None:
    timed.get_by_role("button", name="Play steps").click()
    timed.clock.run_for(1200)
    timed.get_by_role("radio", name="rmse").check()
    timed.set_viewport_size({"width": 400, "height": 900})
    timed.clock.run_for(1000)
    assert 0 < int(steps(timed).input_value()) < 200
    timed.clock.fast_forward(4000)
    timed.clock.run_for(100)
    assert steps(timed).input_value() == "200"
    said = timed.locator(".agt-words").first.text_content()
    assert "After 200 steps the rmse is 106.4" in said


def test_a_screen_reader_hears_numbers_and_not_every_frame(timed: Page) -> None:
    timed.evaluate(
        "window.heard = 0; new MutationObserver(() => heard++).observe(document.querySelector('.agt-heard'), {childList: true, subtree: true, characterData: true})"
    )
    for _ in range(8):
        rate(timed).press("ArrowRight")
        timed.clock.run_for(30)
    timed.clock.run_for(500)
    assert timed.evaluate("heard") == 0
    timed.clock.run_for(200)
    assert timed.evaluate("heard") == 1
    heard = timed.locator(".agt-heard").inner_text()
    assert heard == timed.locator(".agt-words").first.inner_text()
    assert rate(timed).get_attribute("aria-valuetext") == "0.0000316, after 200 steps, loss 674.3"
    assert steps(timed).get_attribute("aria-valuetext") == "200, after 200 steps, loss 674.3"


def test_nothing_moves_by_itself_for_who_asks_for_that(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    move_to(steps(page), 3)
    drawn(page)
    page.get_by_role("button", name="Play steps").click()
    drawn(page)
    assert steps(page).input_value() == "200"


def test_without_scripts_there_is_the_picture_and_its_words(browser: Browser, alone: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(alone)
    assert page.locator(".agt-saved > img").is_visible()
    assert "676.1 after 200 steps" in page.locator(".agt-saved > p").inner_text()
    context.close()


def test_everything_by_keyboard_with_a_visible_focus(page: Page) -> None:
    page.locator("h1").evaluate("e => { e.tabIndex = -1; e.focus(); }")
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "document.activeElement.tagName + ' ' + (document.activeElement.type ?? '')"
            )
        )
    assert seen == [
        *["INPUT range", "INPUT text"] * 2,
        *["BUTTON button"] * 3,  # a step back, play, a step on
        *["INPUT radio"] * 2,
        "circle ",
        *["BUTTON button"] * 2,  # reset and keep: there is nothing to undo
    ]
    rate(page).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert (
        page.locator(".agt-knob").first.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    )


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


def test_it_fits_any_width(page: Page) -> None:
    for width in (1600, 700, 390, 320):
        page.set_viewport_size({"width": width, "height": 600})
        for stop in (START, LAST_BUT_ONE):
            move_to(rate(page), stop)
            drawn(page)
            assert page.evaluate(FITS), width
        assert page.evaluate(SMALL) == 0, f"text under 12 px at {width}"


def test_thrown_to_both_ends_and_back(page: Page) -> None:
    first = words(page)
    for stop in [0, len(stops(RATE)) - 1] * 20 + [START]:
        move_to(rate(page), stop)
    assert words(page) == first


def test_two_on_a_page_and_the_same_one_twice(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, standing_alone(tmp_path, explorer(), explorer()).as_uri())
    page.locator(".agt-words strong:not(:empty)").nth(1).wait_for()
    first = words(page)
    page.get_by_role("slider", name="Learning rate").nth(1).press("End")
    expect(page.locator(".agt-words").nth(1)).not_to_have_text(first)
    assert words(page) == first
    assert (
        len(page.evaluate("[...new Set([...document.querySelectorAll('[id]')].map(e => e.id))]"))
        == page.locator("[id]").count()
    )
    page.close()


def test_the_theme_is_switched_while_it_is_open(page: Page) -> None:
    colour = "getComputedStyle(document.querySelector('.agt')).backgroundColor"
    assert page.evaluate(colour) == "rgb(250, 251, 252)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(colour) == "rgb(27, 31, 36)"
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    page.wait_for_function(f"{colour} === 'rgb(250, 251, 252)'")  # JupyterLab's own counts more
    page.evaluate("delete document.body.dataset.jpThemeLight")
