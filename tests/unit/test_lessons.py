"Notebooks keep the rules of the series: small cells, short prose, words for every picture, no figure from nowhere."

import ast
import re
import statistics
from pathlib import Path

import nbformat
import pytest

from project import LESSONS, NOTEBOOKS, ROOT
from saved import NUMBER, same_text
from settings import SET_UP

PAGES = ("index", "own_model", "teachers")


def name(path: Path) -> str:
    return path.name


def cells(path: Path, kind: str) -> list:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def texts(cell: dict) -> list[str]:
    "What a cell printed and returned, as text."
    return [out.get("text") or out.get("data", {}).get("text/plain", "") for out in cell.outputs]


def test_same_text_tells_numbers_apart() -> None:
    assert same_text("tensor([1.0000, 2e3])", "tensor([1.00001,  2.0e3])")
    assert not same_text("tensor(26.0)", "tensor(26.1)")
    assert not same_text("(True, 1.0)", "(False, 1.0)")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
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


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_no_widget_model_is_saved(path: Path) -> None:
    assert "widgets" not in nbformat.read(path, as_version=4).metadata, "run `make notebooks`"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
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
        guarded = "TYPE_CHECKING:" in cell.source or cell.source.startswith(SET_UP)
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
    predicted = sum(text.count("**Predict.**") for text in prose)
    asked = [
        cell.source for cell in notebook.cells if re.search(r"^p\d+\.ask\(", cell.source, re.M)
    ]
    assert predicted == len(asked) >= 5, "each prediction has its options"
    assert prose[0].splitlines()[1].endswith("?")
    assert "!" not in re.sub(r"`[^`]*`|!\[", "", "".join(prose))


@pytest.mark.parametrize(
    "path", [*LESSONS, *(ROOT / "nbs" / f"{page}.ipynb" for page in PAGES)], ids=name
)
def test_every_figure_in_the_prose_is_computed(path: Path) -> None:
    code = (ROOT / "tests" / "lessons" / f"test_{path.stem}.py").read_text(encoding="utf-8") + " "
    for cell in cells(path, "code"):
        hidden = re.match(r"#\| (hide|export)\b", cell.source)
        lines = [line for line in cell.source.splitlines() if not (hidden or line.startswith("#|"))]
        code += " ".join([*texts(cell), *lines, ""])
    known = {float(number) for number in NUMBER.findall(code.replace("_", ""))}
    told = [cell.source for cell in cells(path, "markdown")]
    told += [
        line
        for cell in cells(path, "code")
        for line in cell.source.splitlines()
        if line.startswith("#| fig-alt:")
    ]
    for words in told:
        prose = re.sub(
            r"```.*?```|`[^`]*`|(?<=\])\([^)]*\)|Python 3\.11|Apache-2\.0|\(\d{4}\)",
            " ",
            words,
            flags=re.S,
        ).replace(",", "")
        for figure in re.findall(r"(?<![\w.])\d+\.\d+(?:e-?\d+)?|\d+e-?\d+|\b\d{4,}\b", prose):
            digits = len(figure.split(".")[-1].split("e")[0]) if "." in figure else 0
            shown = float(figure)
            scale = 10 ** int(figure.split("e")[1]) if "e" in figure else 1
            near = [x for x in known if abs(abs(x) - shown) <= 0.51 * scale * 10**-digits]
            assert near, f"{figure} is said in {path.name} and computed nowhere:\n{words}"
