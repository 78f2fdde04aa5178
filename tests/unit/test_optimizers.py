"The optimizers of lesson 9 do what PyTorch's do, step by step; the race holds what PyTorch computes; bad input changes nothing."

import copy
import math
from collections.abc import Callable
from functools import partial

import pytest
import torch
from autograd_tutorial.core.theory import best_params, standardise
from autograd_tutorial.fit import make_data, mse, quadratic, rmse
from autograd_tutorial.learning_rate import sweep
from autograd_tutorial.optimizers import Adam, Descent, Momentum, Nesterov, race
from autograd_tutorial.pictures import show_race
from autograd_tutorial.pictures.optimizers import _how
from autograd_tutorial.tools.tuning import BETAS, RATES, Tuned, steps_to, tune
from torch import Tensor
from torch.testing import assert_close

from saved import as_saved, race_of_two, spec_of

SGD = torch.optim.SGD


@pytest.fixture(scope="module")
def data() -> tuple[Tensor, Tensor, Tensor]:
    "Time, speed and start of the series, in float64."
    g = torch.Generator().manual_seed(42)
    time, speed = make_data(g)
    return time.double(), speed.double(), torch.randn(3, generator=g).double()


def goal_of(time: Tensor, speed: Tensor) -> float:
    return ((1.01 * rmse(quadratic(time, best_params(time, speed)), speed)) ** 2).item()


PAIRS = [
    (partial(Descent, lr=1e-5), lambda p: SGD([p], lr=1e-5)),
    (partial(Momentum, lr=3e-5, beta=0.97), lambda p: SGD([p], lr=3e-5, momentum=0.97)),
    (partial(Momentum, lr=1e-5, beta=0), lambda p: SGD([p], lr=1e-5)),
    (
        partial(Nesterov, lr=1e-5, beta=0.9),
        lambda p: SGD([p], lr=1e-5, momentum=0.9, nesterov=True),
    ),
    (partial(Adam, lr=0.3), lambda p: torch.optim.Adam([p], lr=0.3)),
    (
        partial(Adam, lr=0.1, betas=(0.8, 0.999), eps=1e-3),
        lambda p: torch.optim.Adam([p], lr=0.1, betas=(0.8, 0.999), eps=1e-3),
    ),
    (Adam, lambda p: torch.optim.Adam([p])),
]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_every_step_is_that_of_torch(data, ours, theirs, dtype) -> None:
    losses, paths = race({"ours": ours, "theirs": theirs}, 200, *(each.to(dtype) for each in data))
    rtol = 1e-3 if dtype is torch.float32 else 1e-9
    assert paths.shape == (2, 201, 3) and paths.dtype == dtype
    assert_close(paths[0], paths[1], rtol=rtol, atol=rtol)
    assert_close(losses[0], losses[1], rtol=rtol, atol=rtol)


def test_descent_is_the_sweep_of_lesson_3(data) -> None:
    losses, paths = race({"it": partial(Descent, lr=1e-5)}, 50, *data)
    swept, walked = sweep([1e-5], 50, *data)
    assert_close(losses, swept)
    assert_close(paths, walked)


def test_a_step_goes_in_place_and_waits_for_a_gradient() -> None:
    for make in (Descent, Momentum, Nesterov, Adam):
        params = torch.ones(2, 2).requires_grad_()
        optimizer, home = make(params, lr=0.5), params.data_ptr()
        with pytest.raises(ValueError, match=r"call backward\(\)"):
            optimizer.step()
        assert params.tolist() == [[1, 1], [1, 1]]
        (params**2).sum().backward()
        optimizer.step()
        assert params.data_ptr() == home and params.is_leaf and params.requires_grad
        assert (params < 1).all() and params.grad is not None
        optimizer.zero_grad()
        assert params.grad is None


