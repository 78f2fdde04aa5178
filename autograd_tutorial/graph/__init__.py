"The record of a walk back: plain data, and who records it: PyTorch, or the engine of lesson 6."

from autograd_tutorial.graph.data import Edge, Graph, Node
from autograd_tutorial.graph.pytorch import record

__all__ = ["Edge", "Graph", "Node", "record"]
