"""Real, awkward distributions: listed with their digests, fetched once, never committed."""

import json
import os
import shutil
from pathlib import Path

from attrs import frozen

from tests.clients.clients import CACHE, ClientError, sha256, succeed
from tests.wheels import make_sdist, make_wheel

LISTED = Path(__file__).with_name("corpus.json")
USUAL_INDEX = "https://pypi.org/simple/"
MANY = 300


@frozen
class Entry:
    """One listed distribution.

    Attributes:
        filename: as its own index spells it.
        sha256: of its bytes.
        requirement: what finds it.
        options: which of the release's files to find.
        reason: for a file that the index refuses, words of the refusal.
    """

    filename: str
    sha256: str
    requirement: str
    options: tuple[str, ...]
    reason: str = ""


def listed(kind: str) -> list[Entry]:
    """The entries that an index with default settings has ``accepted`` or ``refused``."""
    rows = json.loads(LISTED.read_text())[kind]
    return [Entry(**{**row, "options": tuple(row["options"])}) for row in rows]


def fetch(entries: list[Entry], unearth: Path) -> list[Path]:
    """The entries' files, from the cache or, once, from this machine's usual index (nothing is built for it)."""
    directory = CACHE / "corpus"
    directory.mkdir(parents=True, exist_ok=True)
    index = os.environ.get("PIP_INDEX_URL", USUAL_INDEX)
    for entry in entries:
        path = directory / entry.filename
        if not path.exists():
            part = directory / "part"
            shutil.rmtree(part, ignore_errors=True)
            options = [*entry.options, "--index-url", index, "--download", part]
            succeed(unearth, entry.requirement, *options, env=os.environ)
            (part / entry.filename).replace(path)
        if sha256(path.read_bytes()) != entry.sha256:
            path.unlink()
            raise ClientError(f"{entry.filename} has not the listed digest; run again to fetch it anew")
    return [directory / entry.filename for entry in entries]


def built() -> list[tuple[str, bytes]]:
    """What is rare on public indexes: local and epoch versions, build tags, new metadata, a project of many files."""
    return [
        make_wheel("corpus.Local_names", "1.0+cu121.2"),
        make_wheel("corpus.Local_names", "2!1.0"),
        make_wheel("corpus.Local_names", "1.0.dev3"),
        make_sdist("corpus.Local_names", "1.0+cu121.2"),
        make_wheel("corpus-build-tags", "1.0", build="1"),
        make_wheel("corpus-build-tags", "1.0", build="2b"),
        make_wheel("corpus-build-tags", "1.0", tag="py2.py3-none-win32.win_amd64"),
        make_wheel("corpus-newest-metadata", "1.0", metadata_version="2.6"),
        make_sdist("corpus-newest-metadata", "1.0", metadata_version="2.2"),
        *(make_wheel("corpus-many", f"0.{minor}") for minor in range(MANY)),
    ]
