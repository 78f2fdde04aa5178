"What the live pictures are made of: every number in them is PyTorch's, with a kernel or without one."

import base64
import gzip
import json
import math
from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import matplotlib.pyplot as plt
import pytest
import torch
from autograd_tutorial.fit import fit, make_data, mse, quadratic, rmse
from autograd_tutorial.learning_rate import sweep
from autograd_tutorial.pictures import (
    explore_learning_rate,
    explore_push,
    explore_tangent,
    fit_by_hand,
    play_fit,
    show_descent,
    show_race,
)
from autograd_tutorial.pictures.learning_rate import Failed, _still, _swept
from autograd_tutorial.pictures.live import Slider, source, stops
from autograd_tutorial.pictures.packing import pack
from autograd_tutorial.pictures.runs import RATE, SCALES, Fits, Runs, sweep_over
from bs4 import BeautifulSoup
from torch import Tensor
from torch.testing import assert_close

import saved
from saved import as_saved, spec_of, unpack, whole_spec_of

NAN, INF = float("nan"), float("inf")
LAST = len(stops(RATE)) - 1


@pytest.fixture
def data() -> tuple[Tensor, Tensor, Tensor]:
    g = torch.Generator().manual_seed(42)
    return (*make_data(g), torch.randn(3, generator=g))


@pytest.fixture(scope="module")
def explorer() -> dict:
    return whole_spec_of(saved.explorer().page)


def standardised(time: Tensor) -> Tensor:
    return (time - time.mean()) / time.std(correction=0)


def by_the_loop(
    time: Tensor, speed: Tensor, start: Tensor, lr: float, loss_fn
) -> tuple[list[float], list[Tensor]]:
    "A run as lesson 2 takes it: one step after another, until a loss is not finite."
    params, losses, path = start.clone().requires_grad_(), [], []
    for _ in range(201):
        loss = loss_fn(quadratic(time, params), speed)
        losses.append(loss.item())
        path.append(params.detach().clone())
        if not loss.isfinite():
            break
        (grad,) = torch.autograd.grad(loss, params)
        params = (params - lr * grad).detach().requires_grad_()
    return losses, path


# Packing


def test_packing_keeps_fourteen_bits_and_what_is_no_number() -> None:
    g = torch.Generator().manual_seed(1)
    wild = torch.randn(5, 7, 11, generator=g) * 10 ** (20 * torch.rand(5, 7, 11, generator=g) - 10)
    odd = torch.tensor([[0.0, INF, -INF, NAN, 3e38, -1e-30]])
    arrays = unpack(*pack({"wild": wild, "odd": odd}))
    assert_close(arrays["wild"], wild, rtol=2.0**-14, atol=0)
    assert_close(arrays["odd"], odd, rtol=2.0**-14, atol=1e-35, equal_nan=True)


def test_packing_nothing_is_possible() -> None:
    assert unpack(*pack({})) == {}


def test_data_goes_through_as_it_is() -> None:
    told = {"a": [1, None, "b"], "rate": RATE, "deep": ({"x": torch.tensor([[1.0], [2.0]])}, [])}
    _, plain = pack(told)
    assert plain["deep"] == [{"x": {"packed": 0, "shape": [2, 1]}}, []]
    assert json.loads(json.dumps(plain))["rate"]["ends"] == [1e-7, 1.0]
    assert plain["a"] == [1, None, "b"]


# The runs


