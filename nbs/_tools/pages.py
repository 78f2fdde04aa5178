"""A page as smalldocs renders it, made a page of this site.

Everything that depends on smalldocs' HTML stands here. `ValueError` says what it did not find.
"""

import base64
import json
import re
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, NavigableString, Tag
from latex2mathml.converter import convert

RATE = re.compile(r"\d[\d.]*e-\d+")  # 3.54e-5, which must not break at its minus
TEX = re.compile(r"\\[([].{0,40}")  # a formula that nothing has set
IN_STYLE = re.compile(r"(?:url\(|@import)\s*['\"]?([^'\")]+)")
WORDS_A_MINUTE = 160  # of prose that asks to be thought about, code and figures included


@dataclass
class Link:
    "A place in the site, or one that is to come."

    text: str
    href: str = ""  # from the page that links; empty where there is no page yet
    here: bool = False  # whether it is the page itself


@dataclass
class Part:
    "A group of pages in the contents."

    title: str
    items: list[Link] = field(default_factory=list)

    @property
    def here(self) -> bool:
        return any(item.here for item in self.items)


@dataclass
class Content:
    "What a rendered page says, without anything around it."

    heading: str
    description: str
    toc: list[Link]
    parts: list[Part]
    body: Tag


def only(page: Tag, selector: str) -> Tag:
    "The one element that `selector` finds."
    found = page.select(selector)
    if len(found) != 1:
        raise ValueError(
            f"the renderer's page has {len(found)} of {selector!r} instead of one: look at what changed in smalldocs"
        )
    return found[0]


def read(html: str) -> Content:
    "Take a page of smalldocs apart."
    page = BeautifulSoup(html, "html.parser")
    main = only(page, "main#quarto-document-content")
    head = only(main, "#title-block-header").extract()
    description = head.select_one(".description")
    for turn in main.select("nav.page-navigation"):
        turn.decompose()
    return Content(
        heading=only(head, "h1.title").get_text(" ", strip=True),
        description=description.get_text(" ", strip=True) if description else "",
        toc=[
            Link(a.get_text(" ", strip=True), a["href"]) for a in page.select("#TOC > ul > li > a")
        ],
        parts=contents(only(page, "#quarto-sidebar .sidebar-menu-container > ul")),
        body=main,
    )


def contents(menu: Tag) -> list[Part]:
    "The parts of the site and their pages, in order; pages outside any part come first."
    loose = Part("")
    parts = [loose]
    for item in menu.find_all("li", recursive=False):
        if "sidebar-item-section" not in item["class"]:
            loose.items.append(entry(item))
            continue
        title = only(item, ":scope > .sidebar-item-container .menu-text").get_text(strip=True)
        parts.append(Part(title, [entry(each) for each in item.select(":scope > ul > li")]))
    if not loose.items or len(parts) == 1:
        raise ValueError("the renderer's page has no contents: look at what changed in smalldocs")
    return parts


def entry(item: Tag) -> Link:
    text = only(item, ".menu-text").get_text(" ", strip=True)
    link = item.select_one("a[href]")
    return Link(text, link["href"], "aria-current" in link.attrs) if link else Link(text)


def adapt(body: Tag) -> None:
    "Change what smalldocs writes into what this site shows."
    soup = BeautifulSoup("", "html.parser")
    for span in body.select("span.math"):
        typeset(span)
    for text in body.find_all(string=TEX):
        if not text.find_parent(["pre", "code", "math", "script"]):
            raise ValueError(
                f"the renderer left a formula as it was: {TEX.search(text)[0]!r}: look at what changed in smalldocs"
            )
    for scaffold in body.select(".code-copy-outer-scaffold"):
        only(scaffold, "button.code-copy-button").decompose()
        only(scaffold, "pre > code")
        scaffold["class"] = "code"
        scaffold.select_one("div.sourceCode").unwrap()
    if body.select("pre.sourceCode:not(.code *)") or (
        body.find(predicts) and not body.select(".cell .cell-output")
    ):
        raise ValueError(
            "the renderer's cells are not what they were: look at what changed in smalldocs"
        )
    for table in body.select("table"):
        table.wrap(soup.new_tag("div", attrs={"class": "wide"}))
    for first in body.find_all("p", limit=2):
        if first.a and urlsplit(first.a.get("href", "")).netloc == "colab.research.google.com":
            first.decompose()
    fold_predictions(body, soup)
    for text in body.find_all(string=RATE):
        if text.parent.name in {"p", "li", "summary"}:
            text.replace_with(
                BeautifulSoup(
                    RATE.sub(r'<span class="whole">\g<0></span>', escape(text, quote=False)),
                    "html.parser",
                )
            )
    for tag in body.select("[data-anchor-id]"):
        del tag["data-anchor-id"], tag["class"]
    for cell in body.select("div.cell[id]"):
        del cell["id"]


