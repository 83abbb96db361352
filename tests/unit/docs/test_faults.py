"""docs/testing.md: the test that it names for each fault is there, and is about that fault."""

import ast

import pytest

from tests.unit.docs.repository import ROOT
from tests.unit.lab.faults.documented import FAULTS

FILES = [ast.parse(file.read_text()) for file in (ROOT / "tests/unit/lab/faults").glob("test_*.py")]
TESTS = {
    part.name: ast.unparse(part) for file in FILES for part in file.body if isinstance(part, ast.FunctionDef)
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_proven_by_the_test_that_is_named(fault: str) -> None:
    assert repr(fault) in TESTS[FAULTS[fault][-1].strip("`")]
