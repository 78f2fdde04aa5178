"Exercises refuse wrong answers by name, accept right ones however written, and survive anything else."

import base64
import json
import math
import os
import re
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import torch
from autograd_tutorial.core.saving import STATIC
from autograd_tutorial.exercises import checker
from autograd_tutorial.exercises.checker import Exercise
from autograd_tutorial.exercises.drawing import draw
from autograd_tutorial.exercises.feedback import Feedback, as_html
from autograd_tutorial.exercises.offering import cured
from autograd_tutorial.exercises.predictions import Prediction
from autograd_tutorial.exercises.running import within
from autograd_tutorial.exercises.trials import TRIALS
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close

from answers import (
    ALL,
    NAMES,
    PREDICTIONS,
    asked,
    cells,
    inputs,
    is_one_sentence,
    lesson,
    mistakes,
    solved,
    source,
    written,
)

# What an exercise is


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_has_three_exercises_or_more_and_asks_each(name: str) -> None:
    of_lesson = [key for key in ALL if key.startswith(f"{name}.")]
    assert len(of_lesson) >= 3
    assert all(asked(key) for key in of_lesson)


@pytest.mark.parametrize("name", NAMES)
def test_exercises_stand_from_easy_to_hard(name: str) -> None:
    told = "\n".join(cell.source for cell in lesson(name) if cell.cell_type == "markdown")
    marks = re.findall(r"^\*\*(\d)\..*?\*\* \*(Easy|Middling|Hard)\b", told, re.M)
    keys = [key for key in ALL if key.startswith(f"{name}.")]
    assert sorted(keys) == [f"{name}.q{number}" for number, _ in marks]
    hard = ["Easy Middling Hard".split().index(mark) for _, mark in marks]
    assert hard == sorted(hard) and 2 in hard


def test_every_lesson_plants_a_bug() -> None:
    assert all(
        any(each.bug for key, each in ALL.items() if key.startswith(f"{name}.")) for name in NAMES
    )


@pytest.mark.parametrize("key", ALL)
def test_two_routes_agree(key: str) -> None:
    assert len(ALL[key].routes) == 2
    for seed in range(2 * TRIALS):
        one, other = (route(*inputs(key, seed)) for route in ALL[key].routes.values())
        one, other = (made if isinstance(made, dict) else {"it": made} for made in (one, other))
        assert one.keys() == other.keys()
        for name in one:
            assert (one[name] is None) == (other[name] is None)
            if one[name] is not None:
                size = max(float(each[name].detach().abs().max()) for each in (one, other))
                assert_close(
                    one[name].detach(), other[name].detach(), rtol=1e-4, atol=1e-5 * max(size, 0.1)
                )


@pytest.mark.parametrize("key", ALL)
def test_every_check_draws_different_inputs(key: str) -> None:
    drawn = [
        torch.cat([torch.as_tensor(each).detach().flatten().double() for each in inputs(key, seed)])
        for seed in range(TRIALS)
    ]
    assert not any(
        one.shape == other.shape and torch.equal(one, other)
        for i, one in enumerate(drawn)
        for other in drawn[:i]
    )


# Right answers

