"The fourteen confusions of learners: a lesson shows each by running it, and an exercise tests it."

from typing import NamedTuple

import pytest

from answers import ALL, cells, mistakes


class Confusion(NamedTuple):
    words: str
    lesson: str  # the stem of its notebook
    cell: str = ""  # code in the visible cell that shows it
    exercise: str = ""  # the one that tests it
    mistake: str = (
        ""  # what that exercise says to whoever is confused: part of a mistake, a symptom or a cure
    )


CONFUSIONS = [
    Confusion(
        "gradients accumulate",
        "01_gradients",
        "square(x).backward()\nx.grad",
        "gradients.q3",
        "does it overwrite the old gradient",
    ),
    Confusion(
        "element 0 of tensors does not require grad",
        "01_gradients",
        "quiet.backward()",
        "gradients.q1",
        "was nothing asked to record?",
    ),
    Confusion(
        "in-place modification",
        "01_gradients",
        "q.detach().zero_()",
        "gradients.q4",
        "did autograd watch the step?",
    ),
    Confusion(
        "backward a second time",
        "01_gradients",
        '    y.backward()\n    works = "yes"',
        "gradients.q5",
        "the second walk finds",
    ),
    Confusion(
        "`.grad` is None on a non-leaf",
        "01_gradients",
        "moved = w - 0.1 * w.grad",
        "gradients.q4",
        "what comes back is a non-leaf tensor",
    ),
    Confusion(
        "`.data`, `detach`, `no_grad`",
        "01_gradients",
        "p.data.zero_()",
        "fit.q6",
        "after a step of `params`, what was kept has moved too",
    ),
    Confusion(
        "mse or rmse",
        "02_fit",
        "mse(preds, speed), rmse(preds, speed)",
        "fit.q2",
        "for misses of 3 and 3 it gives 3",
    ),
    Confusion(
        "the `gradient` argument of a backward from many numbers",
        "08_vectors",
        "predict(params).backward(gradient=torch.ones_like(preds))",
        "vectors.q1",
        "does `gradient=` hold ones?",
    ),
    Confusion(
        "why subtract",
        "01_gradients",
        "path.append(path[-1] - 0.1 * 2 * path[-1])",
        "gradients.q4",
        "does it climb?",
    ),
    Confusion(
        "why it explodes to nan",
        "03_learning_rate",
        "torch.finfo(torch.float32).max, blown",
        "learning_rate.q2",
        "has a factor below 0 lost its sign?",
    ),
    Confusion(
        "where 0.75, 9.5 and 1 come from",
        "02_fit",
        "0.75 * (time - 9.5) ** 2 + 1",
        "fit.q1",
        "has b lost its minus sign?",
    ),
    Confusion(
        "dy/dx the wrong way round",
        "01_gradients",
        "2 * 2.0, numeric_grad(square, 2.0).item(), x.grad.item()",
        "gradients.q1",
        "the derivative upside down",
    ),
    Confusion(
        "`.grad` before backward, and what PowBackward0 is",
        "01_gradients",
        "p4.ask(x.grad, 0, 4, None)",
        "gradients.q1",
        "was `.grad` read before `backward`",
    ),
    Confusion(
        "sqrt at 0 gives nan",
        "03_learning_rate",
        "rmse(perfect, perfect.detach()).backward()",
        "learning_rate.q4",
        "at a perfect fit its gradient is nan",
    ),
]


@pytest.mark.parametrize("confusion", CONFUSIONS, ids=lambda each: each.words)
def test_a_confusion_is_shown_and_asked(confusion: Confusion) -> None:
    name = confusion.lesson[3:]
    shown = [cell for cell in cells(name) if cell.outputs or cell.source.startswith("#| exports")]
    assert confusion.cell and any(confusion.cell in cell.source for cell in shown), (
        "no cell shows it"
    )
    exercise = ALL[confusion.exercise]
    told = [*mistakes(confusion.exercise), exercise.symptom]
    assert confusion.mistake and any(confusion.mistake in words for words in told), (
        "no exercise tests it"
    )
