"What an operation does on the way back, in words."

import re
from typing import Any

_WORDS = {  # the local derivative: who has it, by PyTorch's name or by that of lesson 6
    "1": "Add Clone ToCopy Sum",
    "-1": "Neg",
    "1 and -1": "Sub Rsub",
    "the other factor": "Mul",
    "the other factor, transposed": "Mm Mv Dot Bmm Addmm Linear Matmul",
    "1/y and -x/y²": "Div",
    "1 / (2 × result)": "Sqrt",
    "1/n": "Mean",
    "the result": "Exp",
    "1/x": "Log",
    "1 where x > 0, else 0": "Relu",
    "1 - result²": "Tanh",
    "result × (1 - result)": "Sigmoid",
    "cos x": "Sin",
    "-sin x": "Cos",
    "the sign of x": "Abs",
    "2(x - target)/n": "MseLoss",
    "1, each back to its place": "Unbind Select Slice Stack Cat View Reshape ReshapeAlias UnsafeView T Transpose Permute Squeeze Unsqueeze Split Getitem",
    "1, summed over the copies": "Expand Repeat",
}
_RULES = {operation: words for words, group in _WORDS.items() for operation in group.split()}


def operation_of(
    name: str,  # what a box is called
) -> str:
    "`Mul` of PyTorch's `MulBackward0` and of the `mul` of lesson 6."
    return name.capitalize() if name.islower() else re.split(r"Backward\d*$", name)[0]


def rule_of(
    operation: str,  # as `operation_of` gives it
    exponent: Any = None,  # of a power, where it is a number
) -> str:  # empty where nothing is known
    "The local derivative in words."
    if operation == "Pow" and isinstance(exponent, (int, float)):
        return "2x" if exponent == 2 else f"{exponent:g} × x^{exponent - 1:g}"
    return _RULES.get(operation, "")
