"Steps of many kinds: nothing healthy is blamed, all is left as it was found, and what is wrong is named."

import copy
import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from autograd_tutorial.tools.diagnosis import Finding, Findings, diagnose, step
from torch import Tensor, nn, optim
from torch.nn.modules import module as modules
from torch.optim.optimizer import _global_optimizer_pre_hooks as step_hooks
from torch.utils.checkpoint import checkpoint

Given = tuple  # loss_fn, params, and perhaps an optimiser


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    "Less time for pushes, the same numbers in each run."
    monkeypatch.setattr(step, "_SECONDS", 0.2)
    with torch.random.fork_rng():
        torch.manual_seed(1)
        yield


def mlp(*sizes: int, act: Callable = nn.Tanh, between: tuple = ()) -> nn.Sequential:
    layers = []
    for one, other in pairwise(sizes[:-1]):
        layers += [nn.Linear(one, other), act(), *(make(other) for make in between)]
    return nn.Sequential(*layers, nn.Linear(*sizes[-2:]))


def fit(model: nn.Module, x: Any, y: Tensor, loss: Callable = F.mse_loss) -> Given:
    return (lambda model: loss(model(x), y)), model


def x(*shape: int) -> Tensor:
    return torch.randn(shape or (16, 6))


def kinds(n: int = 16, of: int = 4) -> Tensor:
    return torch.randint(0, of, (n,))


def numbers() -> Tensor:
    return x(16)


def rows() -> Tensor:
    return x(16, 4)


def net(
    loss: Callable[[Tensor, Tensor], Tensor], y: Callable = rows, out: int = 4, **how: Any
) -> Given:
    "Two layers and a loss of predictions (16, out) and targets."
    return fit(mlp(6, 16, out, **how), x(), y(), loss)


class Around(nn.Module):
    "x + g * f(x), with a g of its own."

    def __init__(self, f: nn.Module, g: float):
        super().__init__()
        self.f, self.g = f, nn.Parameter(torch.tensor(g))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.g * self.f(x)


class LowRank(nn.Module):
    "A frozen layer with a product beside it that begins with 0."

    def __init__(self) -> None:
        super().__init__()
        self.base = nn.Linear(6, 6).requires_grad_(False)
        self.A, self.B = nn.Parameter(x(2, 6)), nn.Parameter(torch.zeros(6, 2))

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + x @ self.A.T @ self.B.T


class Words(nn.Module):
    "A small language model; its last layer may be its first."

    def __init__(self, tied: bool, drop: float = 0.1):
        super().__init__()
        layer = nn.TransformerEncoderLayer(8, 2, 16, drop, batch_first=True)
        self.read, self.places = nn.Embedding(9, 8), nn.Parameter(x(5, 8))
        self.layers = nn.TransformerEncoder(layer, 1)
        self.say = nn.Linear(8, 9, bias=False)
        if tied:
            self.say.weight = self.read.weight

    def forward(self, ids: Tensor) -> Tensor:
        return self.say(self.layers(self.read(ids) + self.places))


def words(tied: bool = True) -> Given:
    ids = torch.randint(0, 9, (3, 5))
    return (lambda m: F.cross_entropy(m(ids).flatten(0, 1), ids.roll(1).flatten())), Words(tied)


class Last(nn.Module):
    "What a recurrent layer says in the end."

    def __init__(self, layer: nn.Module):
        super().__init__()
        self.layer, self.out = layer, nn.Linear(4, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.layer(x)[0][:, -1])


def recurrent(kind: Callable) -> Given:
    return fit(Last(kind(3, 4, batch_first=True)), x(4, 6, 3), x(4, 1))


def picture(*layers: nn.Module) -> Given:
    model = nn.Sequential(nn.Conv2d(1, 4, 3), *layers, nn.Flatten(), nn.LazyLinear(3))
    pixels = x(4, 1, 6, 6)
    with torch.no_grad():
        model(pixels)
    return fit(model, pixels, kinds(4, 3), F.cross_entropy)


def table(**how: Any) -> Given:
    model = nn.Sequential(nn.Embedding(9, 3, **how), nn.Flatten(), nn.Linear(6, 1))
    with torch.no_grad():
        model[0].weight.fill_(0.7)  # the row of padding, too
    return fit(model, torch.randint(0, 4, (8, 2)), x(8, 1))


def penalised() -> Given:
    critic, at = mlp(2, 8, 1), x(6, 2).requires_grad_()

    def loss(critic: nn.Module) -> Tensor:
        y = critic(at)
        (slope,) = torch.autograd.grad(y.sum(), at, create_graph=True)
        return ((slope.norm(dim=1) - 1) ** 2).mean() + (y**2).mean()

    return loss, critic


def physics() -> Given:
    t = torch.linspace(0, 1, 9)[:, None]

    def loss(model: nn.Module) -> Tensor:
        at = t.clone().requires_grad_()
        u = model(at)
        (du,) = torch.autograd.grad(u.sum(), at, create_graph=True)
        (ddu,) = torch.autograd.grad(du.sum(), at, create_graph=True)
        return ((ddu + u) ** 2).mean() + (model(t[:1]) - 1).pow(2).mean()

    return loss, mlp(1, 8, 1)


def inner_step() -> Given:
    at, y = x(8, 2), x(8, 1)

    def loss(model: nn.Module) -> Tensor:
        named = dict(model.named_parameters())
        first = F.mse_loss(model(at), y)
        slopes = torch.autograd.grad(first, list(named.values()), create_graph=True)
        moved = {name: p - 0.1 * g for (name, p), g in zip(named.items(), slopes, strict=True)}
        return F.mse_loss(torch.func.functional_call(model, moved, (at,)), y)

    return loss, mlp(2, 8, 1)


