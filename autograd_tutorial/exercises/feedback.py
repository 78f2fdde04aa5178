"What a reader is told: a sentence, as plain text and as HTML."

import html
import re
from dataclasses import dataclass
from typing import Any

from torch import Tensor


@dataclass
class Feedback:
    "A sentence to a reader: plain text, and HTML for notebooks."

    kind: str  # right, wrong, open or said
    words: str  # one sentence; code between backticks
    code: str = ""  # shown below the words
    page: str = ""  # HTML for readers without a kernel

    def __repr__(self) -> str:
        tick = "✓ " if self.kind == "right" else ""
        return f"{tick}{self.words}" + (f"\n\n{self.code}" if self.code else "")

    def _repr_html_(self) -> str:
        tick = '<span aria-hidden="true">✓</span> ' if self.kind == "right" else ""
        return self.page or f'<p role="status">{tick}{as_html(self.words)}</p>{_code(self.code)}'


def as_html(
    words: str,  # code between backticks
) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(words, quote=False))


def _code(code: str) -> str:
    return f"<pre><code>{html.escape(code, quote=False)}</code></pre>" if code else ""


def show(
    value: Any,  # also one that resists being looked at
) -> str:
    "Any value in a few words: numbers with five digits, and of what is long the type."
    try:
        if isinstance(value, Tensor) and value.is_floating_point() and value.numel() <= 4:
            numbers = ", ".join(f"{each:.5g}" for each in value.detach().flatten().tolist())
            text = f"[{numbers}]" if value.dim() else numbers
        else:
            text = f"{value:.5g}" if isinstance(value, float) else " ".join(repr(value).split())
    except Exception:
        text = ""
    return text.replace("`", "'") if 0 < len(text) <= 60 else f"a {type(value).__name__}"


def show_line(
    said: str,  # of any length, in any number of lines
) -> str:
    "The first line, without backticks, cut after 90 characters."
    line = (said.strip().splitlines() or [""])[0].replace("`", "'").rstrip(".")
    return line if len(line) <= 90 else f"{line[:90].rsplit(' ', 1)[0]} ..."