@pytest.mark.parametrize("loss_fn", [mse, rmse])
@pytest.mark.parametrize("kind", ["raw", "standardised"])
@pytest.mark.parametrize("stop", [0, 32, 40, 41, 60, 104, LAST])
def test_every_packed_number_is_that_of_the_loop(explorer, data, loss_fn, kind, stop) -> None:
    time, speed, start = data
    at = time if kind == "raw" else standardised(time)
    fits = explorer["data"]["fits"][loss_fn.__name__][kind]
    losses, path = by_the_loop(at, speed, start, stops(RATE)[stop], loss_fn)
    found = fits["runs"]["losses"][stop]
    alive = len(losses) - (not math.isfinite(losses[-1]))
    if loss_fn is rmse and kind == "raw" and stop > 41:
        alive = 12  # a wandering run doubles every rounding error
    assert_close(found[:alive], torch.tensor(losses[:alive]), rtol=2e-3, atol=0)
    if alive < len(losses) and loss_fn is mse:
        assert not found[alive:].isfinite().any()
    base, basis = fits["base"], fits["basis"]
    for step in {0, 1, min(10, alive - 1), min(alive - 1, 200)}:
        preds = (base + fits["runs"]["errors"][:, stop, step] @ basis)[fits["measured"]]
        wanted = quadratic(at, path[step])
        assert (preds - wanted).abs().max() <= 2e-3 * wanted.abs().max() + 0.02


def test_the_words_of_the_issue_are_met(explorer) -> None:
    fits = explorer["data"]["fits"]
    raw, standard = (fits["mse"][kind]["runs"] for kind in ("raw", "standardised"))
    assert raw["floor"] == pytest.approx(7.305, rel=1e-4)
    assert fits["rmse"]["raw"]["runs"]["floor"] == pytest.approx(2.7028, rel=1e-4)
    assert raw["edge"] == pytest.approx(3.5399e-5, rel=1e-4)
    assert standard["edge"] == pytest.approx(0.4044, rel=1e-3)
    curvatures = [each["curvature"] for each in raw["directions"]]
    assert curvatures == pytest.approx([56499, 15.98, 0.2586], rel=1e-3)
    losses = raw["losses"][stops(RATE).index(1e-3)]
    assert losses[9].isfinite() and not losses[10:].isfinite().any(), "explodes after 10 steps"
    assert standard["losses"][:, 200].nan_to_num(INF).min() < 1.01 * 7.305


def test_what_is_left_is_what_theory_says(explorer) -> None:
    "On a bowl each direction shrinks by 1 - lr λ a step."
    runs = explorer["data"]["fits"]["mse"]["raw"]["runs"]
    stop = 40
    for k, each in enumerate(runs["directions"]):
        share = runs["errors"][k, stop, 200] / each["start"]
        expected = (1 - stops(RATE)[stop] * each["curvature"]) ** 200
        assert abs(share - expected) < 2e-3


# The reader's own


def swept(
    model=quadratic, loss_fn=mse, time=None, speed=None, params=None, steps=20
) -> dict[str, Fits | Failed]:
    g = torch.Generator().manual_seed(42)
    points, start = make_data(g), torch.randn(3, generator=g)
    time, speed = (points[0] if time is None else time), (points[1] if speed is None else speed)
    start = start if params is None else params
    return {kind: _swept(kind, steps, time, speed, start, model, loss_fn) for kind in SCALES}


def in_a_module(time: Tensor, params: Tensor) -> Tensor:
    "Through a layer in float32, which takes no float64."
    return SAME(torch.vander(time, 2)) @ params + 4


SAME = torch.nn.Linear(2, 2, bias=False).requires_grad_(False)
torch.nn.init.eye_(SAME.weight)


@pytest.mark.parametrize("model", [lambda t, p: p[0] * t + p[1] + 4, in_a_module])
def test_own_line_has_two_directions(model) -> None:
    runs = swept(model, params=torch.zeros(2))["raw"].runs
    assert [each.name for each in runs.directions] == ["steep", "flat"]
    time, speed = make_data()
    X = torch.stack([time, torch.ones_like(time)], 1)
    best = torch.linalg.lstsq(X, speed[:, None]).solution
    assert runs.floor == pytest.approx(mse((X @ best)[:, 0], speed).item(), rel=1e-4)


def test_own_model_that_is_not_linear_has_its_curve() -> None:
    def model(t, p):
        return p[0] * torch.exp(-p[1] * t / 20)

    params = torch.tensor([10.0, 0.5])
    fits = swept(model, params=params)["raw"]
    assert fits.runs.edge is fits.runs.floor is None and fits.runs.directions == []
    time, speed = make_data()
    _, paths = sweep(stops(RATE), 20, time, speed, params, mse, model)
    preds = fits.runs.errors[:, 40, 20][fits.measured]
    near = (speed.max() - speed.min()).item() / 2000  # of the height of the picture
    assert_close(preds, model(time, paths[40, 20]), rtol=0, atol=near)


