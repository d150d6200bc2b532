"""Packages as a growing index has them: names and summaries as people give them, needs that pile up on a few."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from domain.artifacts import WHEEL_KIND
from domain.events import FilePublished, PackageEvent, PackageSubmitted
from domain.listing import Listing
from domain.needs import Need
from tests.benchmarks.search_names import listings
from tests.wheels import escaped, make_metadata, make_record, make_wheel_file, make_zip

MOST = 100_000
_OWNERS = 20_000
_NEEDS = 3
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_README = (
    "# {name}\n\n{summary}\n\n## Use\n\n```python\nimport {module}\n```\n\n"
    "- it does *nothing*,\n- which it does well.\n"
)


@cache
def packages() -> Sequence[Listing]:
    """As many as are ever measured; a smaller index has the first of them."""
    return listings(MOST)


def account_of(number: int) -> str:
    """Who owns the package of this number; 20,000 own 100,000."""
    return f"owner-{number * 7919 % _OWNERS}"


def wheel_of(number: int, version: str = "1.0") -> tuple[str, bytes]:
    """A tiny wheel of the package of this number: its filename and bytes, the same each time."""
    listing = packages()[number]
    module = escaped(listing.name)
    info = f"{module}-{version}.dist-info"
    head = (
        *([f"Summary: {listing.summary}"] if listing.summary else []),
        *("Author-email: Bench <bench@example.org>", "License: Apache-2.0", "Requires-Python: >=3.9"),
        *(f"Requires-Dist: {packages()[other].name}>=1.0" for other in _needs_of(number)),
        "Description-Content-Type: text/markdown",
    )
    readme = _README.format(name=listing.name, summary=listing.summary, module=module)
    members = {
        f"{module}/__init__.py": f'__version__ = "{version}"\n'.encode(),
        f"{info}/METADATA": make_metadata(listing.name, version, metadata_extra=head, description=readme),
        f"{info}/WHEEL": make_wheel_file(),
    }
    members[f"{info}/RECORD"] = make_record(members, f"{info}/RECORD")
    return f"{module}-{version}-py3-none-any.whl", make_zip(members)


def events_of(number: int) -> tuple[PackageEvent, ...]:
    """What the index knows of the package of this number after its first publish; nobody has its file."""
    listing = packages()[number]
    by = f"local:{account_of(number)}"
    filename = f"{escaped(listing.name)}-1.0-py3-none-any.whl"
    digests = (f"{number:064x}", f"{number:064x}", f"{number:032x}", f"{number:064x}")
    return (
        PackageSubmitted(listing.name, by, _AT),
        FilePublished(filename, "1.0", WHEEL_KIND, 1200, *digests, ">=3.9", _AT + timedelta(minutes=number), by),
    )


def needs_of(number: int) -> tuple[Need, ...]:
    """What it requires."""
    name = packages()[number].name
    return tuple(Need(packages()[other].name, name, name, ">=1.0") for other in _needs_of(number))


def _needs_of(number: int) -> Iterator[int]:
    """Packages that were there before, most often those that are needed anyway."""
    chosen = random.Random(number)  # noqa: S311 - the same each time
    if number:
        yield from sorted({int(number * chosen.random() ** 4) for _ in range(chosen.randrange(_NEEDS + 1))})