def slopes_by_func() -> Given:
    model, at, y = mlp(2, 8, 1), x(8, 2), x(8, 2)

    def loss(named: dict) -> Tensor:
        value = lambda one: torch.func.functional_call(model, named, (one,)).sum()  # noqa: E731
        return F.mse_loss(torch.vmap(torch.func.grad(value))(at), y)

    return loss, dict(list(model.named_parameters())[:-1])


def checkpointed(reentrant: bool, *layers: nn.Module) -> Given:
    model, at, y = nn.Sequential(nn.Linear(6, 6), *layers), x().requires_grad_(), x()
    return (lambda m: F.mse_loss(checkpoint(m, at, use_reentrant=reentrant), y)), model


def cast(model: nn.Module, x: Tensor, y: Tensor) -> Given:
    def loss(model: nn.Module) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            out = model(x)
        return F.mse_loss(out.float(), y)

    return loss, model


def against(other: nn.Module, **how: Any) -> Given:
    "A critic that tells real from made; the maker is another's."
    critic, real, ones = mlp(6, 8, 1), x(), torch.ones(16, 1)

    def loss(critic: nn.Module) -> Tensor:
        made = critic(other(torch.randn(16, 2)).detach())
        score = F.binary_cross_entropy_with_logits
        return score(critic(real), ones) + score(made, 0 * ones)

    return loss, critic, optim.Adam(critic.parameters())


def likely_images() -> Given:
    model, at = nn.ModuleList([nn.Linear(6, 4), nn.Linear(2, 6)]), x()

    def loss(model: nn.ModuleList) -> Tensor:
        mean, log = model[0](at).chunk(2, 1)
        out = model[1](mean + torch.randn_like(mean) * (log / 2).exp())
        return F.mse_loss(out, at) - 0.5 * (1 + log - mean**2 - log.exp()).mean()

    return loss, model


def taught_by_another() -> Given:
    model, other, at, reward, way = mlp(6, 8, 4), mlp(6, 8, 4), x(), x(16), kinds()[:, None]

    def loss(model: nn.Module) -> Tensor:
        with torch.no_grad():
            aim = reward + 0.9 * other(at).max(1).values
        return F.smooth_l1_loss(model(at).gather(1, way)[:, 0], aim)

    return loss, model


def gates() -> Given:
    parts = dict(c=nn.Conv2d(1, 4, 3, padding=1), a=nn.Linear(4, 4), b=nn.Conv2d(1, 1, 1))
    at, y = x(4, 1, 5, 5), x(4, 4)

    def loss(m: nn.ModuleDict) -> Tensor:
        h = m["c"](at)
        wide = m["a"](h.mean((2, 3)))[:, :, None, None] + m["b"](h.mean(1, keepdim=True))
        return F.mse_loss((h * wide.sigmoid()).mean((2, 3)), y)

    return loss, nn.ModuleDict(parts)


def attention_of_a_graph() -> Given:
    parts = nn.ModuleList([nn.Linear(6, 4), nn.Linear(4, 1, bias=False), nn.Linear(4, 1)])
    at, y = x(10, 6), x(10, 4)

    def loss(parts: nn.ModuleList) -> Tensor:
        h = parts[0](at)
        return F.mse_loss(F.leaky_relu(parts[1](h) + h @ h.T).softmax(1) @ h * parts[2](h), y)

    return loss, parts


def bumps() -> Given:
    at, y, where = torch.rand(16), x(16), torch.linspace(0, 1, 5).requires_grad_()
    return (lambda where: F.mse_loss(torch.exp(-((at[:, None] - where) ** 2)).sum(1), y)), where


def factors() -> Given:
    u, v, M = x(9, 1).requires_grad_(), x(9).requires_grad_(), x(9, 9)
    return (lambda _: ((u * v - M) ** 2).mean()), [u, v]


def process() -> Given:
    at, y = torch.linspace(0, 1, 8).double()[:, None], x(8).double()
    scale = torch.tensor(-1.0).double().requires_grad_()

    def loss(scale: Tensor) -> Tensor:
        K = torch.exp(-((at - at.T) ** 2) / scale.exp()) + 0.1 * torch.eye(8)
        return y @ torch.linalg.solve(K, y) + torch.logdet(K)

    return loss, scale


def two_optimisers() -> Given:
    loss, model = net(F.mse_loss)
    return loss, model, [optim.SGD(model[0].parameters(), 0.01), optim.Adam(model[2].parameters())]


def fine_tuning() -> Given:
    loss, model = net(F.mse_loss)
    model[0].requires_grad_(False)
    return loss, model, optim.SGD(model[2].parameters(), 0.01)


def low_rank() -> Given:
    model = nn.Sequential(LowRank(), nn.Tanh(), nn.Linear(6, 1))
    learning = [p for p in model.parameters() if p.requires_grad]
    return *fit(model, x(), x(16, 1)), optim.AdamW(learning)


def zero_head() -> Given:
    loss, model = net(F.cross_entropy, kinds)
    nn.init.zeros_(model[2].weight)
    return loss, model


class Counting(nn.Module):
    "Remembers how often it was called, in a buffer and beside it."

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.calls = nn.Linear(6, 1), 0
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        self.seen += 1
        return self.layer(x) / (1 + 0.1 * self.seen)


def some_experts() -> Given:
    model = nn.ModuleList([nn.Linear(6, 3), *(nn.Linear(6, 1) for _ in range(3))])
    at, y = x(32, 6), x(32, 1)

    def loss(model: nn.ModuleList) -> Tensor:
        share, best = model[0](at).softmax(1).max(1)
        each = torch.cat([expert(at) for expert in model[1:]], 1)
        return F.mse_loss(share[:, None] * each.gather(1, best[:, None]), y)

    return loss, model


class Batch(nn.Module):
    "Is given its batch as a dict."

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(6, 1)

    def forward(self, batch: dict) -> Tensor:
        return self.layer(batch["x"])


def scripted() -> Given:
    loss, model = net(F.mse_loss)
    return loss, torch.jit.trace(model, x())


