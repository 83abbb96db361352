"""The lab's fixtures and options for all tests; they are made in lab/fixtures."""

pytest_plugins = [
    "lab.fixtures.options",
    "lab.fixtures.machines",
    "lab.fixtures.cloud",
    "lab.fixtures.evidence",
    "pytester",
]
