"""The operator's account: clients, who they are, and what went wrong, in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    import boto3

DEFAULT_REGION = "us-east-1"
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
"""Lambda's names of its processors, and those of wheels."""


class CloudUnusable(Exception):
    """Something of AWS cannot be used; the text says what to do."""


@frozen
class Identity:
    """Who the credentials are."""

    account: str
    arn: str


def session(region: str) -> "boto3.Session":
    """A session with the caller's own credentials, and with their endpoints (`AWS_ENDPOINT_URL`, `.._<SERVICE>`).

    Raises:
        CloudUnusable: boto3 is not installed.
    """
    try:
        import boto3  # noqa: PLC0415 - of the extra `aws`: only those need it who run an index there
    except ImportError:
        raise CloudUnusable("This needs boto3: run `pip install 'sls-pypi[aws]'`.") from None
    with explained():
        return boto3.Session(region_name=region)


def whoami(clients: "boto3.Session") -> Identity:
    """The account and the user or role behind the credentials."""
    answer = clients.client("sts").get_caller_identity()
    return Identity(answer["Account"], answer["Arn"])


@contextmanager
def explained() -> Iterator[None]:
    """Turn what boto3 raises inside into one line that says what to do.

    Raises:
        CloudUnusable: instead of any exception of boto3.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as boto3 itself

    try:
        yield
    except ClientError as error:
        raise CloudUnusable(_of_service(error.response.get("Error", {}), error.operation_name)) from error
    except BotoCoreError as error:
        raise CloudUnusable(_of_client(error)) from error
    except ValueError as error:
        # Of the address of a service boto3 says so, and nothing else of the kind.
        if not str(error).startswith("Invalid endpoint"):
            raise
        raise CloudUnusable(f"{error}: set AWS_ENDPOINT_URL to a URL, or not at all.") from error


_CREDENTIALS = (
    "run `aws configure` or `aws sso login`, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)
_BY_CODE = {
    **dict.fromkeys(
        ("ExpiredToken", "ExpiredTokenException", "RequestExpired"),
        "The AWS credentials have expired: log in again, for instance with `aws sso login`.",
    ),
    **dict.fromkeys(
        (
            "AuthFailure",
            "InvalidAccessKeyId",
            "InvalidClientTokenId",
            "SignatureDoesNotMatch",
            "UnrecognizedClientException",
        ),
        f"AWS does not know these credentials: {_CREDENTIALS}.",
    ),
}
_DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "UnauthorizedOperation",
        "403",
    }
)


def _of_service(error: Any, operation: str) -> str:  # noqa: ANN401 - as boto3 types it
    code, message = str(error.get("Code", "")), " ".join(str(error.get("Message", "")).split())
    if code in _BY_CODE:
        return _BY_CODE[code]
    if code in _DENIED:
        told = f" ({message.rstrip('.')})" if message else ""
        return f"These AWS credentials may not do {operation}{told}. docs/operator.md lists what an operator needs."
    return f"AWS refused {operation}: {message or code}"


def _of_client(error: Exception) -> str:
    name, message = type(error).__name__, " ".join(str(error).split())
    match name:
        case "NoCredentialsError" | "PartialCredentialsError" | "CredentialRetrievalError":
            return f"No AWS credentials were found: {_CREDENTIALS}."
        case "ProfileNotFound":
            return f"{message}: set AWS_PROFILE to one of `aws configure list-profiles`."
        case "TokenRetrievalError" | "SSOTokenLoadError" | "UnauthorizedSSOTokenError":
            return f"The AWS login has expired: run `aws sso login` ({message.rstrip('.')})."
        case "EndpointConnectionError" | "ConnectTimeoutError" | "ReadTimeoutError" | "ProxyConnectionError":
            return f"AWS cannot be reached: {message}"
        case _:
            return f"boto3 failed: {message}"
