"What is said of a mistake that nobody listed: what it does with its inputs, or what its results share."

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import combinations, permutations, product
from typing import Any

import torch
from torch import Tensor

from autograd_tutorial.exercises.mending import mend
from autograd_tutorial.exercises.routes import in_float64
from autograd_tutorial.exercises.trials import TRIALS, Inputs, Question, Trial, apart, same

FACTORS = {
    -1.0: "the sign is the wrong way round",
    0.5: "it is half of the right one: was a factor 2 lost?",
    2.0: "it is twice the right one: was something counted twice, or a half lost?",
}
BY_INPUT: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "times": torch.mul,
    "divided by": torch.div,
    "plus": torch.add,
    "taken from": lambda want, value: value - want,
    "minus": torch.sub,
    "times the square of": lambda want, value: want * value**2,
    "divided by the square of": lambda want, value: want / value**2,
    "times the root of": lambda want, value: want * value.abs().sqrt(),
    "divided by the root of": lambda want, value: want / value.abs().sqrt(),
}
BY_LENGTH = {
    "times the length": ": is that a sum, where a mean was asked?",
    "divided by the length": ": is that a mean, where a sum was asked?",
}
FORMS: dict[str, Callable[[Tensor], Tensor]] = {
    "the square of the right one: is a root missing?": torch.square,
    "the root of the right one: is a square missing, or a root too many?": torch.sqrt,
    "1 minus the right one: is a part taken for the rest?": lambda want: 1 - want,
    "the natural logarithm of the right one: `exp()` would take it back": torch.log,
    "the right one as a power of ten: `10 **` would take it back": torch.log10,
}
CHANGES: dict[str, Callable[[Any], Any]] = {  # of an input that is no whole number, as code
    "{}.flip(0)": lambda value: value.flip(0),
    "-{}": lambda value: -value,
    "1 - {}": lambda value: 1 - value,
}
COUNTS: dict[str, Callable[[Any], Any]] = {  # of one that is
    "{} - 1": lambda value: value - 1,
    "{} + 1": lambda value: value + 1,
}
HOWS = ("sum", "mean")
LOST = "float32 lost the digits: a small push wants float64, as in `numeric_grad`"
ZERO = "it is 0 for every input: is something multiplied by 0, or cleared too early?"
ONE_EXAMPLE = "it is the same for every input: is the number of one example written in, or is it the slope of a straight line?"
ONE = "it is 1 for every input: is that the slope of something at itself?"
UPSIDE_DOWN = (
    "it is upside down, a number over the right one: is something divided that should divide?"
)
UNKNOWN = "no single factor, number or input is the fault: print what each line makes of one small example, and call `{}.hint()`"
INF = "is something divided by 0, or grown past what a float holds?"
NAN = "nan comes from the root of a number below 0, from its slope at 0, from 0 divided by 0, and from `torch.empty`: is one of them there?"


def find_clue(
    trials: list[Trial],  # of one answer, one for each seed; one of them with a problem
) -> str:  # an advice, empty if nothing is known
    "What a mistake that nobody listed does."
    first = trials[0]
    kinds = [each.problem.kind for each in trials if each.problem]
    if kinds[0] not in ("value", "shape", "record kept") or len(trials) < TRIALS:
        return ""
    for name in first.fresh:
        if all(_is_input(name, each) for each in trials):
            return f"is that `{name}`, as it came?"
    numbers = torch.cat(
        [part.flatten().float() for each in trials for part in each.tensors.values()]
    )
    if not numbers.isfinite().all():
        clue = INF if numbers.isinf().any() else NAN
        told = next(each for each in trials if each.problem)  # whose numbers stand before the clue
        finite = all(part.isfinite().all() for part in told.tensors.values())
        return f"at other inputs it is no number: {clue}" if finite else clue
    if all(each.is_twin(first) for each in trials):
        return ONE if (numbers == 1).all() else ONE_EXAMPLE if numbers.any() else ZERO
    if kinds[0] == "value" and all(map(_is_right_in_float64, range(TRIALS), trials)):
        return f"in float64 it would be right, so {LOST}"
    wrong = next(each.last for each in trials if each.problem)
    if other := _other_part(wrong, trials):
        return f"is that what belongs to {other}?"
    roles = {f"`{name}`": _role(name, wrong, trials) for name in first.fresh}
    unused = [name for name, role in roles.items() if role == "unused"]
    if 0 < len(unused) < len(first.fresh):
        return f"it does not depend on {' or '.join(unused)}: is it left out, or a number written in its place?"
    extra = [name for name, role in roles.items() if role == "extra"]
    if "value" not in kinds:
        return _reduced(wrong, trials)
    return _skipped(wrong, trials) or _pattern(wrong, trials, extra)