RIGHT = {
    "gradients.q1": [
        "def cube_slope(t):\n    return 3 * t**2",
        "def cube_slope(t):\n    return numeric_grad(lambda x: x**3, t)",
        "cube_slope = torch.func.grad(lambda t: t * t * t)",
    ],
    "gradients.q3": [
        "def walk_back(x):\n    if x.grad is None:\n        x.grad = torch.zeros_like(x)\n    x.grad += 2 * x.detach()",
        "def walk_back(x):\n    with torch.no_grad():\n        old = torch.tensor(0.0) if x.grad is None else x.grad\n        x.grad = old + x + x\n    return x.grad",
    ],
    "gradients.q4": [
        "def take_step(w, lr):\n    with torch.no_grad():\n        w.sub_(lr * w.grad)\n        w.grad.zero_()\n    return w",
        "def take_step(w, lr):\n    new = w.detach() - lr * w.grad\n    with torch.no_grad():\n        w.copy_(new)\n    w.grad = None\n    return w",
        "def take_step(w, lr):\n    sgd = torch.optim.SGD([w], lr=lr)\n    sgd.step()\n    sgd.zero_grad()\n    return w",
    ],
    "gradients.q5": [
        "def two_walks(x):\n    x = x.clone().requires_grad_()\n    y = x**3\n    y.backward(retain_graph=True)\n    y.backward()\n    return x.grad",
        "def two_walks(x):\n    return 6 * x**2",
    ],
    "gradients.q2": [
        "def push_slope(x, h):\n    return numeric_grad(lambda at: at**4, x, h)",
        "def push_slope(x, h):\n    right = ((x + h) ** 4 - x**4) / h\n    left = (x**4 - (x - h) ** 4) / h\n    return (right + left) / 2",
        "def push_slope(x, h):\n    return 4 * x * (x * x + h * h)",
    ],
    "fit.q1": [
        "def multiply_out(steep, when, least):\n    return torch.stack([steep, -2 * steep * when, steep * when * when + least])",
        "def multiply_out(steep, when, least):\n    return steep * torch.stack([when**0, -2 * when, when**2]) + torch.tensor([0.0, 0.0, 1.0]) * least",
    ],
    "fit.q3": [
        "def mse_slopes(params, time, speed):\n    p = params.clone().requires_grad_()\n    mse(quadratic(time, p), speed).backward()\n    return p.grad",
        "def mse_slopes(params, time, speed):\n    e = quadratic(time, params) - speed\n    return torch.stack([(2 * e * time**k).mean() for k in (2, 1, 0)])",
    ],
    "fit.q2": [
        "def mean_squared(preds, targets):\n    return torch.nn.functional.mse_loss(preds, targets)",
        "def mean_squared(preds, targets):\n    miss = targets - preds\n    return miss @ miss / len(miss)",
    ],
    "fit.q5": [
        """
        def train(params, time, speed, lr, steps):
            losses = torch.zeros(steps)
            for step in range(steps):
                loss = mse(quadratic(time, params), speed)
                (grad,) = torch.autograd.grad(loss, params)
                params.detach().sub_(lr * grad)
                losses[step] = loss.item()
            return losses
        """,
        """
        def train(params, time, speed, lr, steps):
            sgd, losses = torch.optim.SGD([params], lr=lr), []
            for _ in range(steps):
                sgd.zero_grad()
                losses.append(mse(quadratic(time, params), speed))
                losses[-1].backward()
                sgd.step()
            return torch.tensor([loss.item() for loss in losses])
        """,
    ],
    "fit.q6": [
        "def keep(params):\n    return params.clone()",
        "def keep(params):\n    return params.detach().clone().requires_grad_()",
        "def keep(params):\n    return torch.tensor(params.tolist())",
        "def keep(params):\n    with torch.no_grad():\n        return 1 * params",
    ],
    "fit.q4": [
        "def one_step(params, time, speed, lr):\n    return params - lr * torch.func.grad(lambda p: rmse(quadratic(time, p), speed))(params)",
        """
        def one_step(params, time, speed, lr):
            p = params.clone().requires_grad_()
            loss = rmse(quadratic(time, p), speed)
            loss.backward()
            with torch.no_grad():
                p -= lr * p.grad
            return p.detach()
        """,
        """
        def one_step(params, time, speed, lr):
            X = torch.stack([time**2, time, torch.ones_like(time)], 1)
            misses = X @ params - speed
            return params - lr * misses @ X / len(time) / rmse(X @ params, speed)
        """,
    ],
    "learning_rate.q1": [
        "def edge_of(k):\n    return 1 / k",
        "def edge_of(k):\n    return 2 / torch.func.hessian(lambda x: k * x**2)(torch.tensor(0.0))",
    ],
    "learning_rate.q2": [
        "def after_steps(x, lr, curvature, steps):\n    for _ in range(steps):\n        x = x - lr * curvature * x\n    return x",
        "def after_steps(x, lr, curvature, steps):\n    return torch.pow(1 - lr * curvature, steps) * x",
    ],
    "learning_rate.q3": [
        "def edge_from(losses, lr):\n    return 2 * lr / (1 + (losses[2] / losses[1]) ** 0.5)",
        "def edge_from(losses, lr):\n    errors = losses.sqrt()\n    return 2 * lr / (1 + errors[1] / errors[0])",
    ],
    "learning_rate.q4": [
        "def calm_rmse(preds, targets):\n    m = mse(preds, targets)\n    return m if m == 0 else m.sqrt()",
        "def calm_rmse(preds, targets):\n    return mse(preds, targets).clamp(min=1e-12).sqrt()",
        "def calm_rmse(preds, targets):\n    return (preds - targets).norm() / len(preds) ** 0.5",
    ],
    "conditioning.q1": [
        "def standardised(table):\n    return torch.stack([standardise(column)[0] for column in table.T], 1)",
        "def standardised(table):\n    moved = table - table.mean(0)\n    return moved / (moved**2).mean(0).sqrt()",
        "def standardised(table):\n    return torch.nn.functional.batch_norm(table, None, None, training=True, eps=1e-12)",
    ],
    "conditioning.q3": [
        "def excess(lr, curvatures, errors, steps):\n    return curvatures / 2 @ (errors**2 * (1 - lr * curvatures) ** (2 * steps))",
        """
        def excess(lr, curvatures, errors, steps):
            for _ in range(steps):
                errors = errors - lr * curvatures * errors
            return 0.5 * (curvatures * errors * errors).sum()
        """,
    ],
    "conditioning.q4": [
        "def same_curve(params, mean, std):\n    x = torch.tensor([-1.0, 0.0, 1.0])\n    return best_params(x, quadratic(mean + std * x, params))",
        """
        def same_curve(params, mean, std):
            rows = [[std**2, 0, 0], [2 * mean * std, std, 0], [mean**2, mean, 1]]
            return torch.tensor(rows) @ params
        """,
    ],
    "conditioning.q5": [
        "def predict(params, new, time):\n    return quadratic(standardise(time)[1](new), params)",
        "def predict(params, new, time):\n    return quadratic(new, standardise(time)[1].undo(params))",
        "def predict(params, new, time):\n    scale = time.var(correction=0).sqrt()\n    return params[0] * ((new - time.mean()) / scale) ** 2 + params[1] * (new - time.mean()) / scale + params[2]",
    ],
    "conditioning.q2": [
        "def slopes_change(push, curvatures, directions):\n    return directions @ torch.diag(curvatures) @ directions.T @ push",
        "def slopes_change(push, curvatures, directions):\n    return sum(c * (push @ v) * v for c, v in zip(curvatures, directions.T))",
        "def slopes_change(push, curvatures, directions):\n    return (directions * curvatures @ directions.T @ push[:, None]).flatten()",
    ],
    "optimizers.q1": [
        "def velocity_after(grads, beta):\n    age = torch.arange(len(grads) - 1, -1, -1)\n    return (beta**age) @ grads",
        "def velocity_after(grads, beta):\n    return grads[0] if len(grads) == 1 else beta * velocity_after(grads[:-1], beta) + grads[-1]",
    ],
    "optimizers.q2": [
        "def gradient_of_all(grads, sizes):\n    return (grads * sizes[:, None]).sum(0) / sizes.sum()",
        "def gradient_of_all(grads, sizes):\n    total = 0\n    for grad, size in zip(grads, sizes):\n        total = total + grad * size\n    return total / sum(sizes)",
    ],
    "optimizers.q3": [
        "def batch_spread(slopes, n):\n    return torch.combinations(slopes, n).mean(1).std(correction=0)",
        """
        from itertools import combinations

        def batch_spread(slopes, n):
            batches = torch.tensor(list(combinations(range(len(slopes)), n)))
            off = slopes[batches].mean(1) - slopes.mean()
            return (off**2).mean() ** 0.5
        """,
    ],
    "optimizers.q4": [
        """
        def adam_walk(params, grads, lr, betas):
            mean, square, b, c = 0, 0, 1, 1
            for grad in grads:
                mean, b = betas[0] * mean + (1 - betas[0]) * grad, b * betas[0]
                square, c = betas[1] * square + (1 - betas[1]) * grad**2, c * betas[1]
                params = params - lr * (1 - c) ** 0.5 / (1 - b) * mean / square.sqrt()
            return params
        """,
        """
        def adam_walk(params, grads, lr, betas):
            leaf = params.clone().requires_grad_()
            adam = torch.optim.Adam([leaf], lr=lr, betas=betas, eps=0)
            for grad in grads:
                leaf.grad = grad
                adam.step()
            return leaf.detach()
        """,
    ],
    "learner.q1": [
        "def share_right(scores, digits, held):\n    return sum(scores[i].argmax() == digits[i] for i in held) / len(held)",
        "def share_right(scores, digits, held):\n    hits = scores.max(1).indices == digits\n    return hits[held].float().mean()",
    ],
    "learner.q3": [
        "def smoothed(losses, beta):\n    weights = beta ** torch.arange(len(losses)).flip(0)\n    return weights @ losses / weights.sum()",
        """
        def smoothed(losses, beta):
            kept, ones = torch.zeros(()), torch.zeros(())
            for loss in losses:
                kept, ones = torch.lerp(loss, kept, beta), torch.lerp(torch.ones(()), ones, beta)
            return kept / ones
        """,
    ],
    "learner.q2": [
        "def middle_rate(first, last):\n    return first * (last / first) ** 0.5",
        "def middle_rate(first, last):\n    return torch.stack([first, last]).log().mean().exp()",
    ],
    "learner.q4": [
        "def first_step(params, grad, lr, wd):\n    return params - lr * (wd * params + grad.sign())",
        """
        def first_step(params, grad, lr, wd):
            leaf = params.clone().requires_grad_()
            leaf.grad = grad
            torch.optim.AdamW([leaf], lr=lr, eps=0, weight_decay=wd).step()
            return leaf.detach()
        """,
    ],
    "scale.q1": [
        "def loss_weights(sizes):\n    return sizes / sizes.mean()",
        "def loss_weights(sizes):\n    return torch.stack([len(sizes) * size / sum(sizes) for size in sizes])",
    ],
    "scale.q2": [
        "def seconds_lost(seconds, every, died):\n    return seconds[:died].split(every)[-1].sum() if died % every else torch.tensor(0.0)",
        "def seconds_lost(seconds, every, died):\n    total = torch.zeros(())\n    for step in range(died - died % every, died):\n        total += seconds[step]\n    return total",
    ],
    "scale.q3": [
        "def bytes_sent(workers, size):\n    return 2 * size - 2 * size / workers",
        "def bytes_sent(workers, size):\n    sent = 0\n    for half in range(2):\n        for turn in range(workers - 1):\n            sent = sent + size / workers\n    return sent",
    ],
    "scale.q4": [
        """
        def shared_step(params, time, speed, sizes, lr):
            p = params.clone().requires_grad_()
            for t, s in zip(time.split(sizes), speed.split(sizes)):
                (((quadratic(t, p) - s) ** 2).sum() / len(time)).backward()
            return params - lr * p.grad
        """,
        """
        def shared_step(params, time, speed, sizes, lr):
            slope = torch.func.grad(lambda p, t, s: mse(quadratic(t, p), s))
            grads = torch.stack([slope(params, t, s) for t, s in zip(time.split(sizes), speed.split(sizes))])
            return params - lr * (torch.tensor(sizes) / sum(sizes)) @ grads
        """,
    ],
    "vectors.q1": [
        "def weighted_rows(params, time, v):\n    return torch.stack([v @ time**2, v @ time, v.sum()])",
        "def weighted_rows(params, time, v):\n    return v @ torch.func.jacrev(lambda p: quadratic(time, p))(params)",
        "def weighted_rows(params, time, v):\n    p = params.clone().requires_grad_()\n    (v * quadratic(time, p)).sum().backward()\n    return p.grad",
    ],
    "vectors.q2": [
        "def typical_move(params, time, u):\n    moves = quadratic(time, params + u) - quadratic(time, params)\n    return (moves**2).mean() ** 0.5",
        "def typical_move(params, time, u):\n    rows = torch.func.jacrev(lambda p: quadratic(time, p))(params)\n    return (rows @ u).norm() / len(time) ** 0.5",
        """
        from autograd_tutorial.vectors import jvp

        def typical_move(params, time, u):
            return jvp(lambda p: quadratic(time, p), params, u).square().mean().sqrt()
        """,
    ],
    "vectors.q3": [
        "def rmse_curving(params, time, speed, u):\n    return torch.func.hessian(lambda p: rmse(quadratic(time, p), speed))(params) @ u",
        """
        def rmse_curving(params, time, speed, u):
            p = params.clone().requires_grad_()
            (slope,) = torch.autograd.grad(rmse(quadratic(time, p), speed), p, create_graph=True)
            return torch.autograd.grad(slope @ u, p)[0]
        """,
        """
        from torch.nn.functional import mse_loss  # has no rule forward

        from autograd_tutorial.vectors import hvp

        def rmse_curving(params, time, speed, u):
            return hvp(lambda p: mse_loss(quadratic(time, p), speed).sqrt(), params, u)
        """,
    ],
    "vectors.q4": [
        "def choose_v(preds, speed, rows):\n    p = preds.clone().requires_grad_()\n    mse(p[rows], speed[rows]).backward()\n    return p.grad",
        """
        def choose_v(preds, speed, rows):
            counts = torch.zeros_like(preds)
            counts[rows] = 1
            return 2 * (preds - speed) * counts / counts.sum()
        """,
        "def choose_v(preds, speed, rows):\n    return sum(2 * (preds - speed) * torch.eye(len(preds))[row] for row in rows) / len(rows)",
    ],
    "vectors.q5": [
        "def centred_backward(x, v):\n    n = len(x)\n    return v @ (torch.eye(n) - torch.ones(n, n) / n)",
        "def centred_backward(x, v):\n    x = x.clone().requires_grad_()\n    (x - x.mean()).backward(gradient=v)\n    return x.grad",
    ],
    "errors.q1": [
        "def table_mse(params, table, speed):\n    return ((table @ params[:, None] - speed[:, None]) ** 2).mean()",
        "def table_mse(params, table, speed):\n    preds = (table @ params[:, None]).squeeze(1)\n    return mse(preds, speed)",
        "def table_mse(params, table, speed):\n    return sum((row @ params - each) ** 2 for row, each in zip(table, speed)) / len(speed)",
    ],
    "errors.q2": [
        """
        def learn(params, time, speed, lr, steps):
            sgd = torch.optim.SGD([params], lr=lr)
            for _ in range(steps):
                sgd.zero_grad()
                mse(quadratic(time, params), speed).backward()
                sgd.step()
            sgd.zero_grad()
        """,
        """
        def learn(params, time, speed, lr, steps):
            for _ in range(steps):
                (slope,) = torch.autograd.grad(mse(quadratic(time, params), speed), params)
                with torch.no_grad():
                    params -= lr * slope
            return params
        """,
    ],
    "errors.q4": [
        """
        def loss_after(params, time, speed, lr):
            p = params.detach().clone().requires_grad_()
            mse(quadratic(time, p), speed).backward()
            return mse(quadratic(time, p - lr * p.grad), speed)
        """,
        """
        def loss_after(params, time, speed, lr):
            X = torch.stack([time**2, time, torch.ones_like(time)], 1)
            grad = 2 * (X @ params - speed) @ X / len(time)
            return ((X @ (params - lr * grad) - speed) ** 2).mean()
        """,
        "def loss_after(params, time, speed, lr):\n    at = mse(quadratic(time, params), speed)\n    (grad,) = torch.autograd.grad(at, params, create_graph=True)\n    return mse(quadratic(time, params - lr * grad), speed)",
    ],
    "errors.q5": [
        "def ripple(x):\n    return torch.sinc(x / torch.pi)",
        "def ripple(x):\n    safe = x.masked_fill(x == 0, 1.0)\n    return (safe.sin() / safe).masked_fill(x == 0, 1.0)",
        "def ripple(x):\n    near = 1 - x**2 / 6\n    safe = torch.where(x == 0, 1.0, x)\n    return torch.where(x == 0, near, safe.sin() / safe)",
    ],
    "errors.q3": [
        "def hold_c(params, time, speed):\n    c = params[2].item()\n    return mse(quadratic(time, torch.cat([params[:2], torch.tensor([c])])), speed)",
        "def hold_c(params, time, speed):\n    preds = quadratic(time, params) - params[2] + params.detach()[2]\n    return ((preds - speed) ** 2).mean()",
        "def hold_c(params, time, speed):\n    free = torch.tensor([1.0, 1.0, 0.0])\n    return mse(quadratic(time, free * params + (1 - free) * params.detach()), speed)",
    ],
    "engine.q1": [
        "def at_x(g, x, y, n):\n    return {'x + y': 1 * g, 'x * y': y * g, '-x': 0 - g, 'x ** n': n * x**n / x * g}",
        """
        def at_x(g, x, y, n):
            def back(f):
                at = x.clone().requires_grad_()
                f(at).backward(g)
                return at.grad
            made = {"x + y": lambda at: at + y, "x * y": lambda at: at * y, "-x": lambda at: -at, "x ** n": lambda at: at**n}
            return {name: back(f) for name, f in made.items()}
        """,
    ],
    "engine.q2": [
        "def curves(g, x, z):\n    return {'exp(x)': torch.exp(x) * g, 'log(x)': g * x**-1, 'sqrt(x)': g * 0.5 * x**-0.5, 'relu(z)': torch.where(z > 0, g, 0 * g)}",
        """
        def curves(g, x, z):
            y, root = x.exp(), x.sqrt()
            off = g.clone()
            off[z <= 0] = 0
            return {"relu(z)": off, "sqrt(x)": g / root / 2, "log(x)": g / x, "exp(x)": g * y}
        """,
    ],
    "engine.q3": [
        "def undo(g, shape):\n    return g.sum_to_size(shape)",
        """
        def undo(g, shape):
            front = g.ndim - len(shape)
            g = g.sum(tuple(range(front))) if front else g
            ones = [i for i, n in enumerate(shape) if n == 1]
            return g.sum(ones, keepdim=True) if ones else g
        """,
    ],
    "engine.q4": [
        "def at_w(g, X, W):\n    return (g.T @ X).T",
        "def at_w(g, X, W):\n    return torch.stack([X[i][:, None] * g[i] for i in range(len(X))]).sum(0)",
    ],
    "engine.q5": [
        "def three_more(g, x, r, s):\n    return {'max': s[:, None] * (x == x.amax(1, keepdim=True)), 'reshape': r.view_as(x), 'tanh': g / x.cosh() ** 2}",
        """
        def three_more(g, x, r, s):
            def back(f, came):
                at = x.clone().requires_grad_()
                f(at).backward(came)
                return at.grad
            return {"tanh": back(torch.tanh, g), "reshape": back(torch.flatten, r), "max": back(lambda at: at.max(1).values, s)}
        """,
    ],
    "engine.q6": [
        """
        def walk_back(slopes):
            grads = [0.0, 0.0, 0.0, 0.0, 1.0]
            for i in (4, 3, 2, 1):
                for j in range(i):
                    grads[j] = grads[j] + grads[i] * slopes[i, j]
            return torch.tensor(grads)
        """,
        """
        def walk_back(slopes):
            grads = torch.zeros(len(slopes))
            grads[-1] = 1
            for j in reversed(range(len(slopes) - 1)):
                grads[j] = grads @ slopes[:, j]
            return grads
        """,
    ],
    "graph.q1": [
        "def leaf_of(y):\n    def end(fn):\n        return end(fn.next_functions[0][0]) if fn.next_functions else fn\n    return end(y.grad_fn).variable",
        "def leaf_of(y):\n    fn = y.grad_fn\n    while not hasattr(fn, 'variable'):\n        ((fn, _),) = fn.next_functions\n    return fn.variable",
    ],
    "graph.q3": [
        "def slope_of(y):\n    (below, _), = y.grad_fn.next_functions\n    leaf = below.next_functions[0][0].next_functions[0][0].variable\n    return torch.autograd.grad(y, leaf)[0]",
        """
        def slope_of(y):
            def walk(fn, came):
                return walk(fn.next_functions[0][0], fn(came)) if fn.next_functions else came

            with torch.no_grad():
                return walk(y.grad_fn, torch.tensor(1.0))
        """,
    ],
    "graph.q2": [
        "def back_to_a(came, a, times):\n    return came @ times",
        "def back_to_a(came, a, times):\n    a = a.clone().requires_grad_()\n    (a * times).backward(came)\n    return a.grad",
    ],
    "graph.q4": [
        "def one_recorded(x):\n    with torch.no_grad():\n        rest = x * x\n    return rest * x",
        "def one_recorded(x):\n    return x.detach() * x.detach() * x",
    ],
    "graph.q5": [
        "def slope_at_b(x):\n    b = (2 * x).requires_grad_()\n    (b**2 + b).backward()\n    return b.grad",
        "def slope_at_b(x):\n    return 4 * x + 1",
    ],
}


