"What a page asks in place of a function: which of these does it, or which line is wrong?"

import base64
import json
import textwrap
from collections.abc import Callable
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any
from zlib import crc32

from autograd_tutorial.exercises.feedback import as_html

WHICH = "Which of these does it?"
WHERE = "Press a line that is wrong, or after which one is missing."


@dataclass
class Choice:
    "Something to press, and what is said then."

    code: str
    said: str  # one sentence, code between backticks
    right: bool


def functions(
    solution: str,  # the code of the right answer
    slips: tuple[str, ...],  # bodies of wrong ones
    judge: Callable[[Callable[..., Any]], Any],  # the verdict on a function
    known: dict[str, Any],  # the names that the lesson has imported
) -> list[Choice]:
    "Whole functions, in an order that says nothing, each with the checker's own verdict."
    head = solution.strip("\n").split("\n")[0]
    name = head.removeprefix("def ").split("(")[0]
    codes = [solution.strip("\n"), *(f"{head}\n{textwrap.indent(slip, '    ')}" for slip in slips)]
    choices = []
    for code in sorted(codes, key=lambda each: crc32(each.encode())):
        defined = dict(known)
        exec(code, defined)
        verdict = judge(defined[name])
        choices.append(Choice(code, verdict.words, verdict.kind == "right"))
    return choices


def cured(
    stub: str,  # the code with the bug in it
    solution: str,  # the code of one right answer
    repairs: tuple[tuple[str, str], ...],  # others: what stands in the stub, and what would do
) -> list[str]:
    "Right answers that differ from the stub in different places."
    return [solution.strip("\n"), *(stub.replace(old, new, 1) for old, new in repairs)]


def lines(
    stub: str,  # the code with the bug in it
    answers: list[str],  # right ones
    symptom: str,  # what the bug does
    seen: str,  # where it stood in public code
) -> list[Choice]:
    "Each line of the stub; right are those that an answer has not, or behind which it has more."
    code, wrong = stub.split("\n"), set[int]()
    for answer in answers:
        steps = SequenceMatcher(None, code, answer.split("\n"), autojunk=False).get_opcodes()
        for kind, start, end, *_ in steps:
            if kind != "equal":
                wrong |= set(range(start, end)) if end > start else {start - 1}
    said = {
        True: f"Right: {symptom}. {seen}".rstrip(),
        False: f"Not there. Look for this: {symptom}.",
    }
    return [Choice(line, said[k in wrong], k in wrong) for k, line in enumerate(code)]


def offer(
    ask: str,
    choices: list[Choice],
    hint: str,
    solution: str,
    words: str,  # what stands there without scripts
) -> str:  # HTML
    "Told in a form that neither an eye nor a search reads before it is asked for."
    told = dict(
        ask=ask,
        choices=[dict(asdict(each), said=as_html(each.said)) for each in choices],
        hint=as_html(hint),
        solution=solution.strip("\n"),
    )
    packed = base64.b64encode(json.dumps(told).encode()).decode()
    return f'<div class="agt-exercise" data-told="{packed}"><p>{as_html(words)}</p></div>'
