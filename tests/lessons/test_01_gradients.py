"What lesson 1 says in figures, held against what its run left behind."

import torch


def test_push_it_and_see(run):
    torch.testing.assert_close(
        [(run.square(2.0 + push) - run.square(2.0)) / push for push in (0.1, 0.001)], [4.1, 4.001]
    )


def test_a_better_push(run):
    assert run.errors[0.0001] < 1e-06 < min(run.errors[0.1], run.errors[1e-13])


def test_let_pytorch_record(run):
    torch.testing.assert_close(run.x.grad, torch.tensor(4.0))
    torch.testing.assert_close(run.numeric_grad(run.square, run.x), run.x.grad)
    assert type(run.y.grad_fn).__name__ == "PowBackward0"


def test_again(run):
    assert (run.x.grad.item(), run.a.grad.item()) == (4.0, 2.0)


def test_leaves(run):
    assert run.found[0].item() == 24 and run.found[1] is None


def test_why_we_subtract(run):
    torch.testing.assert_close(run.path[-1], 2 * 0.8**5)
    torch.testing.assert_close((run.square(2.4), run.square(1.6)), (5.76, 2.56))
