"""Settings: flags, then variables, then the file; each with its source, and what is wrong in a line."""

from ipaddress import ip_network

import pytest

from tertulia.runtime.configuration import Configuration, SettingsWrong, read_configuration
from tertulia.runtime.settings import Settings, origin


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    """An empty folder and no variables of the product."""
    monkeypatch.chdir(tmp_path)
    for name in ("TERTULIA_TOKEN", "TERTULIA_URL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def row(configuration: Configuration, name: str) -> tuple[str, str]:
    """The value and the source of a setting, as they are printed."""
    return next((value, source) for found, value, source in configuration.rows() if found == name)


def refusal(**flags: object) -> tuple[str, ...]:
    with pytest.raises(SettingsWrong) as refused:
        read_configuration(flags)
    return refused.value.lines


def test_without_a_word_everything_has_a_default():
    configuration = read_configuration({})
    assert configuration.settings.port == 8000
    assert {source for _, _, source in configuration.rows()} == {"default"}


def test_flags_go_before_variables_and_those_before_the_file(here, monkeypatch):
    (here / "house.toml").write_text("port = 1\nhost = '::1'\nguests = 'off'\n", "utf-8")
    monkeypatch.setenv("TERTULIA_CONFIG", "house.toml")
    monkeypatch.setenv("TERTULIA_PORT", "2")
    monkeypatch.setenv("TERTULIA_HOST", "::2")
    configuration = read_configuration({"port": "3"})
    assert row(configuration, "port") == ("3", "--port")
    assert row(configuration, "host") == ("::2", "TERTULIA_HOST")
    assert row(configuration, "guests") == ("off", "house.toml")
    assert row(configuration, "data") == ("tertulia-data", "default")


def test_a_file_in_the_data_folder_is_found(here, monkeypatch):
    (here / "mine").mkdir()
    (here / "mine" / "tertulia.toml").write_text("port = 7\n", "utf-8")
    monkeypatch.setenv("TERTULIA_DATA", "mine")
    assert row(read_configuration({}), "port") == ("7", "mine/tertulia.toml")


def test_a_flag_that_was_not_given_counts_for_nothing(monkeypatch):
    monkeypatch.setenv("TERTULIA_PORT", "2")
    assert read_configuration({"port": None}).settings.port == 2


def test_limits_are_settings_one_by_one(here, monkeypatch):
    (here / "house.toml").write_text("[limits]\ntext = 100\nname = 20\n", "utf-8")
    monkeypatch.setenv("TERTULIA_LIMITS__NAME", "30")
    configuration = read_configuration({"config": here / "house.toml"})
    assert configuration.settings.limits.text == 100
    assert row(configuration, "limits.name") == ("30", "TERTULIA_LIMITS__NAME")


def test_lists_are_written_with_commas(monkeypatch):
    monkeypatch.setenv("TERTULIA_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8")
    monkeypatch.setenv("TERTULIA_ALLOWED_ORIGINS", "https://Example.org:443")
    settings = read_configuration({"services": "presence,conversations,accounts"}).settings
    assert settings.trusted_proxies == (ip_network("127.0.0.1"), ip_network("10.0.0.0/8"))
    assert settings.allowed_origins == ("https://example.org",)
    assert settings.services == ("accounts", "conversations", "presence")


def test_a_secret_is_masked(monkeypatch):
    monkeypatch.setenv("TERTULIA_SETUP_CODE", "azafran")
    configuration = read_configuration({})
    assert row(configuration, "setup_code") == ("********", "TERTULIA_SETUP_CODE")
    assert "azafran" not in repr(configuration)


def test_rate_limits_are_turned_off_in_a_word(monkeypatch):
    monkeypatch.setenv("TERTULIA_RATE_LIMITS", "off")
    assert read_configuration({}).settings.rate_limits is False


class TestWrong:
    def test_a_value_names_its_setting_and_its_source(self, monkeypatch):
        monkeypatch.setenv("TERTULIA_PORT", "many")
        (line,) = refusal()
        assert line.startswith("port (TERTULIA_PORT): ")
        assert "'many'" in line

    @pytest.mark.parametrize("name", ["TERTULIA_PROT", "TERTULIA_LIMITS__TEXTS"])
    def test_an_unknown_variable(self, monkeypatch, name):
        monkeypatch.setenv(name, "1")
        assert refusal() == (f"{name}: there is no such setting",)

    def test_an_unknown_setting_in_the_file(self, here):
        (here / "house.toml").write_text("prot = 1\n[limits]\ntexts = 1\n", "utf-8")
        assert set(refusal(config="house.toml")) == {
            "prot (house.toml): there is no such setting",
            "limits.texts (house.toml): there is no such setting",
        }

    def test_a_file_that_is_not_there(self):
        assert refusal(config="nowhere.toml") == ("there is no nowhere.toml",)

    def test_a_file_that_is_not_toml(self, here):
        (here / "house.toml").write_text("port: 1", "utf-8")
        (line,) = refusal(config="house.toml")
        assert line.startswith("house.toml: ")

    @pytest.mark.parametrize(
        ("flags", "reason"),
        [
            ({"base_url": "https://example.org/chat"}, "must have no path"),
            ({"base_url": "example.org"}, "must be like"),
            ({"base_url": "https://ana@example.org"}, "must be like"),
            ({"services": "gateway,chat"}, "there is no chat"),
            ({"services": ","}, "at least 1 item"),
            ({"trusted_proxies": "proxy.local"}, "must be addresses or networks"),
            ({"port": 70_000}, "less than or equal to 65535"),
            ({"guests": "some"}, "'local', 'on' or 'off'"),
            ({"log_level": "loud"}, "'debug'"),
            ({"stop_seconds": 0}, "greater than 0"),
        ],
    )
    def test_a_value_that_cannot_be(self, flags, reason):
        (line,) = refusal(**flags)
        assert reason in line
        assert line.startswith(next(iter(flags)))

    def test_a_negative_limit(self, monkeypatch):
        monkeypatch.setenv("TERTULIA_LIMITS__TEXT", "-1")
        assert "must not be negative" in refusal()[0]

    def test_the_value_of_a_secret_is_not_repeated(self, here):
        (here / "house.toml").write_text("setup_code = [1234567]\n", "utf-8")
        (line,) = refusal(config="house.toml")
        assert line.startswith("setup_code (house.toml)")
        assert "1234567" not in line


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("https://Chat.Example.org/", "https://chat.example.org"),
        ("https://chat.example.org:443", "https://chat.example.org"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(typed, meant):
    assert origin(typed) == meant


def test_settings_in_a_program_are_arguments(here):
    assert Settings(data=here / "chat", guests="off").guests == "off"
