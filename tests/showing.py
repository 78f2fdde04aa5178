"Saved pictures in a browser: a page of them, opened, read and moved."

import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def standing_alone(folder: Path, *pictures: object) -> Path:
    "A page with nothing but saved pictures."
    path = folder / "alone.html"
    body = "".join(picture.page for picture in pictures)
    head = "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>Alone</title>"
    path.write_text(
        f"{head}<style>:root{{color-scheme:light dark}}</style><body><main><h1>Alone</h1>{body}</main></body></html>",
        encoding="utf-8",
    )
    return path


def opened(browser: Browser, address: str, **options) -> Page:
    "The page once its first picture says something; `problems` fills with what the console says."
    page = browser.new_page(**{"viewport": {"width": 1100, "height": 900}, **options})
    page.problems = []
    page.on(
        "console",
        lambda message: (
            page.problems.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto(address)
    page.locator(".agt-words strong:not(:empty)").first.wait_for()
    return page


def drawn(page: Page) -> None:
    "Wait until the page has drawn what was set before: pictures do so once a frame."
    page.evaluate(PAINTED)


def until(page: Page, true: str, arg: Any = None, seconds: float = 30) -> bool:
    "Whether something comes true; Playwright's own way calls `eval`, which no page of the site may."
    end = time.monotonic() + seconds
    while not (found := page.evaluate(true, arg)) and time.monotonic() < end:
        drawn(page)
    return bool(found)


def words(page: Page) -> str:
    "What the first picture says, once it has caught up."
    drawn(page)
    return page.locator(".agt-words").first.text_content()


def move_to(slider: Locator, stop: int) -> None:
    "Drag a slider to one of its stops."
    slider.evaluate(
        "(e, stop) => { e.value = stop; e.dispatchEvent(new Event('input', {bubbles: true})); }",
        stop,
    )