def compiled() -> Given:
    loss, model = net(F.mse_loss, rows, between=(nn.BatchNorm1d, lambda _: nn.Dropout(0.2)))
    return loss, torch.compile(model, backend="eager")


BINS = torch.linspace(-2, 2, 16)


class Bare(nn.Module):
    "A linear layer of tensors."

    def __init__(self, n: int) -> None:
        super().__init__()
        self.w, self.bias = nn.Parameter(x(n, n)), nn.Parameter(x(n))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.w + self.bias


class Keys(nn.Module):
    "Attention, by layers of tensors: the bias of its keys has no say."

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v = Bare(6), Bare(6), Bare(6)

    def forward(self, x: Tensor) -> Tensor:
        return (self.q(x) @ self.k(x).mT / 9).softmax(-1) @ self.v(x)


class Trainer:
    def __init__(self) -> None:
        self.loss, model = net(F.mse_loss, rows)
        self.model, self.adam = model, optim.Adam(model.parameters())
        self.given = self.step, model, self.adam

    def clear(self) -> None:
        self.adam.zero_grad()

    def ends_clear(self) -> Given:
        def whole() -> None:
            self.loss(self.model).backward()
            self.adam.step()
            self.model.zero_grad()

        return whole, *self.given[1:]

    def step(self, model: nn.Module) -> None:
        self.loss(model).backward()
        self.adam.step()
        self.clear()


def cleared(way: str) -> Given:
    "After the step, by what stands near it."
    loss, model = net(F.mse_loss)
    adam = optim.Adam(model.parameters())

    def clear() -> None:
        adam.zero_grad()

    def by_function() -> None:
        loss(model).backward()
        adam.step()
        clear()

    def one_by_one() -> None:
        loss(model).backward()
        adam.step()
        [setattr(p, "grad", None) for p in model.parameters()]

    return locals()[way], model, adam


def schedules() -> Given:
    "One begins at 0, one will be fast."
    loss, model = net(F.mse_loss, rows)
    several = [optim.SGD(model[0].parameters(), 50), optim.Adam(model[2].parameters(), 9)]
    for each, start in zip(several, (0, 1e-4), strict=True):
        optim.lr_scheduler.LambdaLR(each, lambda _, start=start: start)
    return loss, model, several


NORMS = nn.utils.parametrizations


def halves() -> tuple[Callable[..., Tensor], nn.Module]:
    given, wanted = x().bfloat16(), x(16, 1).bfloat16()
    return lambda model: ((model(given) - wanted) ** 2).mean(), mlp(6, 16, 1).bfloat16()


