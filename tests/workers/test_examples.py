"The examples of the API reference that start workers give what they say."

from types import ModuleType

import pytest

import reference
from examples import WITH_WORKERS, wrong


@pytest.mark.parametrize("module", WITH_WORKERS, ids=reference.short)
def test_every_example_gives_what_it_says(module: ModuleType) -> None:
    assert not wrong(module)
