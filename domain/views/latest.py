"""Which release stands for a package."""

from packaging.version import Version

from domain.artifacts import WHEEL_KIND
from domain.package import File, Package


def latest_release(package: Package) -> str | None:
    """The release to show and to recommend: the newest that is final and not yanked, else the next best.

    Next best is the newest pre-release that is not yanked, then the newest of all. A release counts as yanked only if
    all of its files are. None without files, and in quarantine.
    """
    offered = package.offered
    if not offered:
        return None
    alive = {file.version for file in offered if file.yanked is None}
    best = max((file.version for file in offered), key=lambda version: (_rank(version, alive), version))
    return next(file.published.version for file in offered if file.version == best)


def files_of(package: Package, release: str) -> tuple[File, ...]:
    """The files of one release that installers may see, wheels first."""
    version = Version(release)
    files = (file for file in package.offered if file.version == version)
    return tuple(sorted(files, key=lambda file: (file.published.kind != WHEEL_KIND, file.published.filename)))


def describing_file(package: Package, release: str) -> File | None:
    """The file whose core metadata speaks for a release: a wheel rather than an sdist, not a yanked one if possible."""
    return min(files_of(package, release), key=lambda file: file.yanked is not None, default=None)


def _rank(version: Version, alive: set[Version]) -> int:
    if version not in alive:
        return 0
    return 1 if version.is_prerelease else 2