HEALTHY: dict[str, Callable[[], Given]] = {
    **{
        kind.__name__: lambda kind=kind: net(F.mse_loss, rows, act=kind)
        for kind in (nn.ReLU, nn.GELU, nn.SiLU, nn.Sigmoid, nn.PReLU, nn.RReLU, nn.Hardswish)
    },
    "batch norm": lambda: net(F.mse_loss, rows, between=(nn.BatchNorm1d,)),
    "layer norm": lambda: net(F.mse_loss, rows, between=(nn.LayerNorm,)),
    "dropout": lambda: net(F.mse_loss, rows, between=(lambda _: nn.Dropout(0.5),)),
    "cross entropy": lambda: net(F.cross_entropy, kinds),
    "bce by hand": lambda: net(
        lambda a, b: -(b * a.sigmoid().log() + (1 - b) * (1 - a.sigmoid()).log()).mean(),
        lambda: torch.rand(16, 1).round(),
        1,
    ),
    "huber": lambda: net(F.huber_loss, rows),
    "l1": lambda: net(F.l1_loss, rows),
    "kl": lambda: net(lambda a, b: F.kl_div(a.log_softmax(1), b.softmax(1)), rows),
    "gaussian nll": lambda: net(
        lambda a, b: F.gaussian_nll_loss(a[:, 0], b, a[:, 1].exp()), numbers
    ),
    "quantiles": lambda: net(
        lambda a, b: (lambda e: torch.maximum(0.9 * e, -0.1 * e).mean())(b[:, None] - a), numbers
    ),
    "weights": lambda: net(lambda a, b: (b.abs() * (a[:, 0] - b) ** 2).mean(), numbers, 1),
    "ranks": lambda: net(
        lambda a, b: F.relu(1 - (a - a.T) * (b[:, None] - b).sign()).mean() + (a**2).mean(),
        numbers,
        1,
    ),
    "pairs of two sets": lambda: net(
        lambda a, b: F.softplus(a[:8, 0][None] - a[8:, 0][:, None]).mean(), numbers, 1
    ),
    "pairs of two sets, by view": lambda: net(
        lambda a, b: F.relu(1 - a[:8].view(-1, 1) + a[8:].view(1, -1)).mean(), numbers, 1
    ),
    "a difference of scores": lambda: net(lambda a, b: a[:9].mean() - a[9:].mean(), out=1),
    "softmax of all pairs, both ways": lambda: net(
        lambda a, b: (
            -((a @ b.T).log_softmax(0) * torch.eye(16)).mean()
            + F.nll_loss((a @ b.T).log_softmax(0), torch.arange(16))
        ),
        rows,
    ),
    "shares of pieces": lambda: net(lambda a, b: ((a.softmax(0) * a).sum(0) ** 2).mean(), rows),
    "few counts": lambda: net(
        lambda a, b: (a[:, 0] - b).abs().mean(), lambda: torch.arange(16) // 2
    ),
    "points and a grid": lambda: net(
        lambda a, b: F.mse_loss(torch.exp(-((a - b) ** 2)).mean(0), b.abs()), lambda: x(9), 1
    ),
    "lengths": lambda: net(
        lambda a, b: (m := torch.arange(4) < b[:, None]).sum() + (a**2 * m).sum() / m.sum(), kinds
    ),
    "cleared in the end": lambda: Trainer().ends_clear(),
    "cleared by another": lambda: Trainer().given,
    "cleared by a function": lambda: cleared("by_function"),
    "cleared one by one": lambda: cleared("one_by_one"),
    "schedules": schedules,
    "contrast": lambda: net(
        lambda a, b: F.cross_entropy(F.normalize(a) @ F.normalize(b).T, torch.arange(16)), rows
    ),
    "kernels": lambda: net(
        lambda a, b: -torch.exp(-((a[:, None] - b[None]) ** 2).sum(-1)).mean(), rows
    ),
    "quantile regression": lambda: net(
        lambda a, b: ((b[:, None, :] - a[:, :, None]) ** 2).sum(-1).mean(), rows
    ),
    "mixture": lambda: net(
        lambda a, b: -torch.logsumexp(a[:, :2] - (b[:, None] - a[:, 2:]) ** 2, 1).mean(), numbers
    ),
    "float64 inside": lambda: net(lambda a, b: F.mse_loss(a.double(), b.double()), rows),
    "regularised": lambda: net(lambda a, b: F.mse_loss(a, b) + 0.1 * (a**2).mean(), rows),
    "masked": lambda: net(lambda a, b: ((a - b) ** 2)[b > 0].mean(), rows),
    "convolution": lambda: picture(nn.ReLU(), nn.MaxPool2d(2)),
    "convolution, norms": lambda: picture(nn.BatchNorm2d(4), nn.ReLU()),
    "instance norm": lambda: picture(nn.InstanceNorm2d(4, track_running_stats=True)),
    "gates": gates,
    "residual": lambda: fit(nn.Sequential(*[Around(mlp(6, 8, 6), 1.0)] * 3), x(), x()),
    "residual from 0": lambda: fit(nn.Sequential(*[Around(mlp(6, 8, 6), 0.0)] * 2), x(), x()),
    "layer scale": lambda: fit(
        nn.Sequential(Around(mlp(6, 8, 6), 1e-6), nn.Linear(6, 6)), x(), x()
    ),
    "head of 0": zero_head,
    "low rank": low_rank,
    "rnn": lambda: recurrent(nn.RNN),
    "gru": lambda: recurrent(nn.GRU),
    "lstm": lambda: recurrent(nn.LSTM),
    "words, tied": words,
    "words": lambda: words(False),
    "graph": attention_of_a_graph,
    "embedding": table,
    "padding": lambda: table(padding_idx=1),
    "sparse": lambda: table(sparse=True),
    "by frequency": lambda: table(scale_grad_by_freq=True),
    "kept short": lambda: table(max_norm=1.0),
    "bumps": bumps,
    "factors": factors,
    "process": process,
    "gradient penalty": penalised,
    "physics": physics,
    "inner step": inner_step,
    "slopes by torch.func": slopes_by_func,
    "checkpoint": lambda: checkpointed(False, nn.Tanh()),
    "reentrant checkpoint": lambda: checkpointed(True, nn.Tanh(), nn.Dropout(0.3)),
    "low precision": lambda: cast(mlp(6, 16, 1), x(), x(16, 1)),
    "bfloat16": halves,
    "weight norm": lambda: fit(NORMS.weight_norm(nn.Linear(6, 4)), x(), rows()),
    "spectral norm": lambda: fit(NORMS.spectral_norm(nn.Linear(6, 4)), x(), rows()),
    "orthogonal": lambda: fit(NORMS.orthogonal(nn.Linear(6, 6)), x(), x()),
    "critic": lambda: against(mlp(2, 8, 6)),
    "variational": likely_images,
    "taught by another": taught_by_another,
    "two optimisers": two_optimisers,
    "fine tuning": fine_tuning,
    "counting": lambda: fit(Counting(), x(), x(16, 1)),
    "experts": some_experts,
    "a dict": lambda: fit(Batch(), dict(x=x()), x(16, 1)),
    "scripted": scripted,
    "compiled": compiled,
    "soft bins": lambda: net(
        lambda a, b: F.mse_loss(torch.sigmoid((BINS - a) / 0.2).mean(0), b.sigmoid()), numbers, 1
    ),
    "soft bins by hand": lambda: net(
        lambda a, b: (torch.exp(-((a - BINS) ** 2)).sum(0) - b).abs().mean(), numbers, 1
    ),
    "sizes beside products": lambda: net(
        lambda a, b: (a**2).sum(1, True).add((b**2).sum(1)).sub(2 * a @ b.T).amin(1).mean(), rows
    ),
    "at risk": lambda: net(
        lambda a, b: -(a - ((b[:, None] <= b).float() @ a.exp()).log()).mean(), numbers, 1
    ),
    "crps": lambda: net(
        lambda a, b: ((torch.sigmoid(BINS - a) - (b[:, None] <= BINS).float()) ** 2).mean(),
        numbers,
        1,
    ),
    "in order": lambda: net(
        lambda a, b: F.binary_cross_entropy_with_logits(
            a - torch.arange(3), (b[:, None] > torch.arange(3)).float()
        ),
        kinds,
        1,
    ),
    "scores beside scores, both turned": lambda: net(
        lambda a, b: F.softplus(a[:8] - a[8:].view(1, -1)).mean(), numbers, 1
    ),
    "bias of keys": lambda: fit(Keys(), x(4, 5, 6), x(4, 5, 6)),
    "one of several": lambda: fit(
        nn.Sequential(Bare(6), nn.Softmax(0)), x(5, 6), x(5, 6).softmax(0)
    ),
    "mask of -inf": lambda: net(
        lambda a, b: F.mse_loss(
            (a @ b.T + torch.full((16, 16), -torch.inf).triu(1)).softmax(1) @ b, b
        ),
        rows,
    ),
    "a critic of scores": lambda: net(lambda a, b: a[9:].mean() - a[:9].mean(), out=1),
    "rewards of both signs": lambda: net(
        lambda a, b: -(a.log_softmax(1)[:, 0] * b).mean(), lambda: torch.linspace(1, -1, 16)
    ),
    "densities above 1": lambda: net(
        lambda a, b: (a[:, 1] - 4 + ((b - a[:, 0]) / (a[:, 1] - 4).exp()) ** 2 / 2).mean(),
        lambda: x(16) / 1000,
        2,
    ),
    "shares that overlap": lambda: net(
        lambda a, b: -2 * (a.sigmoid() * b.sigmoid()).sum() / (a.sigmoid() + b.sigmoid()).sum()
    ),
    "entropy": lambda: net(lambda a, b: (a.softmax(1) * a.log_softmax(1)).sum(1).mean()),
    "against a teacher": lambda: net(
        lambda a, b: F.kl_div(b.log_softmax(1), a.softmax(1), reduction="batchmean")
    ),
    "noise around 0 and 1": lambda: net(
        lambda a, b: F.mse_loss(a.sigmoid(), (b > 0) + 0.05 * b.tanh())
    ),
    "tanh, moved": lambda: net(lambda a, b: F.mse_loss(a.tanh() + 9, b + 9)),
    "a loss for each, by vmap": lambda: net(
        lambda a, b: torch.vmap(F.binary_cross_entropy)(a.sigmoid(), b.sigmoid()).mean()
    ),
    "units by torch.func": lambda: net(
        lambda a, b: F.mse_loss(torch.vmap(torch.func.grad(lambda r: r.relu().sum()))(a), a + b)
    ),
    "by keyword": lambda: net(
        lambda a, b: F.cross_entropy(input=F.dropout(input=a, p=0.1), target=b), kinds
    ),
    "frequencies": lambda: net(lambda a, b: (torch.fft.rfft(a) - torch.fft.rfft(b)).abs().mean()),
    "sparse neighbours": lambda: net(
        lambda a, b: F.mse_loss(torch.sparse.mm(torch.eye(16).to_sparse(), a), b)
    ),
    "decay": lambda: (
        *(given := net(F.mse_loss)),
        optim.SGD(given[1].parameters(), 0.01, 0.9, weight_decay=5e-4),
    ),
    "scaled back": lambda: step_of_its_own(
        lambda a, b: 65536 * F.mse_loss(a, b), "zero loss walk scale step"
    ),
    "no argument": lambda: (lambda loss, model: ((lambda: loss(model)), model))(
        *net(F.l1_loss, rows)
    ),
}


