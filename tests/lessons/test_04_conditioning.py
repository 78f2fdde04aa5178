"What lesson 4 says in figures, held against what its run left behind."

import torch


def test_start(run):
    torch.testing.assert_close(
        run.best, torch.tensor([0.76814, -14.7421, 71.7703]).double(), rtol=0.0001, atol=0
    )
    torch.testing.assert_close(run.least.item(), 2.7028, rtol=0.0001, atol=0)
    at_200 = (
        run.sweep(torch.logspace(-7, -1, 301), 200, run.time, run.speed, run.start)[0][:, -1]
        .sqrt()
        .nan_to_num(torch.inf)
    )
    assert 25.9 < at_200.min() < 26


def test_a_push_that_stays_on_its_line(run):
    torch.testing.assert_close(
        (run.curvatures[0] / run.curvatures[2]).item(), 218451.0, rtol=0.0001, atol=0
    )
    assert (run.slopes(run.start + run.push) - run.slopes(run.start))[0] > 100 * (
        run.slopes(run.start + run.push) - run.slopes(run.start)
    )[2]
    torch.testing.assert_close(run.directions.T @ run.directions, torch.eye(3).double())
    for curvature, v in zip(run.curvatures, run.directions.T):
        torch.testing.assert_close(run.slopes(run.start + v) - run.slopes(run.start), curvature * v)


def test_each_direction_learns_alone(run):
    torch.testing.assert_close(run.left[run.steps], run.predicted, rtol=1e-06, atol=1e-09)
    torch.testing.assert_close(
        run.left[200, 1:], ((1 - run.lr * run.curvatures) ** 200)[1:], rtol=1e-10, atol=0
    )
    assert [f"{share:.1%}" for share in run.left[200].abs()] == ["0.0%", "90.4%", "99.8%"]
    assert run.left[30:, 0].abs().max() < 0.001


def test_each_direction_learns_alone_2(run):
    torch.testing.assert_close(run.parts.sum(1) + run.least**2, run.losses[0])
    torch.testing.assert_close(run.losses[0, 200].item(), 674.3, rtol=0.001, atol=0)
    assert run.parts[200, 2] > 0.98 * run.losses[0, 200]
    assert round(run.parts[200, 2].item()) == 665 and round(abs(run.errors[200, 2].item())) == 72
    assert f"{run.losses[0, 200].sqrt():.1f}" == "26.0" and 1 - run.lr * run.curvatures[0] < 0
    assert f"{1 - run.left[200, 2]:.1%}" == "0.2%" and abs(run.parts[200, 0]) < 1e-09


def test_the_valley(run):
    torch.testing.assert_close(run.surface.min(), run.least**2)
    by_hand = (
        run.least**2
        + run.curvatures[0] / 2 * run.across**2
        + run.curvatures[2] / 2 * run.up[:, None] ** 2
    )
    torch.testing.assert_close(run.surface, by_hand)


def test_the_valley_2(run):
    assert round((run.curvatures[0] / run.curvatures[2]).sqrt().item()) == 467


def test_a_matter_of_patience(run):
    assert run.needed[0] == 510980 and run.needed[3] == 459928 == min(run.needed)
    ratios = [
        (run.rmse(run.quadratic(run.time, each[:3]), run.speed) / run.least).item()
        for each in run.walked
    ]
    assert ratios[1] <= 1.01 < ratios[0] and ratios[0] - ratios[1] < 1e-06
    third = torch.linalg.matrix_power(run.one_step, 3) @ run.begin
    torch.testing.assert_close(
        third[:3], run.sweep([0.9 * run.edge], 3, run.time, run.speed, run.start)[1][0, 3]
    )


def test_move_the_times(run):
    assert (
        run.x_needed == 18
        and run.steps_needed(0.9 * 2 / run.x_curvatures[0], run.x_curvatures, run.x_parts) == 21
    )
    torch.testing.assert_close(
        (1 - run.x_lr * run.x_curvatures[[0, 2]]).abs(),
        torch.tensor([0.77, 0.77]).double(),
        rtol=0.001,
        atol=0,
    )
    columns = torch.stack([run.x**2, run.x, torch.ones_like(run.x)], 1)
    leaning = torch.nn.functional.normalize(columns, dim=0)
    leaning = leaning.T @ leaning
    assert leaning[0, 1].abs() < 1e-12 and leaning[1, 2].abs() < 1e-12 and (leaning[0, 2] > 0.7)
    assert (
        columns.norm(dim=0).max() < 2 * columns.norm(dim=0).min()
        and run.X.norm(dim=0).max() > 100 * run.X.norm(dim=0).min()
    )
    after = run.sweep([run.x_lr], 18, run.x, run.speed, run.start)[0][0].sqrt() / run.least
    assert after[18] <= 1.01 < after[17]
    torch.testing.assert_close(
        (run.x_curvatures[0] / run.x_curvatures[2]).item(), 7.7, rtol=0.001, atol=0
    )
    torch.testing.assert_close(run.x_lr, 0.3579, rtol=0.001, atol=0)
    assert round(510980 / 18, -3) == 28000 and f"{10 ** (-0.5):.2e}" == "3.16e-01"
    assert run.mean == 9.5


def test_and_back(run):
    torch.testing.assert_close(
        run.back, torch.tensor([0.76814, -14.7421, 71.7703]).double(), rtol=1e-05, atol=0
    )
    torch.testing.assert_close(run.solved, run.best)


def test_the_last_metres(run):
    torch.testing.assert_close((0.01 * run.curvatures[0] / 4).item(), 141.2, rtol=0.001, atol=0)
    assert run.by_mse[-1] < 1e-16 and run.by_rmse.min() < 0.01 and (run.by_rmse[-100:].max() > 0.1)
    torch.testing.assert_close((0.1 * run.x_curvatures[0] / 4).item(), 0.124, rtol=0.005, atol=0)
    assert run.by_rmse[-2:].min() < 0.1 * run.x_curvatures[0] / 4 < run.by_rmse[-2:].max()


def test_your_turn(run):
    same_start = run.best_params(run.x, run.quadratic(run.time, run.start))
    torch.testing.assert_close(run.quadratic(run.x, same_start), run.quadratic(run.time, run.start))
    assert (
        run.steps_needed(
            run.x_lr,
            run.x_curvatures,
            run.x_curvatures / 2 * (run.x_directions.T @ (same_start - run.x_best)) ** 2,
        )
        == 23
    )
    centred = run.hessian_spectrum(run.time - 9.5)[0]
    assert round((centred[0] / centred[2]).item(), -2) == 4500