def test_rows_with_settings_of_their_own_are_runs_of_their_own(data) -> None:
    lr, beta = torch.tensor([[1e-5], [2e-5]]).double(), torch.tensor([[0.5], [0.9]]).double()
    rows = data[2].repeat(2, 1).requires_grad_()
    optimizer = Nesterov(rows, lr, beta)
    for _ in range(30):
        optimizer.zero_grad()
        sum(mse(quadratic(data[0], row), data[1]) for row in rows).backward()
        optimizer.step()
    alone = {str(i): partial(Nesterov, lr=lr[i].item(), beta=beta[i].item()) for i in (0, 1)}
    assert_close(rows.detach(), race(alone, 30, *data)[1][:, 30])


def net_and_loss() -> tuple[torch.nn.Module, Callable[[], Tensor]]:
    torch.manual_seed(0)
    net, x = (
        torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)),
        torch.randn(9, 2),
    )
    net[0].bias.requires_grad_(False)
    return net, lambda: (net(x) - x.prod(1, keepdim=True)).square().mean()


@pytest.mark.parametrize(
    "given",
    [
        lambda net: net.parameters(),
        lambda net: list(net.parameters()),
        lambda net: net.named_parameters(),
        lambda net: [
            {"params": net[0].parameters()},
            {"params": net[2].weight, "lr": 0.3},
            {"params": [net[2].bias]},
        ],
    ],
    ids=["parameters()", "list", "named", "groups"],
)
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda p: Momentum(p, 0.1), partial(SGD, lr=0.1, momentum=0.9)),
        (lambda p: Adam(p, 0.1), partial(torch.optim.Adam, lr=0.1)),
    ],
    ids=["momentum", "Adam"],
)
def test_a_whole_network_is_stepped_as_torch_does(given, ours, theirs) -> None:
    ends = []
    for make, of in (
        (ours, given),
        (
            theirs,
            lambda net: (
                list(net.parameters())
                if given(net).__class__.__name__ == "generator"
                else given(net)
            ),
        ),
    ):
        net, loss = net_and_loss()
        optimizer = make(of(net))
        for step in range(6):
            if step == 3:
                net[0].bias.requires_grad_()  # frozen until now
            optimizer.zero_grad()
            loss().backward()
            optimizer.step()
        net, optimizer = copy.deepcopy((net, optimizer))  # with what it remembers
        for p in net.parameters():
            p.grad = torch.ones_like(p)
        optimizer.step()
        ends.append([p.detach() for p in net.parameters()])
    assert_close(*ends)


def test_a_gradient_that_is_nan_steps_nothing() -> None:
    one, two = (torch.ones(2).requires_grad_() for _ in range(2))
    for optimizer in (Descent(two, 0.1), Adam([one, two])):
        one.grad, two.grad = torch.ones(2), torch.tensor([1.0, math.nan])
        with pytest.raises(
            ValueError, match=r"params.grad must be finite, got 1 nan or inf.* index 1"
        ):
            optimizer.step()
        two.grad = torch.ones(2).to_sparse()
        with pytest.raises(ValueError, match=r"must be dense, got torch.sparse_coo: for an Embed"):
            optimizer.step()
    assert one.tolist() == two.tolist() == [1, 1]


def test_a_rate_that_would_be_lost_is_not_taken() -> None:
    with pytest.raises(AttributeError, match="no attribute 'lr'"):
        Descent([torch.ones(2).requires_grad_()], 0.1).lr = 0.2


@pytest.mark.parametrize(
    ("kind", "option", "says"),
    [
        (Descent, "momentum", "torch.optim.SGD has: Momentum and Nesterov have it"),
        (Momentum, "nesterov", "torch.optim.SGD has: Nesterov is that"),
        (Momentum, "weight_decay", r"add weight_decay / 2 \* \(params\*\*2\).sum\(\) to the loss"),
        (Adam, "amsgrad", "torch.optim.Adam has: it keeps the largest square"),
        (Adam, "fused", "torch.optim.Adam has: it changes how fast"),
        (Adam, "differentiable", "torch.optim.Adam has: steps are never recorded here"),
        (Adam, "beta", "Adam takes params, lr, betas, eps, got beta$"),
    ],
)
def test_an_option_that_is_left_out_is_answered(kind, option, says) -> None:
    with pytest.raises(TypeError, match=says):
        kind(torch.ones(2).requires_grad_(), lr=0.1, **{option: 0.5})