def test_every_exercise_has_other_right_answers() -> None:
    assert RIGHT.keys() == ALL.keys() and all(len(each) >= 2 for each in RIGHT.values())


@pytest.mark.parametrize(
    ("key", "code"), [(key, code) for key in ALL for code in [source(key), *RIGHT[key]]]
)
def test_a_right_answer_is_accepted_however_it_is_written(key: str, code: str) -> None:
    feedback = ALL[key].check(written(key, code))
    assert feedback.kind == "right" and str(feedback).startswith("✓ Right."), feedback


# Wrong answers


@pytest.mark.parametrize("key", ALL)
def test_a_named_mistake_is_refused_by_name(key: str) -> None:
    named = mistakes(key)
    assert len(named) >= 5
    for name in named:
        feedback = ALL[key].check(ALL[key].mistake(name))
        assert feedback.kind == "wrong" and str(feedback).startswith("Not yet: "), feedback
        assert name in feedback.words and is_one_sentence(feedback), feedback


def after(change: Callable[[Any], Any]) -> Callable[[str], Callable[..., Any]]:
    "A wrong answer: the right one, changed at the end."
    return lambda key: lambda *given: change(solved(key)(*given))


def mutating(key: str) -> Callable[..., Any]:
    def answer(*given: Any) -> Any:
        result = solved(key)(*given)
        with torch.no_grad():
            next(each for each in given if isinstance(each, Tensor)).add_(1)
        return result

    return answer


def hard_coded(key: str) -> Callable[..., Any]:
    example = solved(key)(*inputs(key)).detach()
    return lambda *given: example.clone()


GENERIC = {
    "returns numpy": (after(lambda result: result.detach().numpy()), "is a numpy array"),
    "right value, wrong shape": (after(lambda result: result[None]), "has shape (1"),
    "wrong type": (
        after(lambda result: result.double()),
        "is torch.float64, where torch.float32 was expected",
    ),
    "returns a list": (after(lambda result: result.tolist()), "was expected"),
    "returns nothing": (after(lambda result: None), "is `None`"),
    "returns nan": (after(lambda result: result * float("nan")), "is "),
    "hard-codes the example": (hard_coded, ""),
}
RETURNING = [key for key, each in ALL.items() if each.result or key == "fit.q6"]


@pytest.mark.parametrize("key", RETURNING)
def test_what_is_wrong_with_any_result_is_named(key: str) -> None:
    for make, words in GENERIC.values():
        feedback = ALL[key].check(make(key))
        assert feedback.kind == "wrong" and words in feedback.words, feedback
        assert is_one_sentence(feedback), feedback


PLAIN = [f"gradients.q{number}" for number in (1, 2, 5)]
PLAIN += [f"fit.q{number}" for number in (1, 3, 4)]
PLAIN += ["learning_rate.q1", "learning_rate.q2"]
PLAIN += [f"conditioning.q{number}" for number in (1, 2, 3, 4, 5)]
PLAIN += [f"optimizers.q{number}" for number in (1, 2, 3)]
PLAIN += [f"vectors.q{number}" for number in (1, 2, 3, 5)]  # a v with zeros hides a common factor
PLAIN += ["engine.q6"]
PLAIN += ["scale.q3", "learning_rate.q3"]
PLAIN += ["graph.q2", "graph.q5"]


@pytest.mark.parametrize("key", PLAIN)
def test_faults_of_a_plain_result_are_named(key: str) -> None:
    told = {
        "hard-codes": (hard_coded(key), "the number of one example"),
        "mutates": (mutating(key), "changed the values of its input"),
        "carries a record": (
            after(lambda result: result.requires_grad_() * 1)(key),
            "still carries autograd's record",
        ),
        "half": (after(lambda result: result / 2)(key), "?"),
        "other factor": (after(lambda result: 1.7 * result)(key), "1.7 times"),
        "a thousandth too much": (after(lambda result: 1.001 * result)(key), "1.001 times"),
        "a constant too much": (after(lambda result: result + 7.305)(key), "7.305 too large"),
        "wrong sign": (after(lambda result: -result)(key), "sign"),
    }
    for answer, words in told.values():
        feedback = ALL[key].check(answer)
        assert feedback.kind == "wrong" and words in feedback.words and is_one_sentence(feedback), (
            feedback
        )


def loop(
    start: str = "params.detach().clone().requires_grad_()",
    after: str = "p.grad = None",
    rate: str = "lr",
    loss: str = "mse",
    kept: str = "loss.detach()",
    turns: str = "steps",
) -> str:
    "How a reader may write `train`."
    return f"""
def train(params, time, speed, lr, steps):
    p, seen = {start}, []
    for _ in range({turns}):
        loss = {loss}(quadratic(time, p), speed)
        loss.backward()
        with torch.no_grad():
            p -= {rate} * p.grad
        seen.append({kept})
        {after}
    return torch.stack(seen)
"""


