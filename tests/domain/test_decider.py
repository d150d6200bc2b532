"""What follows from a submitter's commands."""

import pytest
from attrs import evolve

from domain.caller import Caller
from domain.commands import Command, DeleteFile, UnyankFile, WithdrawPackage, YankFile
from domain.decider import InvalidReason, NoSuchFile, NoSuchPackage
from domain.events import FileDeleted, FileUnyanked, FileYanked, PackageWithdrawn, ProjectStatusChanged
from domain.names import ReservedName, StandardLibraryName
from domain.ownership import NotOwner, TokenOutOfScope
from domain.package import Status
from domain.policy import Allowance, Policy
from domain.publication import FileExists, FilenameSpent, ProjectClosed, SecondSdist
from tests.domain.specification import ALICE, AT, BOB, Given, publish, published, submitted

WHEEL = "frob-1.0-py3-none-any.whl"
SDIST = "frob-1.0.tar.gz"
BY = ALICE.account


def test_the_first_upload_of_a_free_name_makes_the_package_the_uploaders() -> None:
    Given().when(publish(WHEEL, spelling="Frob")).then(submitted("Frob"), published(WHEEL))


def test_a_second_file_is_published_without_submitting_again() -> None:
    Given(submitted(), published(WHEEL)).when(publish(SDIST)).then(published(SDIST))


def test_the_same_file_again_changes_nothing() -> None:
    Given(submitted(), published(WHEEL)).when(publish(WHEEL)).then_nothing()


def test_other_bytes_under_a_known_filename_are_refused() -> None:
    Given(submitted(), published(WHEEL)).when(publish(WHEEL, b"other")).then_refused(FileExists, "File already exists")


def test_the_same_bytes_under_another_filename_are_refused() -> None:
    other = "frob-1.0-py2-none-any.whl"
    Given(submitted(), published(WHEEL, b"x")).when(publish(other, b"x")).then_refused(FileExists, "File already")


RESPELT = [
    "Frob-1.0-py3-none-any.whl",
    "frob-1.0.0-py3-none-any.whl",
    "frob-01.0-py3-none-any.whl",
    "frob-1.0-PY3-none-ANY.whl",
]
"""What installers, or file systems without case, take for `WHEEL`."""


@pytest.mark.parametrize("filename", RESPELT)
def test_a_published_file_is_replaced_in_no_spelling(filename: str) -> None:
    given = Given(submitted(), published(WHEEL))
    given.when(publish(filename, b"other")).then_refused(FileExists, f"File already exists ('{WHEEL}'")


@pytest.mark.parametrize("filename", RESPELT)
def test_a_deleted_file_comes_back_in_no_spelling(filename: str) -> None:
    given = Given(submitted(), published(WHEEL), FileDeleted(WHEEL, AT, BY))
    given.when(publish(filename, b"other")).then_refused(FilenameSpent)
    given = Given(submitted(), published(WHEEL), PackageWithdrawn(AT, BY))
    given.when(publish(filename, b"other")).then_refused(FilenameSpent)


@pytest.mark.parametrize("spent", ["frob-1.0.0.tar.gz", "Frob-1.tar.gz"])
def test_nor_does_a_deleted_sdist(spent: str) -> None:
    given = Given(submitted(), evolve(published(SDIST), filename=spent), FileDeleted(spent, AT, BY))
    given.when(publish(SDIST, b"other")).then_refused(FilenameSpent)


@pytest.mark.parametrize(
    "filename",
    [
        "frob-1.0-1-py3-none-any.whl",
        "frob-1.0-py2.py3-none-any.whl",
        "frob-1.0-py3-none-linux_x86_64.whl",
        "frob-1.0.post1-py3-none-any.whl",
    ],
)
def test_other_builds_tags_and_versions_are_other_files(filename: str) -> None:
    other = published(filename)
    Given(submitted(), published(WHEEL)).when(publish(filename)).then(other)
    deleted = Given(submitted(), published(WHEEL), FileDeleted(WHEEL, AT, BY))
    deleted.when(publish(filename)).then(other)


