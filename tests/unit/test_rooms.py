"The rooms of the house: who may import whom, what a lesson may fold away, what each room of tests does without."

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

import settings
from project import LESSONS, ROOT, run

PACKAGE = ROOT / "autograd_tutorial"
ORDER = [path.stem[3:] for path in LESSONS]
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "_modidx.py")
FOLDED = 14  # lines of imports; the set-up cell is made
TESTS = sorted((ROOT / "tests").rglob("*.py"))
QUICK = [path for path in TESTS if path.parent.name in ("unit", "exercises")]
SLOW = {
    "playwright",
    "nbclient",
    "notebooks",
    "showing",
    "chromium",
    "build",
}  # what runs or builds
DEAR = {"browser", "ran", "executed", "run", "rebuilt", "built"}  # fixtures


def dotted(path: Path) -> str:
    "The name of a module inside the package: core.checks, fit, graph."
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def imports(path: Path) -> Iterator[tuple[str, str]]:
    "Each module of the package that a module imports, and the name that it takes from there."
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            outer = path.parent.parts[: len(path.parent.parts) - node.level + 1]
            inside = ".".join(Path(*outer).relative_to(ROOT).parts) if node.level else ""
            module = ".".join(part for part in (inside, node.module) if part)
            yield from ((module, each.name) for each in node.names)


def taken(path: Path) -> list[tuple[str, str]]:
    "The same, inside the package alone: (core.checks, check_data)."
    start = f"{PACKAGE.name}."
    return [(m.removeprefix(start), name) for m, name in imports(path) if m.startswith(start)]


def lesson_of(module: str) -> int:
    "The number of the lesson that a module is or belongs to; 0 for what belongs to none."
    last = module.split(".")[-1]
    belongs = "." not in module or module.split(".")[0] in ("pictures", "exercises")
    return ORDER.index(last) + 1 if belongs and last in ORDER else 0


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_imports_go_down_only(path: Path) -> None:
    here = dotted(path)
    room = here.split(".")[0]
    for module, name in taken(path):
        above = module.split(".")[0]
        is_lesson = "." not in module and module in ORDER
        if room in ("core", "graph"):
            assert not is_lesson and above in ("core", room), f"{here} imports {module}"
        elif room in ORDER:
            assert above not in ("exercises",), f"a lesson's module imports {module}"
            assert not is_lesson or lesson_of(module) < lesson_of(here), f"{here} imports {module}"
        elif lesson_of(here) and is_lesson:
            assert lesson_of(module) <= lesson_of(here), f"{here} imports {module}, a later lesson"
        if is_lesson and name:
            assert name in stated(module), f"{here} imports {name}, which {module} does not teach"


def stated(module: str) -> set[str]:
    "The names that a lesson exports."
    tree = ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))
    found = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    ]
    return set(ast.literal_eval(found[0]))


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_private_means_private(path: Path) -> None:
    private = [f"{module}.{name}" for module, name in taken(path) if re.match(r"_(?!_)", name)]
    assert not private, f"{dotted(path)} imports what is another's own: {private}"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_holds_only_the_lesson(path: Path) -> None:
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    folded = [cell for cell in cells if cell.metadata.get("jupyter", {}).get("source_hidden")]
    lines = [line for cell in folded[1:] for line in cell.source.splitlines() if line.strip()]
    assert len(folded) <= 2 and len(lines) <= FOLDED, (len(folded), len(lines))
    assert folded[0].source.startswith(settings.SET_UP)
    for cell in folded[1:]:
        body = [node for node in ast.parse(cell.source).body if not isinstance(node, ast.If)]
        assert all(isinstance(node, (ast.Import, ast.ImportFrom)) for node in body), cell.source
    for cell in cells:
        assert cell in folded or not re.match(r"#\| (hide|export)$", cell.source.split("\n")[0])
    taught = [cell for cell in cells if cell.source.startswith("#| exports")]
    assert bool(taught) == ("nbdev" in nbformat.read(path, as_version=4).metadata)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_taught_function_is_short(path: Path) -> None:
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and cell.source.startswith("#| exports"):
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.FunctionDef):
                    body = node.body[1:] if ast.get_docstring(node) else node.body
                    length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
                    assert length <= 12, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_what_a_reader_sees_imports_all_that_it_uses(path: Path, tmp_path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [
        cell
        for cell in notebook.cells
        if not re.match(r"#\| (hide|export)$", cell.source.split("\n")[0])
    ]
    nbformat.write(notebook, tmp_path / path.name)
    run("ruff", "check", "--no-cache", "--isolated", "--select", "F821", path.name, cwd=tmp_path)


# The rooms of the tests


def test_no_test_imports_what_is_another_tests() -> None:
    for path in TESTS:
        found = [m for m, _ in imports(path) if re.search(r"(^|\.)(test_\w+|conftest)$", m)]
        assert not found, f"{path.name} imports {found}: what two need stands in tests/"


@pytest.mark.parametrize("path", QUICK, ids=lambda path: path.stem)
def test_quick_rooms_need_no_browser_no_run_and_no_build(path: Path) -> None:
    assert not SLOW & {module.split(".")[0] for module, _ in imports(path)}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    asked = [
        arg.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        for arg in node.args.args
    ]
    assert not DEAR & set(asked)
