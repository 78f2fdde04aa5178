"What lesson 10 says in figures, held against what its run left behind."

from itertools import pairwise

import torch
from torch.testing import assert_close


def test_values_has_our_losses_one_step_on_and_losses_smooths_them(run):
    assert run.have == ["values"]
    learn = run.Learner(run.dls, run.Quadratic(run.start.float()), run.mse, run.SGD, lr=1e-5)
    with learn.no_bar(), learn.no_logging():
        learn.fit(10)
    seen = torch.stack(learn.recorder.losses)
    assert f"{seen[1]:.0f}" == "15527" and learn.recorder.smooth_loss.beta == 0.98
    assert_close(seen[0], run.ours[0].float(), rtol=1e-5, atol=0)
    after = torch.tensor([after for _, after in learn.recorder.values])
    assert_close(after[:9], run.ours[1:].float(), rtol=1e-4, atol=0)


def test_losses_that_are_not_smoothed_are_ours(run):
    said = [25824, 5436, 1577]
    assert [round(each) for each in run.ours[:3].tolist()] == said
    assert [round(each) for each in run.theirs[:3].tolist()] == said


def test_its_adam_parts_from_ours_at_the_second_loss(run):
    assert_close(run.their_adam[0], run.our_adam[0])
    assert run.equal.tolist() == [True] + 49 * [False]
    assert (run.their_adam[1:] - run.our_adam[1:]).abs().min() > 0.01
    assert run.signature(run.Adam).parameters["wd"].default == 0.01


def test_its_adam_is_adamw(run):
    def adamw(p):
        return torch.optim.AdamW([p], lr=0.1, betas=(0.9, 0.99), eps=1e-5, weight_decay=0.01)

    losses = run.optimizers.race({"it": adamw}, 49, run.time, run.speed, run.start)[0]
    assert_close(run.their_adam, losses[0].float())


def test_decay_makes_adam_late_and_moves_what_sgd_finds(run):
    for free in (run.decayed(run.Adam, 1, 150, wd=0), run.decayed(run.SGD, 0.3, 200, wd=0)):
        assert f"{free[0]:.1f} {free[1]:.4f}" == "25.5 2.7028"
    assert f"{run.late[0]:.1f} {run.late[1]:.2f}" == "23.5 3.24"
    assert f"{run.later[0]:.1f} {run.later[1]:.3f}" == "25.5 2.703"
    assert f"{run.stays[0]:.1f}" == "25.4" and run.there == ["Adam"]
    assert f"{run.stays[0]:.2f} {run.stays[1]:.3f}" == "25.39 2.706"
    assert_close(run.decayed(run.SGD, 0.3, 200), run.stays)  # it does not move on
    forgets = run.partial(run.Adam, sqr_mom=0.9)  # slopes of the start, sooner
    assert run.decayed(forgets, 1, 150)[1] < 2.71 < run.late[1]


def test_a_callback_ends_the_fit_after_18_epochs_and_at_a_tenth_of_the_rate_after_134(run):
    for lr, rows in ((0.3579, 18), (0.03579, 134)):
        stop = run.StopAt((1.01 * 2.7028) ** 2)
        learn = run.quadratic_learner(run.x, run.speed, run.start, lr=lr, cbs=stop, bar=False)
        learn.fit(1000)
        assert len(learn.recorder.values) == rows


def test_valley_moves_with_the_start_of_the_search(run):
    edges = run.raw_edge, run.x_edge
    assert run.raw_found[1] == run.raw_rate and run.x_found[1] == run.x_rate
    assert run.lowest == 10 * run.x_tenths[1] > edges[1]
    assert (f"{edges[0]:.2e}", f"{edges[1]:.3f}") == ("3.54e-05", "0.404")
    assert 4 < edges[0] / run.raw_found[1] < 5 and run.raw_found[1] < edges[0] < run.raw_found[2]
    assert 300 < edges[1] / run.x_found[1] < 1000 and run.x_found[2] < edges[1]
    for found in (run.raw_found, run.x_found):
        assert all(5 < high / low < 20 for low, high in pairwise(found))


def test_what_the_suggested_rates_reach(run):
    raw = run.sweep(run.raw_found[1:], 200, run.time, run.speed, run.start)[0][:, -1]
    assert f"{raw[0].sqrt():.1f}" == "26.0" and not raw[1] < 1e9
    standard = run.sweep([run.x_found[1], 0.3], 200, run.x, run.speed, run.start)[0][:, -1].sqrt()
    assert [f"{each:.1f}" for each in standard] == ["19.0", "2.7"]


def test_minimum_stays_at_about_a_third_of_the_edge(run):
    for tenths, time in ((run.raw_tenths, run.time), (run.x_tenths, run.x)):
        edge = run.stability_edge(time)
        assert all(0.25 < each / edge < 0.45 and 10 * each > edge for each in tenths)
    ends = run.sweep(run.x_tenths, 200, run.x, run.speed, run.start)[0][:, -1].sqrt()
    assert (ends < 2.7029).all()


def test_one_cycle_goes_up_in_a_quarter_and_reaches_the_best(run):
    found = run.rmse(run.quadratic(run.x, run.learn.model.params.detach()), run.speed).item()
    assert_close(found, 2.7028, rtol=0.0002, atol=0)
    rates, betas = run.learn.recorder.lrs, run.learn.recorder.hps["mom"]
    assert len(rates) == 400 and max(rates) == rates[100] == 0.1
    assert abs(rates[0] - 0.004) < 1e-9 and rates[-1] < 1e-5
    assert (betas[0], betas[100]) == (0.95, 0.85) and abs(betas[-1] - 0.95) < 0.0001


def test_the_digits_and_who_guesses(run):
    assert len(run.digits) == 1797 and len(run.held) == 360 and run.pixels.shape[1] == 64
    assert 7.5 < len(run.digits) / run.digits.bincount().max() < 10.5  # about as many of each
    assert run.signature(run.Learner).parameters["opt_func"].default is run.Adam
    assert set(run.held.tolist()).isdisjoint(run.train.tolist()) and f"{run.guess:.0%}" == "8%"
    assert sum(each.numel() for each in run.reader(0, run.network).model.parameters()) == 15010


def test_the_network_leaves_about_half_of_the_mistakes(run):
    scores = run.linear_scores, run.network_scores
    assert [f"{run.fmean(each):.0%}" for each in scores] == ["96%", "98%"]
    linear, network = (360 * (1 - run.fmean(each)) for each in scores)
    assert abs(network / linear - run.left) < 1e-9 and run.nearest == 0.5
    assert 11 < linear < 17 and 4 < network < 10 and 0.3 < network / linear < 0.7
    assert max(max(each) - min(each) for each in scores) < 12 / 360
