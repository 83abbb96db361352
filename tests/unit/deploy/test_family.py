"""The process that forks the members of a family, while some of them are still to come."""

import os
import selectors
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from types import ModuleType

import pytest

from tests.unit.deploy.shell import DEPLOY


@pytest.fixture
def family() -> ModuleType:
    """The program as a module."""
    loader = SourceFileLoader("family", str(DEPLOY / "container/family"))
    spec = spec_from_loader("family", loader)
    assert spec
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture
def waiting() -> Iterator[selectors.BaseSelector]:
    """The answer of an entrypoint that waits for something."""
    read, write = os.pipe()
    with selectors.DefaultSelector() as answers:
        answers.register(read, selectors.EVENT_READ)
        yield answers
    os.close(read)
    os.close(write)


def test_a_member_that_ends_is_not_waited_for(family: ModuleType, waiting: selectors.BaseSelector) -> None:
    child = os.fork()
    if child == 0:
        os._exit(1)
    with pytest.raises(SystemExit, match=r"^scheduler ended while others waited$"):
        list(family.as_they_come(waiting, {child: "scheduler"}))
