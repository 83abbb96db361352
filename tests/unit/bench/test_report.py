"""The report of the benchmark."""

from tests.bench.measurement import LIMITS, Budget, Measurement
from tests.bench.report import budgets_table, sizes_table


def last_line(measurement: Measurement) -> str:
    return budgets_table([measurement]).splitlines()[-1]


def test_every_budget_has_a_limit() -> None:
    assert set(LIMITS) == set(Budget)


def test_median_decides() -> None:
    measurement = Measurement(Budget.ACTIVE, [3.0, 9.0, 3.55, 3.9, 2.0])
    assert last_line(measurement) == (
        "| server create to ACTIVE | 4 s | 3.5 s | within; median of 2.0, 3.0, 3.5, 3.9, 9.0 |"
    )


def test_what_is_over_is_said() -> None:
    assert last_line(Measurement(Budget.MEMORY, [2501])) == (
        "| memory of an idle cloud (PSS) | 2500 MB | 2501 MB | **over** |"
    )


def test_budget_itself_is_within() -> None:
    assert Measurement(Budget.RUN_AGAIN, [5.0]).is_within_budget


def test_sizes_are_sorted() -> None:
    assert sizes_table("image", {"nfs": 107.4, "openstack": 655.2}).splitlines() == [
        "| image | MB |",
        "|---|---|",
        "| openstack | 655 |",
        "| nfs | 107 |",
    ]
