"What lesson 9 says in figures, held against what its run left behind."

import torch


def test_a_part_of_the_data(run):
    torch.testing.assert_close(run.pairs.mean(0), run.slopes.mean(0))
    full = torch.func.grad(lambda p: run.mse(run.quadratic(run.time, p), run.speed))(run.start)
    torch.testing.assert_close(run.slopes.mean(0), full)
    torch.testing.assert_close(
        full, torch.tensor([-53195.86, -3419.715, -253.8908]).double(), rtol=1e-06, atol=0
    )
    by_autograd = torch.func.grad(
        lambda p: run.mse(run.quadratic(run.time[[3, 7]], p), run.speed[[3, 7]])
    )(run.start)
    which = (run.every_batch(2) == torch.tensor([3, 7])).all(1)
    torch.testing.assert_close(run.pairs[which][0], by_autograd)
    assert len(run.pairs) == 190


def test_a_part_of_the_data_2(run):
    assert len(run.every_batch(4)) == 4845
    torch.testing.assert_close(
        run.spread[2] / run.spread[0], torch.tensor(0.46).double(), rtol=0.01, atol=0
    )
    assert (
        run.pairs[:, 0].min() < 3.5 * run.slopes[:, 0].mean()
        and run.pairs[:, 0].max().abs() < 0.01 * run.slopes[:, 0].mean().abs()
    )


def test_are_they_right(run):
    torch.testing.assert_close(run.params.detach(), run.mine[0, 500])
    assert 70000 < (run.best - run.start)[2] / 0.001 < 71000
    torch.testing.assert_close(
        run.race(dict(it=run.partial(run.Descent, lr=1e-05)), 9, run.time, run.speed, run.start)[0][
            0, :3
        ].float(),
        torch.tensor([25823.81, 5435.536, 1577.449]),
    )


def test_the_race(run):
    assert run.needed == dict(descent=510980, momentum=1843, Nesterov=2483, Adam=590)
    assert {name: each.steps for name, each in run.standard.items()} == dict(
        descent=14, momentum=8, Nesterov=8, Adam=39
    )
    for each in (run.raw["momentum"], run.raw["Nesterov"], run.raw["Adam"], *run.standard.values()):
        found = dict(each.settings)
        assert run.rates[0] < found["lr"] < run.rates[-1]
        assert "lr" in found and 0 < found.get("beta", found.get("betas", (0.5,))[0]) < 0.998
    x_curvatures = run.hessian_spectrum(run.x)[0]
    between = 2 / (x_curvatures[0] + x_curvatures[2]).item()
    assert run.steps_to(
        run.race({"it": run.partial(run.Descent, lr=between)}, 60, run.x, run.speed, run.start)[0],
        run.goal,
    ).tolist() == [18]
    x_best = run.best_params(run.x, run.speed)
    of_errors = x_curvatures / 2 * ((run.start - x_best) @ run.hessian_spectrum(run.x)[1]) ** 2
    assert of_errors[0] > 0.9 * of_errors.sum()
    assert round((1 - run.standard["descent"].settings["lr"] * x_curvatures[2]).item(), 2) == 0.8
    assert (
        run.standard["descent"].settings["lr"] == run.rates[36]
        and round(run.rates[36].item(), 3) == 0.316
    )
    assert [
        round(run.mse(run.quadratic(at, run.start), run.speed).item()) for at in (run.time, run.x)
    ] == [25824, 1233]
    assert (
        run.steps_to(
            run.race(
                {
                    "it": run.partial(
                        run.Adam, lr=9.82171889188038, betas=(0.6477305348526898, 0.999)
                    )
                },
                200,
                run.x,
                run.speed,
                run.start,
            )[0],
            run.goal,
        )
        == 19
    )
    assert run.crawl.tolist() == [510980, 459882]
    assert round((run.high / run.low).item()) == 467
    for share in (0.5, 0.9, 0.99, 0.999):
        lr_09 = share * 2 * 1.9 / run.curvatures[0]
        table = torch.stack([torch.tensor([0.9, 1.0]), torch.tensor([-0.9, 0.0])]).double()
        table[:, 1] = torch.stack(
            [run.curvatures[2] * torch.ones(()), 1 - lr_09 * run.curvatures[2]]
        )
        table[1, 0] = -0.9 * lr_09
        table[0, 0] = 0.9
        shrink = torch.linalg.eigvals(table).abs().max()
        assert run.allowed.log() / (2 * shrink.log()) > 18430
    by_torch = {
        "momentum": lambda p: run.SGD(
            [p],
            lr=run.raw["momentum"].settings["lr"],
            momentum=run.raw["momentum"].settings["beta"],
        ),
        "Adam": lambda p: torch.optim.Adam([p], **run.raw["Adam"].settings),
    }
    assert run.steps_to(
        run.race(by_torch, 2200, run.time, run.speed, run.start)[0], run.goal
    ).tolist() == [1843, 590]


def test_what_adam_cannot_do(run):
    assert round((run.x_curvatures[0] / run.x_curvatures[2]).item(), 2) == 7.7
    assert round((run.curvatures[0] / run.curvatures[2]).item()) == 218451
    assert run.begun[3, 1].round() == 26310 and run.begun[3, 1] > run.begun[3, 0]
    assert (run.begun[1:].amax(1) > run.begun[1:, 0]).all() and (run.begun[0].diff() <= 0).all()
    assert run.begun[1].max() > 2 * run.begun[3, 1]


def test_schedules(run):
    torch.testing.assert_close(run.cosine[-1], run.least, rtol=0.001, atol=0)
    assert run.constant[200:].max() > 4 and run.constant[200:].mean() > 3
    at_best = run.of_each(run.best, run.time, run.speed)
    torch.testing.assert_close(at_best.mean(0), torch.zeros(3).double(), atol=1e-06, rtol=0)
    assert at_best[run.every_batch(2)].mean(1).abs().amax() > 1
    assert round((2 / run.x_curvatures[0]).item(), 3) == 0.404
