"The race of lesson 9 is told as it is run, follows every control, and fits."

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from saved import race_of_two
from showing import drawn, move_to, opened, standing_alone, words

STORY = [  # time, optimizer, percent, what it says
    ("raw", "descent", 0, "At the start. The mse is 25,824"),
    ("raw", "descent", 100, "Not there. After 900 steps descent has an mse of 6"),
    ("raw", "Adam", 100, "Arrived. After 900 steps Adam has an mse of 7.30"),
    (
        "raw",
        "Adam",
        20,
        "On the way. After 33 steps Adam has an mse of 6,883; the best possible is 7.305.",
    ),
    ("standardised", "descent", 100, "Arrived. After 900 steps descent has an mse of 7.305"),
]


def test_the_race_is_told_in_words_and_moves_with_every_control(
    browser: Browser, tmp_path: Path
) -> None:
    page = opened(browser, standing_alone(tmp_path, race_of_two()).as_uri())
    slider = page.get_by_role("slider", name="Race")
    for kind, name, share, says in STORY:
        page.get_by_role("radio", name=kind).check()
        page.get_by_role("radio", name=name).check()
        move_to(slider, share)
        assert words(page).startswith(says), words(page)
    page.get_by_role("button", name="Reset").click()
    drawn(page)
    picture = page.locator(".agt-panels")
    for act in (
        lambda: slider.press("ArrowLeft"),
        lambda: page.get_by_role("radio", name="standardised").check(),
        lambda: page.get_by_role("radio", name="Adam").check(),
        lambda: page.get_by_role("button", name="Reset").click(),
    ):
        before = picture.inner_html()
        act()
        drawn(page)
        assert picture.inner_html() != before
    assert page.problems == []
    page.close()


@pytest.mark.parametrize("width", [1100, 390, 320])
def test_the_race_fits(browser: Browser, tmp_path: Path, width: int) -> None:
    address = standing_alone(tmp_path, race_of_two()).as_uri()
    page = opened(browser, address, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.problems == []
    page.close()
