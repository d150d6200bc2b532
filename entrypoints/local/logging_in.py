"""`login` and `logout`: a command line gets a token of whoever sits at it, by GitHub's device flow, and ends it."""

import socket
import sys
import time
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import quote

import click
from attrs import field, frozen

from entrypoints.local.calling import IndexClient
from entrypoints.local.credentials import Credential, Credentials
from entrypoints.local.sending import NotTaken, Unreachable, client, one_line

_LONGEST_NAME = 100
_SHORTEST, _LONGEST = 1, 120  # seconds
_FAULTS_IN_A_ROW = 5
_ENDED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)


@frozen
class _Started:
    """A login that has begun. `lasts` and `interval` are in seconds."""

    handle: str = field(repr=False)
    user_code: str
    address: str
    lasts: int
    interval: int


def login(url: str, credentials: Credentials) -> int:
    """Log in to the index with this base URL; returns the exit status."""
    with client() as http:
        log_in(IndexClient(url, http), credentials, lambda token: IndexClient(url, http, token))
    return 0


def logout(url: str, credentials: Credentials) -> int:
    """Log out of the index with this base URL; returns the exit status."""
    kept = credentials.get(url)
    if kept is None:
        sys.stdout.write(f"Not logged in to {url}.\n")
        return 0
    with client() as http:
        try:
            _end(IndexClient(url, http, kept.token), kept)
        except Unreachable as fault:
            raise click.ClickException(
                f"{fault}. You are still logged in; if that index is gone for good, remove it from {credentials.path}."
            ) from None
    credentials.drop(url)
    sys.stdout.write(f"Logged out of {url}, where {one_line(kept.login)}'s token has been revoked.\n")
    return 0


def log_in(
    index: IndexClient,
    credentials: Credentials,
    index_as: Callable[[str], IndexClient],
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Have somebody log in, and keep their token.

    Args:
        index: where to.
        credentials: where the token is kept.
        index_as: the same index, asked with a token.
        pause: waits for so many seconds.

    Raises:
        CredentialsUnusable: no token can be kept.
        click.ClickException: nobody has logged in; the text says why.
    """
    credentials.check()
    before = credentials.get(index.url)
    try:
        started = _started(index.post("/login/device", {"name": _name()}), index)
        _say(f"Open   {started.address}", f"Enter  {started.user_code}", "")
        _say(f"Waiting up to {max(1, started.lasts // 60)} minutes for you to agree there; Ctrl-C stops.")
        made = _made(index, started, pause)
    except (NotTaken, Unreachable) as fault:
        raise click.ClickException(str(fault)) from None
    try:
        credentials.keep(index.url, made)
    except BaseException:
        _end(index_as(made.token), made)
        raise
    if before is not None:
        _forget(index_as(before.token), before)
    _say(f"Logged in to {index.url} as {one_line(made.login)}. The token is kept in {credentials.path}.")


def _made(index: IndexClient, started: _Started, pause: Callable[[float], None]) -> Credential:
    """What somebody gets who agrees at GitHub, which may take some minutes."""
    waited, interval, faults = 0, started.interval, 0
    while waited < started.lasts:
        pause(interval)
        waited += interval
        try:
            told = index.post("/login/device/token", {"device": started.handle})
        except (NotTaken, Unreachable) as fault:
            is_over = isinstance(fault, NotTaken) and fault.status < HTTPStatus.INTERNAL_SERVER_ERROR
            faults += 1
            if is_over or faults == _FAULTS_IN_A_ROW:
                raise
            if faults == 1:
                click.echo(f"sls-pypi: {fault} Trying again.", err=True)
            continue
        faults = 0
        match told:
            case {"token": str(token), "login": str(name), "id": str(token_id)} if (
                token.isascii() and token.isprintable()
            ):
                return Credential(token, token_id, name)
            case {"interval": int(wanted)}:
                interval = _bounded(wanted)
            case _:
                raise _unknown(index)
    raise click.ClickException("Nobody has agreed in time: start again.")


def _started(told: object, index: IndexClient) -> _Started:
    match told:
        case {
            "device": str(handle),
            "user_code": str(user_code),
            "verification_uri": str(address),
            "expires_in": int(lasts),
            "interval": int(interval),
        } if address.startswith(("https://", "http://")):
            return _Started(handle, one_line(user_code), one_line(address), lasts, _bounded(interval))
    raise _unknown(index)


def _unknown(index: IndexClient) -> Unreachable:
    return Unreachable(f"{index.url} gives an answer to a login that this sls-pypi does not know.")


def _bounded(seconds: int) -> int:
    return min(max(seconds, _SHORTEST), _LONGEST)


def _end(index: IndexClient, credential: Credential) -> None:
    """See that the token is of no use; it may be so already."""
    try:
        index.delete(f"/api/tokens/{quote(credential.id, safe='')}")
    except NotTaken as refusal:
        if refusal.status not in _ENDED:
            raise Unreachable(str(refusal)) from None


def _forget(index: IndexClient, before: Credential) -> None:
    """End what another login has left."""
    try:
        _end(index, before)
    except Unreachable:
        click.echo(f"sls-pypi: your token from before is still good: revoke it at {index.url}/my/", err=True)


def _name() -> str:
    """What the token is called, so that people know it again among others."""
    return one_line(f"sls-pypi login on {socket.gethostname()}")[:_LONGEST_NAME]


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()
