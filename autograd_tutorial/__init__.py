"""Backpropagation and autograd in PyTorch, one quadratic all the way down.

The helpers live in the modules named after the lessons: `gradients`, `fit`, `learning_rate`.
"""


def __getattr__(name: str) -> str:
    "`__version__`, looked up when somebody asks."
    if name == "__version__":
        from importlib.metadata import version

        return version("autograd_tutorial")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
