"""What dead runs left behind."""

from collections import Counter
from collections.abc import Iterator, Sequence

from lab.doctor.finding import Finding, bad, good
from lab.errors import LabError
from lab.labs import all_labs
from lab.provider.base import Leftover

CHECK = "stale labs"


def check_stale() -> Finding:
    """Whether there are labs that nobody is at work with, or things on the host of labs that are no more."""
    names = [lab.name for lab in all_labs() if lab.is_stale]
    return judge(names, list(things_left()))


def judge(labs: Sequence[str], things: Sequence[Leftover]) -> Finding:
    """What to say of stale LABS and of the THINGS of dead ones."""
    kinds = Counter(thing.kind for thing in things)
    left = [f"lab {name}" for name in labs] + [f"{kind}: {number}" for kind, number in sorted(kinds.items())]
    return bad(CHECK, ", ".join(left), "dslab prune") if left else good(CHECK, "none")


def things_left() -> Iterator[Leftover]:
    """What the providers find; one that does not answer is another check's finding."""
    from lab.provider.byname import PROVIDERS  # noqa: PLC0415  providers ask the doctor about KVM

    for provider in PROVIDERS.values():
        try:
            yield from provider.leftovers()
        except LabError:
            continue
