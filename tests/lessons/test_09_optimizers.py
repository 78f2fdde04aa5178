"What lesson 9 says in figures, held against what its run left behind."

from functools import partial

import torch
from torch.testing import assert_close


def test_every_batch_of_two_together_is_the_full_gradient(run):
    assert len(run.pairs) == 190
    assert_close(run.pairs.mean(0), run.slopes.mean(0))
    full = torch.func.grad(lambda p: run.mse(run.quadratic(run.time, p), run.speed))(run.start)
    assert_close(run.slopes.mean(0), full)
    said = torch.tensor([-53195.86, -3419.715, -253.8908]).double()
    assert_close(full, said, rtol=1e-6, atol=0)


def test_a_batch_is_the_gradient_of_its_own_mse(run):
    time, speed = run.time[[3, 7]], run.speed[[3, 7]]
    alone = torch.func.grad(lambda p: run.mse(run.quadratic(time, p), speed))(run.start)
    which = (run.every_batch(2) == torch.tensor([3, 7])).all(1)
    assert_close(run.pairs[which][0], alone)


def test_one_batch_may_say_nothing_of_a_or_more_than_four_times_as_much(run):
    assert run.off < 1e-9
    assert 0 < run.share.min() < 0.01 and 4 < run.share.max() < 4.5


def test_four_times_the_points_leave_about_half_the_spread(run):
    assert len(run.every_batch(4)) == 4845
    assert [round(run.spread[at].item(), -3) for at in (0, 2)] == [74000, 34000]
    assert_close(run.spread[2] / run.spread[0], torch.tensor(0.46).double(), rtol=0.01, atol=0)
    assert run.by_rule[-1] == 0 and f"{run.left:.2f}" == "0.46"


def test_a_velocity_ends_at_ten_slopes(run):
    assert round(run.velocity, 6) == 10


def test_adam_begins_with_steps_of_its_rate(run):
    assert run.moved == [0.1, 0.1, 0.1]
    moved = run.adam.params.detach() - run.start
    assert_close(moved, torch.full((3,), 0.1).double(), rtol=1e-6, atol=0)
    assert 70000 < (run.best - run.start)[2] / 0.001 < 71000
    assert [f"{each[2]:.1f}" for each in (run.start, run.best)] == ["1.4", "71.8"]


def test_a_new_slope_counts_nearly_double_in_nesterov(run):
    rests = [make(run.params.detach().requires_grad_()) for make in run.ours.values()][:2]
    slope = torch.ones(3).double()
    momentum, nesterov = (each.direction(slope)[0].item() for each in rests)
    assert (momentum, nesterov) == (1, 1.9)


def test_our_optimizers_step_as_those_of_torch(run):
    assert_close(run.mine, run.of_torch)
    assert_close(run.params.detach(), run.mine[0, 500])
    descent = {"it": partial(run.Descent, lr=1e-5)}
    losses = run.race(descent, 9, run.time, run.speed, run.start)[0]
    assert_close(losses[0, :3].float(), torch.tensor([25823.81, 5435.536, 1577.449]))


def test_the_race_ends_as_told(run):
    assert run.needed == dict(descent=510980, momentum=1843, Nesterov=2483, Adam=590)
    steps = {name: each.steps for name, each in run.standard.items()}
    assert steps == dict(descent=14, momentum=8, Nesterov=8, Adam=39)


def test_no_winner_stands_at_an_end_of_the_grid(run):
    raw = [tuned for name, tuned in run.raw.items() if name != "descent"]
    for tuned in (*raw, *run.standard.values()):
        found = tuned.settings
        assert run.rates[0] < found["lr"] < run.rates[-1]
        assert 0 < found.get("beta", found.get("betas", (0.5,))[0]) < 0.998


def test_the_race_is_the_same_with_the_optimizers_of_torch(run):
    momentum, adam = run.raw["momentum"].settings, run.raw["Adam"].settings
    by_torch = {
        "momentum": lambda p: run.SGD([p], lr=momentum["lr"], momentum=momentum["beta"]),
        "Adam": lambda p: torch.optim.Adam([p], **adam),
    }
    losses = run.race(by_torch, 2200, run.time, run.speed, run.start)[0]
    assert run.steps_to(losses, run.goal).tolist() == [1843, 590]


