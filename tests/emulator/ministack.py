"""A running MiniStack: an AWS account on a loopback port."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import boto3
import httpx2
from attrs import field, frozen
from botocore.config import Config

from tests.emulator.athena import Athena
from tests.emulator.environment import ROOT, prepared
from tests.emulator.proxy import Front, Seen

# The path is not that of the functions, which the emulator starts: they have their bundle and boto3 only.
START = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests.emulator.start import main; main()"
START_SECONDS = 60
STOP_SECONDS = 10
REGION = "us-east-1"
ACCOUNT = "000000000000"
# The emulator's root user; there is nothing behind it.
KEY = SECRET = "test"  # noqa: S105 (the emulator's own default)
# What the emulator, and so the functions, may know of this machine.
KEPT = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE")


class NotStartedError(AssertionError):
    """The emulator ended, or did not answer in time."""


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@frozen
class MiniStack:
    """A running emulator.

    Attributes:
        endpoint: URL of every service.
        output: file with what it says; a function's own output is in its log group.
        athena: runs the queries.
        seen: requests to distributions, oldest first; CloudFront's logs of them are not emulated.
    """

    endpoint: str
    output: Path
    athena: Athena
    _process: "subprocess.Popen[bytes]" = field(repr=False)
    seen: list[Seen] = field(factory=list, repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """Variables with which boto3, in whatever process, talks to it as the account's root user."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def client(self, service: str, **credentials: str) -> Any:
        """A client of one service, by default as root; `credentials` as `boto3.client` takes them."""
        return boto3.client(
            service,  # type: ignore[call-overload]  # any service
            region_name=REGION,
            endpoint_url=self.endpoint,
            config=Config(account_id_endpoint_mode="disabled", retries={"total_max_attempts": 3}),
            **{"aws_access_key_id": KEY, "aws_secret_access_key": SECRET} | credentials,
        )

    @contextmanager
    def in_front_of(self, domain: str) -> Iterator[str]:
        """A URL at which plain HTTP clients reach a distribution."""
        front = Front(self.endpoint, domain, self.seen.append)
        try:
            yield front.url
        finally:
            front.close()

    def ready(self) -> bool:
        """Whether it serves.

        Raises:
            NotStartedError: it ended.
        """
        if self._process.poll() is not None:
            raise NotStartedError(f"MiniStack ended with {self._process.returncode}: {self.output.read_text()[-4000:]}")
        try:
            return httpx2.get(f"{self.endpoint}/_ministack/ready", trust_env=False, timeout=5).is_success
        except httpx2.TransportError:
            return False


def end(process: "subprocess.Popen[bytes]") -> None:
    """Stop the emulator and the functions that it started."""
    process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    # The functions are of its process group.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(STOP_SECONDS)
    if process.stdin is not None:
        process.stdin.close()


@contextmanager
def running(folder: Path, *, auth: bool = False, output: Path | None = None) -> Iterator[MiniStack]:
    """An empty account.

    Args:
        folder: for its files while it runs.
        auth: whether policies are enforced.
        output: where it writes what it says, else below `folder`.

    Raises:
        NoInterpreterError: CPython 3.13 is missing.
        NotStartedError: it could not start.
    """
    python = prepared()
    port = free_port()
    output = output or folder / "ministack.log"
    athena = Athena()
    environment = {key: value for key, value in os.environ.items() if key in KEPT} | {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "AUTH": "true" if auth else "false",
        "S3_DATA_DIR": str(folder / "s3"),
        "STATE_DIR": str(folder / "state"),
        "DOCKER_HOST": f"unix://{folder}/no-docker.sock",
        "ATHENA_URL": athena.url,
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    with output.open("wb") as log:
        process = subprocess.Popen(
            [python, "-P", "-c", START],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,  # it ends with whoever holds the other end
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        emulator = MiniStack(f"http://127.0.0.1:{port}", output, athena, process)
        athena.over(emulator.client)
        deadline = time.monotonic() + START_SECONDS
        while not emulator.ready():
            if time.monotonic() > deadline:
                raise NotStartedError(f"MiniStack did not answer in {START_SECONDS} s: {output.read_text()[-4000:]}")
            time.sleep(0.1)
        yield emulator
    finally:
        end(process)
        athena.close()
