"PyTorch's own record, read and walked back once."

from __future__ import annotations

import gc
from contextlib import suppress
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np
import torch
from torch import Tensor

from autograd_tutorial.graph.build import Way, build, reached
from autograd_tutorial.graph.data import Graph, Node
from autograd_tutorial.graph.rules import operation_of, rule_of


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
    functions = reached(result.grad_fn, _inputs)
    _check_names(named, functions)
    retaining = _retaining(set(functions))
    passed, slopes = _walked(result, functions, retaining)
    values, names = _values(result, named, passed)
    kept = {_made_by(tensor) for tensor in retaining}
    leaves = {fn: _leaf(fn, slope, named) for fn, slope in slopes.items()}
    constants = {name: value for name, value in named.items() if not value.requires_grad}
    walked = {
        fn: (_box(fn, flow, values, names, kept), _ways(fn, flow, {*leaves, *passed}, constants))
        for fn, flow in passed.items()
    }
    return build(leaves, walked)


def _inputs(fn: Any) -> list[Any]:
    return [below for below, _ in fn.next_functions if below is not None]


def _made_by(tensor: Tensor) -> tuple[Any, int]:
    "The function that made it, and which of its outputs it is."
    return tensor.grad_fn, tensor.output_nr


def _check_recorded(result: Tensor, named: dict[str, Any]) -> None:
    for name, value in named.items():
        if not isinstance(value, Tensor):
            raise TypeError(f"{name} must be a tensor, got {type(value).__name__}")
    if result.numel() != 1:
        got = f"got shape {tuple(result.shape)}"
        raise ValueError(f"result must be one number, {got}: use .sum() or .mean()")
    if not result.requires_grad:
        why = "is it detached, or under no_grad?"
        raise ValueError(f"autograd recorded nothing on the way to result: {why}")
    if result.grad_fn is None:
        raise ValueError("result must come from an operation, got a leaf: nothing was recorded yet")


def _check_names(named: dict[str, Tensor], functions: list[Any]) -> None:
    "Whether each name is the only one of its tensor, and is on the way; a constant may leave no trace."
    leaves = {id(fn.variable) for fn in functions if hasattr(fn, "variable")}
    seen: dict[Any, str] = {}
    for name, value in named.items():
        here = id(value) if value.grad_fn is None else _made_by(value)
        if value.requires_grad and here not in leaves and value.grad_fn not in functions:
            cure = "name what result was computed from"
            raise ValueError(f"{name} is not on the way to result: {cure}")
        if here in seen:
            raise ValueError(f"{seen[here]} and {name} name the same tensor: give it one name")
        seen[here] = name


def _retaining(functions: set[Any]) -> list[Tensor]:
    "The tensors inside the record that were told to retain their gradient: walking back would add to it."
    plain: Any = Tensor  # whose ways to look are used: those of a subclass may raise
    retains, made_by = plain.retains_grad.__get__, plain.grad_fn.__get__

    def inside(tensor: Tensor) -> bool:
        with suppress(RuntimeError):  # PyTorch 2.3 leaves shells about, of tensors that are gone
            return retains(tensor) and made_by(tensor) in functions
        return False

    # `isinstance` would ask each object
    tensors = [each for each in gc.get_objects() if issubclass(type(each), Tensor)]
    with torch._C.DisableTorchFunctionSubclass():
        return [tensor for tensor in tensors if inside(tensor)]


@dataclass
class _Flow:
    "What one function was seen to do."

    came: list[Any]  # for each output, what came in
    went: list[Any]  # for each input, what went out
    local: list[Any]  # d(output)/d(input) where both are single numbers; empty: not known


def _walked(
    result: Tensor, functions: list[Any], retaining: list[Tensor]
) -> tuple[dict[Any, _Flow], dict[Any, Any]]:
    "What each function did, in the order of the walk; what each leaf would get."
    leaves = [fn for fn in functions if hasattr(fn, "variable") and fn.variable.requires_grad]
    if not leaves:
        wanted = "no leaf on the way to result requires a gradient any more"
        raise ValueError(f"{wanted}: call requires_grad_() on one")
    passed: dict[Any, _Flow] = {}
    hooks = [fn.register_hook(_noting(fn, passed)) for fn in functions if fn not in leaves]
    kept = [(tensor, tensor.grad) for tensor in retaining]
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
    return passed, {fn: _plain(grad) for fn, grad in zip(leaves, grads, strict=True)}


def _noting(fn: Any, passed: dict[Any, _Flow]) -> Any:
    def hook(went: tuple[Any, ...], came: tuple[Any, ...]) -> None:
        passed[fn] = _Flow([*map(_plain, came)], [*map(_plain, went)], _local(fn, came))

    return hook


def _local(fn: Any, came: tuple[Any, ...]) -> list[Any]:
    "PyTorch's own rule with 1 coming in, for each input that is a single number: d(output)/d(input)."
    single = len(came) == 1 and came[0] is not None and came[0].numel() == 1
    if not single or came[0].is_complex() or not callable(fn):
        return []
    with torch.no_grad():
        went = fn(torch.ones_like(came[0]))
    dense = [
        slope if slope is not None and slope.layout == torch.strided else None
        for slope in (went if isinstance(went, tuple) else (went,))
    ]
    return [None if slope is None or slope.numel() != 1 else slope.item() for slope in dense]


