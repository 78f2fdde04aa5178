"""A checker that cannot be fooled, and never shouts."""

import inspect
import textwrap
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import EllipsisType
from typing import Any

from autograd_tutorial.core.saving import is_saving
from autograd_tutorial.exercises.clues import find_clue
from autograd_tutorial.exercises.feedback import Feedback
from autograd_tutorial.exercises.offering import WHERE, WHICH, cured, functions, lines, offer
from autograd_tutorial.exercises.reading import read
from autograd_tutorial.exercises.running import Page, plain_settings, run, within
from autograd_tutorial.exercises.trials import TRIALS, Problem, Question, Trial

SECONDS = 5.0  # for all trials of an answer
CHECKING = ContextVar("CHECKING", default=False)  # whether an answer is being called here
BUG = "the planted bug"
SHARED = "does it change something that everybody uses?"
PRINTED = "end the function on `return`; `print` shows a value and hands nothing over"


@dataclass(eq=False, repr=False)
class Exercise(Question):
    "A question that is answered with a function; nothing that the function does is an error."

    _mistaken: dict[tuple[str, int], Trial] = field(init=False, default_factory=dict)

    def check(
        self,
        answer: Any = ...,  # the reader's function
    ) -> Feedback:
        "What is right or wrong with `answer`, in a sentence; `RecursionError` in a function that checks itself."
        if CHECKING.get():
            raise RecursionError("the function checks itself")
        if answer is ...:
            return self._open(answer)
        if not callable(answer) or isinstance(answer, type):
            words = f"`{self.name}.check` takes the function itself, not what it returns"
            return self._wrong(words, f"write `{self.name}.check({self.function})`")
        page, here = Page(), CHECKING.set(True)
        try:
            with plain_settings(), redirect_stdout(page):
                return self._judged(answer, page)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(f"the check of {self.function} was interrupted") from None
        except Exception:
            if is_saving():
                raise
            return self._wrong(f"`{self.function}` cannot be judged", SHARED)
        finally:
            CHECKING.reset(here)
            print(page.getvalue(), end="")

    def hint(self) -> Feedback:
        "A push in the right direction."
        return Feedback("said", f"Hint: {self.hint_words}")

    def solution(self) -> Feedback:
        "One right answer of many."
        return Feedback("said", "One way to write it:", self.solution_code.strip("\n"))

    def trial(self, answer: Callable[..., Any], seed: int) -> Trial:
        "What `answer` makes of the inputs of `seed`."
        return Trial(self, answer, lambda: self.draw(seed), self.wanted(seed))

    def mistake(self, question: str) -> Callable[..., Any]:
        "The wrong answer that a question names."

        def answer(*given: Any) -> Any:
            made = self.mistakes(*given)[question]
            return made(*given) if callable(made) else made

        return answer

    def _judged(self, answer: Callable[..., Any], page: Page) -> Feedback:
        trials: list[Trial] = []
        told: list[Feedback] = []
        ended = within(SECONDS, lambda: self._try(answer, trials, page))
        bad = next((each.problem for each in trials if each.problem), None)
        if bad is None:
            return self._right() if ended else self._late(len(trials))
        hard = () if is_saving() else (Exception,)
        with suppress(*hard):  # an object that resists being looked at
            within(SECONDS, lambda: told.append(self._told(trials, bad, page.getvalue())))
        return told[0] if told else self._wrong(bad.words, bad.advice)

    def _try(self, answer: Callable[..., Any], trials: list[Trial], page: Page) -> None:
        for seed in range(TRIALS):
            trials.append(self.trial(answer, seed))
            page.is_full = True  # what a function prints is shown once
            problem = trials[-1].problem
            if problem and problem.kind == "raised":
                return

    def _told(self, trials: list[Trial], bad: Problem, printed: str) -> Feedback:
        parts = trials[0].parts
        if EllipsisType in parts.values() or (not printed and _is_stub(trials[0])):
            begun = f"Not answered yet: {trials[0].last} is open, what stands before it is right"
            return self._open(trials[0].answer, begun if len(parts) > 1 else "")
        if bad.kind == "none" and printed:
            return self._wrong(bad.words, PRINTED)
        if shown := read(trials[0].answer):
            return self._wrong(bad.words, shown)
        every = dict(enumerate(trials))
        if self.bug and self._is_like(BUG, self.bug, every):
            return self._open(trials[0].answer, f"Not yet, the bug is still in: {self.symptom}")
        one_fault = {
            k: each
            for k, each in every.items()
            if not each.problem or each.problem.kind == bad.kind
        }
        for some in (every, one_fault):
            for question in self.mistakes(*self.draw(0).values()):
                if self._is_like(question, self.mistake(question), some):
                    return self._wrong(bad.words, question)
        last = trials[-1].problem or bad
        if last.kind == "raised":
            return self._wrong(last.words, last.advice)
        return self._wrong(bad.words, find_clue(trials) or bad.advice)

    def _is_like(self, name: str, mistake: Callable[..., Any], trials: dict[int, Trial]) -> bool:
        "Whether a mistake makes the same of the inputs of these seeds; what it makes is computed once."
        for seed, each in trials.items():
            if (name, seed) not in self._mistaken:
                self._mistaken[name, seed] = self.trial(mistake, seed)
            if not each.is_like(self._mistaken[name, seed]):
                return False
        return True

    def _open(self, answer: Any, words: str = "") -> Feedback:
        if not is_saving():
            what = words or f"Not answered yet: write `{self.function}` and run the cell again"
            return Feedback("open", f"{what}; `{self.name}.hint()` helps.")
        if self.bug:
            stub = textwrap.dedent(inspect.getsource(answer)).rstrip()
            answers = cured(stub, self.solution_code, self.repairs)
            ask, choices = WHERE, lines(stub, answers, self.symptom, self.seen)
        else:
            known = getattr(answer, "__globals__", {})
            ask = WHICH
            choices = functions(self.solution_code, self.slips, self._verdict, known)
        what = f"{words or f'`{self.function}` is yours to write'}."
        page = offer(ask, choices, self.hint_words, self.solution_code, what)
        return Feedback("open", what, page=page)

    def _verdict(self, answer: Callable[..., Any]) -> Feedback:
        return self._judged(answer, Page())

    def _late(self, finished: int) -> Feedback:
        words = f"`{self.function}` took longer than {SECONDS:g} seconds and was stopped"
        right = f", right on the {finished} of {TRIALS} inputs that it did" if finished else ""
        does_it = "can it" if finished else "does its loop ever end, or can it"
        return self._wrong(words + right, f"{does_it} do with less work?")

    def _wrong(self, words: str, advice: str) -> Feedback:
        advice = advice or f"`{self.name}.hint()` helps"
        return Feedback("wrong", f"Not yet: {words}: {advice}{'' if advice.endswith('?') else '.'}")

    def _right(self) -> Feedback:
        routes = " and with ".join(self.routes)
        words = f"Right. On {TRIALS} random inputs it agrees with {routes}. {self.seen}"
        return Feedback("right", words.rstrip())


def _is_stub(trial: Trial) -> bool:
    "Whether nothing comes back, also for objects with which nothing can be done."
    result, error = run(trial.answer, *(object() for _ in trial.given))
    return trial.is_empty and not error and (result is None or result is ...)
