"""What can be asked of the functions, for `entrypoints.http.openapi`: of each route what it does and what it answers.

Statuses of refusals are not repeated here. They follow from the classes, by the table that answers them.
"""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from http import HTTPStatus as Http
from typing import Annotated, Any

from attrs import field, frozen

from domain.account import InvalidTokenRequest, NoSuchToken
from domain.decider import InvalidReason, NoSuchFile, NoSuchPackage
from domain.devices import DeviceLoginOver
from domain.file_sizes import FileTooLarge
from domain.github_faults import GitHubFails, GitHubLoginRevoked, GitHubRefuses, NoSuchSource
from domain.logins import CodeRejected, LoginDeclined, LoginNotStarted
from domain.names import InvalidName, LookAlikeName, ReservedName, StandardLibraryName
from domain.ownership import NotOwner, TokenOutOfScope
from domain.publishers import InvalidPublisher, NoSuchPublisher, NotYourPackage, PublisherExists
from domain.refusals import Invalid, NotAllowed, Refused
from domain.sources import (
    InvalidRef,
    InvalidRepository,
    NoGitHubAccount,
    NoPublicRepository,
    NotForPublishing,
    NotYourRepository,
)
from domain.submission import NoSuchSubmission, TooManySubmissions
from domain.upload_form import GoneAction
from domain.usecases.appending import Contended
from domain.usecases.publishers import RestrictedToTrust
from domain.usecases.statistics import NotTheirs
from domain.usecases.submissions import RestrictedCredential
from domain.usecases.tokens import RestrictedToken
from domain.usecases.uploads import NoSuchUpload
from entrypoints.http import shapes
from entrypoints.http.downloads import TooLong, WrongDays
from entrypoints.http.receiving import NoFile
from entrypoints.http.schemas import Is, Schema
from entrypoints.http.webhook import Unsigned, WrongHeaders


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


_DAY = Annotated[str, Is(format="date")]
_GITHUB = (GitHubFails, GitHubRefuses)
_CHANGES = (NoSuchPackage, NotOwner, TokenOutOfScope, Contended)
_SOURCES = (
    InvalidRepository,
    InvalidRef,
    NotForPublishing,
    NotYourRepository,
    NoPublicRepository,
    NoSuchSource,
    *_GITHUB,
)
_CALLERS_SOURCES = (*_SOURCES, RestrictedCredential, NoGitHubAccount, GitHubLoginRevoked)
_PROBLEM = ("application/problem+json",)
_HTML = ("text/html; charset=utf-8",)
_DONE = {Http.NO_CONTENT: Told("It is done.")}
_ACCEPTED = Told("It waits for its turn.", shapes.Submission, headers=("Location",))
_NOT_SET_UP = Told("The operator has not set it up.", shapes.Problem, _PROBLEM)
_FILE = {"type": "string", "contentMediaType": "application/octet-stream"}
_TEXT: Schema = {"type": "string"}
_FILE_ROUTE = "/api/packages/{name}/files/{filename}"
_NO_LOGIN_HERE = Told("There is no login here.", str, _HTML)
_TO_NEXT = Told("To `next`, or to `/my/`.", headers=("Location",))

_UPLOAD = Operation(
    "upload",
    "Publish one file, as twine, uv, poetry, pdm, hatch and flit do. What is said of it is read from the file itself.",
    Access.PUBLISHER,
    {Http.OK: Told("It is stored, and installers see it.", str, ("text/plain; charset=utf-8",))},
    (Invalid, NoFile, NotAllowed, FileTooLarge, GoneAction, Contended),
    errors=Errors.LINE,
    form={
        "type": "object",
        "properties": {
            ":action": {"const": "file_upload"},
            "protocol_version": {"const": "1"},
            "name": _TEXT,
            "version": _TEXT,
            "filetype": {"enum": ["sdist", "bdist_wheel"]},
            "sha256_digest": _TEXT,
            "blake2_256_digest": _TEXT,
            "md5_digest": _TEXT,
            "content": _FILE,
        },
        "required": ["name", "filetype", "content"],
    },
)

