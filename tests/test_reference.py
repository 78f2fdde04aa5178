"The examples of the API reference run, and every exported name has one."

import doctest
import inspect
from types import ModuleType

import pytest

import reference
from test_notebooks import same_text

MODULES = reference.modules()


class Checker(doctest.OutputChecker):
    "As doctest has it, and numbers may differ by a relative 1e-4 from machine to machine."

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        return super().check_output(want, got, optionflags) or same_text(want, got)


@pytest.mark.parametrize("module", MODULES, ids=reference.short)
def test_every_example_gives_what_it_says(module: ModuleType) -> None:
    for name, example in reference.examples(module).items():
        known: dict = {}
        exec("\n".join(reference.imports(example)), known)
        said: list[str] = []
        test = doctest.DocTest(
            example, known, f"{reference.short(module)}.{name}", None, None, None
        )
        flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        doctest.DocTestRunner(checker=Checker(), verbose=False, optionflags=flags).run(
            test, out=said.append
        )
        assert not said, "".join(said)


@pytest.mark.parametrize("module", MODULES, ids=reference.short)
def test_a_default_fits_into_its_table(module: ModuleType) -> None:
    for each in filter(
        inspect.isfunction, (getattr(module, name) for name in reference.names(module))
    ):
        assert all(
            len(repr(param.default)) < 100 for param in inspect.signature(each).parameters.values()
        ), each
