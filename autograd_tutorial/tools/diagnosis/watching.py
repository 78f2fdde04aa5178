"A loss while it is computed: what meets what, where records are left behind, which rules differ."

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import combinations, zip_longest
from math import isinf, prod
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakTensorKeyDictionary

from autograd_tutorial.tools.diagnosis.findings import Finding
from autograd_tutorial.tools.diagnosis.keeping import Kept, has_memory
from autograd_tutorial.tools.diagnosis.meanings import Meanings
from autograd_tutorial.tools.diagnosis.places import line_at_work

_PAIRS = re.compile(  # elementwise, of two: add, __radd__, add_, __iadd__
    r"(__[ri]?)?(add|sub|rsub|subtract|mul|multiply|div|divide|true_?divide?|truediv|floordiv|pow"
    r"|float_power|max|min|maximum|minimum|fmax|fmin|hypot|atan2|where|xlogy|logaddexp|lerp"
    r"|addcmul|addcdiv|gt|ge|lt|le|eq|ne|cosine_similarity)(__|_)?"
)
_ASKS = ("gt", "ge", "lt", "le", "eq", "ne")
_LOSSES = re.compile(
    r"(mse|l1|smooth_l1|huber|poisson_nll|gaussian_nll|soft_margin"
    r"|hinge_embedding)_loss|kl_div|dist"
)
_ALONG = re.compile(
    r"(log_)?softm(ax|in)|cum\w+|sort|\w*norm\w*|fft\w*|roll|flip"
)  # not elementwise
_REDUCED = re.compile(r"(nan)?(mean|sum)|(linalg_)?(vector_|matrix_)?norm|trace")
_TO_ONE = re.compile(r"a?max|a?min|(nan)?(median|quantile)|std|var|logsumexp")
_IN_PLACE = re.compile(r"__(i\w+|setitem)__|\w*[a-z0-9]_|(batch|instance)_norm")
_BLANK = re.compile(r"(zeros|ones|full|empty|rand\w*)_like|new_(zeros|ones|full|empty)")
_CUTS = {
    "item": ".item()",
    "detach": ".detach()",
    "data": ".data",
    "tolist": ".tolist()",
    "tensor": "torch.tensor(...)",
    "new_tensor": ".new_tensor(...)",
    "__float__": "float(...)",
    "register_hook": ".register_hook(...)",
    "fake_quantize_per_tensor_affine": "fake_quantize",
    "fake_quantize_per_channel_affine": "fake_quantize",
}


_STEPS = re.compile(  # flat wherever they have a slope at all
    r"argmax|argmin|(round|floor|ceil|sign|trunc)_?|long|int|bool|heaviside|_*(gt|ge|lt|le|eq|ne)_*"
)


class _Mark(NamedTuple):
    "Where a tensor comes from."

    data: bool = False
    params: bool = False
    by_hand: bool = False  # it got a dimension of 1 by None, unsqueeze or view
    turned: bool = False  # by .T
    open: frozenset[int] = frozenset()  # broadcasts that nothing but elementwise steps followed


class StepReached(BaseException):
    "An optimiser was about to step: which, and its arguments. No `except Exception` stops it."


class LossReached(BaseException):
    "A loss was about to be walked back from: which."


class Until(TorchFunctionMode):
    "Ends a whole step where it would walk back for the last time."

    def __init__(self, walks: int):
        super().__init__()
        self.left = walks

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if getattr(func, "__name__", "") == "backward":
            self.left -= 1
            if not self.left:
                raise LossReached(args[0])
        return func(*args, **(kwargs or {}))


