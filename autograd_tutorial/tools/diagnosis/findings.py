"What was found, as a table."

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from html import escape

HEADS = ("what", "what to do", "where", "how sure")
UNSEEN = "Unseen: wrong data, targets one row off, a lost step."


@dataclass(frozen=True)
class Finding:
    "One thing that is wrong, or may be."

    what: str  # a sentence
    do: str  # what would mend it, or a question
    where: str = ""  # a parameter, or a line of the reader's code
    sure: str = "certain"  # or likely; or possible: it may be meant

    def __str__(self) -> str:
        return f"{self.what}: {self.do}"


class Findings(list[Finding]):
    "A list of findings that shows itself as a table."

    def __init__(self, found: Iterable[Finding], tried: str):
        super().__init__(dict.fromkeys(found))
        self.tried = tried  # in words

    def __repr__(self) -> str:
        if not self:
            return f"Nothing found; {self.tried} {UNSEEN}"
        ways = "{0.sure:8}  {0.what}\n   where  {0.where}\n   to do  {0.do}"
        return "\n".join(map(ways.format, self))

    def _repr_html_(self) -> str:
        if not self:
            return f"<p>{escape(repr(self))}</p>"
        heads = "".join(f"<th>{head}</th>" for head in HEADS)
        cells = ([f"<td>{escape(value, False)}</td>" for value in astuple(one)] for one in self)
        rows = "".join(f"<tr>{''.join(row)}</tr>" for row in cells)
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
