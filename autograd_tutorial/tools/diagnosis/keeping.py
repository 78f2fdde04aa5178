"Everything that a loss may change, to be put back: numbers, gradients, modules, random states."

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.grad_mode import _unsafe_preserve_version_counter


class Kept:
    "Tensors and modules as they were when they were first met."

    def __init__(self) -> None:
        self.tensors: dict[int, tuple[Tensor, Tensor, Any]] = {}
        self.grads: dict[int, tuple[Tensor, Tensor | None, Tensor | None]] = {}
        self.modules: dict[int, tuple[nn.Module, bool, dict[str, Any], dict[str, Any]]] = {}
        self.random: list[tuple[Callable[[Any], Any], Any]] = [
            (torch.set_rng_state, torch.get_rng_state()),
            (random.setstate, random.getstate()),
        ]
        if torch.cuda.is_initialized():
            self.random.append((torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all()))
        if numpy := sys.modules.get("numpy"):
            self.random.append((numpy.random.set_state, numpy.random.get_state()))

    def keep(self, tensor: Tensor) -> None:
        if id(tensor) not in self.tensors and has_memory(tensor):
            counter = None if tensor.is_inference() else _unsafe_preserve_version_counter(tensor)
            self.tensors[id(tensor)] = tensor, tensor.detach().clone(), counter

    def keep_grad(self, leaf: Tensor) -> None:
        if id(leaf) not in self.grads and leaf.is_leaf:
            grad = leaf.grad
            self.grads[id(leaf)] = leaf, grad, None if grad is None else grad.clone()

    def keep_module(self, module: nn.Module) -> None:
        "Its buffers, parameters and attributes, and those of all modules in it."
        for each in module.modules():
            if id(each) not in self.modules:
                scripted = isinstance(each, torch.jit.ScriptModule)  # its buffers stay in place
                buffers = {} if scripted else {**each._buffers}
                self.modules[id(each)] = each, each.training, dict(vars(each)), buffers
                for tensor in (*each.buffers(recurse=False), *each.parameters(recurse=False)):
                    self.keep(tensor)
                    self.keep_grad(tensor)

    def rewind(self) -> None:
        "Put everything back, also counts of changes: records that the reader keeps stay valid."
        for module, training, attributes, buffers in self.modules.values():
            for name in vars(module).keys() - attributes.keys():
                del vars(module)[name]
            vars(module).update(attributes)
            if module.training != training:  # a script's is no attribute
                module.training = training
            if buffers:
                module._buffers.update(buffers)
        for tensor, old, counter in self.tensors.values():
            if not torch.equal(tensor.detach(), old):
                write(tensor, old)
            if counter:
                counter.__exit__()
        for leaf, grad, old_grad in self.grads.values():
            if leaf.grad is not grad:
                leaf.grad = grad
            if grad is not None and old_grad is not None:
                write(grad, old_grad)
        for put_back, state in self.random:
            put_back(state)


def write(tensor: Tensor, numbers: Tensor) -> None:
    "Behind autograd's back: neither a record nor a count of changes."
    tensor.data.copy_(numbers)


def has_memory(tensor: Tensor) -> bool:
    "Whether it is a plain tensor, and not what torch.func.grad or vmap give to a function."
    try:
        return (
            not nn.parameter.is_lazy(tensor) and tensor.data_ptr() > 0
        )  # 0 in a fake one of torch.compile, up to torch 2.3
    except RuntimeError:
        return False
