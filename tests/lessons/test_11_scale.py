"What lesson 11 says in figures, held against what its run left behind."

from pathlib import Path

import torch


def test_split_the_points(run):
    full = torch.tensor([-53195.86, -3419.715, -253.8908])
    by_hand = 2 * torch.stack(
        [
            (run.quadratic(run.time, run.start) - run.speed) * each
            for each in (run.time**2, run.time, torch.ones(20))
        ]
    ).mean(1)
    for found in (
        by_hand,
        run.of_four.mean(0),
        run.weights @ run.of_three,
        *(
            run.share_gradients(run.start, run.time, run.speed, run.split_points(20, n)).mean(0)
            for n in (1, 2, 4)
        ),
    ):
        torch.testing.assert_close(found, full, rtol=1e-05, atol=0)
    assert run.split_points(20, 3) == [7, 7, 6]
    nearly_even = run.share_gradients(run.start, run.time, run.speed, [7, 7, 6])
    assert round(100 * (nearly_even.mean(0)[0] / full[0] - 1).item(), 1) == 8.8
    torch.testing.assert_close(
        torch.tensor([7.0, 7.0, 6.0]) / 20 @ nearly_even, full, rtol=1e-05, atol=0
    )
    assert (
        round(run.of_three.mean(0)[0].item()) == -95768
        and round((run.of_three.mean(0)[0] / full[0] - 1).item(), 1) == 0.8
    )
    assert round(run.of_four[0, 0].item()) == -451 and round(run.of_four[3, 0].item()) == -167576
    assert 1 / 3 / 3 == 4 * (1 / 3 / 12)


def test_split_the_points_2(run):
    misses = [
        run.share_gradients(run.start, run.time, run.speed, run._uneven(20, n)).mean(0)[0]
        / run.full[0]
        for n in range(1, 11)
    ]
    assert run._uneven(20, 3) == [12, 5, 3] and all(
        sum(run._uneven(20, n)) == 20 and min(run._uneven(20, n)) >= 1 for n in range(1, 21)
    )
    assert (
        misses.index(max(misses)) == 4
        and run._uneven(20, 5) == [12, 5, 1, 1, 1]
        and (round(misses[4].item(), 2) == 2.64)
    )


def test_real_processes(run):
    torch.testing.assert_close(torch.stack(run.of_workers)[:, 0], run.of_four)
    torch.testing.assert_close(run.together, run.full.expand(4, 3), rtol=1e-05, atol=0)
    for each in (run.of_one, *(found[1] for found in run.of_two)):
        torch.testing.assert_close(each, run.full, rtol=1e-05, atol=0)


def test_the_loop(run):
    torch.testing.assert_close(
        run.losses[[0, 1, 9]], torch.tensor([25823.81, 5435.536, 676.9645]), rtol=1e-05, atol=0
    )


def test_a_worker_dies(run):
    assert 0 < run.kept < 10
    run.folder.cleanup()
    assert not {"MASTER_ADDR", "MASTER_PORT", "RANK", "WORLD_SIZE"} & run.os.environ.keys() and (
        not run.dist.is_initialized()
    )


def test_what_it_costs(run):
    assert run.longer == (False, True)
    measured = next(
        (
            file
            for file in (Path("../benchmarks/scale.md"), Path("benchmarks/scale.md"))
            if file.exists()
        ),
        None,
    )
    if measured:
        rows = [
            [each.strip() for each in row.split("|")]
            for row in measured.read_text(encoding="utf-8").splitlines()
            if row.startswith("| ")
        ]
        gains = {row[1]: float(row[8]) for row in rows[1:] if row[3] == "2"}
        shares_of_talk = {row[1]: int(row[7].rstrip("%")) for row in rows[1:] if row[3] == "2"}
        assert gains["3"] < 0.25 and 1.2 <= gains["3,000"] <= 1.5 and (gains["300,000"] < 0.75)
        assert gains["3,000,000"] < 1 and shares_of_talk["3,000,000"] > 33


def test_what_it_costs_2(run):
    assert round(run.speedup[-1].item()) == 93
    first = run.N[run.compute < run.talk][0].item()
    assert first == 126 and 0.49 < run.talk[125] / (run.compute + run.talk)[125] < 0.51
    assert run.N[run.best] == 713 and abs(run.speedup[499] / run.speedup[999] - 1) < 0.003
    assert 0.075 < run.talk[20] < 0.081 and 0.099 < run.talk[-1] < 0.101
    torch.testing.assert_close(
        run.talk[-1].item(),
        2 * 999 * 1e-05 + 2 * 999 / 1000 * 400000000.0 / 10000000000.0,
        rtol=1e-05,
        atol=0,
    )
