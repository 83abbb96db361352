"""Measures the cloud of this machine, or labs, and prints what docs/performance.md reports, as Markdown.

Exit codes: 0 measured, 1 something failed, 2 refused. Progress goes to stderr.
"""

import argparse
import getpass
import os
import sys
from pathlib import Path
from subprocess import CalledProcessError

from lab.doctor.finding import PROVIDERS
from lab.errors import LabError, Refused
from tests.bench.cloud import measure_cloud
from tests.bench.lab import measure_lab

CHECKOUT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Measure what the options ask for and print it."""
    try:
        measure(parse_options())
    except Refused as refusal:
        return say("refused", str(refusal), 2)
    except LabError as error:
        return say("failed", str(error), 1)
    except CalledProcessError as error:  # what it had to say is on stderr already
        return say("failed", f"{' '.join(map(str, error.cmd))} returned {error.returncode}", 1)
    return 0


def measure(options: argparse.Namespace) -> None:
    """Measure what OPTIONS ask for, or Refused."""
    if options.lab and (options.restart or options.from_scratch):
        raise Refused(
            "--restart or --from-scratch", None, "they are for this machine's cloud; leave out --lab"
        )
    if not options.lab and (options.provider or options.ten_nodes):
        raise Refused("--provider or --ten-nodes", None, "they are for labs; add --lab")
    if os.geteuid() != 0:
        raise Refused(
            "user", getpass.getuser(), "only root reads the memory of all processes; run it as root"
        )
    if options.lab:
        measure_lab(CHECKOUT, options.provider, ten_nodes=options.ten_nodes)
    else:
        measure_cloud(CHECKOUT, restart=options.restart, from_scratch=options.from_scratch)


def parse_options() -> argparse.Namespace:
    """The options that the command line gives."""
    parser = argparse.ArgumentParser(prog="tests/tox.sh -e bench --", description=__doc__)
    parser.add_argument("--restart", action="store_true", help="restart all containers, too")
    parser.add_argument(
        "--from-scratch",
        action="store_true",
        help="remove the cloud with all that is in it first, and measure a first deployment",
    )
    parser.add_argument("--lab", action="store_true", help="measure labs, made and removed for it")
    parser.add_argument("--provider", choices=PROVIDERS, default="", help="where their machines come from")
    parser.add_argument("--ten-nodes", action="store_true", help="make one of ten machines, too")
    return parser.parse_args()


def say(kind: str, text: str, code: int) -> int:
    """Say in one line on stderr why it ended; returns CODE."""
    sys.stderr.write(f"{kind}: {text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