@pytest.mark.parametrize("bend", [torch.relu, torch.abs])
def test_a_model_that_is_linear_only_here_and_there_is_seen_through(bend) -> None:
    def model(t, p):
        return bend(quadratic(t, p))

    params = torch.tensor([0.0, 1.0, 1.0])
    runs = swept(model, params=params)["raw"].runs
    assert runs.edge is None and runs.directions == []
    assert (runs.errors >= 0).all(), "what is drawn is what the model gives"


def test_many_points_of_a_model_that_is_not_linear_stay_small() -> None:
    time = torch.linspace(0, 19, 400)
    fits = swept(
        lambda t, p: p[0] * torch.exp(-p[1] * t),
        time=time,
        speed=time * 2,
        params=torch.tensor([1.0, 0.1]),
        steps=2,
    )["raw"]
    assert fits.curve == 40 and len(fits.basis) == 40
    assert [i is not None for i in fits.measured].count(True) == 40


def test_only_the_mse_itself_has_the_edge_of_the_mse() -> None:
    def mse(preds, targets):
        return ((preds - targets) ** 2).sum()

    assert swept(loss_fn=mse)["raw"].runs.edge is None
    assert swept(loss_fn=rmse)["raw"].runs.edge is None


@pytest.mark.parametrize(
    ("losses", "words", "label"),
    [
        (
            [1e3, 1e2, 10.0],
            "mse at lr 1e-05: 10 after 2 steps",
            "loss, log scale",
        ),
        (
            [1e3, 1e6, math.inf],
            "mse at lr 1e-05: exploded after 2 steps, the loss is inf",
            "loss, log scale",
        ),
        (
            [2.0, 0.0, -1.0],
            "mse at lr 1e-05: -1 after 2 steps",
            "loss",
        ),
    ],
)
def test_the_still_picture_says_what_it_shows(losses: list[float], words: str, label: str) -> None:
    time = torch.arange(5.0)
    errors = torch.zeros(1, LAST + 1, len(losses))
    runs = Runs(torch.tensor(losses).expand(LAST + 1, -1), errors, None, None, [])
    base = 10 * time + 26.02
    fits = Fits(runs, time.tolist(), 5, [0, 1, 2, 3, 4], base, torch.zeros(1, 5))
    left, right = _still(fits, "mse", time, 10 * time).figure.axes
    right.figure.canvas.draw()
    boxes = [axes._left_title.get_window_extent() for axes in (left, right)]
    titles = [axes.get_title(loc="left") for axes in (left, right)]
    assert titles == ["The curve misses the points by 26.02 (rmse)", words]
    assert boxes[0].x1 < boxes[1].x0, "titles run into each other"
    assert right.get_ylabel() == label and right.get_yscale() == (
        "log" if "log" in label else "linear"
    )
    assert all(tick == int(tick) for tick in right.get_xticks())
    plt.close(right.figure)


def test_directions_have_names() -> None:
    def model(t, p):
        return sum(p[k] * (t / 20) ** k for k in range(5))

    runs = swept(model, params=torch.zeros(5))["raw"].runs
    assert [each.name for each in runs.directions] == ["steep", "second", "third", "fourth", "flat"]


def test_times_in_any_order_that_require_grad(data) -> None:
    time, speed, start = data
    order = torch.randperm(20, generator=torch.Generator().manual_seed(3))
    box = fit_by_hand(time[order].requires_grad_(), speed[order])
    told = box.children[-1].spec["data"]
    assert told["time"] == time.tolist() and told["speed"] == pytest.approx(speed.tolist())
    explore_learning_rate(time[order].requires_grad_(), speed[order], start, steps=2)


def test_own_loss_has_no_floor_and_no_directions() -> None:
    def mae(preds, targets):
        return (preds - targets).abs().mean()

    runs = swept(loss_fn=mae)["raw"].runs
    assert runs.floor is None and runs.directions == []


