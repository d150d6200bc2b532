"""What publishing clients, browsers, workflows, GitHub and monitors ask."""

from collections.abc import Mapping
from http import HTTPStatus as Http

from domain.account import InvalidTokenRequest
from domain.devices import DeviceLoginOver
from domain.file_sizes import FileTooLarge
from domain.logins import CodeRejected, LoginDeclined, LoginNotStarted
from domain.refusals import Invalid, NotAllowed
from domain.submission import TooManySubmissions
from domain.upload_form import GoneAction
from domain.usecases.appending import Contended
from entrypoints.http import proof_shapes, shapes
from entrypoints.http.operation import FILE, GITHUB, NOT_SET_UP, PROBLEM, SOURCES, TEXT, Access, Errors, Operation, Told
from entrypoints.http.receiving import NoFile
from entrypoints.http.webhook import Unsigned, WrongHeaders

_HTML = ("text/html; charset=utf-8",)
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
            "name": TEXT,
            "version": TEXT,
            "filetype": {"enum": ["sdist", "bdist_wheel"]},
            "sha256_digest": TEXT,
            "blake2_256_digest": TEXT,
            "md5_digest": TEXT,
            "content": FILE,
        },
        "required": ["name", "filetype", "content"],
    },
)

OTHER_OPERATIONS: Mapping[str, Operation] = {
    "POST /api/github/webhook": Operation(
        "deliver",
        "What GitHub sends when a release is published. Repository and commit are asked of GitHub again.",
        Access.SIGNER,
        {
            Http.ACCEPTED: Told("It is seen to.", proof_shapes.Delivered | proof_shapes.Ignored),
            Http.NO_CONTENT: Told("To a ping."),
            Http.REQUEST_ENTITY_TOO_LARGE: Told("It is too long.", shapes.Problem, PROBLEM),
            Http.SERVICE_UNAVAILABLE: NOT_SET_UP,
        },
        (Unsigned, WrongHeaders, TooManySubmissions, *SOURCES),
        sends=proof_shapes.Delivery,
        closed=False,
    ),
    "POST /legacy/": _UPLOAD,
    "GET /_/oidc/audience": Operation(
        "showAudience",
        "Whom identity tokens have to be meant for.",
        Access.ANYBODY,
        {
            Http.OK: Told("The audience.", proof_shapes.Audience),
            Http.FORBIDDEN: Told("Trusted publishing is switched off.", proof_shapes.Message),
        },
        errors=Errors.NONE,
    ),
    "POST /_/oidc/mint-token": Operation(
        "mintToken",
        "Exchange the identity token of a workflow for an upload token of a quarter of an hour.",
        Access.ANYBODY,
        {
            Http.OK: Told("The upload token.", proof_shapes.Minted),
            Http.UNPROCESSABLE_ENTITY: Told("There is none.", proof_shapes.MintFailed),
        },
        errors=Errors.NONE,
        sends=proof_shapes.MintWanted,
        closed=False,
    ),
    "GET /.well-known/pytp": Operation(
        "discover",
        "Where workflows exchange identity tokens that upload to this address (PEP 807, a draft).",
        Access.ANYBODY,
        {
            Http.OK: Told("Where.", proof_shapes.Discovery, ("application/vnd.pypi.pytp.v1+json",)),
            Http.NOT_FOUND: Told("Nowhere.", proof_shapes.Message),
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
        form={"type": "object", "properties": {"login": TEXT, "state": TEXT}, "required": ["login", "state"]},
        form_type="application/x-www-form-urlencoded",
    ),
    "GET /login/callback": Operation(
        "finishLogin",
        "Where GitHub sends the browser back to.",
        Access.ANYBODY,
        {Http.SEE_OTHER: _TO_NEXT},
        (LoginNotStarted, CodeRejected, LoginDeclined, *GITHUB),
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
            Http.OK: Told("What to tell the person.", proof_shapes.DeviceStarted),
            Http.SERVICE_UNAVAILABLE: NOT_SET_UP,
        },
        (InvalidTokenRequest, *GITHUB),
        sends=proof_shapes.DeviceWanted,
    ),
    "POST /login/device/token": Operation(
        "finishDeviceLogin",
        "Ask whether the person has agreed.",
        Access.ANYBODY,
        {
            Http.OK: Told("They have.", proof_shapes.DeviceToken),
            Http.ACCEPTED: Told("Not yet.", proof_shapes.DevicePending, headers=("Retry-After",)),
            Http.SERVICE_UNAVAILABLE: NOT_SET_UP,
        },
        (DeviceLoginOver, LoginDeclined, CodeRejected, Contended, *GITHUB),
        sends=proof_shapes.DeviceAsked,
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
