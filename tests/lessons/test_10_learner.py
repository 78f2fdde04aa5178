"What lesson 10 says in figures, held against what its run left behind."

import torch


def test_start(run):
    run.use_vector_pictures()
    run._need_fastai()


def test_the_same_twenty_points(run):
    seen = torch.stack(run.learn.recorder.losses)
    assert f"{seen[1]:.0f}" == "15527" and run.learn.recorder.smooth_loss.beta == 0.98
    torch.testing.assert_close(seen[0], run.ours[0].float(), rtol=1e-05, atol=0)
    torch.testing.assert_close(
        run.theirs[:3], torch.tensor([25823.81, 5435.536, 1577.449]), rtol=1e-05, atol=0
    )
    torch.testing.assert_close(
        torch.tensor([after for _, after in run.learn.recorder.values])[:9],
        run.ours[1:].float(),
        rtol=0.0001,
        atol=0,
    )
    assert [round(each) for each in run.ours[:3].tolist()] == [25824, 5436, 1577]
    assert (
        run.learn.recorder.__class__(beta=0.98).smooth_loss.beta
        == run.learn.recorder.smooth_loss.beta
    )


def test_is_its_adam_ours(run):
    torch.testing.assert_close(run.their_adam[0], run.our_adam[0])
    assert (run.their_adam[1:] - run.our_adam[1:]).abs().min() > 0.01
    free = [run.decayed(run.Adam, 1, 150, wd=0), run.decayed(run.SGD, 0.3, 200, wd=0)]
    assert all((f"{a:.1f} {left:.4f}" == "25.5 2.7028" for a, left in free))
    assert (
        f"{run.late[0]:.1f} {run.late[1]:.2f}" == "23.5 3.24"
        and f"{run.later[0]:.1f} {run.later[1]:.3f}" == "25.5 2.703"
    )
    assert f"{run.stays[0]:.2f} {run.stays[1]:.3f}" == "25.39 2.706"
    torch.testing.assert_close(run.decayed(run.SGD, 0.3, 200), run.stays)
    assert run.signature(run.Adam).parameters["wd"].default == 0.01
    adamw = {
        "it": lambda p: torch.optim.AdamW(
            [p], lr=0.1, betas=(0.9, 0.99), eps=1e-05, weight_decay=0.01
        )
    }
    torch.testing.assert_close(
        run.their_adam, run.optimizers.race(adamw, 49, run.time, run.speed, run.start)[0][0].float()
    )


def test_callbacks(run):
    assert len(run.learn.recorder.values) == 18


def test_which_rate(run):
    edge = run.stability_edge(run.time)
    assert (
        4 < edge / run.raw_found[1] < 5
        and run.raw_found[0] < run.raw_found[1] < edge < run.raw_found[2]
    )
    assert 300 < run.stability_edge(run.x) / run.x_found[1] < 1000 and run.x_found[0] < run.x_found[
        1
    ] < run.x_found[2] < run.stability_edge(run.x)
    for found in (run.raw_found, run.x_found):
        assert all((5 < high / low < 20 for low, high in zip(found, found[1:])))
    ends = run.sweep([run.raw_found[1], run.raw_found[2]], 200, run.time, run.speed, run.start)[0][
        :, -1
    ]
    assert f"{ends[0].sqrt():.1f}" == "26.0" and (not ends[1] < 1000000000.0)
    x_ends = run.sweep([run.x_found[1], 0.3], 200, run.x, run.speed, run.start)[0][:, -1].sqrt()
    assert (
        x_ends[0] > 10
        and f"{x_ends[1]:.2f}" == "2.70"
        and (f"{run.stability_edge(run.x):.3f}" == "0.404")
    )
    assert f"{edge:.2e}" == "3.54e-05"


def test_which_rate_2(run):
    for tenths, wall in ((run.raw_tenths, run.edge), (run.x_tenths, run.stability_edge(run.x))):
        assert all(0.25 < each / wall < 0.45 and 10 * each > wall for each in tenths)
    assert (
        run.sweep(run.x_tenths, 200, run.x, run.speed, run.start)[0][:, -1].sqrt() < 2.7029
    ).all()


def test_one_cycle(run):
    torch.testing.assert_close(
        run.rmse(run.quadratic(run.x, run.learn.model.params.detach()), run.speed).item(),
        2.7028,
        rtol=0.0002,
        atol=0,
    )
    rates = run.learn.recorder.lrs
    betas = run.learn.recorder.hps["mom"]
    assert (betas[0], betas[100]) == (0.95, 0.85) and abs(betas[-1] - 0.95) < 0.0001
    assert (
        len(rates) == 400
        and max(rates) == rates[100] == 0.1
        and (abs(rates[0] - 0.004) < 1e-09)
        and (rates[-1] < 1e-05)
    )


def test_something_real(run):
    spread = [max(each) - min(each) for each in (run.linear_scores, run.network_scores)]
    wrong = [360 * (1 - run.fmean(each)) for each in (run.linear_scores, run.network_scores)]
    assert 11 < wrong[0] < 17 and 4 < wrong[1] < 10 and (max(spread) < 12 / 360)
    assert 0.3 < wrong[1] / wrong[0] < 0.7


def test_something_real_2(run):
    assert len(run.digits) == 1797 and len(run.held) == 360 and (run.pixels.shape[1] == 64)
    assert set(run.held.tolist()).isdisjoint(run.train.tolist()) and f"{run.guess:.0%}" == "8%"
    assert sum(each.numel() for each in run.reader(0, run.network).model.parameters()) == 15010
