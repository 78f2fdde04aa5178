"The exported helpers keep their contract, and bad input changes nothing."

import io
import re
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import datetime
from inspect import signature, unwrap
from itertools import count

import matplotlib
import numpy as np
import pytest
import torch
from autograd_tutorial.conditioning import hessian_spectrum, loss_surface
from autograd_tutorial.core import checks
from autograd_tutorial.core.steps import checked_step, finite_steps
from autograd_tutorial.core.theory import best_params, standardise
from autograd_tutorial.fit import apply_step, fit, make_data, mse, quadratic, rmse, show_preds
from autograd_tutorial.gradients import numeric_grad
from autograd_tutorial.learning_rate import stability_edge, sweep
from autograd_tutorial.optimizers import Descent, race
from autograd_tutorial.pictures import (
    explore_faults,
    explore_learning_rate,
    explore_push,
    fit_by_hand,
    show_descent,
    show_tangent,
)
from autograd_tutorial.pictures.runs import sweep_over
from autograd_tutorial.scale import share_gradients
from autograd_tutorial.tools.tuning import tune
from torch import Tensor
from torch.testing import assert_close

matplotlib.use("Agg")
import matplotlib.pyplot as plt

NAN, INF = float("nan"), float("inf")


@pytest.fixture
def data() -> tuple[Tensor, Tensor]:
    return make_data(torch.Generator().manual_seed(42))


@pytest.fixture
def params() -> Tensor:
    g = torch.Generator().manual_seed(42)
    make_data(g)
    return torch.randn(3, generator=g).requires_grad_()


@pytest.fixture(autouse=True)
def close_figures() -> None:
    yield
    plt.close("all")


def close_to(actual: Tensor | float, expected: Tensor | list | float) -> None:
    "Within 1e-4, relative: float32 sums differ in the last digits between builds."
    assert_close(
        torch.as_tensor(actual).double(),
        torch.as_tensor(expected).double(),
        rtol=1e-4,
        atol=0,
        equal_nan=True,
    )


# The article's run


def test_data_and_start_are_the_articles(data, params) -> None:
    time, speed = data
    assert time.shape == speed.shape == (20,) and time.dtype == speed.dtype == torch.float32
    close_to(params.detach(), [-0.7658386, -0.7506223, 1.3525478])
    assert_close(make_data()[1], speed)


def test_losses_and_gradients_at_the_start(data, params) -> None:
    for loss_fn, loss, grad in (
        (mse, 25823.8086, [-53195.86, -3419.715, -253.8908]),
        (rmse, 160.6979, [-165.5151, -10.6402, -0.7900]),
    ):
        found = loss_fn(quadratic(data[0], params), data[1])
        close_to(found.detach(), loss)
        (found_grad,) = torch.autograd.grad(found, params)
        assert_close(found_grad, torch.tensor(grad), rtol=1e-4, atol=0)


def test_apply_step_prints_steps_and_clears(data, params) -> None:
    before, printed = quadratic(data[0], params).detach(), io.StringIO()
    with redirect_stdout(printed):
        preds = apply_step(params, *data, lr=1e-3, loss_fn=rmse, prn=True)
        apply_step(params, *data, lr=1e-3, loss_fn=rmse, prn=True)
        apply_step(params, *data, lr=1e-3, loss_fn=rmse, prn=False)
    assert_close(preds.detach(), before)
    assert params.grad is None and params.is_leaf and params.requires_grad
    lines = printed.getvalue().splitlines()
    assert lines[0].startswith("160.6978")
    close_to([float(line) for line in lines], [160.6979, 133.2652])


def test_an_old_gradient_does_not_leak_into_the_step(data, params) -> None:
    fresh = params.detach().clone().requires_grad_()
    params.grad = torch.full((3,), 1e6)
    for p in (params, fresh):
        apply_step(p, *data, lr=1e-3, prn=False)
    assert_close(params, fresh, rtol=0, atol=0)


def test_an_interrupt_in_a_step_undoes_it(data, params) -> None:
    start, params.grad = params.detach().clone(), torch.ones(3)

    def interrupt(_: Tensor) -> None:
        raise KeyboardInterrupt

    params.register_post_accumulate_grad_hook(interrupt)
    with pytest.raises(KeyboardInterrupt):
        apply_step(params, *data, prn=False)
    assert torch.equal(params, start) and torch.equal(params.grad, torch.ones(3))


@pytest.mark.parametrize("returns", [lambda loss: loss[None], lambda loss: loss.long()])
def test_a_loss_is_checked_at_every_step(data, params, returns) -> None:
    "One that is right when first asked, and wrong from then on."

    def turning(preds, targets):
        asked.append(preds)
        loss = mse(preds, targets)
        return loss if len(asked) == 1 else returns(loss)

    entered = {"descent": lambda p: torch.optim.SGD([p], lr=1e-5)}
    for run in (
        lambda: fit(params, *data, loss_fn=turning),
        lambda: sweep([1e-5], 3, *data, params, loss_fn=turning),
        lambda: race(entered, 3, *data, params, loss_fn=turning),
        lambda: share_gradients(params, *data, [10, 10], loss_fn=turning),
    ):
        asked: list = []
        with pytest.raises((TypeError, ValueError), match="loss_fn must return"):
            run()
    assert params.grad is None


def test_a_missing_argument_is_told_with_the_function(data, params) -> None:
    with pytest.raises(TypeError, match="fit: missing a required argument: 'speed'"):
        fit(params, data[0])
    with pytest.raises(TypeError, match=r"sweep: .* unexpected keyword argument 'rates'"):
        sweep([1e-5], 3, *data, params, rates=3)


def test_fit_gives_the_articles_losses(data, params) -> None:
    expected = [
        25823.81,
        5435.536,
        1577.449,
        847.378,
        709.223,
        683.076,
        678.124,
        677.184,
        677.002,
        676.965,
        676.954,
    ]
    losses = fit(params, *data, lr=1e-5, steps=11, loss_fn=mse)
    assert losses.shape == (11,) and not losses.requires_grad
    close_to(losses, expected)


@pytest.mark.parametrize(
    ("lr", "expected"),
    [
        (1e-3, [160.6979, 133.2652, 106.2302, 79.9572, 55.3853, 35.3669, 26.4616]),
        (1e-5, [160.6979, 160.4228, 160.1477, 159.8727, 159.5977]),
    ],
)
def test_fit_on_the_rmse(data, params, lr, expected) -> None:
    close_to(fit(params, *data, lr=lr, steps=len(expected), loss_fn=rmse), expected)


def test_fit_of_no_steps_is_empty(data, params) -> None:
    start = params.detach().clone()
    assert fit(params, *data, steps=0).shape == (0,)
    assert torch.equal(params, start)


@pytest.mark.parametrize(
    ("lr", "loss_fn", "said"),
    [
        (1e-3, rmse, "stalls at 25.72, where 2.703 is"),
        (1e-5, mse, "stalls at 668.7, where 7.305 is"),
    ],
)
def test_fit_says_where_a_loss_stalls_far_above_the_best(data, params, lr, loss_fn, said) -> None:
    with pytest.warns(RuntimeWarning, match=f"{said} possible.*`standardise`"):
        fit(params, *data, lr=lr, steps=2000, loss_fn=loss_fn)


def test_fit_of_another_model(data) -> None:
    line = torch.zeros(2, requires_grad=True)
    losses = fit(line, *data, lr=5e-3, steps=3000, model=lambda time, p: p[0] * time + p[1])
    X = torch.stack([data[0], torch.ones(20)], 1)
    best = X @ torch.linalg.lstsq(X, data[1][:, None]).solution[:, 0]
    close_to(losses[-1:], [mse(best, data[1]).item()])
    with pytest.raises(ValueError, match="model must give"):
        fit(line, *data, model=lambda time, p: p[0] * time[:3])