def test_a_model_that_raises_takes_only_its_own_pictures() -> None:
    def positive(t, p):
        if (t < 0).any():
            raise ArithmeticError("no roots of negative times")
        return p[0] * t.sqrt() + p[1]

    fits = swept(positive, params=torch.zeros(2))
    assert isinstance(fits["raw"], Fits)
    assert fits["standardised"] == Failed(
        "standardised times: ArithmeticError: no roots of negative times"
    )


@pytest.fixture(scope="module")
def many() -> tuple[Tensor, Tensor, Tensor]:
    "Five thousand points, and a start."
    g = torch.Generator().manual_seed(0)
    time = torch.rand(5000, generator=g) * 19
    return time, 3 * torch.randn(5000, generator=g) + (time - 9) ** 2, torch.zeros(3)


@pytest.mark.parametrize("loss_fn", [mse, rmse])
def test_many_points_are_trained_on_as_fewer_rows_with_the_same_loss(many, loss_fn) -> None:
    time, speed, start = many
    for kind, at in (("raw", time), ("standardised", standardised(time))):
        fits = _swept(kind, 20, *many, quadratic, loss_fn)
        assert isinstance(fits, Fits) and len(fits.times) == 61 + 400
        for lr in (1e-5, 1e-2):
            wanted = sweep([lr], 20, at, speed, start, loss_fn)[0][0]
            found = fits.runs.losses[stops(RATE).index(lr)]
            alive = wanted < 1e20
            assert_close(found[alive], wanted[alive], rtol=1e-3, atol=0)


@pytest.mark.filterwarnings("ignore:vmap refuses")
def test_few_points_of_a_slow_line_are_trained_on_as_fewer_rows_too(data) -> None:
    calls = []

    def slow(t: Tensor, p: Tensor) -> Tensor:
        calls.append(p)
        return quadratic(t, p) if p[0] < 1e30 else p[0] * t

    rates = [1e-6, 1e-5]
    found = sweep_over("raw", 100, *data, slow, lrs=rates)
    assert len(calls) < 100, "it was called at every step"
    assert_close(found.runs.losses, sweep(rates, 100, *data)[0], rtol=1e-3, atol=0)


def test_many_points_race_as_fewer_rows(many, monkeypatch) -> None:
    def stop(kind, goal, steps, time, *more) -> None:
        raise InterruptedError(f"{len(time)} rows")

    monkeypatch.setattr("autograd_tutorial.pictures.optimizers.tune", stop)
    with pytest.raises(ValueError, match="InterruptedError: 4 rows"):
        show_race(*many[:2])


def test_many_points_are_saved_in_little_room_and_the_picture_says_so(many) -> None:
    with pytest.warns(UserWarning, match="400 of the 5,000 points are drawn, and all are trained"):
        page = as_saved(lambda: explore_learning_rate(*many)).page
    assert len(page) < 400_000 and len(spec_of(page)["data"]["time"]) == 400
    assert len(as_saved(lambda: fit_by_hand(*many[:2])).page) < 400_000


def wave(t: Tensor, p: Tensor) -> Tensor:
    return p[0] * torch.sin(p[1] * t + p[2]) + p[3]


def test_curves_of_their_own_are_saved_in_little_room_as_far_as_a_slider_goes(many) -> None:
    start = torch.tensor([1.0, 0.3, 0.0, 0.0])
    time, speed = many[0][:400], many[1][:400]
    page = as_saved(lambda: explore_learning_rate(time, speed, start, wave, steps=100)).page
    assert len(page) < 400_000
    spec = whole_spec_of(page)
    rate, step = (each for each in spec["controls"][:2])
    assert (rate["step"], step["step"]) == (4 * RATE.step, 2)
    fits = spec["data"]["fits"]["mse"]["standardised"]
    paths = sweep([1e-2], 100, standardised(time), speed, start, mse, wave)[1][0]
    at = stops(replace(RATE, step=rate["step"])).index(1e-2)
    order = time.argsort()[torch.linspace(0, 399, 40).round().long()]
    for stop in (0, 2, 98, 100):
        found = fits["runs"]["errors"][:, at, stop]
        assert_close(found, wave(standardised(time)[order], paths[stop]), rtol=1e-3, atol=0.1)


