"""The errors that services logged: a line for each, whatever its message and its traceback look like."""

from pathlib import Path

from lab.evidence.logged_errors import MOST_OF_A_LOG, errors_in, logged_errors

# What oslo.log writes, an error of an instance, of a library, and of a handler without a context among it.
LOG = """\
2030-01-31 12:00:01.238 7 INFO nova.compute.manager [None req-1 u p - - - -] fine
2030-01-31 12:00:01.239 7 ERROR nova.compute.manager [None req-1 u p - - - -] it broke
in two lines: RuntimeError: outer
second line
2030-01-31 12:00:01.239 7 ERROR nova.compute.manager Traceback (most recent call last):
2030-01-31 12:00:01.239 7 ERROR nova.compute.manager   File "manager.py", line 9, in spawn
2030-01-31 12:00:01.239 7 ERROR nova.compute.manager KeyError: 'a'
2030-01-31 12:00:01.239 7 ERROR nova.compute.manager
2030-01-31 12:00:01.239 7 ERROR nova.compute.manager The above exception was the direct cause of [...]:
2030-01-31 12:00:01.239 7 ERROR nova.compute.manager
2030-01-31 12:00:01.239 7 ERROR nova.compute.manager RuntimeError: outer
2030-01-31 12:00:01.239 7 ERROR nova.compute.manager second line
2030-01-31 12:00:01.239 7 ERROR nova.compute.manager
2030-01-31 12:00:01.239 7 ERROR nova.compute.manager [-] [instance: 12-34] no build: KeyError: 'a'
2030-01-31 12:00:01.239 7 ERROR nova.compute.manager [instance: 12-34] Traceback (most recent call last):
2030-01-31 12:00:01.239 7 ERROR nova.compute.manager [instance: 12-34] KeyError: 'a'
2030-01-31 12:00:01.239 7 ERROR nova.compute.manager [instance: 12-34]
2030-01-31 12:00:02.000 7 WARNING oslo.messaging [-] No ERROR at all
2030-01-31 12:00:02.001 7 WARNING nova.compute.manager [-] tried again: OSError: busy
2030-01-31 12:00:02.001 7 ERROR nova.compute.manager Traceback (most recent call last):
2030-01-31 12:00:02.001 7 ERROR nova.compute.manager OSError: busy
2030-01-31 12:00:03.000 7 CRITICAL nova Unhandled error
2030-01-31 12:00:03.000 7 ERROR nova OSError: no disk
2030-01-31 12:00:03.001 7 ERROR nova no context, another time
"""


def write(directory: Path, machine: str, log: str, text: str) -> None:
    (directory / machine).mkdir(exist_ok=True)
    (directory / machine / f"log-{log}.txt").write_text(text)


def errors(hour: int, number: int) -> str:
    return "".join(f"2030-01-31 {hour}:00:{second:02} 1 ERROR a [-] e{second}\n" for second in range(number))


def test_each_error_is_its_message_and_the_end_of_its_traceback() -> None:
    assert [str(record) for record in errors_in(LOG.splitlines())] == [
        "2030-01-31 12:00:01.239 7 ERROR nova.compute.manager [None req-1 u p - - - -] it broke: second line",
        "2030-01-31 12:00:01.239 7 ERROR nova.compute.manager [-] [instance: 12-34] no build: KeyError: 'a'",
        "2030-01-31 12:00:03.000 7 CRITICAL nova Unhandled error: OSError: no disk",
        "2030-01-31 12:00:03.001 7 ERROR nova no context, another time",
    ]


def test_logs_come_in_the_order_of_their_first_errors(tmp_path: Path) -> None:
    write(tmp_path, "compute1", "nova-compute.log", errors(12, 1))
    write(tmp_path, "control", "nova-api.log", errors(11, 2))
    write(tmp_path, "control", "nova-workers.log", "2030-01-31 10:00:00 1 INFO a [-] fine\n")
    assert logged_errors(tmp_path) == [
        "control nova-api.log:",
        "  2030-01-31 11:00:00 1 ERROR a [-] e0",
        "  2030-01-31 11:00:01 1 ERROR a [-] e1",
        "compute1 nova-compute.log:",
        "  2030-01-31 12:00:00 1 ERROR a [-] e0",
    ]


def test_of_many_errors_the_first_are_told(tmp_path: Path) -> None:
    write(tmp_path, "control", "nova-api.log", errors(12, MOST_OF_A_LOG + 3))
    told = logged_errors(tmp_path)
    assert told[MOST_OF_A_LOG:] == ["  2030-01-31 12:00:09 1 ERROR a [-] e9", "  and 3 more"]