def test_fit_that_explodes_keeps_what_was_computed(data, params) -> None:
    with pytest.warns(
        RuntimeWarning, match="stopped at step 11: the loss is inf: lr 0.001 is too large"
    ) as caught:
        losses = fit(params, *data, lr=1e-3, steps=50, loss_fn=mse)
    assert caught[0].filename == __file__
    close_to(losses[:3], [25823.8, 7.7457e7, 2.3858e11])
    assert losses.shape == (10,) and losses.isfinite().all()
    assert params.isfinite().all() and params.is_leaf and params.grad is None


def test_fit_at_a_perfect_start_says_why(data) -> None:
    time = data[0]
    perfect = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    with pytest.warns(RuntimeWarning, match="step 1: .* rmse fails at a perfect fit"):
        losses = fit(
            perfect, time, quadratic(time, perfect).detach(), lr=1e-3, steps=5, loss_fn=rmse
        )
    assert losses.shape == (0,)
    with pytest.raises(FloatingPointError, match=r"params would be \[nan, nan, nan\]"):
        apply_step(perfect, time, quadratic(time, perfect).detach(), prn=False)
    assert perfect.tolist() == [1.0, 2.0, 3.0]


def test_fit_shows_a_bar_only_when_it_is_long(data, params, capsys, monkeypatch) -> None:
    fit(params, *data, steps=10)
    assert capsys.readouterr().err == ""
    clock = iter(range(10_000))
    monkeypatch.setattr(
        "tqdm.std.time", lambda: next(clock)
    )  # each look at the clock is a second later
    fit(params, *data, steps=10)
    assert "fit" in capsys.readouterr().err


def test_sweep_equals_the_loop(data, params) -> None:
    for loss_fn in (mse, rmse):
        losses, paths = sweep([1e-6, 1e-5, 3e-5], 50, *data, params, loss_fn=loss_fn)
        assert losses.shape == (3, 51) and paths.shape == (3, 51, 3)
        for row, lr in enumerate((1e-6, 1e-5, 3e-5)):
            looped = params.detach().clone().requires_grad_()
            assert_close(
                fit(looped, *data, lr=lr, steps=50, loss_fn=loss_fn),
                losses[row, :50],
                rtol=1e-6,
                atol=0,
            )
            assert_close(looped.detach(), paths[row, 50], rtol=1e-6, atol=0)


def with_if(preds: Tensor, targets: Tensor) -> Tensor:
    miss = (preds - targets).abs()
    return (miss**2).mean() if miss.max() > 1 else miss.mean()


def with_item(preds: Tensor, targets: Tensor) -> Tensor:
    return mse(preds, targets) / (preds - targets).abs().max().item()


def with_mask(preds: Tensor, targets: Tensor) -> Tensor:
    miss = preds - targets
    return (miss[miss.abs() > 0.1] ** 2).mean()


def with_buffer(preds: Tensor, targets: Tensor) -> Tensor:
    miss = torch.zeros(20)
    miss += preds - targets
    return (miss**2).mean()


def with_slope(preds: Tensor, targets: Tensor) -> Tensor:
    (slope,) = torch.autograd.grad(mse(preds, targets), preds, create_graph=True)
    return mse(preds, targets) + slope.square().sum()


def hooked(time: Tensor, params: Tensor) -> Tensor:
    preds = quadratic(time, params)
    if preds.requires_grad:
        preds.register_hook(lambda slope: slope / 2)
    return preds


def broken_line(time: Tensor, params: Tensor) -> Tensor:
    a, b, c = params
    return a * time + b if a > 0 else c * time + b


ASIDE = (with_if, with_item, with_mask, with_buffer, with_slope)
OWN = [(loss_fn, quadratic) for loss_fn in ASIDE]


@pytest.mark.parametrize(("loss_fn", "model"), [*OWN, (mse, broken_line)])
def test_what_vmap_refuses_runs_in_a_loop_and_says_so(data, params, loss_fn, model) -> None:
    problem = dict(loss_fn=loss_fn, model=model)
    with pytest.warns(UserWarning, match="vmap refuses .* slower") as told:
        losses, _ = sweep([1e-6, 1e-5], 3, *data, params, **problem)
    assert len(told) == 1 and told[0].filename == __file__
    with pytest.warns(UserWarning, match="vmap refuses") as told:
        surface = loss_surface(*data, **GRID, **problem)
    corner = (GRID["middle"] - PLANE @ torch.tensor([1.0, 2.0])).requires_grad_()
    assert_close(surface[0, 0], loss_fn(model(data[0], corner), data[1]).detach())
    assert len(told) == 1
    with pytest.warns(UserWarning, match="vmap refuses"):
        assert tune(Descent, 1.0, 1, *data, params, **problem, lrs=[1e-6]).steps is None
    one = race({"one": lambda p: Descent(p, 1e-5)}, 3, *data, params, **problem)[0][0]
    assert_close(losses[1], one)
    with pytest.warns(UserWarning, match="vmap refuses"):
        box = explore_learning_rate(*data, params.detach(), steps=2, **problem)
    for fits in box.children[-1].spec["data"]["fits"].values():
        assert not [each for each in fits.values() if "error" in each]


def test_a_hook_that_vmap_would_miss_runs_in_a_loop_and_says_so(data, params) -> None:
    with pytest.warns(UserWarning, match="vmap gives other numbers .* slower"):
        losses, _ = sweep([1e-5], 3, *data, params, mse, hooked)
    assert_close(
        losses[0, :3], fit(params.detach().clone().requires_grad_(), *data, 1e-5, 3, mse, hooked)
    )
    many = [each.repeat(6) for each in data]  # a hook has no place in fewer rows of the same mse
    with pytest.warns(UserWarning, match="vmap gives other numbers"):
        fits = sweep_over("raw", 3, *many, params.detach(), hooked, mse, [1e-5])
    assert_close(fits.runs.losses, losses)


def test_a_rate_that_explodes_leaves_its_neighbours_alone(data, params) -> None:
    both, _ = sweep([1e-5, 1e-1], 60, *data, params)
    assert_close(both[0], sweep([1e-5], 60, *data, params)[0][0], rtol=1e-6, atol=0)
    assert both[1, -1].isnan()


def test_sweep_leaves_its_start_alone(data, params) -> None:
    start = params.detach().clone()
    sweep(torch.tensor([1e-5]), 3, *data, params)
    assert torch.equal(params, start) and params.grad is None


def test_edge_parts_learning_from_exploding(data, params) -> None:
    edge = stability_edge(data[0])
    close_to(edge, 3.5399e-5)
    below, above = sweep([0.99 * edge, 1.01 * edge], 200, *data, params)[0][:, -1]
    assert below < mse(quadratic(data[0], params), data[1]) < above


# The gradient by pushing


@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (0,)])
def test_numeric_grad_of_any_shape(shape) -> None:
    x = torch.randn(
        shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0)
    ).requires_grad_()

    def f(x: Tensor) -> Tensor:
        return (x.sin() * x**2).sum()

    (expected,) = torch.autograd.grad(f(x), x)
    assert_close(numeric_grad(f, x), expected, rtol=1e-6, atol=1e-8)


def test_numeric_grad_keeps_float32_and_its_input() -> None:
    x = torch.tensor([3.0, 4.0], requires_grad=True)
    grad = numeric_grad(lambda x: (x**2).sum(), x)
    assert_close(grad, torch.tensor([6.0, 8.0]))
    assert x.grad is None and x.tolist() == [3.0, 4.0]


