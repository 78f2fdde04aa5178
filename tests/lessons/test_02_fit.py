"What lesson 2 says in figures, held against what its run left behind."

import torch


def test_the_data(run):
    torch.testing.assert_close(
        run.quadratic(run.time, torch.tensor([0.75, -14.25, 68.6875])),
        0.75 * (run.time - 9.5) ** 2 + 1,
    )


def test_be_the_optimiser(run):
    torch.testing.assert_close(0.01 * run.time[-1] ** 2, torch.tensor(3.61))
    assert (
        f"{run.rmse(run.quadratic(run.time, torch.tensor([0.75, -14.2, 68.5])), run.speed):.2f}"
        == "3.00"
    )


def test_how_bad_is_it(run):
    torch.testing.assert_close(
        run.mse(run.preds, run.speed).item(), 25823.8086, rtol=0.0001, atol=0
    )
    torch.testing.assert_close(run.rmse(run.preds, run.speed).item(), 160.6979, rtol=0.0001, atol=0)


def test_the_slope_of_the_loss(run):
    torch.testing.assert_close(
        run.params.grad, torch.tensor([-165.5151, -10.6402, -0.79]), rtol=0.0001, atol=0
    )
    torch.testing.assert_close(
        run.numeric_grad(run.loss_at, run.params), run.params.grad, rtol=0.0001, atol=0
    )
    torch.testing.assert_close(run.by_rule, run.params.grad, rtol=0.0001, atol=0)
    by_mse = torch.autograd.grad(
        run.mse(run.quadratic(run.time, run.params), run.speed), run.params
    )[0]
    torch.testing.assert_close(
        by_mse, torch.tensor([-53195.86, -3419.715, -253.8908]), rtol=0.0001, atol=0
    )
    torch.testing.assert_close(by_mse.norm() / run.params.grad.norm(), 2 * run.loss.detach())


def test_two_bugs_that_real_notebooks_ship(run):
    torch.testing.assert_close(
        torch.tensor(run.swings[:4]).float(),
        torch.tensor([25823.8, 5435.5, 4227.7, 24544.4]),
        rtol=0.001,
        atol=0,
    )


def test_the_cliff(run):
    torch.testing.assert_close(
        run.losses[[0, 10, 999]], torch.tensor([160.6979, 26.02, 25.87]), rtol=0.001, atol=0
    )
    torch.testing.assert_close(
        run.rmse(run.quadratic(run.time, run.best), run.speed).item(), 2.7028, rtol=0.0001, atol=0
    )
    torch.testing.assert_close(
        run.best, torch.tensor([0.76814, -14.7421, 71.7703]), rtol=0.0001, atol=0
    )
