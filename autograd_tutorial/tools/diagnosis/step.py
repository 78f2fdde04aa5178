"One training step, looked at from all sides and left as it was found."

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from autograd_tutorial.core.checks import check_function
from autograd_tutorial.tools.diagnosis import given, loops, watching
from autograd_tutorial.tools.diagnosis.findings import Finding, Findings
from autograd_tutorial.tools.diagnosis.keeping import Kept, write
from autograd_tutorial.tools.diagnosis.places import clears, line_of_error
from autograd_tutorial.tools.diagnosis.pushing import Pushed, Slopes, push_all

_PURPOSE = "on purpose, as for a target that is to stay? Else take it away"
_SECONDS = 1.5  # for all that can be left out


def diagnose(
    loss_fn: Callable[..., Any],  # of `params` or of nothing, to the loss; or a whole step
    params: nn.Module | Tensor | Sequence[Tensor] | Mapping[str, Tensor],  # pushed, and put back
    optimizer: Optimizer | Sequence[Optimizer] | None = None,  # of `params`; is not stepped
) -> Findings:  # a `Finding` for each fault, shown as a table; empty where all agrees
    """What is silently wrong with a training step; `TypeError` or `ValueError` on bad input.

    Calls `loss_fn` often, a whole step up to its last `backward`. Pushes each tensor all along
    two ways, and 8 places of it while time allows: it may miss one. Beyond it are wrong data,
    labels shifted against their inputs, errors that cancel before they are squared, an optimiser
    that is made anew in each step, the rate of a whole step, and a step that is lost."""
    step = _Step(loss_fn, params, loops.check_optimizers(optimizer))
    with step.at_work():
        loss = step.first_look()
        found = [loss] if isinstance(loss, Finding) else [*step.before(), *step.watched(loss)]
    return Findings(found, step.tried)


