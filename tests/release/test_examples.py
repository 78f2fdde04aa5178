"The examples of the API reference that take long, pictures and workers, give what they say."

from types import ModuleType

import pytest

import reference
from examples import LONG, wrong


@pytest.mark.parametrize("module", LONG, ids=reference.short)
def test_every_example_gives_what_it_says(module: ModuleType) -> None:
    assert not wrong(module)
