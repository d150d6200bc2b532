"""Settings by environment."""

import pytest

from adapters.oidc_issuers import ISSUERS
from domain.identity_claims import Kind
from infrastructure.setting_urls import WrongSetting
from infrastructure.settings import Settings


def test_access_logs_are_kept_for_thirty_days_unless_somebody_says_otherwise() -> None:
    assert Settings.from_environment({}).log_days == 30
    assert Settings.from_environment({"SLS_PYPI_LOG_DAYS": "7"}).log_days == 7
    assert Settings.from_environment({"SLS_PYPI_LOG_DAYS": "0"}).log_days == 0


@pytest.mark.parametrize(
    ("name", "number", "most"),
    [("LOG_DAYS", "800000", "36500"), ("PORT", "65536", "65535"), ("MAX_RATIO", "9" * 30, "")],
)
def test_numbers_have_an_end(name: str, number: str, most: str) -> None:
    with pytest.raises(WrongSetting, match=f"SLS_PYPI_{name} is {number}; give at most {most}"):
        Settings.from_environment({f"SLS_PYPI_{name}": number})


def test_all_packages_are_counted_by_one_query_unless_somebody_says_otherwise() -> None:
    assert Settings.from_environment({}).packages_a_query == 0
    assert Settings.from_environment({"SLS_PYPI_PACKAGES_A_QUERY": "1"}).packages_a_query == 1


@pytest.mark.parametrize("name", ["SLS_PYPI_LOG_DAYS", "SLS_PYPI_PACKAGES_A_QUERY"])
@pytest.mark.parametrize("value", ["-1", "many", "1.5"])
def test_a_number_that_makes_no_sense_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=name):
        Settings.from_environment({name: value})


def test_github_is_where_everybody_expects_it_unless_somebody_says_otherwise() -> None:
    usual = Settings.from_environment({})
    assert (usual.github_url, usual.github_api_url) == ("https://github.com", "https://api.github.com")

    told = {
        "SLS_PYPI_GITHUB_URL": "http://localhost:3000/",
        "SLS_PYPI_GITHUB_API_URL": "https://git.example.org/api/v3/",
    }
    other = Settings.from_environment(told)
    assert other.github_api_url == "https://git.example.org/api/v3"
    assert other.site().github_url == other.github_url == "http://localhost:3000"


@pytest.mark.parametrize("name", ["SLS_PYPI_GITHUB_URL", "SLS_PYPI_GITHUB_API_URL"])
@pytest.mark.parametrize(
    "value",
    [
        "github.com",
        "ftp://github.com",
        "https://",
        "https://:443",
        "https://u:p@github.com",
        "https://github.com/?a=b",
        "https://github.com/#a",
        "https://git hub.com",
        "https://github.com:many",
        "https://github.com:99999",
        "https://[::1",
        "https://github.com/\n",
    ],
)
def test_a_url_of_github_that_makes_no_sense_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=name):
        Settings.from_environment({name: value})


def test_the_app_at_github_is_told_and_its_secret_never_shown() -> None:
    assert not Settings.from_environment({}).github_app.is_complete
    told = {
        "SLS_PYPI_GITHUB_URL": "https://git.example.org",
        "SLS_PYPI_GITHUB_CLIENT_ID": " Iv1.abc ",
        "SLS_PYPI_GITHUB_CLIENT_SECRET": "hush-hush\n",
    }
    settings = Settings.from_environment(told)
    app = settings.github_app
    assert app.is_complete
    assert (app.url, app.client_id, app.client_secret) == ("https://git.example.org", "Iv1.abc", "hush-hush")
    assert "hush" not in repr(settings) + repr(app) + repr(settings.site())


@pytest.mark.parametrize("missing", ["SLS_PYPI_GITHUB_CLIENT_ID", "SLS_PYPI_GITHUB_CLIENT_SECRET"])
def test_half_an_app_is_none(missing: str) -> None:
    told = {"SLS_PYPI_GITHUB_CLIENT_ID": "id", "SLS_PYPI_GITHUB_CLIENT_SECRET": "hush", missing: ""}
    assert not Settings.from_environment(told).github_app.is_complete


def test_trusted_publishing_is_on_for_those_whom_everybody_uses() -> None:
    settings = Settings.from_environment({})
    assert settings.trusted_publishing
    assert settings.oidc_issuers == ISSUERS


def test_trusted_publishing_is_switched_off_and_led_elsewhere() -> None:
    told = {
        "SLS_PYPI_TRUSTED_PUBLISHING": "off",
        "SLS_PYPI_OIDC_GITHUB_ISSUER": "https://git.example.org/_services/token/",
        "SLS_PYPI_OIDC_GITLAB_ISSUER": "http://127.0.0.1:8080",
    }
    settings = Settings.from_environment(told)
    assert not settings.trusted_publishing
    assert settings.oidc_issuers == {
        Kind.GITHUB: "https://git.example.org/_services/token",
        Kind.GITLAB: "http://127.0.0.1:8080",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLS_PYPI_TRUSTED_PUBLISHING", "no"),
        ("SLS_PYPI_OIDC_GITHUB_ISSUER", "http://git.example.org"),
        ("SLS_PYPI_OIDC_GITLAB_ISSUER", "gitlab.example.org"),
    ],
)
def test_who_cannot_say_who_a_workflow_is_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=name):
        Settings.from_environment({name: value})


@pytest.mark.parametrize("name", ["SLS_PYPI_BASE_URL", "SLS_PYPI_UPSTREAM", "SLS_PYPI_BUILD_INDEX_URL"])
def test_a_wrong_url_is_refused_by_the_name_of_its_variable(name: str) -> None:
    with pytest.raises(WrongSetting, match=name):
        Settings.from_environment({name: "ftp://x"})


def test_the_index_of_builds_may_have_a_password() -> None:
    told = Settings.from_environment({"SLS_PYPI_BUILD_INDEX_URL": "https://user:geheim@mirror.example/simple"})
    assert told.build.index_url == "https://user:geheim@mirror.example/simple/"
    assert "geheim" not in repr(told)


@pytest.mark.parametrize("name", ["SLS_PYPI_BUILD_INDEX_URL", "SLS_PYPI_UPSTREAM"])
@pytest.mark.parametrize(
    "value", ["https://user:geheim@mirror.example/simple/?a#b", "https://user:geheim@[::1/simple/"]
)
def test_a_password_in_the_url_of_an_index_is_not_repeated(name: str, value: str) -> None:
    with pytest.raises(WrongSetting) as refused:
        Settings.from_environment({name: value})
    assert "geheim" not in str(refused.value)
