"The rendered site, in a browser and as files."

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from conftest import ARTIFACTS, ROOT
from playwright.sync_api import Browser

import render

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.html"))


def name(path: Path) -> str:
    return path.relative_to(DOCS).with_suffix("").as_posix().replace("/", "-")


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def contrast(one: str, other: str) -> float:
    "The contrast ratio of two colours, as WCAG 2 defines it."

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear))

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES, ids=name)
def test_page_loads_whole_in_a_browser(browser: Browser, path: Path, scheme: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    wrong: list[str] = []
    page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
    page.on("request", lambda request: wrong.append(f"left: {request.url}") if request.url.startswith("http") else None)
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(path.as_uri(), wait_until="load")
    assert wrong == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    pictures = page.evaluate("[...document.images].map(i => [i.naturalWidth, i.alt])")
    assert all(wide > 0 and words for wide, words in pictures)
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name(path)}-{scheme}-{width}.png", full_page=True)
    ground, ink = page.evaluate("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]")
    as_hex = ["#" + "".join(f"{int(n):02x}" for n in re.findall(r"\d+", c)[:3]) for c in (ground, ink)]
    assert as_hex[0] == {"light": "#ffffff", "dark": "#15181c"}[scheme] and contrast(*as_hex) > 4.5
    page.close()


def test_theme_can_be_switched_and_is_remembered(browser: Browser) -> None:
    page = browser.new_page(color_scheme="light")
    page.goto((DOCS / "fit.html").as_uri())
    shot = page.locator("img.figure").first.screenshot()
    page.locator(".quarto-color-scheme-toggle").first.click()
    page.wait_for_function("getComputedStyle(document.body).backgroundColor === 'rgb(21, 24, 28)'")
    assert page.locator("img.figure").first.screenshot() != shot, "the pictures keep the old theme"
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 28)"
    page.close()


def test_colours_of_the_pictures_stand_out() -> None:
    for side, grounds in ((0, ("#ffffff", "#fafbfc")), (1, ("#15181c", "#1b1f24"))):
        for colour, least in (("ink", 4.5), ("muted", 4.5), ("present", 4.5), ("best", 4.5), ("data", 3)):
            assert all(contrast(render.COLOURS[colour][side], ground) >= least for ground in grounds), colour


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_control_in_a_lesson_does_something(browser: Browser, path: Path) -> None:
    page = browser.new_page()
    page.goto(path.as_uri())
    assert page.locator("main .widget-subarea, main script[type*=widget]").count() == 0
    pictures = page.locator("main .agt").all()
    for picture in pictures:
        picture.locator(".agt-words strong:not(:empty)").wait_for()
    for control in page.locator("main :is(input, button, select, textarea)").all():
        if control.evaluate("e => !e.closest('.agt')"):
            assert "copy" in (control.get_attribute("class") or ""), "a control outside a picture that does not copy code"
            continue
        picture = control.locator("xpath=ancestor::*[contains(concat(' ', @class, ' '), ' agt ')]")
        away = "(e) => { e.value = e.max / 2; e.dispatchEvent(new Event('input')); }"
        picture.locator("input[type=range]").first.evaluate(away)
        page.wait_for_timeout(100)
        before = picture.inner_html()
        if control.get_attribute("type") == "range":
            control.press("ArrowLeft" if control.input_value() != "0" else "ArrowRight")
        elif control.get_attribute("type") == "radio":
            control.evaluate("e => e.checked || e.click()")
            control.evaluate("e => e.checked && [...e.closest('fieldset').querySelectorAll('input')].find(o => o !== e)?.click()")
        else:
            control.click()
        page.wait_for_timeout(250)
        assert picture.inner_html() != before, f"a control of {path.name} does nothing: {control.evaluate('e => e.outerHTML')}"
    page.close()


def test_the_lessons_have_live_pictures() -> None:
    found = {path.stem: len(soup(path).select("main .agt-saved")) for path in PAGES}
    assert {page: count for page, count in found.items() if count} == {"gradients": 1, "fit": 2, "learning_rate": 1, "index": 1}


def test_every_link_inside_leads_somewhere() -> None:
    ids = {path: {tag["id"] for tag in soup(path).select("[id]")} for path in PAGES}
    for path in PAGES:
        for tag in soup(path).select("a[href], link[href], script[src], img[src]"):
            address = urlsplit(tag.get("href") or tag.get("src"))
            if address.scheme or address.netloc:
                continue
            target = (path.parent / unquote(address.path)).resolve() if address.path else path
            target = target / "index.html" if target.is_dir() else target
            assert target.exists(), f"{path.name} links to {address.path}"
            if address.fragment and target in ids:
                assert unquote(address.fragment) in ids[target], f"{path.name} links to #{address.fragment}"


def test_a_page_that_calls_another_host_is_refused() -> None:
    page = "<html><head></head><body><main><h1>x</h1><img src='https://example.org/x.png'></main></body></html>"
    with pytest.raises(ValueError, match="loads https://example.org/x.png from another host"):
        render.check(page)
    with pytest.raises(ValueError, match="no <main> with a heading"):
        render.check("<html><head></head><body></body></html>")


def test_a_picture_without_words_is_refused() -> None:
    cell = render.AttrDict(source="show()")
    with pytest.raises(ValueError, match="no alternative text"):
        render.alt_text(cell, ROOT / "nbs" / "02_fit.ipynb")
