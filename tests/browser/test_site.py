"The rendered site, in a browser, over http and from a file: whole, light, still, searchable and open to everyone."

import base64
import itertools
import json
import time
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from autograd_tutorial.pictures.live import Slider
from autograd_tutorial.pictures.packing import pack
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, Request, Route

import serve
from project import ARTIFACTS
from rendered import DOCS, KINDS, LESSON_PAGES, PAGES, REFERENCE, is_live, name, soup
from showing import drawn, until

FORMS = {  # width, scheme, ground
    "light": (1280, "light", "rgb(255, 255, 255)"),
    "dark": (1280, "dark", "rgb(21, 24, 28)"),
    "phone": (390, "light", "rgb(255, 255, 255)"),
    "narrow": (320, "dark", "rgb(21, 24, 28)"),
}
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # of the rest one example each, which is faster by half
}
SCROLL = """async () => {
    for (let at = 0; at < document.body.scrollHeight; at += 500) {
        scrollTo(0, at);
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    }
}"""
LOADED = "[...document.images].every((each) => each.complete || !each.checkVisibility())"
FITS = "document.documentElement.scrollWidth <= innerWidth"
SMALL = """() => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = new Set();
    while (walk.nextNode()) {
        const holder = walk.currentNode.parentElement;
        if (!walk.currentNode.data.trim() || holder.closest("svg, math, script, style")) continue;
        if (parseFloat(getComputedStyle(holder).fontSize) < 12) found.add(holder.outerHTML.slice(0, 80));
    }
    return [...found];
}"""
MOVED = """
    window.moved = [];
    const told = ({ node, previousRect, currentRect }) => [node?.outerHTML?.slice(0, 80), previousRect.top, currentRect.top];
    new PerformanceObserver((list) => list.getEntries().forEach((each) => window.moved.push([each.value, each.sources.map(told)])))
      .observe({ type: "layout-shift", buffered: true });"""
AWAKE = "document.querySelectorAll('.agt-saved').length === document.querySelectorAll('.agt-words strong:not(:empty)').length"
SHOWN = "(picture) => [...picture.querySelectorAll('.agt-panels, .agt-words, .agt-said')].map((each) => each.innerHTML).join()"
CONTROLS = ":is(input, button, select, textarea):not([hidden], :disabled, [aria-label^='One '])"  # what has nothing to do yet, and steps, are test_hands.py's
AWAY = "(e) => { const was = e.value; e.value = e.max / 2; if (e.value === was) e.value = 0; e.dispatchEvent(new Event('input')); }"


def widths(path: Path) -> list[int]:
    "Between the usual two, only live pictures could move anything."
    if is_live(path):
        return [1280, 700, 390, 320]
    return [390] if path in REFERENCE and path not in KINDS else [1280, 390]


class Slow(serve.Handler):
    "Pages in pieces, as a slow line brings them: the head and the list of lessons first."

    def do_GET(self) -> None:
        if not self.path.endswith(".html"):
            return super().do_GET()
        page = Path(self.translate_path(self.path)).read_bytes()
        first = page.index(b"</header>", page.index(b"<main")) if b"</header>" in page else 0
        seen = range(first, min(first + 40_000, len(page)), 4000)  # what comes later is far below
        packed = zlib.compressobj(6, wbits=31)
        pieces = [
            packed.compress(page[start:end]) + packed.flush(zlib.Z_SYNC_FLUSH)
            for start, end in itertools.pairwise([0, *seen, len(page)])
        ] + [packed.flush()]
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(sum(map(len, pieces))))
        self.end_headers()
        for piece in pieces:
            self.wfile.write(piece)
            time.sleep(0.03)  # the line: a frame or two for each piece


@pytest.fixture(scope="module")
def slow_address() -> Iterator[str]:
    with serve.serving(DOCS, Slow) as served:
        yield served


class Opened(NamedTuple):
    "A page from a file, awake, and what went wrong with it so far."

    path: Path
    page: Page
    wrong: list[str]


def grouped(path: Path) -> object:
    "A page as a parameter: the worker that has opened it answers all questions about it."
    return pytest.param(path, id=name(path), marks=pytest.mark.xdist_group(name(path)))