def test_the_formulas_for_descent_and_momentum(run):
    assert run.crawl.tolist() == [510980, 459882]
    assert round((run.high / run.low).item()) == 467
    assert round((run.curvatures[0] / run.curvatures[2]).item()) == 218451
    assert run.steps_to(run.losses, run.goal).tolist() == [3476]


def test_momentum_has_a_higher_edge_than_descent_and_nesterov_than_momentum_a_lower(run):
    edge, beta = 2 / run.curvatures[0], 0.992
    assert f"{edge:.2e}" == "3.54e-05" and run.raw["momentum"].settings["lr"] > edge
    for kind, theirs in (
        (run.Momentum, (1 + beta) * edge),
        (run.Nesterov, (1 + beta) / (1 + 2 * beta) * edge),
    ):
        for share, holds in ((0.99, True), (1.01, False)):
            either = partial(kind, lr=share * theirs, beta=beta)
            losses = run.race({"it": either}, 1500, run.time, run.speed, run.start)[0][0]
            assert (losses[-1] < losses[0]) == holds


def test_a_beta_of_nine_tenths_needs_ten_times_the_steps_at_any_rate(run):
    "The flat direction shrinks by the largest eigenvalue of one step of (velocity, error)."
    flat = run.curvatures[2]
    for share in (0.5, 0.9, 0.99, 0.999):
        lr = share * 2 * 1.9 / run.curvatures[0]
        step = torch.tensor([[0.9, flat], [-0.9 * lr, 1 - lr * flat]]).double()
        shrink = torch.linalg.eigvals(step).abs().max()
        assert run.allowed.log() / (2 * shrink.log()) > 18430
    assert 1 / (1 - run.raw["momentum"].settings["beta"]) > 100


def test_over_standardised_times(run):
    curvatures, directions = run.hessian_spectrum(run.x)
    between = {"it": partial(run.Descent, lr=2 / (curvatures[0] + curvatures[2]).item())}
    losses = run.race(between, 60, run.x, run.speed, run.start)[0]
    assert run.steps_to(losses, run.goal).tolist() == [18]
    errors = curvatures / 2 * ((run.start - run.best_params(run.x, run.speed)) @ directions) ** 2
    assert errors[0] > 0.9 * errors.sum()
    lr = run.standard["descent"].settings["lr"]
    left = [f"{abs(1 - lr * each):.2f}" for each in (curvatures[0], curvatures[2])]
    assert round(lr, 3) == 0.316 and left == ["0.56", "0.80"]
    assert f"{abs(1 - 2 / (curvatures[0] + curvatures[2]) * curvatures[0]):.2f}" == "0.77"


def test_all_but_descent_go_uphill_first(run):
    names = ["descent", "momentum", "Nesterov", "Adam"]
    assert list(run.on_raw) == names
    begun = run.begun
    assert [round(run.before), round(run.after)] == [25824, 26310]
    assert (begun[1:].amax(1) > begun[1:, 0]).all() and (begun[0].diff() <= 0).all()
    assert begun[1].max() > 2 * begun[3, 1]


def test_each_move_of_adam_alone_goes_downhill(run):
    moves = run.raw["Adam"].settings["lr"] * torch.eye(3).double()
    losses = [run.mse(run.quadratic(run.time, run.start + each), run.speed) for each in moves]
    assert max(losses) < run.before < run.after


def test_stretching_is_not_moving(run):
    assert round((run.stretched[2] / run.stretched[0]).item()) == 244
    curvatures = run.hessian_spectrum(run.x)[0]
    assert round((curvatures[0] / curvatures[2]).item(), 2) == 7.7


def test_a_falling_rate_settles_where_a_constant_one_cannot(run):
    assert_close(run.cosine[-1], run.least, rtol=0.001, atol=0)
    assert [f"{each:.2f}" for each in (run.late.min(), run.late.max())] == ["2.71", "4.26"]
    assert not run.settles and len(run.late) == 200
    at_best = run.of_each(run.best, run.time, run.speed)
    assert_close(at_best.mean(0), torch.zeros(3).double(), atol=1e-6, rtol=0)
    assert at_best[run.every_batch(2)].mean(1).abs().amax() > 1
    assert round((2 / run.hessian_spectrum(run.x)[0][0]).item(), 3) == 0.404
