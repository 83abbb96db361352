from pathlib import Path

from lab.settings import Settings, read_settings


def test_defaults() -> None:
    settings = Settings.of({})
    assert settings.external_address == "192.168.99.1"
    assert str(settings.external_ip.network) == "192.168.99.0/24"
    assert settings.horizon == "http://192.168.99.1:8082/"


def test_remembered_settings_are_read(tmp_path: Path) -> None:
    (tmp_path / "settings.sh").write_text(
        "# remembered\nEXTERNAL_IP='10.5.0.7/16'\nHORIZON_PORT='80'\nPASSWORDS='it'\\''s one'\n"
    )
    settings = read_settings(tmp_path)
    assert settings.horizon == "http://10.5.0.7:80/"
    assert settings.passwords == "it's one"
