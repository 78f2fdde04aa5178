"What lesson 5 says in figures, held against what its run left behind."

import numpy as np
import torch
from torch.testing import assert_close


def test_a_rule_multiplies_by_the_slope_of_that_moment(run):
    assert [run.back(torch.tensor(came)).item() for came in (1.0, 10.0)] == [6, 60]
    assert run.made == (6, 60)
    assert (run.back._saved_self, run.back._saved_exponent) == (3, 2)


def test_what_made_the_input_is_the_object_of_the_leaf(run):
    assert type(run.leaf_fn).__name__ == "AccumulateGrad" and run.leaf_fn.variable is run.x


def test_walked_by_hand_26_arrives_at_x(run):
    assert (run.one_way, run.other_way, run.y) == (1, 1, 42)
    assert run.pow_back(run.one_way) == 12
    assert (run.handed, run.through_b, run.to_x, run.to_two) == (13, 13, 26, None)


def test_a_push_and_autograd_agree_on_26(run):
    assert_close(run.numeric_grad(run.f, 3.0).item(), 26.0, rtol=1e-6, atol=0)
    assert torch.autograd.grad(run.f(run.x), run.x)[0] == 26


def test_a_box_waits_for_the_longer_way(run):
    assert run.turns == [
        "AddBackward0",
        "ExpBackward0",
        "SinBackward0",
        "MulBackward0",
        "AccumulateGrad",
    ]
    graph = run.record(run.y, x=run.x, b=run.b, y=run.y)
    assert [graph.nodes[i].op for i in graph.order] == [
        "AddBackward0",
        "PowBackward0",
        "MulBackward0",
        "AccumulateGrad",
    ]


def test_31_steps_sum_over_a_billion_ways(run):
    assert len(run.graph.order) == 31
    assert run.graph.nodes[run.graph.order[-1]].grad == 2**30 == 1_073_741_824


def test_what_flows_through_is_gone_unless_it_is_retained(run):
    assert run.left is None and run.b.grad == 13


def test_record_leaves_every_grad_as_it_was(run):
    before = run.x.grad.item()
    assert run.record(run.y).nodes[2].keeps
    assert (run.b.grad, run.x.grad) == (13, before)


def test_one_detached_factor_leaves_a_slope_of_3(run):
    assert run.slope == 3
    assert run.record(run.d * run.x, d=run.d, x=run.x).nodes[1].grad == 3


def test_under_no_grad_no_object_is_made(run):
    assert run.quiet.grad_fn is None and not run.quiet.requires_grad


def test_a_power_saves_x_and_an_addition_nothing(run):
    assert run.record(run.x**2).nodes[0].saved["self"] == 3
    assert run.record(run.x + 1).nodes[0].saved == {}


def test_an_addition_is_walked_twice(run):
    assert (
        run.again == "yes" and run.x.grad == 1 + 1 + 6
    )  # and once through the square that is freed


def test_the_slopes_of_the_article_arrive_at_step_10(run):
    slopes = torch.tensor([-165.5151, -10.6402, -0.79])
    leaf = run.fit_graph.nodes[run.fit_graph.order[-1]]
    assert len(run.fit_graph.order) == 10 and leaf.kind == "leaf"
    of_a = run.fit_graph.nodes[run.fit_graph.order[8 - 1]]
    assert of_a.op == "MulBackward0" and of_a.saved["other"].max() == 361
    assert_close(torch.tensor(leaf.grad), slopes, rtol=1e-4, atol=1e-4)
    by_hand = [(run.came_in * run.time**k).sum() for k in (2, 1, 0)]
    assert_close(torch.stack(by_hand), slopes, rtol=1e-4, atol=1e-4)


def test_the_root_passes_on_one_over_twice_the_rmse(run):
    local = run.fit_graph.edges[0].local
    assert_close(local, 1 / (2 * run.loss.item()), rtol=1e-5, atol=0)


def test_20_slopes_meet_factors_up_to_361(run):
    assert run.came_in.shape == (20,) and (run.time**2).max() == 361


def test_61_numbers_are_saved_and_no_predictions(run):
    saved = [value for node in run.fit_graph.nodes for value in node.saved.values()]
    assert sum(size for _, size in run.sizes) == 61
    assert sum(np.size(value) for value in saved) == 61
    ops = [node.op for node in run.fit_graph.nodes if node.saved]
    assert ops == ["SqrtBackward0", "PowBackward0", "MulBackward0", "MulBackward0"]