def test_weight_decay_in_the_loss_makes_the_steps_of_torch() -> None:
    ours, theirs = (torch.ones(2).requires_grad_() for _ in range(2))
    for p, optimizer, decay in (
        (ours, Adam(ours, 0.1), 0.3),
        (theirs, torch.optim.Adam([theirs], 0.1, weight_decay=0.3), 0.0),
    ):
        for _ in range(5):
            optimizer.zero_grad()
            (p.sin().sum() + decay / 2 * (p**2).sum()).backward()
            optimizer.step()
    assert_close(ours, theirs)


LEAF = torch.zeros(3).requires_grad_()
BAD = [
    (Descent, (torch.zeros(3), 0.1), ValueError, "requires_grad_"),
    (Descent, (LEAF * 1, 0.1), ValueError, "must be a leaf"),
    (Descent, ([0.0], 0.1), TypeError, "params must be a tensor, several, or dicts with params"),
    (Descent, (0.0, 0.1), TypeError, "params must be a tensor, got float"),
    (Descent, (torch.nn.Linear(1, 1), 0.1), TypeError, r"got Linear: use model.parameters\(\)"),
    (Descent, ([LEAF], 0.1, 0.9), TypeError, "too many positional arguments"),
    (
        Descent,
        ([{"params": [LEAF], "lr": -1.0}], 0.1),
        ValueError,
        "lr must be a finite number > 0",
    ),
    (Descent, ([], 0.1), ValueError, "params must hold a tensor or more"),
    (Descent, ([LEAF, LEAF], 0.1), ValueError, "each tensor once"),
    (Descent, ([{"params": [LEAF], "speed": 3}], 0.1), TypeError, "takes params, lr, got speed$"),
    (Descent, (LEAF, 0.0), ValueError, "lr must be a finite number > 0"),
    (Descent, (LEAF, "fast"), TypeError, "lr must be"),
    (Descent, (LEAF, torch.tensor([0.1, 0.2])), ValueError, r"\(L, 1\) for \(L, P\)"),
    (
        Descent,
        (torch.zeros(2, 3).requires_grad_(), torch.tensor([[0.1], [-0.2]])),
        ValueError,
        "lr must be a finite number > 0",
    ),
    (Momentum, (LEAF, 0.1, 1.0), ValueError, "beta must be a number from 0 to below 1, got 1.0"),
    (Momentum, (LEAF, 0.1, -0.1), ValueError, "beta must be"),
    (Nesterov, (LEAF, 0.1, math.nan), ValueError, "beta must be"),
    (Adam, (LEAF, 0.1, 0.9), ValueError, "betas must be two numbers"),
    (Adam, (LEAF, 0.1, (0.9, 1.0)), ValueError, "betas must be"),
    (Adam, (LEAF, 0.1, (0.9, 0.99), 0.0), ValueError, "eps must be a finite number > 0"),
]


@pytest.mark.parametrize(("kind", "given", "error", "says"), BAD)
def test_bad_settings_are_refused(kind, given, error, says) -> None:
    with pytest.raises(error, match=says):
        kind(*given)


def test_steps_to_counts_from_the_last_time_above() -> None:
    losses = torch.tensor(
        [
            [9.0, 1.0, 4.0, 1.0],
            [1.0, 1.0, 2.0, 0.0],
            [9.0, 1.0, 1.0, 3.0],
            [9.0, 1.0, 1.0, math.nan],
            [9.0, 8.0, 7.0, 2.0],
        ]
    )
    assert steps_to(losses, 2.0).tolist() == [3, 0, math.inf, math.inf, 3]
    assert steps_to(losses[0], 2).item() == 3
    assert steps_to(losses[None], 2).shape == (1, 5)
    for bad in ([1.0], torch.tensor([1, 2])):
        with pytest.raises(TypeError, match="losses must be a float tensor"):
            steps_to(bad, 1.0)
    for bad in (torch.tensor(1.0), torch.zeros(3, 0)):
        with pytest.raises(ValueError, match=r"shape \(\.\.\., steps \+ 1\)"):
            steps_to(bad, 1.0)


