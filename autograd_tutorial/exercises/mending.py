"The part of an answer's code in which one change would make it right."

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic
from types import FunctionType, ModuleType
from typing import Any

import torch

from autograd_tutorial.exercises.feedback import show_line
from autograd_tutorial.exercises.running import has_timer, within

SECONDS = 0.5  # for all changes
SLOW = 0.05  # s: what takes longer is not run again and again
LARGE = 1000  # the largest number in the code: a product of larger ones might fill the memory
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.MatMult: "@"}
METHODS = {"sum": "mean", "mean": "sum", "prod": "sum", "median": "mean", "var": "std"}
SMALL = (ast.Name, ast.Constant, ast.UnaryOp, ast.Slice, ast.keyword)  # they say too little alone
BUILTINS = "abs enumerate float int len list max min print range reversed sum tuple zip".split()
KEPT = "load save seed manual_seed".split()  # of torch, like all that begins with `set_`

Judge = Callable[[Callable[..., Any]], bool]


def mend(
    answer: Callable[..., Any],
    is_right: Judge,
) -> str:  # an advice, empty if no single change would do, or if none can be tried
    "Where to look: signs, numbers, names, brackets and steps are changed one at a time."
    found: list[str] = []
    with suppress(OSError, TypeError, SyntaxError):
        code = textwrap.dedent(inspect.getsource(answer))
        if isinstance(answer, FunctionType) and has_timer() and _is_harmless(code, answer):
            within(SECONDS, lambda: found.extend(_mended(code, answer, is_right)))
    return f"look at `{show_line(found[0])}`: one change there makes it right" if found else ""


def _is_harmless(code: str, answer: FunctionType) -> bool:
    "Whether a change can reach nothing but what the function is given, and ends."
    if answer.__closure__ or not code.startswith("def "):
        return False
    nodes = [*ast.walk(ast.parse(code))]
    own = {each.arg for each in nodes if isinstance(each, ast.arg)}
    own |= {each.id for each in nodes if isinstance(each, ast.Name) and _is_stored(each)}
    for node in nodes:
        match node:
            case ast.While() | ast.Global() | ast.Import() | ast.ImportFrom():
                return False
            case ast.Name(name) if name not in own and not _is_known(name, answer.__globals__):
                return False
            case ast.Attribute(attr=name) if name in KEPT or name.startswith(("set_", "_")):
                return False
            case ast.Constant(int() | float() as number) if abs(number) > LARGE:
                return False
    return True


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _is_known(name: str, known: dict[str, Any]) -> bool:
    "Whether it is a builtin, or a function or module of torch or of what lessons teach."
    if name not in known:
        return name in BUILTINS
    made = known[name]
    if not isinstance(made, (FunctionType, ModuleType)) and not inspect.isbuiltin(made):
        return made is torch.Tensor
    home = f"{made.__name__ if isinstance(made, ModuleType) else made.__module__}."
    apart = ("autograd_tutorial.tools.", "autograd_tutorial.pictures.")
    return home.startswith(("torch.", "autograd_tutorial.")) and not home.startswith(apart)


def _mended(code: str, answer: FunctionType, is_right: Judge) -> list[str]:
    begun = monotonic()
    if _is_right(code, answer, is_right) or monotonic() - begun > SLOW:
        return []  # the fault is not in the code, or each try takes too long
    nodes: list[Any] = [*ast.walk(ast.parse(code))]
    above = {child: node for node in nodes for child in ast.iter_child_nodes(node)}
    for node in nodes:
        for other in _others(node, answer.__code__.co_varnames):
            if _is_right(_put(code, node, other), answer, is_right):
                while isinstance(node, SMALL):
                    node = above[node]
                return [ast.unparse(node)]
    return []


def _is_right(code: str, answer: FunctionType, is_right: Judge) -> bool:
    known = dict(answer.__globals__)
    with suppress(Exception):  # it is no code any more, or raises
        exec(code, known)
        return is_right(known[answer.__name__])
    return False


def _put(code: str, node: Any, other: str) -> str:
    lines = code.encode().splitlines(keepends=True)  # places are counted in bytes
    before = [*lines[: node.lineno - 1], lines[node.lineno - 1][: node.col_offset]]
    after = [lines[node.end_lineno - 1][node.end_col_offset :], *lines[node.end_lineno :]]
    return b"".join([*before, other.encode(), *after]).decode()


def _others(node: ast.AST, names: tuple[str, ...]) -> Iterator[str]:
    "What may have been meant."
    match node:
        case ast.BinOp() if type(node.op) in SIGNS and _has_names(node):
            one, sign, two = _sides(node)
            yield from (one, two, f"({two} {sign} {one})")
            yield from (f"({one} {other} {two})" for other in "+-*/@")  # a `**` might take for ever
            if isinstance(node.left, ast.BinOp):
                first, before, second = _sides(node.left)
                yield f"({first} {before} ({second} {sign} {two}))"
            if isinstance(node.right, ast.BinOp):
                second, after, third = _sides(node.right)
                yield f"(({one} {sign} {second}) {after} {third})"
        case ast.UnaryOp(operand=made):
            yield f"({ast.unparse(made)})"
        case ast.Call(func=ast.Attribute(value=made) as method, args=given):
            yield f"({ast.unparse(made)})"
            yield f"{ast.unparse(method)}({'' if given else 0})"
        case ast.Attribute(value, name):
            yield f"({ast.unparse(value)})"
            if name in METHODS:
                yield f"({ast.unparse(value)}).{METHODS[name]}"
        case ast.Name(ctx=ast.Load()):
            yield from names
        case ast.Constant(int() | float() as number):
            yield from (f"{number + 1}", f"{number - 1}")
        case ast.Assign(targets=[ast.Name() as target], value=value):
            yield from ("pass", f"{target.id} += {ast.unparse(value)}")
        case ast.AugAssign(target, op, value):
            one, sign, two = ast.unparse(target), SIGNS.get(type(op), ""), ast.unparse(value)
            yield from ("pass", f"{one} = {two}", f"{one} {'+' if sign == '-' else '-'}= {two}")


def _has_names(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Name) for each in ast.walk(node))


def _sides(node: ast.BinOp) -> tuple[str, str, str]:
    sign = SIGNS.get(type(node.op), "%")
    return f"({ast.unparse(node.left)})", sign, f"({ast.unparse(node.right)})"
