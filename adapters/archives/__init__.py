"""Opens wheels and source distributions: satisfies `domain.ports.archives` in every world."""

from pathlib import Path

from adapters.archives import tar_reader, zip_reader
from domain.artifacts import Artifact
from domain.contents import Contents
from domain.policy import Bounds


class FileArchives:
    """Archives in files on disk."""

    def inspect(self, path: Path, artifact: Artifact, bounds: Bounds) -> Contents:
        """See `domain.ports.archives`."""
        if artifact.filename.endswith(".tar.gz"):
            return tar_reader.inspect(path, artifact, bounds)
        return zip_reader.inspect(path, artifact, bounds)
