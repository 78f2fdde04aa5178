"The notebooks run, their saved outputs are fresh, and they keep the rules of the series."

import ast
import base64
import json
import math
import re
import statistics
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from PIL import Image, ImageChops
from playwright.sync_api import Browser
from torch import Tensor
from torch.testing import assert_close

import notebooks
from project import ARTIFACTS, LESSONS, ROOT
from test_explorer import arrays_in, unpack

NUMBER = re.compile(r"[-+]?\d+\.?\d*(?:[eE][-+]?\d+)?")
SOURCES = notebooks.sources()


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "nbs"))


def cells(path: Path, kind: str) -> list:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


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


def same_text(one: str, other: str) -> bool:
    "Alike but for spacing and numbers, and the numbers alike to a relative 1e-4."
    if NUMBER.sub("#", " ".join(one.split())) != NUMBER.sub("#", " ".join(other.split())):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=1e-4, abs_tol=1e-9) for a, b in pairs)


def test_same_text_tells_numbers_apart() -> None:
    assert same_text("tensor([1.0000, 2e3])", "tensor([1.00001,  2.0e3])")
    assert not same_text("tensor(26.0)", "tensor(26.1)")
    assert not same_text("(True, 1.0)", "(False, 1.0)")


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_saved_text_is_fresh(path: Path, executed: dict) -> None:
    saved, fresh = nbformat.read(path, as_version=4), executed[path]
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
    return (
        same_text(written_on(one), written_on(other))
        and difference(rendered(browser, one), rendered(browser, other)) < 0.001
    )


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_saved_pictures_are_fresh(path: Path, executed: dict, browser: Browser) -> None:
    saved, fresh = drawings(nbformat.read(path, as_version=4)), drawings(executed[path])
    assert len(saved) == len(fresh)
    for number, (one, other) in enumerate(zip(saved, fresh, strict=True)):
        if not same_picture(browser, one, other):
            ARTIFACTS.mkdir(exist_ok=True)
            for kind, drawing in (("saved", one), ("fresh", other)):
                rendered(browser, drawing).save(ARTIFACTS / f"{path.stem}-{number}-{kind}.png")
            pytest.fail(
                f"picture {number} of {path.name} differs: see {ARTIFACTS}, or run `make notebooks`"
            )


def spec_of(page: BeautifulSoup) -> tuple[str, list[Tensor]]:
    "What a live picture is told, as text, and its arrays."
    spec = json.loads(page.select_one("script[type='application/json']").string)
    arrays = arrays_in(unpack(base64.b64decode(spec.pop("packed")), spec["data"]))
    return json.dumps(spec), arrays


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_saved_live_pictures_are_fresh(path: Path, executed: dict) -> None:
    saved, fresh = live_pages(nbformat.read(path, as_version=4)), live_pages(executed[path])
    assert len(saved) == len(fresh)
    for one, other in zip(saved, fresh, strict=True):
        (told, arrays), (told_now, arrays_now) = spec_of(one), spec_of(other)
        assert same_text(told, told_now), "run `make notebooks`"
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
    assert same_picture(browser, drawing, drawing)
    assert not same_picture(browser, drawing, changed), what


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_pictures_have_words_and_no_output_is_an_error(path: Path) -> None:
    for cell in cells(path, "code"):
        kinds = [out.output_type for out in cell.outputs]
        assert "error" not in kinds and not [
            out for out in cell.outputs if out.get("name") == "stderr"
        ], cell.source
        if any("image/svg+xml" in out.get("data", {}) for out in cell.outputs):
            alt = re.search(r"^#\| fig-alt: (.*)$", cell.source, re.M)
            untrusted = all(
                "image/png" in out.data
                for out in cell.outputs
                if "image/svg+xml" in out.get("data", {})
            )
            assert untrusted, (
                "JupyterLab shows no SVG in a notebook that it does not trust: keep a PNG beside it"
            )
            assert alt and len(alt[1].split()) >= 10, (
                f"say in words what the picture shows:\n{cell.source}"
            )


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_no_widget_model_is_saved(path: Path) -> None:
    assert "widgets" not in nbformat.read(path, as_version=4).metadata, "run `make notebooks`"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_cells_are_small_and_imports_stand_alone(path: Path) -> None:
    lengths = []
    for cell in cells(path, "code"):
        lines = [
            line for line in cell.source.splitlines() if line.strip() and not line.startswith("#|")
        ]
        first = cell.source.splitlines()[0]
        hidden, taught = re.match(r"#\| (hide|export)$", first), first == "#| exports"
        imports = [line for line in lines if re.match(r"(from|import) ", line)]
        assert hidden or taught or imports or len(lines) <= 15, cell.source
        assert hidden or max(map(len, lines), default=0) <= 88, cell.source
        alone = all(isinstance(node, ast.Import | ast.ImportFrom) for node in parsed(cell.source))
        guarded = "TYPE_CHECKING:" in cell.source or "find_spec" in cell.source
        assert guarded or not imports or alone, (
            f"imports stand in a cell of their own:\n{cell.source}"
        )
        assert " import *" not in cell.source
        assert hidden or not re.search(r"^assert ", cell.source, re.M), (
            "what only we need to know is held by a test"
        )
        lengths += [] if hidden else [len(lines)]
    assert path not in LESSONS or statistics.median(lengths) <= 6


