"""The API reference: a page for each module that states `__all__`, from its docments and the examples in `nbs/_examples`."""

import ast
import doctest
import inspect
import json
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import autograd_tutorial
from smalldocs import api

FOLDER = "reference"
PACKAGE = autograd_tutorial.__name__
ROOT = Path(autograd_tutorial.__file__).parents[1]
EXAMPLES = Path(__file__).resolve().parents[1] / "_examples"


def modules() -> list[ModuleType]:
    "The modules and rooms of the package that state what they export, in the order of their names."
    found = [module for module in everything() if names(module)]
    for kind in (map(short, found), (name for each in found for name in names(each))):
        if twice := [name for name, count in Counter(kind).items() if count > 1]:
            raise ValueError(f"a public name must have one home, got two or more for {twice}")
    return sorted(found, key=short)


def everything() -> Iterator[ModuleType]:
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if not any(part.startswith("_") and part != "__init__" for part in parts):
            yield import_module(".".join(part for part in parts if part != "__init__"))


def short(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def names(module: ModuleType) -> list[str]:
    "The functions and classes that a module states in `__all__`, whether or not it holds them itself."
    stated = [name for name in getattr(module, "__all__", []) if callable(getattr(module, name))]
    return [name for name in stated if hasattr(getattr(module, name), "__qualname__")]


def examples(module: ModuleType) -> dict[str, list[doctest.Example]]:
    "The example of each exported name, as doctest reads it; `ValueError` if one is missing or has no home."
    pieces = re.split(
        r"^## (\w+)$",
        (EXAMPLES / f"{short(module)}.md").read_text(encoding="utf-8"),
        flags=re.M,
    )[1:]
    found = {
        name: doctest.DocTestParser().get_examples(text)
        for name, text in zip(pieces[::2], pieces[1::2], strict=True)
    }
    if set(found) != set(names(module)) or not all(found.values()):
        raise ValueError(
            f"{EXAMPLES.name}/{short(module)}.md needs one example for each of {names(module)}, got {list(found)}"
        )
    return found


def imports(example: list[doctest.Example]) -> list[str]:
    "What to import for an example, each name from where it was defined."
    tree = ast.parse("".join(step.source for step in example))
    words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    lines = ["import torch"] if "torch" in words else []
    for module in modules():
        if wanted := [name for name in module.__all__ if name in words]:
            lines.append(f"from {module.__name__} import {', '.join(wanted)}")
    return lines


def shown(example: list[doctest.Example]) -> str:
    "An example in Markdown: the code to copy, and what comes out."
    code = [*imports(example), "", *(step.source.rstrip() for step in example)]
    want = re.sub(r"^Traceback.*:\n", "", example[-1].want).rstrip()
    said = [] if "..." in want or not want else ["::: {.cell-output}", "```", want, "```", ":::"]
    return "\n".join(["**Example**", "", "```python", *code, "```", "", *said])


def entry(name: str, module: ModuleType, example: list[doctest.Example], address: str) -> str:
    "One exported name, in Markdown, with the methods of a class."
    symbol = getattr(module, name)
    heading, rest = api.entry(symbol, 2).split("\n", 1)
    file = Path(inspect.getsourcefile(inspect.unwrap(symbol))).relative_to(ROOT)
    place = f"{address}{file.as_posix()}#L{api.line_of(inspect.unwrap(symbol))}"
    methods = (
        [api.entry(method, 3) for method in api.methods(symbol)] if isinstance(symbol, type) else []
    )
    return "\n\n".join(
        [
            f"{heading} {{#{name}}}",
            f"[source]({place}){{.source-link}}",
            rest.strip(),
            *methods,
            shown(example),
        ]
    )


def constants(module: ModuleType) -> str:
    "What the module exports besides functions and classes: values, and names for types."
    rows = []
    for name in module.__all__:
        stated = re.search(
            rf"^{name}(?:: [^=\n]+)? = (.+?)(?:  # (.*))?$",
            Path(module.__file__).read_text(encoding="utf-8"),
            re.M,
        )
        if stated and name not in names(module):
            value = stated[1] if stated[1][-1] not in "[{(" else ""
            rows.append([f"`{name}`", f"`{value}`" if value else "", stated[2] or ""])
    return (
        f"## Values and types {{#values}}\n\n{api.table(rows, ['Name', 'Value', 'What it is'])}"
        if rows
        else ""
    )


def page(module: ModuleType, address: str) -> str:
    "The page of one module, in Markdown."
    front = dict(title=short(module), description=api.doc(module).split("\n")[0])
    made = re.search(r"Docs: .*/(\w+)\.html\.md", api.doc(module))  # of a lesson
    home = f"Made, used and explained in [its lesson](../{made[1]}.ipynb)." if made else ""
    found = examples(module)
    entries = [entry(name, module, found[name], address) for name in names(module)]
    parts = [
        f"---\n{json.dumps(front, ensure_ascii=False)}\n---",
        home,
        *entries,
        constants(module),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def overview() -> str:
    "The page that lists every module with its names, in Markdown."
    front = dict(
        title="API reference",
        description="Every name that the package exports, by module.",
    )
    rows = [
        [
            f"[{short(each)}]({short(each)}.qmd)",
            ", ".join(f"[`{name}`]({short(each)}.qmd#{name})" for name in names(each)),
        ]
        for each in modules()
    ]
    return f"---\n{json.dumps(front)}\n---\n\n{api.table(rows, ['Module', 'Names'])}\n"


def write(folder: Path, address: str) -> list[Path]:
    "Write the pages, and the names that any page links to, into the staged sources at `folder`."
    (folder / FOLDER).mkdir()
    pages = {folder / FOLDER / f"{short(module)}.qmd": module for module in modules()}
    for path, module in pages.items():
        path.write_text(page(module, address), encoding="utf-8")
    symbols = {
        name: f"/{FOLDER}/{path.name}#{name}"
        for path, module in pages.items()
        for name in names(module)
    }
    (folder / "_symbols.json").write_text(json.dumps(symbols), encoding="utf-8")
    index = folder / FOLDER / "index.qmd"
    index.write_text(overview(), encoding="utf-8")
    return [index, *pages]
