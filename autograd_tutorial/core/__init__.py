"What several lessons stand on: checks of what comes in, the problem and its theory, safe steps."