def typeset(span: Tag) -> None:
    "TeX as MathML, which the browser draws and a screen reader reads."
    shown = "display" in span["class"]
    tex = span.get_text().strip()
    begin, end = (r"\[", r"\]") if shown else (r"\(", r"\)")
    if not (tex.startswith(begin) and tex.endswith(end)):
        raise ValueError(
            f"the renderer's maths is {tex!r}, not between {begin} and {end}: look at what changed in smalldocs"
        )
    made = BeautifulSoup(
        convert(tex[2:-2].strip(), display="block" if shown else "inline"),
        "html.parser",
    ).math
    odd = [tag.name for tag in made.find_all(True) if tag.name[0] != "m"]
    if odd or re.search(r"[\\&]", made.get_text()):
        raise ValueError(f"this formula cannot be set: {tex}")
    made["alttext"] = tex[2:-2].strip()
    span.replace_with(made)
    if shown:
        if made.parent.name != "p" or made.parent.get_text(strip=True) != made.get_text(strip=True):
            raise ValueError(f"a displayed formula stands in a paragraph of its own: {tex}")
        made.parent.name = "div"
        made.parent["class"] = "formula"


def fold_predictions(body: Tag, soup: BeautifulSoup) -> None:
    "Fold what answers a prediction, and the words on it, until the reader asks."
    for paragraph in body.find_all(predicts):
        cell, fold = paragraph.find_next(class_="cell"), None
        if cell is None or cell.find_previous(predicts) is not paragraph:
            continue
        while cell is not None and "cell" in cell.get("class", []):
            outputs = [] if cell.select_one(".agt-saved") else cell.select(".cell-output")
            if outputs:
                fold = folded(soup, "Show the output", outputs)
                cell.insert_after(fold)
            elif cell.select_one(".agt-saved"):
                fold = folded(soup, "Show the answer", [])
                cell.insert_after(fold)
            cell = (
                fold if fold and fold.find_previous_sibling() is cell else cell
            ).find_next_sibling()
        if fold and cell is not None and cell.name == "p" and not predicts(cell):
            fold.append(cell.extract())
    for fold in body.select("details.answer"):
        if len(fold.find_all(True, recursive=False)) == 1:
            fold.decompose()


def folded(soup: BeautifulSoup, summary: str, inside: list[Tag]) -> Tag:
    "A fold that holds `inside`."
    fold = soup.new_tag("details", attrs={"class": "answer"})
    fold.append(soup.new_tag("summary", string=summary))
    fold.extend([each.extract() for each in inside])
    return fold


def predicts(tag: Tag) -> bool:
    return tag.name == "p" and any(
        strong.get_text() == "Predict." for strong in tag.find_all("strong")
    )


