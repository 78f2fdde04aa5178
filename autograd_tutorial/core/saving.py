"Whether this run is for readers of saved notebooks, who have no kernel."

import os

STATIC = "AUTOGRAD_TUTORIAL_STATIC"  # set in the environment where notebooks are saved


def is_saving() -> bool:
    "Whether outputs are being saved for readers without a kernel."
    return bool(os.environ.get(STATIC))
