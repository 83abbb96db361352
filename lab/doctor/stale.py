"""Labs that dead runs left behind."""

from collections.abc import Sequence

from lab.doctor.finding import Finding, bad, good

CHECK = "stale labs"


def check_stale(left: Sequence[str]) -> Finding:
    """Whether anything is LEFT, in words."""
    if not left:
        return good(CHECK, "none")
    return bad(CHECK, ", ".join(left), "dslab prune")
