"""RabbitMQ: a changed password is in force after a restart, and durable queues survive a kill."""

from tests.functional.infra.services import Services

DECLARE = (
    'rabbit_amqqueue:declare(rabbit_misc:r(<<"/">>, queue, <<"orders">>), true, false, [], none, <<"test">>).'
)


def test_password_is_changed_by_a_restart(services: Services) -> None:
    rabbitmq = services.start("rabbitmq")
    rabbitmq.run("rabbitmqctl", "eval", DECLARE)
    services.set_password("two")
    rabbitmq.restart()
    rabbitmq.await_health()
    assert services.ask_with_password("rabbitmq", "two")
    assert not services.ask_with_password("rabbitmq", "one")
    rabbitmq.kill()
    rabbitmq.start()
    rabbitmq.await_health()
    assert "orders" in rabbitmq.run("rabbitmqctl", "--quiet", "list_queues", "name").split()
    assert {listener.rpartition(":")[0] for listener in services.listeners()} <= {"127.0.0.1", "[::1]"}
    assert "127.0.0.1:5672" in services.listeners()