@pytest.mark.parametrize("x", [1e13, -3e8, 1e-9, 0.0, torch.tensor([1e13, -2e12])])
@pytest.mark.parametrize("f", [torch.square, torch.sin])
def test_numeric_grad_pushes_as_far_as_suits_x(f, x) -> None:
    at = torch.as_tensor(x, dtype=torch.float64).requires_grad_()
    (slope,) = torch.autograd.grad(f(at).sum(), at)
    found = numeric_grad(lambda x: f(x).sum(), x)
    assert_close(found.double(), slope, rtol=1e-3, atol=1e-8)


@pytest.mark.parametrize("f", [torch.reciprocal, torch.log, torch.sqrt, torch.abs])
def test_numeric_grad_stays_on_the_side_of_a_small_x(f) -> None:
    x = torch.tensor([1e-13, 2e-6, 1e-300, 3.0]).double().clamp(min=1e-100).requires_grad_()
    (slope,) = torch.autograd.grad(f(x).sum(), x)
    for at, wanted in zip(x, slope, strict=True):
        assert_close(numeric_grad(f, at), wanted, rtol=1e-4, atol=0)


def test_numeric_grad_goes_through_what_computes_in_float32() -> None:
    torch.manual_seed(0)
    nn, x = torch.nn, torch.randn(2, 5, 4)
    net = nn.Sequential(
        nn.Linear(4, 4), nn.BatchNorm1d(5), nn.Tanh(), nn.LSTM(4, 3, batch_first=True)
    )
    for f, rtol in (
        (lambda x: net(x)[0].square().mean(), 1e-4),
        (lambda x: net(x.float())[0].square().mean(), 2e-2),
    ):
        at = x.clone().requires_grad_()
        (expected,) = torch.autograd.grad(f(at), at)
        assert_close(
            numeric_grad(f, x), expected, rtol=rtol, atol=rtol * expected.abs().max().item()
        )


def test_numeric_grad_goes_through_functions_that_take_a_gradient() -> None:
    def penalty(x: Tensor) -> Tensor:
        at = x.clone().requires_grad_()
        return torch.autograd.grad((at**3).sum(), at, create_graph=True)[0].square().sum()

    with torch.no_grad():
        assert_close(numeric_grad(penalty, torch.tensor([1.0, 2.0])), torch.tensor([36.0, 288.0]))
    assert_close(numeric_grad(torch.func.grad(lambda x: x**3), 2.0).item(), 12.0)


@pytest.mark.parametrize(
    ("f", "x", "h", "error", "says"),
    [
        (
            lambda x: x**2,
            1e13,
            1e-4,
            ValueError,
            "h must move x, but 0.0001 is lost in the digits of 1e",
        ),
        (lambda x: x @ torch.ones(3), torch.ones(2), None, RuntimeError, "size"),
        (lambda x: x**2, torch.ones(3), 1e-4, ValueError, r"one number, got shape \(3,\)"),
        (lambda x: x**2, 2.0, 0, ValueError, "h must be a finite number > 0, got 0"),
        (lambda x: x**2, 2.0, "small", TypeError, "h must be a finite number > 0, got 'small'"),
        (lambda x: x**2, float("nan"), 1e-4, ValueError, "x must be a finite number, got nan"),
        (
            lambda x: x**2,
            torch.tensor([1, 2]),
            1e-4,
            TypeError,
            "x must be float32 or float64, got torch.int64",
        ),
        (
            lambda x: "four",
            2.0,
            1e-4,
            TypeError,
            "what f returns must be a finite number, got 'four'",
        ),
        (
            lambda x: x.log(),
            0.0,
            1e-4,
            ValueError,
            "what f returns must be a finite number, got nan",
        ),
        (lambda x: x * 1j, 2.0, 1e-4, TypeError, "what f returns must be a finite number, got 2"),
        (4, 2.0, 1e-4, TypeError, "f must be a function, got 4"),
        (sum, np.ones(2), None, TypeError, r"got ndarray: use torch.tensor\(\[\*x\], dtype"),
    ],
)
def test_numeric_grad_refuses(f, x, h, error, says) -> None:
    with pytest.raises(error, match=says):
        numeric_grad(f, x, h)


def test_show_tangent_says_both_slopes() -> None:
    ax = show_tangent(lambda x: x**2, 2.0)
    assert ax.get_title(loc="left") == "At x = 2.00 the slope of the tangent is 4.00"
    ax = show_tangent(lambda x: x**2, 2.0, h=0.1)
    assert ax.get_title(loc="left") == "At x = 2.00: secant 4.100, tangent 4.000, h = 0.1"


@pytest.mark.parametrize(
    ("f", "x", "h", "ax", "error", "says"),
    [
        (lambda x: x**2, "two", None, None, TypeError, "x must be a finite number, got 'two'"),
        (lambda x: x**2, 2.0, 0, None, ValueError, "h must not be 0"),
        (lambda x: 4.0, 2.0, None, None, ValueError, "autograd can trace, got 4.0"),
        (
            lambda x: torch.ones(()).requires_grad_(),
            2.0,
            None,
            None,
            ValueError,
            "f must compute its result from x",
        ),
        (
            torch.sqrt,
            0.0,
            None,
            None,
            ValueError,
            "the slope of f at x = 0 must be a finite number, got inf",
        ),
        (torch.log, -4.0, None, None, ValueError, "f at x = -4 must be a finite number, got nan"),
        (
            torch.sqrt,
            1.0,
            -2.0,
            None,
            ValueError,
            "what f returns must be a finite number, got nan",
        ),
        (
            lambda x: x**2,
            2.0,
            None,
            "left",
            TypeError,
            "ax must be a matplotlib Axes or None, got str",
        ),
        (
            lambda x: (x**2).sum(),
            2.0,
            None,
            None,
            ValueError,
            "f must work on each number of a tensor alone",
        ),
        ("square", 2.0, None, None, TypeError, "f must be a function, got 'square'"),
    ],
)
def test_show_tangent_refuses(f, x, h, ax, error, says) -> None:
    with pytest.raises(error, match=says):
        show_tangent(f, x, h, ax)
    assert plt.get_fignums() == []


def test_show_tangent_draws_what_is_defined_only_in_part() -> None:
    assert (
        show_tangent(torch.log, 1.0, h=0.5)
        .get_title(loc="left")
        .startswith("At x = 1.00: secant 0.811")
    )


# Conditioning


def bend(time: Tensor, params: Tensor) -> Tensor:
    "A model that is not linear in its params."
    return params[0] * torch.exp(-params[1] * time / 20)


def only_forward(time: Tensor, params: Tensor) -> Tensor:
    "A line that refuses times before 0."
    if (time < 0).any():
        raise ArithmeticError("no times before 0")
    return params[0] * time + params[1]


def test_standardised_times_and_the_way_back(data, params) -> None:
    x, scale = standardise(data[0])
    assert x.dtype == torch.float32 and x.shape == (20,)
    assert_close(
        (x.mean(), x.std(correction=0)),
        (torch.tensor(0.0), torch.tensor(1.0)),
        rtol=1e-6,
        atol=1e-6,
    )
    assert_close(scale(data[0][:5]), x[:5], rtol=0, atol=0)
    assert_close(quadratic(data[0], scale.undo(params)), quadratic(x, params), rtol=1e-5, atol=1e-5)


