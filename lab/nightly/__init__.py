"""All scenarios on all providers that a machine has, and a summary to read in a minute."""
