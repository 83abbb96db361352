"""What is not well in the labs of a class."""

from lab.errors import LabError, Refused
from lab.labs import lab_called
from lab.status import status_of


def ailments(lab_name: str) -> list[str]:
    """What is not well in the lab called so, each in a line; nothing when all is."""
    try:
        lab = lab_called(lab_name)
        if lab is None:
            return ["it is not there; `dslab class up` makes it again"]
        parts = status_of(lab).parts
    except (LabError, Refused) as error:
        return [str(error)]
    return [f"{part.name} on {part.machine}: {part.say}" for part in parts if not part.well]
