"The part of an answer's code in which one change would make it right."

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import FunctionType
from typing import Any

from autograd_tutorial.exercises.feedback import show_line
from autograd_tutorial.exercises.running import within

SECONDS = 2.0  # for all changes
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.MatMult: "@"}
METHODS = {"sum": "mean", "mean": "sum", "prod": "sum", "median": "mean", "var": "std"}
SMALL = (
    ast.Name,
    ast.Constant,
    ast.UnaryOp,
    ast.Slice,
    ast.Tuple,
    ast.keyword,
)  # they say too little alone

Judge = Callable[[Callable[..., Any]], bool]


def mend(
    answer: Callable[..., Any],
    is_right: Judge,
) -> str:  # an advice, empty if no single change would do, or if there is no code to read
    "Where to look: signs, numbers, names, brackets and steps are changed one at a time."
    found: list[str] = []
    with suppress(OSError, TypeError, SyntaxError):
        code = textwrap.dedent(inspect.getsource(answer))  # a changed `while` might never end
        if isinstance(answer, FunctionType) and code.startswith("def ") and "while" not in code:
            within(SECONDS, lambda: found.extend(_mended(code, answer, is_right)))
    return f"look at `{show_line(found[0])}`: one change there makes it right" if found else ""


def _mended(code: str, answer: FunctionType, is_right: Judge) -> list[str]:
    nodes: list[Any] = [*ast.walk(ast.parse(code))]
    above = {child: node for node in nodes for child in ast.iter_child_nodes(node)}
    for node in nodes:
        for other in _others(node, answer.__code__.co_varnames):
            known = dict(answer.__globals__)
            with suppress(Exception):  # it is no code any more, or raises
                exec(_put(code, node, other), known)
                if is_right(known[answer.__name__]):
                    while isinstance(node, SMALL):
                        node = above[node]
                    return [ast.unparse(node)]
    return []


def _put(code: str, node: Any, other: str) -> str:
    lines = code.encode().splitlines(keepends=True)  # places are counted in bytes
    before = [*lines[: node.lineno - 1], lines[node.lineno - 1][: node.col_offset]]
    after = [lines[node.end_lineno - 1][node.end_col_offset :], *lines[node.end_lineno :]]
    return b"".join([*before, other.encode(), *after]).decode()


def _others(node: ast.AST, names: tuple[str, ...]) -> Iterator[str]:
    "What may have been meant."
    match node:
        case ast.BinOp() if type(node.op) in SIGNS:
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


def _sides(node: ast.BinOp) -> tuple[str, str, str]:
    sign = SIGNS.get(type(node.op), "%")
    return f"({ast.unparse(node.left)})", sign, f"({ast.unparse(node.right)})"
