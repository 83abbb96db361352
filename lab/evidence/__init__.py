"""What a person would look at next when a test has failed, put into one directory."""

from lab.evidence.collection import Failure, collect_failure, collect_lab

__all__ = ["Failure", "collect_failure", "collect_lab"]
