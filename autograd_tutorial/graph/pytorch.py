"PyTorch's own record, read and walked back once."

from __future__ import annotations

import gc
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from autograd_tutorial.graph.data import Edge, Graph, Node

if TYPE_CHECKING:
    pass

_all_ = ["Edge", "Graph", "Node"]


@singledispatch
def record(
    result: Any,  # one number that autograd recorded; other engines register their own type
    /,
    **named: Any,  # tensors by the names that they shall have
) -> Graph:  # plain data: nothing in it keeps the record alive
    "What was recorded on the way to `result`: values as they are now, walked back once, your hooks included; `TypeError` or `ValueError` on bad input."
    raise TypeError(f"result must be a tensor, got {type(result).__name__}")


@record.register(Tensor)
def _record_tensor(result: Tensor, /, **named: Tensor) -> Graph:
    _check_recorded(result, named)
    found = _found(result)
    _check_names(named, set(found))
    retaining = _retaining(set(found))
    ran, leaves = _walked(result, found, retaining)
    return _graph(
        _Facts(result, named, ran, leaves, {(each.grad_fn, each.output_nr) for each in retaining})
    )


def _check_recorded(result: Tensor, named: dict[str, Any]) -> None:
    for name, value in named.items():
        if not isinstance(value, Tensor):
            raise TypeError(f"{name} must be a tensor, got {type(value).__name__}")
    if result.numel() != 1:
        raise ValueError(
            f"result must be one number, got shape {tuple(result.shape)}: use .sum() or .mean()"
        )
    if not result.requires_grad:
        raise ValueError(
            "autograd recorded nothing on the way to result: is it detached, or under no_grad?"
        )
    if result.grad_fn is None:
        raise ValueError("result must come from an operation, got a leaf: nothing was recorded yet")


def _found(result: Tensor) -> list[Any]:
    "Every object of the record, the one of `result` first."
    found: dict[Any, None] = {result.grad_fn: None}
    waiting: list[Any] = [result.grad_fn]
    while waiting:
        for below, _ in waiting.pop().next_functions:
            if below is not None and below not in found:
                found[below] = None
                waiting.append(below)
    return list(found)


def _check_names(named: dict[str, Tensor], found: set[Any]) -> None:
    "Whether each name is the only one of its tensor, and is on the way; a constant may leave no trace."
    leaves = {id(fn.variable) for fn in found if hasattr(fn, "variable")}
    seen: dict[Any, str] = {}
    for name, value in named.items():
        here = id(value) if value.grad_fn is None else (value.grad_fn, value.output_nr)
        if value.requires_grad and here not in leaves and value.grad_fn not in found:
            raise ValueError(
                f"{name} is not on the way to result: name what result was computed from"
            )
        if here in seen:
            raise ValueError(f"{seen[here]} and {name} name the same tensor: give it one name")
        seen[here] = name


def _walked(
    result: Tensor, found: list[Any], retaining: list[Tensor]
) -> tuple[dict[Any, Any], dict[Any, Any]]:
    "What came in and what went out at each operation, in the order of the walk; what each leaf would get."
    leaves = [fn for fn in found if hasattr(fn, "variable") and fn.variable.requires_grad]
    if not leaves:
        raise ValueError(
            "no leaf on the way to result requires a gradient any more: call requires_grad_() on one"
        )
    ran: dict[Any, Any] = {}
    hooks = [fn.register_hook(_note(fn, ran)) for fn in found if fn not in leaves]
    kept = [(each, each.grad) for each in retaining]
    try:
        variables = [fn.variable for fn in leaves]
        grads = torch.autograd.grad(result, variables, retain_graph=True, allow_unused=True)
    except RuntimeError as error:
        raise ValueError(_why(str(error))) from error
    finally:
        for hook in hooks:
            hook.remove()
        for tensor, grad in kept:
            tensor.grad = grad
    return ran, {fn: _plain(grad) for fn, grad in zip(leaves, grads, strict=True)}


def _note(fn: Any, ran: dict[Any, Any]) -> Any:
    def hook(out: tuple[Any, ...], came: tuple[Any, ...]) -> None:
        local = _local(fn, came)
        ran[fn] = ([_plain(each) for each in came], [_plain(each) for each in out], local)

    return hook


