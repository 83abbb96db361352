"""The table of faults in docs/testing.md, against which tests hold what is really said."""

import re

from tests.unit.docs.markdown import Document
from tests.unit.docs.repository import ROOT
from tests.unit.lab.cli.conftest import Said

HEADER = ("fault", "what the person sees", "exit code", "test")
FAULTS = {row[0]: row for row in Document(ROOT / "docs/testing.md").rows(*HEADER)}


def assert_documented(fault: str, said: Said) -> None:
    """What was SAID has the documented line of FAULT, in which `...` may be anything, and its exit code."""
    _, line, code, _ = FAULTS[fault]
    pattern = ".*".join(map(re.escape, line.strip("`").split("...")))
    lines = [" ".join(one.split()) for one in (said.out + said.err).splitlines()]
    assert said.code == int(code), said
    assert any(re.fullmatch(pattern, one) for one in lines), said
    assert "Traceback" not in said.err
