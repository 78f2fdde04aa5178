"Products with a Jacobian and a Hessian: right by a second route, and bad input is refused by name."

from functools import cache
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from autograd_tutorial.conditioning import hessian_spectrum
from autograd_tutorial.fit import make_data, mse, quadratic, rmse
from autograd_tutorial.gradients import numeric_grad
from autograd_tutorial.learning_rate import stability_edge
from autograd_tutorial.pictures import explore_vjp
from autograd_tutorial.pictures.vectors import MOST, _table
from autograd_tutorial.vectors import hvp, jvp, largest_curvature, vjp
from torch import Tensor
from torch.testing import assert_close

from saved import as_saved, spec_of

NAN = float("nan")
ONE = torch.tensor(1.0)


@pytest.fixture
def data() -> tuple[Tensor, Tensor]:
    time, speed = make_data()
    return time.double(), speed.double()


@pytest.fixture
def start() -> Tensor:
    return torch.tensor([-0.7658386, -0.7506223, 1.3525478]).double()


def curved(x: Tensor) -> Tensor:
    "(3,) to (2, 2), not linear."
    return torch.stack([x[0] * x[1], x[2].sin(), x[0].exp(), (x**3).sum()]).reshape(2, 2)


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


# Right


def test_the_jacobian_of_the_quadratic_by_rows_and_by_columns(data, start) -> None:
    time, speed = data
    X = torch.stack([time**2, time, torch.ones_like(time)], 1)
    rows = [vjp(lambda p: quadratic(time, p), start, e) for e in torch.eye(20).double()]
    columns = [jvp(lambda p: quadratic(time, p), start, e) for e in torch.eye(3).double()]
    assert_close(torch.stack(rows), X)
    assert_close(torch.stack(columns, 1), X)
    slopes = 2 * (quadratic(time, start) - speed) / 20
    wanted = torch.tensor([-53195.86, -3419.7147, -253.8908]).double()
    assert_close(vjp(lambda p: quadratic(time, p), start, slopes), wanted, rtol=1e-5, atol=0)


@pytest.mark.parametrize("seed", range(5))
def test_both_products_agree_with_pushing_and_with_each_other(seed: int) -> None:
    x, v, u = drawn(3, seed=seed), drawn(2, 2, seed=seed + 9), drawn(3, seed=seed + 99)
    assert_close(
        vjp(curved, x, v), numeric_grad(lambda p: (v * curved(p)).sum(), x), rtol=1e-5, atol=1e-6
    )
    pushed = (curved(x + 1e-5 * u) - curved(x - 1e-5 * u)) / 2e-5
    assert_close(jvp(curved, x, u), pushed, rtol=1e-5, atol=1e-6)
    assert_close(vjp(curved, x, v) @ u, (v * jvp(curved, x, u)).sum())


@pytest.mark.parametrize("seed", range(5))
def test_a_product_with_the_hessian_is_that_of_the_whole_table(data, seed: int) -> None:
    p, u = drawn(3, seed=seed), drawn(3, seed=seed + 9)
    for loss_fn in (mse, rmse):
        f = lambda p, loss_fn=loss_fn: loss_fn(quadratic(data[0], p), data[1])  # noqa: E731
        assert_close(hvp(f, p, u), torch.func.hessian(f)(p) @ u)


def test_any_shape_and_either_float_type() -> None:
    x, v = drawn(2, 3).float(), drawn(3, 2).float()
    found = vjp(lambda m: m.T**2, x, v)
    assert found.dtype == torch.float32 and found.shape == (2, 3)
    assert_close(found, 2 * x * v.T)
    assert_close(jvp(lambda m: m.T**2, x, x), 2 * x.T**2)
    assert_close(hvp(lambda m: (m**3).sum(), x, torch.ones_like(x)), 6 * x)
    assert_close(vjp(torch.sin, ONE, ONE), ONE.cos())
    assert_close(vjp(lambda x: x, x, x), x)
    assert_close(hvp(lambda m: m.sum(), x, x), torch.zeros_like(x))


def test_the_edge_is_found_without_the_hessian(data, start) -> None:
    curvature, direction = largest_curvature(lambda p: mse(quadratic(data[0], p), data[1]), start)
    curvatures, directions = hessian_spectrum(data[0])
    assert_close(curvature, curvatures[0])
    assert_close(direction, directions[:, 0])
    assert_close((2 / curvature).item(), stability_edge(data[0]))
    assert curvature.shape == () and direction.shape == (3,)


