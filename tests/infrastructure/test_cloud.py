"""Whatever AWS and boto3 say becomes one line that says what to do."""

import sys
from typing import Any

import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from infrastructure import cloud
from infrastructure.cloud import CloudUnusable, explained


def refusal(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "DoThis")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (exceptions.NoCredentialsError(), "No AWS credentials were found: run `aws configure`"),
        (exceptions.PartialCredentialsError(provider="env", cred_var="x"), "No AWS credentials were found"),
        (exceptions.ProfileNotFound(profile="work"), "set AWS_PROFILE"),
        (exceptions.UnauthorizedSSOTokenError(), "run `aws sso login`"),
        (exceptions.EndpointConnectionError(endpoint_url="http://x"), "AWS cannot be reached"),
        (exceptions.ParamValidationError(report="a\nb"), "boto3 failed"),
        (ValueError("Invalid endpoint: nonsense"), "Invalid endpoint: nonsense: set AWS_ENDPOINT_URL to a URL"),
        (refusal("ExpiredToken"), "have expired: log in again"),
        (refusal("ExpiredTokenException"), "have expired: log in again"),
        (refusal("InvalidClientTokenId"), "AWS does not know these credentials"),
        (refusal("AccessDenied", "no\npolicy."), "may not do DoThis (no policy). docs/operator.md"),
        (refusal("403"), "may not do DoThis. docs/operator.md"),
        (refusal("Throttling", "Rate exceeded"), "AWS refused DoThis: Rate exceeded"),
        (refusal("Odd"), "AWS refused DoThis: Odd"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value[:30],
)
def test_what_went_wrong_is_one_line(error: BotoCoreError | ClientError | ValueError, line: str) -> None:
    with pytest.raises(CloudUnusable) as caught, explained():
        raise error
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


def test_faults_that_are_not_of_aws_stay_what_they_are() -> None:
    with pytest.raises(KeyError), explained():
        raise KeyError


def test_without_boto3_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(CloudUnusable, match=r"pip install 'sls-pypi\[aws\]'"):
        cloud.session("us-east-1")


@pytest.fixture
def without_boto3(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in ("boto3", "botocore")]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("boto3", "botocore"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.usefixtures("without_boto3")
@pytest.mark.parametrize(
    "arguments", [["deploy"], ["destroy"], ["verify", "--stack", "x"], ["token", "create", "alice", "--stack", "x"]]
)
def test_commands_need_it_for_a_stack_only(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    from entrypoints.local.__main__ import main  # noqa: PLC0415 - with boto3 gone

    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 1
    said: Any = capsys.readouterr()
    assert said.err == "sls-pypi: This needs boto3: run `pip install 'sls-pypi[aws]'`.\n"


def test_what_is_wrong_here_is_not_blamed_on_the_address() -> None:
    with pytest.raises(ValueError, match="mine"), explained():
        raise ValueError("mine")