def _is_input(name: str, trial: Trial) -> bool:
    part, given = trial.parts.get(trial.last), trial.fresh[name]
    return isinstance(part, Tensor) and isinstance(given, Tensor) and same(part, given.detach())


def _is_right_in_float64(seed: int, once: Trial) -> bool:
    question = once.question
    again = Trial(
        question,
        once.answer,
        lambda: {name: in_float64(value) for name, value in question.draw(seed).items()},
        [{name: in_float64(want) for name, want in parts.items()} for parts in once.wants],
    )
    got, want = again.parts.get(once.last), once.wants[0].get(once.last)
    if not isinstance(got, Tensor) or not isinstance(want, Tensor) or got.shape != want.shape:
        return False
    return not apart(got, want, once.size(once.last)).any()


def _other_part(wrong: str, trials: list[Trial]) -> str:
    "The part for which it would be right."
    for name in trials[0].wants[0]:
        pairs = [(each.tensors.get(wrong), each.wants[0][name]) for each in trials]
        if name != wrong and all(same(got, want) for got, want in pairs):
            return name
    return ""


def _role(name: str, wrong: str, trials: list[Trial]) -> str:
    "Whether another value of an input moves the wrong part where it should stay (extra), or not where it should move (unused)."
    question, unmoved, extra = trials[0].question, 0, False
    pairs = sorted(permutations(range(TRIALS), 2), key=lambda pair: sum(pair) % TRIALS)
    for seed, other in pairs:
        make = partial(_mix, question, seed, other, name)
        try:
            wants = question.by_routes(make)
        except Exception:  # they do not fit together
            continue
        part = Trial(question, trials[0].answer, make, wants).tensors.get(wrong)
        moved = not same(part, trials[seed].tensors.get(wrong))
        if same(wants[0][wrong], trials[seed].wants[0][wrong]):
            extra = extra or moved
        elif moved:
            return ""
        else:
            unmoved += 1
        if unmoved == 4:
            break
    return "unused" if unmoved > 1 else "extra" if extra else ""


def _mix(question: Question, seed: int, other: int, name: str) -> Inputs:
    "Inputs with one value from another seed."
    return {**question.draw(seed), name: question.draw(other)[name]}


def _reduced(wrong: str, trials: list[Trial]) -> str:
    "What makes one of two shapes right, at every input."
    ways: list[set[str]] = []
    with suppress(Exception):  # what cannot be added up
        for each in trials:
            got, want = each.tensors[wrong].double(), each.wants[0][wrong]
            made = {f".{how}()": getattr(got, how)() for how in HOWS}
            for how, dim in product(HOWS, range(got.dim())):
                made[f".{how}({dim})"] = getattr(got, how)(dim)
            if got.dim() and len(got):
                made["[-1]"] = got[-1]
            right = {code for code, value in made.items() if _is_just(value, want)}
            whole = not got.dim() and want.numel() > 1 and _is_just(got, want.double().sum())
            ways.append(right | ({""} if whole else set()))
    both = set.intersection(*ways) if len(ways) == len(trials) else set()
    if "" in both:
        return "the right ones are added up, where they should stay apart"
    return f"its `{min(both, key=len)}` would be right" if both else ""


def _is_just(value: Tensor, want: Tensor) -> bool:
    return value.shape == want.shape and not apart(value, want, 0.0).any()


