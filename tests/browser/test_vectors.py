"The Jacobian of lesson 8 in a browser: what is said and shown is what autograd gives, by mouse and by keys."

import pytest
import torch
from autograd_tutorial.fit import make_data, quadratic
from autograd_tutorial.pictures import explore_vjp
from autograd_tutorial.vectors import vjp
from playwright.sync_api import Browser, Page
from torch.testing import assert_close

from saved import as_saved
from showing import drawn, move_to, opened, standing_alone, words

TIME, SPEED = (each.double() for each in make_data())
START = torch.tensor([-0.7658386, -0.7506223, 1.3525478]).double()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> str:
    return standing_alone(tmp_path_factory.mktemp("vectors"), as_saved(explore_vjp)).as_uri()


def choose(page: Page, kind: str, first: int, rows: int) -> None:
    page.get_by_role("radio", name=kind).check()
    move_to(page.get_by_role("slider", name="First row"), first)
    move_to(page.get_by_role("slider", name="Rows", exact=True), rows - 1)


SAID = [
    ("ones", 10, 1, "vᵀJ = 100; 10; 1. How far the prediction at t = 10 moves for 1 of a, b, c."),
    ("ones", 4, 6, "vᵀJ = 271; 39; 6. How far the predictions at t = 4 to 9 move in sum."),
    ("ones", 0, 20, "vᵀJ = 2,470; 190; 20. The gradient of preds.sum()."),
    ("mse slopes", 19, 9, "What t = 19 (1 of 9) adds to that of all rows."),
    (
        "ones",
        18,
        5,
        "vᵀJ = 685; 37; 2. How far the predictions at t = 18 to 19 (2 of 5) move in sum.",
    ),
    ("mse slopes", 17, 3, "What t = 17 to 19 add to that of all rows."),
    ("mse slopes", 0, 20, "That of t = 0 to 19."),
]


def numbers(said: list[str]) -> torch.Tensor:
    return torch.tensor([float(each.replace(",", "")) for each in said]).double()


def test_the_page_says_and_shows_what_autograd_gives(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    slopes = 2 * (quadratic(TIME, START) - SPEED) / 20
    for kind, first, rows, says in SAID:
        chosen = slice(first, first + rows)
        v = (torch.ones(20).double() if kind == "ones" else slopes)[chosen]
        wanted = vjp(lambda p, chosen=chosen: quadratic(TIME, p)[chosen], START, v)
        choose(page, kind, first, rows)
        assert words(page).endswith(says)
        said = numbers(words(page).split(" = ")[1].split(". ")[0].split("; "))
        assert_close(said, wanted, rtol=3e-4, atol=0)
        assert_close(numbers(page.locator(".agt-tag").all_text_contents()[1:]), said)
        labels = page.evaluate(LABELS)
        weights = [float(label.split("v ")[1].split(";")[0]) for label in labels]
        assert [row for row in range(20) if weights[row]] == list(range(20))[chosen]
    assert page.problems == []
    page.close()


LABELS = "[...document.querySelectorAll('g[role=img]')].map(g => g.getAttribute('aria-label'))"
BARS = "[...document.querySelectorAll('g[role=img]')].map(g => [...g.querySelectorAll('rect.agt-now:not([hidden])')].map(e => Number(e.getAttribute('width'))))"


@pytest.mark.parametrize("width", [1100, 320])
def test_bars_are_as_long_as_what_they_stand_for(browser: Browser, alone: str, width: int) -> None:
    page = opened(browser, alone, viewport={"width": width, "height": 900})
    choose(page, "mse slopes", 0, 20)
    drawn(page)
    v = (2 * (quadratic(TIME, START) - SPEED) / 20).abs()
    products = torch.stack([v, v * TIME**2, v * TIME, v], 1)
    bars = page.evaluate(BARS)
    assert len(bars[0]) == 2, "at t = 0 the entries of a and b are 0"
    found = torch.tensor([row for row in bars if len(row) == 4]).double()
    longest = found.amax(0)
    assert_close(
        found / longest,
        (products / products.amax(0))[1:],
        rtol=0,
        atol=0.06 / longest.min().item() + 1e-3,
    )
    page.close()


def test_rows_are_chosen_with_the_mouse(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    spots = [
        page.locator("g[role=img] > rect:first-child").nth(row).bounding_box() for row in (7, 3)
    ]
    middle = [(each["x"] + 200, each["y"] + each["height"] / 2) for each in spots]
    page.mouse.click(*middle[0])
    assert "at t = 7 moves" in words(page)
    page.mouse.down()
    page.mouse.move(*middle[1], steps=12)
    page.mouse.up()
    assert "at t = 3 to 7 move" in words(page)
    assert page.get_by_role("slider", name="First row").input_value() == "3"
    page.get_by_role("button", name="Reset").click()
    assert "at t = 10 moves" in words(page)
    page.close()


def test_keys_move_it_and_a_screen_reader_hears_it(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    first = page.get_by_role("slider", name="First row")
    first.press("ArrowRight")
    assert "at t = 11 moves" in words(page)
    assert first.get_attribute("aria-valuetext") == "11, vᵀJ = 121; 11; 1"
    page.get_by_role("radio", name="ones").focus()
    page.keyboard.press("ArrowRight")
    assert "What t = 11 adds" in words(page)
    page.locator(".agt-heard:not(:empty)").wait_for(state="attached")
    assert page.locator(".agt-heard").text_content() == words(page)
    page.close()


OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('.agt-panel svg text:not([hidden])')].map(e => [e.textContent, e.getBoundingClientRect()]);
  const edge = document.querySelector('.agt').getBoundingClientRect();
  const out = boxes.filter(([, b]) => b.left < edge.left + 2 || b.right > edge.right - 2).map(([t]) => t);
  const cross = ([, a], [, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4;
  return [...out, ...boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => cross(a, b)).map((b) => a[0] + ' on ' + b[0]))];
}"""


@pytest.mark.parametrize("width", [320, 390, 600, 1280])
def test_no_figure_stands_on_another_or_outside(browser: Browser, alone: str, width: int) -> None:
    page = opened(browser, alone, viewport={"width": width, "height": 800})
    for kind, first, rows in [
        ("ones", 10, 1),
        ("ones", 0, 20),
        ("mse slopes", 0, 20),
        ("mse slopes", 17, 3),
    ]:
        choose(page, kind, first, rows)
        drawn(page)
        assert page.evaluate(OVERLAPS) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