def _retaining(found: set[Any]) -> list[Tensor]:
    "The tensors inside the record that were told to retain their gradient: walking back would add to it."
    plain: Any = Tensor  # whose ways to look are used: those of a subclass may raise
    retains, made_by = plain.retains_grad.__get__, plain.grad_fn.__get__

    def inside(tensor: Tensor) -> bool:
        with suppress(RuntimeError):  # PyTorch 2.3 leaves shells about, of tensors that are gone
            return retains(tensor) and made_by(tensor) in found
        return False

    tensors = [
        each for each in gc.get_objects() if issubclass(type(each), Tensor)
    ]  # `isinstance` would ask each object
    with torch._C.DisableTorchFunctionSubclass():
        return [each for each in tensors if inside(each)]


def _why(error: str) -> str:
    if "second time" in error:
        return "the record was walked back before, and what it saved is freed: compute result again, or keep it with backward(retain_graph=True)"
    return f"the record cannot be walked back: {error.splitlines()[0]}"


def _plain(value: Any) -> Any:
    "A copy that autograd knows nothing of: an array, a number, or a tuple of them."
    if isinstance(value, (tuple, list)):
        return tuple(_plain(each) for each in value)
    if not isinstance(value, Tensor):
        return value - 2**64 if isinstance(value, int) and value >= 2**63 else value
    dense = value.detach().to_dense() if value.layout != torch.strided else value.detach()
    wide = dense.float() if dense.dtype in (torch.bfloat16, torch.float16) else dense
    array = np.array(wide.cpu().resolve_conj().resolve_neg().numpy())
    return array.item() if array.ndim == 0 else array


def _local(fn: Any, came: tuple[Any, ...]) -> list[Any]:
    "PyTorch's own rule with 1 coming in, for each input that is a single number: d(output)/d(input)."
    if (
        len(came) != 1
        or came[0] is None
        or came[0].numel() != 1
        or came[0].is_complex()
        or not callable(fn)
    ):
        return []
    with torch.no_grad():
        out = fn(torch.ones_like(came[0]))
    each = out if isinstance(out, tuple) else (out,)
    return [
        g.item() if g is not None and g.numel() == 1 and g.layout == torch.strided else None
        for g in each
    ]


@dataclass
class _Facts:
    "What one walk told; alive only while `record` runs."

    result: Tensor
    named: dict[str, Tensor]
    ran: dict[Any, Any]
    leaves: dict[Any, Any]
    kept: set[Any]  # an operation and its output, where retain_grad was called


def _graph(facts: _Facts) -> Graph:
    order = _order(facts)
    place = {fn: i for i, fn in enumerate(order)}
    values, names = _values(facts)
    nodes = [
        _leaf(fn, facts, names) if fn in facts.leaves else _op(fn, facts, values, names)
        for fn in order
    ]
    edges: list[Edge] = []
    for fn in facts.ran:
        for slot, (below, output) in enumerate(fn.next_functions):
            came, out, local = facts.ran[fn]
            if below not in place:
                nodes.append(_cut(fn, slot, below, facts.named))
            start = place.get(below, len(nodes) - 1)
            grad = out[slot] if slot < len(out) and below in place else None
            edges.append(
                Edge(start, place[fn], grad, _scalar_local(came, grad, local, slot), output)
            )
    return Graph(tuple(nodes), tuple(edges), tuple(range(len(order))))


def _order(facts: _Facts) -> list[Any]:
    "The operations as they ran, each leaf as soon as the last way to it is walked."
    ways = [below for fn in facts.ran for below, _ in fn.next_functions if below in facts.leaves]
    left = {fn: ways.count(fn) for fn in facts.leaves}
    order: list[Any] = []
    for fn in facts.ran:
        order.append(fn)
        for below, _ in fn.next_functions:
            if below in left:
                left[below] -= 1
                order += [below] if not left[below] else []
    return order


def _scalar_local(came: list[Any], grad: Any, local: list[Any], slot: int) -> float | None:
    "d(output)/d(input): by the rule; for a function of the reader's own, which runs once only, by what came and went."
    if grad is None or np.size(grad) != 1 or np.iscomplexobj(grad):
        return None
    if slot < len(local):
        return None if local[slot] is None else float(local[slot])
    if len(came) == 1 and came[0] is not None and np.size(came[0]) == 1 and np.all(came[0]):
        return float((np.asarray(grad) / came[0]).item())
    return None


def _saved(fn: Any) -> dict[str, Any]:
    "The tensors that an operation saved for the walk back, by name."
    if hasattr(fn, "saved_tensors"):
        return {f"saved {i}": each for i, each in enumerate(fn.saved_tensors) if each is not None}
    names = [name for name in dir(fn) if name.startswith("_saved_")]
    values = {name[7:]: getattr(fn, name) for name in names}
    return {name: value for name, value in values.items() if _tensors(value)}