def test_the_largest_curvature_may_point_down_and_may_be_none() -> None:
    x = torch.zeros(4).double()
    scales = torch.tensor([1.0, -5.0, 2.0, 0.5]).double()
    curvature, direction = largest_curvature(lambda p: (scales * p**2).sum(), x, steps=60)
    assert_close(curvature.item(), -10.0)
    assert_close(direction, torch.tensor([0.0, 1.0, 0.0, 0.0]).double())
    flat, somewhere = largest_curvature(lambda p: p.sum(), x)
    assert flat == 0 and somewhere.isfinite().all()
    table = torch.zeros(2, 3)
    assert largest_curvature(lambda p: (p**4).sum(), table + 1)[1].shape == (2, 3)


@pytest.mark.parametrize(
    "curves",
    [
        (3.0, -3.0),
        (3.0, -3.0, 1.0),
        (-2.0, 3.0, -3.0, 0.0),
        (3.0, 3.0, -3.0),
        (3.0, -2.99, 1.0),
        (1e-3, -1e-3),
        (1e5, 1.0, -1e5),
        (1e30, -2e30, 5e29),
        (1e-30, -2e-30, 5e-31),
    ],
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_two_curvatures_of_equal_size_and_opposite_sign_do_not_swing_for_ever(
    curves: tuple, dtype: torch.dtype
) -> None:
    H = torch.tensor(curves, dtype=dtype)
    bowl = lambda p: (H * p**2).sum() / 2  # noqa: E731
    for seed in range(3):
        g = torch.Generator().manual_seed(seed)
        curvature, direction = largest_curvature(bowl, torch.zeros_like(H), 60, g)
        assert abs(curvature).item() == pytest.approx(H.abs().max().item(), rel=5e-3, abs=0)
        assert_close(H * direction, curvature * direction, rtol=0, atol=5e-2 * H.abs().max().item())


def test_of_random_hessians_the_largest_curvature_is_found_whatever_its_sign() -> None:
    "1,000 settled when this was written; these are those of 60 where it once settled on another."
    for seed in range(60):
        H = drawn(3 + seed % 4, 3 + seed % 4, seed=seed)
        H = H + H.T
        curvatures = torch.linalg.eigvalsh(H)
        curvature, direction = largest_curvature(lambda x, H=H: x @ H @ x / 2, 0 * H[0])
        assert_close(curvature, curvatures[curvatures.abs().argmax()])
        assert_close(H @ direction, curvature * direction)


def test_a_search_that_ends_too_early_says_how_far_off_it_may_be() -> None:
    curves = torch.linspace(-1, 1, 200).double()
    f = lambda p: (curves * p**2).sum() / 2  # noqa: E731
    with pytest.warns(
        RuntimeWarning, match=r"not settled: after 9 products .* Raise steps"
    ) as told:
        curvature, _ = largest_curvature(f, 0 * curves, 9)
    assert told[0].filename == __file__ and abs(curvature) < 0.999
    assert_close(abs(largest_curvature(f, 0 * curves, 200)[0]), curves[-1])


def test_a_hessian_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="the product with the Hessian must be finite, got 2 nan"):
        largest_curvature(lambda p: (p**1.5).sum(), torch.zeros(2))


@pytest.mark.filterwarnings("ignore:largest_curvature has not settled")
def test_power_iteration_begins_where_the_generator_says() -> None:
    f = lambda p: (torch.tensor([3.0, 2.0, 1.0]) * p**2).sum()  # noqa: E731
    first, again, other = (
        largest_curvature(f, torch.zeros(3), 1, torch.Generator().manual_seed(seed))[0]
        for seed in (1, 1, 2)
    )
    assert first == again != other
    assert (
        largest_curvature(f, torch.zeros(3), 1)[0]
        == largest_curvature(f, torch.zeros(3), 1, torch.Generator().manual_seed(42))[0]
    )


def test_nothing_is_left_behind(start) -> None:
    x = start.clone().requires_grad_()
    v = torch.ones(3).double()
    before = x.detach().clone()
    products = jvp(torch.sin, x, v), hvp(lambda p: p.sin().sum(), x, v)
    results = vjp(torch.sin, x, v), *largest_curvature(lambda p: p.sin().sum(), x)
    assert (
        x.grad is None
        and torch.equal(x.detach(), before)
        and torch.equal(v, torch.ones(3).double())
    )
    assert not any(each.requires_grad for each in results)
    assert all(each.requires_grad for each in products), (
        "as in torch.func, what comes forward can be differentiated again"
    )
    assert not jvp(torch.sin, before, v).requires_grad
    with torch.no_grad():
        assert_close(vjp(torch.sin, x, v), before.cos())


