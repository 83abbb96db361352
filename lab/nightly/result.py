"""What a job came to, read from pytest's JUnit file."""

from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Failed:
    """A test that failed: the LAYER, the first line of what it said, and where its EVIDENCE is."""

    test: str
    layer: str
    message: str
    evidence: str


@dataclass(frozen=True)
class Result:
    """A job's NAME, its wall-clock SECONDS, its counts, and what failed; or the OBSTACLE to doing it."""

    name: str
    seconds: float = 0
    passed: int = 0
    skipped: int = 0
    failed: list[Failed] = field(default_factory=list)
    obstacle: str = ""

    @property
    def is_good(self) -> bool:
        """Whether tests ran and none failed."""
        return self.passed > 0 and not self.failed


def result_of(name: str, seconds: float, junit: Path, code: int = 0) -> Result:
    """What JUNIT says; no file, or an exit CODE that no test explains, is a failure of the run itself."""
    if not junit.exists():
        return Result(name, seconds, failed=[Failed("pytest", "machine", "it wrote no JUnit file", "")])
    cases = list(ElementTree.parse(junit).iter("testcase"))  # noqa: S314  pytest has written it
    failed = [failed_of(case) for case in cases if wrong(case) is not None]
    skipped = sum(case.find("skipped") is not None for case in cases)
    passed = len(cases) - len(failed) - skipped
    if code and not failed:
        failed = [Failed("pytest", "machine", f"it ended with {code} though no test failed: see its log", "")]
    return Result(name, seconds, passed, skipped, failed)


def wrong(case: ElementTree.Element) -> ElementTree.Element | None:
    """The failure or the error of CASE."""
    failure = case.find("failure")
    return failure if failure is not None else case.find("error")


def failed_of(case: ElementTree.Element) -> Failed:
    """The failed test CASE."""
    told = {one.get("name"): one.get("value", "") for one in case.iter("property")}
    words = wrong(case)
    message = (words.get("message", "") if words is not None else "").partition("\n")[0]
    return Failed(case.get("name", ""), told.get("layer", ""), message, told.get("evidence", ""))