def _pattern(name: str, trials: list[Trial], extra: list[str]) -> str:
    "What wrong values have in common."
    tensors = [(each.tensors.get(name), each.wants[0][name]) for each in trials]
    pairs = [(got, want) for got, want in tensors if got is not None and got.shape == want.shape]
    if len(pairs) < len(trials):
        return ""
    got, want = (
        torch.cat([one.detach().flatten().double() for one in side])
        for side in zip(*pairs, strict=True)
    )
    spread = _spread(trials, [got for got, _ in pairs])
    wrong = [apart(one, other, trials[0].size(name)) for one, other in pairs]
    all_wrong = torch.cat([each.flatten() for each in wrong])
    return (
        _multiple(got, want)
        or (UPSIDE_DOWN if _is_steady(got * want) else "")
        or _too_much(got - want)
        or _formed(got, want)
        or _by_inputs(spread, got, want)
        or _as_if(name, trials)
        or _where(spread, all_wrong)
        or _too_many(extra)
        or _places(wrong)
        or _turned(got, want)
        or _nearly(trials, got, want)
        or mend(trials[0].answer, partial(_is_right, trials[0].question))
        or _alike(pairs)
        or _first_rows(name, trials)
        or _right_at_one(name, trials)
        or _by_hand(trials)
        or _some(all_wrong)
        or _one_row(trials)
        or UNKNOWN.format(trials[0].question.name)
    )


def _is_steady(numbers: Tensor) -> bool:
    mean = numbers.mean()
    return len(numbers) > 1 and bool((numbers - mean).abs().max() < 1e-4 * mean.abs())


def _multiple(got: Tensor, want: Tensor) -> str:
    ratio = (got / want)[want != 0]
    if got[want == 0].any() or not _is_steady(ratio):
        return ""
    factor = ratio.mean().item()
    known = [words for each, words in FACTORS.items() if abs(factor - each) < 1e-4]
    return known[0] if known else f"it is {factor:.4g} times the right one, for every input"


def _too_much(gap: Tensor) -> str:
    if not _is_steady(gap):
        return ""
    which = "large" if gap.mean() > 0 else "small"
    return f"it is {gap.mean().abs():.4g} too {which}, for every input"


def _formed(got: Tensor, want: Tensor) -> str:
    known = (words for words, form in FORMS.items() if not apart(got, form(want), 0.0).any())
    return next((f"it is {words}" for words in known), "")


def _as_if(wrong: str, trials: list[Trial]) -> str:
    "Another value of an input for which it would be right."
    fresh = trials[0].fresh
    for code, name in product(CHANGES | COUNTS, reversed(fresh)):  # settings come last
        change = (COUNTS if isinstance(fresh[name], int) else CHANGES).get(code)
        if change and all(_is_right_for(wrong, name, change, *each) for each in enumerate(trials)):
            return f"it would be right if `{name}` were `{code.format(name)}`: how does that come about?"
    return ""


def _is_right_for(
    wrong: str, name: str, change: Callable[[Any], Any], seed: int, once: Trial
) -> bool:
    given, route = once.question.draw(seed), next(iter(once.question.routes.values()))
    with suppress(Exception):  # the change may not suit the input
        made = route(*{**given, name: change(given[name])}.values())
        want = made[wrong] if isinstance(made, dict) else made
        return not apart(once.tensors[wrong], want, once.size(wrong)).any()
    return False


def _spread(trials: list[Trial], shapes: list[Tensor]) -> dict[str, Tensor]:
    "Inputs and their lengths, each as often as there are numbers in a part, over all trials."
    found = {}
    for name in trials[0].fresh:
        with suppress(Exception):  # what is no number, or does not fit
            found[f"`{name}`"] = _flat([each.fresh[name] for each in trials], shapes)
        with suppress(Exception):  # what has no sum
            found[f"the sum of `{name}`"] = _flat([t.fresh[name].sum() for t in trials], shapes)
        with suppress(Exception):  # what has no length
            found[f"the length of `{name}`"] = _flat([len(t.fresh[name]) for t in trials], shapes)
    return found


def _flat(values: list[Any], shapes: list[Tensor]) -> Tensor:
    tensors = [torch.as_tensor(each).detach().double() for each in values]
    return torch.cat([t.expand(s.shape).flatten() for t, s in zip(tensors, shapes, strict=True)])


