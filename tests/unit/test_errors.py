"Errors are shown and not swallowed; silent ones are found, and nothing healthy is blamed."

import itertools
import re
from collections.abc import Callable
from typing import Any

import nbformat
import pytest
import torch
from autograd_tutorial.core.theory import standardise
from autograd_tutorial.errors import expect_error
from autograd_tutorial.fit import make_data, mse, quadratic, rmse
from autograd_tutorial.pictures import explore_faults
from autograd_tutorial.pictures.errors import FAULTS, train_with_fault
from autograd_tutorial.tools.diagnosis import diagnose
from autograd_tutorial.tools.messages import words_of
from torch import Tensor
from torch.testing import assert_close

from project import ROOT

time, speed = make_data()
x = standardise(time)[0]


def new(dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.zeros(3, dtype=dtype).requires_grad_()


def healthy(p: Tensor) -> Tensor:
    return mse(quadratic(x, p), speed)


# expect_error


def test_an_error_is_printed_and_the_notebook_goes_on(capsys: pytest.CaptureFixture) -> None:
    with expect_error(RuntimeError, "does not require grad"):
        torch.zeros(()).backward()
    assert (
        capsys.readouterr().out
        == "RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn\n"
    )


def test_a_long_message_is_cut_between_words(capsys: pytest.CaptureFixture) -> None:
    with expect_error(ValueError):
        raise ValueError("word " * 100)
    out = capsys.readouterr().out
    assert out.endswith(" word ...\n") and len(out) < 120


def test_no_error_is_an_error() -> None:
    with (
        pytest.raises(AssertionError, match="no RuntimeError was raised"),
        expect_error(RuntimeError),
    ):
        pass


def test_another_message_is_not_taken_for_it(capsys: pytest.CaptureFixture) -> None:
    with (
        pytest.raises(AssertionError, match="these words") as caught,
        expect_error(RuntimeError, "these words"),
    ):
        raise RuntimeError("other")
    assert str(caught.value.__cause__) == "other" and not capsys.readouterr().out


def test_another_kind_comes_through() -> None:
    with pytest.raises(KeyError), expect_error(RuntimeError):
        raise KeyError("key")
    with pytest.raises(KeyboardInterrupt), expect_error(Exception):
        raise KeyboardInterrupt


def test_a_subclass_counts(capsys: pytest.CaptureFixture) -> None:
    with expect_error(LookupError):
        raise KeyError("key")
    assert capsys.readouterr().out.startswith("KeyError: ")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("RuntimeError",), "kind must be a class of errors"),
        ((RuntimeError("x"),), "kind must be"),
        ((RuntimeError, 3), "words must be a string"),
        ((KeyboardInterrupt,), "kind must be"),
    ],
)
def test_what_it_waits_for_is_checked(given: tuple, said: str) -> None:
    with pytest.raises(TypeError, match=said), expect_error(*given):
        pass


# Loud errors: the words that the lesson looks for are in every message


def test_the_lesson_shows_fifteen_loud_errors() -> None:
    notebook = nbformat.read(ROOT / "nbs" / "07_errors.ipynb", as_version=4)
    shown = [
        re.findall(r'expect_error\((\w+), "([^"]+)"\)', cell.source)
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.outputs
    ]
    found = [each for cell in shown for each in cell]
    assert len(found) == len(set(found)) == 16, (
        "fifteen, and the nan that autograd is asked to report"
    )


# diagnose: what is healthy


