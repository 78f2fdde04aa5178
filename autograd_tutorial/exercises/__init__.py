"The exercises: one module a lesson, and the checker that judges every answer."

from autograd_tutorial.exercises.checker import Exercise
from autograd_tutorial.exercises.drawing import draw
from autograd_tutorial.exercises.predictions import Prediction

__all__ = ["Exercise", "Prediction", "draw"]
