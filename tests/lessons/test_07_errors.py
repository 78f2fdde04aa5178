"What lesson 7 says in figures, held against what its run left behind."

import torch


def test_no_record(run):
    assert run.train(run.loss_at, run.new()) == (7.31, 7.31)
    assert run.train(run.in_kmh, run.new()) == (7.3, 646.52)
    assert run.whole.unique().tolist() == [-1, 0, 1]


def test_the_walk_back(run):
    torch.testing.assert_close(
        run.slope_ratio(run.through_data), torch.full((3,), 3.6).double(), rtol=1e-05, atol=0
    )
    torch.testing.assert_close(
        run.slope_ratio(run.in_a_new_tensor), torch.ones(3).double(), rtol=1e-05, atol=0
    )
    summed, by_ones = (run.new(), run.new())
    run.squares(summed).sum().backward()
    run.squares(by_ones).backward(torch.ones(20).double())
    torch.testing.assert_close(summed.grad, by_ones.grad)
    torch.testing.assert_close(
        summed.grad / 20, run.numeric_grad(run.loss_at, run.new()), rtol=0.001, atol=0.01
    )


def test_silent_from_the_start(run):
    assert run.three_losses(run.lost_step, run.new()) == [1232.78] * 3
    assert p[1:].tolist() == [0.0, 0.0] and run.square.grad == 0
    assert (
        run.train(run.beside_kmh, run.new())
        == run.train(lambda p: run.squares(p).mean(), run.new())
        == (7.31, 7.31)
    )
    assert run.train(run.cut, run.new()) == (8.51, 8.51)
    flat = run.new()
    assert (
        run.train(run.all_pairs, flat)[0] == 525.97 == round(run.speed.var(correction=0).item(), 2)
    )
    torch.testing.assert_close(
        flat.detach(),
        torch.stack([0 * run.speed[0], 0 * run.speed[0], run.speed.mean()]),
        rtol=0.01,
        atol=0.2,
    )


def test_see_it_go_wrong(run):
    def settles(fault):
        printed = run._trained(fault, run.x, run.speed, 0.1, 80)["printed"]
        return bool(
            (printed.diff() < 0.01 * printed[0]).all()
            and printed[-1] < 0.5 * printed[0]
            and (printed[-5:].std() < 0.02 * printed[-1])
        )

    settled = [fault for fault in run._FAULTS if settles(fault)]
    assert settled == ["detached", "same memory", "all pairs", "integers"], settled
    assert [
        fault for fault in run._FAULTS if not run._trained(fault, run.x, run.speed, 0.1, 80)["says"]
    ] == ["integers"]
    assert run.diagnose(run.loss_at, run.new()) == []
    assert all(
        run.diagnose(loss_fn, run.new())
        for loss_fn in (run.rebuilt, run.in_kmh, run.cut, run.all_pairs)
    )