def test_times_whose_squares_float32_cannot_hold_are_fitted_by_hand() -> None:
    spec = fit_by_hand(1e30 * torch.arange(3.0), torch.arange(3.0)).children[-1].spec
    assert spec["data"]["basis"][0] == pytest.approx([0, 1e60, 4e60])


@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        *((unit, torch.double) for unit in (1.7e9, 1.7e12, 1e-9, 1e6, 1e100)),
        *((unit, torch.float) for unit in (1e15, 1e-12)),
    ],
)
def test_times_of_any_unit_are_drawn_saved_and_opened_again(data, unit, kind) -> None:
    "Seconds and milliseconds since 1970, nanoseconds, weeks in seconds, and what is far from 1."
    time, speed, _ = (each.double() for each in data)
    since = unit in (1.7e9, 1.7e12)
    time = (unit + 60 * time * unit / 1.7e9 if since else unit * time).to(kind)
    speed = speed.to(kind)
    page = as_saved(lambda: explore_learning_rate(time, speed, steps=20)).page
    json.loads(json.dumps(spec_of(page)), parse_constant=pytest.fail)
    told = whole_spec_of(page)["data"]
    assert told["time"] == pytest.approx(
        time.tolist(), rel=1e-15 if kind == torch.double else 1e-8, abs=0
    )
    runs = told["fits"]["mse"]["standardised"]["runs"]
    assert runs["losses"][:, -1].min() < runs["losses"][0, 0]
    with pytest.warns(
        UserWarning, match="standardised times alone are drawn: over raw ones, (raw )?time"
    ):
        valley = as_saved(lambda: show_descent(time, speed, steps=20))
    assert list(spec_of(valley.page)["data"]["bowls"]) == ["standardised"]
    assert len(valley.image) > 10_000 and "condition number" in valley.words


def test_times_that_do_not_vary_cannot_be_standardised() -> None:
    fits = swept(time=torch.full((20,), 3.0))
    assert "time must vary to be standardised, got 3 throughout" in fits["standardised"].error
    assert isinstance(fits["raw"], Fits)


@pytest.mark.parametrize("loss_fn", [lambda p, t: mse(p, t) / 0, lambda p, t: mse(p, t) * NAN])
def test_a_loss_that_starts_without_a_number_is_said(loss_fn) -> None:
    assert "loss at the start must be finite" in swept(loss_fn=loss_fn)["raw"].error


def test_double_precision_is_kept(data) -> None:
    box = explore_learning_rate(*(each.double() for each in data), steps=3)
    assert "error" not in box.children[-1].spec["data"]["fits"]["mse"]["raw"]


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        (dict(time=torch.ones(3)), ValueError, "time and speed go together"),
        (
            dict(time=torch.ones(3), speed=torch.tensor([1.0, NAN, 2.0])),
            ValueError,
            "speed must be finite, got 1 nan or inf",
        ),
        (
            dict(time=torch.tensor([1.0, INF]), speed=torch.ones(2)),
            ValueError,
            "time must be finite",
        ),
        (
            dict(model=lambda t, p: p[0] * t),
            ValueError,
            "params must be given with a model of your own",
        ),
        (dict(params=torch.ones(2)), ValueError, r"params must have shape \(3,\)"),
        (
            dict(params=torch.ones(2, 2), model=lambda t, p: t),
            ValueError,
            r"params must have shape \(P,\)",
        ),
        (dict(params=torch.tensor([NAN, 0, 0])), ValueError, "params must be finite"),
        (dict(model="quadratic"), TypeError, "model must be a function, got 'quadratic'"),
        (dict(loss_fn=3), TypeError, "loss_fn must be a function, got 3"),
        (dict(steps=-1), ValueError, "steps must be a whole number >= 1"),
        (dict(steps=0), ValueError, "steps must be a whole number >= 1"),
        (dict(steps=2.5), TypeError, "steps must be a whole number"),
    ],
)
def test_bad_input_is_refused(given, error, says) -> None:
    with pytest.raises(error, match=says):
        explore_learning_rate(**given)