def _by_inputs(spread: dict[str, Tensor], got: Tensor, want: Tensor) -> str:
    "The input that is in it once too often, or not often enough, up to a factor."
    found = []
    for name, values in spread.items():
        for words, make in BY_INPUT.items():
            made = make(want, values)
            ratio = (got / made)[(got != 0) | (made != 0)]
            if _is_steady(ratio):
                times = ratio.mean().item()
                factor = "" if abs(times - 1) < 1e-4 else f" and times {times:.4g}"
                why = "" if factor else BY_LENGTH.get(f"{words} {name[:10]}", "")
                found.append(f"it is the right one {words} {name}{factor}, for every input{why}")
    return min(found, key=lambda said: " and times " in said, default="")


def _where(spread: dict[str, Tensor], wrong: Tensor) -> str:
    "The sign of an input wherever it is wrong, and nowhere else."
    inputs = [(name, values) for name, values in spread.items() if name.startswith("`")]
    for name, values in inputs if not wrong.all() else ():
        for words, there in {
            "below 0": values < 0,
            "above 0": values > 0,
            "0": values == 0,
        }.items():
            if torch.equal(wrong, there):
                return f"it is wrong where {name} is {words}, and right elsewhere: what is different there?"
    return ""


def _too_many(extra: list[str]) -> str:
    if not extra:
        return ""
    return (
        f"it depends on {' and '.join(extra)}, and the right one does not: how does that come in?"
    )


def _alike(pairs: list[tuple[Tensor, Tensor]]) -> str:
    "Whether all numbers of a result are wrong in the same way, another at each input."
    flat = [(got.detach().flatten(), want.detach().flatten()) for got, want in pairs]
    if all(_is_steady((got / want)[(got != 0) | (want != 0)]) for got, want in flat):
        return "its numbers stand in the right proportion: by what are they all multiplied or divided too much?"
    if all(_is_steady(got - want) for got, want in flat):
        return "its numbers are all off by the same: what is added to each of them, or taken away?"
    return ""


def _places(wrong: list[Tensor]) -> str:
    "The numbers that are wrong where others are right, if there are few."
    if any(each.dim() != 1 or len(each) > 5 or each.shape != wrong[0].shape for each in wrong):
        return ""
    places = torch.stack(wrong).any(0).nonzero().flatten().tolist()
    where = " and ".join(map(str, places))
    return (
        f"the fault is at index {where}, the rest is right" if len(places) < len(wrong[0]) else ""
    )


def _turned(got: Tensor, want: Tensor) -> str:
    right = _is_steady((got / want).abs())
    return (
        "its sign at times is wrong, its size is not: is a difference turned round?"
        if right
        else ""
    )


def _some(wrong: Tensor) -> str:
    right = int((~wrong).sum())
    if right < len(wrong) / 10:
        return ""
    return f"{right} of {len(wrong)} numbers are right: what is different about the others?"


def _nearly(trials: list[Trial], got: Tensor, want: Tensor) -> str:
    right = [each for each in trials if each.problem is None]
    for key, value in (right[0].fresh if right else {}).items():
        others = [each.fresh[key] for each in trials if each.problem]
        if isinstance(value, int) and not {each.fresh[key] for each in right} & {*others}:
            return (
                f"for {key} = {value} it is right, for {key} = {others[0]} not: what is different?"
            )
    if right:
        return f"for {len(right)} of {len(trials)} inputs it is right: what is different about this one?"
    off = ((got - want).abs() / want.abs()).max().item()
    too_coarse = "is a step too coarse, or a number rounded?"
    return f"it is near, at most {100 * off:.2g} % off: {too_coarse}" if off < 0.02 else ""


def _is_right(question: Question, answer: Callable[..., Any]) -> bool:
    return not any(
        Trial(question, answer, partial(question.draw, seed), question.wanted(seed)).problem
        for seed in range(TRIALS)
    )


def _first_rows(wrong: str, trials: list[Trial]) -> str:
    "How much of its inputs it gets right, where it goes wrong from some row on."
    for names in _tables(trials[0]) if not trials[0].at else ():
        rows, most = 0, len(trials[0].fresh[names[0]])
        with suppress(Exception):  # others do not fit
            while rows < most - 1 and _holds(wrong, trials, names, partial(_first, rows + 1)):
                rows += 1
        if rows:
            return f"with {_cut(names, rows)} it is right, with one more it is not: what is different from there on?"
    return ""