@pytest.mark.parametrize("kind", [Descent, Momentum, Nesterov, Adam])
def test_tune_finds_the_first_of_all(data, kind) -> None:
    "Over standardised times, run by run with PyTorch's optimizers."
    time, speed, start = data
    x = standardise(time)[0]
    lrs, betas, goal = [0.03, 0.1, 0.3], [0.0, 0.3, 0.9], goal_of(x, speed)
    found = tune(kind, goal, 120, x, speed, start, lrs=lrs, betas=betas)
    made = {
        Descent: lambda lr, beta: lambda p: SGD([p], lr=lr),
        Momentum: lambda lr, beta: lambda p: SGD([p], lr=lr, momentum=beta),
        Nesterov: lambda lr, beta: lambda p: SGD([p], lr=lr, momentum=beta, nesterov=beta > 0),
        Adam: lambda lr, beta: lambda p: torch.optim.Adam([p], lr=10 * lr, betas=(beta, 0.999)),
    }[kind]
    if kind is Adam:
        found = tune(kind, goal, 120, x, speed, start, lrs=[10 * lr for lr in lrs], betas=betas)
    entered = {f"{lr} {beta}": made(lr, beta) for lr in lrs for beta in betas}
    needed = steps_to(race(entered, 120, x, speed, start)[0], goal)
    assert found.steps == needed.min().item()
    assert steps_to(race({"it": found}, 120, x, speed, start)[0], goal).item() == found.steps


def test_tune_says_when_none_gets_there(data) -> None:
    found = tune(Descent, goal_of(*data[:2]), 30, *data)
    assert found.steps is None and found.settings["lr"] == pytest.approx(10**-4.5, rel=0.2)
    assert "Tuned(kind=" in repr(found)


def test_tune_on_a_model_of_ones_own() -> None:
    time = torch.linspace(0, 4, 30)
    speed = 5 * torch.exp(-0.7 * time)

    def decay(time: Tensor, p: Tensor) -> Tensor:
        return p[0] * torch.exp(-p[1] * time)

    found = tune(Adam, 1e-4, 300, time, speed, torch.ones(2), model=decay)
    losses, _ = race({"it": found}, 300, time, speed, torch.ones(2), model=decay)
    assert found.steps is not None and losses[0, found.steps :].max() <= 1e-4


def test_tune_takes_an_optimizer_of_ones_own(data) -> None:
    class ByTheSign(Descent):
        def direction(self, grad: Tensor) -> Tensor:
            return grad.sign()

    x = standardise(data[0])[0]
    found = tune(ByTheSign, goal_of(x, data[1]), 300, x, *data[1:], lrs=[0.1, 0.3])
    assert found.settings.keys() == {"lr"} and isinstance(found(LEAF), ByTheSign)


def test_no_run_begins_before_all_entries_are_good(data) -> None:
    begun = []
    entered = {"good": lambda p: begun.append(p) or Descent(p, lr=1e-5), "bad": 3}
    with pytest.raises(TypeError, match=r"optimizers\['bad'\] must be a function"):
        race(entered, 5, *data)
    assert all(torch.equal(params, data[2]) for params in begun)


def test_bad_input_of_race_and_tune_is_refused(data) -> None:
    good = {"it": partial(Descent, lr=1e-5)}
    for given, error, says in (
        (({}, 5, *data), TypeError, "dict of one or more"),
        (([Descent], 5, *data), TypeError, "dict of one or more"),
        (({"it": 3}, 5, *data), TypeError, r"optimizers\['it'\] must be a function"),
        (({"it": lambda p: None}, 5, *data), TypeError, r"a step\(\), got None"),
        (
            ({"it": lambda p: torch.optim.LBFGS([p])}, 5, *data),
            TypeError,
            "got LBFGS, which needs one",
        ),
        ((good, -1, *data), ValueError, "steps must be a whole number"),
        ((good, 5, data[0], data[1][:4], data[2]), ValueError, "one shape"),
        ((good, 5, *data[:2], data[2].float()), TypeError, "one dtype"),
    ):
        with pytest.raises(error, match=says):
            race(*given)
    for change, error, says in (
        (dict(kind=torch.optim.SGD), TypeError, "kind must be Descent, Momentum"),
        (dict(steps=0), ValueError, "steps must be a whole number >= 1, got 0"),
        (dict(goal="low"), TypeError, "goal must be"),
        (dict(lrs=0.1), TypeError, "lrs must be a list"),
        (dict(lrs=[]), ValueError, "one number or more"),
        (dict(lrs=[-1.0]), ValueError, "lr must be"),
        (dict(betas=[1.0]), ValueError, "beta must be"),
        (dict(lrs=[1e30]), ValueError, "no rate of lrs"),
    ):
        given = (
            dict(kind=Momentum, goal=8.0, steps=40, time=data[0], speed=data[1], params=data[2])
            | change
        )
        with pytest.raises(error, match=says):
            tune(**given)


