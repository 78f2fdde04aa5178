"What lesson 2 says in figures, held against what its run left behind."

import torch
from torch.testing import assert_close


def near(actual, expected, rtol=1e-4):
    actual, expected = (torch.as_tensor(each).double() for each in (actual, expected))
    assert_close(actual, expected, rtol=rtol, atol=0)


def test_the_truth_is_this_quadratic(run):
    truth = run.quadratic(run.time, torch.tensor([0.75, -14.25, 68.6875]))
    assert_close(truth, 0.75 * (run.time - 9.5) ** 2 + 1)


def test_three_sliders_reach_three(run):
    by_hand = run.quadratic(run.time, torch.tensor([0.75, -14.2, 68.5]))
    assert f"{run.rmse(by_hand, run.speed):.2f}" == "3.00"


def test_a_push_of_a_moves_the_right_end_most(run):
    assert run.ends == {"a": 361, "b": 19, "c": 1}


def test_the_losses_at_the_start_are_the_articles(run):
    near(run.mse(run.preds, run.speed).item(), 25823.8086)
    near(run.rmse(run.preds, run.speed).item(), 160.6979)


def test_four_hundred_differences(run):
    assert (run.preds[:, None] - run.speed).numel() == 400


def test_three_routes_find_the_articles_gradient(run):
    params = run.orig_params.clone().requires_grad_()
    loss = run.rmse(run.quadratic(run.time, params), run.speed)
    (slopes,) = torch.autograd.grad(loss, params)
    near(slopes, [-165.5151, -10.6402, -0.7900])
    assert run.found == "all below 0"
    near(run.numeric_grad(run.loss_at, params), slopes)
    near(run.by_rule, slopes)


def test_the_gradient_of_the_mse_is_longer_by_twice_the_rmse(run):
    params = run.orig_params.clone().requires_grad_()
    preds = run.quadratic(run.time, params)
    (by_rmse,) = torch.autograd.grad(run.rmse(preds, run.speed), params, retain_graph=True)
    (by_mse,) = torch.autograd.grad(run.mse(preds, run.speed), params)
    near(by_mse, [-53195.86, -3419.715, -253.8908])
    assert_close(by_mse.norm() / by_rmse.norm(), 2 * run.loss.detach())


def test_ten_steps_after_the_first_the_curve_lies_among_the_points(run):
    params = run.orig_params.clone().requires_grad_()
    losses = run.fit(params, run.time, run.speed, lr=1e-3, steps=11, loss_fn=run.rmse)
    near(losses[[0, 1, 10]], [160.6979, 133.2652, 26.0182])
    assert_close(params.detach(), run.params.detach())


def test_detach_moves_along_and_a_clone_does_not(run):
    assert torch.equal(run.kept, run.own) and not torch.equal(run.orig_params, run.own)
    assert run.holds == "the new params"


def test_without_clearing_the_loss_swings_and_with_it_settles(run):
    course = [25824, 5436, 4228, 24544, 26956, 6782, 3175, 23135, 27925]
    near(run.course, course, rtol=1e-3)
    assert run.went == "swings"
    params = run.orig_params.clone().requires_grad_()
    near(run.fit(params, run.time, run.speed, lr=1e-5, steps=10)[-1], 676.965)


def test_a_thousand_steps_end_far_above_the_best(run):
    near(run.losses[[0, 10, 999]], [160.6979, 26.02, 25.87], rtol=1e-3)
    near(run.orig_params[2], 1.3525)
    near(run.patient[2].detach(), 1.7378)
    near(run.rmse(run.quadratic(run.time, run.best), run.speed).item(), 2.7028)
    near(run.best, [0.76814, -14.7421, 71.7703])
    assert (f"{run.stuck:.1f}", f"{run.least:.2f}") == ("25.9", "2.70")