class Cube(torch.autograd.Function):
    "In the older form, which torch.func refuses."

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, v):
        (x,) = ctx.saved_tensors
        return v * 3 * x**2


@cache
def forwardless() -> dict:
    "Functions of (3, 4) with an operation that has no rule forward."
    t = drawn(3, 4, seed=5)
    torch.manual_seed(0)
    lstm = torch.nn.LSTM(4, 5)  # its fast way, for float32, is walked back but once
    return dict(
        mse=lambda x: F.mse_loss(x**2, t.to(x)),
        huber=lambda x: F.huber_loss(x**2, t.to(x)),
        old=lambda x: Cube.apply(x).mean(),
        attention=lambda x: F.scaled_dot_product_attention(x[None], x[None], x[None]).sin().mean(),
        lstm=lambda x: lstm(x.float())[0].double().square().mean(),
    )


@pytest.mark.parametrize("name", forwardless())
def test_what_has_no_rule_forward_is_walked_back_twice(name: str) -> None:
    f, x, u = forwardless()[name], drawn(3, 4), drawn(3, 4, seed=1)
    share = dict(rtol=1e-2, atol=1e-4) if name == "lstm" else dict(rtol=1e-5, atol=1e-7)
    h = 1e-2 if name == "lstm" else 1e-5
    slope = lambda at: vjp(f, at, ONE.double())  # noqa: E731
    assert_close(jvp(f, x, u), (slope(x) * u).sum(), **share)
    assert_close(hvp(f, x, u), (slope(x + h * u) - slope(x - h * u)) / (2 * h), **share)


def test_what_can_only_be_walked_back_once_is_said() -> None:
    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Tensor) -> Tensor:
            return x.sum()

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx: Any, g: Tensor) -> Tensor:
            return g.expand(3, 4)

    for product in (jvp, hvp):
        with pytest.raises(ValueError, match=r"neither forward nor twice.*PyTorch says"):
            product(Once.apply, drawn(3, 4), drawn(3, 4))
        with pytest.raises(RuntimeError, match="invalid for input of size 12"):  # the reader's own
            product(lambda x: x.reshape(7).sum(), drawn(3, 4), drawn(3, 4))


def test_products_are_differentiated_again() -> None:
    x, u = torch.tensor([1.0, 2.0]), torch.ones(2)
    assert_close(jvp(lambda p: jvp(lambda q: q**3, p, u), x, u), 6 * x)
    quartic = lambda p: (p**4).sum()  # noqa: E731
    assert_close(torch.func.grad(lambda p: hvp(quartic, p, u).sum())(x), 24 * x)
    assert_close(jvp(lambda p: hvp(quartic, p, u), x, u), 24 * x)
    assert_close(torch.func.grad(lambda push: hvp(quartic, x, push).sum())(u), 12 * x**2)
    at = x.clone().requires_grad_()
    assert_close(torch.autograd.grad(hvp(quartic, at, u).sum(), at)[0], 24 * x)
    no_rule = lambda p: F.mse_loss(p**2, torch.zeros(2))  # noqa: E731
    assert_close(torch.autograd.grad(hvp(no_rule, at, u).sum(), at)[0], 12 * x)
    assert not hvp(no_rule, x, u).requires_grad
    with pytest.raises(RuntimeError, match="functorch"):  # never in silence
        torch.func.grad(lambda p: vjp(lambda q: q**3, p, u).sum())(x)


@pytest.mark.parametrize("product", [vjp, jvp])
@pytest.mark.parametrize("f", [lambda p: p, lambda p: p.view(-1), torch.clone])
def test_a_result_is_no_input(product, f) -> None:
    x, u = torch.tensor([1.0, 2.0]), torch.ones(2)
    found = product(f, x, u)
    assert_close(found, u)
    found += 1
    assert u.tolist() == [1, 1] and x.tolist() == [1, 2]


def test_a_function_that_writes_in_place_changes_neither_x_nor_u() -> None:
    x, u = torch.tensor([1.0, 2.0]), torch.ones(2)
    assert_close(jvp(lambda p: p.mul_(3), x, u), 3 * u)
    assert_close(vjp(lambda p: (p * 1).mul_(3), x, u), 3 * u)
    assert u.tolist() == [1, 1] and x.tolist() == [1, 2]


def test_a_detached_f_does_not_move() -> None:
    assert_close(jvp(lambda p: (p**2).detach(), X, X), torch.zeros(3))


# Refused

