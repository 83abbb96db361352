"""The agents against a real neutron server, RabbitMQ and MariaDB."""