def _why(error: str) -> str:
    if "second time" in error:
        return "the record was walked back before, and what it saved is freed: compute result again, or keep it with backward(retain_graph=True)"
    return f"the record cannot be walked back: {error.splitlines()[0]}"


def _plain(value: Any) -> Any:
    "A copy that autograd knows nothing of: an array, a number, or a tuple of them."
    if isinstance(value, (tuple, list)):
        return tuple(map(_plain, value))
    if not isinstance(value, Tensor):
        return value - 2**64 if isinstance(value, int) and value >= 2**63 else value
    dense = value.detach().to_dense() if value.layout != torch.strided else value.detach()
    wide = dense.float() if dense.dtype in (torch.bfloat16, torch.float16) else dense
    array = np.array(wide.cpu().resolve_conj().resolve_neg().numpy())
    return array.item() if array.ndim == 0 else array


def _saved(fn: Any) -> dict[str, Any]:
    "The tensors that a function saved for the walk back, by name."
    if hasattr(fn, "saved_tensors"):
        return {
            f"saved {i}": value for i, value in enumerate(fn.saved_tensors) if value is not None
        }
    values = {name[7:]: getattr(fn, name) for name in dir(fn) if name.startswith("_saved_")}
    return {name: value for name, value in values.items() if _tensors(value)}


def _tensors(value: Any) -> list[Tensor]:
    several = value if isinstance(value, (tuple, list)) else [value]
    return [one for one in several if isinstance(one, Tensor)]


def _values(
    result: Tensor, named: dict[str, Tensor], passed: dict[Any, _Flow]
) -> tuple[dict[Any, Tensor], dict[Any, str]]:
    "The values that are still known, and the reader's names, by the function and its output."
    saved = [tensor for fn in passed for value in _saved(fn).values() for tensor in _tensors(value)]
    made = {name: value for name, value in named.items() if value.grad_fn is not None}
    values = {_made_by(value): value for value in (result, *saved, *made.values())}
    return values, {_made_by(value): name for name, value in made.items()}


def _leaf(fn: Any, slope: Any, named: dict[str, Tensor]) -> Node:
    name = next((name for name, value in named.items() if value is fn.variable), "")
    value, rule = _plain(fn.variable), "added to .grad"
    return Node("AccumulateGrad", "leaf", name, value, slope, keeps=True, rule=rule)


def _box(
    fn: Any, flow: _Flow, values: dict[Any, Tensor], names: dict[Any, str], kept: set[Any]
) -> Node:
    outputs = [(fn, k) for k in range(len(flow.came))]
    known = tuple(_plain(values.get(output)) for output in outputs)
    came, single = flow.came[0], len(outputs) == 1
    some = any(value is not None for value in known)
    return Node(
        fn.name().split("::")[-1],
        name=", ".join(names[output] for output in outputs if output in names),
        value=known[0] if single else known if some else None,
        grad=came if single else tuple(flow.came),
        shape=np.shape(came) if single and came is not None else None,
        saved={name: _plain(value) for name, value in _saved(fn).items()},
        keeps=any(output in kept for output in outputs),
        rule=rule_of(operation_of(fn.name()), getattr(fn, "_saved_exponent", None)),
    )


def _ways(fn: Any, flow: _Flow, boxes: set[Any], constants: dict[str, Tensor]) -> list[Way]:
    ways = []
    for slot, (below, output) in enumerate(fn.next_functions):
        if below in boxes:
            grad = flow.went[slot] if slot < len(flow.went) else None
            ways.append(Way(below, grad, _scalar_local(flow, grad, slot), output))
        else:
            ways.append(Way(_cut(fn, slot, constants), output=output))
    return ways


def _scalar_local(flow: _Flow, grad: Any, slot: int) -> float | None:
    "d(output)/d(input): by the rule; for a function of the reader's own, which runs once only, by what came and went."
    if grad is None or np.size(grad) != 1 or np.iscomplexobj(grad):
        return None
    if slot < len(flow.local):
        return None if flow.local[slot] is None else float(flow.local[slot])
    came = flow.came[0]
    if len(flow.came) == 1 and came is not None and np.size(came) == 1 and np.all(came):
        return float((np.asarray(grad) / came).item())
    return None


_ARGUMENTS = {  # what an operation calls the inputs that it may save, in order; for all others: self, other
    "Addmm": ("self", "mat1", "mat2"),
    "Mm": ("self", "mat2"),
    "Mv": ("self", "vec"),
    "Dot": ("self", "tensor"),
    "MseLoss": ("self", "target"),
    "Pow": ("self", "exponent"),
}


def _cut(fn: Any, slot: int, constants: dict[str, Tensor]) -> Node:
    "What came in without a record; its value is known if it was saved."
    inputs = _ARGUMENTS.get(operation_of(fn.name()), ("self", "other"))
    saved = _saved(fn).get(inputs[slot]) if slot < len(inputs) else None
    if not isinstance(saved, Tensor):
        return Node("no record", "cut")
    same = (
        name
        for name, value in constants.items()  # x.detach() shares its memory with x
        if value.data_ptr() == saved.data_ptr() and value.shape == saved.shape
    )
    return Node("no record", "cut", next(same, ""), _plain(saved))
