"Every silent fault is told in words, and a run that explodes is drawn as far as it lives."

import re
from pathlib import Path

import pytest
from autograd_tutorial.core.theory import standardise
from autograd_tutorial.fit import make_data
from autograd_tutorial.pictures import explore_faults
from autograd_tutorial.pictures.errors import FAULTS, train_with_fault
from playwright.sync_api import Browser

from saved import as_saved
from showing import opened, standing_alone, words


def test_every_fault_is_told_in_words(browser: Browser, tmp_path: Path) -> None:
    time, speed = make_data()
    page = opened(browser, standing_alone(tmp_path, as_saved(explore_faults)).as_uri())
    for fault in FAULTS:
        page.get_by_role("radio", name=fault).check()
        said, run = words(page), train_with_fault(fault, standardise(time)[0], speed, 0.1, 80)
        printed = re.match(r"The loop prints ([\d.,]+)\.", said)[1].replace(",", "")
        assert float(printed) == pytest.approx(run.printed[-1].item(), rel=1e-3)
        assert ("diagnose finds nothing" in said) == (run.says == [])
    page.get_by_role("radio", name="rebuilt loss").check()
    page.get_by_role("slider", name="Steps").press("Home")
    assert words(page).startswith("The loop prints 1,233. After 0 steps")
    assert page.problems == []
    page.close()


def test_a_run_that_explodes_is_drawn_as_far_as_it_lives(browser: Browser, tmp_path: Path) -> None:
    picture = as_saved(lambda: explore_faults(lr=3.0, steps=120))
    page = opened(browser, standing_alone(tmp_path, picture).as_uri())
    for radio in page.get_by_role("radio").all():
        radio.check()
        assert "NaN" not in page.locator(".agt-panels").inner_html() + words(page)
    assert page.problems == []
    page.close()
