"The cheat sheet has a row for each lesson, and says what its lines give."

from pathlib import Path

import torch
from torch.testing import assert_close


def test_each_lesson_has_a_row(run):
    assert {lesson for *_, lesson in run.ROWS} == {
        path.stem for path in Path().glob("[0-9]*.ipynb")
    }


def test_it_ends_where_its_lines_lead(run):
    assert run.names["x"].shape == (20,) and len(run.names["losses"]) == 10
    assert_close(run.names["y"].grad.item(), 4.0)
    best = run.names["scale"].undo(run.theory.best_params(run.names["x"], run.speed))
    assert_close(best, torch.tensor([0.76814, -14.7421, 71.7703]).double(), rtol=1e-4, atol=0)
    assert (
        run.diagnosis.diagnose(run.names["loss_at"], torch.zeros(3).double().requires_grad_()) == []
    )
