"""What is known of a file that was judged: between an upload and its publication, and in a submission's events."""

from domain.digests import Digests
from domain.sessions import UploadAccepted
from domain.submission_events import BuiltFile


def built(accepted: UploadAccepted) -> BuiltFile:
    """As a submission's events keep it."""
    return BuiltFile(
        filename=accepted.filename,
        spelling=accepted.spelling,
        version=accepted.version,
        size=accepted.size,
        sha256=accepted.digests.sha256,
        blake2b_256=accepted.digests.blake2b_256,
        md5=accepted.digests.md5,
        metadata_sha256=accepted.metadata_sha256,
        requires_python=accepted.requires_python,
    )


def accepted_of(file: BuiltFile) -> UploadAccepted:
    """As it is published."""
    return UploadAccepted(
        filename=file.filename,
        spelling=file.spelling,
        version=file.version,
        digests=Digests(file.sha256, file.blake2b_256, file.md5),
        size=file.size,
        metadata_sha256=file.metadata_sha256,
        requires_python=file.requires_python,
    )
