"The record of a walk back: plain data, where its boxes stand, and who records it: PyTorch, or the engine of lesson 6."

from autograd_tutorial.graph.data import (
    Edge,
    Graph,
    Node,
    Summary,
    edges_into,
    fold,
    say,
    say_value,
)
from autograd_tutorial.graph.engine import record_engine
from autograd_tutorial.graph.layout import Layout, lay_out
from autograd_tutorial.graph.pytorch import record

__all__ = [
    "Edge",
    "Graph",
    "Layout",
    "Node",
    "Summary",
    "edges_into",
    "fold",
    "lay_out",
    "record",
    "record_engine",
    "say",
    "say_value",
]
