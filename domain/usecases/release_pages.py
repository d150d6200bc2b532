"""The pages of single releases.

A release's page depends on its own files only, so publishing one rewrites no other.
"""

from collections.abc import Mapping, Sequence

from domain.events import Event
from domain.package import Package
from domain.ports.objects import Objects
from domain.usage import Usage
from domain.usecases.keys import release_key
from domain.usecases.rendering import Rendering, labels_of
from domain.usecases.settling import Seen, Settling


class ReleasePages:
    """Writes them."""

    def __init__(self, settling: Settling, objects: Objects, rendering: Rendering) -> None:
        self._settling = settling
        self._objects = objects
        self._rendering = rendering

    def write(self, name: str, label: str) -> None:
        """Make the page of one release say what the package's events say."""
        self._settle(name, [release_key(name, label)], [label])

    def write_all(self, name: str) -> None:
        """Make the pages of all releases say so, and remove those of releases that are gone."""
        pages = f"project/{name}/"
        self._settle(name, [key for key in self._objects.keys(pages) if "/" in key.removeprefix(pages)], None)

    def _settle(self, name: str, keys: Sequence[str], labels: Sequence[str] | None) -> None:
        def write(package: Package, _: Sequence[Event], __: Usage, seen: Seen) -> None:
            wanted = labels_of(package) if labels is None else labels
            pages: Mapping[str, bytes] = self._rendering.releases(package, wanted)
            self._settling.replace(pages, seen.pages)

        self._settling.package(name, keys, write)
