"What lesson 3 says in figures, held against what its run left behind."

import torch


def test_three_rates(run):
    torch.testing.assert_close(
        run.ten_steps(1e-05)[[0, 9]], torch.tensor([25823.81, 676.965]), rtol=0.0001, atol=0
    )
    assert run.ten_steps(0.001)[1] / run.ten_steps(0.001)[0] > 1000


def test_every_rate_at_once(run):
    torch.testing.assert_close(run.best.item(), 2.7028, rtol=0.0001, atol=0)
    torch.testing.assert_close(run.lowest.item(), 25.962, rtol=0.0001, atol=0)
    assert 3.4e-05 < run.lrs[run.alive].max() < 3.6e-05


def test_where_the_wall_stands(run):
    torch.testing.assert_close(
        run.curvatures, torch.tensor([0.2586, 15.98, 56499.0]).double(), rtol=0.001, atol=0
    )
    torch.testing.assert_close(run.edge, 3.5399e-05, rtol=0.0001, atol=0)
    torch.testing.assert_close(run.edge, (2 / run.curvatures.max()).item())
    assert run.factors == [0.8, -0.2, -1.0, -1.2]


def test_where_the_wall_stands_2(run):
    assert run.near[0, 200] < 680 < run.near[0, 0] < run.near[1, 200]
    at_stops = run.sweep(run.stops(run.RATE), 200, run.time, run.speed, run.start)[0][
        :, -1
    ].nan_to_num(torch.inf)
    lowest_at = at_stops.argmin()
    torch.testing.assert_close(run.stops(run.RATE)[lowest_at], 3.16e-05, rtol=0.001, atol=0)
    torch.testing.assert_close(run.stops(run.RATE)[lowest_at + 1], 3.65e-05, rtol=0.002, atol=0)
    assert len(run.stops(run.RATE)) == 113


def test_how_it_explodes(run):
    assert run.blown[9].isfinite() and run.blown[10:21].isinf().all() and run.blown[21].isnan()
    assert run.sweep([0.001], 22, run.time, run.speed, run.start)[1][0, 21, 0].isinf()
    torch.testing.assert_close(run.blown[1].item(), 77460000.0, rtol=0.001, atol=0)


def test_how_it_explodes_2(run):
    assert run.wild.isfinite().all()
    assert (run.wild[1, -100:] - 141).abs().max() < 10
    assert 525 < run.wild[2, -100:].min() < 535 and 2200 < run.wild[2, -100:].max() < 2300


def test_is_the_rate_guilty(run):
    assert run.perfect.grad.isnan().all()
    torch.testing.assert_close(run.by_rmse[:, -1].min().item(), 25.962, rtol=0.0001, atol=0)
    torch.testing.assert_close(
        (run.curvatures.max() / run.curvatures.min()).item(), 218451.0, rtol=0.0001, atol=0
    )
    torch.testing.assert_close(
        (torch.tensor(2.0).log() / (run.edge * run.curvatures.min())).item(),
        75700.0,
        rtol=0.001,
        atol=0,
    )


def test_is_the_rate_guilty_2(run):
    z = (run.time - run.time.mean()) / run.time.std(correction=0)
    quick = run.sweep([10 ** (-0.5)], 200, z, run.speed, run.start)[0][0]
    assert round(10 ** (-0.5), 3) == 0.316 and 10 ** (-0.5) in run.stops(run.RATE)
    assert quick[15] > 1.01 * run.best**2 > quick[16]
