"""A connection takes nothing from the environment, and waits for no answer for ever."""

import socket
from pathlib import Path

import pytest

from lab.api import NO_ANSWER, connect

CLOUDS = """
clouds:
  dietstack:
    auth: {{auth_url: "http://127.0.0.1:{port}/v3", username: demo, password: secret, project_name: demo}}
"""


def test_a_cloud_that_takes_connections_and_says_nothing(tmp_path: Path) -> None:
    clouds = tmp_path / "clouds.yaml"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        clouds.write_text(CLOUDS.format(port=silent.getsockname()[1]))
        with pytest.raises(NO_ANSWER):
            connect("dietstack", clouds, within=0.2).authorize()