def test_a_stranger_may_not_publish() -> None:
    Given(submitted(), published(WHEEL)).when(publish(SDIST), by=BOB).then_refused(NotOwner, "The user 'bob' isn't")


def test_a_stranger_learns_nothing_by_sending_the_same_file() -> None:
    Given(submitted(), published(WHEEL)).when(publish(WHEEL), by=BOB).then_refused(NotOwner)


def test_a_token_for_other_packages_may_not_publish() -> None:
    scoped = evolve(ALICE, packages=frozenset({"other"}))
    Given(submitted()).when(publish(WHEEL), by=scoped).then_refused(TokenOutOfScope)
    Given().when(publish(WHEEL), by=scoped).then_refused(TokenOutOfScope)


def test_a_token_for_this_package_may_publish() -> None:
    scoped = Caller(ALICE.account, "alice", frozenset({"frob"}))
    Given().when(publish(WHEEL), by=scoped).then(submitted(), published(WHEEL))


@pytest.mark.parametrize("status", [Status.ARCHIVED, Status.QUARANTINED])
def test_closed_projects_take_no_uploads(status: Status) -> None:
    marked = ProjectStatusChanged(status.value, None, AT)
    Given(submitted(), marked).when(publish(WHEEL)).then_refused(ProjectClosed, status.value)


def test_deprecated_projects_take_uploads() -> None:
    Given(submitted(), ProjectStatusChanged("deprecated", None, AT)).when(publish(WHEEL)).then(published(WHEEL))


def test_a_release_has_one_sdist_however_its_version_is_spelt() -> None:
    given = Given(submitted(), published(SDIST))
    given.when(publish("frob-1.0.0.tar.gz")).then_refused(SecondSdist, "Only one sdist")


def test_a_release_is_labelled_as_first_published() -> None:
    second = "frob-1.0.0-py3-none-any.whl"
    given = Given(submitted(), published(SDIST))
    given.when(publish(second)).then(evolve(published(second), version="1.0"))


def test_a_deleted_filename_never_comes_back() -> None:
    given = Given(submitted(), published(WHEEL), FileDeleted(WHEEL, AT, BY))
    given.when(publish(WHEEL)).then_refused(FilenameSpent, "previously used by a file that has since been deleted")
    given.when(publish(WHEEL, b"other")).then_refused(FilenameSpent)


def test_a_withdrawn_packages_filenames_stay_spent_and_its_name_its_owners() -> None:
    given = Given(submitted(), published(WHEEL), PackageWithdrawn(AT, BY))
    given.when(publish(WHEEL)).then_refused(FilenameSpent)
    given.when(publish("frob-2.0-py3-none-any.whl"), by=BOB).then_refused(NotOwner)
    given.when(publish("frob-2.0-py3-none-any.whl")).then(submitted(), published("frob-2.0-py3-none-any.whl"))


def test_reserved_names_are_refused_for_new_packages() -> None:
    Given().when(publish("simple-1.0-py3-none-any.whl")).then_refused(ReservedName)


def test_standard_library_names_are_refused_unless_allowed() -> None:
    strict = Policy(stdlib_names=frozenset({"frob"}))
    Given().when(publish(WHEEL), policy=strict).then_refused(StandardLibraryName)
    lax = evolve(strict, allow=frozenset({Allowance.STDLIB_NAMES}))
    Given().when(publish(WHEEL), policy=lax).then(submitted(), published(WHEEL))


def test_a_name_that_became_a_standard_module_later_stays_its_owners() -> None:
    strict = Policy(stdlib_names=frozenset({"frob"}))
    Given(submitted()).when(publish(WHEEL), policy=strict).then(published(WHEEL))


def test_a_file_is_yanked_with_a_reason() -> None:
    Given(submitted(), published(WHEEL)).when(YankFile(WHEEL, "broken")).then(FileYanked(WHEEL, "broken", AT, BY))


