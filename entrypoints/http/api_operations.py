"""What can be asked below `/api` by submitters."""

from collections.abc import Mapping
from http import HTTPStatus as Http
from typing import Annotated, Any

from domain.account import InvalidTokenRequest, NoSuchToken
from domain.decider import InvalidReason, NoSuchFile, NoSuchPackage
from domain.file_sizes import FileTooLarge
from domain.github_faults import GitHubLoginRevoked, NoSuchSource
from domain.names import InvalidName, LookAlikeName, ReservedName, StandardLibraryName
from domain.ownership import NotOwner, TokenOutOfScope
from domain.publishers import InvalidPublisher, NoSuchPublisher, NotYourPackage, PublisherExists
from domain.refusals import Invalid, NotAllowed
from domain.sources import (
    InvalidRepository,
    NoGitHubAccount,
)
from domain.submission import NoSuchSubmission, TooManySubmissions
from domain.usecases.appending import Contended
from domain.usecases.publishers import RestrictedToTrust
from domain.usecases.statistics import NotTheirs
from domain.usecases.submissions import RestrictedCredential
from domain.usecases.tokens import RestrictedToken
from domain.usecases.uploads import NoSuchUpload
from entrypoints.http import proof_shapes, shapes
from entrypoints.http.downloads import TooLong, WrongDays
from entrypoints.http.operation import DONE, FILE, GITHUB, PROBLEM, SOURCES, Access, Errors, Operation, Told
from entrypoints.http.schemas import Is

_DAY = Annotated[str, Is(format="date")]
_CHANGES = (NoSuchPackage, NotOwner, TokenOutOfScope, Contended)
_CALLERS_SOURCES = (*SOURCES, RestrictedCredential, NoGitHubAccount, GitHubLoginRevoked)
_ACCEPTED = Told("It waits for its turn.", shapes.Submission, headers=("Location",))
_FILE_ROUTE = "/api/packages/{name}/files/{filename}"

API_OPERATIONS: Mapping[str, Operation] = {
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
            Http.BAD_GATEWAY: Told("GitHub gives no answer of use.", shapes.PackagesProblem, PROBLEM),
            Http.SERVICE_UNAVAILABLE: Told("GitHub was asked too much.", shapes.PackagesProblem, PROBLEM),
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
        "withdraw", "Remove a package with its files; its name stays the owner's.", Access.ACCOUNT, DONE, _CHANGES
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
        DONE,
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
        "revokeToken", "End a token at once.", Access.ACCOUNT, DONE, (RestrictedToken, NoSuchToken, Contended)
    ),
    "GET /api/publishers": Operation(
        "listPublishers",
        "Whom the caller trusts to upload.",
        Access.ACCOUNT,
        {Http.OK: Told("Trusted publishers.", list[proof_shapes.Publisher])},
        (RestrictedToTrust,),
    ),
    "POST /api/publishers": Operation(
        "trustPublisher",
        "Let a workflow upload files of one package, which need not exist yet.",
        Access.ACCOUNT,
        {Http.CREATED: Told("The trusted publisher.", proof_shapes.Publisher, headers=("Location",))},
        (
            *(RestrictedToTrust, InvalidPublisher, PublisherExists, NotYourPackage, InvalidRepository, NoSuchSource),
            *(InvalidName, ReservedName, StandardLibraryName, LookAlikeName, Contended, *GITHUB),
        ),
        sends=proof_shapes.PublisherWanted,
    ),
    "DELETE /api/publishers/{id}": Operation(
        "distrustPublisher",
        "Trust a workflow no longer; tokens that it has end at once.",
        Access.ACCOUNT,
        DONE,
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
        DONE,
        (NoSuchUpload, Invalid, FileTooLarge),
        form={"type": "object", "properties": {"file": FILE}, "required": ["file"]},
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
}
