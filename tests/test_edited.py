"Readers change numbers: each lesson runs on to its end with other ones, and without what is folded."

import re
from pathlib import Path

import nbformat
import pytest

import notebooks
from project import LESSONS

CHANGES = {  # what a reader writes in place of what, in visible cells; the first place counts
    "01_gradients": {"return x**2": "return x**3", "torch.tensor(3.0)": "torch.tensor(-1.5)"},
    "02_fit": {"manual_seed(42)": "manual_seed(1)", "lr = 1e-3": "lr = 2e-3"},
    "03_learning_rate": {"manual_seed(42)": "manual_seed(1)", "steps=10": "steps=12"},
    "04_conditioning": {"manual_seed(42)": "manual_seed(1)", "lr = 3.16e-5": "lr = 2e-5"},
    "05_graph": {"manual_seed(42)": "manual_seed(1)", "torch.tensor(3.0)": "torch.tensor(4.0)"},
    "06_engine": {"manual_seed(42)": "manual_seed(1)", "np.arange(5.0)": "np.arange(7.0)"},
    "07_errors": {"manual_seed(42)": "manual_seed(1)", "range(80)": "range(60)"},
    "08_vectors": {"manual_seed(42)": "manual_seed(1)", "v[10] = 1": "v[3] = 2"},
    "09_optimizers": {"manual_seed(42)": "manual_seed(1)", "lr=0.1": "lr=0.2"},
    "10_learner": {"manual_seed(42)": "manual_seed(1)", "1e-5": "2e-5"},
    "11_scale": {"manual_seed(42)": "manual_seed(1)", "steps=10": "steps=8"},
}


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_runs_on_with_other_numbers_and_without_what_is_folded(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if not is_folded(cell)]
    for old, new in CHANGES[path.stem].items():
        place = next(
            cell for cell in notebook.cells if cell.cell_type == "code" and old in cell.source
        )
        place.source = place.source.replace(old, new)
    notebooks.end(notebooks.started(notebook, path.parent))


def is_folded(cell: nbformat.NotebookNode) -> bool:
    "Whether the reader does not see the cell, which is not the one that installs."
    return bool(re.match(r"#\| (hide|export)$", cell.source.split("\n")[0])) and (
        "find_spec" not in cell.source
    )