def test_the_start_is_left_alone(data) -> None:
    start = data[2].clone().requires_grad_()
    race({"it": partial(Adam, lr=1.0)}, 5, *data[:2], start)
    tune(Adam, 8.0, 5, *data[:2], start, lrs=[1.0])
    assert torch.equal(start, data[2]) and start.grad is None


def test_the_grid_is_the_one_that_is_told() -> None:
    assert (len(RATES), len(BETAS)) == (129, 7)
    assert_close(torch.tensor([RATES[0], RATES[-1]]), torch.tensor([1e-7, 10.0]))


# The picture


def heats(picture) -> dict:
    "What a race tells of each kind of time."
    return spec_of(picture.page)["data"]["heats"]


def test_the_picture_knows_when_each_arrives(data) -> None:
    time, speed, start = data
    x = standardise(time)[0]
    made = {
        ("raw", "Adam"): (time, lambda p: torch.optim.Adam([p], lr=2.0, betas=(0.98, 0.999))),
        ("standardised", "descent"): (x, lambda p: SGD([p], lr=0.3)),
        ("standardised", "Adam"): (
            x,
            lambda p: torch.optim.Adam([p], lr=0.5, betas=(0.8, 0.999)),
        ),
    }
    for (kind, name), (at, make) in made.items():
        needed = steps_to(race({"it": make}, 900, at, speed, start)[0], goal_of(at, speed)).item()
        told = heats(race_of_two())[kind]["racers"]
        assert {racer["name"]: racer["arrival"] for racer in told}[name] == needed
    raw = heats(race_of_two())["raw"]
    known = dict(rule="Descent", settings=[3e-5])
    assert raw["racers"][0] == dict(name="descent", how="lr 3e-5", arrival=None, **known)
    steps = raw["steps"]
    assert steps[:4] == [0, 1, 2, 3] and steps[-1] == 900


def test_settings_of_any_kind_are_told() -> None:
    assert _how(partial(Adam, lr=0.1, betas=[0.9, 0.99])) == "lr 0.1, betas 0.9, 0.99"
    assert _how(partial(Adam, lr=1e-5, note="slow")) == "lr 1e-5, note slow"


def test_bad_entries_are_refused(data) -> None:
    one = {"it": partial(Descent, lr=1e-5)}
    for entered, says in (
        ({"raw": one}, "raw and standardised"),
        ({"raw": one, "standardised": {"other": one["it"]}}, "the same names"),
        (3, "raw and standardised"),
    ):
        with pytest.raises(ValueError, match=says):
            show_race(*data, optimizers=entered)
    with pytest.raises(ValueError, match="linear"):
        show_race(
            data[0],
            data[1],
            torch.ones(2).double(),
            model=lambda t, p: p[0] * torch.exp(-p[1] * t),
            steps=5,
        )


def test_whoever_brings_points_gets_four_tuned(data) -> None:
    "With times so large that no rate of the usual grid survives."
    found = heats(as_saved(lambda: show_race(20 * data[0], data[1], data[2], steps=150)))
    assert [racer["name"] for racer in found["raw"]["racers"]] == [
        "descent",
        "momentum",
        "Nesterov",
        "Adam",
    ]
    assert all(racer["arrival"] is not None for racer in found["standardised"]["racers"])
    assert isinstance(Tuned(Adam, dict(lr=0.1), None)(torch.zeros(3).requires_grad_()), Adam)
