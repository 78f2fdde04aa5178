"The exported helpers keep their contract, and bad input changes nothing."

import io
import warnings
from contextlib import redirect_stdout

import matplotlib
import pytest
import torch
from autograd_tutorial.fit import apply_step, fit, make_data, mse, quadratic, rmse, show_preds
from autograd_tutorial.gradients import numeric_grad, show_tangent
from autograd_tutorial.learning_rate import stability_edge, sweep
from torch import Tensor
from torch.testing import assert_close

matplotlib.use("Agg")
import matplotlib.pyplot as plt


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
    assert_close(torch.as_tensor(actual).double(), torch.as_tensor(expected).double(), rtol=1e-4, atol=0, equal_nan=True)


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


def test_fit_gives_the_articles_losses(data, params) -> None:
    expected = [25823.81, 5435.536, 1577.449, 847.378, 709.223, 683.076, 678.124, 677.184, 677.002, 676.965, 676.954]
    losses = fit(params, *data, lr=1e-5, steps=11, loss_fn=mse)
    assert losses.shape == (11,) and not losses.requires_grad
    close_to(losses, expected)


@pytest.mark.parametrize(
    ("lr", "expected"), [(1e-3, [160.6979, 133.2652, 106.2302, 79.9572, 55.3853, 35.3669, 26.4616]), (1e-5, [160.6979, 160.4228, 160.1477, 159.8727, 159.5977])]
)
def test_fit_on_the_rmse(data, params, lr, expected) -> None:
    close_to(fit(params, *data, lr=lr, steps=len(expected), loss_fn=rmse), expected)


def test_fit_of_no_steps_is_empty(data, params) -> None:
    start = params.detach().clone()
    assert fit(params, *data, steps=0).shape == (0,)
    assert torch.equal(params, start)


def test_fit_that_explodes_keeps_what_was_computed(data, params) -> None:
    with pytest.warns(RuntimeWarning, match="stopped at step 11: the loss is inf: lr 0.001 is too large") as caught:
        losses = fit(params, *data, lr=1e-3, steps=50, loss_fn=mse)
    assert caught[0].filename == __file__
    close_to(losses[:3], [25823.8, 7.7457e7, 2.3858e11])
    assert losses.shape == (10,) and losses.isfinite().all()
    assert params.isfinite().all() and params.is_leaf and params.grad is None


def test_fit_at_a_perfect_start_says_why(data) -> None:
    time = data[0]
    perfect = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    with pytest.warns(RuntimeWarning, match="step 1: .* rmse fails at a perfect fit"):
        losses = fit(perfect, time, quadratic(time, perfect).detach(), lr=1e-3, steps=5, loss_fn=rmse)
    assert losses.shape == (0,)
    with pytest.raises(FloatingPointError, match=r"params would be \[nan, nan, nan\]"):
        apply_step(perfect, time, quadratic(time, perfect).detach(), prn=False)
    assert perfect.tolist() == [1.0, 2.0, 3.0]


def test_fit_shows_a_bar_only_when_it_is_long(data, params, capsys, monkeypatch) -> None:
    fit(params, *data, steps=10)
    assert capsys.readouterr().err == ""
    clock = iter(range(10_000))
    monkeypatch.setattr("tqdm.std.time", lambda: next(clock))  # each look at the clock is a second later
    fit(params, *data, steps=10)
    assert "fit" in capsys.readouterr().err


def test_sweep_equals_the_loop(data, params) -> None:
    for loss_fn in (mse, rmse):
        losses, paths = sweep([1e-6, 1e-5, 3e-5], 50, *data, params, loss_fn=loss_fn)
        assert losses.shape == (3, 51) and paths.shape == (3, 51, 3)
        for row, lr in enumerate((1e-6, 1e-5, 3e-5)):
            looped = params.detach().clone().requires_grad_()
            assert_close(fit(looped, *data, lr=lr, steps=50, loss_fn=loss_fn), losses[row, :50], rtol=1e-6, atol=0)
            assert_close(looped.detach(), paths[row, 50], rtol=1e-6, atol=0)


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
    x = torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).requires_grad_()

    def f(x: Tensor) -> Tensor:
        return (x.sin() * x**2).sum()

    (expected,) = torch.autograd.grad(f(x), x)
    assert_close(numeric_grad(f, x), expected, rtol=1e-6, atol=1e-8)


