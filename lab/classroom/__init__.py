"""Classes: a trainer's file, seats with credentials of their own, and what became of each seat."""
