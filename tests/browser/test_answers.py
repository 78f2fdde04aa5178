"A page asks, and a reader without a kernel answers: every verdict is the checker's own, by mouse and by keys."

import base64
import json
import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser

from project import LESSONS
from rendered import DOCS, LESSON_PAGES, name


def asked(notebook: Path) -> list[tuple[str, list[str], list[str], int]]:
    "What a saved lesson asks, in order: its kind, the choices, the verdicts, and how many are right."
    found = []
    for cell in nbformat.read(notebook, as_version=4).cells:
        for out in cell.get("outputs", []):
            page = BeautifulSoup(out.get("data", {}).get("text/html", ""), "html.parser")
            if box := page.select_one(".agt-prediction"):
                options = [each.get_text() for each in box.select("li")]
                why, right = box.p.get_text(), int(box["data-right"])
                judged = [
                    "Right." if k == right else f"Not {each}." for k, each in enumerate(options)
                ]
                found.append(("prediction", options, [f"{each} {why}" for each in judged], 1))
            if box := page.select_one(".agt-exercise"):
                choices = json.loads(base64.b64decode(box["data-told"]))["choices"]
                verdicts = [
                    BeautifulSoup(each["said"], "html.parser").get_text() for each in choices
                ]
                right = sum(each["right"] for each in choices)
                found.append(("exercise", [each["code"] for each in choices], verdicts, right))
    return found


@pytest.mark.parametrize("path", LESSON_PAGES, ids=name)
def test_everything_can_be_answered_without_a_kernel(
    browser: Browser, address: str, path: Path
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}{path.name}")
    wanted = asked(LESSONS[LESSON_PAGES.index(path)])
    boxes = page.locator(".agt-prediction, .agt-exercise").all()
    for box, (kind, choices, verdicts, right) in zip(boxes, wanted, strict=True):
        assert kind in box.get_attribute("class")
        buttons = box.get_by_role("group").get_by_role("button").all()
        assert [each.text_content() for each in buttons] == choices
        judged = []
        for k, (button, verdict) in enumerate(zip(buttons, verdicts, strict=True)):
            button.press("Enter") if k % 2 else button.click()
            assert box.get_by_role("status").text_content() == verdict
            judged.append(button.get_attribute("data-judged"))
        assert judged.count("right") == right and judged.count("wrong") == len(judged) - right
    totals = [sum(each[0] == kind for each in wanted) for kind in ("prediction", "exercise")]
    done = "{0} of {0} predictions, {1} of {1} exercises".format(*totals)
    told = page.locator("#page-text [data-answers]")
    assert told.text_content() == done
    page.reload()
    assert told.text_content() == done
    assert boxes[0].get_by_role("status").text_content() == wanted[0][2][-1], "it is remembered"
    page.get_by_role("button", name="Forget my answers").click()
    page.wait_for_load_state()
    assert "0 of" in page.locator("#page-text [data-answers]").text_content()
    page.close()


def test_hint_and_solution_are_there_once_they_are_asked_for(browser: Browser) -> None:
    page = browser.new_page()
    page.goto((DOCS / "gradients.html").as_uri())
    first = page.locator(".agt-exercise").first
    group = first.get_by_role("group")
    assert group.locator("[tabindex='0']").count() == 1, "one stop of the Tab key"
    group.get_by_role("button").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert group.get_by_role("button").nth(1).get_attribute("aria-pressed") == "true"
    for fold, words in (("Hint", "Make a copy"), ("Solution", "(x**3).backward()")):
        assert words not in first.locator("details").all_text_contents()
        first.get_by_text(fold, exact=True).press("Enter")
        first.locator("details[open]", has_text=words).wait_for()
    colab = first.get_by_role("link", name="Write it yourself").get_attribute("href")
    assert re.search(r"01_gradients\.ipynb#scrollTo=gradients-\d+$", colab)
    page.close()


def test_the_overview_says_what_is_answered_and_its_film_stops(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.goto(f"{address}gradients.html")
    page.locator(".agt-prediction button").first.click()
    first = page.locator("main ol li", has=page.locator("a[href='gradients.html']"))
    page.goto(f"{address}index.html")
    assert "1 of 9 predictions, 0 of 5 exercises" in first.text_content()
    assert page.locator("main ol [data-answers]").count() == 1
    film = page.locator("#film")
    assert not film.get_attribute("src").endswith("#still")
    page.get_by_role("button", name="Stop the film").click()
    assert film.get_attribute("src").endswith("#still")
    page.get_by_role("button", name="Play the film again").click()
    assert not film.get_attribute("src").endswith("#still")
    page.close()


def test_without_scripts_the_answers_to_predictions_unfold(browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto((DOCS / "gradients.html").as_uri())
    fold = page.locator(".agt-prediction details").first
    assert not fold.locator("p").is_visible()
    fold.locator("summary").click()
    assert "0.41." in fold.locator("p").text_content()
    page.context.close()


def solutions(notebook: Path) -> list[str]:
    "The lines of solutions that no cell of the series has."
    cells = nbformat.read(notebook, as_version=4).cells
    shown = "\n".join(path.read_text(encoding="utf-8") for path in LESSONS)
    told = [
        json.loads(base64.b64decode(found))
        for cell in cells
        for out in cell.get("outputs", [])
        for found in re.findall('data-told="([^"]+)"', out.get("data", {}).get("text/html", ""))
    ]
    lines = [line.strip() for each in told for line in each["solution"].split("\n")[1:]]
    return [line for line in lines if len(line) > 15 and line not in shown]


@pytest.mark.parametrize("path", LESSON_PAGES, ids=name)
def test_no_solution_can_be_read_or_searched_before_it_is_asked_for(path: Path) -> None:
    notebook = LESSONS[LESSON_PAGES.index(path)]
    hidden = solutions(notebook)
    verdicts = [
        each for kind, _, said, _ in asked(notebook) if kind == "prediction" for each in said
    ]
    said = [each.removeprefix("Right. ") for each in verdicts if each.startswith("Right. ")]
    assert hidden and len(said) > 5
    found = (DOCS / "site" / "words.js").read_text(encoding="utf-8")
    assert not [words for words in said if len(words) > 20 and words in found], "an answer is found"
    for file in (path, path.with_suffix(".html.md"), DOCS / "site" / "words.js"):
        text = file.read_text(encoding="utf-8")
        assert not [line for line in hidden if line in text], file
