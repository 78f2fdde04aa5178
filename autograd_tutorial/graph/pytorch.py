"PyTorch's own record, read and walked back once."

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from autograd_tutorial.graph.build import Way, build, reached
from autograd_tutorial.graph.data import Graph, Node, Summary
from autograd_tutorial.graph.rules import operation_of, rule_of


@singledispatch
def record(
    result: Any,  # one number that autograd recorded; other engines register their own type
    model: nn.Module | None = None,  # whose parameters and buffers have its names for them
    /,
    **named: Any,  # more tensors by the names that they shall have; or modules, for a first part
) -> Graph:  # plain data: nothing in it keeps the record alive
    "What was recorded on the way to `result`: values as they are now, walked back once, your hooks included; `TypeError` or `ValueError` on bad input."
    raise TypeError(f"result must be a tensor, got {type(result).__name__}")


@record.register(Tensor)
def _record_tensor(
    result: Tensor, /, *model: nn.Module | None, **named: Tensor | nn.Module
) -> Graph:
    tensors = _named(model, named)
    _check_recorded(result)
    functions = reached(result.grad_fn, _inputs)
    names, unused = _placed(tensors, functions)
    retaining, keep = _retaining(set(functions)), _Keeper()
    with _unchanged(*model, *named.values()):
        passed, slopes = _walked(result, functions, retaining, keep)
    values = _values(result, tensors, passed)
    kept = {_made_by(tensor) for tensor in retaining}
    leaves = {fn: _leaf(fn, slope, names, keep) for fn, slope in slopes.items()}
    constants = {name: value for name, value in tensors.items() if not value.requires_grad}
    walked = {
        fn: (
            _box(fn, flow, values, names, kept, keep),
            _ways(fn, flow, {*leaves, *passed}, constants, keep),
        )
        for fn, flow in passed.items()
    }
    return build(leaves, walked, unused)


def _named(given: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Tensor]:
    "Every tensor by its name; those of a module by the module's own, once they have a shape."
    found: dict[str, Tensor] = {}
    model = given[0] if given else None
    if given[1:] or not isinstance(model, (nn.Module, type(None))):
        wanted = "a torch.nn.Module, and tensors go by name"
        got = ", ".join(type(each).__name__ for each in given)
        raise TypeError(f"model must be {wanted}, got {got}")
    for name, value in (("", model), *named.items()):
        if isinstance(value, nn.Module):
            found.update(value.named_parameters(name, remove_duplicate=False))
            buffers = value.named_buffers(name, remove_duplicate=False)
            found.update((key, each) for key, each in buffers if not is_lazy(each))
        elif isinstance(value, Tensor):
            found[name] = value
        elif name:
            wanted = "a tensor or a module"
            raise TypeError(f"{name} must be {wanted}, got {type(value).__name__}")
    return found


def _inputs(fn: Any) -> list[Any]:
    return [below for below, _ in fn.next_functions if below is not None]


def _made_by(tensor: Tensor) -> tuple[Any, int]:
    "The function that made it, and which of its outputs it is."
    return tensor.grad_fn, tensor.output_nr


def _check_recorded(result: Tensor) -> None:
    if result.numel() != 1:
        got = f"got shape {tuple(result.shape)}"
        raise ValueError(f"result must be one number, {got}: use .sum() or .mean()")
    if not result.requires_grad:
        why = "is it detached, or under no_grad?"
        raise ValueError(f"autograd recorded nothing on the way to result: {why}")
    if result.grad_fn is None:
        raise ValueError("result must come from an operation, got a leaf: nothing was recorded yet")


def _placed(
    tensors: dict[str, Tensor], functions: list[Any]
) -> tuple[dict[Any, str], tuple[str, ...]]:
    "The names of each tensor, by where it was made; those that are not on the way. A constant may leave no trace."
    leaves = {id(fn.variable) for fn in functions if hasattr(fn, "variable")}
    known, names, unused = {*functions}, dict[Any, str](), list[str]()
    for name, value in tensors.items():
        here = id(value) if value.grad_fn is None else _made_by(value)
        if value.requires_grad and here not in leaves and value.grad_fn not in known:
            unused.append(name)
        else:
            names[here] = f"{names[here]}, {name}" if here in names else name
    return names, tuple(unused)


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


