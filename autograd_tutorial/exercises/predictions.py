"A prediction: a value that is held back until the reader has said what it will be."

import math
import re
from dataclasses import dataclass
from typing import Any

import torch

from autograd_tutorial.core.saving import is_saving
from autograd_tutorial.exercises.feedback import as_html, show


class Prediction:
    "A question of the lesson's text; the lesson's code has the answer, and what else it might have been."

    def __init__(
        self,
        why: str,  # one line, for those who were right, too; facts in braces, code between backticks
    ):
        self.why = why

    def ask(
        self,
        value: Any,  # what came out: one number, a shape, a truth, or words
        /,
        *options: Any,  # what it might be; numbers as the text has them, to a twentieth
        **facts: Any,  # what `why` tells of
    ) -> "Asked":
        "Show the options, and the value once one is pressed; `ValueError` where notebooks are saved and none is the value."
        asked = Asked(value, options)
        if (
            asked.right is not None
        ):  # else a reader has changed the numbers: nothing is known of why
            asked.why = self.why.format(**facts)
        elif is_saving():
            raise ValueError(f"none of the options {options} is {value!r}")
        return asked


@dataclass(repr=False, eq=False)
class Asked:
    "A value, what it might have been, and why it is so."

    value: Any
    options: tuple[Any, ...]
    why: str = ""

    @property
    def right(self) -> int | None:
        "Which option the value is; None where a reader has changed the numbers."
        fits = [k for k, each in enumerate(self.options) if _is(self.value, each)]
        return min(fits, key=lambda k: _distance(self.value, self.options[k]), default=None)

    def verdict(
        self,
        chosen: int | None = None,  # the option that was pressed; None: none
    ) -> str:
        "One line: right or not, the value, and why."
        value = show_option(self.value)
        said = f"{_begin(value)}. {self.why}".rstrip()
        if chosen is None:
            return said
        judged = "Right" if chosen == self.right else f"Not {show_option(self.options[chosen])}"
        return f"{judged}. {said}"

    def __repr__(self) -> str:
        return self.verdict()

    def _ipython_display_(self) -> None:
        from IPython.display import display

        if is_saving():
            display({"text/html": self._page(), "text/plain": repr(self)}, raw=True)
        else:
            display(self._buttons())

    def _page(self) -> str:
        "For readers without a kernel: a fold, which the site turns into buttons."
        options = "".join(f"<li>{as_html(show_option(each))}</li>" for each in self.options)
        answer = f"<summary>Show the answer</summary><p>{as_html(self.verdict())}</p>"
        start = f'<div class="agt-prediction" data-right="{self.right}"><ul>{options}</ul>'
        return f"{start}<details>{answer}</details></div>"

    def _buttons(self) -> Any:
        from ipywidgets import HTML, Button, HBox, Layout, VBox

        said = HTML()
        buttons = [
            Button(description=show_option(each).replace("`", ""), layout=Layout(width="auto"))
            for each in self.options
        ]

        def press(button: Button) -> None:
            chosen = buttons.index(button)
            for k, each in enumerate(buttons):
                each.icon = "check" if k == self.right else "times" if k == chosen else ""
            said.value = f'<p role="status">{as_html(self.verdict(chosen))}</p>'

        for each in buttons:
            each.on_click(press)
        return VBox([HBox(buttons, layout=Layout(flex_flow="row wrap")), said])


def _begin(words: str) -> str:
    "As a sentence begins, unless with a name of the code."
    name = r"(?!(?:r?mse|nan|inf|ones)\b)"
    return re.sub(rf"^{name}(?:a(?= )|[a-z]{{2}})", lambda found: found[0].capitalize(), words)


def show_option(
    option: Any,  # words stay as they are
) -> str:
    number = _plain(option)
    if isinstance(number, float) and 1e4 <= abs(number) < 1e9:
        number = round(number)  # 218,451, which is easier to read than 2.1845e+05
    if isinstance(number, int) and not isinstance(number, bool):
        return f"{number:,}"
    return number if isinstance(number, str) else show(number)


def _plain(value: Any) -> Any:
    "A number out of a tensor that holds one."
    return value.item() if hasattr(value, "item") and math.prod(value.shape) == 1 else value


def _is(value: Any, option: Any) -> bool:
    value, option = _plain(value), _plain(option)
    if isinstance(value, bool) or isinstance(option, bool):
        return value is option
    if isinstance(value, (int, float)) and isinstance(option, (int, float)):
        return math.isclose(value, option, rel_tol=0.05) or (
            math.isnan(value) and math.isnan(option)
        )
    return isinstance(value, type(option)) and bool(torch.as_tensor(value == option).all())


def _distance(value: Any, option: Any) -> float:
    value, option = _plain(value), _plain(option)
    return abs(value - option) if isinstance(option, (int, float)) else 0.0
