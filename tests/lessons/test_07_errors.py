"What lesson 7 says in figures, held against what its run left behind."

import torch
from torch.testing import assert_close


def test_a_healthy_loop_prints_the_mse_of_its_curve(run):
    assert run.train(run.loss_at, run.new()) == (7.31, 7.31)
    assert (
        run.train(lambda p: run.mse(run.quadratic(run.x, p), run.speed), run.new()) == (7.31,) * 2
    )
    assert run.train(lambda p: run.squares(p).mean(), run.new()) == (7.31, 7.31)


def test_a_loss_that_is_rebuilt_leaves_no_gradient(run):
    assert run.runs == "no"
    p = run.new()
    run.rebuilt(p).requires_grad_().backward()
    assert p.grad is None
    assert_close(run.rebuilt(p).item(), run.loss_at(p).item(), rtol=1e-6, atol=0)


def test_whole_numbers_keep_three_times_of_twenty(run):
    assert len(run.whole) == 20 and run.whole.unique().tolist() == [-1, 0, 1]
    assert run.left == [-1, 0, 1]
    assert torch.equal((run.real - run.time.mean()) / run.time.std(correction=0), run.x)


def test_memory_that_is_shared_spoils_the_curve_and_not_the_loss(run):
    assert run.train(run.in_kmh, run.new()) == (run.printed, run.of_curve) == (7.3, 646.52)
    assert run.train(run.beside_kmh, run.new()) == (7.31, 7.31)
    spoilt, healthy = run.new(), run.new()
    run.train(run.in_kmh, spoilt)
    run.train(run.loss_at, healthy)
    assert_close(healthy / spoilt, torch.full((3,), 3.6).double(), rtol=0.06, atol=0)


def test_a_record_that_is_kept_gives_the_first_gradient_for_ever(run):
    p = run.new()
    once = run.quadratic(run.x, p)
    (first,) = torch.autograd.grad(run.mse(once, run.speed), p, retain_graph=True)
    printed, of_the_curve = run.train(lambda p: run.mse(once, run.speed), p, retain_graph=True)
    assert f"{printed:,.0f}" == "1,233" == f"{run.loss_at(run.new()):,.0f}"
    assert (run.does, run.before, run.after) == ("stands still", printed, printed)
    assert of_the_curve > 1000 * printed
    assert_close(p.detach(), -80 * 0.1 * first)


def test_slopes_are_off_by_the_factor_that_data_hides(run):
    hidden, seen = run.hidden, run.slope_ratio(run.in_a_new_tensor)
    assert_close(hidden, torch.full((3,), 3.6).double(), rtol=1e-5, atol=0)
    assert_close(seen, torch.ones(3).double(), rtol=1e-5, atol=0)


def test_ones_ask_for_the_slope_of_the_sum_which_explodes(run):
    summed, by_ones = run.new(), run.new()
    run.squares(summed).sum().backward()
    run.squares(by_ones).backward(torch.ones(20).double())
    assert_close(summed.grad, by_ones.grad)
    of_the_mean = run.numeric_grad(run.loss_at, run.new())
    assert_close(summed.grad, 20 * of_the_mean, rtol=1e-3, atol=0.01)
    assert not all(number < 1e30 for number in run.sums)
    assert run.ends == "explodes"


def test_a_step_that_only_moves_a_name_is_lost(run):
    assert run.three_losses(run.by_assignment, run.new()) == run.lost == [1232.78] * 3
    first, second, third = run.three_losses(run.in_place, run.new())
    assert 1232.78 > first > second > third


def test_an_optimiser_skips_a_leaf_that_no_loss_knows(run):
    p = 0.1 * torch.ones(3).requires_grad_()
    assert torch.equal(run.one_step(p, p.detach()), torch.full((3,), 0.1))
    assert run.does_now == "does nothing"
    leaf = (0.1 * torch.ones(3)).requires_grad_()
    assert (run.one_step(leaf, leaf) != 0.1).all()


def test_all_pairs_lead_to_the_mean(run):
    p = run.new()
    assert run.train(run.as_column, p)[0] == 525.97 == round(run.speed.var(correction=0).item(), 2)
    assert abs(run.speed.mean() - 26.6) < 0.05
    assert run.kind == "a flat one"
    flat = torch.tensor([0.0, 0.0, run.speed.mean()]).double()
    assert_close(p.detach(), flat, rtol=0.01, atol=0.2)


def test_detach_holds_two_params_and_the_loss_hardly_tells(run):
    p = run.new()
    assert run.train(run.cut, p) == (8.51, 8.51)
    assert run.best == 7.31
    assert round(p[0].item()) == 26 and p[1:].tolist() == [0, 0]


def test_a_guard_behind_the_root_leaves_nan_and_one_before_it_does_not(run):
    square = torch.tensor(0.0).requires_grad_()
    torch.where(square > 0, square.sqrt(), square).backward()
    assert square.grad.isnan() and run.square.grad == 0


def test_diagnose_speaks_of_what_is_wrong_and_of_nothing_else(run):
    p = run.new()
    assert run.diagnose(run.loss_at, p) == []
    run.loss_at(p).backward()
    (said,) = run.diagnose(run.loss_at, p)
    assert "not cleared" in said.what
    for loss_fn in (run.rebuilt, run.in_kmh, run.cut, run.as_column):
        assert len(run.diagnose(loss_fn, run.new())) in (1, 2)


def test_four_of_seven_faults_print_a_loss_that_falls_and_settles(run):
    assert run.settled == ["detached", "same memory", "all pairs", "integers"]
    assert len(run.printed_by) == 7


def test_the_copied_fixes_of_layers_do_what_the_lesson_says(run):
    assert run.holds == "x² of three points" and not torch.equal(run.X.T.reshape(20, 3), run.X)
    layer = torch.nn.Linear(3, 1)
    assert layer(run.X.float()).dtype == torch.float32
    assert layer.double()(run.X).dtype == torch.float64
    del layer.weight
    layer.weight = torch.zeros(1, 3).double()
    assert [name for name, _ in layer.named_parameters()] == ["bias"]
    p = run.new()
    assert not p.float().is_leaf and (run.speed.long() != run.speed).any()
