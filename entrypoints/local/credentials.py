"""The file that keeps what `login` got: a token for each index, readable by its user alone."""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import httpx2
from attrs import asdict, field, frozen

_PRIVATE = 0o700


class CredentialsUnusable(click.ClickException):
    """The file is not what it should be; the text is one line that says what to do."""


@frozen
class Credential:
    """A token of somebody.

    Attributes:
        id: of the token, by which the index ends it.
        login: whose it is.
    """

    token: str = field(repr=False)
    id: str
    login: str


class Credentials:
    """The file. It need not be there."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._path

    @classmethod
    def of_user(cls, environment: Mapping[str, str] = os.environ) -> "Credentials":
        """The file of whoever runs this, where the XDG Base Directory Specification has it."""
        wanted = Path(environment.get("XDG_CONFIG_HOME", ""))
        try:
            # Relative paths are to be ignored, says the specification.
            folder = wanted if wanted.is_absolute() else Path.home() / ".config"
        except RuntimeError:
            raise CredentialsUnusable("You have no home directory: set HOME or XDG_CONFIG_HOME.") from None
        return cls(folder / "sls-pypi" / "credentials.json")

    def get(self, url: str) -> Credential | None:
        """What is kept for the index with this base URL.

        Raises:
            CredentialsUnusable: the file makes no sense.
        """
        entry = self._read().get(_key(url))
        match entry:
            case None:
                return None
            case {"token": str(token), "id": str(token_id), "login": str(login)} if (
                token.isascii() and token.isprintable()
            ):
                return Credential(token, token_id, login)
            case _:
                raise self._broken(f"what it says of {url} makes no sense")

    def check(self) -> None:
        """See that something can be kept.

        Raises:
            CredentialsUnusable: the file makes no sense.
            OSError: there can be none.
        """
        with self._changed():
            pass

    def keep(self, url: str, credential: Credential) -> None:
        """Keep it for the index with this base URL, in the place of any other.

        Raises:
            CredentialsUnusable: the file makes no sense.
            OSError: it cannot be written.
        """
        with self._changed() as kept:
            kept[_key(url)] = asdict(credential)

    def drop(self, url: str) -> None:
        """Forget what is kept for the index with this base URL.

        Raises:
            CredentialsUnusable: the file makes no sense.
            OSError: it cannot be written.
        """
        with self._changed() as kept:
            kept.pop(_key(url), None)

    def _read(self) -> dict[str, Any]:
        try:
            kept = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError):
            raise self._broken("it is no JSON") from None
        except OSError as error:
            raise CredentialsUnusable(f"{self._path} cannot be read: {error.strerror}") from None
        if not isinstance(kept, dict):
            raise self._broken("it is no JSON object")
        return kept

    def _broken(self, why: str) -> CredentialsUnusable:
        return CredentialsUnusable(f"{self._path} is damaged ({why}): mend or remove it, then log in again.")

    @contextmanager
    def _changed(self) -> Iterator[dict[str, Any]]:
        """What is kept, to be changed; others wait meanwhile, and nobody ever sees half a file."""
        self._path.parent.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        self._path.parent.chmod(_PRIVATE)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            kept = self._read()
            before = json.dumps(kept)
            yield kept
            if json.dumps(kept) != before:
                self._write(kept)
        finally:
            os.close(folder)

    def _write(self, kept: Mapping[str, Any]) -> None:
        # Some keep their configuration elsewhere and a link here.
        target = self._path.resolve()
        # Made with mode 0600.
        with tempfile.NamedTemporaryFile("w", dir=target.parent, prefix=f".{target.name}-", delete=False) as file:
            try:
                json.dump(kept, file, indent=2)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(target)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise


def _key(url: str) -> str:
    """One spelling for one index."""
    return str(httpx2.URL(url)).rstrip("/")
