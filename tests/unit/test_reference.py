"The examples of the API reference run, and every exported name has one."

import inspect
from types import ModuleType

import pytest

import reference
from examples import LONG, SHORT, wrong


@pytest.mark.parametrize("module", SHORT, ids=reference.short)
def test_every_example_gives_what_it_says(module: ModuleType) -> None:
    assert not wrong(module)


@pytest.mark.parametrize("module", LONG, ids=reference.short)
def test_every_name_has_an_example(module: ModuleType) -> None:
    "Which tests/release runs."
    assert reference.examples(module)


def test_a_default_fits_into_its_table() -> None:
    for module in reference.modules():
        found = (getattr(module, name) for name in reference.names(module))
        for each in filter(inspect.isfunction, found):
            params = inspect.signature(each).parameters.values()
            assert all(len(repr(param.default)) < 100 for param in params), each
