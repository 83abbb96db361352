"""`python -m lab.exercise.project_gone NAME`: deletes a project with all that is in it, for scripts."""

import os
import sys
from contextlib import closing
from pathlib import Path

from lab.api import connect
from lab.cloud import Cloud
from lab.deadline import Deadline
from lab.tenancy import clear_away


def main() -> None:
    """Do what the command line says."""
    (name,) = sys.argv[1:]
    Deadline.slowness = float(os.environ["PATIENCE"])
    with closing(connect("dietstack-admin", Path(os.environ["CLOUDS_YAML"]))) as api:
        clear_away(Cloud(api), name)


if __name__ == "__main__":
    main()
