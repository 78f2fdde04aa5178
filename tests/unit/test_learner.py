"fastai's Learner does what our lines do, to the digit; it leaves the rest alone, and is missed in one line."

import importlib.util
import math
import random
from pathlib import Path
from typing import Any

import pytest
import torch
from autograd_tutorial import optimizers
from autograd_tutorial.core.theory import standardise
from autograd_tutorial.fit import apply_step, fit, make_data, mse, quadratic, rmse
from autograd_tutorial.learner import Quadratic, quadratic_learner
from autograd_tutorial.learning_rate import stability_edge
from autograd_tutorial.pictures import show_lr_find
from autograd_tutorial.pictures.learner import BEGINS
from autograd_tutorial.tools import learners
from torch import Tensor, nn
from torch.testing import assert_close

from project import run
from saved import as_saved, spec_of

FASTAI = importlib.util.find_spec("fastai") is not None
needs_fastai = pytest.mark.skipif(not FASTAI, reason="fastai is an extra")


@pytest.fixture
def data() -> tuple[Tensor, Tensor, Tensor]:
    "Time, speed and start of the series."
    g = torch.Generator().manual_seed(42)
    return *make_data(g), torch.randn(3, generator=g)


def losses_of(learn: Any, epochs: int) -> Tensor:
    learn.recorder.smooth_loss.beta = 0
    learn.fit(epochs)
    return torch.stack([torch.as_tensor(each) for each in learn.recorder.losses])


# The same as ours


@needs_fastai
def test_sgd_gives_the_losses_of_apply_step(data, capsys) -> None:
    time, speed, start = data
    learn = quadratic_learner(*data, lr=1e-5, bar=False)
    theirs = losses_of(learn, 10)
    params, ours = start.clone().requires_grad_(), []
    for _ in range(10):
        ours.append(mse(quadratic(time, params), speed).item())
        apply_step(params, time, speed, lr=1e-5, loss_fn=mse, prn=False)
    assert_close(theirs, torch.tensor(ours), rtol=1e-6, atol=0)
    assert_close(
        theirs[:4], torch.tensor([25823.8086, 5435.536, 1577.449, 847.378]), rtol=1e-6, atol=0
    )
    assert_close(learn.model.params.detach(), params.detach())
    after = [values[1] for values in learn.recorder.values]
    assert_close(torch.tensor(after[:9]), theirs[1:], rtol=1e-6, atol=0)
    assert capsys.readouterr().out == ""


@needs_fastai
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("loss_fn", [mse, rmse])
def test_any_loss_and_float_type_as_fit(data, dtype, loss_fn) -> None:
    time, speed, start = (each.to(dtype) for each in data)
    theirs = losses_of(
        quadratic_learner(time, speed, start, lr=1e-5, loss_fn=loss_fn, bar=False), 30
    )
    assert_close(
        theirs,
        fit(
            start.clone().requires_grad_(), time, speed, lr=1e-5, steps=30, loss_fn=loss_fn
        ).float(),
        rtol=1e-5,
        atol=0,
    )


@needs_fastai
def test_adam_is_ours_once_its_defaults_are(data) -> None:
    from functools import partial

    from fastai.basics import Adam

    data = tuple(each.double() for each in data)
    ours = optimizers.race({"it": partial(optimizers.Adam, lr=0.1)}, 59, *data)[0][0].float()
    same = partial(Adam, sqr_mom=0.999, eps=1e-8, wd=0.0)
    assert_close(losses_of(quadratic_learner(*data, lr=0.1, opt_func=same, bar=False), 60), ours)
    for other in (Adam, partial(Adam, eps=1e-8, wd=0.0), partial(Adam, sqr_mom=0.999, eps=1e-8)):
        assert not torch.allclose(
            losses_of(quadratic_learner(*data, lr=0.1, opt_func=other, bar=False), 60), ours
        )
    with_decay = {
        "it": lambda p: torch.optim.AdamW(
            [p], lr=0.1, betas=(0.9, 0.99), eps=1e-5, weight_decay=0.01
        )
    }
    assert_close(
        losses_of(quadratic_learner(*data, lr=0.1, opt_func=Adam, bar=False), 60),
        optimizers.race(with_decay, 59, *data)[0][0].float(),
    )