# With a kernel


def test_the_controls_are_real_ipywidgets(data) -> None:
    import ipywidgets

    box = explore_learning_rate(*data, loss_fn=rmse, steps=7)
    rate, step, row, chart = box.children
    assert type(rate) is ipywidgets.FloatLogSlider and type(step) is ipywidgets.IntSlider
    assert (rate.value, step.value, step.max) == (1e-5, 7, 7)
    assert [list(each.options) for each in row.children] == [["raw", "standardised"]]
    assert chart.controls == [rate, step, *row.children]
    losses = unpack(chart.packed, chart.spec["data"])["fits"]["rmse"]["raw"]["runs"]["losses"]
    expected = sweep([1e-5], 7, *data, loss_fn=rmse)[0][0]
    assert_close(losses[stops(RATE).index(1e-5)], expected, rtol=1e-4, atol=0)


def test_a_loss_without_a_name_is_named_by_its_class(data) -> None:
    box = explore_learning_rate(*data, loss_fn=torch.nn.MSELoss(), steps=2)
    assert list(box.children[-1].spec["data"]["fits"]) == ["MSELoss"]


def asked(box, **what) -> tuple[dict, list[bytes]]:
    "What the kernel answers when a hand has changed this."
    chart, sent = box.children[-1], []
    chart.send = lambda *given: sent.append(given)
    chart._handle_custom_msg({"key": json.dumps(what)}, [])
    return sent[0][0], [*sent[0][1:]]


def test_the_kernel_trains_what_a_hand_has_changed(data) -> None:
    "Any model and loss, in float64; what fails is said."
    time, speed, _ = data
    pulled, start = (speed + 1).tolist(), torch.ones(2)

    def root(t, p):
        return p[0] ** 2 * (t - p[1]).abs()

    box = explore_learning_rate(time, speed, start, root, rmse, 6)
    what = dict(time=time.tolist(), speed=pulled, lr=3e-3, loss="rmse", kind="standardised")
    answer, [exact] = asked(box, **what)
    assert json.loads(answer["key"]) == what and "error" not in answer
    place = answer["data"]["runs"]["losses"]
    row = torch.frombuffer(bytearray(*exact), dtype=torch.double)[place["packed"] :][:7]
    at = standardised(time.double())
    wanted = sweep([3e-3], 6, at, torch.tensor(pulled).double(), start.double(), rmse, root)[0][0]
    assert_close(row, wanted, rtol=1e-12, atol=0)
    answer, nothing = asked(box, **what | dict(time=[3.0] * 20))
    assert "time must vary to be standardised" in answer["error"] and not nothing


# The other pictures


def test_tangents_are_those_of_autograd() -> None:
    spec = whole_spec_of(as_saved(lambda: explore_tangent(lambda x: x.sin() * x**2)).page)
    x, h = (torch.tensor(stops(Slider(**each))).double() for each in spec["controls"])
    at = x.clone().requires_grad_()
    (slope,) = torch.autograd.grad((at.sin() * at**2).sum(), at)
    assert_close(spec["data"]["slope"].double(), slope, rtol=1e-4, atol=1e-6)
    ahead = x[:, None] + h
    rise = (ahead.sin() * ahead**2 - (x.sin() * x**2)[:, None]) / h
    assert_close(spec["data"]["rise"].double(), rise, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("f", "powers"),
    [
        (lambda x: x**2, [0.25, 3, 9]),  # of where x is from -2.5 to 3.5: (0.5 + 3 u)²
        (torch.abs, None),
        (lambda x: x * x.detach(), None),  # a slope that is not its own
    ],
)
def test_a_page_knows_f_between_the_stops_where_it_is_a_polynomial(f, powers) -> None:
    found = spec_of(as_saved(lambda: explore_tangent(f)).page)["data"]["powers"]
    assert found == (powers and pytest.approx(powers))


