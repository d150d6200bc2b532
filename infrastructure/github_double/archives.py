"""Archives of a repository's files, as codeload makes them."""

import gzip
import io
import tarfile

from infrastructure.github_double.answers import Answer
from infrastructure.github_double.repository import Commit, Repository

_SHORT = 7


def archive(repository: Repository, commit: Commit) -> Answer:
    """A gzipped tar with one folder, without a length."""
    top = f"{repository.owner}-{repository.name}-{commit.sha[:_SHORT]}"
    buffer = io.BytesIO()
    # As git-archive(1) does, the name of the commit goes into a header.
    headers = {"comment": commit.sha}
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, pax_headers=headers) as tar:
        folders = {top}
        for path in sorted(commit.files):
            parts = path.split("/")
            folders.update("/".join([top, *parts[:count]]) for count in range(1, len(parts)))
        for folder in sorted(folders):
            member = tarfile.TarInfo(folder)
            member.type, member.mode = tarfile.DIRTYPE, 0o775
            tar.addfile(member)
        for path, content in sorted(commit.files.items()):
            member = tarfile.TarInfo(f"{top}/{path}")
            member.size, member.mode = len(content), 0o664
            tar.addfile(member, io.BytesIO(content))
    headers = {"Content-Type": "application/x-gzip", "Content-Disposition": f"attachment; filename={top}.tar.gz"}
    return Answer(200, gzip.compress(buffer.getvalue(), mtime=0), headers, is_chunked=True)