X = torch.ones(3)
WRONG = [
    (lambda: vjp(3, X, X), TypeError, "f must be a function, got 3"),
    (lambda: vjp(torch.sin, [1.0], X), TypeError, "x must be a tensor, got list"),
    (
        lambda: vjp(torch.sin, torch.ones(3).long(), X),
        TypeError,
        "x must be float32 or float64, got torch.int64",
    ),
    (lambda: vjp(torch.sin, X * NAN, X), ValueError, "x must be finite, got 3 nan or inf"),
    (
        lambda: vjp(torch.sin, X, torch.ones(2)),
        ValueError,
        r"v must have the shape of f\(x\), \(3,\), got \(2,\)",
    ),
    (
        lambda: hvp(torch.sum, [X, X], X),
        TypeError,
        r"x must be .*: use torch.nn.utils.parameters_to_vec",
    ),
    (
        lambda: largest_curvature(torch.sum, torch.nn.Linear(1, 2)),
        TypeError,
        r"vector\(x.parameters\(\)\)",
    ),
    (lambda: vjp(torch.sin, X, X.double()), TypeError, "must have one dtype"),
    (lambda: vjp(torch.sin, X, None), TypeError, "v must be a tensor, got NoneType"),
    (lambda: vjp(lambda x: 1.0, X, X), TypeError, "f must return a float tensor, got 1.0"),
    (lambda: vjp(lambda x: x.detach(), X, X), ValueError, "autograd recorded nothing"),
    (
        lambda: vjp(lambda x: torch.ones(3, requires_grad=True) * 2, X, X),
        ValueError,
        "does not use x",
    ),
    (lambda: jvp(None, X, X), TypeError, "f must be a function"),
    (
        lambda: jvp(torch.sin, X, torch.ones(2)),
        ValueError,
        r"u must have the shape of x, \(3,\), got \(2,\)",
    ),
    (lambda: jvp(lambda x: (x, x), X, X), TypeError, "f must return a float tensor"),
    (
        lambda: hvp(torch.sin, X, X),
        ValueError,
        r"f must return one number, shape \(\), got shape \(3,\): reduce it",
    ),
    (lambda: hvp(lambda x: 2.0, X, X), TypeError, "f must return a float tensor"),
    (lambda: hvp("f", X, X), TypeError, "f must be a function"),
    (
        lambda: largest_curvature(torch.sum, X, 0),
        ValueError,
        "steps must be a whole number >= 1, got 0",
    ),
    (lambda: largest_curvature(torch.sum, X, 1.5), TypeError, "steps must be a whole number"),
    (
        lambda: largest_curvature(torch.sum, X, 2, 42),
        TypeError,
        "generator must be a torch.Generator",
    ),
    (
        lambda: largest_curvature(torch.sum, torch.ones(0)),
        ValueError,
        "x must hold a number or more",
    ),
    (
        lambda: explore_vjp(torch.arange(MOST + 1.0), torch.arange(MOST + 1.0), X),
        ValueError,
        f"at most {MOST} points, a row for each, got {MOST + 1}",
    ),
    (lambda: explore_vjp(torch.arange(5.0)), (TypeError, ValueError), "speed"),
    (lambda: explore_vjp(params=torch.ones(2)), ValueError, r"shape \(3,\)"),
]


@pytest.mark.parametrize(("call", "error", "words"), WRONG, ids=[words for _, _, words in WRONG])
def test_bad_input_is_refused_by_name(call, error, words) -> None:
    with pytest.raises(error, match=words):
        call()


# The picture


def test_the_picture_holds_what_autograd_gives(data, start) -> None:
    time, speed = data
    table = _table(time, speed, start)
    ones, slopes = table.weighted["ones"], table.weighted["mse slopes"]
    for each in (ones, slopes):
        assert (*each.v.shape, *each.sums.shape, *table.J.shape) == (20, 20, 20, 3, 20, 3)
    for each, first, many in [
        (ones, 10, 1),
        (ones, 0, 20),
        (slopes, 17, 3),
        (slopes, 0, 20),
        (slopes, 18, 9),
    ]:
        v = torch.zeros(20).double()
        v[first : first + many] = each.v[first : first + many]
        assert_close(each.sums[first, many - 1], vjp(lambda p: quadratic(time, p), start, v))
    (slope,) = torch.autograd.grad(
        mse(quadratic(time, p := start.clone().requires_grad_()), speed), p
    )
    assert_close(slopes.sums[0, -1], slope)


def test_the_picture_takes_other_points() -> None:
    g = torch.Generator().manual_seed(1)
    for n in (2, 7, MOST):
        given = [torch.randn(size, generator=g) for size in (n, n, 3)]
        picture = as_saved(lambda given=given: explore_vjp(*given))
        assert len(picture.words.split()) >= 6 and len(spec_of(picture.page)["data"]["time"]) == n
