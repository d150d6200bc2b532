"""Logging in with a browser: what may be, for how long, and which secrets belong together.

Two secrets belong to an attempt: the `state` goes to GitHub and comes back in an address, the `verifier` (RFC 7636)
stays in a cookie of the browser that started. Only who has both goes on, and the index keeps neither: what it remembers
lies under a digest of the two. A session has one secret, in a cookie, and lies under its digest.
"""

import base64
import hashlib
import hmac
import re
from datetime import timedelta

from domain.refusals import Invalid, NotAllowed, Unauthenticated

ATTEMPT_LASTS = timedelta(minutes=10)
"""As long as GitHub's codes do."""
SESSION_LASTS = timedelta(hours=8)
HOME_OF_SUBMITTERS = "/my/"
CALLBACK_PATH = "/login/callback"

_SECRET = re.compile(r"[A-Za-z0-9_-]{43,128}", re.ASCII)
_CODE = re.compile(r"[!-~]{1,512}")
_LONGEST_NEXT = 1024
# What may stand in a path, its query and its fragment (RFC 3986). Browsers take a backslash for a slash, and a second
# slash for the beginning of another host.
_LOCAL_PATH = re.compile(r"/(?!/)[A-Za-z0-9._~!$&'()*+,;=:@%/?#-]*", re.ASCII)
_LOGGING_IN_OR_OUT = re.compile(r"/log(?:in|out)(?:[/?#]|$)")


class LoginNotStarted(Invalid):
    """This browser has started no such login, or it has come to its end."""


class LoginDeclined(NotAllowed):
    """Whoever was asked at GitHub has not agreed."""


class CodeRejected(Invalid):
    """What came back with the browser says nothing about who its user is."""


class NotLoggedIn(Unauthenticated):
    """There is no such session, or it has come to its end."""


class CrossSite(NotAllowed):
    """The request may have been made by another site in the name of whoever is logged in."""


def local_path(wanted: str | None) -> str:
    """Where to go after a login: a path on this origin, whatever was asked for."""
    if (
        wanted is None
        or len(wanted) > _LONGEST_NEXT
        or not _LOCAL_PATH.fullmatch(wanted)
        or _LOGGING_IN_OR_OUT.match(wanted)
    ):
        return HOME_OF_SUBMITTERS
    return wanted


def challenge_of(verifier: str) -> str:
    """What GitHub is told of the verifier before it sees it: its digest (RFC 7636, S256)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def attempt_key(state: str, verifier: str) -> str:
    """Under which key an attempt is remembered.

    Raises:
        LoginNotStarted: these are no secrets of ours.
    """
    if not (_is_secret(state) and _is_secret(verifier)):
        raise not_started()
    return f"login/{_digest(f'{state}.{verifier}')}"


def not_started() -> LoginNotStarted:
    """Why nobody goes on here."""
    return LoginNotStarted(
        f"This browser has not started this login, or more than {ATTEMPT_LASTS.seconds // 60} minutes ago, or it is "
        "used up."
    )


def check_answer(error: str | None, code: str | None) -> str:
    """The code that GitHub has sent with the browser.

    Raises:
        LoginDeclined: there is none, as the user did not want it.
        CodeRejected: there is none.
    """
    if error == "access_denied":
        raise LoginDeclined("You have not allowed it at GitHub, so you are not logged in.")
    if error is not None or code is None or not _CODE.fullmatch(code):
        raise CodeRejected("GitHub has sent you back without saying who you are.")
    return code


def is_session_secret(text: str | None) -> bool:
    """Whether it may be the secret of a session."""
    return _is_secret(text)


def session_key(secret: str) -> str:
    """Under which key a session is remembered."""
    return f"browser/{_digest(secret)}"


def csrf_token_of(secret: str) -> str:
    """What pages repeat, as other sites cannot read it. It belongs to one session and does not tell its secret."""
    return hmac.new(secret.encode(), b"csrf_token", hashlib.sha256).hexdigest()


def check_own_page(secret: str, told: str | None) -> None:
    """See that a page of this index has made the request.

    Raises:
        CrossSite: it may have been another.
    """
    if told is None or not hmac.compare_digest(csrf_token_of(secret).encode(), told.encode()):
        raise CrossSite("Send the value of the cookie csrf_token in the header X-CSRF-Token as well.")


def _is_secret(text: str | None) -> bool:
    return text is not None and _SECRET.fullmatch(text) is not None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