@contextmanager
def _unchanged(*given: Any) -> Iterator[None]:
    "Put back the running means of a BatchNorm, which a checkpoint moves as it computes again."
    modules = [module for each in given if isinstance(each, nn.Module) for module in each.modules()]
    norms = [module for module in modules if isinstance(module, nn.modules.batchnorm._NormBase)]
    stats = [each for norm in norms for each in norm.buffers(recurse=False) if not is_lazy(each)]
    before = [each.clone() for each in stats]
    try:
        yield
    finally:
        for each, value in zip(stats, before, strict=True):
            each.data.copy_(value)  # what was saved of it stays fit for use


@dataclass
class _Flow:
    "What one function was seen to do."

    came: list[Any]  # for each output, what came in
    went: list[Any]  # for each input, what went out
    local: list[Any]  # d(output)/d(input) where both are single numbers; empty: not known
    saved: dict[str, Any]  # what it had saved, by name


def _walked(
    result: Tensor, functions: list[Any], retaining: list[Tensor], keep: _Keeper
) -> tuple[dict[Any, _Flow], dict[Any, Any]]:
    "What each function did, in the order of the walk; what each leaf would get."
    leaves = [fn for fn in functions if hasattr(fn, "variable") and fn.variable.requires_grad]
    if not leaves:
        wanted = "no leaf on the way to result requires a gradient any more"
        raise ValueError(f"{wanted}: call requires_grad_() on one")
    passed: dict[Any, _Flow] = {}
    hooks = [
        fn.register_hook(_noting(fn, passed, keep))
        for fn in functions
        if not hasattr(fn, "variable") or not fn.variable.requires_grad
    ]
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
    return passed, {fn: keep(grad, True) for fn, grad in zip(leaves, grads, strict=True)}


def _noting(fn: Any, passed: dict[Any, _Flow], keep: _Keeper) -> Any:
    def hook(went: tuple[Any, ...], came: tuple[Any, ...]) -> None:
        passed[fn] = _Flow([*map(keep, came)], [*map(keep, went)], _local(fn, came), _saved(fn))

    return hook


def _local(fn: Any, came: tuple[Any, ...]) -> list[Any]:
    "PyTorch's own rule with 1 coming in, for each input that is a single number: d(output)/d(input)."
    single = len(came) == 1 and came[0] is not None and came[0].numel() == 1
    if not single or came[0].is_complex() or not callable(fn):
        return []
    try:
        with torch.no_grad():
            went = fn(torch.ones_like(came[0]))
    except RuntimeError:  # a checkpoint hands out what it computed again once only
        return []
    dense = [
        slope if slope is not None and slope.layout == torch.strided else None
        for slope in (went if isinstance(went, tuple) else (went,))
    ]
    return [None if slope is None or slope.numel() != 1 else slope.item() for slope in dense]


def _why(error: str) -> str:
    if "second time" in error:
        return "the record was walked back before, and what it saved is freed: compute result again, or keep it with backward(retain_graph=True)"
    if "use_reentrant" in error or error.startswith("Checkpointing"):  # torch 2.3
        return "a checkpoint with use_reentrant=True hides what it records: set use_reentrant=False"
    return f"the record cannot be walked back: {error.splitlines()[0]}"


_NUMPYS = (torch.float32, torch.float64, torch.complex64, torch.complex128)
_SMALL = 1000  # numbers that are always kept


class _Keeper:
    "Copies that autograd knows nothing of; when the room for large ones is used up, summaries."

    def __init__(self) -> None:
        self.room = 2**25  # bytes

    def __call__(self, value: Any, whole: bool = False) -> Any:
        "An array or its summary, a number, or a tuple of them; if `whole`, the array in any case."
        if isinstance(value, (tuple, list)):
            return tuple(map(self, value))
        if not isinstance(value, Tensor):
            return value - 2**64 if isinstance(value, int) and value >= 2**63 else value
        own = _dense(value).numpy()
        if not whole and own.size > _SMALL:
            if self.room < own.nbytes:
                sizes = np.abs(own) if np.iscomplexobj(own) else own
                return Summary(own.shape, own.dtype, (sizes.min().item(), sizes.max().item()))
            self.room -= own.nbytes
        array = own if whole and value.is_contiguous() else np.array(own)
        return array.item() if array.ndim == 0 else array


def _dense(value: Tensor) -> Tensor:
    "The same numbers, where, laid out and typed as numpy can have them."
    dense = value.detach()
    if dense.is_nested:
        dense = torch.cat([each.flatten() for each in dense.unbind()])
    elif dense.layout != torch.strided:
        dense = dense.to_dense()
    if dense.dtype not in _NUMPYS and (dense.is_floating_point() or dense.is_complex()):
        dense = dense.to(torch.complex64 if dense.is_complex() else torch.float32)
    return dense.cpu().resolve_conj().resolve_neg()


