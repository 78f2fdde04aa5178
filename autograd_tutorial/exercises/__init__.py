"The exercises: one module a lesson, and the checker that judges every answer."

from autograd_tutorial.exercises.checker import Exercise, Prediction
from autograd_tutorial.exercises.drawing import draw

__all__ = ["Exercise", "Prediction", "draw"]
