"""Which release stands for a package."""

from packaging.version import Version

from domain.package import File, Package, Status

_HIGHEST_MERIT = 3


def latest_release(package: Package) -> str | None:
    """The release to show and to recommend: the newest that is final and not yanked, else the next best.

    Next best is the newest pre-release that is not yanked, then of those that are the newest final one, then the newest
    of all. A release counts as yanked only if all of its files are. None without files, and in quarantine.
    """
    newest_first = package.releases[::-1]
    best = next((files for files in newest_first if _merit(files) == _HIGHEST_MERIT), None)
    best = best or max(newest_first, key=_merit, default=None)
    return best[0].published.version if best else None


def newest_release(package: Package) -> str | None:
    """The release with the file that was published last, which may belong to an older line; None as above."""
    newest = max(package.releases, key=lambda files: max(file.published.at for file in files), default=None)
    return newest[0].published.version if newest else None


def standing_of(package: Package) -> str:
    """What speaks against choosing the package, in a word; empty if nothing, or if it is not shown at all."""
    match package.status:
        case Status.DEPRECATED | Status.ARCHIVED:
            return str(package.status)
        case Status.ACTIVE | Status.QUARANTINED:
            releases = package.releases
            return "yanked" if releases and all(map(_is_yanked, releases)) else ""


def files_of(package: Package, release: str) -> tuple[File, ...]:
    """The files of one release that installers may see, wheels first."""
    version = Version(release)
    return next((files for files in package.releases if files[0].version == version), ())


def describing_file(package: Package, release: str) -> File | None:
    """The file whose core metadata speaks for a release: a wheel rather than an sdist, not a yanked one if possible."""
    return min(files_of(package, release), key=lambda file: file.yanked is not None, default=None)


def _merit(files: tuple[File, ...]) -> int:
    """How good a release is to recommend, whatever its number."""
    return 2 * (not _is_yanked(files)) + (not files[0].version.is_prerelease)


def _is_yanked(files: tuple[File, ...]) -> bool:
    return all(file.yanked is not None for file in files)
