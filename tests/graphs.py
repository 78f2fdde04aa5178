"What a drawn graph says of a product of matrices, held against what flowed."

import re
from typing import Any

import numpy as np
import torch
from autograd_tutorial.graph import Graph
from autograd_tutorial.graph.data import edges_into
from autograd_tutorial.pictures.graph import tell
from torch import Tensor
from torch.testing import assert_close


def flat(value: Any) -> Tensor:
    return torch.as_tensor(np.asarray(value))


def said_and_done(graph: Graph, at: int, **values: Any) -> int:
    "How many ways on from a product say in words what goes out, having computed what they say."
    node, ways = graph.nodes[graph.order[at]], edges_into(graph)[graph.order[at]]
    known = {name: flat(value) for name, value in values.items()}
    known |= {"grad": flat(node.grad), "outer": torch.outer}
    for (_, rule, *_), edge in zip(tell(graph, at).rows, ways, strict=True):
        product = rule.removesuffix(", summed").replace("ᵀ", ".mT")
        made = eval(re.sub(r"(\w+) outer (\w+)", r"outer(\1, \2)", product), known)
        went = made.sum(0) if rule.endswith(", summed") else made
        assert_close(went, flat(edge.grad), rtol=1e-5, atol=1e-6)
    return len(ways)
