"What lesson 3 says in figures, held against what its run left behind."

import torch
from autograd_tutorial.pictures.live import stops
from autograd_tutorial.pictures.runs import RATE
from torch.testing import assert_close


def near(actual, expected, rtol=1e-4):
    actual, expected = (torch.as_tensor(each).double() for each in (actual, expected))
    assert_close(actual, expected, rtol=rtol, atol=0)


def test_one_rate_crawls_one_learns_and_one_explodes(run):
    near(run.ten_steps(1e-5)[[0, 9]], [25823.81, 676.965])
    near(run.ten_steps(1e-5)[1], 5435.54)
    assert f"{run.slow[-1] / run.slow[0]:.0%}" == "91%"
    assert f"{1 - run.ten_steps(1e-5)[1] / run.ten_steps(1e-5)[0]:.0%}" == "79%"
    assert 0.9 < run.ten_steps(1e-7)[9] / run.ten_steps(1e-7)[0] < 1
    assert run.ten_steps(1e-3)[1] / run.ten_steps(1e-3)[0] > 1000


def test_the_batch_does_what_the_loop_does(run):
    assert_close(run.row[:10], run.ten_steps(1e-5))


def test_no_rate_gets_below_26_and_past_a_wall_all_explode(run):
    near(run.best.item(), 2.7028)
    near(run.best.item() ** 2, 7.305)
    near(run.lowest.item(), 25.962)
    assert 3.4e-5 < run.lrs[run.alive].max() < 3.6e-5
    assert run.place == run.last == len(run.lrs[run.alive]) - 1


def test_the_lowest_stop_of_the_slider_is_the_last_before_the_wall(run):
    rates = stops(RATE)
    losses = run.sweep(rates, 200, run.time, run.speed, run.start)[0][:, -1]
    lowest = losses.nan_to_num(torch.inf).argmin()
    near(rates[lowest : lowest + 2], [3.16e-5, 3.65e-5], rtol=2e-3)
    assert len(rates) == 113 and losses[lowest + 1] > losses[0]
    near(losses[lowest], 674, rtol=1e-3)


def test_the_wall_stands_at_two_over_the_steepest_curvature(run):
    near(run.curvatures, [0.2586, 15.98, 56499.0], rtol=1e-3)
    near(run.edge, 3.5399e-5)
    near(run.edge, 2 / run.curvatures.max())
    assert run.factors == [0.8, -0.2, -1.0, -1.2]


def test_past_the_edge_learning_turns_into_exploding(run):
    assert run.near[0, 200] < 680 < run.near[0, 0] < run.near[1, 200]
    near(1 - 3.6e-5 * run.curvatures.max(), -1.034, rtol=1e-3)
    near(run.near[1, 200] / run.near[1, 0], 620_000, rtol=1e-2)
    assert 1.015 < 3.6e-5 / run.edge < 1.02


def test_the_loss_goes_by_the_square_of_the_factor(run):
    near(run.landed**2 / run.x**2, 1.44)
    near(run.blown[2] / run.blown[1], 3080, rtol=1e-3)


def test_a_push_along_an_eigenvector_is_answered_along_its_line(run):
    assert run.own == [(1.0, 1.0)] and run.answers[2] == (3.0, 3.0)
    for value, push in ((3.0, [1.0, 1.0]), (1.0, [1.0, -1.0])):
        assert_close(run.table @ torch.tensor(push), value * torch.tensor(push))


def test_the_mse_is_inf_at_step_11_and_nan_from_step_22_on(run):
    assert run.blown[9].isfinite() and run.blown[10:21].isinf().all() and run.blown[21].isnan()
    near(run.blown[1], 7.746e7, rtol=1e-3)
    assert run.first == "inf"
    near(1 - 1e-3 * run.curvatures.max(), -55.5, rtol=1e-3)
    near(run.blown[2] / run.blown[1], (1 - 1e-3 * run.curvatures.max()) ** 2)
    _, paths = run.sweep([1e-3], 22, run.time, run.speed, run.start)
    assert paths[0, 21, 0].isinf()


def test_the_rmse_wanders_and_never_explodes(run):
    assert run.wild.isfinite().all()
    assert (run.wild[0, -100:] - 141).abs().max() < 10
    assert 525 < run.wild[1, -100:].min() < 535 and 2200 < run.wild[1, -100:].max() < 2300


def test_the_root_has_no_slope_at_a_perfect_fit(run):
    assert run.perfect.grad.isnan().all()


def test_no_rate_is_guilty(run):
    near(run.by_rmse[:, -1].min(), 25.962)
    near(run.halving, 75_709)
    assert f"{run.share:.4%}" == "0.0009%"
    near(run.curvatures.max() / run.curvatures.min(), 218_451)


def test_200_steps_clear_the_steep_direction_at_every_rate_before_the_wall(run):
    assert (1 - run.lrs[run.last] * run.curvatures.max()).abs() ** 200 < 0.001


def test_0_316_is_a_stop_of_the_slider(run):
    assert round(10**-0.5, 3) == 0.316 and 10**-0.5 in stops(RATE)


def test_around_the_edge_a_jumps_about_0_17(run):
    low, high = run.near_paths[:, :21, 0]
    middle = (low[1:] + low[:-1]) / 2
    assert abs(middle[-2:].mean() - 0.17) < 0.01
    assert (low[-1] - low[-2]).abs() < (low[1] - low[0]).abs()
    assert (high[-1] - high[-2]).abs() > (high[1] - high[0]).abs()


def test_losses_that_grow_16_times_stand_at_five_halves_of_the_edge(run):
    known = {}
    exec(run.q3.solution().code, known)
    near(known["edge_from"](torch.tensor([5.0, 80.0, 1280.0]), torch.tensor(0.5)), 0.2)