@pytest.fixture(scope="module", params=[grouped(path) for path in PAGES])
def opened(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Opened]:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme="light")
    wrong: list[str] = []
    page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
    page.on(
        "request",
        lambda request: (
            wrong.append(f"left: {request.url}") if request.url.startswith("http") else None
        ),
    )
    page.on(
        "console",
        lambda message: (
            wrong.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(request.param.as_uri(), wait_until="load")
    assert until(page, AWAKE)
    yield Opened(request.param, page, wrong)
    page.close()


@contextmanager
def kept(page: Page, file: str) -> Iterator[None]:
    "Keep a picture of the page where a test of it fails."
    try:
        yield
    except AssertionError:
        ARTIFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTIFACTS / f"{file}.png", full_page=True)
        raise


def changes(page: Page, picture: Locator, before: str) -> bool:
    "Whether the picture comes to show something else than `before`."
    changed = f"([picture, before]) => ({SHOWN})(picture) !== before"
    return until(page, changed, [picture.element_handle(), before], seconds=5)


def test_every_control_does_something(opened: Opened) -> None:
    path, page, wrong = opened
    assert page.locator("main .widget-subarea, main script[type*=widget]").count() == 0
    for picture in page.locator("main .agt").all():
        first, reset = picture.locator("input[type=range]").first, picture.get_by_text("Reset")
        for control in picture.locator(CONTROLS).all():
            reset.click()  # which ends what the control before may have started
            drawn(page)
            first.evaluate(AWAY)
            drawn(page)
            if (
                control.is_disabled()
            ):  # there is nothing to undo: test_hands.py does what can be undone
                continue
            before = picture.evaluate(SHOWN)
            if control.get_attribute("type") == "range":
                control.press("Home" if control.input_value() != "0" else "End")
            elif control.get_attribute("type") == "radio":
                others = "[...e.closest('fieldset').querySelectorAll('input')].find((each) => each !== e)"
                control.evaluate(f"(e) => (e.checked ? {others} : e)?.click()")
            elif control.get_attribute("type") == "text":
                control.fill("none")
                control.press("Enter")
            else:
                control.click()
            assert changes(page, picture, before), (
                f"a control of {path.name} does nothing: {control.evaluate('e => e.outerHTML')}"
            )
        reset.click()
        page.evaluate("document.fullscreenElement && document.exitFullscreen()")
    others = page.locator("button:visible:not(.agt button, .copy, .choice)").all_inner_texts()
    assert set(others) <= {
        "Search",
        "Dark",
        "Unfold all answers",
        "Forget my answers",
        "Stop the film",
    }, "a button that no test here presses"
    assert wrong == []


def test_page_is_whole_and_open_to_everyone(opened: Opened) -> None:
    "Lessons and one page of each kind in all forms; of the rest the light one, and that it fits a phone."
    path, page, wrong = opened
    page.evaluate("document.querySelectorAll('main details').forEach((each) => (each.open = true))")
    page.evaluate(SCROLL)
    assert until(page, LOADED)
    assert page.evaluate("[...document.images].every((each) => each.naturalWidth > 0)")
    for form in ["light"] if path in REFERENCE and path not in KINDS else FORMS:
        width, scheme, ground = FORMS[form]
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("scrollTo(0, 0)")
        drawn(page)
        with kept(page, f"{name(path)}-{form}"):
            assert page.evaluate(FITS), f"the {form} page scrolls sideways"
            assert page.evaluate(SMALL) == [], "smaller than 12 px"
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground
            found = Axe().run(page, options=RULES)
            assert found.response["passes"], "axe has looked at nothing"
            assert found.violations_count == 0, f"{form}: {found.generate_report()}"
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate(FITS), "the page scrolls sideways on a narrow phone"
    assert wrong == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_page_is_light_and_stands_still(browser: Browser, slow_address: str, path: Path) -> None:
    "While it arrives, while its pictures wake before our eyes, and while it is read."
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    begun: list[Request] = []
    ended: list[Request] = []
    held: list[Route] = []
    looking = False
    page.on("request", lambda request: begun.append(request))
    page.on("requestfinished", lambda request: ended.append(request))
    page.on("requestfailed", lambda request: ended.append(request))
    page.route(
        "**/pictures/*.js", lambda route: route.continue_() if looking else held.append(route)
    )
    page.add_init_script(MOVED)
    for width in widths(path):
        looking = False
        for each in (begun, ended, held):
            each.clear()
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(slow_address + path.relative_to(DOCS).as_posix())
        arrived = page.evaluate("window.moved")
        page.evaluate("(document.querySelector('.agt-saved') ?? document.body).scrollIntoView()")
        page.evaluate("scrollBy(0, -300)")
        drawn(page)
        page.evaluate("window.moved = []")  # of that leap itself
        looking = True
        for route in held:
            route.continue_()
        assert until(page, AWAKE)
        page.evaluate(SCROLL)
        assert until(page, LOADED)
        while len(ended) < len(begun):
            page.wait_for_event("requestfinished")
        assert arrived + page.evaluate("window.moved") == [], f"at {width}"
        assert page.evaluate(FITS), f"the page scrolls sideways at {width}"
        spare = page.evaluate(
            "[...document.querySelectorAll('.agt-saved')].map((each) => each.clientHeight - each.firstElementChild.offsetHeight)"
        )
        assert all(0 <= room <= 130 for room in spare), (
            f"the room kept for a picture in site.css at {width}: {spare}"
        )
        sizes = {request.url: request.sizes()["responseBodySize"] for request in ended}
        assert all(url.startswith(slow_address) for url in sizes), sizes
        assert len(ended) <= 15 and sum(sizes.values()) <= 200_000, sizes
    page.close()


def test_pages_without_scripts_are_whole(browser: Browser) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    for path in LESSON_PAGES:
        page.goto(path.as_uri())
        stills = page.locator(".agt-saved img").count()
        assert stills == len(soup(path).select(".agt-saved")), path.name
        assert page.locator("button:visible").count() == 0, "a button that does nothing"
    page.context.close()


@pytest.fixture
def fit(browser: Browser, address: str) -> Iterator[Page]:
    "The page of lesson 2."
    page = browser.new_page(color_scheme="light", viewport={"width": 1280, "height": 900})
    page.goto(f"{address}fit.html")
    yield page
    page.close()


def test_theme_can_be_switched_and_is_remembered(fit: Page) -> None:
    shot = fit.locator(".cell-output img").first.screenshot()
    fit.get_by_role("button", name="Dark").click()
    dark = "getComputedStyle(document.body).backgroundColor === 'rgb(21, 24, 28)'"
    assert until(fit, dark)
    assert fit.locator(".cell-output img").first.screenshot() != shot, (
        "the pictures keep the old theme"
    )
    fit.reload()
    assert until(fit, dark)
    fit.get_by_role("button", name="Dark", pressed=True).click()
    fit.emulate_media(color_scheme="dark")
    assert until(fit, dark)  # the system's theme is followed again


def test_a_picture_of_the_whole_page_shows_all_of_it(browser: Browser) -> None:
    "Nothing waits for being scrolled to: people share such pictures."
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((DOCS / "conditioning.html").as_uri())
    assert until(page, "[...document.images].every((each) => each.naturalWidth > 0)")
    assert page.locator("main section").last.evaluate(
        "e => e.checkVisibility({ contentVisibilityAuto: true })"
    )
    page.close()


@pytest.mark.parametrize("place", ["file", "http"])
def test_search_finds(browser: Browser, address: str, place: str) -> None:
    page = browser.new_page()
    root = f"{DOCS.as_uri()}/" if place == "file" else address
    for words, leads in (
        ("retain_grad", "gradients.html#leaves"),  # in code
        ("dots of speed in metres", "fit.html#the-data"),  # in a caption
        ("condition number", "learning_rate.html#is-the-rate-guilty"),
        ("stabilty edge", "reference/learning_rate.html#stability_edge"),  # misspelt
    ):
        page.goto(f"{root}reference/fit.html")
        page.keyboard.press("/")
        page.get_by_role("searchbox").fill(words)
        page.locator(f".search a[href*='{leads}']").wait_for()
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.matches('.search li:first-child a')")
        page.locator(f".search a[href*='{leads}']").press("Enter")
        page.wait_for_url(lambda url, leads=leads: url.startswith(root + leads))
    page.close()


def test_search_answers_whatever_is_asked(fit: Page) -> None:
    "A question, nothing that is there, and a word."
    fit.keyboard.press("/")
    fit.get_by_role("searchbox").fill("where is the condition number explained?")
    fit.locator(".search li:nth-child(-n+5) a[href*='conditioning.html#']").first.wait_for()
    fit.get_by_role("searchbox").fill("xylophone <b>")
    fit.get_by_text("No places", exact=True).wait_for()
    fit.keyboard.press("Escape")
    assert fit.locator("dialog[open]").count() == 0
    fit.get_by_role("button", name="Search").click()
    fit.get_by_role("searchbox").fill("retain_grad")
    fit.locator(".search a[href*='gradients.html#leaves']").wait_for()
    fit.keyboard.press("Enter")
    fit.wait_for_url("**/gradients.html*")


FOCUS = """() => {
    const e = document.activeElement, box = e.getBoundingClientRect();
    const knob = e.closest(".agt-box")?.querySelector(".agt-knob");
    const ring = [e, knob, e.closest("label")].some((each) => each && getComputedStyle(each).outlineStyle !== "none");
    return e === document.body ? null : [e.outerHTML.slice(0, 80), ring, box.width > 0, scrollY + box.top];
}"""


def test_keyboard_reaches_everything_in_order(fit: Page) -> None:
    assert until(fit, AWAKE)
    stops = []
    for _ in range(400):
        fit.keyboard.press("Tab")
        at = fit.evaluate(FOCUS)
        if at is None:
            break
        stops.append(at)
    assert at is None, "the focus is caught"
    assert stops[0][0].startswith('<a class="skip"')
    assert all(ring and shown for _, ring, shown, _ in stops), [
        stop for stop in stops if not (stop[1] and stop[2])
    ]
    inside = [top for html, _, _, top in stops if "toc" not in html][-30:]
    assert inside == sorted(inside)
    fit.locator(".skip").first.focus()  # it leads past the contents
    fit.keyboard.press("Enter")
    assert fit.evaluate("document.activeElement.id") == "page-text"
    fit.keyboard.press("Tab")
    assert fit.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("path", [DOCS / "index.html", *LESSON_PAGES], ids=name)
def test_the_first_slider_is_near_and_every_copy_button_too(browser: Browser, path: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(path.as_uri())
    assert until(page, AWAKE)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the second skip link
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.agt') !== null")
    copies = page.locator("main .copy")
    assert page.locator("main .copy[tabindex='0']").count() == 1
    copies.first.focus()
    for at in range(1, min(copies.count(), 4)):
        page.keyboard.press("ArrowDown")
        assert copies.nth(at).evaluate("e => e === document.activeElement && e.tabIndex === 0")
    page.keyboard.press("ArrowUp")
    page.close()


@pytest.mark.parametrize("place", ["file", "http"])
def test_pages_call_no_other_host_and_run_nothing_strange(
    browser: Browser, address: str, place: str
) -> None:
    page = browser.new_page()
    page.goto((DOCS / "fit.html").as_uri() if place == "file" else f"{address}fit.html")
    page.evaluate("""() => {
        window.refused = [];
        addEventListener("securitypolicyviolation", (event) => window.refused.push(event.effectiveDirective));
        for (const [tag, set] of [["img", { src: "https://example.org/x.png" }], ["script", { src: "https://example.org/x.js" }],
            ["script", { textContent: "window.ran = true" }], ["iframe", { src: "https://example.org/" }]])
            document.body.append(Object.assign(document.createElement(tag), set));
        document.body.insertAdjacentHTML("beforeend", "<button onclick='window.ran = true'>x</button>");
        document.body.lastElementChild.click();
        fetch("https://example.org/").catch(() => {});
    }""")
    wanted = ["connect-src", "frame-src", "img-src", "script-src-attr", "script-src-elem"]
    assert until(page, "(wanted) => wanted.every((each) => window.refused.includes(each))", wanted)
    assert page.evaluate("window.ran === undefined")
    page.close()


EVIL = "<img src=x onerror='window.ran = true'></script><script>window.ran = true</script>"
HUGE = [1e308, -1e308, 5e-324, 0.0, float(2**1000)]


@pytest.mark.parametrize("numbers", [[1.0, 2.0, 3.0, 4.0, 5.0], HUGE], ids=["usual", "huge"])
def test_a_picture_of_hostile_data_runs_nothing(
    browser: Browser, address: str, numbers: list[float]
) -> None:
    "Names that are markup, and numbers at the ends of what there is: drawn as text, or said to be none."
    ends = (min(numbers), max(numbers))
    step = 1.0 if numbers is not HUGE else 1e307
    sliders = [Slider(f"{EVIL}{i}", EVIL, ends[0], ends, step, play=i == 0) for i in range(3)]
    basis = [numbers, numbers[::-1], [1.0] * 5]
    data = dict(time=numbers, speed=numbers, basis=basis, frames=None)
    packed, spec = pack(dict(title=EVIL, controls=sliders, data=data))
    told = json.dumps(dict(spec, packed=base64.b64encode(packed).decode()))
    given = (DOCS / "pictures" / "fit-1.js").read_text(encoding="utf-8").splitlines()
    script = "\n".join([given[0], f"const text = {json.dumps(told)};", *given[2:]])
    page = browser.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.route(
        "**/pictures/fit-1.js",
        lambda route: route.fulfill(body=script, content_type="text/javascript"),
    )
    page.goto(f"{address}fit.html")
    hostile, sound = page.locator(".agt-saved").all()
    sound.locator(".agt-words strong:not(:empty)").wait_for()
    for slider in hostile.locator("input[type=range]").all():
        for key in ("Home", "End", "ArrowLeft"):
            slider.press(key)
            drawn(page)
    if numbers is HUGE:
        assert hostile.locator(".agt-words strong, .agt-error").all_inner_texts() != ["", ""]
    else:
        assert hostile.locator(".agt-words strong:not(:empty)").count() == 1
        assert EVIL in hostile.inner_text()
    assert hostile.locator("img, script:not([type])").count() == 0
    assert page.evaluate("window.ran === undefined") and (numbers is HUGE or problems == [])
    page.close()


def test_contents_open_on_a_phone(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto((DOCS / "fit.html").as_uri())
    menu = page.get_by_role("navigation", name="Contents")
    assert not menu.is_visible()
    page.get_by_role("button", name="Contents").press("Enter")
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    page.get_by_role("button", name="Contents").click()
    menu.get_by_role("link", name="A thousand steps").click()
    assert not menu.is_visible() and page.url.endswith("#a-thousand-steps")
    page.close()


def test_code_is_copied(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}fit.html")
    block = page.locator(".code", has_text="time.shape, speed").first
    block.hover()
    block.get_by_role("button", name="Copy").click()
    block.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == block.locator("code").text_content()
    context.close()


def test_answers_are_folded_until_asked_for_and_open_on_paper(fit: Page) -> None:
    assert not fit.locator(".agt-prediction details p").first.is_visible()
    fit.get_by_role("button", name="Unfold all answers").click()
    assert fit.locator("main details:not([open], .agt-exercise *)").count() == 0
    fit.get_by_role("button", name="Fold all answers").click()
    assert fit.locator("main details[open]").count() == 0
    assert fit.locator(".agt-exercise details").count() > 0, "which nothing opens but its reader"
    fit.evaluate("dispatchEvent(new Event('beforeprint'))")
    fit.emulate_media(media="print")
    assert fit.locator("main details:not([open], .agt-exercise *)").count() == 0
    assert fit.locator(".agt-exercise details[open]").count() == 0
    fit.evaluate("dispatchEvent(new Event('afterprint'))")
    assert fit.locator("main details[open]").count() == 0
    fit.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert (
        fit.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    ), "paper is white"
    assert not fit.locator(".bar, .contents, .copy, .agt-button").filter(visible=True).count()


def test_the_cheat_sheet_is_one_sheet(browser: Browser) -> None:
    page = browser.new_page()
    page.goto((DOCS / "cheat_sheet.html").as_uri())
    for paper in ("A4", "Letter"):
        assert page.pdf(format=paper).count(b"/Type /Page\n") == 1
    page.close()


def test_maths_is_read_out_and_can_be_selected(browser: Browser) -> None:
    page = browser.new_page()
    page.goto((DOCS / "gradients.html").as_uri())
    formula = page.locator("math").first
    assert formula.evaluate("e => e.getBoundingClientRect().height") > 20
    copied = formula.evaluate(
        "e => { getSelection().selectAllChildren(e); return getSelection().toString(); }"
    )
    assert "".join(unicodedata.normalize("NFKC", copied).split()).startswith("dydx=lim")
    page.close()
