"The examples of the reference, run as doctest runs them."

import doctest
from types import ModuleType

import reference
from saved import same_text

TAKE_LONG = (
    "launch(",
    "fit_distributed(",
    "explore_learning_rate(",
)  # processes, thousands of runs


class Checker(doctest.OutputChecker):
    "As doctest has it, and numbers may differ by a relative 1e-4 from machine to machine."

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        return super().check_output(want, got, optionflags) or same_text(want, got)


def takes_long(module: ModuleType) -> bool:
    text = (reference.EXAMPLES / f"{reference.short(module)}.md").read_text(encoding="utf-8")
    return any(each in text for each in TAKE_LONG)


def wrong(module: ModuleType) -> str:
    "What its examples give that they do not say."
    said: list[str] = []
    for name, example in reference.examples(module).items():
        known: dict = {}
        exec("\n".join(reference.imports(example)), known)
        label = f"{reference.short(module)}.{name}"
        test = doctest.DocTest(example, known, label, None, None, None)
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        runner = doctest.DocTestRunner(checker=Checker(), verbose=False, optionflags=flags)
        runner.run(test, out=said.append)
    return "".join(said)


SHORT = [module for module in reference.modules() if not takes_long(module)]
LONG = [module for module in reference.modules() if takes_long(module)]