def _saved(fn: Any) -> dict[str, Any]:
    "The tensors that a function saved for the walk back, by name; none where a checkpoint keeps them from us."
    try:
        if hasattr(fn, "saved_tensors"):
            named = {f"saved {i}": value for i, value in enumerate(fn.saved_tensors)}
        else:
            named = {name[7:]: getattr(fn, name) for name in dir(fn) if name.startswith("_saved_")}
    except RuntimeError:
        return {}
    return {name: value for name, value in named.items() if _tensors(value)}


def _tensors(value: Any) -> list[Tensor]:
    several = value if isinstance(value, (tuple, list)) else [value]
    return [one for one in several if isinstance(one, Tensor)]


def _values(
    result: Tensor, tensors: dict[str, Tensor], passed: dict[Any, _Flow]
) -> dict[Any, Tensor]:
    "The values that are still known, by the function and its output."
    saved = [
        each
        for flow in passed.values()
        for value in flow.saved.values()
        for each in _tensors(value)
    ]
    return {_made_by(value): value for value in (result, *saved, *tensors.values())}


def _leaf(fn: Any, slope: Any, names: dict[Any, str], keep: _Keeper) -> Node:
    name, value = names.get(id(fn.variable), ""), keep(fn.variable)
    return Node("AccumulateGrad", "leaf", name, value, slope, keeps=True, rule="added to .grad")


def _box(
    fn: Any,
    flow: _Flow,
    values: dict[Any, Tensor],
    names: dict[Any, str],
    kept: set[Any],
    keep: _Keeper,
) -> Node:
    outputs = [(fn, k) for k in range(len(flow.came))]
    known = tuple(keep(values.get(output)) for output in outputs)
    came, single = flow.came[0], len(outputs) == 1
    some = any(value is not None for value in known)
    return Node(
        fn.name().split("::")[-1],
        name=", ".join(names[output] for output in outputs if output in names),
        value=known[0] if single else known if some else None,
        grad=came if single else tuple(flow.came),
        shape=np.shape(came) if single and came is not None else None,
        saved={name: keep(value) for name, value in flow.saved.items()},
        keeps=any(output in kept for output in outputs),
        rule=rule_of(operation_of(fn.name()), _exponent(fn)),
    )


def _exponent(fn: Any) -> Any:
    "Of a power by a number; that of a power by a tensor may belong to a checkpoint."
    return fn._saved_exponent if fn.name() == "PowBackward0" else None


def _ways(
    fn: Any, flow: _Flow, boxes: set[Any], constants: dict[str, Tensor], keep: _Keeper
) -> list[Way]:
    ways = []
    for slot, (below, output) in enumerate(fn.next_functions):
        if below in boxes:
            grad = flow.went[slot] if slot < len(flow.went) else None
            ways.append(Way(below, grad, _scalar_local(flow, grad, slot), output))
        else:
            ways.append(Way(_cut(fn, flow, slot, constants, keep), output=output))
    return ways


def _scalar_local(flow: _Flow, grad: Any, slot: int) -> float | None:
    "d(output)/d(input): by the rule; for a function of the reader's own, which runs once only, by what came and went."
    if grad is None or np.size(grad) != 1 or np.iscomplexobj(grad):
        return None
    if slot < len(flow.local):
        local = flow.local[slot]
        return None if local is None or isinstance(local, complex) else float(local)
    came = flow.came[0]
    real = len(flow.came) == 1 and came is not None and not np.iscomplexobj(came)
    if real and np.size(came) == 1 and np.all(came):
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


def _cut(fn: Any, flow: _Flow, slot: int, constants: dict[str, Tensor], keep: _Keeper) -> Node:
    "What came in without a record; its value is known if it was saved."
    inputs = _ARGUMENTS.get(operation_of(fn.name()), ("self", "other"))
    saved = flow.saved.get(inputs[slot]) if slot < len(inputs) else None
    if not isinstance(saved, Tensor):
        return Node("no record", "cut")
    same = (
        name
        for name, value in constants.items()  # x.detach() and x.T share their memory with x
        if value.data_ptr() == saved.data_ptr() and value.numel() == saved.numel()
    )
    return Node("no record", "cut", next(same, ""), keep(saved))
