"""What GitHub says to somebody who logs in without a browser (RFC 8628), value by value."""

import re
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from adapters.github.rest import Reply
from adapters.github.values import fault_of_the_app, json_object
from domain.ports.identities import Declined, DeviceAnswer, DeviceCode, Undecided, Unknown, Unwelcome
from domain.ports.repositories import Silent

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"

_DEVICE_CODE = re.compile(r"[A-Za-z0-9._~-]{1,256}", re.ASCII)
_USER_CODE = re.compile(r"[A-Z0-9-]{4,32}", re.ASCII)
_ADDRESS = re.compile(r"[A-Za-z0-9._~:/?&=%-]{1,256}", re.ASCII)
_LONGEST = 24 * 60 * 60
_OVER = frozenset({"bad_verification_code", "expired_token", "incorrect_device_code", "invalid_grant"})


def offered(reply: Reply, site: str) -> DeviceCode | Unwelcome | Silent:
    """The codes for somebody; they are sent to no other origin than that of the `site`."""
    if fault := fault_of_the_app(reply):
        return fault
    told = json_object(reply.body)
    device_code, user_code, address = told.get("device_code"), told.get("user_code"), told.get("verification_uri")
    lasts, interval = _seconds(told.get("expires_in")), _seconds(told.get("interval"))
    if (
        reply.status == HTTPStatus.OK
        and isinstance(device_code, str)
        and _DEVICE_CODE.fullmatch(device_code)
        and isinstance(user_code, str)
        and _USER_CODE.fullmatch(user_code)
        and isinstance(address, str)
        and _is_at(site, address)
        and lasts
        and interval
    ):
        return DeviceCode(device_code, user_code, address, lasts, interval)
    return _useless(reply)


def undecided(reply: Reply) -> DeviceAnswer:
    """Why there is no token."""
    if fault := fault_of_the_app(reply):
        return fault
    if reply.status not in {HTTPStatus.OK, HTTPStatus.BAD_REQUEST}:
        return _useless(reply)
    match json_object(reply.body).get("error"):
        case "authorization_pending":
            return Undecided()
        case "slow_down":
            return Undecided(too_soon=True)
        case "access_denied":
            return Declined()
        case str(error) if error in _OVER:
            return Unknown()
        case _:
            return _useless(reply)


def _useless(reply: Reply) -> Silent:
    return Silent(f"answers {reply.status} and nothing of use")


def _is_at(site: str, address: str) -> bool:
    """Whether people are sent to that origin and to no other."""
    if not _ADDRESS.fullmatch(address):
        return False
    ours = urlsplit(site)
    try:
        theirs = urlsplit(address)
    except ValueError:
        return False
    return (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc)


def _seconds(value: object) -> timedelta | None:
    # In JSON, `true` is no number; in Python it is.
    return timedelta(seconds=value) if type(value) is int and 0 < value <= _LONGEST else None
