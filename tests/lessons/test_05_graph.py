"What lesson 5 says in figures, held against what its run left behind."

import numpy as np
import torch


def test_two_ways(run):
    assert (
        run.to_x == 26
        and run.through_b == 13
        and (run.to_two is None)
        and ((run.x.grad, run.y.item()) == (None, 42))
    )
    torch.testing.assert_close(run.numeric_grad(run.f, 3.0).item(), 26.0, rtol=1e-06, atol=0)
    assert [node.op for node in map(run.record(run.y).nodes.__getitem__, run.record(run.y).order)][
        2
    ] == "MulBackward0"


def test_two_ways_2(run):
    assert (
        len(run.graph.order) == 31
        and run.graph.nodes[run.graph.order[-1]].grad == 2**30 == 1073741824
    )


def test_what_stays(run):
    assert run.left is None and run.b.grad == 13 and (run.x.grad == 52)
    assert run.record(run.y).nodes[2].keeps and run.b.grad == 13 and (run.x.grad == 52)


def test_what_is_kept_and_for_how_long(run):
    assert (
        run.record(run.x**2).nodes[0].saved["self"] == 3
        and run.record(run.x + 1).nodes[0].saved == {}
    )
    assert run.x.grad == 2 + 6
    assert run.record(run.d * run.x, d=run.d, x=run.x).nodes[1].grad == 3


def test_the_twenty_points(run):
    slopes = torch.autograd.grad(run.loss, run.params, retain_graph=True)[0]
    torch.testing.assert_close(
        torch.stack([(run.came_in * run.time**k).sum() for k in (2, 1, 0)]),
        slopes,
        rtol=0.0001,
        atol=0.0001,
    )
    torch.testing.assert_close(
        slopes, torch.tensor([-165.5151, -10.6402, -0.79]), rtol=0.0001, atol=0.0001
    )
    assert (
        sum(np.size(value) for node in run.fit_graph.nodes for value in node.saved.values()) == 61
    )
    assert len(run.fit_graph.order) == 10 and (run.time**2).max() == 361
    at_loss = run.fit_graph.edges[0]
    torch.testing.assert_close(at_loss.local, 1 / (2 * run.loss.item()), rtol=1e-05, atol=0)
