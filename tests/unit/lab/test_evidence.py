from lab.evidence import troubles

LINES = [
    "2030-01-31 10:00:00.000 1 ERROR nova old",
    "2030-01-31 12:00:00.000 1 INFO nova fine",
    "2030-01-31 12:00:01.000 1 ERROR nova broken",
    "Traceback of something without a time ERROR ",
]


def test_only_errors_of_the_test_s_time_are_shown() -> None:
    assert list(troubles(LINES, "2030-01-31 11:59:59")) == [LINES[2]]
