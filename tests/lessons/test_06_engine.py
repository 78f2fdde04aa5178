"What lesson 6 says in figures, held against what its run left behind."

from pathlib import Path

import numpy as np
import torch
from numpy.testing import assert_allclose


def test_a_quotient_goes_back_through_product_and_power(run):
    assert run._mul(3.0, 4.0)[1](1.0) == (4, 3)
    assert (run.value, run.to_6, run.to_inverse) == (3, 0.5, 6) and run.to_2 == -6 / 2**2


def test_a_sum_hands_on_all_and_a_mean_a_fifth(run):
    two = np.array(2.0)
    assert (2 * run.pushed_by_1).tolist() == [2] * 5
    assert [part.tolist() for part in run.of_sum(two)] == [[2.0] * 5]
    assert_allclose(run.of_mean(two)[0], [0.4] * 5)


def test_a_broadcast_is_undone_in_the_shape_of_what_was_spread(run):
    assert run._undo_broadcast(np.ones((20, 3)), (3,)).tolist() == [20, 20, 20]
    assert run._undo_broadcast(np.ones((20, 3)), (20, 1)).shape == (20, 1)


def test_x_is_used_three_times_and_its_slope_is_5(run):
    x = run.tensor(2.0).requires_grad_()
    y = x * x + x
    assert [parent.name for parent in y.parents] == ["mul", ""] and y.parents[1] is x
    assert run.made_of == ["mul", "x"]
    assert run._uses(y)[x] == 3
    y.backward()
    assert x.grad.item() == 5


def test_one_number_has_the_slope_that_school_gives(run):
    assert_allclose(run.a.grad.item(), np.exp(2.0) / 4, rtol=1e-12)


def test_recursion_ends_at_100_000_operations(run):
    assert run.end_of_calls == "RecursionError"


def test_a_walk_by_a_list_has_no_end_that_is_too_deep(run):
    assert run.x.grad.item() == 1  # through 100,000 operations


def test_the_network_agrees_with_pytorch_and_with_pushes(run):
    for mine, theirs in run.pairs:
        assert_allclose(mine, theirs, rtol=1e-12)
    assert_allclose(run.ours[2].grad.data, run.pushed, rtol=1e-6)


def test_the_four_figures_of_lesson_2_come_out_again(run):
    g = torch.Generator().manual_seed(42)
    run.fit.make_data(g)
    start = run.tensor(torch.randn(3, generator=g).numpy()).requires_grad_()
    loss = run.rmse(run.quadratic(run.time, start), run.speed)
    graph = run.record(loss, params=start)
    assert_allclose(loss.item(), 160.6979, rtol=1e-6)
    assert run.again == 4
    assert len(graph.order) == 12
    assert f"{graph.edges[0].local:.6f}" == f"{1 / (2 * loss.item()):.6f}" == "0.003111"
    loss.backward()
    assert_allclose(start.grad.data, [-165.5151, -10.6402, -0.79], rtol=1e-4)


def test_ten_steps_get_stuck_at_26(run):
    assert_allclose(run.losses[0], 133.2652, rtol=1e-6)
    assert [round(loss) for loss in run.losses[-3:]] == [26, 26, 26]


def test_eleven_operations_hold_125_numbers(run):
    assert len(run.recorded) == 11
    assert sum(node.data.size for node in run.recorded) == 125


def test_what_arrays_buy_is_as_measured(run):
    text = Path("../benchmarks/engine.md").read_text(encoding="utf-8")
    rows = [row.split("|") for row in text.splitlines() if row.startswith("| ")]
    times = {row[1].strip(): float(row[6]) for row in rows[1:]}
    assert 0.7 < times.pop("rmse of the quadratic, 20 points") < 1  # micrograd: a little faster
    networks = [value for task, value in times.items() if task.startswith("network")]
    assert min(networks) > 70 and max(networks) < 900


def test_the_engine_has_125_lines_and_150_with_the_spelling_of_pytorch(run):
    own, spelling = (run.count(run.inspect.getsource(each)) for each in (run.engine, run.LikeTorch))
    assert (own, own + spelling) == (125, 150)
