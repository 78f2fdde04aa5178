"What lesson 4 says in figures, held against what its run left behind."

import torch
from torch.testing import assert_close


def near(actual, expected, rtol=1e-4):
    actual, expected = (torch.as_tensor(each).double() for each in (actual, expected))
    assert_close(actual, expected, rtol=rtol, atol=0)


def test_2_70_is_possible_and_no_rate_gets_below_25_9(run):
    near(run.best, [0.76814, -14.7421, 71.7703])
    near(run.least, 2.7028)
    losses, _ = run.sweep(torch.logspace(-7, -1, 301), 200, run.time, run.speed, run.start)
    assert 25.9 < losses[:, -1].sqrt().nan_to_num(torch.inf).min() < 26


def test_a_push_of_c_changes_the_slope_of_a_a_hundred_times_more(run):
    change = run.slopes(run.start + run.push) - run.slopes(run.start)
    assert run.most == "a" and f"{change[0] / change[2]:.1f}" == "123.5"
    assert_close(change, run.H[:, 2])


def test_a_push_along_an_eigenvector_stays_on_its_line(run):
    near(run.curvatures[0] / run.curvatures[2], 218_451)
    assert_close(run.directions.T @ run.directions, torch.eye(3).double())
    for curvature, v in zip(run.curvatures, run.directions.T, strict=True):
        assert_close(run.slopes(run.start + v) - run.slopes(run.start), curvature * v)
    assert (run.directions.abs().argmax(0) == torch.tensor([0, 1, 2])).all()


def test_the_formula_says_what_is_left_of_each_error(run):
    assert_close(run.left[run.steps], run.predicted, rtol=1e-6, atol=1e-9)
    expected = (1 - run.lr * run.curvatures) ** 200
    assert_close(run.left[200, 1:], expected[1:], rtol=1e-10, atol=0)
    assert [f"{share:.1%}" for share in run.left[200].abs()] == ["0.0%", "90.4%", "99.8%"]
    assert f"{1 - run.left[200, 2]:.1%}" == "0.2%"
    assert_close(run.remains, expected)


def test_the_steep_direction_zigzags_and_is_done_within_30_steps(run):
    assert 1 - run.lr * run.curvatures[0] < 0
    assert run.left[30:, 0].abs().max() < 0.001
    assert run.zigzags == []


def test_the_flat_direction_holds_nearly_all_of_the_loss(run):
    assert_close(run.parts.sum(1) + run.least**2, run.losses[0])
    near(run.losses[0, 200], 674.3, rtol=1e-3)
    near(run.least**2, 7.305)
    assert f"{run.losses[0, 200].sqrt():.1f}" == "26.0"
    assert round(run.parts[200, 2].item()) == 665 and round(abs(run.errors[200, 2].item())) == 72
    assert abs(run.parts[200, 0]) < 1e-9
    assert run.names[run.parts[200].argmax()] == "flat"


def test_the_valley_is_a_bowl_467_times_longer_than_wide(run):
    assert_close(run.surface.min(), run.least**2)
    steep = run.curvatures[0] / 2 * run.across**2
    flat = run.curvatures[2] / 2 * run.up[:, None] ** 2
    assert_close(run.surface, run.least**2 + steep + flat)
    assert round((run.curvatures[0] / run.curvatures[2]).sqrt().item()) == 467


def test_it_takes_510_980_steps_and_even_at_the_edge_459_928(run):
    assert 0.9 * run.edge * run.curvatures[2] < 1e-5
    assert run.needed[0] == 510_980 and run.needed[3] == 459_928 == min(run.needed)


def test_a_power_of_one_step_walks_as_many(run):
    lr, one_step = 0.9 * run.edge, torch.eye(4).double()
    one_step[:3, :3] -= lr * run.H
    one_step[:3, 3] = lr * 2 * run.X.T @ run.speed / 20
    begin = torch.cat([run.start, torch.ones(1)])
    third, before, after = (
        torch.linalg.matrix_power(one_step, k) @ begin for k in (3, 510_979, 510_980)
    )
    before, after = (
        run.rmse(run.quadratic(run.time, params[:3]), run.speed) / run.least
        for params in (before, after)
    )
    assert after <= 1.01 < before and before - after < 1e-6
    _, paths = run.sweep([0.9 * run.edge], 3, run.time, run.speed, run.start)
    assert_close(third[:3], paths[0, 3])


def test_standardised_times_are_28_000_times_quicker(run):
    assert run.mean == 9.5 and run.x_needed == 18
    near(run.x_curvatures[0] / run.x_curvatures[2], 7.70, rtol=1e-3)
    near(2 / run.x_curvatures[0], 0.404, rtol=2e-3)
    near(run.x_lr, 0.3579, rtol=1e-3)
    near(1 - run.x_lr * run.x_curvatures[[0, 2]], [-0.77, 0.77], rtol=1e-3)
    losses, _ = run.sweep([run.x_lr], 18, run.x, run.speed, run.start)
    after = losses[0].sqrt() / run.least
    assert after[18] <= 1.01 < after[17]
    assert round(run.needed[0] / run.x_needed, -3) == 28_000
    assert run.steps_needed(3.16e-1, run.x_curvatures, run.x_parts) < run.x_needed


def test_the_columns_are_of_one_size_and_only_two_lean_together(run):
    columns = torch.stack([run.x**2, run.x, torch.ones_like(run.x)], 1)
    unit = torch.nn.functional.normalize(columns, dim=0)
    leaning = unit.T @ unit
    assert leaning[0, 1].abs() < 1e-12 and leaning[1, 2].abs() < 1e-12 and leaning[0, 2] > 0.7
    sizes, raw_sizes = columns.norm(dim=0), run.X.norm(dim=0)
    assert sizes.max() < 2 * sizes.min() and raw_sizes.max() > 100 * raw_sizes.min()


def test_the_way_back_gives_the_least_squares_curve(run):
    near(run.back, [0.76814, -14.7421, 71.7703], rtol=1e-5)
    assert_close(run.solved, run.best)


def test_a_rate_on_the_rmse_settles_on_its_own_level(run):
    near(1e-2 * run.curvatures[0] / 4, 141.2, rtol=1e-3)
    near(run.level, 2e-3 * run.curvatures[0] / 4, rtol=1e-3)
    near(0.1 * run.x_curvatures[0] / 4, 0.124, rtol=5e-3)
    assert run.by_mse[-1] < 1e-16 and run.by_rmse.min() < 0.01 and run.by_rmse[-100:].max() > 0.1
    assert run.by_rmse[-2:].min() < 0.1 * run.x_curvatures[0] / 4 < run.by_rmse[-2:].max()
    assert run.rests == "mse"


def test_centred_times_alone_leave_4_500(run):
    assert round((run.centred[0] / run.centred[2]).item(), -2) == 4500
    columns = torch.vander(run.time - 9.5, 3)  # t², t, 1
    leaning = torch.nn.functional.normalize(columns, dim=0)
    assert (leaning.T @ leaning - torch.eye(3))[1].abs().max() < 1e-12
    assert columns.norm(dim=0).max() > 30 * columns.norm(dim=0).min()
    assert round(columns.max().item()) == 90


def test_the_curve_falls_to_about_1_near_9_6_s(run):
    a, b, c = run.back.tolist()
    when = -b / (2 * a)
    assert abs(when - 9.6) < 0.05 and abs(a * when**2 + b * when + c - 1) < 0.5
    ends = run.quadratic(run.time, run.back)[[0, -1]].tolist()
    assert [round(each) for each in ends] == [72, 69]
