"What the page about models of one's own says, held against its run."

import torch


def test_the_broken_one_learns_the_mean_and_the_mended_one_the_curve(run):
    assert round(run.y.var(correction=0).item(), 4) == 1.0
    model = run.new()
    assert run.train(run.broken, model) == 1.0
    assert model(run.x).var() < 1e-4
    assert run.train(run.mended, run.new()) < 0.03


def test_diagnose_names_shapes_and_line_of_the_broken_one_alone(run):
    model = run.new()
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    (found,) = run.diagnose(run.broken, model, sgd)
    assert "(20, 1) and (20,)" in found.what and "(model(x) - y)" in found.where
    assert run.diagnose(run.mended, model, sgd) == []
