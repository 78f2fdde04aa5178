"A graph in a browser is walked back step by step, and stays in its place."

import re

import pytest
import torch
from autograd_tutorial.pictures import show_graph
from playwright.sync_api import Browser, expect
from torch import nn

from saved import as_saved
from showing import PAINTED, drawn, opened, standing_alone, words

STEPS = """async (painted) => {
    const frame = eval(painted);
    const seen = [];
    for (const picture of document.querySelectorAll('.agt')) {
        const slider = picture.querySelector('input[type=range]');
        for (let step = 0; step <= Number(slider.max); step++) {
            slider.value = String(step);
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            await frame();
            const view = picture.querySelector('.agt-scroll').getBoundingClientRect();
            const box = picture.querySelector('g.agt-current rect')?.getBoundingClientRect();
            const inside = box && view.left - 3 <= box.left && box.right <= view.right + 3 && view.top - 3 <= box.top && box.bottom <= view.bottom + 3;
            seen.push([picture.getBoundingClientRect().height, step, !step || inside]);
        }
    }
    return seen;
}"""  # the height of a picture at each of its steps, and whether the box of the step is in view


MODULES = ["MeanBackward0", "2", "TanhBackward0", "1", "TanhBackward0", "0"]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> str:
    z = x = torch.tensor(3.0).requires_grad_()
    b = 2 * x
    b.retain_grad()
    for _ in range(100):
        z = z * 1.001
    layers = [layer for _ in range(8) for layer in (nn.Linear(3, 3), nn.Tanh())]
    net = nn.Sequential(nn.Sequential(*layers[:8]), nn.Sequential(*layers[8:]), nn.Linear(3, 1))
    loss = net(torch.ones(2, 3)).mean()
    pictures = as_saved(
        lambda: (show_graph(b**2 + b, x=x, b=b), show_graph(z, x=x), show_graph(loss, net))
    )
    return standing_alone(tmp_path_factory.mktemp("graph"), *pictures).as_uri()


def test_it_walks_back_step_by_step(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    assert (
        words(page)
        == "Recorded. 3 operations from 1 leaf. Nothing has come back yet: play, or move the slider."
    )
    slider = page.get_by_role("slider", name="Steps back").first
    for _ in range(3):
        slider.press("ArrowRight")
    assert (
        words(page)
        == "MulBackward0 (b). 1 + 12 = 13 comes in and is kept in .grad. 26 goes out to x."
    )
    assert page.locator(".agt-ledger").first.inner_text().split("\n")[-2].split("\t") == [
        "13",
        "× 2",
        "26",
        "x",
    ]
    assert page.locator(".agt-current rect").count() == 1
    page.locator("g.agt-kind-leaf").first.click()
    assert words(page) == "AccumulateGrad (x). 26 comes in and is added to .grad."
    assert (
        slider.get_attribute("aria-valuetext")
        == "4, AccumulateGrad (x): 26 comes in and is added to .grad."
    )
    drawing = page.locator(".agt-scroll svg").first
    width = drawing.get_attribute("width")
    page.get_by_role("button", name="Larger").first.click()
    drawn(page)
    assert drawing.get_attribute("width") != width
    page.get_by_role("button", name="Reset").first.click()
    assert words(page).startswith("Recorded.") and page.problems == []
    assert drawing.get_attribute("width") == width
    for says in ("Leave full screen", "Full screen"):
        page.get_by_role("button", name="full screen").first.click()
        expect(page.locator(".agt-tool").nth(4)).to_have_text(says)
    page.close()


def test_it_plays_a_step_at_a_time_and_pauses(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    page.get_by_role("button", name="Play steps back").first.click()
    first = page.locator(".agt-words").first.filter(has_text=re.compile(r"^AddBackward0\."))
    first.wait_for()
    page.get_by_role("button", name="Pause steps back").first.click()
    assert words(page).startswith("AddBackward0.")
    page.close()


@pytest.mark.parametrize("width", [320, 390, 700, 1280])
def test_the_box_of_the_step_is_in_view_and_nothing_moves(
    browser: Browser, alone: str, width: int
) -> None:
    page = opened(browser, alone, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    seen = page.evaluate(STEPS, PAINTED)
    assert len(seen) > 40 and all(inside for *_, inside in seen), seen
    begins = [at for at, (_, step, _) in enumerate(seen) if step == 0]
    for begin, end in zip(begins, [*begins[1:], len(seen)], strict=True):
        assert len({height for height, *_ in seen[begin:end]}) == 1, seen[begin:end]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    inside = "[...document.querySelectorAll('.agt-scroll')].every((each) => each.scrollWidth <= each.clientWidth)"
    assert page.evaluate(inside)  # each drawing is broken into rows, and none scrolls sideways
    assert max(seen[at][0] for at in begins) < 1100
    page.close()


def test_arrows_point_where_a_gradient_went(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    tips = page.locator(".agt-scroll").first.locator(".agt-tip:visible")
    ways = "(tips) => tips.map((tip) => { const [from, to] = tip.getAttribute('d').match(/[\\d.]+/g).map(Number).filter((_, k) => k % 2 === 0); return from > to; })"
    assert not any(tips.evaluate_all(ways)) and tips.count() == 5
    slider = page.get_by_role("slider", name="Steps back").first
    slider.press("End")
    drawn(page)
    assert sorted(tips.evaluate_all(ways)) == [
        False,
        True,
        True,
        True,
        True,
    ]  # a constant gets none
    page.close()


def test_modules_open_by_press_and_by_button_and_close_again(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    picture = page.locator(".agt-saved").last
    titles = picture.locator(".agt-row-0")
    assert titles.all_text_contents() == MODULES
    titles.get_by_text("1", exact=True).click()
    assert (
        "1.6" in titles.all_text_contents()
        and picture.locator(".agt-zoom > span").inner_text() == "1"
    )
    slider = picture.get_by_role("slider", name="Steps back")
    slider.fill("10")
    opening = picture.get_by_role("button", name="Open")
    before = titles.all_text_contents()
    opening.click()
    assert titles.all_text_contents() != before and "AddmmBackward0" in titles.all_text_contents()
    picture.locator("g.agt-kind-leaf").first.click()
    assert picture.locator(".agt-words").inner_text().startswith("AccumulateGrad (1.")
    for _ in range(2):
        picture.get_by_role("button", name="Close").click()
    assert titles.all_text_contents() == MODULES
    assert picture.get_by_role("button", name="Close").is_disabled()
    picture.locator(".agt-size").nth(2).click()
    drawn(page)
    assert slider.input_value() == "3"
    size = "(view) => view.querySelector('rect').getBoundingClientRect().width"
    small = picture.locator(".agt-scroll").evaluate(size)
    picture.get_by_role("button", name="Larger").click()
    drawn(page)
    assert picture.locator(".agt-scroll").evaluate(size) > small and page.problems == []
    page.close()