def test_a_fit_on_standardised_times_is_the_least_squares_curve(data) -> None:
    time, speed = (each.double() for each in data)
    x, scale = standardise(time)
    params = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    fit(params, x, speed, lr=0.35, steps=100, loss_fn=mse)
    X = torch.stack([time**2, time, torch.ones_like(time)], 1)
    assert_close(
        scale.undo(params.detach()), torch.linalg.lstsq(X, speed).solution, rtol=1e-8, atol=1e-8
    )
    close_to(scale.undo(params.detach()), [0.76814, -14.7421, 71.7703])


@pytest.mark.parametrize(
    ("time", "error", "says"),
    [
        ("1, 2", TypeError, "time must be numbers in a tensor, a list or an array, got str"),
        (torch.arange(4).half(), TypeError, "time must be float32 or float64, got torch.float16"),
        (torch.tensor([1.0, NAN]), ValueError, "finite, got 1 nan or inf in it: nan at index 1"),
        (torch.full((7,), 0.1), ValueError, "must vary to be standardised, got 0.1 throughout"),
        ([1 / 3] * 20, ValueError, "must vary to be standardised, got 0.333333 throughout"),
        (torch.ones(3, 2), ValueError, r"time must have shape \(n,\) with n >= 2, got \(3, 2\)"),
        (torch.ones(1), ValueError, "n >= 2"),
        (torch.full((4,), 3.0), ValueError, "time must vary to be standardised, got 3 throughout"),
        (
            torch.tensor([-1.7e308, 1.7e308], dtype=torch.float64),
            ValueError,
            "the mean and deviation of time must be finite",
        ),
    ],
)
def test_standardise_refuses(time, error, says) -> None:
    with pytest.raises(error, match=says):
        standardise(time)


@pytest.mark.parametrize(
    ("params", "error", "says"),
    [
        ([1.0, 2.0, 3.0], TypeError, "params must be a tensor, got list"),
        (torch.ones(2), ValueError, r"params must have shape \(3,\)"),
        (torch.ones(3).long(), TypeError, "params must be float32 or float64"),
        (torch.tensor([1.0, NAN, 1.0]), ValueError, "params must be finite"),
    ],
)
def test_undo_refuses(data, params, error, says) -> None:
    with pytest.raises(error, match=says):
        standardise(data[0])[1].undo(params)


@pytest.mark.parametrize("kind", ["raw", "standardised"])
def test_the_spectrum_is_that_of_the_formula(data, kind) -> None:
    time = data[0].double() if kind == "raw" else standardise(data[0].double())[0]
    curvatures, V = hessian_spectrum(time)
    X = torch.stack([time**2, time, torch.ones_like(time)], 1)
    H = 2 * X.T @ X / 20
    assert_close(H @ V, V * curvatures, rtol=1e-9, atol=1e-9)
    assert_close(V.T @ V, torch.eye(3).double())
    assert curvatures.dtype == torch.float64 and (curvatures.diff() < 0).all()
    assert (V.gather(0, V.abs().argmax(0, keepdim=True)) > 0).all(), (
        "the largest part of each is positive"
    )
    close_to(curvatures[0] / curvatures[-1], {"raw": 218450.6, "standardised": 7.70203}[kind])
    close_to(2 / curvatures[0], stability_edge(time))


def sloped(time: Tensor, params: Tensor) -> Tensor:
    at = time.clone().requires_grad_()
    preds = bend(at, params)
    return preds + torch.autograd.grad(preds.sum(), at, create_graph=True)[0]


@pytest.mark.parametrize("bend", [bend, sloped])
def test_the_spectrum_of_a_model_that_is_not_linear(data, bend) -> None:
    time, speed = (each.double() for each in data)
    at = torch.tensor([60.0, 2.0], dtype=torch.float64)
    curvatures, V = hessian_spectrum(time, bend, at, speed)

    def slope(p: Tensor, k: int) -> Tensor:
        p = p.requires_grad_()
        return torch.autograd.grad(mse(bend(time, p), speed), p)[0][k]

    rows = [numeric_grad(lambda p, k=k: slope(p, k), at, h=1e-5) for k in range(2)]
    assert_close(V @ torch.diag(curvatures) @ V.T, torch.stack(rows), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (dict(time=None), TypeError, "time must be numbers .*, got NoneType"),
        (dict(time=torch.tensor([1.0, INF])), ValueError, "time must be finite"),
        (
            dict(time=torch.tensor([1.0, 1e100], dtype=torch.float64)),
            ValueError,
            "the Hessian over these times must be finite",
        ),
        (dict(model="quadratic"), TypeError, "model must be a function, got 'quadratic'"),
        (dict(model=bend), ValueError, "params must be given with a model of your own"),
        (
            dict(model=bend, params=torch.ones(2)),
            ValueError,
            "speed must be given with a model that is not linear",
        ),
        (dict(params=torch.ones(2)), ValueError, r"params must have shape \(3,\)"),
        (dict(params=torch.ones(3).double()), TypeError, "params and time must have one dtype"),
        (dict(params=torch.tensor([NAN, 0.0, 0.0])), ValueError, "params must be finite"),
        (dict(speed=torch.ones(4)), ValueError, "time and speed must have one shape"),
    ],
)
def test_hessian_spectrum_refuses(data, given, error, says) -> None:
    with pytest.raises(error, match=says):
        hessian_spectrum(**{"time": data[0], **given})


PLANE = torch.tensor([[1.0, 0.0], [0.0, 0.5], [0.0, 1.0]])
GRID = dict(
    middle=torch.ones(3), plane=PLANE, across=torch.linspace(-1, 1, 4), up=torch.linspace(-2, 2, 3)
)


@pytest.mark.parametrize("loss_fn", [mse, rmse])
def test_the_surface_is_the_loss_at_each_place(data, loss_fn) -> None:
    surface = loss_surface(*data, **GRID, loss_fn=loss_fn)
    assert surface.shape == (3, 4) and not surface.requires_grad
    for row, up in enumerate(GRID["up"]):
        for column, across in enumerate(GRID["across"]):
            params = GRID["middle"] + across * PLANE[:, 0] + up * PLANE[:, 1]
            assert_close(surface[row, column], loss_fn(quadratic(data[0], params), data[1]))


