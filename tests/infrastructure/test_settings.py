"""Settings by environment."""

import pytest

from infrastructure.settings import Settings, WrongSetting


def test_access_logs_are_kept_for_thirty_days_unless_somebody_says_otherwise() -> None:
    assert Settings.from_environment({}).log_days == 30
    assert Settings.from_environment({"SLS_PYPI_LOG_DAYS": "7"}).log_days == 7
    assert Settings.from_environment({"SLS_PYPI_LOG_DAYS": "0"}).log_days == 0


def test_all_packages_are_counted_by_one_query_unless_somebody_says_otherwise() -> None:
    assert Settings.from_environment({}).packages_a_query == 0
    assert Settings.from_environment({"SLS_PYPI_PACKAGES_A_QUERY": "1"}).packages_a_query == 1


@pytest.mark.parametrize("name", ["SLS_PYPI_LOG_DAYS", "SLS_PYPI_PACKAGES_A_QUERY"])
@pytest.mark.parametrize("value", ["-1", "many", "1.5"])
def test_a_number_that_makes_no_sense_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=name):
        Settings.from_environment({name: value})