def move_pictures(body: Tag, place: str, docs: Path) -> str:
    "Give each picture files of its own, so that none holds up the text; returns the style that live ones share."
    stem, root, css = (
        place.removesuffix(".html").replace("/", "-"),
        "../" * place.count("/"),
        "",
    )
    for number, drawing in enumerate(body.select("img[src^='data:image/svg']"), 1):
        path = f"pictures/{stem}-figure-{number}.svg"
        (docs / path).write_text(unquote(drawing["src"].split(",", 1)[1]), encoding="utf-8")
        drawing["src"], drawing["loading"] = root + path, "lazy"
    for number, picture in enumerate(body.select(".agt-saved"), 1):
        name, kind = f"{stem}-{number}", picture["data-picture"]
        picture["id"] = name
        still, told = (
            only(picture, ":scope > img"),
            only(picture, "script[type='application/json']").extract(),
        )
        front_end, css = (
            only(picture, "script").extract(),
            only(picture, ":scope > style").extract().string,
        )
        picture["style"] = (
            f"--sliders: {sum('ends' in control for control in json.loads(told.string)['controls'])}"
        )
        (docs / "pictures" / f"{name}.png").write_bytes(
            base64.b64decode(still["src"].split(",", 1)[1])
        )
        (docs / "pictures" / f"{name}.js").write_text(waiting(name, told.string), encoding="utf-8")
        (docs / "pictures" / f"{kind}.js").write_text(front_end.string, encoding="utf-8")
        still["src"] = f"{root}pictures/{name}.png"
        alone = still.wrap(BeautifulSoup("", "html.parser").new_tag("noscript"))
        alone.insert(
            0,
            BeautifulSoup("<p>Without scripts this picture stands still.</p>", "html.parser"),
        )
    return css


def waiting(name: str, told: str) -> str:
    "A script that gives the picture `name` its data."
    element = 'Object.assign(document.createElement("script"), { type: "application/json", text })'
    return f"{{\nconst text = {json.dumps(told)};\ndocument.getElementById({json.dumps(name)}).append({element});\n}}\n"


def minutes(body: Tag) -> str:
    "How long reading takes, about."
    count = max(1, round(len(body.get_text(" ").split()) / WORDS_A_MINUTE))
    return f"{count} minute{'s' if count > 1 else ''}"


class Asked(HTMLParser):
    "The addresses that a page loads, and the words that stand for its pictures."

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.loads += [found.get(name, "") for name in ("src", "srcset", "poster", "data")]
        if tag in {"link", "image", "use"} and not (
            set(found.get("rel", "").split()) & {"canonical", "alternate"}
        ):
            self.loads.append(found.get("href", ""))
        self.loads += IN_STYLE.findall(found.get("style", ""))
        if tag == "img":
            self.words.append(found.get("alt", ""))

    def handle_data(self, data: str) -> None:
        if self.lasttag == "style":
            self.loads += IN_STYLE.findall(data)


def check(html: str) -> None:
    "`ValueError` where a page calls another host, or shows a picture without words."
    asked = Asked(html)
    for address in asked.loads:
        if re.match(r"(https?:)?//", address.strip(), re.I):
            raise ValueError(f"the page loads {address} from another host")
    for words in asked.words:
        if len(words.split()) < 6:
            raise ValueError(f"a picture needs words that state its finding, got alt={words!r}")


def words_of(body: Tag, title: str, href: str) -> list[dict[str, str]]:
    "What the search finds: an entry for each section, with its text, code and captions, and no solution."
    entries = [dict(title=title, section="", href=href, text="")]
    folds = [
        fold for fold in body.select("details") if fold.summary.get_text() in {"Hint", "Solution"}
    ]
    solutions = {id(node) for fold in folds for node in fold.descendants}
    for node in body.descendants:
        if isinstance(node, Tag):
            if node.name == "h2":
                anchor = node.get("id") or node.parent.get("id", "")
                entries.append(
                    dict(
                        title=title,
                        section=node.get_text(" ", strip=True),
                        href=f"{href}#{anchor}",
                        text="",
                    )
                )
            elif node.name == "img":
                entries[-1]["text"] += f" {node['alt']}"
        elif (
            type(node) is NavigableString
            and node.parent.name not in {"h2", "summary"}
            and id(node) not in solutions
        ):
            entries[-1]["text"] += f"{node}"
    for each in entries:
        each["text"] = " ".join(each["text"].split())
    return [each for each in entries if each["text"]]