def state(params: Any) -> tuple[list[Tensor], list]:
    "All that diagnose has to leave as it is."
    parts = list(params.modules()) if isinstance(params, nn.Module) else []
    tensors = [*params.parameters(), *params.buffers()] if parts else params
    tensors = [tensors] if isinstance(tensors, Tensor) else tensors
    tensors = list(tensors.values()) if isinstance(tensors, dict) else tensors
    others = [each._version for each in tensors]  # counts of changes
    states = [torch.get_rng_state(), torch.tensor(random.getstate()[1])]
    hooks = [modules._global_forward_pre_hooks, step_hooks]
    hooks += [each._forward_pre_hooks for each in parts]
    others += [(p.requires_grad, p.grad) for p in tensors if p.is_leaf]
    others += [(each.training, sorted(vars(each)), getattr(each, "calls", 0)) for each in parts]
    return [*(each.detach().clone() for each in tensors), *states], [*others, *map(len, hooks)]


def assert_as_it_was(params: Any, before: tuple[list[Tensor], list]) -> None:
    numbers, others = state(params)
    assert others == before[1]
    torch.testing.assert_close(numbers, before[0], rtol=0, atol=0)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", HEALTHY)
def test_nothing_healthy_is_blamed_and_all_is_left_as_it_was(name: str) -> None:
    given = HEALTHY[name]()
    before = state(given[1])
    assert diagnose(*given) == []
    assert_as_it_was(given[1], before)


def test_there_are_many() -> None:
    assert len(HEALTHY) >= 60


# Shapes that meet by accident

LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "a difference": lambda a, b: ((a - b) ** 2).mean(),
    "a product": lambda a, b: -(F.logsigmoid(a) * b).mean(),
    "a quotient": lambda a, b: ((a / (b.abs() + 1)) ** 2).sum().sqrt(),
    "mse_loss": F.mse_loss,
    "huber_loss": F.huber_loss,
    "maximum": lambda a, b: torch.maximum(a, b).sum(1).mean(),
    "max": lambda a, b: torch.max(a, b).mean(),
    "dist": torch.dist,
}
SHAPES: dict[str, Callable[[], tuple[nn.Module, Tensor, Tensor]]] = {
    "(16, 1) and (16,)": lambda: (mlp(6, 8, 1), x(), x(16)),
    "(16, 1) and (5,)": lambda: (mlp(6, 8, 1), x(), x(5)),
    "(16, 1) and (1, 16)": lambda: (mlp(6, 8, 1), x(), x(1, 16)),
    "(3, 1, 4, 4) and (3, 4, 4)": lambda: (
        nn.Conv2d(1, 1, 3, padding=1),
        x(3, 1, 4, 4),
        x(3, 4, 4),
    ),
}


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("shapes", SHAPES)
@pytest.mark.parametrize("loss", LOSSES)
def test_shapes_that_meet_by_accident_are_named_with_their_line(loss: str, shapes: str) -> None:
    model, given, y = SHAPES[shapes]()
    (found,) = diagnose(lambda m: LOSSES[loss](m(given), y), model)
    assert found.what.startswith(f"{loss} of shapes {shapes} has shape") and found.sure == "likely"
    assert "test_diagnosis.py, line " in found.where
    assert "lambda" in found.where or "LOSSES[loss](" in found.where, "the reader's line"


