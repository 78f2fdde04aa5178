"What lesson 8 says in figures, held against what its run left behind."

import torch
from torch.testing import assert_close

ONE = torch.tensor(1.0).double()


def test_twenty_predictions_and_three_params_have_sixty_slopes(run):
    assert run.J.numel() == 60
    assert_close(run.J, torch.stack([run.time**2, run.time, run.time**0], 1))
    assert_close(run.J, torch.stack([run.pushed_row(i) for i in range(20)]))


def test_v_says_how_often_each_row_counts(run):
    assert_close(run.vjp(run.predict, run.start, run.v), run.J[10])
    assert_close(run.by_ones, run.J.sum(0))
    assert run.arrived == (100, 10, 1)
    by_twentieths = run.vjp(run.predict, run.start, torch.ones(20).double() / 20)
    of_the_mean = run.grad(lambda p: run.predict(p).mean())(run.start)
    assert_close(by_twentieths, run.J.mean(0))
    assert_close(by_twentieths, of_the_mean)


def test_the_last_three_rows_make_most_of_the_slope_of_a(run):
    last, early = run.terms[-3:].sum() / run.terms.sum(), run.terms[:10].sum() / run.terms.sum()
    assert f"{last:.0%}" == "58%" and early < 0.03
    assert run.most == "the last" and run.make[run.most] == run.share[-3:].sum()
    slopes = run.vjp(lambda preds: run.mse(preds, run.speed), run.predict(run.start), ONE)
    assert_close(2 * run.misses / 20, slopes)


def test_the_gradient_of_the_mse_is_a_product_with_the_jacobian(run):
    assert [f"{slope:,.2f}" for slope in run.by_vjp] == ["-53,195.86", "-3,419.71", "-253.89"]
    assert_close(run.by_vjp, run.params.grad)
    assert run.where == "the gradient of the mse"
    assert_close(run.by_vjp, 2 * run.misses @ run.X / 20)


def test_predictions_move_far_along_the_steep_direction_and_hardly_along_the_flat(run):
    typical = run.moves.square().mean(1).sqrt()
    assert [f"{typical[0]:.0f}", f"{typical[1]:.2f}"] == ["168", "0.36"]
    assert run.far == "168 and 0.36"
    assert_close(typical, (run.curvatures[[0, 2]] / 2).sqrt())
    best = torch.linalg.lstsq(run.X, run.speed[:, None]).solution[:, 0]
    rise = run.mse_at(best + run.steep) - run.mse_at(best)
    assert_close(rise, run.curvatures[0] / 2, rtol=1e-6, atol=0)
    assert_close(run.moves[0], run.J @ run.steep)
    assert_close(run.hessian(run.mse_at)(run.start), 2 * run.J.T @ run.J / 20)


def test_rows_come_one_by_one_backward_and_columns_forward(run):
    assert (len(run.rows), len(run.columns)) == (20, 3)
    assert_close(torch.stack(run.rows), run.J)
    assert_close(torch.stack(run.columns, 1), run.J)
    assert_close(run.back(run.x), run.forward(run.x))


def test_a_gradient_is_differentiated_again(run):
    assert run.found == [12, 12, 6]
    H = run.hessian(run.mse_at)(run.start)
    for u, curvature in ((run.flat, run.curvatures[2]), (run.steep, run.curvatures[0])):
        assert_close(run.hvp(run.mse_at, run.start, u), H @ u)
        assert_close(H @ u, curvature * u, rtol=1e-6, atol=1e-6)


def test_a_million_params_have_a_hessian_of_eight_terabytes(run):
    assert len(run.Hu) ** 2 * 8 / 1e12 == 8


def test_two_products_find_the_edge_to_five_digits(run):
    once, twice, often = (run.tries[steps].item() for steps in (1, 2, 20))
    assert once < 50_000 and f"{twice:,.0f}" == f"{often:,.0f}" == "56,499"
    assert f"{run.curvatures[1]:.0f}" == "16"
    assert run.enough == [2, 20]
    assert_close((2 / run.found_curvature).item(), run.stability_edge(run.time))
    assert f"{run.stability_edge(run.time):.2e}" == "3.54e-05"
    assert_close(run.found_direction, run.steep)


def test_the_mean_of_the_single_gradients_is_that_of_the_mse(run):
    assert run.singles.shape == (20, 3) and run.is_it
    assert_close(run.singles.mean(0), run.by_vjp)


def test_a_rule_of_ones_own_is_checked(run):
    assert run.gradcheck(run.by_rule, run.params) and run.gradgradcheck(run.by_rule, run.params)
    if torch.__version__.startswith("2.3."):
        return
    assert_close(run.jacrev(run.by_rule)(run.start), run.J)
    try:
        torch.func.jvp(run.by_rule, (run.start,), (run.flat,))
    except RuntimeError as error:
        assert "jvp" in str(error)
    else:
        raise AssertionError("a rule without a jvp of its own was pushed forward")
    assert_close(run.jvp(run.by_rule, run.start, run.flat), run.J @ run.flat)


def test_a_crooked_rule_trains_nearly_as_well(run):
    (first, right), (also_first, crooked) = map(run.ten_losses, (run.Quadratic, run.Crooked))
    assert round(first) == round(also_first) == 25_824
    assert (run.by_right[1], run.by_crooked[1], run.clear) == (right, crooked, "hardly")
    assert f"{right:.2f} {crooked:.2f}" == "676.96 677.08"


def test_a_saved_slope_loses_half_of_the_second_slope_and_a_saved_x_none(run):
    class SavedX(run.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, v):
            (x,) = ctx.saved_tensors
            return v * 3 * x**2

    two = torch.tensor(2.0).double().requires_grad_()
    for cube, second in ((run.Cube, 24), (SavedX, 48)):
        (slope,) = torch.autograd.grad(two * cube.apply(two), two, create_graph=True)
        assert slope == 32 and torch.autograd.grad(slope, two)[0] == second
        assert run.gradcheck(cube.apply, two)
    assert run.gradgradcheck(SavedX.apply, two)