def parsed(source: str) -> list[ast.stmt]:
    "The statements of a cell, its magics left out."
    return ast.parse(re.sub(r"^(\s*)%.*$", r"\1pass", source, flags=re.M)).body


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_prose_is_short_and_alternates(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    words = sum(len(re.sub(r"\]\([^)]*\)", "]", text).split()) for text in prose)
    assert 700 <= words <= 1500, words
    assert not re.search(r"^\d+[.)] ", "\n".join(prose), re.M), (
        "a figure that Markdown takes for the number of a list"
    )
    kinds = "".join(
        cell.cell_type[0]
        for cell in notebook.cells
        if not cell.source.startswith(("#| hide", "#| export\n"))
    )
    assert "mmm" not in kinds[2:-3], "prose and code take turns"
    assert sum("**Predict.**" in text for text in prose) >= 5
    assert prose[0].splitlines()[1].endswith("?")
    assert "!" not in re.sub(r"`[^`]*`|!\[", "", "".join(prose))


@pytest.mark.parametrize(
    "path", [*LESSONS, ROOT / "nbs" / "index.ipynb", ROOT / "nbs" / "teachers.ipynb"], ids=name
)
def test_every_figure_in_the_prose_is_computed(path: Path) -> None:
    code = (ROOT / "tests" / "lessons" / f"test_{path.stem}.py").read_text(encoding="utf-8") + " "
    for cell in cells(path, "code"):
        hidden = re.match(r"#\| (hide|export)\b", cell.source)
        lines = [line for line in cell.source.splitlines() if not (hidden or line.startswith("#|"))]
        code += " ".join([*texts(cell), *lines, ""])
    known = {float(number) for number in NUMBER.findall(code.replace("_", ""))}
    for cell in cells(path, "markdown"):
        prose = re.sub(
            r"```.*?```|`[^`]*`|(?<=\])\([^)]*\)|Python 3\.11|Apache-2\.0",
            " ",
            cell.source,
            flags=re.S,
        ).replace(",", "")
        for figure in re.findall(r"(?<![\w.])\d+\.\d+(?:e-?\d+)?|\d+e-?\d+|\b\d{4,}\b", prose):
            digits = len(figure.split(".")[-1].split("e")[0]) if "." in figure else 0
            shown = float(figure)
            scale = 10 ** int(figure.split("e")[1]) if "e" in figure else 1
            near = [x for x in known if abs(abs(x) - shown) <= 0.51 * scale * 10**-digits]
            assert near, f"{figure} is said in {path.name} and computed nowhere:\n{cell.source}"