@needs_fastai
def test_batches_are_shuffled_whole_and_the_same_again(data) -> None:
    def batches(seed: int) -> list[list[float]]:
        learn = quadratic_learner(*data, batch_size=3, seed=seed)
        return [batch[0].tolist() for _ in range(2) for batch in learn.dls.train]

    one, again, other = batches(1), batches(1), batches(2)
    assert one == again != other
    assert [len(batch) for batch in one] == [3, 3, 3, 3, 3, 3, 2] * 2
    assert (
        sorted(at for batch in one[:7] for at in batch)
        == sorted(at for batch in one[7:] for at in batch)
        == data[0].tolist()
    )
    assert one[:7] != one[7:]
    whole = quadratic_learner(*data)
    assert [batch[0].tolist() for batch in whole.dls.train] == [data[0].tolist()]


@needs_fastai
def test_one_cycle_reaches_the_best(data) -> None:
    x = standardise(data[0])[0]
    learn = quadratic_learner(x, data[1], data[2], batch_size=2, bar=False)
    learn.fit_one_cycle(40, 0.1)
    assert rmse(quadratic(x, learn.model.params.detach()), data[1]) < 2.705
    assert len(learn.recorder.lrs) == 400


@needs_fastai
def test_lr_find_leaves_no_file_and_no_step(data, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    learn = quadratic_learner(*data, bar=False)
    found = learn.lr_find(show_plot=False).valley
    assert 2 < stability_edge(data[0]) / found < 20
    assert torch.equal(learn.model.params.detach(), data[2]) and not list(tmp_path.iterdir())


# It leaves the rest alone


@needs_fastai
def test_the_world_stays_as_it_was(data) -> None:
    import numpy
    from fastai.basics import defaults

    before = (
        torch.random.get_rng_state(),
        random.getstate(),
        numpy.random.get_state()[1].tolist(),
        torch.get_default_dtype(),
        defaults.use_cuda,
    )
    given = [each.clone() for each in data]
    learn = quadratic_learner(*data, batch_size=4, bar=False)
    learn.fit(2)
    learn.lr_find(show_plot=False)
    learn.fit_one_cycle(2, 1e-6)
    after = (
        torch.random.get_rng_state(),
        random.getstate(),
        numpy.random.get_state()[1].tolist(),
        torch.get_default_dtype(),
        defaults.use_cuda,
    )
    assert torch.equal(before[0], after[0]) and before[1:] == after[1:]
    assert all(torch.equal(one, other) for one, other in zip(given, data, strict=True))
    assert not data[2].requires_grad


@needs_fastai
def test_a_module_of_your_own(data) -> None:
    class Line(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.slope = nn.Parameter(torch.zeros(()))

        def forward(self, time: Tensor) -> Tensor:
            return self.slope * time

    line = Line()
    learn = quadratic_learner(data[0], data[1], model=line, lr=1e-3, bar=False)
    learn.fit(5)
    assert learn.model is line and line.slope > 0
    assert quadratic_learner(model=Line(), bar=False).dls.train.n == 20
    with pytest.raises(ValueError, match="params must be None with a Module"):
        quadratic_learner(*data, model=line)


@needs_fastai
def test_dls_of_your_own(data) -> None:
    from fastai.basics import DataLoader, DataLoaders
    from torch.utils.data import TensorDataset

    points = TensorDataset(data[0][:10], data[1][:10])
    dls = DataLoaders(DataLoader(points, bs=5), DataLoader(points, bs=10))
    learn = quadratic_learner(params=data[2], dls=dls, bar=False)
    learn.fit(1)
    assert learn.dls is dls and len(learn.recorder.losses) == 2
    with pytest.raises(ValueError, match="not both"):
        quadratic_learner(*data, dls=dls)
    with pytest.raises(ValueError, match="batch_size must be None"):
        quadratic_learner(dls=dls, batch_size=2)
    with pytest.raises(TypeError, match=r"use DataLoaders\(train, valid\)"):
        quadratic_learner(dls=[points])


@needs_fastai
def test_what_learner_takes_goes_through(data, capsys, tmp_path) -> None:
    from fastai.basics import Callback

    class Count(Callback):
        steps = 0

        def after_step(self) -> None:
            self.learn.counted = getattr(self.learn, "counted", 0) + 1

    learn = quadratic_learner(*data, cbs=Count, wd=0.5, model_dir=tmp_path, metrics=rmse)
    learn.fit(3)
    assert learn.counted == 3 and learn.wd == 0.5 and learn.model_dir == tmp_path
    assert "rmse" in learn.recorder.metric_names and "valid_loss" in capsys.readouterr().out


# Bad input

GOOD = torch.arange(4.0)
BAD = [
    (
        (GOOD.half(), GOOD),
        {},
        TypeError,
        r"time must be float32 or float64, got torch.float16: use time.to",
    ),
    ((GOOD, GOOD.to(torch.complex64)), {}, TypeError, "speed must be float32"),
    (("fast", GOOD), {}, TypeError, "time must be numbers in a tensor, a list or an array"),
    (
        (torch.tensor([0.0, math.nan]), GOOD[:2]),
        {},
        ValueError,
        "time must be finite, got 1 nan or inf",
    ),
    ((GOOD, torch.full((4,), math.inf)), {}, ValueError, "speed must be finite"),
    ((GOOD[:1], GOOD[:1]), {}, ValueError, r"time must have shape \(n,\) with n >= 2, got \(1,\)"),
    ((GOOD[:, None], GOOD), {}, ValueError, r"got \(4, 1\)"),
    ((GOOD, GOOD[:3]), {}, ValueError, "one shape|same shape|time and speed"),
    ((GOOD, None), {}, ValueError, "time and speed go together"),
    ((GOOD, GOOD, torch.zeros(2)), {}, ValueError, r"params must have shape \(3,\)"),
    ((GOOD, GOOD, [0.0, 0.0, 0.0]), {}, TypeError, "params must be"),
    ((GOOD, GOOD, torch.zeros(3).double()), {}, TypeError, "one dtype"),
    ((), {"lr": 0.0}, ValueError, "lr must be a finite number > 0, got 0.0"),
    ((), {"lr": -1e-5}, ValueError, "lr must be"),
    ((), {"lr": math.nan}, ValueError, "lr must be"),
    ((), {"lr": "fast"}, TypeError, "lr must be a finite number > 0, got 'fast'"),
    ((), {"loss_fn": 3}, TypeError, "loss_fn must be a function, got 3"),
    ((), {"model": "quadratic"}, TypeError, "model must be a function"),
    ((), {"opt_func": "SGD"}, TypeError, "opt_func must be a function"),
    ((), {"batch_size": 0}, ValueError, "batch_size must be a whole number from 1 to 20, got 0"),
    ((), {"batch_size": 21}, ValueError, "got 21"),
    ((), {"batch_size": 2.0}, TypeError, "batch_size must be a whole number from 1 to 20, got 2.0"),
    ((), {"batch_size": True}, TypeError, "batch_size must be"),
    ((), {"seed": -1}, ValueError, "seed must be a whole number from 0"),
    ((), {"seed": "x"}, TypeError, "seed must be a whole number"),
    (
        (),
        {"opt_func": torch.optim.Adam},
        TypeError,
        r"use partial\(OptimWrapper, opt=torch.optim.Adam\)",
    ),
    (
        (),
        {"opt_func": optimizers.Adam},
        TypeError,
        "must make an optimizer of fastai, got autograd_tutorial.optimizers.Adam: use fastai.basics.Adam",
    ),
    ((), {"model": nn.Linear}, TypeError, r"got the class Linear: call it, Linear\(\)"),
    (
        (),
        {"model": nn.Identity()},
        ValueError,
        "model must have params to train, got none in Identity",
    ),
    ((), {"dls": 3}, TypeError, "dls must be DataLoaders of fastai, got int"),
]


@needs_fastai
@pytest.mark.parametrize(("given", "more", "error", "says"), BAD)
def test_bad_input_is_refused(given, more, error, says) -> None:
    with pytest.raises(error, match=says):
        quadratic_learner(*given, **more)


@needs_fastai
def test_the_start_has_the_float_type_of_the_data(data) -> None:
    time, speed = (each.double() for each in data[:2])
    params = quadratic_learner(time, speed, bar=False).model.params
    assert params.dtype == torch.float64 and torch.equal(params.detach(), data[2].double())


@needs_fastai
def test_a_loss_is_one_number(data) -> None:
    learn = quadratic_learner(
        *data, loss_fn=lambda preds, targets: (preds - targets) ** 2, bar=False
    )
    with pytest.raises(ValueError, match=r"loss_fn must return one number, got shape \(20,\)"):
        learn.fit(1)


@needs_fastai
def test_the_picture_wants_an_edge(data) -> None:
    with pytest.raises(ValueError, match=r"raw times: .* linear in its params"):
        show_lr_find(
            data[0], data[1], torch.ones(3), lambda t, p: p[0] * torch.sin(p[1] * t) + p[2], steps=2
        )


@needs_fastai
def test_lr_find_over_few_points_wants_stop_div_false(data) -> None:
    found = (
        quadratic_learner(*data, batch_size=2, bar=False)
        .lr_find(show_plot=False, stop_div=False)
        .valley
    )
    assert 1e-7 < found < stability_edge(data[0])


def test_a_module_copies_its_start() -> None:
    start = torch.ones(3)
    curve = Quadratic(start)
    with torch.no_grad():
        curve.params.zero_()
    assert start.tolist() == [1, 1, 1] and curve(torch.arange(2.0)).tolist() == [0, 0]
    line = Quadratic(torch.ones(2), lambda t, p: p[0] * t + p[1])
    assert line(torch.arange(3.0)).tolist() == [1, 2, 3]
    with pytest.raises(TypeError, match="model must be a function, got 3"):
        Quadratic(start, 3)
    for bad, error in (
        ([1.0], TypeError),
        (torch.ones(3).long(), TypeError),
        (torch.ones(1, 3), ValueError),
        (torch.tensor([math.nan]), ValueError),
    ):
        with pytest.raises(error, match="params must"):
            Quadratic(bad)


# Without fastai


def test_without_fastai_one_line_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setattr(learners, "find_spec", lambda name: None)
    for call in (quadratic_learner, show_lr_find):
        with pytest.raises(ImportError) as error:
            call()
        assert (
            str(error.value)
            == "This needs fastai: run %pip install fastai, and then this cell again"
        )
        assert error.value._render_traceback_() == [str(error.value)]


HIDDEN = """
import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "fastai":
            raise ModuleNotFoundError("No module named 'fastai'", name="fastai")
sys.meta_path.insert(0, Hide())
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name == "fastai" else found(name, package)
import autograd_tutorial.exercises.learner
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.instance().run_cell("from autograd_tutorial.tools.learners import need_fastai; need_fastai()")
InteractiveShell.instance().run_cell("from autograd_tutorial.learner import quadratic_learner; quadratic_learner()")
"""


def test_a_notebook_without_fastai_shows_that_line_and_no_traceback(tmp_path: Path) -> None:
    said = run("python", "-c", HIDDEN, cwd=tmp_path)
    assert (
        said.splitlines()
        == ["This needs fastai: run %pip install fastai, and then this cell again"] * 2
    )


# The live picture


@needs_fastai
def test_the_picture_tells_what_lr_find_says(data) -> None:
    time, speed, start = (each.double() for each in data)
    told = spec_of(as_saved(show_lr_find).page)["data"]
    searches = told["searches"]
    assert all(list(searches[kind]) == BEGINS for kind in ("raw", "standardised"))
    for at, kind in ((time, "raw"), (standardise(time)[0], "standardised")):
        assert_close(told["runs"][kind]["edge"], stability_edge(at), rtol=1e-6, atol=0)
        learn = quadratic_learner(at, speed, start, bar=False)
        assert searches[kind]["1e-7"]["found"] == learn.lr_find(show_plot=False).valley
    found = {begin: search["found"] for begin, search in searches["raw"].items()}
    assert found["1e-5"] > told["runs"]["raw"]["edge"] > 4 * found["1e-7"]
