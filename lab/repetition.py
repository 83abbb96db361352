"""How often a test fails: it runs again and again, each time in the lab as it was at the beginning."""

import shlex
from collections.abc import Callable, Sequence
from time import monotonic

from lab.checkpoint import forget, restore, save
from lab.checkpoint.kept import folder_of
from lab.checkpoint.own_names import BEFORE_REPEATS
from lab.errors import Refused
from lab.holding import hold
from lab.labs import Lab
from lab.proof import REFUSED, run_pytest
from lab.report import Report


def repeat(lab: Lab, times: int, arguments: Sequence[str], tell: Callable[[str], None]) -> int:
    """Run pytest with ARGUMENTS TIMES over in LAB, restored after each; returns how often it failed.

    TELL gets a line for each, with its number, and one at last. The lab is left as it was at the beginning,
    also after an interruption. Refused when pytest does not take ARGUMENTS, and when one was killed before it
    had brought the lab back.
    """
    with hold(lab) as held:
        if folder_of(held, BEFORE_REPEATS).exists():
            raise left_over()
        save(held, BEFORE_REPEATS, Report())
    code, failed = 0, []
    try:
        for number in range(1, times + 1):
            if number > 1:
                go_back(lab)
            started = monotonic()
            evidence = f"reports/repeat/{number}"
            code = run_pytest("--lab-reuse", lab.name, "--lab-evidence", evidence, *arguments)
            if code == REFUSED:
                break
            if code:
                failed.append(number)
            word = f"failed, see {evidence}" if code else "passed"
            tell(f"{number} of {times}: {word} after {monotonic() - started:.1f} s")
    finally:
        if code != REFUSED:
            go_back(lab)
        with hold(lab) as held:
            forget(held, BEFORE_REPEATS)
    if code == REFUSED:
        raise Refused(
            "pytest", shlex.join(arguments), "it does not take that, for the reason above; give other"
        )
    which = f": {', '.join(map(str, failed))}" if failed else ""
    tell(f"{len(failed)} of {times} failed ({len(failed) / times:.0%}){which}")
    return len(failed)


def go_back(lab: Lab) -> None:
    """Bring LAB back to the beginning."""
    with hold(lab) as held:
        restore(held, BEFORE_REPEATS, Report())


def left_over() -> Refused:
    """The refusal to begin from what a killed run has left of a lab."""
    mend = "a run that was killed left it: first dslab restore repeat, for the lab as it was before that"
    return Refused("checkpoint", BEFORE_REPEATS, f"{mend}; then dslab forget repeat")