class Watch(TorchFunctionMode):
    "Sees every function of PyTorch that a loss calls, and every module."

    def __init__(self, kept: Kept, params: Iterable[Tensor], ours: Iterable[nn.Module] = ()):
        super().__init__()
        self.kept, self.ours = kept, {id(module) for module in ours}
        self.marks: MutableMapping[Tensor, _Mark] = WeakTensorKeyDictionary()
        self.cuts: list[tuple[str, str]] = []  # by what, in which line
        self.steps: list[tuple[str, str]] = []  # the same of what is flat almost everywhere
        self.broadcasts: list[Finding] = []
        self.meanings, self.misread = Meanings(), list[Finding]()
        self.lawful: dict[int, Any] = {}  # by a tensor's id, the rows whose rule differs on purpose
        self.modules: dict[int, nn.Module] = {}
        self.inside = 0  # how many modules of the reader's model are at work
        self.strangers: dict[int, tuple[Tensor, str]] = {}  # what learns in them and is not theirs
        self.drops = ""  # the line of a dropout that is at work
        self.walked: list[int] = []  # the ids of losses that were walked back from
        self.dirty: set[int] = set()  # the ids of params with a gradient before the first walk
        self.got = 0.0  # the largest slope, by a walk
        self.broken = ("", "")  # what first made nan, inf or a slope without end, in which line
        self.eps = 0.0  # of the coarsest floats that are met
        self.looks_away = False
        self.known = WeakTensorKeyDictionary()
        for p in params:
            self.marks[p], self.known[p] = _Mark(params=True), True

    @contextmanager
    def at_work(self) -> Iterator[None]:
        "Sees what the block calls, and stops it before an optimiser steps."
        every = nn.modules.module
        meets = every.register_module_forward_pre_hook(self._meet)
        leaves = every.register_module_forward_hook(self._leave, always_call=True)
        with meets, leaves, register_optimizer_step_pre_hook(self._refuse), self:
            yield

    def _meet(self, module: nn.Module, given: tuple[Any, ...]) -> None:
        self.modules[id(module)] = module
        self.inside += id(module) in self.ours
        self.looks_away = True
        self.kept.keep_module(module)
        self.looks_away = False
        for buffer in module.buffers():
            self.marks[buffer] = _Mark()
        starts = [n[:-2] for n, _ in module.named_buffers(recurse=False) if n.endswith("_u")]
        normed = [getattr(module, f"{start}_orig", None) for start in starts]
        normed += [given[0]] if type(module).__name__ == "_SpectralNorm" else []
        self.lawful |= {id(p): slice(None) for p in normed}  # its power iteration has no record

    def _refuse(self, *given: Any) -> None:
        raise StepReached(*given)

    def _leave(self, module: nn.Module, *_: Any) -> None:
        self.inside -= id(module) in self.ours

    def mark(self, tensor: Tensor) -> _Mark:
        leads, whole = tensor.requires_grad, tensor._base
        by_hand = whole is not None and tensor.dim() > whole.dim()  # torch 2.3 shows no x[:, None]
        ours = self.marks.get(tensor)
        return ours or _Mark(not (leads and tensor.is_leaf), params=leads, by_hand=by_hand)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if self.looks_away:
            return func(*args, **kwargs)
        name = getattr(func, "__name__", "")
        name = func.__self__.__name__ if name == "__get__" else name
        tensors = list(_tensors_in([*args, *kwargs.values()]))
        for each in tensors:
            if each.requires_grad:
                self.kept.keep_grad(each)
            if self.inside and each.requires_grad and each.is_leaf and each not in self.known:
                self.strangers.setdefault(id(each), (each, line_at_work()))
            if each not in self.marks and _IN_PLACE.fullmatch(name):
                self.kept.keep(each)
        leads = any(each.requires_grad for each in tensors)
        self._look(name, func, args, kwargs, tensors if leads else [])
        marks = [self.mark(each) for each in tensors]
        result = func(*args, **kwargs)
        if name == "backward":
            self.got = max(self.got, largest_slope(self.known))
        if name in ("relu", "relu_") and leads and has_memory(result) and not result.any():
            self.steps.append(("relu, which gives 0 everywhere,", line_at_work()))
        if "dropout" in name and has_memory(result) and not torch.equal(result, tensors[0]):
            self.drops = self.drops or line_at_work() or "dropout"
        hard = name == "gumbel_softmax" and (result.detach() % 1 == 0).all()
        if leads and (hard or name in _CUTS):
            self.cuts.append((_CUTS.get(name, "gumbel_softmax(hard=True)"), line_at_work()))
        for made in _tensors_in([result]):
            if made.is_floating_point():
                self.eps = max(self.eps, torch.finfo(made.dtype).eps)
                if not self.broken[0] and _breaks(name, made, args, tensors):
                    self.broken = name.strip("_"), line_at_work()
            self.marks[made] = self._mark_of(made, name, args, tensors, marks)
            self.meanings.note(made, name, args, kwargs, tensors)
        return result

    def _look(self, name: str, func: Any, args: Any, kwargs: Any, learn: list[Tensor]) -> None:
        "Note what is at work before it works; `learn` is what it is given, if that has a record."
        hidden = not torch.is_grad_enabled() and "no_grad" not in dict(self.cuts)
        if learn and hidden and name not in _CUTS:
            self.cuts.append(("no_grad", line_at_work()))
        real = learn and all(map(has_memory, learn))
        for what, do, sure in self.meanings.misread(name, args, kwargs) if real else ():
            self.misread.append(Finding(what, do, line_at_work(), sure))
        if learn and _STEPS.fullmatch(name):
            self.steps.append((name.strip("_"), line_at_work()))
        by_share = name in ("softmax", "log_softmax", "cross_entropy")
        if learn and by_share and 1 in learn[0].shape[1:]:
            self.steps.append((f"{name} of 1 number", line_at_work()))
        if name in ("embedding", "embedding_bag") and hasattr(func, "__code__"):
            given = inspect.signature(func).bind(*args, **kwargs).arguments
            if given.get("scale_grad_by_freq") or given.get("max_norm") is not None:
                self.lawful[id(given["weight"])] = slice(None)
            elif given.get("padding_idx") is not None:
                self.lawful[id(given["weight"])] = given["padding_idx"]
        if name == "backward":
            if not self.walked:
                self.dirty = {id(p) for p in self.known if largest_slope([p])}
            self.walked.append(id(args[0]))

    def _mark_of(
        self, made: Tensor, name: str, args: Any, tensors: list[Tensor], marks: list[_Mark]
    ) -> _Mark:
        "Where a result comes from."
        if not tensors or _BLANK.fullmatch(name):
            return _Mark(data=name in ("tensor", "as_tensor"))
        data, params = any(one.data for one in marks), any(one.params for one in marks)
        expands = name in ("unsqueeze", "expand_dims")
        index = args[1] if len(args) > 1 and isinstance(args[1], tuple) else args[1:]
        expands |= name == "__getitem__" and any(each is None for each in index)
        expands |= name in ("view", "reshape") and 1 in made.shape
        same = made.shape == tensors[0].shape
        by_hand = expands or (same and marks[0].by_hand)
        turned = name in ("T", "t", "mT", "transpose") or (same and marks[0].turned)
        return _Mark(data, params, by_hand, turned, self._open(made, name, tensors, marks))

    def _open(
        self, made: Tensor, name: str, tensors: list[Tensor], marks: list[_Mark]
    ) -> frozenset[int]:
        "Broadcasts from which only elementwise steps and means led to this result."
        before = frozenset[int]().union(*(one.open for one in marks))
        is_loss = _LOSSES.fullmatch(name)
        if len(tensors) > 1 and (is_loss or _PAIRS.fullmatch(name)):
            met = list(zip(tensors, marks, strict=True))[: 2 if is_loss else 3]
            full = _shape_of(*(each for each, _ in met))
            ready = [each for each, one in met if not one.open and (one.data or one.params)]
            joined = prod(full) > 1 and any(each.shape == full for each in ready)
            after = frozenset() if joined else before
            pairs = [] if any(each.shape == made.shape for each, _ in met[2:]) else met
            found = [self._broadcast(name, *a, *b) for a, b in combinations(pairs, 2)]
            return after | {at for at in found if at is not None}
        if len(tensors) == 1 or name == "stack":
            same = made.numel() == sum(each.numel() for each in tensors)
            one = made.numel() == 1 and _TO_ONE.fullmatch(name)
            for at in before if name in ("exp", "sigmoid") else ():  # a kernel, or soft bins
                if "a difference" in self.broadcasts[at].what:
                    self.broadcasts[at] = replace(self.broadcasts[at], sure="possible")
            if one or _REDUCED.fullmatch(name) or (same and not _ALONG.fullmatch(name)):
                return before
        elif "mul" in name or name in ("dot", "mm", "einsum"):  # e.flatten() @ e.flatten()
            return before if all(one.open for one in marks) else frozenset()
        return frozenset()

    def _broadcast(self, name: str, a: Tensor, mark: _Mark, b: Tensor, other: _Mark) -> int | None:
        "The number of the broadcast of two tensors, if it is one that may not be meant."
        shape = _shape_of(a, b)
        grows = prod(shape) > max(a.numel(), b.numel())
        known = all(each.data or each.params for each in (mark, other))
        if not grows or not known or not (mark.data or other.data) or _base(a) is _base(b):
            return None
        masks = name.strip("_") in _ASKS and not (a.requires_grad or b.requires_grad)
        if masks or (mark.by_hand and other.by_hand):
            return None
        if not (mark.data and other.data) and not _pairs_alike(a, b):
            return None
        shapes = f"{tuple(a.shape)} and {tuple(b.shape)}"
        said = f"{_in_words(name)} of shapes {shapes} has shape {shape}"
        meant = (a.requires_grad and b.requires_grad) or mark.turned or other.turned
        sure = "possible" if meant else "likely"
        do = "all pairs, on purpose? Else give both one shape"
        self.broadcasts.append(Finding(said, do, line_at_work(), sure))
        return len(self.broadcasts) - 1


