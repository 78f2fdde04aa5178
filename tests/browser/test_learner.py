"The picture of lr_find says what it shows, and fits."

import importlib.util

import pytest
from autograd_tutorial.pictures import show_lr_find
from playwright.sync_api import Browser

from saved import as_saved
from showing import drawn, move_to, opened, standing_alone, words

if importlib.util.find_spec("fastai") is None:
    pytest.skip("fastai is an extra", allow_module_level=True)
OUTSIDE = """[...document.querySelectorAll('.agt-panels svg')].flatMap((svg) => {
    const box = svg.getBoundingClientRect();
    const tags = [...svg.querySelectorAll('.agt-tag:not([hidden])')].map((tag) => [tag.textContent, tag.getBoundingClientRect()]);
    return tags.filter(([, at]) => at.left < box.left - 1 || at.right > box.right + 1 || at.bottom > box.bottom + 1).map(([words]) => words);
})"""


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> str:
    return standing_alone(tmp_path_factory.mktemp("learner"), as_saved(show_lr_find)).as_uri()


def test_the_picture_says_what_it_shows(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    rate = page.get_by_role("slider", name="Learning rate")
    assert "lr_find suggests 8.32e-6, 4.3 times below the edge" in words(page) and words(
        page
    ).startswith("Stuck.")
    assert "the mse is 676.1;" in words(page), (
        "the run is that of the rate, and of no stop beside it"
    )
    move_to(rate, 48)
    assert (
        "Exploded" in words(page)
        and "Training at 1.00e-4" in page.locator(".agt-panels").inner_text()
    )
    page.get_by_role("radio", name="1e-5").check()
    assert "suggests 5.25e-5, 1.5 times above the edge" in words(page)
    page.get_by_role("radio", name="standardised").check()
    page.get_by_role("radio", name="1e-7").check()
    move_to(rate, 104)
    assert words(page).startswith("Learned.") and "585 times below the edge" in words(page)
    rate.focus()
    page.keyboard.press("End")
    assert "Exploded" in words(page) and "explode" in page.locator(".agt").inner_text()
    assert not page.problems
    page.close()


@pytest.mark.parametrize(
    ("width", "scheme"), [(320, "dark"), (390, "light"), (700, "dark"), (1200, "light")]
)
def test_the_picture_fits(browser: Browser, alone: str, width: int, scheme: str) -> None:
    form = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    page = opened(browser, alone, **form)
    for kind in ("raw", "standardised"):
        page.get_by_role("radio", name=kind).check()
        for stop in (0, 40, 112):
            move_to(page.get_by_role("slider", name="Learning rate"), stop)
            drawn(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert page.evaluate(OUTSIDE) == [], (width, kind, stop)
    assert not page.problems
    page.close()
