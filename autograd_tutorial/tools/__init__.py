"""Helpers that no lesson teaches: a diagnosis of a training step, the best
settings of an optimizer, the parts of a Learner, workers that run one function."""
