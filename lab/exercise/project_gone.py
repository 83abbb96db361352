"""`python -m lab.exercise.project_gone NAME`: deletes a project with all that is in it, for scripts."""

import os
import secrets
import sys
from contextlib import closing
from pathlib import Path

from lab.api import connect
from lab.cloud import Cloud
from lab.deadline import Deadline
from lab.tenancy import open_project, remove_project, renew


def main() -> None:
    """Do what the command line says, as a user of that project who is called like it and goes with it."""
    (name,) = sys.argv[1:]
    Deadline.slowness = float(os.environ["PATIENCE"])
    with closing(connect("dietstack-admin", Path(os.environ["CLOUDS_YAML"]))) as api:
        admin = Cloud(api)
        project = open_project(admin, name, secrets.token_hex(16))
        renew(admin, project)
        remove_project(admin, project)


if __name__ == "__main__":
    main()