EXTRA = [
    (
        "gradients.q1",
        "def cube_slope(t):\n    t.requires_grad_()\n    (t**3).backward()\n    return t.grad",
        "left `t` with `requires_grad=True`",
    ),
    (
        "gradients.q1",
        "def cube_slope(t):\n    (t**3).backward()\n    return t.grad",
        "Call `requires_grad_()` on a copy",
    ),
    (
        "gradients.q1",
        "def cube_slope(t):\n    x = t.clone().requires_grad_()\n    y = x**3\n    y.backward()\n    return y",
        "is that t³ itself",
    ),
    ("gradients.q1", "def cube_slope(t):\n    return 12.0", "is a Python float"),
    (
        "gradients.q1",
        "def cube_slope(t):\n    x = t.item()\n    return x.sqrt()",
        "'float' object has no attribute 'sqrt'): stay with tensors",
    ),
    (
        "gradients.q3",
        "def walk_back(x):\n    x.grad = 2 * x.item()",
        "neither a number nor a tuple",
    ),
    (
        "fit.q1",
        "def multiply_out(steep, when, least):\n    return torch.cat([steep, when, least])",
        "`torch.stack` joins single numbers",
    ),
    (
        "fit.q1",
        "def multiply_out(steep, when, least):\n    return steep + when + least",
        "something added up that should stay apart?",
    ),
    (
        "fit.q3",
        "def mse_slopes(params, time, speed):\n    return (params, time)",
        "take it out, as with `[0]`",
    ),
    (
        "fit.q2",
        "def mean_squared(preds, targets):\n    return preds.mean",
        "write the brackets, too",
    ),
    ("fit.q5", loop(kept="loss.item()"), "of numbers, `torch.tensor` makes one"),
    ("fit.q5", loop().replace("range(steps)", "steps"), "a loop counts through `range(...)`"),
    ("graph.q5", "def slope_at_b(x):\n    (2 * x).retain_grad()", "nothing asked for a record"),
    ("graph.q3", "def slope_of(y):\n    return y.grad_fn(1)", "`torch.ones(())` to start with"),
    (
        "conditioning.q1",
        "def standardised(table):\n    return table - table.mean",
        "write the brackets",
    ),
    ("gradients.q1", "def cube_slope(t):\n    return cube_slope(t)", "call itself for ever"),
    ("gradients.q1", "def cube_slope(t):\n    raise SystemExit(3)", "raised SystemExit (3)"),
    (
        "gradients.q1",
        "def cube_slope(t):\n    x = t.clone().requires_grad_()\n    y = x.exp()\n    y.add_(1)\n    y.backward()",
        "overwritten: write into a copy",
    ),
    (
        "gradients.q1",
        "def cube_slope(t, h):\n    return 3 * t**2",
        "cannot be called with (t): give it these arguments",
    ),
    (
        "gradients.q5",
        "def two_walks(x):\n    x.grad = 6 * x**2\n    return x.grad.clone()",
        "left a gradient in `x.grad`",
    ),
    ("gradients.q3", "def walk_back(x):\n    x.grad = 2 * x.detach()", "overwrite"),
    (
        "gradients.q3",
        "def walk_back(x):\n    x.grad = 2 * x",
        "overwrite",
    ),  # the first fault of two
    (
        "gradients.q3",
        "def walk_back(x):\n    if x.grad is not None:\n        x.grad = -x.detach()\n    x.grad += 2 * x.detach()",
        "raised TypeError",
    ),
    (
        "gradients.q1",
        "def cube_slope(t):\n    x = t.clone().requires_grad_()\n    x.backward()\n    return x.grad",
        "the slope of something at itself?",
    ),
    (
        "gradients.q5",
        "def two_walks(x):\n    x = x.clone().requires_grad_()\n    (x**3).backward\n    return x.grad",
        "what `(x ** 3).backward` makes is kept nowhere",
    ),
    (
        "gradients.q4",
        "def take_step(w, lr):\n    with torch.no_grad():\n        w =- lr * w.grad\n    return w",
        "is `-=` meant, where `=-` stands?",
    ),
    (
        "fit.q2",
        "def mean_squared(preds, targets):\n    mse(preds, targets).sqrt()",
        "is kept nowhere",
    ),
    (
        "graph.q2",
        "def back_to_a(came, a, times):\n    return sum(came[i] * times[i] for i in range(len(came) - 1))",
        "the last number in `came` changes nothing",
    ),
    ("graph.q4", "def one_recorded(x):\n    return x(x.detach())", "is a `*` missing"),
    (
        "graph.q2",
        "def back_to_a(came, a, times):\n    total = 0\n    for c, t in zip(came, times):\n        total += c * t\n        return total",
        "inside the loop",
    ),
    (
        "learning_rate.q2",
        "def after_steps(x, lr, curvature, steps):\n    for _ in range(steps):\n        x = x - lr * curvature * x**2\n    return x",
        "look at `x ** 2`: one change there makes it right",
    ),
    (
        "learning_rate.q2",
        "def after_steps(x, lr, curvature, steps):\n    return (lr * curvature - 1) ** steps * x",
        "is a difference turned round?",
    ),
    (
        "learning_rate.q3",
        "def edge_from(losses, lr):\n    return 2 / (1 + (losses[1] / losses[0]).sqrt() / lr)",
        "look at `1 + (losses[1] / losses[0]).sqrt() / lr`",
    ),
    (
        "learning_rate.q3",
        "def edge_from(losses, lr):\n    return 2 * lr / (1 + (losses[1] / losses[0]) ** 1/2)",
        "are brackets missing, as in `** (1 / 2)`?",
    ),
    (
        "gradients.q2",
        "def push_slope(x, h):\n    return ((x + h) ** 4 - (x - h) ** 4) / (2 * x)",
        "look at `2 * x`: one change there makes it right",
    ),
    (
        "conditioning.q1",
        "def standardised(table):\n    moved = table - table.mean(0)\n    return moved / (moved**2).mean().sqrt()",
        "look at `(moved ** 2).mean()`",
    ),
    (
        "gradients.q4",
        "def take_step(w, lr):\n    with torch.no_grad():\n        w -= lr * w.grad\n        w -= lr * w.grad\n    w.grad = None\n    return w",
        "look at `w -= lr * w.grad`",
    ),
    (
        "fit.q5",
        loop(start="params", after="params.grad = None\n        seen = seen[-1:]"),
        "a list begun anew in each round?",
    ),
    ("graph.q1", "def leaf_of(y):\n    return y.is_leaf", "whether, and not what"),
    ("graph.q1", "def leaf_of(y):\n    return y.next_functions", "in `.grad_fn` has them"),
    (
        "graph.q1",
        "def leaf_of(y):\n    return y.grad_fn.grad_fn",
        "all else belongs to tensors",
    ),
    (
        "fit.q4",
        "def one_step(params, time, speed, lr):\n    p = params.clone().requires_grad_()\n    return params - lr * torch.autograd.grad(rmse(quadratic(time, p), speed), p)",
        "take one out, as with `[0]`",
    ),
    (
        "graph.q2",
        "def back_to_a(came, a, times):\n    x = a.clone().requires_grad_()\n    (x * times * came).mean().backward()\n    return 2 * x.grad",
        "divided by the length of `came` and times 2",
    ),
    (
        "learning_rate.q4",
        "def calm_rmse(preds, targets):\n    return rmse(preds, targets).detach().requires_grad_()",
        "does nothing lead back there?",
    ),
    (
        "gradients.q3",
        "def walk_back(x):\n    x.grad += 2 * x.detach()",
        "`.grad` is `None` before `backward`",
    ),
    (
        "gradients.q3",
        "def walk_back(x):\n    x.grad = 2 * x if x.grad is None else x.grad + 2 * x",
        "still carries",
    ),
    ("gradients.q3", "def walk_back(x):\n    return 2 * x", "not stored in `x.grad`"),
    (
        "gradients.q4",
        "def take_step(w, lr):\n    with torch.no_grad():\n        w -= lr * w.grad\n    return w",
        "old gradient still there",
    ),
    (
        "gradients.q4",
        "def take_step(w, lr):\n    w.grad = None\n    w = w - lr * w.grad\n    return w",
        "`.grad` is `None` before `backward`, once it is cleared",
    ),
    (
        "gradients.q4",
        "def take_step(w, lr):\n    with torch.no_grad():\n        w -= lr * w.grad\n    w.grad = None",
        "is `None`",
    ),
    (
        "gradients.q5",
        "def two_walks(x):\n    x = x.clone().requires_grad_()\n    (x**3).backward()\n    return x.grad",
        "did only one happen?",
    ),
    (
        "fit.q3",
        "def mse_slopes(params, time, speed):\n    p = params.clone().requires_grad_()\n    ((quadratic(time, p) - speed)**2).sum().backward()\n    return p.grad",
        "a sum, where a mean",
    ),
    (
        "fit.q3",
        "def mse_slopes(params, time, speed):\n    params.requires_grad_()\n    mse(quadratic(time, params), speed).backward()\n    return params.grad",
        "left `params` with",
    ),
    (
        "fit.q3",
        "def mse_slopes(params, time, speed):\n    p = params.clone().requires_grad_()\n    rmse(quadratic(time, p), speed).backward()\n    return p.grad",
        "gradient of the rmse",
    ),
    (
        "fit.q2",
        "def mean_squared(preds, targets):\n    return torch.tensor(((preds - targets)**2).mean().item())",
        "carries no record",
    ),
    (
        "fit.q2",
        "def mean_squared(preds, targets):\n    return torch.linalg.norm(preds - targets) ** 2",
        "a sum, where a mean",
    ),
    (
        "fit.q2",
        "def mean_squared(preds, targets):\n    return rmse(preds, targets)",
        "bug is still in",
    ),
    (
        "fit.q5",
        "def train(params, time, speed, lr, steps):\n    return torch.stack([mse(quadratic(time, params), speed).detach() for _ in range(steps)])",
        "The params never move",
    ),
    (
        "fit.q5",
        loop(),
        "a copy that moves",
    ),
    (
        "fit.q5",
        loop(start="params", after="params.grad = None", rate="0.02"),
        "does not depend on `lr`",
    ),
    (
        "fit.q5",
        loop(start="params", after="params.grad = None", rate="1e-5"),
        "does not depend on `lr`",
    ),
    (
        "fit.q5",
        loop(start="params", after="params.grad = None", loss="rmse"),
        "is that the rmse, and its descent?",
    ),
    (
        "fit.q5",
        loop(start="params", after="params.grad = None", kept="loss.detach().sqrt()"),
        "the root of the right one",
    ),
    (
        "fit.q5",
        loop(start="params", after="params.grad = None", turns="10"),
        "does not depend on `steps`",
    ),
    (
        "fit.q5",
        loop(start="params", after="params.grad = None\n        return torch.stack(seen)"),
        "inside the loop",
    ),
    ("fit.q6", "def keep(params):\n    return params.data", "bug is still in"),
    ("fit.q6", "def keep(params):\n    return params", "bug is still in"),
    (
        "learning_rate.q1",
        "def edge_of(k):\n    return 0.5 * k**2",
        "by hand with whole numbers: the result is 4.5, where 0.33333 was expected at k = 3",
    ),
    ("learning_rate.q1", "def edge_of(k):\n    return torch.tensor(1.0)", "of x² written in"),
    (
        "learning_rate.q4",
        "def calm_rmse(preds, targets):\n    return torch.nan_to_num(mse(preds, targets).sqrt())",
        "gradient is nan",
    ),
    (
        "learning_rate.q4",
        "def calm_rmse(preds, targets):\n    m = mse(preds, targets)\n    return torch.where(m > 0, m.sqrt(), m)",
        "gradient is nan",
    ),
    (
        "conditioning.q1",
        "def standardised(table):\n    table -= table.mean(0)\n    return table / table.std(0, correction=0)",
        "changed the values of its input",
    ),
    (
        "conditioning.q1",
        "def standardised(table):\n    return (table - table.mean(dim=0)) / table.std(dim=0)",
        "Ask for `correction=0`",
    ),
    (
        "conditioning.q1",
        "def standardised(table):\n    return table - table.mean(1)",
        "`dim=0` runs down the columns",
    ),
    (
        "conditioning.q1",
        "def standardised(table):\n    return standardise(table)[0]",
        "raised ValueError",
    ),
    (
        "conditioning.q3",
        "def excess(lr, curvatures, errors, steps):\n    return (curvatures * (1 - lr * curvatures) ** (2 * steps) @ errors**2)",
        "half lost",
    ),
    (
        "conditioning.q3",
        "def excess(lr, curvatures, errors, steps):\n    return float(curvatures / 2 @ errors**2)",
        "is a Python float",
    ),
    (
        "conditioning.q4",
        "def same_curve(params, mean, std):\n    return params",
        "is that `params`, as it came?",
    ),
    (
        "conditioning.q4",
        "def same_curve(params, mean, std):\n    return params / torch.stack([std**2, std, std**0])",
        "does not depend on `mean`",
    ),
    (
        "conditioning.q5",
        "def predict(params, new, time):\n    return quadratic(standardise(new)[0], params)",
        "bug is still in",
    ),
    (
        "conditioning.q5",
        "def predict(params, new, time):\n    return quadratic((new - 9.5) / 5.7663, params)",
        "does not depend on `time`",
    ),
    (
        "conditioning.q4",
        "def same_curve(params, mean, std):\n    a, b, c = params\n    return torch.stack([a * std**2, b * std**2, quadratic(mean, params)])",
        "at index 1,",
    ),
    (
        "conditioning.q3",
        "def excess(lr, curvatures, errors, steps):\n    print('done')",
        "end the function on `return`; `print` shows",
    ),
    ("learning_rate.q1", "def edge_of(k):\n    return k.detach().clone()", "upside down"),
    (
        "learning_rate.q2",
        "def after_steps(x, lr, curvature, steps):\n    return x",
        "is that `x`, as it came?",
    ),
    (
        "learning_rate.q2",
        "def after_steps(x, lr, curvature, steps):\n    return x * 0.8**steps",
        "does not depend on `lr` or `curvature`",
    ),
    (
        "fit.q1",
        "def multiply_out(steep, when, least):\n    print(steep, when, least)",
        "end the function on `return`; `print` shows",
    ),
    (
        "fit.q1",
        "def multiply_out(steep, when, least):\n    return torch.tensor([0.75, -14.25, 68.6875])",
        "number of one example",
    ),
    (
        "fit.q1",
        "def multiply_out(steep, when, least):\n    return torch.stack([steep, -19 * steep, steep * when**2 + least])",
        "at index 1,",
    ),
    (
        "fit.q1",
        "def multiply_out(steep, when, least):\n    return steep, -2 * steep * when, steep * when**2 + least",
        "`torch.stack` makes one",
    ),
    (
        "fit.q3",
        "def mse_slopes(params, time, speed):\n    X = torch.stack([time**2, time, time**0], 1)\n    return 2 * (X @ params - speed) @ X / 20",
        "the 20 of the lesson",
    ),
    (
        "fit.q3",
        "def mse_slopes(params, time, speed):\n    return numeric_grad(lambda p: mse(quadratic(time, p), speed), params)",
        "float32 lost the digits",
    ),
    (
        "fit.q2",
        "def mean_squared(preds, targets):\n    print(mse(preds, targets))",
        "end the function on `return`; `print` shows",
    ),
    (
        "fit.q2",
        "def mean_squared(preds, targets):\n    return torch.tensor(mse(preds, targets).item(), requires_grad=True)",
        "lead back to `preds`",
    ),
    (
        "fit.q2",
        "def mean_squared(preds, targets):\n    return (preds - targets).mean().sqrt()",
        "at other inputs it is no number: nan comes from",
    ),
    ("fit.q6", "def keep(params):\n    print(params.clone())", "is nothing returned"),
    (
        "gradients.q1",
        "def cube_slope(t):\n    return ((t + 1e-4) ** 3 - (t - 1e-4) ** 3) / 2e-4",
        "float32 lost the digits",
    ),
    ("gradients.q1", "def cube_slope(t):\n    return 2.999 * t**2", "0.9997 times the right one"),
    (
        "gradients.q1",
        "def cube_slope(t):\n    return 3 * t**2 if t.abs() > 1 else 5 * t**2",
        "for 4 of 5 inputs it is right",
    ),
    (
        "gradients.q1",
        "def cube_slope(t):\n    print(3 * t**2)",
        "end the function on `return`; `print` shows",
    ),
    (
        "gradients.q1",
        "def cube_slope(t):\n    x = t.clone().requires_grad_()\n    (x**3).backward()",
        "is a `return` missing",
    ),
    ("gradients.q1", "def cube_slope(t):\n    return 3 * t ^ 2", "write `**`"),
    (
        "gradients.q1",
        "def cube_slope(t):\n    x = t.clone().requires_grad_()\n    return torch.autograd.grad(x**3, x)",
        "with `[0]`",
    ),
    ("gradients.q3", "def walk_back(x):\n    print(2 * x)", "computed, but not stored"),
    ("gradients.q3", "def walk_back(x):\n    (x**2).backward()", "is that `backward` at work?"),
    (
        "gradients.q3",
        "def walk_back(x):\n    x.grad = 2 * x.detach() + (0 if x.grad is None else x.grad)\n    x.requires_grad_(False).neg_()",
        "`x` itself",
    ),
    ("gradients.q4", "def take_step(w, lr):\n    return w", "is that `w`, as it came?"),
    ("gradients.q5", "def two_walks(x):\n    return 0 * x", "it is 0 for every input"),
    (
        "gradients.q4",
        "def take_step(w, lr):\n    with torch.no_grad:\n        w -= lr * w.grad\n    return w",
        "write the brackets",
    ),
    (
        "gradients.q5",
        "def two_walks(x):\n    x = x.clone().requires_grad_()\n    y = x**3\n    y.backward()\n    return y",
        "is that x³ itself",
    ),
    (
        "conditioning.q5",
        "def predict(params, new, time):\n    return quadratic(new - time.mean() / time.std(correction=0), params)",
        "are brackets missing?",
    ),
    (
        "optimizers.q1",
        "def velocity_after(grads, beta):\n    v = grads[0]\n    for g in grads:\n        v = beta * v + g\n    return v",
        "add that once more",
    ),
    (
        "optimizers.q1",
        "def velocity_after(grads, beta):\n    v = 0\n    for g in grads:\n        v = beta * v + (1 - beta) * g\n    return v",
        "is that an average",
    ),
    (
        "optimizers.q2",
        "def gradient_of_all(grads, sizes):\n    return grads.mean(0)",
        "Each point should count once",
    ),
    (
        "optimizers.q2",
        "def gradient_of_all(grads, sizes):\n    return sizes @ grads",
        "where the mse is a mean",
    ),
    (
        "optimizers.q4",
        "def adam_walk(params, grads, lr, betas):\n    m = s = 0\n    for g in grads:\n        m = betas[0] * m + (1 - betas[0]) * g\n"
        "        s = betas[1] * s + (1 - betas[1]) * g**2\n        params = params - lr * m / s.sqrt()\n    return params",
        "bug is still in",
    ),
    (
        "vectors.q1",
        "def weighted_rows(params, time, v):\n    p = params.clone().requires_grad_()\n    quadratic(time, p).backward(torch.ones_like(v))\n    return p.grad",
        "does `gradient=` hold ones?",
    ),
    (
        "vectors.q1",
        "def weighted_rows(params, time, v):\n    p = params.clone().requires_grad_()\n    quadratic(time, p).backward()\n    return p.grad",
        "raised RuntimeError (grad can be implicitly created only for scalar outputs",
    ),
    (
        "vectors.q1",
        "def weighted_rows(params, time, v):\n    params.requires_grad_()\n    quadratic(time, params).backward(v)\n    return params.grad",
        "left `params` with",
    ),
    (
        "vectors.q3",
        "def rmse_curving(params, time, speed, u):\n    return torch.func.hessian(lambda p: mse(quadratic(time, p), speed))(params) @ u",
        "The root is missing",
    ),
    (
        "vectors.q4",
        "def choose_v(preds, speed, rows):\n    preds[:] = 2 * (preds - speed) / 3\n    return preds",
        "changed the values of its input `preds`",
    ),
    (
        "vectors.q4",
        "def choose_v(preds, speed, rows):\n    return mse(preds[rows], speed[rows])",
        "has shape ()",
    ),
    ("vectors.q5", "def centred_backward(x, v):\n    return v", "is the mean forgotten?"),
    (
        "vectors.q5",
        "def centred_backward(x, v):\n    return v * (1 - 1 / len(x))",
        "bug is still in",
    ),
    ("vectors.q5", "def centred_backward(x, v):\n    return v - x.mean()", "v decides"),
    (
        "errors.q5",
        "def ripple(x):\n    return (x + 1e-8).sin() / (x + 1e-8)",
        "from 0 divided by 0",
    ),
    (
        "errors.q3",
        "def hold_c(params, time, speed):\n    a, b, c = params\n    return mse((a * time**2 + b * time).detach() + c, speed)",
        "the other way round",
    ),
    (
        "engine.q1",
        "def at_x(g, x, y, n):\n    return {'x + y': g, 'x * y': y, '-x': -g, 'x ** n': g}",
        "leave out the `g`",
    ),
    ("engine.q1", "def at_x(g, x, y, n):\n    return {'x + y': g}", "has no `x * y`"),
    (
        "engine.q2",
        "def curves(g, x, z):\n    return {'exp(x)': g * x.exp(), 'log(x)': ..., 'sqrt(x)': ..., 'relu(z)': ...}",
        "Not answered yet: `log(x)` is open, what stands before it is right; `q2.hint()` helps",
    ),
    (
        "engine.q3",
        "def undo(g, shape):\n    return g.sum(0) if g.ndim > len(shape) else g",
        "shape (2, 3), where (2, 1) was expected",
    ),
    ("engine.q3", "def undo(g, shape):\n    return g.reshape(shape)", "raised RuntimeError"),
    ("engine.q4", "def at_w(g, X, W):\n    return X @ g", "raised RuntimeError"),
    (
        "engine.q4",
        "def at_w(g, X, W):\n    return (X.T @ g) / X.shape[0]",
        "averaged over the rows",
    ),
    (
        "engine.q6",
        "def walk_back(slopes):\n    grads = torch.zeros(5)\n    grads[-1] = 1\n    for i in range(5):\n        grads += grads[i] * slopes[i]\n    return grads",
        "from first to last",
    ),
    (
        "engine.q1",
        "def at_x(g, x, y, n):\n    return {'x + y': g, 'x * y': g * y, '-x': -g, 'x ** n': g * n * x ** (n - 1)} | {'-x': -x * g}",
        "the right one times `x`",
    ),
    (
        "engine.q1",
        "def at_x(g, x, y, n):\n    return {'x + y': g, 'x * y': g * y, '-x': -g, 'x ** n': g * n * x ** (n - 1)} | {'x + y': g * (x + y)}",
        "depends on `x` and `y`, and the right one does not",
    ),
    (
        "engine.q1",
        "def at_x(g, x, y, n):\n    return {'x + y': g, 'x * y': g * y, '-x': -g, 'x ** n': g * n * x ** (n - 1)} | {'x + y': g * y}",
        "is that what belongs to `x * y`?",
    ),
    (
        "engine.q1",
        "def at_x(g, x, y, n):\n    return {'x + y': g, 'x * y': g * y, '-x': -g, 'x ** n': g * n * x ** (n - 1)} | {'x ** n': g * n * x}",
        "for n = 2 it is right",
    ),
    (
        "engine.q1",
        "def at_x(g, x, y, n):\n    return g, g * y, -g, g * n * x ** (n - 1)",
        "of type tuple, where the dictionary",
    ),
    (
        "engine.q1",
        "def at_x(g, x, y, n):\n    print(g)",
        "is `None`, where the dictionary of the task was expected: end the function on `return`",
    ),
    (
        "engine.q2",
        "def curves(g, x, z):\n    return {'exp(x)': g * x.exp(), 'log(x)': x / g, 'sqrt(x)': g, 'relu(z)': g}",
        "upside down",
    ),
    (
        "engine.q3",
        "def undo(g, shape):\n    while g.ndim > len(shape):\n        g = g.sum(0)\n    for n in shape:\n        if n == 1:\n            g = g.sum(n, keepdim=True)\n    return g",
        "shape (3, 1), where (1, 2)",
    ),
    ("engine.q4", "def at_w(g, X, W):\n    return g.T @ W", "the last size of A is the first of B"),
    (
        "engine.q6",
        "def walk_back(slopes):\n    grads = torch.empty(5)\n    grads[-1] = 1\n    for i in reversed(range(5)):\n        for j in range(i):\n            grads[j] += grads[i] * slopes[i, j]\n    return grads",
        "`torch.empty`",
    ),
    (
        "engine.q6",
        "def walk_back(slopes):\n    grads = torch.zeros(5)\n    grads[-1] = 1\n    for i in reversed(range(5)):\n        for j in range(i):\n            grads[j] -= grads[i] * slopes[i, j]\n    return grads",
        "if `slopes` were `-slopes`",
    ),
    (
        "errors.q1",
        "def table_mse(params, table, speed):\n    return ((table @ params - speed) ** 2).sum() / len(params)",
        "times the length of `table` and times 0.3333",
    ),
    (
        "errors.q2",
        "def learn(params, time, speed, lr, steps):\n    for step in range(steps):\n        mse(quadratic(time, params), speed).backward()\n        with torch.no_grad():\n            params -= 0.02 * params.grad\n        params.grad = None",
        "does not depend on `lr`",
    ),
    (
        "errors.q5",
        "def ripple(x):\n    safe = x + (x == 0)\n    return safe.sin() / safe",
        "wrong where `x` is 0, and right elsewhere",
    ),
    (
        "vectors.q4",
        "def choose_v(preds, speed, rows):\n    v = torch.zeros_like(preds)\n    v[rows] = 2 * (preds - speed)[rows] / 3\n    return v",
        "the length of `rows`",
    ),
    (
        "vectors.q4",
        "def choose_v(preds, speed, rows):\n    v = torch.ones_like(preds)\n    v[rows] = 2 * (preds - speed)[rows] / len(rows)\n    return v",
        "numbers are right: what is different about the others?",
    ),
    (
        "optimizers.q1",
        "def velocity_after(grads, beta):\n    v = torch.zeros(2)\n    for g in grads:\n        v = beta * v + g\n    return v",
        "number by number, shapes have to fit",
    ),
    (
        "learner.q3",
        "def smoothed(losses, beta):\n    kept = 0\n    for loss in losses:\n        kept = beta * kept + (1 - beta) * loss\n    return kept / (1 - beta**4)",
        "inputs it is right",
    ),
    (
        "scale.q4",
        "def shared_step(params, time, speed, sizes, lr):\n    p = params.clone().requires_grad_()\n    for t, s in zip(time.split(sizes), speed.split(sizes)):\n        (((quadratic(t, p) - s) ** 2).sum() / 10).backward()\n    return params - lr * p.grad",
        "depends on `sizes`",
    ),
    (
        "errors.q4",
        "def loss_after(params, time, speed, lr):\n    (grad,) = torch.autograd.grad(mse(quadratic(time, params), speed), params)\n    return mse(quadratic(time, lr - params * grad), speed)",
        "begin with `time[:1]` and `speed[:1]` alone: the loss is",
    ),
    (
        "errors.q1",
        "def table_mse(params, table, speed):\n    return (table @ params - speed).sum() ** 2",
        "with `table[:1]` and `speed[:1]` it is right, with one more it is not",
    ),
    (
        "errors.q2",
        "def learn(params, time, speed, lr, steps):\n    for step in range(steps):\n        mse(quadratic(time, params), speed).backward()\n        with torch.no_grad():\n            params += lr * params.grad\n        params.grad = None",
        "if `lr` were `-lr`",
    ),
    (
        "errors.q2",
        "def learn(params, time, speed, lr, steps):\n    for step in range(1, steps):\n        mse(quadratic(time, params), speed).backward()\n        with torch.no_grad():\n            params -= lr * params.grad\n        params.grad = None",
        "if `steps` were `steps - 1`",
    ),
    (
        "vectors.q1",
        "def weighted_rows(params, time, v):\n    return v[:, None] * torch.vander(time, 3)",
        "its `.sum(0)` would be right",
    ),
    (
        "vectors.q2",
        "def typical_move(params, time, u):\n    return mse(quadratic(time, params + u), quadratic(time, params))",
        "the square of the right one: is a root missing?",
    ),
    (
        "vectors.q5",
        "def centred_backward(x, v):\n    return v - v.max()",
        "all off by the same",
    ),
    (
        "optimizers.q1",
        "def velocity_after(grads, beta):\n    v = 0\n    for g in grads:\n        v = beta * v + g\n    return v.sum()",
        "added up, where they should stay apart",
    ),
    (
        "optimizers.q2",
        "def gradient_of_all(grads, sizes):\n    return sizes @ grads / sizes.max()",
        "in the right proportion",
    ),
    (
        "optimizers.q3",
        "def batch_spread(slopes, n):\n    left = (len(slopes) - n) / len(slopes) - 1\n    return slopes.std(correction=0) * (left / n) ** 0.5",
        "so does a root of what is below 0",
    ),
    (
        "learner.q2",
        "def middle_rate(first, last):\n    return (first.log() + last.log()) / 2",
        "`exp()` would take it back",
    ),
    (
        "optimizers.q3",
        "def batch_spread(slopes, n):\n    return slopes.std() / n",
        "each line makes of one small example, and call `q3.hint()`",
    ),
    (
        "learner.q3",
        "def smoothed(losses, beta):\n    kept = [0]\n    for n, loss in enumerate(losses, 1):\n        kept.append(beta * kept[-1] + (1 - beta) * loss)\n    return torch.stack([each / (1 - beta**n) for each in kept[1:]])",
        "its `[-1]` would be right",
    ),
    (
        "scale.q2",
        "def seconds_lost(seconds, every, died):\n    return seconds[died / every * every : died].sum()",
        "`//` counts whole ones",
    ),
    (
        "scale.q4",
        "def shared_step(params, time, speed, sizes, lr):\n    p = params.clone().requires_grad_()\n    mse(quadratic(time, p), speed).backward()\n    return lr * p.grad",
        "taken from `params`",
    ),
    (
        "vectors.q1",
        "def weighted_rows(params, time, v):\n    return v @ torch.vander(time, 3) / v.sum()",
        "divided by the sum of `v`",
    ),
    (
        "learner.q1",
        "def share_right(scores, digits, held):\n    return (scores.argmax(1) == digits)[held].sum()",
        "is a division or a product missing?",
    ),
]


