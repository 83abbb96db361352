"""What a check says: of each thing that the learner has to do, whether it is done."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class State(StrEnum):
    """How it is with a thing to do; the later one tells more than the earlier."""

    DONE = "done"
    MISSING = "missing"
    FAULT = "fault"  # of the exercise or of its lab: the learner cannot know


class Finding(BaseModel):
    """What the check SAYs of a TASK; nothing of one that is done."""

    model_config = ConfigDict(frozen=True)

    task: str
    state: State
    say: str = ""


class Verdict(BaseModel):
    """What a check found, in the order in which it looked."""

    model_config = ConfigDict(frozen=True)

    findings: tuple[Finding, ...]

    @property
    def state(self) -> State:
        """Of the whole: the worst that was found; finding nothing is a fault."""
        order = list(State)
        return max((one.state for one in self.findings), key=order.index, default=State.FAULT)

    @property
    def passed(self) -> bool:
        """Whether all is done."""
        return self.state is State.DONE

    @property
    def messages(self) -> tuple[str, ...]:
        """What is missing, each with its task, or only what is at fault; nothing when all is done."""
        if self.passed:
            return ()
        return tuple(f"{one.task}: {one.say}" for one in self.findings if one.state is self.state)


def fault(task: str, say: str) -> Verdict:
    """The verdict of a check that has come to none."""
    return Verdict(findings=(Finding(task=task, state=State.FAULT, say=say),))