class _Step:
    "What is known of a step so far."

    def __init__(self, loss_fn: Any, params: Any, optimizers: list[Optimizer]):
        self.model = params if isinstance(params, nn.Module) else None
        self.tensors, self.optimizers = given.tensors_by_name(params), optimizers
        check_function(loss_fn, "loss_fn")
        self.loss_fn, self.given = loss_fn, (() if given.takes_nothing(loss_fn) else (params,))
        self.pushable = {
            name: p for name, p in self.tensors.items() if p.requires_grad and p.is_floating_point()
        }
        self.kept = Kept()
        self.watch = self.new_watch()
        self.walks = 0  # at which backward a whole step ends; 0: loss_fn returns its loss
        self.own: list[str] = []  # rules on the record that are not PyTorch's
        self.loop: list[Finding] = []  # what a whole step gets wrong
        self.tried = "no slope was compared."

    def new_watch(self) -> watching.Watch:
        modules = self.model.modules() if self.model else ()
        return watching.Watch(self.kept, self.tensors.values(), modules)

    def before(self) -> Iterator[Finding]:
        "What can be seen before a loss is computed; a tensor may be frozen while others learn."
        learning = any(p.requires_grad for p in self.tensors.values())
        places: dict[tuple[str, str], list[str]] = {}
        for name, p in self.tensors.items():
            said = given.wrong_from_the_start(p, learning)
            if said and not (self.walks > 1 and p.grad is not None):
                places.setdefault(said, []).append(name)
        for (what, do), names in places.items():
            yield Finding(f"{names[0]}{what}", do, loops.listed(names))
        yield from self.loop
        yield from loops.what_is_held(self.optimizers, self.tensors)
        yield from loops.wrong_rates(self.optimizers)
        if self.model:
            yield from loops.what_is_frozen(self.optimizers, self.tensors)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        "With records on, compiled code as it is written; all is put back at the end."
        for p in self.tensors.values():
            self.kept.keep(p)
            self.kept.keep_grad(p)
        if self.model:
            self.kept.keep_module(self.model)
        compiled = "torch._dynamo" in sys.modules  # which takes seconds to import
        stance = getattr(torch.compiler, "set_stance", None) if compiled else None
        try:
            with torch.inference_mode(False), torch.enable_grad(), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with stance("force_eager") if stance else nullcontext():
                    yield
        finally:
            self.kept.rewind()

    def call(self) -> Any:
        "The loss; `ValueError` in our words if the reader's function fails."
        try:
            with watching.Until(self.walks) if self.walks else nullcontext():
                return self.loss_fn(*self.given)
        except watching.LossReached as reached:
            return reached.args[0]
        except Exception as error:
            at = line_of_error(error.__traceback__)
            said = f"{type(error).__name__} in {at or 'loss_fn'}"
            raise ValueError(f"loss_fn must run, but raised {said}: {str(error)!r}") from error

    def first_look(self) -> Any:
        "The loss, watched; of a whole step the last from which it walks back before it steps."
        leaves = [p for p in self.pushable.values() if p.is_leaf]
        grads, loss = [p.grad for p in leaves], None
        for p in leaves:
            p.grad = torch.ones_like(p)  # to see who clears it
        try:
            with self.watch.at_work():
                loss = self.call()
            self.loop = [*self.never_steps(leaves)]
        except watching.StepReached as reached:
            if loops.held([reached.args[0]]).isdisjoint(map(id, self.tensors.values())):
                what = "the optimiser that steps first in loss_fn holds none of the params"
                do = "is it another model's? Give the loss of this model by itself"
                return Finding(what, do, "loss_fn", "possible")
            self.optimizers = self.optimizers or [reached.args[0]]
            self.loop = [*self.steps_badly(reached)]
            if not self.watch.walked and self.loop:
                return self.loop[0]
            if not self.watch.walked:
                said = "loss_fn must return its loss, but an optimiser steps in it"
                raise ValueError(f"{said} before anything is walked back from") from None
        else:
            record = isinstance(loss, Tensor) and loss.requires_grad  # a detached one has none
            if not self.watch.walked or (record and id(loss) not in self.watch.walked):
                return loss
        finally:
            for p, grad in zip(leaves, grads, strict=True):
                p.grad = grad
        self.walks = len(self.watch.walked)
        self.kept.rewind()
        self.watch = self.new_watch()
        with self.watch.at_work():
            return self.call()

    def never_steps(self, leaves: list[Tensor]) -> Iterator[Finding]:
        "Whether all is there but the step."
        same = all(torch.equal(p.detach(), self.kept.tensors[id(p)][1]) for p in leaves)
        closure = getattr(self.loss_fn, "__name__", "") == "closure"
        closure |= any(isinstance(each, torch.optim.LBFGS) for each in self.optimizers)
        if self.watch.walked and not self.watch.dirty and same and not closure:
            what = "loss_fn clears gradients and walks back, but no optimiser steps in it"
            yield Finding(what, "is optimizer.step() called elsewhere?", "loss_fn", "possible")

    def steps_badly(self, reached: watching.StepReached) -> Iterator[Finding]:
        "What a loop does with gradients between clearing, walking back and stepping."
        optimizer, args, kwargs = reached.args
        closure = any(map(callable, [*args[1:], *kwargs.values()]))
        ours = [p for p in self.pushable.values() if id(p) in loops.held([optimizer])]
        at, walked = line_of_error(reached.__traceback__), self.watch.walked
        dirty = all(id(p) in self.watch.dirty for p in ours)
        if not watching.largest_slope(ours) and not closure:
            if self.watch.got:
                what = "gradients are cleared after backward, before the optimiser steps"
                yield Finding(what, "call zero_grad before backward, or after the step", at)
            elif not walked:
                what = "the optimiser steps before backward, with every gradient cleared"
                yield Finding(what, "call loss.backward() first", at)
        elif walked and dirty and not clears(reached, {id(p) for p in ours}):
            what = "gradients are not cleared: backward adds to those of the step before"
            yield Finding(what, "call zero_grad() of this optimiser before backward", at, "likely")
        elif (now := watching.largest_slope(ours)) < 1e-7 * self.watch.got:
            what = f"the largest slope is {self.watch.got:.1g} after backward"
            yield Finding(f"{what}, {now:.1g} at the step", "clip it less", at, "likely")

    def watched(self, loss: Any) -> Iterator[Finding]:
        "What was seen while the loss was computed, then what its slopes say."
        changed = [
            name
            for name, p in self.tensors.items()
            if not torch.equal(p.detach(), self.kept.tensors[id(p)][1]) and p.isfinite().all()
            if id(p) not in self.watch.lawful
        ]
        if changed:
            what = f"loss_fn changes {changed[0]} in place"
            sure = "possible" if self.walks > 1 else "certain"  # may be put back, after two walks
            yield Finding(what, "compute with a copy", loops.listed(changed), sure)
        if isinstance(loss, Tensor):
            yield from (self.watch.broadcasts[i] for i in sorted(self.watch.mark(loss).open))
        yield from self.watch.misread
        met = list(self.watch.modules.values())
        ours = [each for each in met if not self.model or id(each) in self.watch.ours]
        yield from loops.wrong_modes(ours, self.watch.drops)
        yield from self.unknown(loss)
        wrong = given.wrong_loss(loss, *self.watch.broken)
        found = wrong or [*self.slopes(loss)]
        yield from found
        flat = any("every slope along" in one.what for one in found)
        if wrong or flat or any("autograd says" in one.what for one in found):
            yield from self.suspects(wrong or flat)

    def unknown(self, loss: Any) -> Iterator[Finding]:
        "What learns in the model's forward and is none of its params."
        mine = {id(v) for module in self.watch.modules.values() for v in vars(module).values()}
        steps = _record(loss) if isinstance(loss, Tensor) else set()
        unheld = {id(step.variable) for step in steps if hasattr(step, "variable")}
        unheld -= loops.held(self.optimizers)
        strangers = [each for each in self.watch.strangers.values() if id(each[0]) in unheld]
        lines = [at for p, at in strangers if isinstance(p, nn.Parameter) or id(p) in mine]
        if lines:
            what = f"{len(lines)} tensors learn in the model, and model.parameters() lacks them"
            do = "keep them in __init__: tensors as nn.Parameter, lists of layers as nn.ModuleList"
            yield Finding(what, do, lines[0], "likely")

    def suspects(self, steps: Any) -> Iterator[Finding]:
        "Where the record was left; a rule of the reader's own does so as a matter of course."
        for by, line in list(dict.fromkeys(self.watch.steps))[:3] if steps else ():
            yield Finding(f"{by} has no slope but 0", "use what is smooth", line, "possible")
        for by, line in dict.fromkeys(self.watch.cuts):
            if self.own and by == "no_grad":
                continue
            yield Finding(f"loss_fn leaves the record behind with {by}", _PURPOSE, line, "possible")

    def slopes(self, loss: Tensor) -> Iterator[Finding]:
        "What gradients say, by themselves and beside pushes."
        grads = self.gradients(loss)
        if isinstance(grads, Finding):
            yield grads
            return
        rules = _rules_on_record(loss)
        self.own = [rule.__name__ for rule in rules if not rule.__module__.startswith("torch.")]
        self.kept.rewind()
        begun = time.monotonic()
        again, middle = (float(each.detach().sum()) for each in (self.call(), loss))
        once = time.monotonic() - begun
        eps = max([self.watch.eps, *(torch.finfo(p.dtype).eps for p in self.pushable.values())])
        if abs(again - middle) > 32 * eps * abs(middle):
            what = "loss_fn gives two losses for the same params, so no push was tried"
            do = "does it take the next batch, remember, or draw by itself? Give it one batch"
            yield Finding(what, do, "loss_fn", "possible")
            return
        nudged = self.nudged()
        if isinstance(nudged, Finding):
            nudged = grads
        yield from loops.wrong_sizes(grads, nudged, loss)
        yield from loops.twin_units(self.model, grads)
        yield from loops.swamped(self.optimizers, self.tensors, grads)
        climbs = any(group.get("maximize") for o in self.optimizers for group in o.param_groups)
        if middle < 0 and once < 0.2 and not climbs and not self.watch.broadcasts:
            yield from self.sinks(grads, middle)
        if self.model and (found := self.deaf(grads, middle)):
            yield found
        if not self.walks:  # a whole step may scale its loss, or clip its gradient
            end = begun + _SECONDS / 2
            yield from loops.past_the_edge(self.optimizers, self.tensors, loss, end)
        slopes = [
            Slopes(name, p, grads[name], self.watch.lawful.get(id(p)))
            for name, p in self.pushable.items()
            if self.watch.lawful.get(id(p)) != slice(None)
            and ((g := grads[name]) is None or g.isfinite().all())
        ]
        left = max(_SECONDS / 2, begun + _SECONDS - time.monotonic())
        several = max(1, round(4 * once * len(slopes) / left))  # where time is short
        pushed = [
            Pushed(slopes[i : i + several], self.loss_with, middle, eps)
            for i in range(0, len(slopes), several)
        ]
        push_all(pushed, time.monotonic() + left)
        late = sum(len(one.parts) for one in pushed if not one.tried)
        self.tried = f"{sum(one.tried for one in pushed)} slopes agree with a push"
        self.tried += f"; time was up for {late} tensors." if late else "."
        yield from self.compared(pushed, grads, nudged)

    def compared(
        self, pushed: list[Pushed], grads: loops.Grads, nudged: loops.Grads
    ) -> Iterator[Finding]:
        "What differs, and what is flat here and nearby."
        bad = {name: g for name, g in grads.items() if g is not None and not g.isfinite().all()}
        for name, grad in list(bad.items())[:1]:
            what = f"the gradient of {name} has {int((~grad.isfinite()).sum())} nan or inf"
            by, line = self.watch.broken
            do = f"look at {by} in {line}" if by else "is there a root or a log of 0?"
            yield Finding(what, do, loops.listed([*bad]))
        for lost in (True, False):
            wrong = [one for one in pushed if one.wrong and one.lost == lost]
            if wrong:
                do, sure = self.why(wrong[0], lost, grads)
                where = loops.listed([name for one in wrong for name in one.names])
                yield Finding(wrong[0].wrong, do, where, sure)
        flat = [name for one in pushed if one.flat and one.tried for name in one.names]
        flat = [n for n in flat if not _any(nudged.get(n)) and not self.cancels(n, grads)]
        if flat:
            sure = "possible" if any(map(_any, grads.values())) else "likely"
            do = "a minimum, dead units, or no way leads to it"
            yield Finding(f"every slope along {flat[0]} is 0", do, loops.listed(flat), sure)

    def cancels(self, name: str, grads: loops.Grads) -> bool:
        "Whether it is the bias of a layer that learns, as before a difference or a softmax."
        layer, _, kind = name.rpartition(".")
        beside = [_any(g) for n, g in grads.items() if n.rpartition(".")[0] == layer]
        return kind in ("b", "bias") and grads[name] is not None and any(beside)

    def why(self, wrong: Pushed, lost: bool, grads: loops.Grads) -> tuple[str, str]:
        "What to ask where slopes differ, and how sure it is that they should not."
        if self.own or any(one.p._backward_hooks for one in wrong.parts):
            return f"does {self.own[0] if self.own else 'its hook'} mean that?", "possible"
        if not self.watch.cuts:
            return "what is used that was computed before, or changed in memory?", "certain"
        learns = {id(self.pushable[name]) for name, grad in grads.items() if _any(grad)}
        cut = {id(one.p) for one in wrong.parts}
        groups = [loops.held([each]) for each in self.optimizers]  # the other net of two is cut off
        apart = groups and not any(held & cut and held & learns for held in groups)
        meant = not lost or apart or any(by == "no_grad" for by, _ in self.watch.cuts)
        return "what left the record?", "possible" if meant else "likely"

    def gradients(self, loss: Tensor) -> dict[str, Tensor | None] | Finding:
        "Of all that is pushed; or why there is none."
        names, tensors = list(self.pushable), list(self.pushable.values())
        if not tensors:
            return {}
        try:
            if any(rule.__name__ == "CheckpointFunction" for rule in _rules_on_record(loss)):
                for p in tensors:  # it refuses torch.autograd.grad, or is passed by
                    p.grad = None
                loss.sum().backward(retain_graph=True)
                found = [p.grad for p in tensors]
                self.kept.rewind()
            else:
                loss = loss.sum()
                found = [*torch.autograd.grad(loss, tensors, retain_graph=True, allow_unused=True)]
        except RuntimeError as error:
            said = str(error).splitlines()[0]
            return Finding(f"autograd cannot walk back: {said!r}", "mend that first", "loss_fn")
        dense = [None if g is None else g.detach().to_dense() for g in found]
        return dict(zip(names, dense, strict=True))

    def nudged(self) -> dict[str, Tensor | None] | Finding:
        "The gradients nearby: what is 0 by its start alone is so no longer."
        self.kept.rewind()
        for p, other in zip(self.pushable.values(), self.elsewhere(0.01), strict=True):
            write(p, other)
        torch.rand(97)  # what is left out by chance is another thing now
        try:
            return self.gradients(self.call())
        finally:
            self.kept.rewind()

    def elsewhere(self, far: float, seed: int = 0) -> list[Tensor]:
        "Numbers that are off by chance, by `far` times their size."
        g, ps = torch.Generator().manual_seed(seed), [p.detach() for p in self.pushable.values()]
        noise = [torch.randn(p.shape, generator=g).to(p) for p in ps]
        sizes = [far * max(0.1, float(p.abs().mean())) for p in ps]
        return [p + size * z for p, size, z in zip(ps, sizes, noise, strict=True)]

    def sinks(self, grads: loops.Grads, middle: float) -> Iterator[Finding]:
        "A loss that is below 0 wherever it is tried, and ever lower, as what lacks a minus is."
        ps = [p for name, p in self.pushable.items() if grads[name] is not None]
        slopes = [g for g in grads.values() if g is not None]
        unit = max(1.0, loops.norm(ps)) / max(1e-12, loops.norm(slopes))
        places = [self.elsewhere(t, i) for t in (10, 100) for i in range(4)]
        tried = [self.loss_with(self.pushable.values(), place) for place in places]
        for t in (0.01, 0.1, 0.3, 1, 3):  # uphill
            place = [p + t * unit * g for p, g in zip(ps, slopes, strict=True)]
            tried.append(self.loss_with(ps, place))
        near, far = ([loss for loss in some if loss == loss] for some in (tried[:4], tried[4:8]))
        high = any(loss >= 0 for loss in tried)
        if near and far and not high and min(far) < 3 * min(near):
            what = f"the loss is {middle:.4g}, below 0 wherever params move, and falls without end"
            yield Finding(what, "is its sign wrong?", "loss_fn", "possible")

    def loss_with(self, tensors: Iterable[Tensor], numbers: Iterable[Tensor]) -> float:
        "The loss where tensors hold other numbers."
        for p, other in zip(tensors, numbers, strict=True):
            write(p, other)
        try:
            return float(self.call().detach().sum())
        finally:
            self.kept.rewind()

    def deaf(self, grads: loops.Grads, middle: float) -> Finding | None:
        "Whether loss and gradients stay what they are, to the last digit, with another batch."
        assert self.model
        changed: list[Tensor] = []

        def swap(_: nn.Module, *batch: Any) -> Any:
            return loops.other_batch(batch, changed)

        try:
            with self.model.register_forward_pre_hook(swap, with_kwargs=True):
                loss = self.call()
            if not changed or float(loss.detach().sum()) != middle:
                return None
            others = self.gradients(loss)
        except Exception:  # a script takes no hook; of inputs it refuses there is nothing to say
            return None
        finally:
            self.kept.rewind()
        pairs = [(g, others[n]) for n, g in grads.items()] if isinstance(others, dict) else []
        for one, other in pairs:
            if one is not other and (one is None or other is None or not torch.equal(one, other)):
                return None
        if not any(_any(one) for one, _ in pairs):
            return None
        what = "the loss does not depend on the batch: other inputs give the same loss and slopes"
        return Finding(what, "is it computed from what the model returns now?", "loss_fn", "likely")


def _rules_on_record(loss: Tensor) -> list[type]:
    "The classes of torch.autograd.Function on the record of `loss`."
    return [node._forward_cls for node in _record(loss) if hasattr(node, "_forward_cls")]


def _record(loss: Tensor) -> set[Any]:
    "All steps on the record of `loss`."
    seen: set[Any] = set()
    left = [loss.grad_fn]
    while left:
        node = left.pop()
        if node is not None and node not in seen:
            seen.add(node)
            left += [before for before, _ in node.next_functions]
    return seen


def _any(grad: Tensor | None) -> bool:
    return grad is not None and bool(grad.any())
