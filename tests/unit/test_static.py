"The front end without a browser: its types, its parts by themselves, and its arrays as Python packed them."

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import torch
from autograd_tutorial.core.theory import standardise
from autograd_tutorial.fit import make_data, mse, quadratic, rmse
from autograd_tutorial.learning_rate import sweep
from autograd_tutorial.pictures.live import source, stops
from autograd_tutorial.pictures.packing import DROPPED, pack
from autograd_tutorial.pictures.runs import RATE

from project import ROOT
from saved import explorer, spec_of

HERE = Path(__file__).with_name("static")
STATIC = ROOT / "autograd_tutorial" / "static"
PICTURES = sorted(path.stem for path in STATIC.glob("*.js"))
PARTS = sorted(path.name for path in HERE.glob("*.test.js"))
INF, NAN = float("inf"), float("nan")
NO_DOCUMENT = "globalThis.document = {querySelectorAll: () => []};\n"


@pytest.fixture(scope="module")
def deno(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    "Runs Deno, a JavaScript of its own with TypeScript inside, without a network; gives what it printed."
    cache = str(tmp_path_factory.mktemp("deno"))
    env = {**os.environ, "DENO_DIR": cache, "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}

    def run(*command: str | Path, given: str = "") -> str:
        alone = [command[0], "--quiet", "--no-remote", "--no-npm", *command[1:]]
        program = Path(sys.executable).parent / "deno"
        done = subprocess.run(
            [program, *alone], cwd=HERE, env=env, input=given, text=True, capture_output=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_types_are_sound(deno: Callable[..., str]) -> None:
    deno("check", ".", STATIC)


def test_a_wrong_type_is_found(deno: Callable[..., str], tmp_path: Path) -> None:
    wrong = f'import {{ figure }} from "{STATIC.as_uri()}/kit/numbers.js";\nfigure("7.305");\n'
    (tmp_path / "wrong.js").write_text(wrong, encoding="utf-8")
    with pytest.raises(AssertionError, match="'string' is not assignable to parameter of type"):
        deno("check", "--config", HERE / "deno.json", tmp_path)


def test_no_type_is_left_out() -> None:
    for path in STATIC.rglob("*.js"):
        left_out = re.search(r"@ts-|@\w+ \{.*\bany\b.*\}", path.read_text(encoding="utf-8"))
        assert not left_out, path


def test_parts_do_what_they_say(deno: Callable[..., str]) -> None:
    deno("test", "--no-check", *PARTS)


@pytest.mark.parametrize("kind", PICTURES)
def test_the_joined_modules_are_one(deno: Callable[..., str], kind: str) -> None:
    "No name is given twice, and nothing but the picture is made at once."
    deno("run", "--no-check", "-", given=NO_DOCUMENT + source(kind))


def rounded(array: torch.Tensor) -> list[int]:
    "The bits of each float32, as many as packing keeps."
    bits = array.float().flatten().view(torch.int32).tolist()
    return [(each + (1 << DROPPED - 1) >> DROPPED << DROPPED) & 0xFFFFFFFF for each in bits]


def test_arrays_come_out_as_they_were_packed(deno: Callable[..., str]) -> None:
    g = torch.Generator().manual_seed(1)
    wild = torch.randn(5, 7, 11, generator=g) * 10 ** (76 * torch.rand(5, 7, 11, generator=g) - 38)
    arrays = {
        "wild": wild,
        "smooth": torch.linspace(-3, 8, 113).expm1().expand(4, 113),
        "odd": torch.tensor([[0.0, -0.0, INF, -INF, NAN, 3.4e38, -1e-45, 1 + 2**-14]]),
        "none": torch.zeros(0, 3),
        "one": torch.tensor([7.305]),
    }
    packed, data = pack(arrays)
    given = json.dumps({"packed": base64.b64encode(packed).decode(), "data": data})
    found = json.loads(deno("run", "--no-check", "unpack.js", given=given))
    assert found == {name: rounded(each) for name, each in arrays.items()}


# What a picture says of a run


def said(deno: Callable[..., str], runs: list[tuple[str, str, int, int]]) -> list[dict[str, Any]]:
    "The findings for each loss, time, stop of the learning rate, and step."
    chosen = [dict(zip(("loss", "time", "run", "step"), run, strict=True)) for run in runs]
    given = json.dumps({**spec_of(explorer().page), "chosen": chosen})
    return json.loads(deno("run", "--no-check", "words.js", given=given))


def test_the_loss_that_is_said_is_that_of_torch(deno: Callable[..., str]) -> None:
    g = torch.Generator().manual_seed(42)
    (time, speed), start = make_data(g), torch.randn(3, generator=g)
    times = {"raw": time, "standardised": standardise(time)[0]}
    runs = list(product(("mse", "rmse"), times, (8, 32, 40), (7, 200)))
    for (loss, kind, stop, step), finding in zip(runs, said(deno, runs), strict=True):
        loss_fn = {"mse": mse, "rmse": rmse}[loss]
        rate = [stops(RATE)[stop]]
        wanted = sweep(rate, step, times[kind], speed, start, loss_fn, quadratic)[0][0, step]
        words, found = finding["value"].split(", loss ")
        assert words == f"after {step} steps"
        four_digits = pytest.approx(wanted.item(), rel=6e-4)
        assert float(found.replace(",", "")) == four_digits


VERDICTS = {  # loss, time, stop of the rate, step: what the run is doing
    ("mse", "raw", 0, 200): "Learning.",
    ("mse", "raw", 32, 15): "Stuck.",
    ("mse", "raw", 41, 200): "Growing.",
    ("mse", "raw", 64, 0): "Not started.",
    ("mse", "raw", 64, 200): "Exploded after 10 steps: loss is inf.",
    ("mse", "standardised", 16, 200): "Slow.",
    ("mse", "standardised", 86, 200): "Learning.",
    ("mse", "standardised", 104, 60): "Learned.",
    ("rmse", "raw", 0, 5): "Slow.",
    ("rmse", "raw", 70, 200): "Bouncing.",
    ("rmse", "raw", 80, 200): "Bouncing.",
    ("rmse", "raw", 96, 200): "Wandering.",
    ("rmse", "standardised", 112, 200): "Learned.",
}


def test_the_verdict_holds(deno: Callable[..., str]) -> None:
    found = [finding["verdict"] for finding in said(deno, list(VERDICTS))]
    assert dict(zip(VERDICTS, found, strict=True)) == VERDICTS


# What a page trains by itself

CASES = 3000  # random data sets, starts and rates


def problems(root: bool) -> dict[str, torch.Tensor]:
    "Quadratics over times of any mean and width, with rates from far below the edge to far above it."
    g = torch.Generator().manual_seed(7 + root)

    def drawn(low: float, high: float, *shape: int) -> torch.Tensor:
        return low + (high - low) * torch.rand(CASES, *shape, generator=g, dtype=torch.float64)

    time = drawn(-3, 3, 1) + 10 ** drawn(-0.5, 0.7, 1) * torch.randn(
        CASES, 12, generator=g, dtype=torch.float64
    )
    X = torch.stack([time**2, time, torch.ones_like(time)], 2)
    known = torch.linalg.svdvals(X) ** 2 * 2 / 12
    lr = 2 / known[:, 0] * 10 ** drawn(-3, 0 if root else 12)
    y, start = drawn(-50, 50, 12), drawn(-20, 20, 3)
    return dict(X=X, y=y, start=start, lr=lr, known=known)


@pytest.mark.parametrize("root", [False, True], ids=["mse", "rmse"])
def test_what_a_page_trains_is_what_torch_trains(deno: Callable[..., str], root: bool) -> None:
    given, steps = problems(root), 25
    X, y, p = (given[name] for name in ("X", "y", "start"))
    losses, path = [], []
    for _ in range(steps + 1):
        p = p.detach().requires_grad_()
        loss = ((torch.einsum("bnp,bp->bn", X, p) - y) ** 2).mean(1)
        loss = loss.sqrt() if root else loss
        (slope,) = torch.autograd.grad(loss.sum(), p)
        losses.append(loss.detach())
        path.append(p.detach())
        p = p - given["lr"][:, None] * slope
    wanted, params = torch.stack(losses, 1), torch.stack(path, 1)
    plain = {name: each.tolist() for name, each in given.items()}
    rows = [
        dict(zip(plain, row, strict=True), steps=steps, root=root)
        for row in zip(*plain.values(), strict=True)
    ]
    made = json.loads(deno("run", "--no-check", "linear.js", given=json.dumps(rows)))

    def of(name: str) -> torch.Tensor:
        return torch.tensor([[float(v) for v in each[name]] for each in made], dtype=torch.float64)

    found = of("losses")
    alive = wanted.isfinite().cummin(1).values
    assert torch.equal(found.isfinite().cummin(1).values, alive), "it explodes at another step"
    assert root or 100 < (~alive[:, -1]).sum() < CASES - 100
    torch.testing.assert_close(found[alive], wanted[alive], rtol=1e-9, atol=0)
    at = torch.tensor(
        [[[float(v) for v in p] for p in each["path"]] for each in made], dtype=torch.float64
    )
    size = params[alive].abs().amax(1, keepdim=True)
    assert ((at[alive] - params[alive]).abs() <= 1e-9 * size).all()
    torch.testing.assert_close(of("curvatures"), given["known"], rtol=1e-9, atol=0)
    best = torch.linalg.lstsq(X, y[..., None]).solution[..., 0]
    assert ((of("best") - best).abs() <= 1e-9 * best.abs().amax(1, keepdim=True)).all()
    H = torch.func.vmap(torch.func.hessian(lambda p, X: ((X @ p) ** 2).mean()))(best, X)
    V = torch.tensor([each["directions"] for each in made], dtype=torch.float64)  # a row each
    found_H = torch.einsum("bk,bki,bkj->bij", of("curvatures"), V, V)
    assert ((found_H - H).abs() <= 1e-9 * H.abs().amax((1, 2), keepdim=True)).all()