@pytest.mark.parametrize(("key", "code", "words"), EXTRA)
def test_a_mistake_is_known_however_it_is_written(key: str, code: str, words: str) -> None:
    feedback = ALL[key].check(written(key, code))
    assert feedback.kind != "right" and words in feedback.words and is_one_sentence(feedback), (
        feedback
    )


@pytest.mark.parametrize(
    ("off", "kind"),
    [(1 + 3e-7, "right"), (1 + 3e-5, "right"), (1 + 5e-4, "wrong"), (1 - 1e-3, "wrong")],
)
def test_rounding_is_forgiven_in_float32_and_a_thousandth_is_not(off: float, kind: str) -> None:
    assert (
        ALL["conditioning.q1"].check(lambda table: off * solved("conditioning.q1")(table)).kind
        == kind
    )


@pytest.mark.parametrize(("off", "kind"), [(1 + 1e-8, "right"), (1 + 1e-5, "wrong")])
def test_float64_is_judged_more_finely(off: float, kind: str) -> None:
    def route(x: Tensor) -> Tensor:
        return 3e-5 * x**2

    exercise = Exercise(
        "q",
        "f",
        lambda g: {"x": draw(g).double()},
        {"one": route, "other": route},
        lambda x: {},
        "",
        "def f(x):",
    )
    assert exercise.check(lambda x: off * route(x)).kind == kind