OPERATIONS: Mapping[str, Operation] = {
    "GET /api/openapi.json": Operation(
        "describe",
        "This document.",
        Access.ANYBODY,
        {
            Http.OK: Told("The document.", dict[str, Any], headers=("ETag",)),
            Http.NOT_MODIFIED: Told("You have it.", headers=("ETag",)),
        },
        errors=Errors.NONE,
    ),
    "GET /api/session": Operation(
        "showSession", "Who asks.", Access.ACCOUNT, {Http.OK: Told("The caller.", shapes.LoggedIn)}
    ),
    "GET /api/packages": Operation(
        "listPackages",
        "The caller's packages, newest submissions, and the repositories that could be published.",
        Access.ACCOUNT,
        {
            Http.OK: Told("All of it.", shapes.Packages),
            Http.BAD_GATEWAY: Told("GitHub gives no answer of use.", shapes.PackagesProblem, _PROBLEM),
            Http.SERVICE_UNAVAILABLE: Told("GitHub was asked too much.", shapes.PackagesProblem, _PROBLEM),
        },
        (GitHubLoginRevoked,),
    ),
    "POST /api/packages": Operation(
        "submit",
        "Have a repository published.",
        Access.ACCOUNT,
        {Http.ACCEPTED: _ACCEPTED},
        (*_CALLERS_SOURCES, TooManySubmissions),
        sends=shapes.SubmissionWanted,
    ),
    "DELETE /api/packages/{name}": Operation(
        "withdraw", "Remove a package with its files; its name stays the owner's.", Access.ACCOUNT, _DONE, _CHANGES
    ),
    "GET /api/packages/{name}/downloads.csv": Operation(
        "listDownloads",
        "The downloads behind the figures, one a row, for the owner.",
        Access.ACCOUNT,
        {Http.OK: Told("The rows, with a header.", str, ("text/csv; charset=utf-8",), ("Content-Disposition",))},
        (NotTheirs, NoSuchPackage, WrongDays, TooLong),
        queries={"since": _DAY, "until": _DAY},
    ),
    f"PATCH {_FILE_ROUTE}": Operation(
        "yankFile",
        "Yank a file, so that only those get it who pin it, or take that back.",
        Access.ACCOUNT,
        {Http.OK: Told("Its new state.", shapes.FileState)},
        (*_CHANGES, NoSuchFile, InvalidReason),
        sends=shapes.Yank,
    ),
    f"DELETE {_FILE_ROUTE}": Operation(
        "deleteFile",
        "Remove a file for good; no other may ever have its filename.",
        Access.ACCOUNT,
        _DONE,
        (*_CHANGES, NoSuchFile),
    ),
    "GET /api/submissions/{id}": Operation(
        "showSubmission",
        "How far a submission is, with its log.",
        Access.ACCOUNT,
        {Http.OK: Told("The submission.", shapes.Submission)},
        (NoSuchSubmission, Contended),
    ),
    "GET /api/repositories/{owner}/{name}": Operation(
        "preview",
        "What would be published of a repository now.",
        Access.ACCOUNT,
        {Http.OK: Told("A preview.", shapes.Preview)},
        _CALLERS_SOURCES,
        queries={"ref": str},
    ),
    "GET /api/tokens": Operation(
        "listTokens",
        "The caller's upload tokens, oldest first.",
        Access.ACCOUNT,
        {Http.OK: Told("Tokens without their secrets.", list[shapes.Token])},
        (RestrictedToken,),
    ),
    "POST /api/tokens": Operation(
        "createToken",
        "Make an upload token.",
        Access.ACCOUNT,
        {Http.CREATED: Told("The token, whose secret is shown this once.", shapes.NewToken, headers=("Location",))},
        (RestrictedToken, InvalidTokenRequest, InvalidName, Contended),
        sends=shapes.TokenWanted,
    ),
    "DELETE /api/tokens/{id}": Operation(
        "revokeToken", "End a token at once.", Access.ACCOUNT, _DONE, (RestrictedToken, NoSuchToken, Contended)
    ),
    "GET /api/publishers": Operation(
        "listPublishers",
        "Whom the caller trusts to upload.",
        Access.ACCOUNT,
        {Http.OK: Told("Trusted publishers.", list[shapes.Publisher])},
        (RestrictedToTrust,),
    ),
    "POST /api/publishers": Operation(
        "trustPublisher",
        "Let a workflow upload files of one package, which need not exist yet.",
        Access.ACCOUNT,
        {Http.CREATED: Told("The trusted publisher.", shapes.Publisher, headers=("Location",))},
        (
            *(RestrictedToTrust, InvalidPublisher, PublisherExists, NotYourPackage, InvalidRepository, NoSuchSource),
            *(InvalidName, ReservedName, StandardLibraryName, LookAlikeName, Contended, *_GITHUB),
        ),
        sends=shapes.PublisherWanted,
    ),
    "DELETE /api/publishers/{id}": Operation(
        "distrustPublisher",
        "Trust a workflow no longer; tokens that it has end at once.",
        Access.ACCOUNT,
        _DONE,
        (RestrictedToTrust, NoSuchPublisher, Contended),
    ),
    "POST /api/uploads": Operation(
        "announceUpload",
        "Announce a file of any size.",
        Access.UPLOADER,
        {
            Http.CREATED: Told("Where to send it.", shapes.Upload),
            Http.OK: Told("This very file is there already.", shapes.UploadPublished),
        },
        (Invalid, NotAllowed, FileTooLarge),
        sends=shapes.UploadWanted,
    ),
    "POST /api/uploads/{id}/file": Operation(
        "sendUpload",
        "Send the file that was announced, where `url` of the announcement says so.",
        Access.UPLOADER,
        _DONE,
        (NoSuchUpload, Invalid, FileTooLarge),
        form={"type": "object", "properties": {"file": _FILE}, "required": ["file"]},
    ),
    "POST /api/uploads/{id}/complete": Operation(
        "completeUpload",
        "Publish the file that was sent, as soon as it is checked.",
        Access.UPLOADER,
        {
            Http.OK: Told("Installers see it.", shapes.UploadPublished),
            Http.ACCEPTED: Told("It is not checked yet.", shapes.UploadChecking, headers=("Retry-After",)),
        },
        (NoSuchUpload, Invalid, NotAllowed, Contended),
    ),
    "POST /api/github/webhook": Operation(
        "deliver",
        "What GitHub sends when a release is published. Repository and commit are asked of GitHub again.",
        Access.SIGNER,
        {
            Http.ACCEPTED: Told("It is seen to.", shapes.Delivered | shapes.Ignored),
            Http.NO_CONTENT: Told("To a ping."),
            Http.REQUEST_ENTITY_TOO_LARGE: Told("It is too long.", shapes.Problem, _PROBLEM),
            Http.SERVICE_UNAVAILABLE: _NOT_SET_UP,
        },
        (Unsigned, WrongHeaders, TooManySubmissions, *_SOURCES),
        sends=shapes.Delivery,
        closed=False,
    ),
    "POST /legacy/": _UPLOAD,
    "GET /_/oidc/audience": Operation(
        "showAudience",
        "Whom identity tokens have to be meant for.",
        Access.ANYBODY,
        {
            Http.OK: Told("The audience.", shapes.Audience),
            Http.FORBIDDEN: Told("Trusted publishing is switched off.", shapes.Message),
        },
        errors=Errors.NONE,
    ),
    "POST /_/oidc/mint-token": Operation(
        "mintToken",
        "Exchange the identity token of a workflow for an upload token of a quarter of an hour.",
        Access.ANYBODY,
        {
            Http.OK: Told("The upload token.", shapes.Minted),
            Http.UNPROCESSABLE_ENTITY: Told("There is none.", shapes.MintFailed),
        },
        errors=Errors.NONE,
        sends=shapes.MintWanted,
        closed=False,
    ),
    "GET /.well-known/pytp": Operation(
        "discover",
        "Where workflows exchange identity tokens that upload to this address (PEP 807, a draft).",
        Access.ANYBODY,
        {
            Http.OK: Told("Where.", shapes.Discovery, ("application/vnd.pypi.pytp.v1+json",)),
            Http.NOT_FOUND: Told("Nowhere.", shapes.Message),
        },
        errors=Errors.NONE,
        queries={"discover": str},
    ),
    "GET /login": Operation(
        "startLogin",
        "Log in with a browser.",
        Access.ANYBODY,
        {
            Http.SEE_OTHER: Told("To GitHub.", headers=("Location",)),
            Http.OK: Told("A form, on one machine.", str, _HTML),
            Http.SERVICE_UNAVAILABLE: _NO_LOGIN_HERE,
        },
        errors=Errors.PAGE,
        queries={"next": str},
    ),
    "POST /login": Operation(
        "sendLogin",
        "Log in on one machine, without GitHub.",
        Access.ANYBODY,
        {Http.SEE_OTHER: _TO_NEXT},
        (LoginNotStarted,),
        errors=Errors.PAGE,
        form={"type": "object", "properties": {"login": _TEXT, "state": _TEXT}, "required": ["login", "state"]},
        form_type="application/x-www-form-urlencoded",
    ),
    "GET /login/callback": Operation(
        "finishLogin",
        "Where GitHub sends the browser back to.",
        Access.ANYBODY,
        {Http.SEE_OTHER: _TO_NEXT},
        (LoginNotStarted, CodeRejected, LoginDeclined, *_GITHUB),
        errors=Errors.PAGE,
        queries={"code": str, "state": str, "error": str},
    ),
    "POST /logout": Operation(
        "logOut",
        "End the browser's session.",
        Access.BROWSER,
        {Http.SEE_OTHER: Told("To the home page.", headers=("Location",))},
    ),
    "POST /login/device": Operation(
        "startDeviceLogin",
        "Log in at a command line with GitHub (RFC 8628).",
        Access.ANYBODY,
        {
            Http.OK: Told("What to tell the person.", shapes.DeviceStarted),
            Http.SERVICE_UNAVAILABLE: _NOT_SET_UP,
        },
        (InvalidTokenRequest, *_GITHUB),
        sends=shapes.DeviceWanted,
    ),
    "POST /login/device/token": Operation(
        "finishDeviceLogin",
        "Ask whether the person has agreed.",
        Access.ANYBODY,
        {
            Http.OK: Told("They have.", shapes.DeviceToken),
            Http.ACCEPTED: Told("Not yet.", shapes.DevicePending, headers=("Retry-After",)),
            Http.SERVICE_UNAVAILABLE: _NOT_SET_UP,
        },
        (DeviceLoginOver, LoginDeclined, CodeRejected, Contended, *_GITHUB),
        sends=shapes.DeviceAsked,
    ),
    "GET /healthz": Operation(
        "showHealth",
        "Whether the index works.",
        Access.ANYBODY,
        {
            Http.OK: Told("It does.", shapes.Health),
            Http.SERVICE_UNAVAILABLE: Told("Its storage does not answer.", shapes.Unhealthy),
        },
        errors=Errors.NONE,
    ),
}
"""By method and path. `/legacy` without its slash is the same as with it, and what fetches pages is none of this."""
