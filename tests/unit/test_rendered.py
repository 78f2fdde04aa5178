"The rendered site as files: links, pictures, colours, and what each page says of itself."

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from autograd_tutorial.pictures.plots import COLOURS
from PIL import Image

import runnable
import settings
from project import LESSONS, ROOT
from rendered import DOCS, KINDS, LESSON_PAGES, PAGES, REFERENCE, name, soup

LINKS = "a[href], link[href], script[src], img[src], meta[property='og:image']"


def contrast(one: str, other: str) -> float:
    "The contrast ratio of two colours, as WCAG 2 defines it."

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_pictures_of_one_palette_have_a_ground_of_their_own() -> None:
    stills = sorted((DOCS / "pictures").glob("*.png"))
    assert len(stills) >= len(LESSON_PAGES)
    for path in stills:
        assert Image.open(path).convert("RGBA").getextrema()[3] == (255, 255), (
            f"{path.name} cannot be read on a dark page"
        )


def test_site_and_live_pictures_have_the_colours_of_the_plots() -> None:
    for path, ground in (
        (ROOT / "nbs/_theme/site.css", "panel"),
        (ROOT / "autograd_tutorial/static/kit/kit.css", "ground"),
    ):
        sheet = path.read_text(encoding="utf-8")
        for colour, (light, dark) in COLOURS.items():
            word = ground if colour == "ground" else colour
            assert f"--{word}: light-dark({light}, {dark});" in sheet, (path, colour)


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


def test_the_lessons_have_live_pictures() -> None:
    found = {name(path): len(soup(path).select("main .agt-saved")) for path in PAGES}
    assert {page: count for page, count in found.items() if count} == {
        "gradients": 1,
        "fit": 2,
        "learning_rate": 2,
        "conditioning": 1,
        "graph": 2,
        "engine": 1,
        "errors": 1,
        "optimizers": 1,
        "learner": 1,
        "scale": 1,
        "vectors": 1,
        "index": 1,
        "own_model": 2,
    }


def test_a_page_without_a_live_picture_carries_nothing_of_one() -> None:
    without = [path for path in PAGES if not soup(path).select(".agt-saved")]
    assert set(KINDS) <= set(REFERENCE) <= set(without)
    for path in without:
        said = path.read_text(encoding="utf-8")
        assert 'class="agt' not in said and ".agt-panels" not in said, path.name


def test_every_picture_has_words_and_room() -> None:
    for path in PAGES:
        for picture in soup(path).select("img"):
            assert len(picture["alt"].split()) >= 6, path.name
            assert picture.find_parent("noscript") or (picture["width"] and picture["height"])


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_no_page_asks_another_host_for_anything(path: Path) -> None:
    page = soup(path)
    policy = page.select_one("meta[http-equiv=Content-Security-Policy]")["content"]
    assert policy.startswith("default-src 'none';") and "http" not in policy
    asked = (
        "[src], [srcset], [poster], [data], image, use, link:not([rel=canonical], [rel=alternate])"
    )
    for tag in page.select(asked):
        loads = [tag.get(key, "") for key in ("src", "srcset", "poster", "data", "href")]
        assert not any(re.match(r"(https?:)?//", each.strip(), re.I) for each in loads), tag
    styles = " ".join([tag.get_text() for tag in page.select("style")])
    assert not re.search(
        r"url\(|@import", styles + " ".join(t["style"] for t in page.select("[style]"))
    )


def test_every_link_inside_leads_somewhere() -> None:
    home = settings.site()
    ids = {path: {tag["id"] for tag in soup(path).select("[id]")} for path in PAGES}
    assert all(len(found) == len(soup(path).select("[id]")) for path, found in ids.items()), (
        "an id stands twice"
    )
    for path in PAGES:
        for tag in soup(path).select(LINKS):
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


def test_a_lesson_takes_as_long_as_the_page_for_teachers_says() -> None:
    rows = soup(DOCS / "teachers.html").table.select("tr")[1:]
    alone = [f"about {row.select('td')[2].get_text()} minutes" for row in rows]
    assert [soup(path).select_one(".facts li").get_text() for path in LESSON_PAGES] == alone


@pytest.mark.parametrize("path", LESSON_PAGES, ids=name)
def test_lesson_page_has_its_ways_on(path: Path) -> None:
    page, notebook = soup(path), LESSONS[LESSON_PAGES.index(path)]
    links = {a.get_text(" ", strip=True): a["href"] for a in page.select(".facts a")}
    assert links["Open in Colab"] == settings.colab(f"docs/notebooks/{notebook.name}")
    assert links["View the notebook"] == f"{settings.blob()}nbs/{notebook.name}"
    made = (DOCS / links["Download it"]).read_text(encoding="utf-8")
    assert made == runnable.copy(notebook), "run `make docs`"
    assert re.match(r"about \d+ minutes", page.select_one(".facts li").get_text())
    module = ROOT / "autograd_tutorial" / f"{path.stem}.py"
    made = module.read_text(encoding="utf-8") if module.exists() else ""
    for exported in re.findall(r"^(?:def|class) ([a-zA-Z]\w*)", made, re.M):
        assert links[exported] == f"reference/{path.stem}.html#{exported}"
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