def test_small_numbers_are_judged_by_their_own_size() -> None:
    exercise = Exercise(
        "q",
        "f",
        lambda g: {"x": draw(g)},
        {"one": lambda x: 3e-5 * x, "other": lambda x: x * 3e-5},
        lambda x: {},
        "",
        "def f(x):",
    )
    assert exercise.check(lambda x: 3e-5 * x).kind == "right"
    assert "it is 0 for every input" in exercise.check(lambda x: 0 * x.abs()).words


def test_a_factor_is_named_only_where_it_is_one() -> None:
    exercise = ALL["gradients.q1"]
    assert "1.1 times the right one, for every input" in exercise.check(lambda t: 3.3 * t**2).words
    for answer in (lambda t: 3 * t**2 + 0.5 * t, lambda t: 3 * t**2 * (1.5 if t > 1 else 1.0)):
        assert " times " not in exercise.check(answer).words


@pytest.mark.parametrize("key", [key for key, each in ALL.items() if each.bug])
def test_only_the_planted_bug_is_said_to_be_still_in(key: str) -> None:
    exercise = ALL[key]
    assert f"write `{exercise.name}.check({exercise.function})`" in exercise.check(None).words
    assert exercise.check(...).words.startswith(
        "Not answered yet"
    ) and exercise.check().words.startswith("Not answered yet")
    assert exercise.check(written(key, f"def {exercise.function}(*given): ...")).words.startswith(
        "Not answered yet"
    )
    assert "bug is still in" in exercise.check(exercise.bug).words


def test_a_line_that_raises_is_shown() -> None:
    def cube_slope(t: Tensor) -> Tensor:
        return t.no_such_thing

    assert (
        "look at the line `return t.no_such_thing`" in ALL["gradients.q1"].check(cube_slope).words
    )


@pytest.mark.parametrize(
    "given", [(0.75, 9.5, 1), (torch.tensor(0.75), torch.tensor(9.5), torch.tensor(1.0))]
)
def test_the_numbers_that_a_task_names_go_through_its_solution(given: tuple) -> None:
    assert_close(solved("fit.q1")(*given), torch.tensor([0.75, -14.25, 68.6875]))


# Anything else


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "SECONDS", 0.5)


def endless(t: Any) -> None:
    while True:
        pass


def recording(t: Tensor) -> None:
    while True:
        t = t + 1


@pytest.mark.parametrize("answer", [endless, recording, lambda t: time.sleep(60)])
def test_a_loop_without_an_end_is_stopped(hasty: None, answer: Callable) -> None:
    start = time.monotonic()
    feedback = ALL["gradients.q1"].check(answer)
    assert (
        "took longer than 0.5 seconds and was stopped: does its loop ever end" in feedback.words
        and is_one_sentence(feedback)
    )
    assert time.monotonic() - start < 5


def test_an_except_that_swallows_the_end_once_does_not_save_a_loop(hasty: None) -> None:
    swallowed = []

    def stubborn(t: Any) -> None:
        for _ in range(3):
            try:
                endless(t)
            except:  # noqa: E722
                swallowed.append(t)
        endless(t)

    assert "and was stopped" in ALL["gradients.q1"].check(stubborn).words
    assert len(swallowed) == 3