def test_what_is_turned_by_hand_or_learns_on_both_sides_may_be_meant() -> None:
    model, given, y = mlp(6, 8, 1), x(), x(16, 1)
    (turned,) = diagnose(lambda m: torch.exp(-((m(given) - y.T) ** 2)).mean(), model)
    (both,) = diagnose(lambda m: (m(given) * m(given)[:, 0]).mean(), model)
    assert turned.sure == both.sure == "possible"


# What loops get wrong


def another() -> Given:
    loss, model = net(F.mse_loss, rows)
    return loss, model, optim.Adam(copy.deepcopy(model).parameters())


def new_head() -> Given:
    loss, model = net(F.mse_loss, rows)
    given = loss, model, optim.SGD(model.parameters(), 0.01)
    model[2] = nn.Linear(16, 4)
    return given


def forgotten() -> Given:
    loss, model = net(F.mse_loss, rows)
    return loss, model, optim.SGD(model[2].parameters(), 0.01)


def frozen() -> Given:
    loss, model = net(F.mse_loss, rows)
    model[0].requires_grad_(False)
    return loss, model


def at_rest() -> Given:
    loss, model = net(F.mse_loss, rows, between=(nn.BatchNorm1d,))
    return loss, model.eval()


def always_dropping() -> Given:
    loss, model = net(lambda a, b: F.mse_loss(F.dropout(a, 0.5), b), rows)
    return loss, model.eval()


def shrinking() -> Given:
    return fit(mlp(6, *[16] * 14, 1, act=nn.Sigmoid), x(), x(16, 1))


def growing() -> Given:
    model = mlp(6, *[64] * 9, 1, act=nn.Identity)
    for layer in model[::2]:
        nn.init.normal_(layer.weight)
    return fit(model, x(), x(16, 1))


def too_fast() -> Given:
    loss, model = fit(nn.Linear(6, 1), 10 * x(), x(16, 1))
    return loss, model, optim.SGD(model.parameters(), 0.5)


def blind() -> Given:
    loss, model = fit(nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1)), x(), x(16, 1))
    nn.init.constant_(model[0].bias, -100)
    return loss, model


def step_of_its_own(loss: Callable, order: str = "zero loss walk step") -> Given:
    loss, model = net(loss, rows)
    adam, now = optim.Adam(model.parameters()), torch.tensor(0.0)
    do = dict(zero=adam.zero_grad, walk=lambda: now.backward(), step=adam.step)
    do["scale"] = lambda: [p.grad.div_(65536) for p in model.parameters()]
    do["clip"] = lambda: nn.utils.clip_grad_norm_(model.parameters(), 1e-9)

    def whole(model: nn.Module) -> float:
        nonlocal now
        for name in order.split():
            if name == "loss":
                now = loss(model)
            else:
                do[name]()
        return now.item()

    return whole, model, adam


def cleared_in_vain(way: str) -> Given:
    "Something is said of zero_grad, and the gradients stay."
    loss, model = net(F.mse_loss)
    adam, other = optim.Adam(model.parameters()), optim.Adam(mlp(6, 4).parameters())

    def for_another() -> None:
        other.zero_grad()
        loss(model).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()

    def not_called() -> None:
        adam.zero_grad  # noqa: B018
        loss(model).backward()
        adam.step()

    return locals()[way], model, adam


def at_the_end() -> Given:
    "A schedule has taken the rate to 0."
    loss, model = net(F.mse_loss)
    sgd = optim.SGD(model.parameters(), 0.1)
    schedule = optim.lr_scheduler.LinearLR(sgd, 1.0, 0.0, 3)
    for _ in range(3):
        sgd.step()
        schedule.step()
    return loss, model, sgd


def rated(make: Callable[[Any], optim.Optimizer]) -> Given:
    loss, model = net(F.mse_loss)
    return loss, model, make(model.parameters())


def at_an_end() -> Given:
    return fit(mlp(6, 16, 1), 1000 * x(), x(16, 1))


def one_of_two() -> Given:
    "The maker is cut off in the critic's step; each has its optimiser."
    nets, real = nn.ModuleList([mlp(6, 8, 1), mlp(2, 8, 6)]), x()

    def loss(nets: nn.ModuleList) -> Tensor:
        return (nets[0](nets[1](real[:, :2]).detach()) - nets[0](real)).exp().mean()

    return loss, nets, [optim.Adam(each.parameters()) for each in nets]


def shares(a: Tensor) -> Tensor:
    return a.exp() / a.exp().sum(1, keepdim=True)


