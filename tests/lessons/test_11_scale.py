"What lesson 11 says in figures, held against what its run left behind."

import os
from pathlib import Path

import torch
import torch.distributed as dist
from autograd_tutorial.pictures.scale import _uneven
from torch.testing import assert_close

FULL = torch.tensor([-53195.86, -3419.715, -253.8908])


def test_the_mean_of_four_even_gradients_is_that_of_all_points(run):
    by_hand = 2 * torch.stack(
        [
            (run.quadratic(run.time, run.start) - run.speed) * each
            for each in (run.time**2, run.time, torch.ones(20))
        ]
    ).mean(1)
    assert_close(by_hand, FULL, rtol=1e-05, atol=0)
    assert_close(run.of_four.mean(0), FULL, rtol=1e-05, atol=0)
    for n in (1, 2, 4):
        found = run.share_gradients(run.start, run.time, run.speed, run.split_points(20, n))
        assert_close(found.mean(0), FULL, rtol=1e-05, atol=0)
    assert round(run.of_four[0, 0].item()) == -451 and round(run.of_four[3, 0].item()) == -167576


def test_uneven_shares_make_the_plain_mean_80_per_cent_too_steep_and_the_weighted_one_right(run):
    plain = run.of_three.mean(0)[0]
    assert run.said == "too steep" and round(run.full.item()) == -53196
    assert round(plain.item()) == -95768 and round((plain / FULL[0] - 1).item(), 1) == 0.8
    assert_close(run.weights @ run.of_three, FULL, rtol=1e-05, atol=0)
    assert 1 / 3 / 3 == 4 * (1 / 3 / 12)  # what a point weighs in a share of three, and of twelve


def test_shares_of_seven_seven_and_six_are_almost_nine_per_cent_off(run):
    assert run.split_points(20, 3) == [7, 7, 6]
    found = run.share_gradients(run.start, run.time, run.speed, [7, 7, 6])
    assert round(100 * (found.mean(0)[0] / FULL[0] - 1).item(), 1) == 8.8
    assert_close(torch.tensor([7.0, 7.0, 6.0]) / 20 @ found, FULL, rtol=1e-05, atol=0)


def test_with_five_uneven_workers_the_plain_mean_is_furthest_off(run):
    misses = [
        run.share_gradients(run.start, run.time, run.speed, _uneven(20, n)).mean(0)[0] / FULL[0]
        for n in range(1, 11)
    ]
    assert _uneven(20, 3) == [12, 5, 3] and _uneven(20, 5) == [12, 5, 1, 1, 1]
    assert [run.uneven(n) for n in range(1, 11)] == [_uneven(20, n) for n in range(1, 11)]
    assert run.worst == 5 and misses.index(max(misses)) == 4 and round(misses[4].item(), 2) == 2.64


def test_all_workers_get_one_sum_and_it_is_that_of_one_process(run):
    assert_close(torch.stack(run.of_workers)[:, 0], run.of_four)
    assert (run.together == run.together[0]).all()  # bitwise
    assert_close(run.together, FULL.expand(4, 3), rtol=1e-05, atol=0)
    for each in (run.of_one, *(found[1] for found in run.of_two)):
        assert_close(each, FULL, rtol=1e-05, atol=0)


def test_two_workers_walk_where_one_process_walks(run):
    expected = torch.tensor([25823.81, 5435.536, 676.9645])
    assert_close(run.losses[[0, 1, 9]], expected, rtol=1e-05, atol=0)
    assert (run.losses / run.by_one - 1).abs().max() < 1e-5
    assert (run.params - run.alone).abs().max() < 1e-5


def test_a_killed_run_goes_on_bit_by_bit(run):
    assert 0.53 < 1e-5 * -run.full.item() < 0.535
    assert "worker 1" in str(run.told) and "SIGKILL" in str(run.told)
    assert run.kept == 2 and len(run.whole) == 10
    assert torch.equal(run.whole, run.losses) and torch.equal(run.again, run.params)
    assert not {"RANK", "WORLD_SIZE"} & os.environ.keys() and not dist.is_initialized()


def test_three_thousand_numbers_cost_hardly_more_than_three_and_ten_million_do(run):
    assert run.longer == (False, True)


def test_what_two_workers_are_worth_is_what_was_measured():
    page = Path(__file__).parents[2] / "benchmarks" / "scale.md"
    rows = [
        row.split("|")
        for row in page.read_text(encoding="utf-8").splitlines()
        if row.startswith("| ")
    ]
    of_two = {row[1].strip(): row for row in rows if row[3].strip() == "2"}
    gains = {params: float(row[8]) for params, row in of_two.items()}
    assert gains["3"] < 0.25 and 1.2 <= gains["3,000"] <= 1.5 and gains["300,000"] < 0.75
    assert gains["3,000,000"] < 1 and int(of_two["3,000,000"][7].strip(" %")) > 33


def test_a_thousand_workers_are_worth_93(run):
    assert round(run.speedup[-1].item()) == 93
    first = run.N[run.compute < run.talk][0].item()
    assert first == 126 and 0.49 < run.talk[125] / (run.compute + run.talk)[125] < 0.51
    assert run.N[run.best] == 713 and abs(run.speedup[499] / run.speedup[999] - 1) < 0.003
    assert 0.075 < run.talk[20] < 0.081 and 0.099 < run.talk[-1] < 0.101
    whole = 2 * 999 * 1e-05 + 2 * 999 / 1000 * 400000000.0 / 10000000000.0
    assert_close(run.talk[-1].item(), whole, rtol=1e-05, atol=0)


def test_copies_of_the_points_leave_the_edge_where_it_was(run):
    assert_close(*run.edges)


def test_the_picture_of_costs_ends_at_0_11_s(run):
    whole = run.compute + run.talk
    assert f"{whole[-1]:.2f} {run.compute[0]:.0f} {run.talk[-1]:.1f}" == "0.11 10 0.1"