def test_the_surface_of_a_mse_is_a_bowl(data) -> None:
    time, speed = (each.double() for each in data)
    best, (curvatures, V) = best_params(time, speed), hessian_spectrum(time)
    across, up = torch.linspace(-1, 1, 5).double(), torch.linspace(-80, 80, 7).double()
    surface = loss_surface(time, speed, best, V[:, [0, 2]], across, up)
    by_hand = 7.304959 + curvatures[0] / 2 * across**2 + curvatures[2] / 2 * up[:, None] ** 2
    close_to(surface, by_hand)


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (dict(middle=[1.0, 1.0, 1.0]), TypeError, "middle must be a tensor, got list"),
        (dict(middle=torch.ones(2)), ValueError, r"params must have shape \(3,\)"),
        (dict(middle=torch.ones(3).double()), TypeError, "params and time must have one dtype"),
        (
            dict(plane=PLANE[:, :1]),
            ValueError,
            r"plane must have shape \(3, 2\), two directions in columns, got \(3, 1\)",
        ),
        (dict(plane=PLANE * NAN), ValueError, "plane must be finite"),
        (dict(plane=PLANE.double()), TypeError, "must have one dtype"),
        (
            dict(across=torch.ones(2, 2)),
            ValueError,
            r"across must have shape \(k,\) with k >= 1, got \(2, 2\)",
        ),
        (dict(up=torch.ones(0)), ValueError, r"up must have shape \(k,\) with k >= 1, got \(0,\)"),
        (dict(up=[1.0]), TypeError, "up must be a tensor, got list"),
        (dict(time=torch.tensor([NAN, 1.0])), ValueError, "time must be finite"),
        (dict(speed=torch.ones(3)), ValueError, "time and speed must have one shape"),
        (dict(loss_fn="mse"), TypeError, "loss_fn must be a function, got 'mse'"),
        (dict(loss_fn=lambda p, t: p - t), ValueError, "loss_fn must return one number"),
        (dict(model=None), TypeError, "model must be a function, got None"),
    ],
)
def test_loss_surface_refuses(data, given, error, says) -> None:
    with pytest.raises(error, match=says):
        loss_surface(**{"time": data[0], "speed": data[1], **GRID, **given})


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (dict(time=torch.ones(3)), ValueError, "time and speed go together"),
        (
            dict(time=torch.ones(4), speed=torch.ones(4)),
            ValueError,
            "time must tell the params apart",
        ),
        (
            dict(time=torch.tensor([1.0, 2.0, 1.0]), speed=torch.ones(3)),
            ValueError,
            "time must tell the params apart",
        ),
        (dict(params=torch.ones(2)), ValueError, r"params must have shape \(3,\)"),
        (dict(params=torch.tensor([NAN, 0.0, 0.0])), ValueError, "params must be finite"),
        (dict(model=bend), ValueError, "params must be given with a model of your own"),
        (
            dict(model=bend, params=torch.ones(2)),
            ValueError,
            "raw times: ValueError: model must be linear in two or more params",
        ),
        (
            dict(model=lambda t, p: p[0] * t, params=torch.ones(1)),
            ValueError,
            "model must be linear in two or more params",
        ),
        (
            dict(model=only_forward, params=torch.ones(2)),
            ValueError,
            "standardised times: ArithmeticError: no times before 0",
        ),
        (dict(model="line"), TypeError, "model must be a function, got 'line'"),
        (dict(steps=0), ValueError, "steps must be a whole number >= 1"),
        (dict(steps=2.5), TypeError, "steps must be a whole number"),
    ],
)
def test_show_descent_refuses(given, error, says) -> None:
    with pytest.raises(error, match=says):
        show_descent(**{"steps": 3, **given})


@pytest.mark.parametrize(
    "H, error, says",
    [
        ([[1.0, 0.0], [0.0, 1.0]], TypeError, "H must be a tensor, got list"),
        (torch.eye(3), ValueError, r"of shape \(2, 2\)"),
        (torch.tensor([[1.0, 2.0], [0.0, 1.0]]), ValueError, "H must be symmetric"),
    ],
)
def test_explore_push_refuses(H, error, says) -> None:
    with pytest.raises(error, match=says):
        explore_push(H)


def test_conditioning_leaves_what_it_is_given_alone(data, params) -> None:
    start, time = params.detach().clone(), data[0].clone()
    standardise(data[0])[1].undo(params)
    hessian_spectrum(data[0], params=params, speed=data[1])
    loss_surface(*data, params, PLANE, GRID["across"], GRID["up"])
    show_descent(*data, params, steps=3)
    assert torch.equal(params, start) and torch.equal(data[0], time) and params.grad is None


# Pictures


def test_show_preds_draws_where_it_is_told(data, params) -> None:
    ax = plt.subplots()[1]
    assert show_preds(quadratic(data[0], params), *data, ax=ax) is ax
    assert ax.get_title(loc="left") == "The curve misses the points by 160.7 (rmse)"
    assert len(plt.get_fignums()) == 1
    assert show_preds(quadratic(data[0], params), *data) is not ax


# Bad input

BAD_LR = [
    (-0.1, ValueError),
    (10**400, ValueError),
    (0, ValueError),
    (NAN, ValueError),
    (INF, ValueError),
    ("fast", TypeError),
    (None, TypeError),
    (True, TypeError),
    (1j, TypeError),
]
BAD_PARAMS = [
    (torch.zeros(3), ValueError, "require gradients"),
    (torch.zeros(3, dtype=torch.int64), TypeError, "float32 or float64, got torch.int64"),
    (torch.zeros(2).requires_grad_(), ValueError, r"shape \(3,\) for a, b, c, got \(2,\)"),
    (torch.zeros(3).requires_grad_() * 1, ValueError, "must be a leaf"),
    (torch.tensor([0.0, NAN, 0.0]).requires_grad_(), ValueError, "finite, got 1 nan or inf"),
    (torch.zeros(3).half().requires_grad_(), TypeError, "float32 or float64, got torch.float16"),
    (torch.zeros(3).double().requires_grad_(), TypeError, "params and time must have one dtype"),
    (None, TypeError, "params must be a tensor, got NoneType$"),
    (torch.zeros(1).expand(3).requires_grad_(), ValueError, "numbers of its own"),
    ([0.0, 0.0, 0.0], TypeError, "params must be a tensor, got list"),
]
BAD_DATA = [
    (torch.empty(0), torch.empty(0), ValueError, r"shape \(n,\) with n >= 2, got \(0,\)"),
    (torch.ones(1), torch.ones(1), ValueError, r"n >= 2, got \(1,\)"),
    (torch.ones(3), torch.ones(4), ValueError, r"one shape, got \(3,\) and \(4,\)"),
    (torch.ones(3), torch.ones(3).double(), TypeError, "time and speed must have one dtype"),
    (torch.ones(3, 1), torch.ones(3), ValueError, r"time must have shape \(n,\)"),
    (torch.tensor([1.0, NAN]), torch.ones(2), ValueError, "time must be finite"),
    (torch.ones(2), torch.tensor([1.0, INF]), ValueError, "speed must be finite"),
    (
        torch.ones(2).to_sparse(),
        torch.ones(2),
        TypeError,
        r"one that is sparse: use time.to_dense\(\)",
    ),
    (torch.ones(2, device="meta"), torch.ones(2), TypeError, "on the meta device, which holds no"),
    (torch.ones(2) * 1j, torch.ones(2), TypeError, r"got torch.complex64: use time.real.to\(torch"),
    (np.ma.array([1.0, 2.0], mask=[0, 1]), torch.ones(2), ValueError, "1 nan or inf .* index 1"),
    ([1.0, 10**400], torch.ones(2), ValueError, "time must be finite, got .* inf at index 1"),
    (frozenset([1.0, 2.0]), torch.ones(2), TypeError, "time must be numbers .*, got frozenset"),
    ([2**60, 2**60 + 1], torch.ones(2), ValueError, "time must stay apart .*: subtract the first"),
    (torch.tensor([2**60, 2**60 + 1]), torch.ones(2), ValueError, "time must stay apart"),
    (list, torch.ones(2), TypeError, r"time\[0\] must be a number, got <class 'list'>"),
    ([datetime(2024, 1, 1)] * 2, torch.ones(2), TypeError, r"time\[0\] .* seconds since the first"),
    ([1.0, "2"], torch.ones(2), TypeError, r"of <U|time\[1\] must be a number, got '2'"),
    (np.array([1, None]), torch.ones(2), TypeError, r"time\[1\] must be a number, got None"),
    ([[1.0], [1.0, 2.0]], torch.ones(2), TypeError, "time must be numbers in a tensor, a list"),
    (map(float, "12"), torch.ones(2), TypeError, "time must be numbers .*, got map"),
    (
        np.array(["2024-01-01"] * 2, "M8[s]"),
        torch.ones(2),
        TypeError,
        "use seconds since the first",
    ),
    (torch.ones(2), [3, NAN, INF], ValueError, "got 2 nan or inf in it: nan at index 1"),
]


# Data as people have them