@pytest.mark.parametrize(
    ("f", "ends", "error", "says"),
    [
        (3, (-1, 1), TypeError, "f must be a function, got 3"),
        (torch.log, (-1, 1), ValueError, "f from -1 to 2 must be finite"),
        (torch.sin, (1, -1), ValueError, r"ends must be \(lower, higher\)"),
        (torch.sin, ("low", 1), TypeError, "each of ends must be a finite number"),
        (lambda x: x.sum(), (-1, 1), ValueError, "f must work on each number"),
        (torch.ones_like, (-1, 1), ValueError, "f must compute its result from x"),
        (
            lambda x: x.abs().sqrt(),
            (-1, 1),
            ValueError,
            "the slope of f from -1 to 1 must be finite",
        ),
        (torch.sin, None, ValueError, r"ends must be \(lower, higher\), got None"),
        (torch.sin, (1,), ValueError, r"ends must be \(lower, higher\)"),
    ],
)
def test_tangents_refuse(f, ends, error, says) -> None:
    with pytest.raises(error, match=says):
        explore_tangent(f, ends)


def test_films_refuse(data) -> None:
    time, speed, start = data
    with pytest.raises(ValueError, match="frames must be two or more, got 1"):
        play_fit([start], time, speed)
    with pytest.raises(ValueError, match=r"params must have shape \(3,\)"):
        play_fit([start[:2]], time, speed)
    with pytest.raises(TypeError, match="frames must be a list of params, got NoneType"):
        play_fit(None, time, speed)
    with pytest.raises(ValueError, match="speed must be finite"):
        fit_by_hand(time, speed * NAN)


def test_a_film_has_a_frame_for_each_step(data) -> None:
    time, speed, start = data
    params = start.clone().requires_grad_()
    frames = [params.detach().clone()]
    for _ in range(4):
        fit(params, time, speed, lr=1e-5, steps=1)
        frames.append(params.detach().clone())
    box = play_fit(frames, time, speed)
    assert box.children[0].max == 4
    assert_close(torch.tensor(box.children[-1].spec["data"]["frames"]), torch.stack(frames))


# The valley


@cache
def saved_valley() -> str:
    return as_saved(show_descent).page


@pytest.fixture(scope="module")
def valley() -> dict:
    return whole_spec_of(saved_valley())


@pytest.mark.parametrize("kind", ["raw", "standardised"])
@pytest.mark.parametrize("stop", [32, 40, 104])
def test_the_path_through_the_valley_is_that_of_the_loop(valley, data, kind, stop) -> None:
    time, speed, start = data
    at = time if kind == "raw" else standardised(time)
    losses, path = by_the_loop(at, speed, start, stops(RATE)[stop], mse)
    X = torch.stack([at**2, at, torch.ones_like(at)], 1).double()
    best = torch.linalg.lstsq(X, speed.double()).solution
    curvatures, V = torch.linalg.eigh(2 * X.T @ X / 20)
    runs = valley["data"]["bowls"][kind]["runs"]
    told = torch.tensor([each["curvature"] for each in runs["directions"]]).double()
    assert_close(told, curvatures.flip(0), rtol=1e-6, atol=0)
    alive = [step for step in range(len(path)) if math.isfinite(losses[step])][:12]
    errors = torch.stack([path[step].double() - best for step in alive]) @ V.flip(1)
    packed = runs["errors"][:, stop, : len(alive)].T.double()
    assert_close(packed.abs(), errors.abs(), rtol=1e-3, atol=1e-3 * errors.abs().max().item())
    assert_close(runs["losses"][stop, alive], torch.tensor(losses)[alive], rtol=1e-3, atol=0)


def test_the_axes_of_the_valley_hold_the_start_and_say_how_they_are_stretched(valley) -> None:
    raw, bowl = (valley["data"]["bowls"][kind] for kind in ("raw", "standardised"))
    for each in (raw, bowl):
        ends = each["runs"]["directions"][0], each["runs"]["directions"][-1]
        assert all(span > abs(end["start"]) for span, end in zip(each["spans"], ends, strict=False))
        assert len(each["levels"]) >= 5 and min(each["levels"]) > each["runs"]["floor"]
        assert each["levels"] == sorted(each["levels"])
    assert (
        raw["stretch"] == pytest.approx(raw["spans"][1] / raw["spans"][0]) and raw["stretch"] > 70
    )
    assert bowl["stretch"] == 1


