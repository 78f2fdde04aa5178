"Every live picture, each loaded when it is first asked for; the module of each is its lesson's."

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograd_tutorial.pictures.conditioning import explore_push, show_descent
    from autograd_tutorial.pictures.errors import explore_faults
    from autograd_tutorial.pictures.fit import fit_by_hand, play_fit
    from autograd_tutorial.pictures.gradients import explore_tangent, show_tangent
    from autograd_tutorial.pictures.graph import show_graph
    from autograd_tutorial.pictures.learner import show_lr_find
    from autograd_tutorial.pictures.learning_rate import explore_learning_rate
    from autograd_tutorial.pictures.optimizers import show_race
    from autograd_tutorial.pictures.scale import show_all_reduce
    from autograd_tutorial.pictures.vectors import explore_vjp

__all__ = [
    "explore_faults",
    "explore_learning_rate",
    "explore_push",
    "explore_tangent",
    "explore_vjp",
    "fit_by_hand",
    "play_fit",
    "show_all_reduce",
    "show_descent",
    "show_graph",
    "show_lr_find",
    "show_race",
    "show_tangent",
]

_LESSONS = {  # picture: the module that draws it
    "explore_faults": "errors",
    "explore_learning_rate": "learning_rate",
    "explore_push": "conditioning",
    "explore_tangent": "gradients",
    "explore_vjp": "vectors",
    "fit_by_hand": "fit",
    "play_fit": "fit",
    "show_all_reduce": "scale",
    "show_descent": "conditioning",
    "show_graph": "graph",
    "show_lr_find": "learner",
    "show_race": "optimizers",
    "show_tangent": "gradients",
}


def __getattr__(name: str) -> Any:
    if name not in _LESSONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LESSONS[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