EPOCH = [1_700_000_000 + 60 * i for i in range(20)]


def served(kind: str, numbers: Tensor) -> object:
    "Whole numbers, in what people keep them."
    pandas = pytest.importorskip("pandas") if "Series" in kind else None
    return {
        "list": lambda: [float(each) for each in numbers],
        "whole list": lambda: [int(each) for each in numbers],
        "tuple": lambda: tuple(numbers.tolist()),
        "list of tensors": lambda: list(numbers),
        "list of leaves": lambda: [each.clone().requires_grad_() for each in numbers],
        "no grad": lambda: torch.inference_mode()(numbers.clone)(),
        "masked": lambda: np.ma.array(numbers.numpy()),
        "part of complex": lambda: torch.complex(-numbers, -numbers).conj().imag,
        "numpy float64": lambda: numbers.double().numpy(),
        "numpy float32": lambda: numbers.numpy(),
        "numpy int": lambda: numbers.long().numpy()[::1],
        "Series": lambda: pandas.Series(numbers.double().numpy(), index=range(7, 7 + len(numbers))),
        "Series of ints": lambda: pandas.Series(numbers.int().numpy(), dtype="Int64"),
        "Series of objects": lambda: pandas.Series(numbers.tolist(), dtype=object),
        "int64": lambda: numbers.long(),
        "int32": lambda: numbers.int(),
        "uint8": lambda: numbers.byte(),
    }[kind]()


ASKS = {  # every helper that asks for time and speed; what it gives for the same points
    "quadratic": lambda t, s, p: quadratic(t, p.detach()),
    "mse": lambda t, s, p: mse(torch.ones(20), s),
    "apply_step": lambda t, s, p: apply_step(p, t, s, lr=1e-5, prn=False).detach(),
    "fit": lambda t, s, p: fit(p, t, s, steps=2),
    "show_preds": lambda t, s, p: show_preds(torch.ones(20), t, s).get_title(loc="left"),
    "sweep": lambda t, s, p: sweep([1e-5], 2, t, s, p)[0],
    "stability_edge": lambda t, s, p: stability_edge(t),
    "hessian_spectrum": lambda t, s, p: hessian_spectrum(t, speed=s)[0],
    "loss_surface": lambda t, s, p: loss_surface(t, s, **GRID),
    "standardise": lambda t, s, p: standardise(t)[0],
    "best_params": lambda t, s, p: best_params(t, s),
    "race": lambda t, s, p: race({"one": lambda q: torch.optim.SGD([q], 1e-5)}, 2, t, s, p)[0],
    "tune": lambda t, s, p: tune(Descent, 1.0, 2, t, s, p, lrs=[1e-5]).settings["lr"],
    "share_gradients": lambda t, s, p: share_gradients(p, t, s, [9, 11]),
    "explore_learning_rate": lambda t, s, p: (
        explore_learning_rate(t, s, steps=1).children[-1].spec["data"]["speed"]
    ),
    "fit_by_hand": lambda t, s, p: fit_by_hand(t, s).children[-1].spec,
    "explore_faults": lambda t, s, p: (
        explore_faults(t, s, steps=1).children[-1].spec["data"]["speed"]
    ),
}


@pytest.mark.parametrize("name", ASKS)
def test_points_are_taken_as_people_have_them(params, name) -> None:
    time, speed, ask = torch.arange(20.0), (torch.arange(20.0) - 9) ** 2, ASKS[name]
    kinds = ["list", "whole list", "tuple", "numpy float64", "Series", "int64", "uint8"]
    if name == "fit":
        kinds += ["list of tensors", "list of leaves", "no grad", "masked", "part of complex"]
        kinds += ["numpy float32", "numpy int", "int32"]
        kinds += ["Series of ints", "Series of objects"]
    start = params.detach()
    wanted = ask(time, speed, start.clone().requires_grad_())
    for kind in kinds:
        given = served(kind, time), served(kind, speed)
        found = ask(*given, start.clone().requires_grad_())
        if isinstance(wanted, Tensor):
            assert found.dtype == wanted.dtype and torch.equal(found, wanted), kind
        else:
            assert found == wanted, kind
    if name == "stability_edge":
        assert ask(range(20), None, None) == wanted


def test_what_float32_would_run_together_stays_float64_and_says_so(params) -> None:
    double = torch.zeros(3).double().requires_grad_()
    for time in (EPOCH, np.array(EPOCH), torch.tensor(EPOCH), [1e9, 1e9 + 1]):
        with pytest.warns(UserWarning, match="time stays float64: float32 would run its numbers"):
            x, _ = standardise(time)
        assert x.dtype == torch.float64 and len(x.unique()) == len(time)
    with warnings.catch_warnings():  # beside params in float64 there is nothing to say
        warnings.simplefilter("error")
        losses = fit(double, EPOCH, list(range(20)), lr=1e-40, steps=1)
    assert losses.dtype == torch.float64
    with pytest.warns(UserWarning), pytest.raises(TypeError, match="must have one dtype") as told:
        fit(params, EPOCH, list(range(20)))
    cured = eval(str(told.value).split("use ")[1], {"params": params, "torch": torch})
    fit(cured, EPOCH, list(range(20)), lr=1e-40, steps=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for ordinary in (
            np.linspace(0, 19, 5000),
            [2000, 2001],
            [0.1] * 9,
            np.geomspace(1e-9, 1, 9),
        ):
            assert checks.as_points(ordinary, "time").dtype == torch.float32


def test_points_follow_the_float_type_of_what_they_go_with(data) -> None:
    double, whole = torch.zeros(3).double(), list(range(20))
    assert sweep([1e-5], 1, whole, whole, double)[0].dtype == torch.float64
    assert sweep([1e-5], 1, whole, data[1].double(), double)[0].dtype == torch.float64
    assert mse(double, [1, 2, 3]).dtype == torch.float64
    packed = explore_learning_rate(*(each.double() for each in data), steps=1).children[-1].packed
    assert packed != explore_learning_rate(*data, steps=1).children[-1].packed


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    "params",
    [
        [1, 2, 3],
        [1.0, 2.0, 3.0],
        torch.tensor([1, 2, 3]),
        torch.ones(3).half(),
        torch.ones(3),
        torch.ones(3).double(),
        torch.ones(3, requires_grad=True) * 2,
        torch.ones(1).expand(3),
        np.ones(3)[::-1],
        torch.ones(3) * (1 + 0j),
    ],
    ids=str,
)
def test_advice_about_params_leads_into_no_other_error(data, params, kind) -> None:
    time, speed = (each.to(kind) for each in data)
    for run in (lambda p: fit(p, time, speed, steps=1), lambda p: sweep([1e-5], 1, time, speed, p)):
        try:
            run(params)
        except (TypeError, ValueError) as error:
            cure = str(error).split("use ")[-1].split("call ")[-1]
            run(eval(cure, {"params": params, "torch": torch}))


@pytest.mark.parametrize(
    ("time", "kind", "params"),
    [
        (torch.arange(20.0).half(), torch.float64, torch.float64),
        (torch.arange(20.0).to_sparse(), torch.float64, torch.float64),
        (torch.tensor(EPOCH, dtype=torch.float64), torch.float32, torch.float32),
        (torch.arange(20.0).double(), torch.float32, torch.float32),
    ],
    ids=["half", "sparse", "epoch", "double"],
)
def test_advice_about_data_leads_into_no_other_error(time, kind, params) -> None:
    given = dict(time=time, speed=torch.arange(20.0).to(kind))
    given["params"] = torch.zeros(3, dtype=params, requires_grad=True)
    with pytest.raises(TypeError, match="use") as told:
        fit(**given)
    for cure in str(told.value).split("use ")[1].split(" and "):
        given[cure.split(".")[0]] = eval(cure, {**given, "torch": torch})
    fit(**given, lr=1e-40, steps=1)
    assert len(given["time"].unique()) == 20


