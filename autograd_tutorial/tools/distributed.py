"The article's fit, by processes that it starts or by those of torchrun: `python -m autograd_tutorial.tools.distributed`."

from __future__ import annotations

import os
from argparse import ArgumentParser

import torch

from autograd_tutorial.fit import make_data
from autograd_tutorial.scale import fit_distributed, split_points
from autograd_tutorial.tools.checkpoints import Checkpoint


def main() -> None:
    "Read what is asked, fit, print the losses."
    parser = ArgumentParser("python -m autograd_tutorial.tools.distributed", description=__doc__)
    parser.add_argument("--steps", type=int, default=10, help="how many, 10 if not given")
    parser.add_argument("--lr", type=float, default=1e-5, help="learning rate, 1e-5 if not given")
    parser.add_argument("--workers", type=int, help="how many to start, 2 if not given")
    parser.add_argument("--checkpoint", help="a file to go on from and to save to")
    asked = parser.parse_args()
    g = torch.Generator().manual_seed(42)
    time, speed = make_data(g)
    params = torch.randn(3, generator=g).requires_grad_()
    shares = asked.workers and split_points(len(time), asked.workers)
    checkpoint = asked.checkpoint and Checkpoint(asked.checkpoint)
    losses = fit_distributed(
        params, time, speed, asked.lr, asked.steps, shares=shares, checkpoint=checkpoint
    )
    if os.environ.get("RANK", "0") == "0":
        print(*(f"{loss:.6g}" for loss in losses.tolist()), sep="\n")


if __name__ == "__main__":
    main()