def test_numeric_grad_keeps_float32_and_its_input() -> None:
    x = torch.tensor([3.0, 4.0], requires_grad=True)
    grad = numeric_grad(lambda x: (x**2).sum(), x)
    assert_close(grad, torch.tensor([6.0, 8.0]))
    assert x.grad is None and x.tolist() == [3.0, 4.0]


@pytest.mark.parametrize(
    ("f", "x", "h", "error", "says"),
    [
        (lambda x: x**2, torch.ones(3), 1e-4, ValueError, r"one number, got shape \(3,\)"),
        (lambda x: x**2, 2.0, 0, ValueError, "h must be a finite number > 0, got 0"),
        (lambda x: x**2, 2.0, "small", TypeError, "h must be a finite number > 0, got 'small'"),
        (lambda x: x**2, float("nan"), 1e-4, ValueError, "x must be a finite number, got nan"),
        (lambda x: x**2, torch.tensor([1, 2]), 1e-4, TypeError, "x must be float32 or float64, got torch.int64"),
        (lambda x: "four", 2.0, 1e-4, TypeError, "what f returns must be a finite number, got 'four'"),
        (lambda x: x.log(), 0.0, 1e-4, ValueError, "what f returns must be a finite number, got nan"),
        (lambda x: x * 1j, 2.0, 1e-4, TypeError, "what f returns must be a finite number, got 2"),
        (4, 2.0, 1e-4, TypeError, "f must be a function, got 4"),
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
        (lambda x: torch.ones(()).requires_grad_(), 2.0, None, None, ValueError, "f must compute its result from x"),
        (torch.sqrt, 0.0, None, None, ValueError, "the slope of f at x = 0 must be a finite number, got inf"),
        (torch.log, -4.0, None, None, ValueError, "f at x = -4 must be a finite number, got nan"),
        (torch.sqrt, 1.0, -2.0, None, ValueError, "what f returns must be a finite number, got nan"),
        (lambda x: x**2, 2.0, None, "left", TypeError, "ax must be a matplotlib Axes or None, got str"),
        (lambda x: (x**2).sum(), 2.0, None, None, ValueError, "f must work on each number of a tensor alone"),
        ("square", 2.0, None, None, TypeError, "f must be a function, got 'square'"),
    ],
)
def test_show_tangent_refuses(f, x, h, ax, error, says) -> None:
    with pytest.raises(error, match=says):
        show_tangent(f, x, h, ax)
    assert plt.get_fignums() == []


def test_show_tangent_draws_what_is_defined_only_in_part() -> None:
    assert show_tangent(torch.log, 1.0, h=0.5).get_title(loc="left").startswith("At x = 1.00: secant 0.811")


# Pictures


def test_show_preds_draws_where_it_is_told(data, params) -> None:
    ax = plt.subplots()[1]
    assert show_preds(quadratic(data[0], params), *data, ax=ax) is ax
    assert ax.get_title(loc="left") == "The curve misses the points by 160.7 (rmse)"
    assert len(plt.get_fignums()) == 1
    assert show_preds(quadratic(data[0], params), *data) is not ax


# Bad input

NAN, INF = float("nan"), float("inf")
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
    (torch.zeros(1).expand(3).requires_grad_(), ValueError, "three numbers of its own"),
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
    (torch.arange(2), torch.ones(2), TypeError, "time must be float32 or float64, got torch.int64"),
    ([1.0, 2.0], torch.ones(2), TypeError, "time must be a tensor, got list"),
]


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


