"On a GPU, where there is one, everything gives what it gives on the CPU, and stays there."

from functools import partial
from typing import Any

import pytest
import torch
from autograd_tutorial import optimizers, pictures
from autograd_tutorial.conditioning import hessian_spectrum
from autograd_tutorial.exercises.fit import q3
from autograd_tutorial.fit import apply_step, fit, make_data, mse, quadratic, rmse, show_preds
from autograd_tutorial.gradients import numeric_grad
from autograd_tutorial.graph import record
from autograd_tutorial.learning_rate import stability_edge, sweep
from autograd_tutorial.scale import fit_distributed, share_gradients
from autograd_tutorial.tools.diagnosis import diagnose
from autograd_tutorial.tools.tuning import tune
from autograd_tutorial.vectors import hvp, largest_curvature
from torch import Tensor
from torch.testing import assert_close

from saved import arrays_in, as_saved, whole_spec_of

DESCENT = {"descent": partial(optimizers.Descent, lr=1e-6)}
ADAM = partial(tune, optimizers.Adam, 1e9, 3, lrs=[1e-3, 1e-2])
SLOW = {"raw": DESCENT, "standardised": DESCENT}


@pytest.fixture(params=["cpu", "cuda"])
def device(request: pytest.FixtureRequest) -> torch.device:
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    return torch.device(request.param)


def problem(device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    "The points and a start, the same numbers everywhere."
    time, speed = make_data()
    return time.to(device), speed.to(device), torch.ones(3, device=device, requires_grad=True)


CALLS = {  # of the problem
    "slopes": lambda t, s, p: numeric_grad(lambda q: mse(quadratic(t.double(), q), s.double()), p),
    "steps": lambda t, s, p: (apply_step(p, t, s, prn=False), fit(p, t, s), p),
    "sweep": lambda t, s, p: sweep([1e-6, 1e-5], 5, t, s, p),
    "sweep by a tensor": lambda t, s, p: sweep(p.new_tensor([1e-6, 1e-5]).detach(), 5, t, s, p),
    "edge": lambda t, s, p: p.new_tensor(stability_edge(t)),
    "spectrum": lambda t, s, p: hessian_spectrum(t)[0],
    "product": lambda t, s, p: hvp(lambda q: mse(quadratic(t, q), s), p.detach(), p.detach()),
    "shares": lambda t, s, p: share_gradients(p, t, s, [7, 13]),
    "race": lambda t, s, p: optimizers.race(DESCENT, 5, t, s, p),
}


@pytest.mark.parametrize("name", CALLS)
def test_helpers_compute_there(name: str, device: torch.device) -> None:
    made = CALLS[name](*problem(device))
    expected = CALLS[name](*problem(torch.device("cpu")))
    made, expected = ([x] if isinstance(x, Tensor) else x for x in (made, expected))
    for one, other in zip(made, expected, strict=True):
        assert one.device.type == device.type
        assert_close(one.detach().cpu(), other.detach(), rtol=1e-3, atol=1e-4)


def test_data_are_drawn_where_the_generator_is(device: torch.device) -> None:
    time, speed = make_data(torch.Generator(device).manual_seed(42))
    assert time.device.type == speed.device.type == device.type
    _, direction = largest_curvature(lambda q: mse(quadratic(time, q), speed), time.new_ones(3))
    assert direction.device.type == device.type
    assert show_preds(quadratic(time, time.new_ones(3)), time, speed).lines


def test_settings_are_tuned_there(device: torch.device) -> None:
    assert ADAM(*problem(device)) == ADAM(*problem(torch.device("cpu")))


def test_a_graph_is_recorded_there(device: torch.device) -> None:
    time, speed, params = problem(device)
    graph = record(mse(quadratic(time, params), speed), params=params)
    time, speed, params = problem(torch.device("cpu"))
    same = record(mse(quadratic(time, params), speed), params=params)
    assert [node.name for node in graph.nodes] == [node.name for node in same.nodes]


def test_a_wrong_gradient_is_found_there(device: torch.device) -> None:
    time, speed, params = problem(device)
    assert diagnose(lambda p: rmse(quadratic(time, p), speed), params) == []
    cut = diagnose(lambda p: rmse(quadratic(time, p.detach()), speed) + 0 * p.sum(), params)
    assert any("detach" in str(said) for said in cut), cut


def curved(time: Tensor, params: Tensor) -> Tensor:
    return params[0] * torch.exp(-((time / 20) ** 2) * params[1]) + params[2]


PICTURES = {
    "explore_learning_rate": lambda t, s, p: pictures.explore_learning_rate(t, s, p, steps=5),
    "of another model": lambda t, s, p: pictures.explore_learning_rate(t, s, p, curved, steps=5),
    "show_descent": lambda t, s, p: pictures.show_descent(t, s, p, steps=5),
    "explore_faults": lambda t, s, p: pictures.explore_faults(t, s, steps=5),
    "explore_vjp": pictures.explore_vjp,
    "show_race": lambda t, s, p: pictures.show_race(t, s, p, steps=5, optimizers=SLOW),
    "fit_by_hand": lambda t, s, p: pictures.fit_by_hand(t, s),
    "play_fit": lambda t, s, p: pictures.play_fit([p.detach()] * 3, t, s),
    "show_graph": lambda t, s, p: pictures.show_graph(mse(quadratic(t, p), s), params=p),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_told_the_same(name: str, device: torch.device) -> None:
    def told(where: torch.device) -> list[Tensor]:
        picture: Any = as_saved(lambda: PICTURES[name](*problem(where)))
        return arrays_in(whole_spec_of(picture.page)["data"])

    for one, other in zip(told(device), told(torch.device("cpu")), strict=True):
        assert_close(one, other, rtol=1e-2, atol=1e-2, equal_nan=True)


def test_an_answer_may_compute_there(device: torch.device) -> None:
    def mse_slopes(params: Tensor, time: Tensor, speed: Tensor) -> Tensor:
        there = params.detach().to(device).requires_grad_()
        mse(quadratic(time.to(device), there), speed.to(device)).backward()
        return there.grad.to(params.device)

    assert "Right." in repr(q3.check(mse_slopes))


def test_a_worker_has_a_device_of_its_own(device: torch.device) -> None:
    if device.type == "cpu":
        pytest.skip("tests/workers does this on the CPU")
    time, speed, params = problem(device)
    losses = fit_distributed(params, time, speed, shares=[20])
    time, speed, alone = problem(torch.device("cpu"))
    assert losses.device.type == "cuda"
    assert_close(losses.cpu(), fit(alone, time, speed), rtol=1e-4, atol=0)
    assert_close(params.cpu(), alone, rtol=1e-4, atol=1e-6)