def _tables(trial: Trial) -> list[tuple[str, ...]]:
    "Inputs with as many rows as each other."
    tensors = {k: v for k, v in trial.fresh.items() if isinstance(v, Tensor) and v.dim()}
    counts = dict.fromkeys(len(each) for each in tensors.values() if len(each) > 1)
    return [tuple(k for k, v in tensors.items() if len(v) == count) for count in counts]


def _cut(names: tuple[str, ...], rows: int) -> str:
    return " and ".join(f"`{name}[:{rows}]`" for name in names)


def _first(rows: int, value: Tensor) -> Tensor:
    return value.detach()[:rows].clone()


def _right_at_one(wrong: str, trials: list[Trial]) -> str:
    "One or two inputs with which nothing goes wrong where they are 1."
    fresh = trials[0].fresh
    pairs = combinations(fresh, 2) if len(fresh) > 2 else []
    for names in [*combinations(fresh, 1), *pairs]:
        with suppress(Exception):  # 1 may be no input
            if _holds(wrong, trials, names, _one):
                where = " and ".join(f"`{name}` is 1" for name in names)
                return f"where {where} it is right: what is done with any other?"
    return ""


def _holds(
    wrong: str, trials: list[Trial], names: tuple[str, ...], change: Callable[[Any], Any]
) -> bool:
    "Whether it is, with other values of some inputs, and not just because all is 0 there."
    again = [_with(names, change, *each) for each in enumerate(trials)]
    wants = [each.wants[0][wrong] for each in again]
    tells = all(want.any() and want.isfinite().all() for want in wants)
    return tells and not any(each.problem for each in again)


def _one(value: Any) -> Any:
    return torch.ones_like(value) if isinstance(value, Tensor) else type(value)(1)


def _by_hand(trials: list[Trial]) -> str:
    "An example with whole numbers, where there are few inputs."
    with suppress(Exception):  # they may be no inputs
        again = _with(tuple(trials[0].fresh), _whole, 0, trials[0])
        one, other = (wants[again.last] for wants in again.wants)
        if again.problem and again.at and not apart(one, other, 0.0).any():
            return f"follow it by hand with whole numbers: {again.problem.words}"
    return ""


def _one_row(trials: list[Trial]) -> str:
    "What comes of first rows alone."
    for names in _tables(trials[0]):
        with suppress(Exception):  # others do not fit
            again = _with(names, partial(_first, 1), 0, trials[0])
            one, other = (wants[again.last] for wants in again.wants)
            if again.problem and not apart(one, other, 0.0).any():
                return f"begin with {_cut(names, 1)} alone: {again.problem.words}"
    return ""


def _whole(value: Any) -> Any:
    if not isinstance(value, Tensor):
        return type(value)(2)
    return torch.arange(3, 3 + value.numel(), dtype=value.dtype).reshape(value.shape)


def _skipped(wrong: str, trials: list[Trial]) -> str:
    "The first or the last number of an input, if it changes nothing."
    for name, (place, words) in product(trials[0].fresh, ((0, "first"), (-1, "last"))):
        with suppress(Exception):  # it is a single number, or others do not fit
            for seed, each in enumerate(trials):
                again = _with((name,), partial(_moved, place), seed, each)
                if same(again.wants[0][wrong], each.wants[0][wrong]) or not again.is_twin(each):
                    break
            else:
                return f"the {words} number in `{name}` changes nothing: where is it left out?"
    return ""


def _moved(place: int, value: Tensor) -> Tensor:
    moved = value.detach().clone()
    moved[place] *= 1.5
    return moved


def _with(names: tuple[str, ...], change: Callable[[Any], Any], seed: int, once: Trial) -> Trial:
    "The same trial with other values of some inputs."

    def make() -> Inputs:
        given = once.question.draw(seed)
        for name in names:
            asks = isinstance(given[name], Tensor) and given[name].requires_grad
            given[name] = change(given[name])
            if asks:
                given[name].requires_grad_()
        return given

    return Trial(once.question, once.answer, make, once.question.by_routes(make))