def test_the_valley_of_other_data() -> None:
    time = torch.linspace(-1, 1, 20)
    exact = show_descent(time, quadratic(time, torch.ones(3)), torch.ones(3), steps=2)
    line = show_descent(time, 3 * time, torch.zeros(2), lambda t, p: p[0] * t + p[1], steps=2)
    for box in (exact, line):
        for facts in box.children[-1].spec["data"]["bowls"].values():
            assert len(facts["levels"]) >= 3 and all(
                math.isfinite(each)
                for each in [*facts["levels"], *facts["spans"], facts["stretch"]]
            )


def test_the_valley_has_ipywidgets(data) -> None:
    import ipywidgets

    rate, step, row, chart = show_descent(*data, steps=7).children
    assert type(rate) is ipywidgets.FloatLogSlider and rate.value == pytest.approx(
        3.16e-5, rel=1e-2
    )
    assert (step.value, step.max) == (7, 7)
    assert [list(each.options) for each in row.children] == [["raw", "standardised"]]
    assert chart.controls == [rate, step, *row.children]


@pytest.mark.parametrize(
    "page", [lambda: saved.explorer().page, saved_valley, lambda: saved.race_of_two().page]
)
def test_pictures_are_light(page) -> None:
    soup = BeautifulSoup(page(), "html.parser")
    front = soup.style.string + soup.select_one("script:not([type])").string
    assert len(gzip.compress(front.encode())) <= 24_000
    assert len(base64.b64decode(spec_of(soup)["packed"])) <= 120_000


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("first = explore_push(\n    None,  # as it is\n)", "explore_push(None)"),
        ("pictures.explore_push()", "pictures.explore_push()"),
        ("for _ in range(2):\n    shown()", "explore_push(...)"),
        ("a, b = explore_push(), explore_push()", "explore_push(...)"),
    ],
)
def test_it_knows_what_made_it(monkeypatch, cell: str, says: str) -> None:
    shell = SimpleNamespace(user_ns={"In": ["", cell]})
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    assert explore_push().children[-1].spec["call"] == says


def test_it_stands_where_it_is_told(data) -> None:
    box = explore_learning_rate(*data, steps=5)
    lr, step, row, chart = box.children
    assert box.at(lr=0.0000316227766017, step=2, loss="rmse", pulled="3:2.5:40") is box
    now = [lr.value, step.value, *(each.value for each in row.children)]
    assert now == [pytest.approx(10**-4.5), 2, "rmse", "raw"] and chart.spec["at"] == {
        "pulled": "3:2.5:40"
    }
    for wrong, says in (
        (dict(step=1, lr=5), "lr must be a number from 1e-07 to 1, got 5"),
        (dict(step=1, lr=3e-5), "lr has stops, of which 3.16227766017e-05 is next, got 3e-05"),
        (dict(step=1.6), "step has stops, of which 2 is next, got 1.6"),
        (dict(step=1, loss="mae"), r"loss must be one of \['mse', 'rmse'\], got 'mae'"),
        (dict(step=1, rate=1), "at takes lr, step, loss, time, start, pulled, got rate"),
    ):
        with pytest.raises(ValueError, match=says):
            box.at(**wrong)
    assert step.value == 2


# The front end as text


@pytest.mark.parametrize(
    "kind", ["learning_rate", "gradients", "fit", "conditioning", "graph", "vectors"]
)
def test_the_front_end_is_one_text_that_asks_nobody(kind) -> None:
    text = source(kind)
    assert "import " not in "\n".join(
        line for line in text.splitlines() if not line.lstrip().startswith(("*", "/**"))
    )
    assert text.count("export ") == text.count("export default") == 1
    assert (
        "innerHTML" not in text and "http://www.w3.org/2000/svg" in text and text.count("http") == 1
    )