@pytest.mark.parametrize("step", steppers())
@pytest.mark.parametrize(("time", "speed", "error", "says"), BAD_DATA)
def test_bad_data_are_refused_and_change_nothing(params, step, time, speed, error, says) -> None:
    start = params.detach().clone()
    with pytest.raises(error, match=says):
        step(params, time, speed, 1e-5)
    assert torch.equal(params, start) and params.grad is None


@pytest.mark.parametrize(("steps", "error"), [(-1, ValueError), (2.5, TypeError), ("ten", TypeError), (True, TypeError), (NAN, TypeError)])
def test_bad_steps_are_refused(data, params, steps, error) -> None:
    start = params.detach().clone()
    for call in (lambda: fit(params, *data, steps=steps), lambda: sweep([1e-5], steps, *data, params)):
        with pytest.raises(error, match="steps must be a whole number >= 0, got"):
            call()
    assert torch.equal(params, start)


@pytest.mark.parametrize("loss_fn", [mse, rmse])
def test_losses_refuse_shapes_that_would_broadcast(loss_fn) -> None:
    with pytest.raises(ValueError, match=r"one shape and not be empty, got \(20, 1\) and \(20,\)"):
        loss_fn(torch.ones(20, 1), torch.ones(20))
    with pytest.raises(ValueError, match=r"got \(0,\) and \(0,\)"):
        loss_fn(torch.empty(0), torch.empty(0))
    with pytest.raises(TypeError, match="targets must be a tensor, got list"):
        loss_fn(torch.ones(2), [1.0, 2.0])


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
    (lambda preds, targets: (preds - targets) ** 2, ValueError, r"loss_fn must return one number, got shape \(20,\)"),
    (lambda preds, targets: 3.0, TypeError, "loss_fn must return a float tensor, got 3.0"),
    (lambda preds, targets: mse(preds, targets).detach(), ValueError, "autograd recorded nothing"),
    (lambda preds, targets: torch.ones((), requires_grad=True) * 2, ValueError, "it does not use preds"),
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


@pytest.mark.parametrize(("lr", "loss_fn", "says"), [(1e300, mse, "the params would be"), (1e-5, lambda p, t: mse(p, t) / 0, "the loss is inf")])
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


@pytest.mark.parametrize("generator", [0, 42, False, "seed"])
def test_make_data_wants_a_generator(generator) -> None:
    with pytest.raises(TypeError, match=r"generator must be a torch\.Generator, got"):
        make_data(generator)


@pytest.mark.parametrize(("params", "error"), [(torch.zeros(2), ValueError), (torch.zeros(4), ValueError), ([1, 2, 3], TypeError)])
def test_quadratic_wants_three_params(data, params, error) -> None:
    with pytest.raises(error, match="params must"):
        quadratic(data[0], params)


def test_sweep_takes_arrays(data, params) -> None:
    lrs = torch.tensor([1e-6, 1e-5], dtype=torch.float64)
    assert torch.equal(sweep(lrs.numpy(), 3, *data, params)[0], sweep(lrs, 3, *data, params)[0])


def test_defaults_are_the_documented_ones() -> None:
    from inspect import signature

    defaults = {f: {k: p.default for k, p in signature(f).parameters.items() if p.default is not p.empty} for f in (apply_step, fit, sweep, numeric_grad)}
    assert defaults[apply_step] == {"lr": 1e-3, "loss_fn": rmse, "prn": True}
    assert defaults[fit] == {"lr": 1e-5, "steps": 10, "loss_fn": mse}
    assert defaults[sweep] == {"loss_fn": mse, "model": quadratic}
    assert defaults[numeric_grad] == {"h": 1e-4}


def test_nothing_warns(data, params) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        warnings.simplefilter("error", RuntimeWarning)
        show_preds(apply_step(params, *data, prn=False), *data)
        sweep([1e-5], 3, *data, params)
        stability_edge(data[0])
