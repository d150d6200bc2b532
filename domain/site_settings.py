"""What the operator decides about the pages; a change makes every page stale."""

from attrs import frozen


@frozen
class SiteSettings:
    """Settings that shape pages.

    Attributes:
        base_url: public URL of the index, without a slash at its end.
        name: what the index calls itself.
        upstream: another index's simple URL, with a slash at its end, for projects that this one never had.
        header: a line of text above every page; empty for none.
        footer: a line of text below every page; empty for none.
        github_url: where repositories are, without a slash at its end.
    """

    base_url: str
    name: str = "sls-pypi"
    upstream: str | None = None
    header: str = ""
    footer: str = ""
    github_url: str = "https://github.com"


@frozen
class Edition:
    """What pages are written with, besides events: another software or other settings make all of them stale."""

    software: str
    settings: SiteSettings