def two_layers() -> tuple[torch.nn.Module, Callable[[Any], Tensor]]:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Linear(1, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    return model, lambda _: mse(model(x[:, None])[:, 0], speed / 50)


HEALTHY: dict[str, Callable[[Tensor], Tensor]] = {
    "mse": healthy,
    "rmse": lambda p: rmse(quadratic(x, p), speed),
    "raw time": lambda p: mse(quadratic(time, p), speed),
    "a log": lambda p: (1 + (quadratic(x, p) - 1) ** 2).log().sum(),
    "a kink": lambda p: (quadratic(x, p) - speed).abs().mean(),
    "clone": lambda p: mse(quadratic(x, p.clone()), speed),
    "a detached target": lambda p: mse(quadratic(x, p), quadratic(x, p.detach() * 0 + 1)),
    "a broadcast on purpose": lambda p: (p[None] * x[:, None]).pow(2).sum() + p.sum(),
}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", HEALTHY)
@pytest.mark.parametrize("at", [(0.0, 0.0, 0.0), (-0.77, -0.75, 1.35), (20.0, -3.0, 8.0)])
def test_nothing_healthy_is_blamed(name: str, dtype: torch.dtype, at: tuple) -> None:
    assert diagnose(HEALTHY[name], torch.tensor(at, dtype=dtype).requires_grad_()) == []


def test_a_healthy_run_stays_healthy_to_its_end() -> None:
    p = new()
    for _ in range(80):
        assert diagnose(healthy, p) == []
        (slope,) = torch.autograd.grad(healthy(p), p)
        with torch.no_grad():
            p -= 0.1 * slope


def test_a_model_is_healthy_however_its_params_are_given() -> None:
    model, loss_fn = two_layers()
    assert (
        diagnose(loss_fn, list(model.parameters()))
        == diagnose(loss_fn, tuple(model.parameters()))
        == []
    )
    assert diagnose(loss_fn, dict(model.named_parameters())) == []


def with_kinks(seed: int, pooled: bool) -> tuple[torch.nn.Module, Callable[[Any], Tensor]]:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        X, y = (
            (torch.randn(8, 1, 8, 8), torch.randn(8))
            if pooled
            else (torch.randn(64, 3), torch.randn(64))
        )
        first = [
            torch.nn.Conv2d(1, 4, 3),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(2),
            torch.nn.Flatten(),
        ]
        first = first if pooled else [torch.nn.Linear(3, 16), torch.nn.ReLU()]
        net = torch.nn.Sequential(*first, torch.nn.Linear(36 if pooled else 16, 1))
    return net, lambda _: torch.nn.functional.mse_loss(net(X)[:, 0], y)


@pytest.mark.parametrize("pooled", [False, True])
def test_a_net_with_kinks_is_not_blamed(pooled: bool) -> None:
    for seed in range(20):
        net, loss_fn = with_kinks(seed, pooled)
        assert diagnose(loss_fn, dict(net.named_parameters())) == [], seed
    assert diagnose(lambda p: p.relu().sum(), new()) == []


def test_what_is_lawful_is_not_blamed() -> None:
    frozen, table = torch.ones(3), torch.arange(20.0)
    assert diagnose(lambda ps: healthy(ps[0] * ps[1]), [new(), frozen]) == []
    assert diagnose(lambda p: ((table[:, None] - p) ** 2).mean(), new()) == []


# diagnose: what is not


def in_kmh(p: Tensor) -> Tensor:
    preds = quadratic(x, p)
    kmh = preds.detach().numpy()
    kmh *= 3.6
    return mse(preds, speed)


def through_data(p: Tensor) -> Tensor:
    preds = quadratic(x, p)
    preds.data *= 3.6
    return mse(preds, speed)


def changing(p: Tensor) -> Tensor:
    with torch.no_grad():
        p += 1
    return healthy(p)


COUNTED = itertools.count()
SILENT: dict[
    str, tuple[Callable[[Tensor], Any], list[str]]
] = {  # what each sentence has to contain
    "a number": (lambda p: healthy(p).item(), ["the loss is a float", ".item()"]),
    "rebuilt": (
        lambda p: torch.tensor(healthy(p).item()).requires_grad_(),
        ["no way leads to it, a push says -93.73", ".item()"],
    ),
    "detached": (lambda p: healthy(p.detach()), ["no record", ".detach()"]),
    "cut": (
        lambda p: mse(p[0] * x**2 + (p[1] * x + p[2]).detach(), speed),
        ["params[1]: autograd says its slope is 0, a push says", ".detach()"],
    ),
    "shared by numpy": (
        in_kmh,
        ["params[0]: autograd says its slope is -93.73, a push says -337.4", ".detach()"],
    ),
    "through data": (
        through_data,
        ["autograd says its slope is -93.73, a push says -337.4", ".data"],
    ),
    "all pairs": (
        lambda p: ((quadratic(x, p)[:, None] - speed) ** 2).mean(),
        ["shapes (20, 1) and (20,) has shape (20, 20)"],
    ),
    "all pairs by a loss": (
        lambda p: torch.nn.functional.mse_loss(quadratic(x, p)[:, None], speed),
        ["has shape (20, 20)"],
    ),
    "all pairs by a sum": (
        lambda p: ((quadratic(x, p)[:, None] + (-speed)) ** 2).mean(),
        ["has shape (20, 20)"],
    ),
    "all pairs, turned": (
        lambda p: ((-1.0 * quadratic(x, p)[:, None] + speed) ** 2).mean(),
        ["has shape (20, 20)"],
    ),
    "all pairs by a factor": (
        lambda p: (torch.add(quadratic(x, p)[:, None], speed, alpha=-1) ** 2).mean(),
        ["has shape (20, 20)"],
    ),
    "not reduced": (lambda p: (quadratic(x, p) - speed) ** 2, ["the loss has shape (20,)"]),
    "rounded": (
        lambda p: mse(quadratic(x, p.round()), speed),
        ["every slope along params is 0", "round has no slope but 0"],
    ),
    "nan": (lambda p: healthy(p) / 0 - healthy(p) / 0, ["the loss is nan"]),
    "root at 0": (
        lambda p: rmse(quadratic(x, p), torch.zeros(20)),
        ["the gradient of params has 3 nan or inf"],
    ),
    "a sum of all pairs": (
        lambda p: ((quadratic(x, p)[:, None] + speed) ** 2).mean(),
        ["a sum of shapes (20, 1) and (20,) has shape (20, 20)"],
    ),
    "the next batch": (lambda p: healthy(p) + next(COUNTED), ["two losses for the same params"]),
    "changing": (changing, ["loss_fn changes params in place"]),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SILENT)
def test_a_silent_error_is_found(name: str) -> None:
    loss_fn, wanted = SILENT[name]
    found = diagnose(loss_fn, new())
    assert len(found) == len(wanted), found
    for said, want in zip(found, wanted, strict=True):
        assert want in str(said) and "\n" not in str(said)


STATES: list[tuple[Callable[[], Tensor], str]] = [
    (lambda: torch.tensor([1, 2, 3]), "params holds int64, which has no slopes"),
    (lambda: torch.zeros(3), "params asks for no gradient"),
    (lambda: 0.1 * new(), "params is a non-leaf tensor, the result of MulBackward0"),
]


@pytest.mark.parametrize(("made", "said"), STATES)
def test_params_that_cannot_learn_are_named(made: Callable[[], Tensor], said: str) -> None:
    assert diagnose(healthy, made())[0].what.startswith(said)


def test_a_gradient_that_was_not_cleared_is_named() -> None:
    p = new()
    healthy(p).backward()
    before = p.grad.clone()
    (found,) = diagnose(healthy, p)
    assert str(found) == "params.grad is not cleared, and backward adds to it: set it to None"
    assert torch.equal(p.grad, before)
    p.grad.zero_()
    assert diagnose(healthy, p) == []


def test_old_predictions_are_found_and_their_record_is_left() -> None:
    p = new()
    once = quadratic(x, p)
    (said,) = diagnose(lambda _: mse(once, speed), p)
    assert said.what.endswith("a push says 0")
    mse(once, speed).backward()


def test_a_layer_that_is_cut_off_is_named() -> None:
    model, _ = two_layers()
    found = diagnose(
        lambda _: mse(model[2](model[1](model[0](x[:, None])).detach())[:, 0], speed / 50),
        dict(model.named_parameters()),
    )
    assert [(said.where, said.sure) for said in found][:1] == [("0.weight, 0.bias", "likely")]
    assert "no way leads to it" in found[0].what and ".detach()" in found[1].what
    assert "model[2](model[1](" in found[1].where, "the line where the record was left"


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_params_are_put_back(dtype: torch.dtype) -> None:
    p = torch.tensor([0.1, 1 / 3, 1e7], dtype=dtype).requires_grad_()
    kept = p.detach().clone()
    diagnose(healthy, p)
    assert torch.equal(p.detach(), kept) and p.grad is None and p.is_leaf and p.requires_grad


def test_params_that_the_loss_steps_are_put_back() -> None:
    p = new()
    diagnose(changing, p)
    assert torch.equal(p.detach(), torch.zeros(3))


def test_one_place_among_twenty_is_mostly_found() -> None:
    found = 0
    for i in range(20):
        kept = torch.arange(20) != i
        found += bool(
            diagnose(
                lambda p, kept=kept: ((torch.where(kept, p, p.detach()) - 1) ** 2).sum(),
                torch.zeros(20).requires_grad_(),
            )
        )
    assert found >= 12


def test_params_are_put_back_when_the_loss_fails() -> None:
    p, calls = new(), []

    def failing(p: Tensor) -> Tensor:
        calls.append(1)
        if len(calls) == 4:
            raise ZeroDivisionError
        return healthy(p)

    with pytest.raises(ValueError, match=r"raised ZeroDivisionError in .* raise Zero") as caught:
        diagnose(failing, p)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert torch.equal(p.detach(), torch.zeros(3))


def test_it_works_under_no_grad_and_on_turned_params() -> None:
    with torch.no_grad():
        assert diagnose(healthy, new()) == []
    table = (
        torch.arange(6.0)
        .reshape(2, 3)
        .T.clone(memory_format=torch.preserve_format)
        .requires_grad_()
    )
    assert not table.is_contiguous() and diagnose(lambda p: (p**2).sum(), table) == []
    assert "params[2, 1]: " in diagnose(
        lambda p: (p[:2] ** 2).sum() + (p[2].detach() ** 2).sum(), table.detach().requires_grad_()
    )[0].what.replace("[2, 0]", "[2, 1]")


@pytest.mark.parametrize(
    ("loss_fn", "params", "kind", "said"),
    [
        (
            healthy,
            3.0,
            TypeError,
            "params must be a model, a tensor, or a list or a dict of tensors, got float",
        ),
        (healthy, (p for p in [new()]), TypeError, "got generator: use list"),
        (healthy, "abc", TypeError, "got str"),
        (healthy, [new(), 2.0], TypeError, r"params\[1\] must be a tensor, got float"),
        (healthy, {"a": None}, TypeError, "a must be a tensor, got NoneType"),
        (healthy, [], ValueError, "got none"),
        (3, new(), TypeError, "loss_fn must be a function"),
    ],
)
def test_bad_input_is_refused(loss_fn: Any, params: Any, kind: type, said: str) -> None:
    with pytest.raises(kind, match=said):
        diagnose(loss_fn, params)


# The picture

ORACLE = {  # fault: what the loop prints at the end, the mse of its curve
    "rebuilt loss": (1232.78, 1232.78),
    "old preds": (1232.78, 1736048.5),
    "detached": (8.51, 8.51),
    "same memory": (7.305, 646.5),
    "all pairs": (525.97, 523.5),
    "integers": (142.4, 142.4),
}


@pytest.mark.parametrize("fault", ORACLE)
def test_a_faulty_loop_does_what_its_fault_does(fault: str) -> None:
    run = train_with_fault(fault, x, speed, 0.1, 80)
    found = run.printed[-1], mse(run.preds[-1], speed)
    assert_close(torch.stack(found), torch.tensor(ORACLE[fault]), rtol=1e-3, atol=0)


def test_the_healthy_loop_and_the_one_that_is_not_cleared() -> None:
    run = train_with_fault("healthy", x, speed, 0.1, 80)
    best = mse(
        quadratic(x, torch.linalg.lstsq(torch.stack([x**2, x, x**0], 1), speed).solution), speed
    )
    assert best <= run.printed[-1] < 1.001 * best and run.says == []
    swings = train_with_fault("not cleared", x, speed, 0.1, 80).printed
    assert_close(swings[:2], run.printed[:2])
    assert swings[40:].max() > 100 and swings.max() < 3000


def settles(printed: Tensor) -> bool:
    "Whether a loss falls, and stands still at its end."
    falls = (printed.diff() < 0.01 * printed[0]).all() and printed[-1] < 0.5 * printed[0]
    return bool(falls and printed[-5:].std() < 0.02 * printed[-1])


def test_four_of_seven_faults_settle_and_one_is_not_seen_by_diagnose() -> None:
    runs = {fault: train_with_fault(fault, x, speed, 0.1, 80) for fault in FAULTS}
    assert [fault for fault, run in runs.items() if settles(run.printed)] == [
        "detached",
        "same memory",
        "all pairs",
        "integers",
    ]
    assert [fault for fault, run in runs.items() if not run.says] == ["integers"]


@pytest.mark.parametrize(
    ("given", "kind", "said"),
    [
        (dict(time=time), ValueError, "time and speed must be given together"),
        (dict(time=time, speed=speed[1:]), ValueError, "one shape"),
        (dict(lr=-1), ValueError, "lr must be a finite number > 0, got -1"),
        (dict(steps=0), ValueError, "steps must be a whole number >= 1"),
        (dict(steps=1.5), TypeError, "steps must be a whole number"),
        (dict(time=torch.ones(20), speed=speed), ValueError, "time must vary"),
    ],
)
def test_what_cannot_be_shown_is_refused(given: dict, kind: type, said: str) -> None:
    with pytest.raises(kind, match=said):
        explore_faults(**given)


def test_a_product_that_fails_says_the_same_in_every_release() -> None:
    said = "mat1 and mat2 shapes cannot be multiplied (3x20 and 3x1)"
    for before in ("", "mm: ", "addmm: "):  # PyTorch names the product since 2.15
        assert words_of(RuntimeError(before + said)) == said
    assert words_of(ValueError("mm: of what?")) == "mm: of what?"
