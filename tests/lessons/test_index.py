"What the front page says in figures."

import torch
from autograd_tutorial.core.theory import best_params
from autograd_tutorial.fit import make_data, quadratic, rmse
from autograd_tutorial.learning_rate import stability_edge, sweep


def test_the_fit_is_stuck_at_26_though_2_70_is_possible(run):
    g = torch.Generator().manual_seed(42)
    time, speed = make_data(g)
    start = torch.randn(3, generator=g)
    stuck = sweep([1e-5], 200, time, speed, start)[0][0, -1].sqrt()
    least = rmse(quadratic(time, best_params(time, speed)), speed)
    assert f"{stuck:.0f} {least:.2f}" == "26 2.70"


def test_it_explodes_past_3_54e_5(run):
    assert f"{stability_edge(make_data()[0]):.2e}" == "3.54e-05"
