"""What is said of a route for `entrypoints.http.openapi`: what it does, who may ask, what it answers.

Statuses of refusals are not repeated. They follow from the classes, by the table that answers them.
"""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from http import HTTPStatus as Http
from typing import Any

from attrs import field, frozen

from domain.github_faults import GitHubFails, GitHubRefuses, NoSuchSource
from domain.refusals import Refused
from domain.sources import (
    InvalidRef,
    InvalidRepository,
    NoPublicRepository,
    NotForPublishing,
    NotYourRepository,
)
from entrypoints.http import shapes
from entrypoints.http.schemas import Schema


class Access(Enum):
    """Who may ask."""

    ANYBODY = auto()
    ACCOUNT = auto()
    """Who holds a token, or is logged in with a browser."""
    UPLOADER = auto()
    """The same, and workflows with a token for uploads."""
    PUBLISHER = auto()
    """Who holds a token, as publishing clients send it."""
    BROWSER = auto()
    """Who is logged in with a browser, or is not."""
    SIGNER = auto()
    """Who has the webhook's secret."""


class Errors(Enum):
    """How is told why not."""

    PROBLEM = auto()
    LINE = auto()
    """One line of text, or JSON for who asks for it."""
    PAGE = auto()
    NONE = auto()


@frozen
class Told:
    """An answer; `shape` is of its body, None if there is none."""

    says: str
    shape: Any = None
    media: Sequence[str] = ("application/json",)
    headers: Sequence[str] = ()


@frozen
class Operation:
    """A method of a route.

    Attributes:
        id: its name for clients that are generated.
        says: what it does, in a line.
        answers: by status, all that is not a refusal.
        refusals: of these classes and those below them that have the same status.
        sends: the shape of the body; None if nothing is looked at.
        closed: whether nothing may be sent beside that.
        form: the schema of a form; `form_type` is its media type.
        queries: parameters of the query, none of which has to be there.
    """

    id: str
    says: str
    access: Access
    answers: Mapping[Http, Told]
    refusals: Sequence[type[Refused]] = ()
    errors: Errors = Errors.PROBLEM
    sends: Any = None
    closed: bool = True
    form: Schema | None = None
    form_type: str = "multipart/form-data"
    queries: Mapping[str, Any] = field(factory=dict)


# What several operations answer and refuse.
GITHUB = (GitHubFails, GitHubRefuses)
SOURCES = (
    InvalidRepository,
    InvalidRef,
    NotForPublishing,
    NotYourRepository,
    NoPublicRepository,
    NoSuchSource,
    *GITHUB,
)
PROBLEM = ("application/problem+json",)
DONE = {Http.NO_CONTENT: Told("It is done.")}
NOT_SET_UP = Told("The operator has not set it up.", shapes.Problem, PROBLEM)
FILE = {"type": "string", "contentMediaType": "application/octet-stream"}
TEXT: Schema = {"type": "string"}