def _tensors(value: Any) -> list[Tensor]:
    each = value if isinstance(value, (tuple, list)) else [value]
    return [one for one in each if isinstance(one, Tensor)]


def _values(facts: _Facts) -> tuple[dict[Any, Any], dict[Any, str]]:
    "The values that are still known, and the reader's names, by the operation and its output."
    values = {(facts.result.grad_fn, facts.result.output_nr): facts.result}
    names = {}
    for fn in facts.ran:
        for saved in _saved(fn).values():
            values.update({(one.grad_fn, one.output_nr): one for one in _tensors(saved)})
    for name, value in facts.named.items():
        if value.grad_fn is not None:
            values[value.grad_fn, value.output_nr] = value
            names[value.grad_fn, value.output_nr] = name
    names.update(
        {
            (fn, 0): name
            for fn in facts.leaves
            for name, value in facts.named.items()
            if fn.variable is value
        }
    )
    return values, names


def _leaf(fn: Any, facts: _Facts, names: dict[Any, str]) -> Node:
    value = _plain(fn.variable)
    return Node(
        "AccumulateGrad",
        "leaf",
        names.get((fn, 0), ""),
        value,
        facts.leaves[fn],
        keeps=True,
        rule="added to .grad",
    )


def _op(fn: Any, facts: _Facts, values: dict[Any, Any], names: dict[Any, str]) -> Node:
    came = facts.ran[fn][0]
    outputs = [(fn, k) for k in range(len(came))]
    found = tuple(_plain(values.get(each)) for each in outputs)
    single = len(came) == 1
    return Node(
        fn.name().split("::")[-1],
        name=", ".join(names[each] for each in outputs if each in names),
        value=found[0] if single else found if any(each is not None for each in found) else None,
        grad=came[0] if single else tuple(came),
        shape=np.shape(came[0]) if single and came[0] is not None else None,
        saved={name: _plain(value) for name, value in _saved(fn).items()},
        keeps=any(each in facts.kept for each in outputs),
        rule=_rule(fn),
    )


ARGUMENTS = {  # what an operation calls the inputs that it may save, in order; for all others: self, other
    "Addmm": ("self", "mat1", "mat2"),
    "Mm": ("self", "mat2"),
    "Mv": ("self", "vec"),
    "Dot": ("self", "tensor"),
    "MseLoss": ("self", "target"),
    "Pow": ("self", "exponent"),
}


def _cut(fn: Any, slot: int, below: Any, named: dict[str, Tensor]) -> Node:
    "What came in without a record; its value is known if it was saved."
    inputs = ARGUMENTS.get(_base(fn), ("self", "other"))
    saved = _saved(fn).get(inputs[slot]) if slot < len(inputs) else None
    if not isinstance(saved, Tensor):
        return Node("no record", "cut")
    constants = {
        name: each for name, each in named.items() if not each.requires_grad
    }  # x.detach() shares its memory with x
    same = (
        name
        for name, each in constants.items()
        if each.data_ptr() == saved.data_ptr() and each.shape == saved.shape
    )
    return Node("no record", "cut", next(same, ""), _plain(saved))


def _base(fn: Any) -> str:
    "`Pow` of `PowBackward0`."
    return re.split(r"Backward\d*$", fn.name())[0]


RULES = {  # the local derivative in words
    "1": "Add Clone ToCopy Sum",
    "-1": "Neg",
    "1 and -1": "Sub Rsub",
    "the other factor": "Mul",
    "the other factor, transposed": "Mm Mv Dot Bmm Addmm Linear",
    "1/y and -x/y²": "Div",
    "1 / (2 × result)": "Sqrt",
    "1/n": "Mean",
    "the result": "Exp",
    "1/x": "Log",
    "1 where x > 0, else 0": "Relu",
    "1 - result²": "Tanh",
    "result × (1 - result)": "Sigmoid",
    "cos x": "Sin",
    "-sin x": "Cos",
    "the sign of x": "Abs",
    "2(x - target)/n": "MseLoss",
    "1, each back to its place": "Unbind Select Slice Stack Cat View Reshape ReshapeAlias UnsafeView T Transpose Permute Squeeze Unsqueeze Split",
    "1, summed over the copies": "Expand Repeat",
}


def _rule(fn: Any) -> str:
    base = _base(fn)
    if base == "Pow" and isinstance(getattr(fn, "_saved_exponent", None), (int, float)):
        n = fn._saved_exponent
        return "2x" if n == 2 else f"{n:g} × x^{n - 1:g}"
    return next((rule for rule, bases in RULES.items() if base in bases.split()), "")
