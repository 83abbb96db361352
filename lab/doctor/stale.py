"""What dead runs left behind."""

from collections import Counter
from typing import TYPE_CHECKING

from lab.doctor.finding import Finding, bad, good

if TYPE_CHECKING:
    from lab.prune import Found

CHECK = "stale labs"


def check_stale() -> Finding:
    """Whether there are labs that nobody is at work with, or things on the host of labs that are no more."""
    from lab.prune import leftovers  # noqa: PLC0415  providers ask the doctor about KVM

    return judge(leftovers())


def judge(left: "Found") -> Finding:
    """What to say of what is LEFT of dead labs."""
    labs = [f"lab {thing.name}" for thing in left.things if thing.kind == "lab"]
    kinds = Counter(thing.kind for thing in left.things if thing.kind != "lab")
    found = labs + [f"{kind}: {number}" for kind, number in sorted(kinds.items())]
    words = "; ".join([", ".join(found) or "none", *left.unseen])
    return bad(CHECK, words, "dslab prune") if found else good(CHECK, words)
