"""Where things are in the checkout that the lab runs from."""

from pathlib import Path

ROOT = Path(__file__).parent.parent


def release() -> str:
    """The release of DietStack, by which its images are tagged."""
    return (ROOT / "images/release").read_text().strip()