def test_yanking_again_with_the_same_reason_changes_nothing() -> None:
    given = Given(submitted(), published(WHEEL), FileYanked(WHEEL, "broken", AT, BY))
    given.when(YankFile(WHEEL, "broken")).then_nothing()
    given.when(YankFile(WHEEL, "worse")).then(FileYanked(WHEEL, "worse", AT, BY))


@pytest.mark.parametrize("reason", ["two\nlines", "\x1b[2J", "x" * 513])
def test_reasons_are_one_short_line(reason: str) -> None:
    given = Given(submitted(), published(WHEEL))
    given.when(YankFile(WHEEL, reason)).then_refused(InvalidReason, "one line")
    given.when_marked(Status.ARCHIVED, reason).then_refused(InvalidReason)


def test_unyanking_offers_the_file_again_once() -> None:
    yanked = Given(submitted(), published(WHEEL), FileYanked(WHEEL, "", AT, BY))
    yanked.when(UnyankFile(WHEEL)).then(FileUnyanked(WHEEL, AT, BY))
    Given(submitted(), published(WHEEL)).when(UnyankFile(WHEEL)).then_nothing()


@pytest.mark.parametrize(
    ("command", "what"),
    [
        (YankFile(WHEEL, ""), "yank files of"),
        (UnyankFile(WHEEL), "un-yank files of"),
        (DeleteFile(WHEEL), "delete files of"),
        (WithdrawPackage(), "withdraw"),
    ],
)
def test_only_the_owner_changes_files_and_is_told_what_was_asked(command: Command, what: str) -> None:
    given = Given(submitted(), published(WHEEL))
    given.when(command, by=BOB).then_refused(NotOwner, f"The user 'bob' isn't allowed to {what} project 'frob'")
    scoped = evolve(ALICE, packages=frozenset({"other"}))
    told = f"The given token isn't allowed to {what} project 'frob'"
    given.when(command, by=scoped).then_refused(TokenOutOfScope, told)


def test_a_file_that_is_not_there_cannot_be_changed() -> None:
    given = Given(submitted(), published(WHEEL), FileDeleted(WHEEL, AT, BY))
    for command in (YankFile(WHEEL, ""), UnyankFile(WHEEL), DeleteFile(WHEEL)):
        given.when(command).then_refused(NoSuchFile)


def test_a_package_that_is_not_there_cannot_be_changed() -> None:
    for command in (YankFile(WHEEL, ""), UnyankFile(WHEEL), DeleteFile(WHEEL), WithdrawPackage()):
        Given().when(command).then_refused(NoSuchPackage)


def test_withdrawing_happens_once() -> None:
    Given(submitted(), published(WHEEL)).when(WithdrawPackage()).then(PackageWithdrawn(AT, BY))
    Given(submitted(), published(WHEEL), PackageWithdrawn(AT, BY)).when(WithdrawPackage()).then_refused(NoSuchPackage)


def test_nothing_is_removed_from_a_quarantined_project_until_the_quarantine_is_over() -> None:
    there = (submitted(), published(WHEEL))
    marked = ProjectStatusChanged("quarantined", "malware", AT)
    Given(*there, marked).when(DeleteFile(WHEEL)).then_refused(ProjectClosed)
    Given(*there, marked).when(WithdrawPackage()).then_refused(ProjectClosed)
    Given(*there, marked).when(YankFile(WHEEL, "")).then(FileYanked(WHEEL, "", AT, BY))
    over = ProjectStatusChanged("active", None, AT)
    Given(*there, marked, over).when(WithdrawPackage()).then(PackageWithdrawn(AT, BY))


def test_the_operator_marks_a_project_once() -> None:
    marked = ProjectStatusChanged("archived", "old", AT)
    Given(submitted()).when_marked(Status.ARCHIVED, "old").then(marked)
    Given(submitted(), marked).when_marked(Status.ARCHIVED, "old").then_nothing()
    Given().when_marked(Status.ARCHIVED).then_refused(NoSuchPackage)
