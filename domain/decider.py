"""Every rule about a package: `decide` says what follows from a command, or why it is refused."""

from datetime import datetime

from domain import names
from domain.caller import Caller
from domain.commands import (
    Command,
    DeleteFile,
    PublishFile,
    PublishRelease,
    UnyankFile,
    WithdrawPackage,
    YankFile,
)
from domain.events import (
    FileDeleted,
    FileUnyanked,
    FileYanked,
    PackageEvent,
    PackageWithdrawn,
    ProjectStatusChanged,
)
from domain.ownership import the_caller_owns
from domain.package import File, Package, Status
from domain.policy import Policy
from domain.publication import ProjectClosed, publish, publish_release
from domain.refusals import Invalid, NotFound

_LONGEST_REASON = 512
_WANTED = {
    YankFile: "yank files of",
    UnyankFile: "un-yank files of",
    DeleteFile: "delete files of",
    WithdrawPackage: "withdraw",
}


class InvalidReason(Invalid):
    """Not one short line."""


class NoSuchPackage(NotFound):
    """No such package, for this caller."""


class NoSuchFile(NotFound):
    """The package has no such file (any more)."""


def possible_name(name: str) -> str:
    """The canonical name of a package that may exist. An address may hold anything, also what no store takes as a key.

    Raises:
        NoSuchPackage: no package can be called so.
    """
    if not names.is_valid(name):
        raise NoSuchPackage("There is no such package.")
    return names.canonical(name)


def decide(
    package: Package | None, command: Command, caller: Caller, policy: Policy, at: datetime
) -> tuple[PackageEvent, ...]:
    """What follows from a submitter's command; nothing if it is true already.

    Raises:
        Refused: the rule that forbids it; nothing may be stored then.
    """
    match command:
        case PublishFile():
            return publish(package, command, caller, policy, at)
        case PublishRelease():
            return publish_release(package, command, caller, policy, at)
        case YankFile() | UnyankFile() | DeleteFile() | WithdrawPackage():
            return _change(package, command, caller, at)


def _change(
    package: Package | None,
    command: YankFile | UnyankFile | DeleteFile | WithdrawPackage,
    caller: Caller,
    at: datetime,
) -> tuple[PackageEvent, ...]:
    caller.check_not_uploads_only()
    if package is None:
        raise NoSuchPackage("There is no such package.")
    the_caller_owns(package, caller, _WANTED[type(command)])
    match command:
        case YankFile(filename, reason):
            the_reason_is_one_short_line(reason)
            if _existing(package, filename).yanked == reason:
                return ()
            return (FileYanked(filename, reason, at, caller.account),)
        case UnyankFile(filename):
            if _existing(package, filename).yanked is None:
                return ()
            return (FileUnyanked(filename, at, caller.account),)
        case DeleteFile(filename):
            _existing(package, filename)
            _the_files_may_go(package)
            return (FileDeleted(filename, at, caller.account),)
        case WithdrawPackage():
            if not package.has_pages:
                raise NoSuchPackage("There is no such package.")
            _the_files_may_go(package)
            return (PackageWithdrawn(at, caller.account),)


def change_status(
    package: Package | None, status: Status, reason: str | None, at: datetime
) -> tuple[PackageEvent, ...]:
    """What follows when the operator marks a project (PEP 792)."""
    if package is None:
        raise NoSuchPackage("There is no such package.")
    the_reason_is_one_short_line(reason or "")
    if (package.status, package.status_reason) == (status, reason):
        return ()
    return (ProjectStatusChanged(status.value, reason, at),)


def the_reason_is_one_short_line(reason: str) -> None:
    """Installers print it; nothing in it may move their cursor."""
    if len(reason) > _LONGEST_REASON or (reason and not reason.isprintable()):
        raise InvalidReason(f"A reason is one line of at most {_LONGEST_REASON} printable characters.")


def _the_files_may_go(package: Package) -> None:
    """Whoever put the project in quarantine wants to look at its files, and may bring them back."""
    if package.status is Status.QUARANTINED:
        raise ProjectClosed(f"The project '{package.name}' is quarantined, so nothing of it can be removed.")


def _existing(package: Package, filename: str) -> File:
    file = package.files.get(filename)
    if file is None:
        raise NoSuchFile(f"The package '{package.name}' has no file '{filename}'.")
    return file