class Loose(nn.Module):
    "Learns by a tensor that is no parameter."

    def __init__(self) -> None:
        super().__init__()
        self.w, self.last = torch.zeros(6, requires_grad=True), nn.Linear(6, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(x + self.w)


class Hiding(nn.Module):
    "Keeps a layer where no one finds it."

    def __init__(self) -> None:
        super().__init__()
        self.layers, self.last = [nn.Linear(6, 6)], nn.Linear(6, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.layers[0](x).tanh())


class Dropping(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return nn.Dropout(0.5)(x)


def fresh_norm() -> Given:
    loss, model = net(F.mse_loss, rows, between=(nn.BatchNorm1d,))
    model[2].eval()
    return loss, model


def twins() -> Given:
    loss, model = net(F.mse_loss, rows)
    for p in model[0].parameters():
        nn.init.constant_(p, 0.1)
    nn.init.constant_(model[2].weight, 0.1)
    return loss, model


def straight_through() -> Given:
    return net(lambda a, b: F.mse_loss(a + (a.round() - a).detach(), b), rows)


class Reversed(torch.autograd.Function):
    "The slope turned on purpose."

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.clone()

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        return -grad


FAULTS: dict[str, tuple[Callable[[], Given], str, str]] = {  # sure, and what
    "another": (another, "certain", "no optimiser holds 4 of 4 params, and 4 tensors"),
    "new head": (new_head, "likely", "no optimiser holds 2 of 4 params, and 2 tensors"),
    "forgotten": (forgotten, "possible", "no optimiser holds 2 of 4 params"),
    "frozen": (frozen, "possible", "2 of 4 params are frozen"),
    "at rest": (at_rest, "possible", "the model is in eval mode, and with it BatchNorm1d"),
    "always dropping": (always_dropping, "likely", "dropout is at work though"),
    "shrinking": (shrinking, "likely", "the gradient of 0.weight is all but 0"),
    "growing": (growing, "likely", "the gradient explodes"),
    "too fast": (too_fast, "likely", "the learning rate 0.5 is past the edge"),
    "blind": (blind, "likely", "the loss does not depend on the batch"),
    **{
        name: (lambda loss=loss: net(loss, kinds), "likely", what)
        for name, loss, what in (
            (
                "softmax twice",
                lambda a, b: F.cross_entropy(a.softmax(1), b),
                "is given what softmax",
            ),
            ("shares by hand", lambda a, b: F.cross_entropy(shares(a), b), "is given what softmax"),
            (
                "along the batch, one hot",
                lambda a, b: -(F.one_hot(b, 4) * a.log_softmax(0)).sum(1).mean(),
                "runs along dim 0 of",
            ),
            ("no log", lambda a, b: F.nll_loss(nn.Softmax(-1)(a), b), "and wants logs"),
            (
                "along the batch",
                lambda a, b: F.nll_loss(a.log_softmax(0), b),
                "runs along dim 0 of",
            ),
            (
                "along the batch, picked",
                lambda a, b: -a.softmax(0).log().gather(1, b[:, None]).mean(),
                "log_softmax runs along dim 0 of shape (16, 4), and gather takes that for the batch",
            ),
        )
    },
    "sigmoid twice": (
        lambda: net(
            lambda a, b: F.binary_cross_entropy_with_logits(a.sigmoid(), b.sigmoid()), rows
        ),
        "likely",
        "binary_cross_entropy_with_logits is given what sigmoid made, and takes sigmoid of it",
    ),
    "classes": (
        lambda: net(lambda a, b: F.mse_loss(a[:, 0], b.float()), lambda: torch.arange(16) % 4),
        "possible",
        "mse_loss compares with whole numbers from 0 to 3",
    ),
    **{
        name: (lambda order=order: step_of_its_own(F.mse_loss, order), sure, what)
        for name, order, sure, what in (
            ("not cleared", "loss walk step", "likely", "gradients are not cleared"),
            ("cleared late", "loss walk zero step", "certain", "gradients are cleared after"),
            ("stepped early", "zero loss step walk", "certain", "the optimiser steps before"),
            ("never stepped", "zero loss walk", "possible", "loss_fn clears gradients and walks"),
        )
    },
    "cleared for another": (
        lambda: cleared_in_vain("for_another"),
        "likely",
        "gradients are not cleared",
    ),
    "not called": (lambda: cleared_in_vain("not_called"), "likely", "gradients are not cleared"),
    "clipped to nothing": (
        lambda: step_of_its_own(F.mse_loss, "zero loss walk clip step"),
        "likely",
        "after backward, ",
    ),
    "at the end": (at_the_end, "possible", "a learning rate is 0"),
    "too slow": (
        lambda: rated(lambda ps: optim.SGD(ps, 1e-9)),
        "possible",
        "the learning rate 1e-09 is far below the edge",
    ),
    "Adam too slow": (
        lambda: rated(lambda ps: optim.Adam(ps, 1e-12)),
        "possible",
        "a learning rate is 1e-12",
    ),
    "swamped": (
        lambda: rated(lambda ps: optim.AdamW(ps, weight_decay=100)),
        "possible",
        "weight decay pulls",
    ),
    "at an end": (at_an_end, "possible", "of what tanh gives to linear is at an end"),
    **{
        name: (lambda loss=loss: net(loss, kinds), sure, what)
        for name, loss, sure, what in (
            ("minus", lambda a, b: -F.mse_loss(a[:, 0], b / 9), "possible", "below 0 wherever"),
            (
                "no minus",
                lambda a, b: a.log_softmax(1).gather(1, b[:, None]).mean(),
                "possible",
                "below 0 wherever params move, and falls without end",
            ),
            (
                "1 to 4",
                lambda a, b: F.binary_cross_entropy_with_logits(a[:, 0], b + 1.0),
                "likely",
                "the targets of binary_cross_entropy_with_logits are numbers from 1 to 4",
            ),
            (
                "swapped",
                lambda a, b: F.binary_cross_entropy_with_logits(b / 4, a[:, 0].sigmoid()),
                "possible",
                "what learns is the target of binary_cross_entropy_with_logits",
            ),
            (
                "shares first",
                lambda a, b: F.kl_div(F.one_hot(b, 4).float() / 2 + 1 / 8, a.log_softmax(1)),
                "likely",
                "kl_div is given what softmax made, and wants logs",
            ),
            (
                "out of reach",
                lambda a, b: F.mse_loss(a[:, 0].sigmoid(), 90.0 + b),
                "likely",
                "mse_loss compares what sigmoid made, from 0 to 1, with numbers from 90 to 93",
            ),
            (
                "log of 0",
                lambda a, b: (a.softmax(1) * b[:, None]).log().mean(),
                "certain",
                "the loss is -inf, which began with log",
            ),
        )
    },
    "hidden in a list": (
        lambda: fit(Hiding(), x(), x(16, 1)),
        "likely",
        "2 tensors learn in the model",
    ),
    "no parameter": (lambda: fit(Loose(), x(), x(16, 1)), "likely", "1 tensors learn in the model"),
    "the largest": (
        lambda: net(lambda a, b: (a - b).abs().amax(), numbers, 1),
        "likely",
        "a difference of shapes (16, 1) and (16,)",
    ),
    "new dropout in each call": (
        lambda: fit(nn.Sequential(Dropping(), nn.Linear(6, 1)).eval(), x(), x(16, 1)),
        "likely",
        "dropout is at work though",
    ),
    "fresh norm at rest": (fresh_norm, "possible", "BatchNorm1d is in eval mode, and has seen no"),
    "twins": (twins, "likely", "all 16 units of 0 are the same"),
    "Adam too fast": (
        lambda: (*(given := net(F.mse_loss, rows)), optim.Adam(given[1].parameters(), 10.0)),
        "likely",
        "the learning rate 10 is past the size of the weights",
    ),
    "a copy": (
        lambda: net(lambda a, b: F.mse_loss(torch.tensor(a, requires_grad=True), b), rows),
        "likely",
        "autograd says no way leads to it",
    ),
    "one class": (
        lambda: net(lambda a, b: F.cross_entropy(a, 0 * b.long()), numbers, 1),
        "likely",
        "every slope along 0.weight is 0",
    ),
    "where": (
        lambda: net(lambda a, b: torch.where(b > 0, a, -a).exp().mean(), numbers, 1),
        "likely",
        "where of shapes (16,) and (16, 1) has shape (16, 16)",
    ),
    "products of what met": (
        lambda: net(lambda a, b: torch.einsum("ij,ij->", a - b, a - b), numbers, 1),
        "likely",
        "a difference of shapes (16, 1) and (16,)",
    ),
    "one net of two": (one_of_two, "possible", "autograd says no way leads to it"),
    "straight through": (straight_through, "possible", "autograd says"),
    "reversed": (
        lambda: net(lambda a, b: F.mse_loss(Reversed.apply(a), b), rows),
        "possible",
        "autograd says",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_loops_get_wrong_is_named(name: str) -> None:
    made, sure, what = FAULTS[name]
    given = made()
    before = state(given[1])
    found = diagnose(*given)
    assert (found[0].sure, what in found[0].what) == (sure, True), found
    assert found[0].where and found[0].do
    assert_as_it_was(given[1], before)


def test_a_whole_step_is_looked_at_up_to_its_walk_and_no_optimiser_steps() -> None:
    whole, model, adam = step_of_its_own(F.mse_loss)
    model[0].weight.grad = torch.ones(16, 6)  # of the step before
    assert diagnose(whole, model) == [] and not adam.state
    assert torch.equal(model[0].weight.grad, torch.ones(16, 6))
    whole, model, adam = step_of_its_own(lambda a, b: ((a.mean(1, True) - b[:, 0]) ** 2).mean())
    (found,) = diagnose(whole, model)
    assert "of shapes (16, 1) and (16,)" in found.what and "line" in found.where
    (found,) = diagnose(whole, mlp(6, 16, 4))
    assert found.what.startswith("the optimiser that steps first in loss_fn holds none")


def test_the_edge_is_that_of_theory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "_SECONDS", 60)
    loss, model, _ = too_fast()
    inputs = torch.cat([loss.__closure__[1].cell_contents, torch.ones(16, 1)], 1)
    edge = 2 / torch.linalg.eigvalsh(2 * inputs.T @ inputs / 16)[-1].item()
    assert diagnose(loss, model, optim.SGD(model.parameters(), 0.98 * edge)) == []
    (found,) = diagnose(loss, model, optim.SGD(model.parameters(), 1.02 * edge))
    said = float(found.what.rpartition(" ")[2])
    assert said == pytest.approx(edge, rel=0.01)


def test_gradients_and_inputs_that_are_kept_are_put_back() -> None:
    loss, model = net(F.mse_loss, rows)
    loss(model).backward()
    kept = [(p.grad, p.grad.clone()) for p in model.parameters()]
    (found,) = diagnose(loss, model)
    assert found.what == "0.weight.grad is not cleared, and backward adds to it"
    for p, (grad, numbers) in zip(model.parameters(), kept, strict=True):
        assert p.grad is grad and torch.equal(grad, numbers)
    script = torch.jit.trace(model, x())
    before = state(script)
    with pytest.raises(ValueError, match="loss_fn must run"):
        diagnose(lambda script: script(x(16, 6)).mean() / script.eval().none, script)
    assert_as_it_was(script, before)
    given = x()
    before = given.clone()
    diagnose(lambda m: m(given.mul_(2)).pow(2).mean(), model)
    assert torch.equal(given, before)


# How it speaks


def test_findings_are_a_table() -> None:
    found = Findings([Finding("a < b", "swap", "line 3", "likely")] * 2, "")
    assert repr(found) == "likely    a < b\n   where  line 3\n   to do  swap"
    assert "<td>a &lt; b</td><td>swap</td><td>line 3</td><td>likely</td>" in found._repr_html_()
    nothing = Findings([], "4 slopes agree.")
    assert repr(nothing).startswith("Nothing found; 4 slopes agree. Unseen: wrong data")
    assert repr(nothing) in nothing._repr_html_()


def test_its_errors_are_its_own() -> None:
    wrong = lambda m: m(x(16, 5)).mean()  # noqa: E731
    with pytest.raises(
        ValueError, match=r"raised RuntimeError in test_d.* line \d+: wrong = .*mat1"
    ):
        diagnose(wrong, mlp(6, 8, 1))
    with pytest.raises(TypeError, match=r"optimizer must be one of torch\.optim, .* got str"):
        diagnose(wrong, mlp(6, 8, 1), "adam")
    with pytest.raises(ValueError, match=r"weight must have a shape, .* call first"):
        diagnose(wrong, nn.LazyLinear(3))
    with pytest.raises(ValueError, match="got none"):
        diagnose(wrong, nn.ReLU())

    def changed(model: nn.Module) -> Tensor:
        h = model(x()).exp()
        loss = (h * h).mean()
        h *= 2
        return loss

    (found,) = diagnose(changed, mlp(6, 8, 1))
    assert found.what.startswith("autograd cannot walk back: 'one of the variables")
