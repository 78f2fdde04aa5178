"Points of the reader's own: read as they come, and judged by what a right answer does on them."

from pathlib import Path

import pytest
import torch
from autograd_tutorial.core.theory import best_params, standardise
from autograd_tutorial.exercises.own import (
    SETS,
    check_edge,
    check_fit,
    check_silent,
    load_points,
)
from autograd_tutorial.fit import fit, make_data, mse, quadratic, rmse
from autograd_tutorial.learning_rate import stability_edge, sweep
from torch.testing import assert_close


def test_two_sets_come_along_and_say_where_they_are_from() -> None:
    assert sorted(SETS) == ["braking", "ramp"]
    for path in SETS.values():
        assert "In the public domain." in path.read_text(encoding="utf-8")
    speed, distance = (each.double() for each in load_points("braking"))
    line = torch.linalg.lstsq(torch.vander(speed, 2), distance[:, None]).solution[:, 0]
    assert_close(line, torch.tensor([3.932409, -17.579095]).double(), rtol=1e-6, atol=0)
    height, distance = (each.double() for each in load_points("ramp"))
    assert len(height) == 7 and height.sum() == 3450 and distance.sum() == 3038


@pytest.mark.parametrize(
    "text",
    [
        "1,2\n2,3\n3,5\n",
        "# mine\nt (s), v\n\n1, 2\n2, 3\n3, 5",
        "\ufefft,v\r\n1,2\r\n2,3\r\n3,5\r\n",
    ],
)
def test_a_file_is_read_with_and_without_names(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    first, second = load_points(tmp_path / "mine.csv")
    assert first.tolist() == [1, 2, 3] and second.tolist() == [2, 3, 5]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("t,v\n1,2\n2,x\n3,4", "two numbers with a comma between, got '2,x'"),
        ("t,v\n1;2\n2;3\n3;4", "got '1;2'"),
        ("1,2,3\n1,2,3\n1,2,3", "got '1,2,3'"),
        ("1,2\n2,3", "three points or more, got 2"),
        ("", "three points or more, got 0"),
        ("t,v", "three points or more, got 0"),
    ],
)
def test_what_is_no_pair_of_numbers_is_shown(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=says):
        load_points(tmp_path / "mine.csv")


def test_a_name_that_is_no_file_hears_what_comes_along() -> None:
    with pytest.raises(FileNotFoundError, match="no file breaking; braking and ramp come along"):
        load_points("breaking")


@pytest.mark.parametrize("name", SETS)
def test_a_fit_is_right_within_a_hundredth_of_the_best(name: str) -> None:
    time, speed = load_points(name)
    best = best_params(time, speed)
    assert check_fit(best, time, speed).kind == "right"
    assert check_fit(best, time.tolist(), speed.numpy()).kind == "right"
    x, scale = standardise(time)
    over_x = best_params(x, speed)
    for params, first, second, says in (
        (torch.zeros(3), time, speed, "`standardise`"),
        (over_x, time, speed, "params over x?"),
        (best.flip(0), time, speed, "turned round?"),
        (best, speed, time, "columns swapped?"),
    ):
        wrong = check_fit(params, first, second)
        assert wrong.kind == "wrong" and says in wrong.words
    params = torch.zeros(3).requires_grad_()
    fit(params, x, speed, lr=0.3, steps=200)
    assert check_fit(scale.undo(params.detach()), time, speed).kind == "right"
    assert check_fit(torch.ones(3), time, quadratic(time, torch.ones(3))).kind == "right"


@pytest.mark.parametrize("name", SETS)
def test_an_edge_is_that_of_these_points(name: str) -> None:
    time, speed = load_points(name)
    edge = stability_edge(time)
    assert check_edge(edge, time).kind == "right"
    losses, _ = sweep([0.98 * edge, 1.02 * edge], 400, time, speed, torch.zeros(3))
    assert losses[0, -1] < losses[0, 0] < losses[1, -1]
    for rate, says in (
        (3 * edge, "explodes well before"),
        (1.03 * edge, "explodes before"),
        (edge / 3, "still falls well past"),
        (2 * edge, "there twice?"),
        (edge / 2, "1/λ?"),
        (2 / edge, "the curvature λ?"),
        (stability_edge(torch.arange(20.0)), "the lesson's own"),
        (stability_edge(standardise(time)[0]), "the raw column"),
    ):
        assert says in check_edge(rate, time).words


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_fault_is_silent_where_the_value_stays_right(name: str, dtype: torch.dtype) -> None:
    time, speed = (each.to(dtype) for each in load_points(name))

    def loss_of(change):
        return lambda p: mse(quadratic(time, change(p)), speed)

    def cut(p):
        a, b, c = p
        return torch.stack([a, b.detach(), c])

    assert check_silent(lambda p: None, time, speed).kind == "open"
    assert "finds nothing wrong" in check_silent(loss_of(lambda p: p), time, speed).words
    assert "finds nothing wrong" in check_silent(loss_of(lambda p: p), [*time], [*speed]).words
    assert "its value is" in check_silent(loss_of(lambda p: 2 * p), time, speed).words
    preds = lambda p: quadratic(time, p)  # noqa: E731
    for loss, says in {
        (lambda p: rmse(preds(p), speed)): "is that the rmse?",
        (lambda p: ((preds(p) - speed) ** 2).sum()): "is that a sum?",
        (lambda p: ((preds(p)[:, None] - speed) ** 2).mean()): "meet every speed?",
        (lambda p: mse(quadratic(speed, p), time)): "columns swapped?",
        (lambda p: mse(quadratic(standardise(time)[0], p), speed)): "standardised times?",
        (lambda p: mse(quadratic(make_data()[0], p), make_data()[1])): "points of the lessons?",
        (lambda p: (preds(p) - speed) ** 2): "is a `.mean()` missing?",
        (lambda p: setattr(p, "grad", None)): "end on `return`?",
        (lambda p: mse(preds(p), speed.numpy().missing)): "raised AttributeError",
        (lambda p: check_silent(cut, time, speed)): "out of the function",
    }.items():
        assert says in check_silent(loss, time, speed).words
    for fault in (cut, torch.Tensor.detach):
        assert check_silent(loss_of(fault), time, speed).kind == "right"
