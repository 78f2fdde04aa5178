"The rendered site, in a browser, over http and from a file."

import itertools
import re
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from autograd_tutorial.pictures.plots import COLOURS
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from PIL import Image
from playwright.sync_api import Browser, Page

import copies
import serve
import settings
from project import ARTIFACTS, LESSONS, ROOT

DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.html"))
LESSON_PAGES = [DOCS / copies.page_name(path) for path in LESSONS]
FORMS = {
    "light": (1280, "light"),
    "dark": (1280, "dark"),
    "phone": (390, "light"),
    "narrow": (320, "dark"),
}
SCROLL = """async () => {
    for (let at = 0; at < document.body.scrollHeight; at += 500) {
        scrollTo(0, at);
        await new Promise((resolve) => setTimeout(resolve, 30));
    }
}"""
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


def name(path: Path) -> str:
    return path.relative_to(DOCS).with_suffix("").as_posix().replace("/", "-")


def soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def contrast(one: str, other: str) -> float:
    "The contrast ratio of two colours, as WCAG 2 defines it."

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    "The site as its host serves it."
    with serve.serving(DOCS) as served:
        yield served


class Trickle(serve.Handler):
    "Pages in pieces, as a slow line brings them: the head and the list of lessons first."

    def do_GET(self) -> None:
        if not self.path.endswith(".html"):
            return super().do_GET()
        page = Path(self.translate_path(self.path)).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        first = page.index(b"</header>", page.index(b"<main"))
        for start, end in itertools.pairwise([0, *range(first, len(page), 4000), len(page)]):
            self.wfile.write(page[start:end])
            time.sleep(0.03)  # a frame or two


@pytest.fixture(scope="module")
def slow_address() -> Iterator[str]:
    with serve.serving(DOCS, Trickle) as served:
        yield served


@pytest.fixture
def fit(browser: Browser) -> Iterator[Page]:
    "The page of lesson 2, from a file."
    page = browser.new_page(color_scheme="light", viewport={"width": 1280, "height": 900})
    page.goto((DOCS / "fit.html").as_uri())
    yield page
    page.close()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", PAGES, ids=name)
