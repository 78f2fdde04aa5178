"The same slider over the same 200 real backward steps, in each way that a notebook may do it: source of one cell each."

SETUP = """import torch
from ipywidgets import FloatLogSlider, VBox, interact
from autograd_tutorial.fit import make_data, mse, quadratic
time, speed = make_data()
start = torch.tensor([-0.7658386, -0.7506223, 1.3525478])
def slider():
    return FloatLogSlider(1e-6, min=-7, max=0, step=0.0625, layout=dict(width="700px"))
def train(lr):
    params, losses = start.clone().requires_grad_(), []
    for step in range(200):
        loss = mse(quadratic(time, params), speed)
        losses.append(loss.item())
        (grad,) = torch.autograd.grad(loss, params)
        params = (params - lr * grad).detach().requires_grad_()
    return quadratic(time, params).detach(), losses
"""

INTERACT = """%matplotlib inline
import matplotlib.pyplot as plt
def show(lr):
    preds, losses = train(lr)
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
    left.plot(time, speed, "o")
    left.plot(time, preds)
    right.semilogy(losses)
    plt.show()
interact(show, lr=slider());
"""

IPYMPL = """%matplotlib widget
import matplotlib.pyplot as plt
plt.ioff()
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
preds, losses = train(1e-6)
left.plot(time, speed, "o")
(curve,) = left.plot(time, preds)
(run,) = right.semilogy(losses)
def show(change):
    preds, losses = train(change.new)
    curve.set_ydata(preds)
    run.set_ydata(losses)
    figure.canvas.draw_idle()
control = slider()
control.observe(show, names=["value"])
VBox([control, figure.canvas])
"""

PLOTLY = """import plotly.graph_objects as go
from plotly.subplots import make_subplots
preds, losses = train(1e-6)
figure = go.FigureWidget(make_subplots(1, 2))
figure.add_scatter(x=time.tolist(), y=speed.tolist(), mode="markers", row=1, col=1)
figure.add_scatter(x=time.tolist(), y=preds.tolist(), mode="lines", row=1, col=1)
figure.add_scatter(y=losses, mode="lines", row=1, col=2)
def show(change):
    preds, losses = train(change.new)
    with figure.batch_update():
        figure.data[1].y = preds.tolist()
        figure.data[2].y = losses
control = slider()
control.observe(show, names=["value"])
VBox([control, figure])
"""

BQPLOT = """import bqplot
from ipywidgets import HBox
preds, losses = train(1e-6)
x, y, s, l = bqplot.LinearScale(), bqplot.LinearScale(), bqplot.LinearScale(), bqplot.LogScale()
points = bqplot.Scatter(x=time.numpy(), y=speed.numpy(), scales=dict(x=x, y=y))
curve = bqplot.Lines(x=time.numpy(), y=preds.numpy(), scales=dict(x=x, y=y))
run = bqplot.Lines(x=list(range(200)), y=losses, scales=dict(x=s, y=l))
def show(change):
    preds, losses = train(change.new)
    curve.y = preds.numpy()
    run.y = losses
control = slider()
control.observe(show, names=["value"])
HBox([VBox([control, bqplot.Figure(marks=[points, curve]), bqplot.Figure(marks=[run])])])
"""

OURS = """from autograd_tutorial.pictures import explore_learning_rate
explore_learning_rate(time, speed, start)
"""

# name: (cell, where the picture is, the attribute that changes with it)
KERNEL = {
    "interact + matplotlib": (
        INTERACT,
        ".jp-OutputArea .widget-output img, .jp-OutputArea img",
        "src",
    ),
    "ipympl": (IPYMPL, "canvas", "canvas"),
    "plotly FigureWidget": (PLOTLY, ".js-plotly-plot .scatterlayer path.js-line", "d"),
    "bqplot": (BQPLOT, ".bqplot path.line", "d"),
    "ours, ipywidgets in JupyterLab": (OURS, ".agt-line.agt-present", "d"),
}
PULLS = {  # the same pictures, by a point that is pulled; "confirmed": once PyTorch has trained it
    "ours, a point pulled, kernel-free page": "d",
    "ours, a point pulled in JupyterLab": "d",
    "ours, a point pulled in JupyterLab, to PyTorch's answer": "confirmed",
}
KERNEL_FREE = ("ours, kernel-free page", ".agt-panels:has(.agt-dot) .agt-line.agt-present", "d")
