"""What can be wrong with GitHub: answers in place of the truth."""

from collections.abc import Callable
from http import HTTPStatus

from attrs import evolve

from infrastructure.github_double.answers import JSON, Answer, problem, told

Fault = Callable[[str], Answer | None]
"""What is answered for a path with its query; None for the truth."""


def where(part: str, answer: Answer) -> Fault:
    """This answer for paths with such a part; the truth for all others."""
    return lambda path: answer if part in path else None


def times(count: int, fault: Fault) -> Fault:
    """The fault for the first `count` questions, then the truth."""
    left = count

    def now(path: str) -> Answer | None:
        nonlocal left
        answer = fault(path) if left > 0 else None
        left -= answer is not None
        return answer

    return now


def everywhere(answer: Answer) -> Fault:
    """This answer for every path."""
    return lambda _: answer


def too_many(seconds: int | None = 60) -> Answer:
    """429, with or without how long to wait."""
    answer = problem(HTTPStatus.TOO_MANY_REQUESTS, "You have exceeded a rate limit.")
    return answer if seconds is None else evolve(answer, headers={**answer.headers, "Retry-After": str(seconds)})


def secondary(seconds: int | None = 60) -> Answer:
    """403 for who asks too quickly."""
    message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    answer = problem(HTTPStatus.FORBIDDEN, message)
    return answer if seconds is None else evolve(answer, headers={**answer.headers, "Retry-After": str(seconds)})


def spent(reset: int) -> Answer:
    """403 until a time (in seconds since 1970) for who asked too much within the hour."""
    answer = problem(HTTPStatus.FORBIDDEN, "API rate limit exceeded for user ID 1.")
    limits = {"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
    return evolve(answer, headers={**answer.headers, **limits})


def spent_points() -> Answer:
    """How GraphQL says the same: with a status that says otherwise."""
    return told({"data": None, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded."}]})


def revoked() -> Answer:
    """401, as for a token that was taken back."""
    return problem(HTTPStatus.UNAUTHORIZED, "Bad credentials")


def failing(status: HTTPStatus = HTTPStatus.BAD_GATEWAY) -> Answer:
    """A page with a unicorn."""
    return evolve(a_page(), status=status)


def a_page() -> Answer:
    """HTML with a good status, as from a portal in between."""
    return Answer(HTTPStatus.OK, b"<!doctype html><title>Unicorn</title>", {"Content-Type": "text/html"})


def truncated(body: bytes = b'{"id": 1, "full_na') -> Answer:
    """The connection ends in the midst of the body."""
    return Answer(HTTPStatus.OK, body, JSON, told_length=len(body) + 1000)


def broken() -> Answer:
    """A body that is whole and no JSON."""
    return Answer(HTTPStatus.OK, b'{"id": 1, "full_na', JSON)
