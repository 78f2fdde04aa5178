"""Backpropagation and autograd in PyTorch, one quadratic all the way down.

What a lesson teaches lives in the module of its name: `gradients`, `fit`, `learning_rate`,
`conditioning`, `engine`, `errors`, `vectors`, `optimizers`, `learner`, `scale`. Live pictures come
from `pictures`, recorded graphs from `graph`, exercises from `exercises`, what several lessons stand
on from `core`, and helpers that no lesson teaches from `tools`.
"""


def __getattr__(name: str) -> str:
    "`__version__`, looked up when somebody asks."
    if name == "__version__":
        from importlib.metadata import version

        return version("autograd_tutorial")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
