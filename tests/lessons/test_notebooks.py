"The notebooks run, and their saved text and pictures are fresh."

import base64
import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from PIL import Image, ImageChops
from playwright.sync_api import Browser
from torch import Tensor
from torch.testing import assert_close

from project import ARTIFACTS, LESSONS, NOTEBOOKS, ROOT
from saved import arrays_in, same_text, spec_of, whole_spec_of


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "nbs"))


def texts(cell: dict) -> list[str]:
    "What a cell printed and returned, as text."
    return [out.get("text") or out.get("data", {}).get("text/plain", "") for out in cell.outputs]


def live_pages(notebook: dict) -> list[BeautifulSoup]:
    "The saved live pictures of a notebook."
    pages = (
        out.get("data", {}).get("text/html", "")
        for cell in notebook.cells
        for out in cell.get("outputs", [])
    )
    return [BeautifulSoup(page, "html.parser") for page in pages if "agt-saved" in page]


def drawings(notebook: dict) -> list[str]:
    found = (
        out.get("data", {}).get("image/svg+xml")
        for cell in notebook.cells
        for out in cell.get("outputs", [])
    )
    return [drawing for drawing in found if drawing]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_saved_text_is_fresh(path: Path, executed: Callable) -> None:
    saved, fresh = nbformat.read(path, as_version=4), executed(path)
    for kept, made in zip(saved.cells, fresh.cells, strict=True):
        if kept.cell_type != "code":
            continue
        assert [out.output_type for out in kept.outputs] == [
            out.output_type for out in made.outputs
        ], kept.source
        for one, other in zip(texts(kept), texts(made), strict=True):
            assert same_text(one, other), (
                f"{kept.source}\nsaved: {one}\nfresh: {other}\nrun `make notebooks`"
            )


def rendered(browser: Browser, drawing: str) -> Image.Image:
    "The drawing as pixels."
    page = browser.new_page(viewport={"width": 900, "height": 900})
    page.set_content(f"<body style='margin:0;background:white'>{drawing}</body>")
    shot = page.locator("svg").first.screenshot()
    page.close()
    return Image.open(BytesIO(shot)).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    "The share of pixels that differ in some colour by more than a quarter of the scale."
    red, green, blue = ImageChops.difference(one, other).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
    return sum(most[64:]) / sum(most)


def written_on(drawing: str) -> str:
    "All that stands on the drawing in letters and figures."
    return "\n".join(re.findall(r"<(?:text|tspan)[^>]*>([^<]+)<", drawing))


def same_picture(browser: Browser, one: str, other: str) -> bool:
    return one == other or (
        same_text(written_on(one), written_on(other))
        and difference(rendered(browser, one), rendered(browser, other)) < 0.001
    )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_saved_pictures_are_fresh(path: Path, executed: Callable, browser: Browser) -> None:
    saved, fresh = drawings(nbformat.read(path, as_version=4)), drawings(executed(path))
    assert len(saved) == len(fresh)
    for number, (one, other) in enumerate(zip(saved, fresh, strict=True)):
        if not same_picture(browser, one, other):
            ARTIFACTS.mkdir(exist_ok=True)
            for kind, drawing in (("saved", one), ("fresh", other)):
                rendered(browser, drawing).save(ARTIFACTS / f"{path.stem}-{number}-{kind}.png")
            pytest.fail(
                f"picture {number} of {path.name} differs: see {ARTIFACTS}, or run `make notebooks`"
            )


def told(page: BeautifulSoup) -> tuple[str, list[Tensor]]:
    "What a live picture is told, as text, and its arrays."
    return json.dumps({**spec_of(page), "packed": ""}), arrays_in(whole_spec_of(page)["data"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_saved_live_pictures_are_fresh(path: Path, executed: Callable) -> None:
    saved, fresh = live_pages(nbformat.read(path, as_version=4)), live_pages(executed(path))
    assert len(saved) == len(fresh)
    for one, other in zip(saved, fresh, strict=True):
        (words, arrays), (words_now, arrays_now) = told(one), told(other)
        assert same_text(words, words_now), "run `make notebooks`"
        for array, array_now in zip(arrays, arrays_now, strict=True):
            rows, same_start = (  # a run that wanders doubles every rounding error
                each.reshape(-1, each.shape[-1])[:, :12] for each in (array, array_now)
            )
            assert_close(rows, same_start, rtol=1e-3, atol=2e-3, equal_nan=True)
        for part in ("style", "script:not([type])"):
            assert one.select_one(part).string == other.select_one(part).string, (
                "the front end has changed: run `make notebooks`"
            )
        pictures = [
            Image.open(BytesIO(base64.b64decode(page.img["src"].split(",")[1]))).convert("RGB")
            for page in (one, other)
        ]
        assert difference(*pictures) < 0.001
        assert len(one.img["alt"].split()) >= 6 and same_text(one.img["alt"], other.img["alt"])


def answers(notebook: dict) -> list[str]:
    "What pages are told of predictions and exercises, in plain text."
    pages = (
        out.get("data", {}).get("text/html", "")
        for cell in notebook.cells
        for out in cell.get("outputs", [])
    )
    told = [page for page in pages if "agt-prediction" in page or "agt-exercise" in page]
    return [
        re.sub('data-told="([^"]+)"', lambda found: base64.b64decode(found[1]).decode(), page)
        for page in told
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_saved_answers_are_fresh(path: Path, executed: Callable) -> None:
    saved, fresh = answers(nbformat.read(path, as_version=4)), answers(executed(path))
    for one, other in zip(saved, fresh, strict=True):
        assert same_text(one, other), "run `make notebooks`"


@pytest.mark.parametrize(
    ("what", "pattern", "instead"),
    [
        ("title", "2.70 is possible", "7.10 is possible"),
        ("axis label", "speed \\(m/s\\)", ""),
        ("dots", r"<use [^>]*fill: #0072b2[^>]*/>", ""),
        ("colours swapped", "#0072b2", "#c44e00"),
        ("goal recoloured", "#007a59", "#56b4e9"),
        ("dashes made solid", r"stroke-dasharray: [^;]*;", ""),
        ("line lost", r'<path d="M [^>]*stroke: #c44e00; stroke-width: 2[^>]*/>', ""),
    ],
)
def test_a_changed_picture_is_noticed(
    browser: Browser, what: str, pattern: str, instead: str
) -> None:
    drawing = drawings(nbformat.read(LESSONS[1], as_version=4))[-1]
    changed, count = re.subn(pattern, instead, drawing)
    assert count and changed != drawing, f"no {what} found to change"
    assert same_picture(browser, drawing, f"{drawing}<!-- not to be seen -->")
    assert not same_picture(browser, drawing, changed), what