def steppers():
    return [
        pytest.param(lambda p, t, s, lr: apply_step(p, t, s, lr=lr), id="apply_step"),
        pytest.param(lambda p, t, s, lr: fit(p, t, s, lr=lr), id="fit"),
        pytest.param(lambda p, t, s, lr: sweep([lr], 3, t, s, p), id="sweep"),
    ]


@pytest.mark.parametrize("step", steppers())
@pytest.mark.parametrize(("lr", "error"), BAD_LR)
def test_bad_lr_is_refused_and_changes_nothing(data, params, step, lr, error) -> None:
    start, params.grad = params.detach().clone(), torch.ones(3)
    with pytest.raises(error, match="lr must be a finite number > 0, got"):
        step(params, *data, lr)
    assert torch.equal(params, start) and torch.equal(params.grad, torch.ones(3))


@pytest.mark.parametrize("step", steppers())
@pytest.mark.parametrize(("bad", "error", "says"), BAD_PARAMS)
def test_bad_params_are_refused(data, step, bad, error, says) -> None:
    reads_only = "require gradients" in says or "leaf" in says or "of its own" in says
    if reads_only and step(torch.zeros(3).requires_grad_(), *data, 1e-5).__class__ is tuple:
        assert step(bad, *data, 1e-5)[0].isfinite().all()  # sweep only reads its start
        return
    with pytest.raises(error, match=says):
        step(bad, *data, 1e-5)


@pytest.mark.parametrize("step", [*steppers(), lambda p, t, s, lr: best_params(t, s)])
@pytest.mark.parametrize(("time", "speed", "error", "says"), BAD_DATA)
def test_bad_data_are_refused_and_change_nothing(params, step, time, speed, error, says) -> None:
    start = params.detach().clone()
    with pytest.raises(error, match=says):
        step(params, time, speed, 1e-5)
    assert torch.equal(params, start) and params.grad is None


@pytest.mark.parametrize(
    ("steps", "error"),
    [(-1, ValueError), (2.5, TypeError), ("ten", TypeError), (True, TypeError), (NAN, TypeError)],
)
def test_bad_steps_are_refused(data, params, steps, error) -> None:
    start = params.detach().clone()
    for call in (
        lambda: fit(params, *data, steps=steps),
        lambda: sweep([1e-5], steps, *data, params),
    ):
        with pytest.raises(error, match="steps must be a whole number >= 0, got"):
            call()
    assert torch.equal(params, start)


@pytest.mark.parametrize("loss_fn", [mse, rmse, torch.nn.functional.mse_loss])
@pytest.mark.parametrize(
    ("bend", "says"),
    [
        (lambda preds: preds[:, None], r"give \(20,\), .* got preds \(20, 1\): use .flatten\(\)$"),
        (lambda preds: preds.sum(), r"give \(20,\), .* got preds \(\)$"),
    ],
)
@pytest.mark.filterwarnings("ignore:Using a target size")
def test_whoever_trains_refuses_preds_that_would_broadcast(data, params, loss_fn, bend, says):
    own = dict(loss_fn=loss_fn, model=lambda t, p: bend(quadratic(t, p)))
    before = params.detach().clone()
    for train in (
        lambda: fit(params, *data, 1e-5, 2, **own),
        lambda: sweep([1e-5], 2, *data, params, **own),
        lambda: loss_surface(*data, **GRID, **own),
        lambda: race({"one": lambda p: Descent(p, 1e-5)}, 2, *data, params, **own),
        lambda: tune(Descent, 1.0, 2, *data, params, **own),
    ):
        with pytest.raises(ValueError, match=says):
            train()
    assert torch.equal(params, before)
    chart = explore_learning_rate(*data, before, steps=2, **own).children[-1]
    (kinds,) = chart.spec["data"]["fits"].values()
    assert all(re.search(says, each["error"]) for each in kinds.values())


@pytest.mark.parametrize("loss_fn", [mse, rmse])
def test_losses_refuse_shapes_that_would_broadcast(loss_fn) -> None:
    with pytest.raises(ValueError, match=r"one shape and not be empty, got \(20, 1\) and \(20,\)"):
        loss_fn(torch.ones(20, 1), torch.ones(20))
    with pytest.raises(ValueError, match=r"got \(0,\) and \(0,\)"):
        loss_fn(torch.empty(0), torch.empty(0))
    with pytest.raises(TypeError, match="targets must be numbers in a tensor, a list or an array"):
        loss_fn(torch.ones(2), None)


def test_show_preds_refuses(data, params) -> None:
    preds = quadratic(data[0], params)
    with pytest.raises(ValueError, match=r"one shape and not be empty, got \(20, 1\) and \(20,\)"):
        show_preds(preds[:, None], *data)
    with pytest.raises(TypeError, match="ax must be a matplotlib Axes or None, got str"):
        show_preds(preds, *data, ax="left")
    with pytest.raises(ValueError, match="speed must be finite"):
        show_preds(preds, data[0], data[1] / 0)
    assert plt.get_fignums() == []


@pytest.mark.parametrize("lrs", [[], None, 1e-5, "1e-5", torch.tensor(1e-5)])
def test_sweep_wants_several_rates(data, params, lrs) -> None:
    with pytest.raises((TypeError, ValueError), match="lrs must be one or more learning rates"):
        sweep(lrs, 3, *data, params)


def test_edge_refuses_bad_times() -> None:
    with pytest.raises(ValueError, match="time must be finite"):
        stability_edge(torch.tensor([1.0, NAN]))
    with pytest.raises(ValueError, match="the Hessian over these times must be finite"):
        stability_edge(torch.tensor([1.0, 1e100], dtype=torch.float64))


def fails(preds: Tensor, targets: Tensor) -> Tensor:
    raise RuntimeError("mine")


BAD_LOSS = [
    (fails, RuntimeError, "mine"),
    ("mse", TypeError, "loss_fn must be a function, got 'mse'"),
    (
        lambda preds, targets: (preds - targets) ** 2,
        ValueError,
        r"loss_fn must return one number, got shape \(20,\)",
    ),
    (lambda preds, targets: 3.0, TypeError, "loss_fn must return a float tensor, got 3.0"),
    (lambda preds, targets: mse(preds, targets).detach(), ValueError, "autograd recorded nothing"),
    (
        lambda preds, targets: torch.ones((), requires_grad=True) * 2,
        ValueError,
        "it does not use preds",
    ),
]


@pytest.mark.parametrize("step", [apply_step, fit])
@pytest.mark.parametrize(("loss_fn", "error", "says"), BAD_LOSS)
def test_a_bad_loss_function_changes_nothing(data, params, step, loss_fn, error, says) -> None:
    start, params.grad = params.detach().clone(), torch.ones(3)
    with pytest.raises(error, match=says):
        step(params, *data, loss_fn=loss_fn)
    assert torch.equal(params, start) and torch.equal(params.grad, torch.ones(3))


@pytest.mark.parametrize(("loss_fn", "error", "says"), BAD_LOSS[:3])
def test_sweep_refuses_bad_loss_functions(data, params, loss_fn, error, says) -> None:
    with pytest.raises(error, match=says):
        sweep([1e-5], 3, *data, params, loss_fn=loss_fn)


