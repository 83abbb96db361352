"""MariaDB: what was committed stays, whatever kills the container, and passwords follow the settings."""

import subprocess
import threading

import pytest

from tests.functional.infra.services import Container, Services, docker, wait_for

ENSURE = "/opt/dietstack/services/mariadb/ensure-databases"
ENOUGH_ROWS = 200


def log_in(mariadb: Container, password: str) -> bool:
    query = ["mariadb", "--host=127.0.0.1", "--user=shop", "shop", "--execute=SELECT 1"]
    command = ["docker", "exec", "--env", f"MYSQL_PWD={password}", mariadb.name, *query]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(("service", "program"), [("mariadb", "mariadbd"), ("rabbitmq", "beam.smp")])
def test_what_all_wait_for_goes_first(services: Services, service: str, program: str) -> None:
    processes = docker("top", services.start(service).name, "-o", "pid,ni,comm").splitlines()
    assert [line.split()[1] for line in processes if line.split()[2] == program] == ["-10"]


def test_password_is_set_and_changed(services: Services) -> None:
    mariadb = services.start("mariadb")
    for password, other in (("it's\\one", "two"), ("two", "it's\\one")):
        mariadb.run(ENSURE, stdin=f"shop shop {password}\nstore store x\n")
        assert log_in(mariadb, password)
        assert not log_in(mariadb, other)
    assert set(services.listeners()) == {"127.0.0.1:3306"}


def test_killed_server_has_every_committed_row(services: Services) -> None:
    mariadb = services.start("mariadb")
    mariadb.run("mariadb", "--execute", "CREATE DATABASE shop; CREATE TABLE shop.sale (id INT PRIMARY KEY)")
    committed: list[int] = []

    def insert_until_it_dies() -> None:
        client = ["docker", "exec", "-i", mariadb.name, "mariadb", "--unbuffered", "--skip-column-names"]
        with subprocess.Popen(
            client,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                for row in range(1_000_000):
                    process.stdin.write(f"INSERT INTO shop.sale VALUES ({row}); SELECT {row};\n")  # noqa: S608
                    answer = process.stdout.readline()
                    if not answer:
                        break
                    committed.append(int(answer))
            except BrokenPipeError:
                pass

    inserting = threading.Thread(target=insert_until_it_dies)
    inserting.start()
    wait_for("rows are committed", lambda: len(committed) > ENOUGH_ROWS)
    mariadb.kill()
    inserting.join()
    mariadb.start()
    mariadb.await_health()
    rows = mariadb.run("mariadb", "--skip-column-names", "--execute", "SELECT id FROM shop.sale ORDER BY id")
    assert [int(row) for row in rows.splitlines()][: len(committed)] == committed


def test_first_start_killed_half_way_begins_again(services: Services) -> None:
    half_unpacked = services.state / "mariadb/new/ibdata1"
    half_unpacked.parent.mkdir(parents=True)
    half_unpacked.write_bytes(b"half of it")
    mariadb = services.start("mariadb")
    assert not half_unpacked.exists()
    assert "keystone" in mariadb.run("mariadb", "--execute", "SHOW DATABASES").split()


def test_databases_of_a_new_cloud_have_no_users_yet(services: Services) -> None:
    mariadb = services.start("mariadb")
    users = mariadb.run("mariadb", "--skip-column-names", "--execute", "SELECT user FROM mysql.user")
    assert set(users.split()) == {"root", "mariadb.sys"}


def test_row_that_another_transaction_changed_can_be_written(services: Services) -> None:
    mariadb = services.start("mariadb")
    mariadb.run("mariadb", "--execute", "CREATE DATABASE shop; CREATE TABLE shop.stock (n INT)")
    mariadb.run("mariadb", "--execute", "INSERT INTO shop.stock VALUES (0)")
    transaction = r"""
        START TRANSACTION;
        SELECT n FROM shop.stock;
        \! mariadb --execute 'UPDATE shop.stock SET n = 1'
        UPDATE shop.stock SET n = n + 1;
        COMMIT;
        SELECT n FROM shop.stock;
    """
    assert mariadb.run("mariadb", "--skip-column-names", stdin=transaction).split() == ["0", "2"]
