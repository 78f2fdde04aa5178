"What lesson 8 says in figures, held against what its run left behind."

import torch


def test_choose_a_v(run):
    row = torch.autograd.grad(run.predict(run.params), run.params, run.v)[0]
    torch.testing.assert_close(row, run.J[10])
    torch.testing.assert_close(run.by_ones, run.J.sum(0))
    torch.testing.assert_close(run.params.grad, run.J.mean(0))


def test_choose_a_v_2(run):
    assert (
        f"{run.terms[-3:].sum() / run.terms.sum():.0%}" == "58%"
        and run.terms[:10].sum() / run.terms.sum() < 0.03
    )
    torch.testing.assert_close(
        2 * run.misses / 20,
        run.vjp(
            lambda p: run.mse(p, run.speed), run.predict(run.start), torch.tensor(1.0).double()
        ),
    )


def test_a_vᵀj_all_along(run):
    torch.testing.assert_close(run.by_vjp, run.params.grad)
    torch.testing.assert_close(run.by_vjp, 2 * run.misses @ run.X / 20)
    torch.testing.assert_close(
        run.by_vjp, torch.tensor([-53195.86, -3419.7146, -253.8908]).double(), rtol=1e-05, atol=0
    )


def test_the_other_way(run):
    typical = run.moves.square().mean(1).sqrt()
    torch.testing.assert_close(typical, (run.curvatures[[0, 2]] / 2).sqrt())
    assert round(typical[0].item()) == 168 and round(typical[1].item(), 2) == 0.36
    torch.testing.assert_close(run.moves[0], run.J @ run.steep)


def test_the_gradient_of_the_gradient(run):
    torch.testing.assert_close(
        run.hvp(run.mse_at, run.start, run.flat), run.curvatures[2] * run.flat
    )
    torch.testing.assert_close(
        run.hvp(run.mse_at, run.start, run.steep), run.hessian(run.mse_at)(run.start) @ run.steep
    )
    assert run.found == [12, 12, 6]


def test_the_edge_without_a_hessian(run):
    three = [run.largest_curvature(run.mse_at, run.start, steps)[0].item() for steps in (1, 2, 20)]
    assert [round(each) for each in three[1:]] == [56499, 56499] and three[0] < 50000
    torch.testing.assert_close((2 / run.found_curvature).item(), run.stability_edge(run.time))
    torch.testing.assert_close(run.found_direction, run.steep)
    assert f"{run.stability_edge(run.time):.2e}" == "3.54e-05"


def test_a_rule_of_your_own(run):
    right, crooked = (run.ten_losses(run.Quadratic), run.ten_losses(run.Crooked))
    assert f"{right[1]:.2f} {crooked[1]:.2f}" == "676.96 677.08" and round(right[0]) == 25824
    assert run.gradcheck(run.by_rule, run.params) and run.gradgradcheck(run.by_rule, run.params)
    if not torch.__version__.startswith("2.3."):
        torch.testing.assert_close(run.jacrev(run.by_rule)(run.start), run.J)
        try:
            run.jvp(run.by_rule, run.start, run.flat)
        except RuntimeError:
            assert "jvp" in str(run.error)
        else:
            raise AssertionError


def test_a_rule_of_your_own_2(run):
    class MendedCube(run.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, v):
            (x,) = ctx.saved_tensors
            return v * 3 * x**2

    assert run.gradcheck(MendedCube.apply, run.two) and run.gradgradcheck(MendedCube.apply, run.two)
    (mended,) = torch.autograd.grad(run.two * MendedCube.apply(run.two), run.two, create_graph=True)
    assert torch.autograd.grad(mended, run.two)[0] == 48
