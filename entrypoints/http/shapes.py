"""What is sent to functions as JSON and what they answer: mypy holds the routes to it, `openapi` describes it.

Annotations are keywords of JSON Schema (2020-12). What is said in words only, such as which names are free, is judged
by the model.
"""

from typing import Annotated, Literal, NotRequired, TypedDict

from domain.submission import Status
from entrypoints.http.schemas import Is

Time = Annotated[str, Is(format="date-time")]
"""ISO 8601 in UTC, with microseconds and ``Z``."""
Sha256 = Annotated[str, Is(pattern="^[0-9a-f]{64}$")]
Count = Annotated[int, Is(minimum=0)]
Url = Annotated[str, Is(format="uri")]
Path = Annotated[str, Is(pattern="^/")]
ProjectName = Annotated[str, Is(pattern="^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$", max_length=200)]
FullName = Annotated[str, Is(pattern="^[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[A-Za-z0-9._-]{1,100}$")]


class Problem(TypedDict):
    """Why there is nothing better to answer (RFC 9457); `detail` is one line for whoever asked."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str


class Token(TypedDict):
    """An upload token; `packages` are those that it acts on, null for all of the account's."""

    id: str
    name: str
    packages: list[str] | None
    created: Time


class NewToken(Token):
    """A token with its secret, which is never shown again."""

    token: str


class TokenWanted(TypedDict):
    """A name for the token, and the packages it shall be restricted to."""

    name: Annotated[str, Is(min_length=1, max_length=100)]
    packages: NotRequired[Annotated[list[ProjectName], Is(min_items=1)] | None]


class FileState(TypedDict):
    """Whether a file is yanked, and why."""

    filename: str
    yanked: bool
    reason: NotRequired[str]


class Yank(TypedDict):
    """What a file shall be; a reason is one printable line of at most 512 characters."""

    yanked: bool
    reason: NotRequired[str | None]


class BuiltFile(TypedDict):
    """A file that came out of a build."""

    filename: str
    sha256: Sha256
    size: Count


class Submission(TypedDict):
    """One attempt to publish a repository; `error` is one sentence, `name` and `version` are of what was built."""

    id: str
    repository: str
    ref: str
    commit: str
    name: str | None
    version: str | None
    status: Status
    log: str
    error: str | None
    files: list[BuiltFile]


class SubmissionWanted(TypedDict):
    """What to publish; without `ref` the tag of the latest release, the newest version's tag, or the default branch."""

    repository: FullName
    ref: NotRequired[Annotated[str, Is(min_length=1, max_length=255)] | None]


class SubmissionSummary(TypedDict):
    """A submission in a list."""

    id: str
    repository: str
    ref: str
    status: Status
    at: Time
    name: str | None
    version: str | None
    error: str | None


class LastSubmission(TypedDict):
    """The newest submission of a package."""

    id: str
    status: Status
    ref: str
    at: Time
    error: str | None


class Figures(TypedDict):
    """Downloads of a package."""

    total: Count
    last_day: Count
    last_30_days: Count
    locations: Count
    requesters: Count


class Submitted(TypedDict):
    """A package of the caller."""

    name: str
    repository: str | None
    versions: list[str]
    downloads: Figures
    project_url: Url
    submission: LastSubmission | None


class Eligible(TypedDict):
    """A repository that the caller could publish."""

    repository: str
    description: str | None
    language: str | None
    pushed_at: Time | None


class KnownPackages(TypedDict):
    """What the index itself knows of the caller."""

    submitted: list[Submitted]
    submissions: list[SubmissionSummary]


class Packages(KnownPackages):
    """The same with the caller's repositories; `eligible_as_of` is there if GitHub did not answer now."""

    eligible: list[Eligible]
    eligible_as_of: NotRequired[Time]


class PackagesProblem(KnownPackages, Problem):
    """GitHub does not answer and nothing is remembered: the problem, and what the index itself knows."""


class LoggedIn(TypedDict):
    """Who asks; `github` says whether GitHub can be asked in their name."""

    login: str
    account: str
    github: bool


class AssetOnGitHub(TypedDict):
    """A wheel or sdist of a release on GitHub."""

    filename: str
    size: Count


class Preview(TypedDict):
    """What would be published now; `package` is what came from this repository before."""

    repository: str
    description: str | None
    ref: str
    is_tag: bool
    commit: str
    assets: list[AssetOnGitHub]
    package: str | None
    versions: list[str]


class UploadWanted(TypedDict):
    """A file that shall be uploaded in steps."""

    filename: Annotated[str, Is(min_length=1)]
    size: Annotated[int, Is(minimum=1)]
    sha256: Annotated[str, Is(pattern="^[0-9a-fA-F]{64}$")]


class Upload(TypedDict):
    """Where to send the file: a form of these fields and then `file`. After that `complete` is asked."""

    id: str
    filename: str
    url: str
    fields: dict[str, str]
    complete: Path


class UploadPublished(TypedDict):
    """Installers see the file."""

    filename: str
    status: Literal["published"]


class UploadChecking(TypedDict):
    """Nothing is known yet: ask again."""

    status: Literal["checking"]
    detail: str


class Health(TypedDict):
    """The storage answers; pages are behind by `lag` events and messages."""

    status: Literal["ok"]
    lag: Count


class Unhealthy(TypedDict):
    """The storage does not answer."""

    status: Literal["failing"]


class UploadRefused(TypedDict):
    """Why a file was not taken, as uv reads it."""

    message: str
    code: str
    title: str