def test_a_limit_leaves_the_timer_of_others_as_it_was(hasty: None) -> None:
    rung: list[int] = []
    handler = signal.signal(signal.SIGALRM, lambda number, frame: rung.append(number))
    mine = signal.getsignal(signal.SIGALRM)
    signal.setitimer(signal.ITIMER_REAL, 60, 30)
    try:
        for answer in (endless, solved("gradients.q1"), raising(ValueError)):
            ALL["gradients.q1"].check(answer)
            left, again = signal.getitimer(signal.ITIMER_REAL)
            assert 55 < left <= 60 and again == 30 and signal.getsignal(signal.SIGALRM) is mine
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
    assert not rung


def test_outside_the_main_thread_a_check_works_without_a_limit(hasty: None) -> None:
    kinds: list[str] = []

    def checks() -> None:
        for answer in (solved("gradients.q1"), lambda t: 2 * t, lambda t: time.sleep(0.2) or t):
            kinds.append(ALL["gradients.q1"].check(answer).kind)

    thread = threading.Thread(target=checks)
    thread.start()
    thread.join()
    assert kinds == ["right", "wrong", "wrong"]


def test_a_right_answer_that_is_slow_is_told_that_it_is_slow(hasty: None) -> None:
    def slow(t: Tensor) -> Tensor:
        end = time.monotonic() + 0.2
        while time.monotonic() < end:
            pass
        return 3 * t**2

    feedback = ALL["gradients.q1"].check(slow)
    assert re.search(
        r"took longer than 0.5 seconds and was stopped, right on the \d of 5 inputs that it did: can it do with less work\?",
        feedback.words,
    )


@pytest.mark.parametrize("seconds", [0.09, 0.2])
def test_a_wrong_answer_that_is_slow_is_told_what_is_wrong(hasty: None, seconds: float) -> None:
    def slow(lr: Tensor, curvatures: Tensor, errors: Tensor, steps: int) -> Tensor:
        time.sleep(seconds)
        return curvatures.sum() * lr * steps + errors[0]

    assert "was expected: " in ALL["conditioning.q3"].check(slow).words


@pytest.mark.parametrize(
    ("rule", "slope", "missed"),
    [
        ("x * y", lambda g, x, y, n: 1.3 * g + 0.01 * x, "`y`"),
        ("x ** n", lambda g, x, y, n: 3 * g * x**2 + 0.1 * g, "`n`"),
        ("x ** n", lambda g, x, y, n: 1.7 * g * n, "`x`"),
        ("-x", lambda g, x, y, n: -1.3 * g - 0.1 * g**2, ""),  # it needs neither x nor y nor n
        ("x + y", lambda g, x, y, n: g + 0.1 * g**2, ""),
    ],
)
def test_of_several_rules_the_wrong_one_is_told_what_it_leaves_out(
    rule: str, slope: Callable, missed: str
) -> None:
    def at_x(g: Tensor, x: Tensor, y: Tensor, n: int) -> dict[str, Tensor]:
        return {"x + y": g, "x * y": g * y, "-x": -g, "x ** n": g * n * x ** (n - 1)} | {
            rule: slope(g, x, y, n)
        }

    said = repr(ALL["engine.q1"].check(at_x))
    assert f"`{rule}` is" in said and re.findall(r"does not depend on ([^:]*):", said) == (
        [missed] if missed else []
    )


def test_an_import_is_neither_timed_nor_cut_short(
    hasty: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "part_0.py").write_text("three = 3\n")
    for number in range(1, 40):  # as the first `torch.func` brings many, a little time each
        (tmp_path / f"part_{number}.py").write_text(
            f"import time\ntime.sleep(0.03)\nfrom part_{number - 1} import three\n"
        )
    monkeypatch.syspath_prepend(tmp_path)

    def answer(t: Tensor) -> Tensor:
        from part_39 import three

        return three * t**2

    assert ALL["gradients.q1"].check(answer).kind == "right"


def test_a_check_inside_the_function_that_it_checks_is_no_endless_loop() -> None:
    def cube_slope(t: Tensor) -> Tensor:
        ALL["gradients.q1"].check(cube_slope)
        return 3 * t**2

    start = time.monotonic()
    assert (
        "move the line with the check out of the function"
        in ALL["gradients.q1"].check(cube_slope).words
    )
    assert time.monotonic() - start < 2


@pytest.mark.parametrize(
    "odd", [torch.ones(()).expand(10**10), torch.ones(1).expand(10**10)[:0], torch.ones(1, 10**5)]
)
def test_an_odd_tensor_costs_nothing(odd: Tensor) -> None:
    feedback = ALL["gradients.q1"].check(lambda t: odd)
    assert feedback.kind == "wrong" and is_one_sentence(feedback)


def test_a_closed_paper_is_no_harm(capsys: pytest.CaptureFixture) -> None:
    assert (
        ALL["gradients.q1"].check(lambda t: sys.stdout.close() or print("at work") or 3 * t**2).kind
        == "right"
    )
    assert capsys.readouterr().out == "at work\n"


def interrupted(seconds: float) -> threading.Timer:
    "What a reader does who stops the kernel after `seconds`."
    alarm = threading.Timer(seconds, lambda: os.kill(os.getpid(), signal.SIGINT))
    alarm.start()
    return alarm


def test_an_interrupt_of_the_kernel_goes_through_and_stops_the_function() -> None:
    alarm, start = interrupted(0.3), time.monotonic()
    handlers = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)
    with pytest.raises(KeyboardInterrupt):
        within(20.0, lambda: endless(None))
    alarm.join()
    assert handlers == (signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL))
    assert time.monotonic() - start < 10


def test_an_interrupted_check_says_so_and_leaves_nothing_behind() -> None:
    before, out = state(), sys.stdout

    def far_gone(t: Tensor) -> None:
        torch.set_default_dtype(torch.float64)
        torch.manual_seed(0)
        torch.set_grad_enabled(False)
        endless(t)

    alarm = interrupted(0.3)
    with pytest.raises(KeyboardInterrupt, match="the check of cube_slope was interrupted") as stop:
        ALL["gradients.q1"].check(far_gone)
    alarm.join()
    assert stop.value.__cause__ is None and stop.value.__suppress_context__
    assert state() == before and sys.stdout is out
    assert ALL["gradients.q1"].check(solved("gradients.q1")).kind == "right"


def test_an_answer_that_interrupts_itself_is_an_interrupted_check() -> None:
    with pytest.raises(KeyboardInterrupt, match="the check of cube_slope was interrupted"):
        ALL["gradients.q1"].check(raising(KeyboardInterrupt))


def state() -> list[Any]:
    "What a function could change for all cells that come after it."
    return [
        torch.get_default_dtype(),
        torch.is_grad_enabled(),
        torch.ones(()).device,
        torch.random.get_rng_state().tolist(),
        len(warnings.filters),
    ]


MIXED = pytest.mark.skipif(
    torch.__version__ < "2.4", reason="torch 2.3 mixes up its default devices"
)
CHANGES = {
    "default type": lambda: torch.set_default_dtype(torch.float64),
    "dice": lambda: torch.manual_seed(0),
    "more dice": lambda: torch.rand(3),
    "no record": lambda: torch.set_grad_enabled(False),
    "device": lambda: torch.set_default_device("meta"),
    "warnings": lambda: warnings.simplefilter("error"),
}


@pytest.mark.parametrize(
    "change", [pytest.param(each, marks=MIXED if each == "device" else ()) for each in CHANGES]
)
def test_what_an_answer_changes_for_all_reaches_neither_the_check_nor_the_next_cell(
    change: str,
) -> None:
    before = state()
    for key in ("gradients.q1", "gradients.q4", "fit.q5"):
        right = solved(key)

        def answer(*given: Any, right: Callable[..., Any] = right) -> Any:
            result = right(*given)
            CHANGES[change]()
            return result

        for _ in range(2):
            assert ALL[key].check(answer).kind == "right"
        assert ALL[key].check(lambda *given: CHANGES[change]()).kind != "right"
    assert state() == before


@MIXED
def test_a_check_does_not_care_what_the_notebook_has_set() -> None:
    torch.set_default_dtype(torch.float64)
    try:
        torch.set_default_device("meta")
        with torch.inference_mode():
            kinds = {
                key: Exercise(**parts(key)).check(solved(key)).kind
                for key in ("gradients.q3", "fit.q1", "fit.q2", "conditioning.q3")
            }
        assert set(kinds.values()) == {"right"} and torch.get_default_dtype() == torch.float64
        assert torch.ones(()).device.type == "meta"
    finally:
        torch.set_default_device("cpu")  # after None torch 2.3 cannot say what the default is
        torch.set_default_dtype(torch.float32)


def parts(key: str) -> dict[str, Any]:
    "What makes an exercise, for one that has not computed anything yet."
    return {each.name: getattr(ALL[key], each.name) for each in fields(Exercise) if each.init}


REACHING = {  # wrong answers of which a change would reach what is not theirs
    "a tensor of the notebook": "kept = start.clone(); kept += x",
    "a list of the notebook": "kept = found.copy(); kept.append(x)",
    "a file": "open(folder + 'log' + name, 'a').close()",
}


@pytest.mark.parametrize("line", REACHING.values(), ids=REACHING)
def test_what_would_mend_an_answer_is_not_tried_where_it_could_reach_more(
    line: str, tmp_path: Path
) -> None:
    start, found = torch.zeros(()), [1]
    answer = written("gradients.q2", f"def push_slope(x, h):\n    {line}\n    return x * h + h")
    answer.__globals__.update(start=start, found=found, folder=f"{tmp_path}/", name="new")
    assert "one change there" not in ALL["gradients.q2"].check(answer).words
    assert start == 0 and found == [1]
    assert {each.name for each in tmp_path.iterdir()} <= {"lognew"}


def test_a_fault_outside_of_the_code_is_not_looked_for_in_it() -> None:
    power = 2

    def edge_of(k: Tensor) -> Tensor:
        return power / k**power

    assert "one change there" not in ALL["learning_rate.q1"].check(edge_of).words


def test_what_an_answer_prints_is_shown_once(capsys: pytest.CaptureFixture) -> None:
    def chatty(t: Tensor) -> Tensor:
        print("at work")
        return 3 * t**2

    assert ALL["gradients.q1"].check(chatty).kind == "right"
    assert capsys.readouterr().out == "at work\n"


def test_endless_printing_is_cut(hasty: None, capsys: pytest.CaptureFixture) -> None:
    def flood(t: Tensor) -> None:
        while True:
            print("at work")

    assert "was stopped" in ALL["gradients.q1"].check(flood).words
    assert len(capsys.readouterr().out) < 5000


def test_a_check_neither_needs_nor_changes_the_state_of_torch() -> None:
    state = torch.random.get_rng_state()
    with torch.no_grad():
        assert ALL["fit.q3"].check(solved("fit.q3")).kind == "right"
        assert not torch.is_grad_enabled()
    assert torch.equal(state, torch.random.get_rng_state())


def test_the_same_answer_hears_the_same_words() -> None:
    said = {ALL["fit.q3"].check(lambda p, t, s: p).words for _ in range(3)}
    assert len(said) == 1