def test_page_is_whole_and_open_to_everyone(browser: Browser, path: Path, form: str) -> None:
    width, scheme = FORMS[form]
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
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
    page.goto(path.as_uri(), wait_until="load")
    page.wait_for_function(AWAKE)
    page.evaluate("document.querySelectorAll('main details').forEach((each) => (each.open = true))")
    page.add_style_tag(
        content="section { content-visibility: visible !important; }"
    )  # for the eye of axe and of the camera
    page.evaluate(SCROLL)
    page.wait_for_function("[...document.images].every((each) => each.complete)")
    assert wrong == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
        "the page scrolls sideways"
    )
    assert page.evaluate(SMALL) == [], "smaller than 12 px"
    pictures = page.evaluate("[...document.images].map(i => [i.naturalWidth, i.alt])")
    assert all(wide > 0 and len(words.split()) >= 6 for wide, words in pictures)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 24, 28)"}[scheme]
    ARTIFACTS.mkdir(exist_ok=True)
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=ARTIFACTS / f"{name(path)}-{form}.png", full_page=True)
    found = Axe().run(
        page,
        options={
            "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        },
    )
    assert found.response["passes"], "axe has looked at nothing"
    assert found.violations_count == 0, found.generate_report()
    page.close()


@pytest.mark.parametrize("width", [1280, 861, 700, 390, 320])
@pytest.mark.parametrize("path", PAGES, ids=name)
def test_page_is_light_and_stands_still(
    browser: Browser, address: str, path: Path, width: int
) -> None:
    if width not in (1280, 390) and not soup(path).select(".agt-saved"):
        return  # between the two usual widths only live pictures could move anything
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    seen: list[tuple[str, int]] = []
    page.on(
        "requestfinished",
        lambda request: seen.append((request.url, request.sizes()["responseBodySize"])),
    )
    page.route("**/pictures/*.js", lambda route: (page.wait_for_timeout(150), route.continue_()))
    page.add_init_script(MOVED)
    page.goto(address + path.relative_to(DOCS).as_posix())
    page.evaluate(
        "scrollTo(0, (document.querySelector('.agt-saved')?.offsetTop ?? 400) - 300)"
    )  # it wakes before our eyes
    page.wait_for_function(AWAKE)
    page.evaluate(SCROLL)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.moved") == []
    spare = page.evaluate(
        "[...document.querySelectorAll('.agt-saved')].map((each) => each.clientHeight - each.firstElementChild.offsetHeight)"
    )
    assert all(0 <= room <= 130 for room in spare), (
        f"the room kept for a picture in site.css: {spare}"
    )
    assert all(url.startswith(address) for url, _ in seen), seen
    assert len(seen) <= 15 and sum(size for _, size in seen) <= 200_000, seen
    page.context.close()


@pytest.mark.parametrize("width", [1280, 700, 390])
@pytest.mark.parametrize("path", LESSON_PAGES, ids=name)
def test_page_stands_still_while_it_arrives(
    browser: Browser, slow_address: str, path: Path, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.add_init_script(MOVED)
    page.goto(slow_address + path.relative_to(DOCS).as_posix(), wait_until="networkidle")
    assert page.evaluate("window.moved") == []
    page.close()


@pytest.mark.parametrize("path", LESSON_PAGES, ids=name)
def test_page_without_scripts_is_whole(browser: Browser, path: Path) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(path.as_uri())
    assert page.locator(".agt-saved img").count() == len(soup(path).select(".agt-saved"))
    assert page.locator("button:visible").count() == 0, "a button that does nothing"
    page.context.close()


def test_pictures_of_one_palette_have_a_ground_of_their_own() -> None:
    stills = sorted((DOCS / "pictures").glob("*.png"))
    assert len(stills) >= len(LESSON_PAGES)
    for path in stills:
        assert Image.open(path).convert("RGBA").getextrema()[3] == (255, 255), (
            f"{path.name} cannot be read on a dark page"
        )


def test_theme_can_be_switched_and_is_remembered(fit: Page) -> None:
    shot = fit.locator(".cell-output img").first.screenshot()
    fit.get_by_role("button", name="Dark").click()
    dark = "getComputedStyle(document.body).backgroundColor === 'rgb(21, 24, 28)'"
    fit.wait_for_function(dark)
    assert fit.locator(".cell-output img").first.screenshot() != shot, (
        "the pictures keep the old theme"
    )
    fit.reload()
    fit.wait_for_function(dark)
    fit.get_by_role("button", name="Dark", pressed=True).click()
    fit.emulate_media(color_scheme="dark")
    fit.wait_for_function(dark)  # the system's theme is followed again


def test_site_and_live_pictures_have_the_colours_of_the_plots() -> None:
    for path, ground in (
        (ROOT / "nbs/_theme/site.css", "panel"),
        (ROOT / "autograd_tutorial/static/kit/kit.css", "ground"),
    ):
        sheet = path.read_text(encoding="utf-8")
        for name, (light, dark) in COLOURS.items():
            assert (
                f"--{ground if name == 'ground' else name}: light-dark({light}, {dark});" in sheet
            ), (path, name)


def test_colours_of_the_pictures_stand_out() -> None:
    for side, grounds in ((0, ("#ffffff", "#fafbfc")), (1, ("#15181c", "#1b1f24"))):
        for colour, least in (
            ("ink", 4.5),
            ("muted", 4.5),
            ("present", 4.5),
            ("best", 4.5),
            ("data", 3),
        ):
            assert all(contrast(COLOURS[colour][side], ground) >= least for ground in grounds), (
                colour
            )


@pytest.mark.parametrize("place", ["file", "http"])
@pytest.mark.parametrize(
    ("words", "leads"),
    [
        ("retain_grad", "gradients.html#leaves"),  # in code
        ("dots of speed in metres", "fit.html#the-data"),  # in a caption
        ("condition number", "learning_rate.html#is-the-rate-guilty"),
        ("stabilty edge", "reference/learning_rate.html#stability_edge"),  # misspelt
    ],
)
def test_search_finds(browser: Browser, address: str, place: str, words: str, leads: str) -> None:
    page = browser.new_page()
    root = f"{DOCS.as_uri()}/" if place == "file" else address
    page.goto(f"{root}reference/fit.html")
    page.keyboard.press("/")
    page.get_by_role("searchbox").fill(words)
    page.locator(f".search a[href*='{leads}']").wait_for()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.matches('.search li:first-child a')")
    page.locator(f".search a[href*='{leads}']").press("Enter")
    page.wait_for_url(lambda url: url.startswith(root + leads))
    page.close()


def test_search_marks_the_word_where_it_leads(fit: Page) -> None:
    fit.get_by_role("button", name="Search").click()
    fit.get_by_role("searchbox").fill("retain_grad")
    fit.locator(".search a[href*='gradients.html#leaves']").wait_for()
    fit.keyboard.press("Enter")
    fit.wait_for_url("**/gradients.html*")
    fit.wait_for_function(
        "[...document.querySelectorAll('details[open]')].some((each) => each.textContent.includes('retain_grad'))"
    )


def test_search_understands_a_question(fit: Page) -> None:
    fit.keyboard.press("/")
    fit.get_by_role("searchbox").fill("where is the condition number explained?")
    fit.locator(".search li:nth-child(-n+5) a[href*='conditioning.html#']").first.wait_for()


def test_search_says_when_it_finds_nothing(fit: Page) -> None:
    fit.get_by_role("button", name="Search").click()
    fit.get_by_role("searchbox").fill("xylophone <b>")
    fit.get_by_text("No places", exact=True).wait_for()
    fit.keyboard.press("Escape")
    assert fit.locator("dialog[open]").count() == 0


def test_keyboard_reaches_everything_in_order(fit: Page) -> None:
    fit.wait_for_function(AWAKE)
    stops = []
    for _ in range(400):
        fit.keyboard.press("Tab")
        at = fit.evaluate("""() => {
            const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
            const knob = e.closest(".agt-box")?.querySelector(".agt-knob");
            const ring = [e, knob, e.closest("label")].some((each) => each && getComputedStyle(each).outlineStyle !== "none");
            return e === document.body ? null : [e.outerHTML.slice(0, 80), ring, box.width > 0, scrollY + box.top];
        }""")
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


def test_skip_link_leads_past_the_contents(fit: Page) -> None:
    fit.keyboard.press("Tab")
    fit.keyboard.press("Enter")
    assert fit.evaluate("document.activeElement.id") == "page-text"
    fit.keyboard.press("Tab")
    assert fit.evaluate("document.activeElement.closest('main') !== null")


def test_contents_open_on_a_phone(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    page.goto((DOCS / "fit.html").as_uri())
    menu = page.get_by_role("navigation", name="Contents")
    assert not menu.is_visible()
    page.get_by_role("button", name="Contents").press("Enter")
    page.keyboard.press("Escape")
    assert not menu.is_visible()
    page.get_by_role("button", name="Contents").click()
    menu.get_by_role("link", name="The cliff").click()
    assert not menu.is_visible() and page.url.endswith("#the-cliff")
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


def test_answers_are_folded_until_asked_for(fit: Page) -> None:
    cell = fit.locator("p:has(strong:text-is('Predict.')) ~ details.answer").first
    assert not cell.locator(".cell-output").first.is_visible()
    fit.get_by_role("button", name="Unfold all answers").click()
    assert fit.locator("main details:not([open])").count() == 0
    fit.get_by_role("button", name="Fold all answers").click()
    assert fit.locator("main details[open]").count() == 0


def test_paper_has_the_answers_and_no_menus(fit: Page) -> None:
    fit.evaluate("dispatchEvent(new Event('beforeprint'))")
    fit.emulate_media(media="print")
    assert fit.locator("main details:not([open])").count() == 0
    fit.evaluate("dispatchEvent(new Event('afterprint'))")
    assert fit.locator("main details[open]").count() == 0
    fit.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert (
        fit.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    ), "paper is white"
    assert not fit.locator(".bar, .contents, .copy, .agt-button").filter(visible=True).count()


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_control_in_a_lesson_does_something(browser: Browser, path: Path) -> None:
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_function(AWAKE)
    assert page.locator("main .widget-subarea, main script[type*=widget]").count() == 0
    for control in page.locator("main .agt :is(input, button, select, textarea)").all():
        picture = control.locator("xpath=ancestor::*[contains(concat(' ', @class, ' '), ' agt ')]")
        away = "(e) => { e.value = e.max / 2; e.dispatchEvent(new Event('input')); }"
        picture.locator("input[type=range]").first.evaluate(away)
        page.wait_for_timeout(100)
        before = picture.inner_html()
        if control.get_attribute("type") == "range":
            control.press("ArrowLeft" if control.input_value() != "0" else "ArrowRight")
        elif control.get_attribute("type") == "radio":
            others = (
                "[...e.closest('fieldset').querySelectorAll('input')].find((each) => each !== e)"
            )
            control.evaluate(f"(e) => (e.checked ? {others} : e)?.click()")
        else:
            control.click()
        page.wait_for_timeout(250)
        assert picture.inner_html() != before, (
            f"a control of {path.name} does nothing: {control.evaluate('e => e.outerHTML')}"
        )
    others = page.locator("button:visible:not(.agt button):not(.copy)").all_inner_texts()
    assert set(others) <= {"Search", "Dark", "Unfold all answers"}, (
        "a button that no test here presses"
    )
    page.close()


def test_the_lessons_have_live_pictures() -> None:
    found = {name(path): len(soup(path).select("main .agt-saved")) for path in PAGES}
    assert {page: count for page, count in found.items() if count} == {
        "gradients": 1,
        "fit": 2,
        "learning_rate": 1,
        "conditioning": 1,
        "graph": 2,
        "engine": 1,
        "errors": 1,
        "optimizers": 1,
        "learner": 1,
        "scale": 1,
        "vectors": 1,
        "index": 1,
    }


def test_every_link_inside_leads_somewhere() -> None:
    home = settings.site()
    ids = {path: {tag["id"] for tag in soup(path).select("[id]")} for path in PAGES}
    assert all(len(found) == len(soup(path).select("[id]")) for path, found in ids.items()), (
        "an id stands twice"
    )
    for path in PAGES:
        for tag in soup(path).select(
            "a[href], link[href], script[src], img[src], meta[property='og:image']"
        ):
            link = tag.get("href") or tag.get("src") or tag.get("content")
            inside = link.startswith(home)
            address = urlsplit(link.removeprefix(home) if inside else link)
            if address.scheme or address.netloc:
                continue
            base = DOCS if inside else path.parent
            target = (base / unquote(address.path)).resolve() if address.path or inside else path
            target = target / "index.html" if target.is_dir() else target
            assert target.exists(), f"{path.name} links to {address.path}"
            if address.fragment and target in ids:
                assert unquote(address.fragment) in ids[target], (
                    f"{path.name} links to #{address.fragment}"
                )


@pytest.mark.parametrize("path", LESSON_PAGES, ids=name)
def test_lesson_page_has_its_ways_on(path: Path) -> None:
    page, notebook = soup(path), LESSONS[LESSON_PAGES.index(path)]
    links = {a.get_text(" ", strip=True): a["href"] for a in page.select(".facts a")}
    assert links["Open in Colab"] == settings.colab(f"nbs/{notebook.name}")
    assert links["View the notebook"] == f"{settings.blob()}nbs/{notebook.name}"
    assert (DOCS / links["Download it"]).read_bytes() == notebook.read_bytes()
    assert re.match(r"about \d+ minutes", page.select_one(".facts li").get_text())
    for each in re.findall(
        r"^def (\w+)|^class (\w+)",
        (ROOT / "autograd_tutorial" / f"{path.stem}.py").read_text(),
        re.M,
    ):
        exported = each[0] or each[1]
        assert (
            exported.startswith("_") or links[exported] == f"reference/{path.stem}.html#{exported}"
        )
    turns = {a["rel"][0]: a["href"] for a in page.select(".turn a")}
    at = LESSON_PAGES.index(path)
    assert turns == {
        **({"prev": LESSON_PAGES[at - 1].name} if at else {}),
        **({"next": LESSON_PAGES[at + 1].name} if at + 1 < len(LESSONS) else {}),
    }


def test_contents_name_eleven_lessons_in_three_parts() -> None:
    page = soup(DOCS / "index.html")
    parts = {
        part.get_text(): part.find_next_sibling("ol") for part in page.select("#contents p.part")
    }
    assert list(parts) == ["Learning by descending", "Under the hood", "Out in the world"]
    assert [len(part.select("li")) for part in parts.values()] == [4, 4, 3]
    assert [int(part["start"]) for part in parts.values()] == [1, 5, 9]


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_page_says_what_it_is_to_whoever_links_to_it(path: Path) -> None:
    page = soup(path)
    if path.stem == "404":
        assert page.select_one("meta[name=robots]")["content"] == "noindex" and not page.select(
            "link[rel=canonical]"
        )
        return
    place = path.relative_to(DOCS).as_posix()
    told = {
        meta.get("property") or meta.get("name"): meta["content"]
        for meta in page.select("meta[content]")
    }
    address = settings.site() + ("" if place == "index.html" else place)
    assert page.select_one("link[rel=canonical]")["href"] == told["og:url"] == address
    assert (
        told["description"]
        and told["og:title"] == page.h1.get_text()
        and page.title.get_text().startswith(page.h1.get_text())
    )
    assert len(page.select("h1")) == 1 and page.html["lang"] == "en"
    assert f"<loc>{address}</loc>" in (DOCS / "sitemap.xml").read_text(encoding="utf-8")


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
