"What lesson 1 says in figures, held against what its run left behind."

import pytest
import torch
from torch.testing import assert_close


def test_the_secant_closes_in_on_four(run):
    slopes = [(run.square(2.0 + push) - run.square(2.0)) / push for push in run.pushes]
    assert_close(slopes, [5.0, 4.1, 4.01, 4.001])
    assert_close((run.square(2.0) - run.square(2.0 - 0.1)) / 0.1, 3.9)


def test_only_the_middle_push_finds_the_slope_to_a_millionth(run):
    assert run.errors[1e-5] < 1e-6 < min(run.errors[1e-1], run.errors[1e-13])


def test_three_routes_find_one_slope(run):
    assert_close(run.x.grad, torch.tensor(4.0))
    assert_close(run.numeric_grad(run.square, run.x), run.x.grad)
    assert type(run.y.grad_fn).__name__ == "PowBackward0"


def test_backward_adds_to_grad(run):
    x = torch.tensor(2.0).requires_grad_()
    for expected in (4.0, 8.0):
        run.square(x).backward()
        assert x.grad.item() == expected
    assert run.a.grad.item() == 2.0


def test_a_record_is_walked_once(run):
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        run.y.backward()


def test_only_the_leaf_keeps_its_gradient(run):
    assert run.kept == ["w"]
    assert "not a leaf Tensor is being accessed" in str(run.caught[0].message)
    assert not run.moved.is_leaf and run.w.is_leaf
    assert_close(run.w.item(), 3 - 0.1 * 24, rtol=1e-6, atol=0)


def test_data_hides_a_change_and_detach_does_not(run):
    assert not run.quiet.requires_grad
    assert run.p.grad.item() == 0
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        run.out_q.backward()


def test_each_step_multiplies_x_by_four_fifths(run):
    assert_close(run.path[-1], 2 * 0.8**5)