class Hostile:
    "Raises wherever it is looked at."

    def _no(self, *given: Any) -> Any:
        raise ValueError("<b>no</b>")

    __repr__ = __str__ = __eq__ = __bool__ = __len__ = __iter__ = __float__ = __getitem__ = _no


class HostileTensor(Tensor):
    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise RuntimeError("no")


def raising(error: type[BaseException]) -> Callable[..., Any]:
    def answer(*given: Any) -> Any:
        raise error("<script>" + 500 * "x" + "`\nsecond line")

    return answer


def shapes() -> st.SearchStrategy[Tensor]:
    "Tensors of any shape, type and value."
    kinds = st.sampled_from(
        [
            torch.float32,
            torch.float64,
            torch.float16,
            torch.bfloat16,
            torch.int64,
            torch.bool,
            torch.complex64,
        ]
    )
    fills = st.sampled_from([0.0, 1.0, -1.0, 1e38, float("inf"), float("nan"), 2.0])
    sizes = st.lists(st.integers(0, 4), max_size=3)
    plain = st.builds(lambda size, fill, kind: torch.full(size, fill).to(kind), sizes, fills, kinds)
    odd = [
        lambda t: t.to_sparse(),
        lambda t: t.to("meta"),
        lambda t: t.expand(2, *t.shape),
        lambda t: torch.nn.Parameter(t.real.float()),
        lambda t: t.real.float().requires_grad_() * 2,
        lambda t: t,
    ]
    return st.builds(lambda t, change: change(t), plain, st.sampled_from(odd))


VALUES = st.one_of(
    shapes(),
    st.none(),
    st.just(...),
    st.text(max_size=300),
    st.binary(max_size=5),
    st.booleans(),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.complex_numbers(),
    st.lists(st.floats(), max_size=3),
    st.dictionaries(st.text(max_size=2), st.none(), max_size=2),
    st.builds(Hostile),
    st.just(torch.ones(3).as_subclass(HostileTensor)),
    st.just(torch.ones(()).as_subclass(HostileTensor)),
    st.sampled_from(
        [
            torch,
            print,
            Tensor,
            (i for i in ()),
            NotImplemented,
            torch.ones(3).numpy(),
            torch.ones(()).numpy()[()],
        ]
    ),
)
ERRORS = [
    ValueError,
    KeyError,
    SystemExit,
    GeneratorExit,
    StopIteration,
    MemoryError,
    RecursionError,
    RuntimeError,
    UnicodeError,
]
ANSWERS = st.one_of(
    VALUES.map(lambda value: lambda *given: value),
    VALUES.map(lambda value: lambda: value),
    VALUES.map(lambda value: lambda first, *rest: given_back(first, value)),
    st.sampled_from(ERRORS).map(raising),
    VALUES,
    st.sampled_from(
        [
            Hostile,
            len,
            torch.sum,
            torch.autograd.backward,
            max,
            iter,
            exec,
            lambda **named: None,
            lambda a, b, *, c: a,
        ]
    ),
)


def given_back(first: Any, value: Any) -> Any:
    "An answer that does something to its input first."
    if isinstance(first, Tensor):
        first.requires_grad_(False)
        first.resize_(5).fill_(7.0)
    return value


@pytest.mark.parametrize("key", ALL)
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(answer=ANSWERS)
def test_no_answer_breaks_a_checker(key: str, answer: Any) -> None:
    feedback = ALL[key].check(answer)
    assert feedback.kind in ("wrong", "open") and is_one_sentence(feedback), feedback
    page = BeautifulSoup(feedback._repr_html_(), "html.parser")
    assert page.p["role"] == "status" and page.p.get_text() == feedback.words.replace("`", "")
    assert {tag.name for tag in page.find_all()} <= {"p", "code"}


# What a reader sees


def test_the_verdict_is_in_words_and_the_tick_is_not_read_out() -> None:
    page = BeautifulSoup(Feedback("right", "Right. `x < 1` & more.")._repr_html_(), "html.parser")
    assert page.p["role"] == "status" and page.span["aria-hidden"] == "true"
    assert page.get_text() == "✓ Right. x < 1 & more." and page.code.get_text() == "x < 1"


@pytest.mark.parametrize("key", ALL)
def test_hint_and_solution_come_when_asked_for(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    exercise, stub = ALL[key], ALL[key].bug or ...
    assert is_one_sentence(exercise.hint()) and exercise.hint().words.startswith("Hint: ")
    assert f"def {exercise.function}(" in str(exercise.solution())
    monkeypatch.delenv(STATIC, raising=False)
    open_question = exercise.check(stub)
    assert open_question.kind == "open" and f"`{exercise.name}.hint()` helps" in open_question.words
    assert "<details" not in open_question._repr_html_()
    told = offered(key)
    assert told["hint"] == as_html(exercise.hint_words)
    assert told["solution"] == exercise.solution().code


@pytest.mark.parametrize("key", ALL)
def test_the_lesson_gives_nothing_away(key: str) -> None:
    exercise, cell = ALL[key], asked(key)
    shown = " ".join("".join(out.get("data", {}).get("text/plain", "")) for out in cell.outputs)
    everything = "\n".join(each.source for each in lesson(key.split(".")[0]))
    assert "is yours to write." in shown or shown.startswith("Not yet, the bug is still in")
    lines = [line.strip() for line in exercise.solution().code.splitlines()[1:]]
    assert all(
        f"{exercise.solution().code}\n" not in f"{text}\n" and exercise.hint().words[6:] not in text
        for text in (everything, shown)
    )
    assert exercise.bug or not any(line in cell.source + shown for line in lines)


@pytest.mark.parametrize("key", [key for key, each in ALL.items() if each.bug])
def test_the_bug_in_the_lesson_is_the_one_that_the_exercise_knows(key: str) -> None:
    feedback = ALL[key].check(written(key, asked(key).source.split("\n\n\n")[0]))
    assert feedback.kind == "open" and ALL[key].symptom in feedback.words


@pytest.mark.parametrize("key", ["gradients.q1", "fit.q3", "fit.q4"])
def test_a_task_says_that_its_input_comes_without_a_record(key: str) -> None:
    everything = lesson(key.split(".")[0])
    task = everything[
        next(at for at, cell in enumerate(everything) if cell.source == asked(key).source) - 1
    ]
    assert "without a record" in task.source
    assert not any(torch.as_tensor(each).requires_grad for each in inputs(key))


# What a page asks


def offered(key: str) -> dict[str, Any]:
    "What the saved lesson tells a page of an exercise."
    page = asked(key).outputs[0].data["text/html"]
    return json.loads(base64.b64decode(re.search('data-told="([^"]+)"', page)[1]))


def test_the_last_of_each_lesson_is_a_bug_that_public_code_had() -> None:
    for about in {key.split(".")[0] for key in ALL}:
        key = max(key for key in ALL if key.split(".")[0] == about)
        told, seen = offered(key)["choices"], as_html(ALL[key].seen)
        assert seen.endswith(").") and all(
            each["said"].endswith(seen) == each["right"] for each in told
        )


@pytest.mark.parametrize("key", ALL)
def test_a_page_offers_one_right_answer_and_real_mistakes(key: str) -> None:
    choices = offered(key)["choices"]
    if ALL[key].bug:
        stub = asked(key).source.split("\n\n\n")[0]
        assert "\n".join(each["code"] for each in choices) == stub
        assert 1 <= sum(each["right"] for each in choices) < len(choices)
        for answer in cured(stub, source(key), ALL[key].repairs):
            feedback = ALL[key].check(written(key, answer))
            assert feedback.kind == "right" and feedback.words.endswith(ALL[key].seen), answer
        assert all(old in stub for old, _ in ALL[key].repairs)
        return
    assert 3 <= len(choices) <= 5 and sum(each["right"] for each in choices) == 1
    for each in choices:
        feedback = ALL[key].check(written(key, each["code"]))
        assert each["said"] == as_html(feedback.words) and "()` helps" not in feedback.words
        assert each["right"] == (feedback.kind == "right")


# Predictions


def test_a_prediction_is_judged_by_the_value_that_came() -> None:
    asked = Prediction("It {adds}.").ask(torch.tensor(8.0), 4, 8, adds="adds")
    assert asked.right == 1 and repr(asked) == "8. It adds."
    assert (
        Prediction("So many.").ask(510_980, 18, 510_980).verdict(0) == "Not 18. 510,980. So many."
    )
    for value, begun in (
        ("a flat one", "A flat one"),
        ("no", "No"),
        ("a, b", "a, b"),
        ("nan", "nan"),
    ):
        assert repr(Prediction("So it is.").ask(value, value)) == f"{begun}. So it is."
    changed = Prediction("It is {x:.2f}.").ask(16, 4, 8, x=None)
    assert changed.verdict(0) == "Not 4. 16.", "nothing is known of why"
    assert asked.verdict(1) == "Right. 8. It adds." and asked.verdict(0) == "Not 4. 8. It adds."


@pytest.mark.parametrize(
    ("value", "options", "right"),
    [
        (0.41, (0.1, 0.4, 0), 1),
        (None, (0, 4, None), 2),
        (True, (1, True), 1),
        (0, (False, 0), 1),
        (torch.Size([20, 20]), ((20,), (20, 20)), 1),
        ("no", ("yes", "no"), 1),
        (0.43, (0.4, 0.5), None),
        (8, (torch.tensor(4.0), torch.tensor(8.0)), 1),
        (math.nan, (0, 1), None),
        (torch.tensor(math.nan), (0, math.nan), 1),
    ],
)
def test_an_option_is_the_value_to_a_twentieth(value: Any, options: Any, right: Any) -> None:
    assert Prediction("So it is.").ask(value, *options).right == right


def test_a_lesson_is_not_saved_without_the_right_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STATIC, "1")
    with pytest.raises(ValueError, match="none of the options"):
        Prediction("So it is.").ask(16.0, 4, 8)


def test_in_a_kernel_buttons_hold_the_value_back() -> None:
    buttons, said = Prediction("`backward` adds.").ask(8, 4, 8)._buttons().children
    assert said.value == ""
    for button, verdict in zip(buttons.children, ("Not 4", "Right"), strict=True):
        button.click()
        assert said.value == f'<p role="status">{verdict}. 8. <code>backward</code> adds.</p>'
    assert [each.icon for each in buttons.children] == ["", "check"]


@pytest.mark.parametrize("key", PREDICTIONS)
def test_a_prediction_is_asked_once_in_its_lesson(key: str) -> None:
    name, variable = key.split(".")
    (cell,) = (cell for cell in cells(name) if f"{variable}.ask(" in cell.source)
    assert cell.source.split("\n")[-1].startswith(f"{variable}.ask(")
    assert 'class="agt-prediction"' in cell.outputs[-1].data["text/html"]


def test_random_numbers_keep_away_from_zero() -> None:
    drawn = draw(torch.Generator().manual_seed(0), 1000)
    assert (
        0.5 <= drawn.abs().min() < 0.6 < 2.9 < drawn.abs().max() <= 3.0
        and -0.3 < drawn.mean() < 0.3
    )
