"""Who sends a request: the token in its `Authorization` header."""

import base64

from starlette.requests import Request

from domain.account import NOBODY, UnknownToken
from domain.caller import Caller
from domain.usecases.tokens import Tokens


def secret_of(request: Request) -> str | None:
    """The upload token that the request carries, if any.

    Publishers send HTTP Basic with the user `__token__`; `Bearer` and `Token` are taken as well. The user's name is not
    looked at: the token alone says who it is.
    """
    scheme, _, value = request.headers.get("authorization", "").strip().partition(" ")
    match scheme.lower():
        case "basic":
            return _password(value)
        case "bearer" | "token":
            return value.strip() or None
        case _:
            return None


def caller_of(request: Request, tokens: Tokens) -> Caller:
    """The account behind the request.

    Raises:
        Unauthenticated: there is none.
    """
    secret = secret_of(request)
    if secret is None:
        raise UnknownToken(NOBODY)
    return tokens.authenticate(secret)


def _password(value: str) -> str | None:
    try:
        pair = base64.b64decode(value.strip(), validate=True).decode()
    except ValueError:  # of characters, of base64 or of UTF-8
        return None
    return pair.partition(":")[2].strip() or None