def _shape_of(*met: Tensor) -> tuple[int, ...]:
    sizes = zip_longest(*(reversed(each.shape) for each in met), fillvalue=1)
    return tuple(max(several) for several in sizes)[::-1]


def _pairs_alike(a: Tensor, b: Tensor) -> bool:
    "Whether a size of `a`, which `b` lacks, is also one of `b` that `a` lacks."
    sizes = [*zip_longest(reversed(a.shape), reversed(b.shape), fillvalue=1)]
    return bool({x for x, y in sizes if y == 1 < x} & {y for x, y in sizes if x == 1 < y})


def _tensors_in(values: Iterable[Any]) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _tensors_in(value)


def _breaks(name: str, made: Tensor, args: Any, given: list[Tensor]) -> bool:
    "Whether nan or inf appear here, which nobody wrote, or a root of 0 that is to have a slope."
    if not given or made.dtype.itemsize < 2 or not all(map(has_memory, [made, *given])):
        return False  # inside torch.vmap there is no telling
    if name in ("sqrt", "std", "acos", "asin") and made.requires_grad and (made == 0).any():
        return True
    made = made.detach()  # or a checkpoint would count what isfinite saves
    if made.isfinite().all() or made.isnan().any():
        return bool(made.isnan().any())
    wrote = any(isinstance(each, float) and isinf(each) for each in args)
    return not wrote and not any(each.detach().isinf().any() for each in given)


def largest_slope(params: Iterable[Tensor]) -> float:
    grads = [p.grad.to_dense() for p in params if p.is_leaf and p.grad is not None]
    return max((float(g.abs().max()) for g in grads if g.numel()), default=0.0)


def _base(tensor: Tensor) -> Tensor:
    return tensor if tensor._base is None else tensor._base


def _in_words(name: str) -> str:
    words = {"add": "a sum", "sub": "a difference", "mul": "a product", "div": "a quotient"}
    found = [said for kind, said in words.items() if kind in name]
    return found[0] if found else name.strip("_")
