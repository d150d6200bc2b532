"""What a release says about itself, as pages show it."""

from attrs import frozen

from domain.metadata import Metadata
from domain.views import described
from domain.views.described import Link
from domain.views.licence import license_name
from domain.views.pythons import pythons


@frozen
class About:
    """Facts in short; empty or None where nothing is said.

    Attributes:
        license: an SPDX expression where that can be told.
        classifiers: by their first part.
    """

    summary: str = ""
    requires_python: str | None = None
    license: str | None = None
    authors: tuple[str, ...] = ()
    maintainers: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    classifiers: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def pythons(self) -> str:
        """Which Pythons it is for; empty if nothing is said."""
        return pythons(self.requires_python, self.classifiers)


@frozen
class Readme:
    """The description as it was uploaded: hostile until rendered.

    Attributes:
        base: URL with a slash at its end against which relative links are meant; None if they lead nowhere.
    """

    text: str
    content_type: str | None
    base: str | None


def about(metadata: Metadata) -> About:
    """What the metadata says, fit for pages."""
    return About(
        summary=metadata.summary or "",
        requires_python=metadata.requires_python or None,
        license=license_name(metadata),
        authors=described.people(metadata.author, metadata.author_email),
        maintainers=described.people(metadata.maintainer, metadata.maintainer_email),
        keywords=metadata.keywords,
        links=described.links(metadata),
        classifiers=described.classifiers(metadata),
    )


def readme_of(metadata: Metadata, sources_url: str | None) -> Readme | None:
    """The description of a release that was built from the files below the URL; None if there is none."""
    if not metadata.description or not metadata.description.strip():
        return None
    return Readme(metadata.description, metadata.description_content_type, sources_url)
