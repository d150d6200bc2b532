"""A home with many packages, published through the use cases like any other."""

from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from entrypoints.local.demo import write_pages
from infrastructure.demo.catalogue import GITHUB_URL, Release, Sample, Traffic
from infrastructure.demo.seeding import fill
from infrastructure.embedded import opened
from infrastructure.settings import Settings

_KINDS = (
    "amber", "brisk", "calm", "dusky", "eager", "faint", "gentle", "hollow", "idle", "jolly",
    "keen", "lucid", "mellow", "narrow", "oblong", "plain", "quiet", "rugged", "steady", "tidy",
)  # fmt: skip
_THINGS = (
    "anchor", "buoy", "cutter", "dinghy", "ensign", "ferry", "gangway", "harpoon", "island", "jetty", "keel", "lantern",
    "mast", "net", "oar",
)  # fmt: skip


def names() -> list[str]:
    """300 of them."""
    return [f"{kind}-{thing}" for kind, thing in product(_KINDS, _THINGS)]


def make(home: Path) -> None:
    """Fill the home."""
    samples = [
        Sample(
            name=name,
            owner=f"owner-{number % 7}",
            summary=f"What a {name.replace('-', ' ')} needs to be useful to whoever has one, and to its neighbours",
            code='"""A thing."""\n',
            traffic=Traffic(number % 13, 1.0, 0.0, 0),
            releases=[Release("1.0", number % 200 + 1)],
            sdist=False,
        )
        for number, name in enumerate(names())
    ]
    with opened(Settings(home=home, github_url=GITHUB_URL), create=True) as world:
        fill(world, samples, datetime.now(UTC), days=1)
        write_pages(world)
