"""`python -m lab`: the same as `dslab`."""

import sys

from lab.cli import main

sys.exit(main())
