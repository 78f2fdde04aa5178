"The API reference: a page for each module that readers import from, and an example for each public name."

import ast
import doctest
import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType

import autograd_tutorial
import griffe
from jinja2 import Environment

import pages

FOLDER = "reference"
PACKAGE = autograd_tutorial.__name__
ROOT = Path(autograd_tutorial.__file__).parents[1]
EXAMPLES = Path(__file__).resolve().parents[1] / "_examples"


def modules() -> list[ModuleType]:
    "The modules and rooms of the package that state what they export, in the order of their names."
    walk = walk_packages(autograd_tutorial.__path__, f"{PACKAGE}.")
    found = [import_module(each.name) for each in walk if "._" not in each.name]
    return sorted(filter(names, found), key=short)


def short(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


def names(module: ModuleType) -> list[str]:
    "The functions and classes that a module states in `__all__`, whether or not it holds them itself."
    stated = [getattr(module, name) for name in getattr(module, "__all__", [])]
    return [each.__name__ for each in stated if callable(each) and hasattr(each, "__qualname__")]


def homes() -> dict[str, str]:
    "Where each public name has its entry."
    return {
        name: f"{FOLDER}/{short(module)}.html#{name}"
        for module in modules()
        for name in names(module)
    }


def examples(module: ModuleType) -> dict[str, list[doctest.Example]]:
    "The example of each name that has one, as doctest reads it."
    text = (EXAMPLES / f"{short(module)}.md").read_text(encoding="utf-8")
    pieces = re.split(r"^## (\w+)$", text, flags=re.M)[1:]
    read = map(doctest.DocTestParser().get_examples, pieces[1::2])
    return dict(zip(pieces[::2], read, strict=True))


def imports(example: list[doctest.Example]) -> list[str]:
    "What to import for an example, each name from where it was defined."
    tree = ast.parse("".join(step.source for step in example))
    words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    lines = ["import torch"] if "torch" in words else []
    for module in modules():
        if wanted := [name for name in module.__all__ if name in words]:
            lines.append(f"from {module.__name__} import {', '.join(wanted)}")
    return lines


def comment(item: griffe.Object, start: str) -> str:
    "The comment behind the line of `item` that begins with `start`."
    found = re.search(rf"^\s*(?:{start}).*?  # (.*)$", item.source, re.M)
    return found[1] if found else ""


def write(theme: Environment, readers: list[pages.Page]) -> list[pages.Page]:
    "A page for each module that a notebook makes or imports from, after one that lists them all."
    package = griffe.load(PACKAGE, search_paths=[ROOT])
    where = {name: f"../{home}" for name, home in homes().items()}
    read = {name for page in readers for name in page.names}
    shown = [module for module in modules() if read & set(module.__all__)]
    theme.filters.update(code=pages.code, comment=comment)
    listed = {short(module): names(module) for module in shown}
    body = theme.get_template("modules.html").render(modules=listed)
    made = [
        pages.Page(f"{FOLDER}/index.html", "API reference", "Every name, by module.", body=body)
    ]
    for module in shown:
        heading, _, doc = (module.__doc__ or "").partition("\n")
        page = pages.Page(f"{FOLDER}/{short(module)}.html", short(module), pages.plain(heading))
        env = dict(page=page, homes=pages.own(where, {*vars(module), *module.__all__}))
        entries = {
            each.__name__: package[f"{each.__module__}.{each.__qualname__}".partition(".")[2]]
            for each in (getattr(module, name) for name in names(module))
        }
        stated = package[module.__name__.partition(".")[2]].members
        rest = [stated[name] for name in sorted({*module.__all__} & {*stated} - {*entries})]
        page.sections = [(name, "class " * item.is_class + name) for name, item in entries.items()]
        page.sections += [("values", "Values and types")] if rest else []
        page.body = theme.get_template("module.html").render(
            entries=entries,
            constants=rest,
            examples=examples(module),
            imports=imports,
            lesson=re.search(r"Docs: .*/(\w+\.html)\.md", doc),
            markdown=lambda text, env=env: pages.MARKDOWN.render(text, env),
            inline=lambda text, env=env: pages.MARKDOWN.renderInline(text, env),
        )
        made.append(page)
    return made
