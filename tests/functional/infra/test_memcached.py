"""memcached: answers on the DS address, and its health check tells when it does not."""

from tests.functional.infra.services import Services

STATISTICS = "exec 3<>/dev/tcp/127.0.0.1/11211; printf 'stats settings\\r\\nquit\\r\\n' >&3; cat <&3"


def test_it_keeps_values_in_64_mb_on_the_ds_address(services: Services) -> None:
    memcached = services.start("memcached")
    assert services.listeners() == ["127.0.0.1:11211"]
    assert f"STAT maxbytes {64 << 20}\n" in memcached.run("bash", "-c", STATISTICS)


def test_a_stopped_memcached_is_found_out(services: Services) -> None:
    memcached = services.start("memcached")
    memcached.run("bash", "-c", "kill -STOP $(pidof memcached)")
    health = memcached.health()
    assert health.returncode == 1
    assert "does not give back a value on 127.0.0.1:11211" in health.stdout
