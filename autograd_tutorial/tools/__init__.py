"Helpers that no lesson teaches: a diagnosis of a training step, workers that run one function."
