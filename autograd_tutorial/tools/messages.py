"An expected error: what was asked for, checked; what it and its warnings say, printed in short."

import re
import warnings
from textwrap import fill, shorten
from typing import Any


def check_expected(
    kind: Any,  # what should be raised
    words: Any,  # some of its message
) -> None:
    "`TypeError` unless `kind` is a class of errors and `words` is a string."
    if not isinstance(kind, type) or not issubclass(kind, Exception):
        raise TypeError(f"kind must be a class of errors, such as RuntimeError, got {kind!r}")
    if not isinstance(words, str):
        raise TypeError(f"words must be a string, some words of the message, got {words!r}")


def words_of(error: BaseException) -> str:
    "What it says, without the name of a product, which PyTorch puts first since 2.15."
    return re.sub(r"^(add)?mm: (?=mat1)", "", str(error))


def print_error(
    error: Exception,
    warned: list[warnings.WarningMessage],  # what came before it
) -> None:
    "Each warning once, and the error, by their first hundred characters."
    firsts = [str(one.message).split("\n")[0].split(". ")[0].rstrip(".") for one in warned]
    for first in dict.fromkeys(firsts):  # what follows changes with PyTorch
        _print_short("Warning", first)
    _print_short(type(error).__name__, words_of(error))


def _print_short(kind: str, message: str) -> None:
    short = shorten(message, 100, placeholder=" ...")
    print(fill(f"{kind}: {short}", 86, subsequent_indent="    "))