@pytest.mark.parametrize(
    ("lr", "loss_fn", "says"),
    [(1e300, mse, "the params would be"), (1e-5, lambda p, t: mse(p, t) / 0, "the loss is inf")],
)
def test_a_step_that_would_not_be_finite_is_not_taken(data, params, lr, loss_fn, says) -> None:
    start = params.detach().clone()
    with pytest.raises(FloatingPointError, match=says):
        apply_step(params, *data, lr=lr, loss_fn=loss_fn)
    assert torch.equal(params, start)


def test_no_step_under_no_grad(data, params) -> None:
    start = params.detach().clone()
    with torch.no_grad(), pytest.raises(ValueError, match="under no_grad"):
        apply_step(params, *data)
    assert torch.equal(params, start)


def test_data_that_require_gradients_get_none(data, params) -> None:
    time, speed = data[0].requires_grad_(), data[1].requires_grad_()
    show_preds(apply_step(params, time, speed, prn=False), time, speed)
    assert time.grad is None and speed.grad is None


# Steps that fail


def failing_from(call: int, error: BaseException) -> Callable[[Tensor, Tensor], Tensor]:
    "An mse that raises from its n-th call on."
    calls = count(1)

    def loss_fn(preds: Tensor, targets: Tensor) -> Tensor:
        if next(calls) >= call:
            raise error
        return mse(preds, targets)

    return loss_fn


@pytest.mark.parametrize(
    "error", [RuntimeError("mine"), TypeError("mine"), KeyboardInterrupt("mine")]
)
def test_a_loss_that_fails_later_leaves_the_steps_before_it(data, params, error) -> None:
    three = params.detach().clone().requires_grad_()
    fit(three, *data, steps=3)
    with pytest.raises(type(error), match="mine"):
        fit(params, *data, steps=9, loss_fn=failing_from(4, error))
    assert torch.equal(params, three) and params.grad is None


def test_no_step_clears_no_gradient(data, params) -> None:
    params.grad = torch.ones(3)
    fit(params, *data, steps=0)
    assert torch.equal(params.grad, torch.ones(3))


@checked_step
def half_a_step(params, time, speed, lr, loss_fn):
    loss_fn(quadratic(time, params), speed).backward()
    with torch.no_grad():
        params -= lr * params.grad
    raise LookupError("mine")


@pytest.mark.parametrize("grad", [None, torch.ones(3)])
def test_a_step_that_fails_half_way_is_undone(data, params, grad) -> None:
    start, params.grad = params.detach().clone(), grad
    with pytest.raises(LookupError, match="mine"):
        half_a_step(params, *data, 1e-5, mse)
    assert torch.equal(params, start)
    assert params.grad is grad


def test_steps_end_before_the_one_that_is_not_finite(params) -> None:
    start, losses = params.detach().clone(), []
    with pytest.warns(RuntimeWarning, match="stopped at step 3: at lr 0.1 the params would be"):
        for step in finite_steps(9, params, losses, lr=0.1):
            with torch.no_grad():
                params += 1.0 if step < 2 else NAN
            losses.append(float(step))
    assert losses == [0.0, 1.0] and torch.equal(params, start + 2)


@pytest.mark.parametrize(
    ("lr", "steps"),
    [(torch.tensor(1e-5, dtype=torch.float64), 3), (np.float64(1e-5), np.int64(3))],
)
def test_numbers_may_come_from_tensors_and_arrays(data, params, lr, steps) -> None:
    again = params.detach().clone().requires_grad_()
    assert torch.equal(fit(params, *data, lr=lr, steps=steps), fit(again, *data, lr=1e-5, steps=3))
    assert torch.equal(sweep([lr], steps, *data, params)[0], sweep([1e-5], 3, *data, params)[0])


def test_params_may_be_a_part_of_other_numbers(data) -> None:
    whole = torch.zeros(5)
    part = whole[1:4].requires_grad_()
    fit(part, *data, steps=2)
    assert torch.equal(whole[1:4], part.detach()) and not whole[[0, 4]].any()


def test_what_needs_no_record_runs_without_one(data, params) -> None:
    place = (params, PLANE, GRID["across"], GRID["up"])
    expected = stability_edge(data[0]), hessian_spectrum(data[0])[0], loss_surface(*data, *place)
    with torch.no_grad():
        found = stability_edge(data[0]), hessian_spectrum(data[0])[0], loss_surface(*data, *place)
        with pytest.raises(ValueError, match="under no_grad"):
            sweep([1e-5], 3, *data, params)
    assert_close(found, expected, rtol=0, atol=0)


def test_a_surface_needs_no_slopes(data) -> None:
    def misses(preds: Tensor, targets: Tensor) -> Tensor:
        return ((preds - targets).abs() > 1).float().mean()

    assert (loss_surface(*data, **GRID, loss_fn=misses) <= 1).all()


def test_a_sweep_without_its_door_does_the_same(data, params) -> None:
    open_sweep = unwrap(sweep)
    for found, expected in zip(
        open_sweep(torch.tensor([1e-5]), 3, *data, params),
        sweep([1e-5], 3, *data, params),
        strict=True,
    ):
        assert torch.equal(found, expected)


@pytest.mark.parametrize("generator", [0, 42, False, "seed"])
def test_make_data_wants_a_generator(generator) -> None:
    with pytest.raises(TypeError, match=r"generator must be a torch\.Generator, got"):
        make_data(generator)


@pytest.mark.parametrize(
    ("params", "error"),
    [(torch.zeros(2), ValueError), (torch.zeros(4), ValueError), ([1, 2, 3], TypeError)],
)
def test_quadratic_wants_three_params(data, params, error) -> None:
    with pytest.raises(error, match="params must"):
        quadratic(data[0], params)


def test_sweep_takes_arrays(data, params) -> None:
    lrs = torch.tensor([1e-6, 1e-5], dtype=torch.float64)
    assert torch.equal(sweep(lrs.numpy(), 3, *data, params)[0], sweep(lrs, 3, *data, params)[0])


@pytest.mark.parametrize(
    "call",
    [
        lambda *start: fit(start[2].requires_grad_(), *start[:2]),
        lambda *start: sweep([1e-5], 3, *start),
        lambda *start: explore_learning_rate(*start, steps=3),
        lambda *start: show_descent(*start, steps=3),
        lambda time, speed, params: hessian_spectrum(time, params=params, speed=speed),
    ],
    ids=["fit", "sweep", "explore_learning_rate", "show_descent", "hessian_spectrum"],
)
def test_data_are_checked_once(data, monkeypatch, call) -> None:
    names = []
    check = checks.check_points

    def counted(value: Tensor, name: str, *more: object) -> None:
        names.append(name)
        check(value, name, *more)

    monkeypatch.setattr(checks, "check_points", counted)
    call(*data, torch.zeros(3))
    assert sorted(names) == ["speed", "time"]


def test_defaults_are_the_documented_ones() -> None:
    defaults = {
        f: {k: p.default for k, p in signature(f).parameters.items() if p.default is not p.empty}
        for f in (apply_step, fit, sweep, numeric_grad)
    }
    assert defaults[apply_step] == {"lr": 1e-3, "loss_fn": rmse, "prn": True}
    assert defaults[fit] == {"lr": 1e-5, "steps": 10, "loss_fn": mse, "model": quadratic}
    assert defaults[sweep] == {"loss_fn": mse, "model": quadratic}
    assert defaults[numeric_grad] == {"h": None}


def test_nothing_warns(data, params) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.simplefilter("error", RuntimeWarning)
        show_preds(apply_step(params, *data, prn=False), *data)
        sweep([1e-5], 3, *data, params)
        stability_edge(data[0])
