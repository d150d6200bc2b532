"""Who made a request, by its user agent."""

from enum import StrEnum

from attrs import frozen


class Kind(StrEnum):
    """What requests of an agent are."""

    DOWNLOAD = "download"
    MIRROR = "mirror"
    BOT = "bot"


@frozen
class Agent:
    """What a user agent says.

    Attributes:
        installer: one of `INSTALLERS`.
        version: the installer's.
        python: like ``3.13``.
        system: name of the platform, like ``Linux``.
        ci: whether it says that it runs in continuous integration.
        text: what may be kept of it: without pip's `user_data`, at most 512 characters.
    """

    kind: Kind
    installer: str
    version: str | None
    python: str | None
    system: str | None
    ci: bool
    text: str


INSTALLERS = (
    "pip",
    "uv",
    "poetry",
    "pdm",
    "hatch",
    "twine",
    "conda",
    "bazel",
    "setuptools",
    "distribute",
    "pex",
    "maturin",
    "requests",
    "homebrew",
    "os",
    "browser",
    "unknown",
)


def parse_agent(agent: str) -> Agent:
    """What the agent says; `agent` is decoded. Nothing that anybody sends is an error."""
    raise NotImplementedError
