"Workers and their shares, told in words, and they fit."

import pytest
from autograd_tutorial.pictures import show_all_reduce
from playwright.sync_api import Browser

from saved import as_saved
from showing import move_to, opened, standing_alone, words

STORY = [  # workers, shares, mean, moment, what it says
    (
        3,
        "uneven",
        "plain",
        "before",
        "3 gradients. With 12, 5 and 3 points their slope of a goes from",
    ),
    (
        4,
        "even",
        "plain",
        "before",
        "4 gradients. With 5 points each their slope of a goes from -451.5 to -167,576; over all points it is -53,196.",
    ),
    (
        4,
        "even",
        "plain",
        "after",
        "One gradient, the right one. By the plain mean every worker has -53,196 as slope of a, as over all points.",
    ),
    (
        3,
        "uneven",
        "plain",
        "after",
        "One gradient, a wrong one. By the plain mean every worker has -95,768 as slope of a, 80% off: over all",
    ),
    (3, "uneven", "weighted", "after", "One gradient, the right one."),
    (
        3,
        "even",
        "plain",
        "after",
        "One gradient, a wrong one. By the plain mean every worker has -57,856 as slope of a, 8.8% off",
    ),
    (
        1,
        "even",
        "plain",
        "before",
        "One worker. It holds all points, and its slope of a is -53,196; so is the plain mean.",
    ),
]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> str:
    return standing_alone(tmp_path_factory.mktemp("scale"), as_saved(show_all_reduce)).as_uri()


def test_the_picture_is_told_in_words(browser: Browser, alone: str) -> None:
    page = opened(browser, alone)
    for count, kind, mean, moment, says in STORY:
        move_to(page.get_by_role("slider", name="Workers"), count - 1)
        for name in (kind, mean, moment):
            page.get_by_role("radio", name=name, exact=True).check()
        assert words(page).startswith(says), words(page)
        assert page.locator("g[role=img]:not([hidden])").count() == count
    assert page.problems == []
    page.close()


@pytest.mark.parametrize("width", [1100, 390, 320])
def test_the_picture_fits(browser: Browser, alone: str, width: int) -> None:
    page = opened(browser, alone, viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.problems == []
    page.close()
