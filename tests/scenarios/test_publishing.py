"""A submitter's file from the upload to those who install it."""

import pytest

from domain.caller import Caller
from domain.names import LookAlikeName
from domain.ownership import NotOwner
from domain.package import Status
from domain.publication import FileExists, FilenameSpent
from domain.usecases.keys import installer_keys
from tests.scenarios.conftest import World
from tests.wheels import make_sdist, make_wheel


def test_an_upload_is_installable_at_once(world: World) -> None:
    alice = world.submitter("alice")
    filename, content = make_wheel("frob", "1.0")
    world.upload(alice, (filename, content))
    (file,) = world.simple("frob")["files"]
    assert file["filename"] == filename
    assert file["size"] == len(content)
    assert file["yanked"] is False
    assert world.object(f"packages/frob/1.0/{filename}") == content
    metadata = world.text(f"packages/frob/1.0/{filename}.metadata")
    assert "Name: frob" in metadata
    assert filename in world.text("simple/frob/index.html")
    assert world.text("simple/frob/index.html") == world.text("simple/frob/index.v1_html")
    assert '"version":"1.0"' in world.text("pypi/frob/json")


def test_pages_for_people_and_lists_follow(world: World) -> None:
    alice = world.submitter("alice")
    world.upload(alice, make_wheel("frob", "1.0"))
    world.settle()
    assert "frob" in world.text("project/frob/index.html")
    assert "frob" in world.text("index.html")
    assert world.listed() == ["frob"]


def test_releases_are_spelt_as_first_published(world: World) -> None:
    alice = world.submitter("alice")
    world.upload(alice, make_wheel("frob", "1.0"))
    filename, content = make_sdist("frob", "1.0.0")
    world.upload(alice, (filename, content))
    assert world.simple("frob")["versions"] == ["1.0"]
    assert world.object(f"packages/frob/1.0/{filename}") == content


def test_a_retried_upload_changes_nothing(world: World) -> None:
    alice = world.submitter("alice")
    wheel = make_wheel("frob", "1.0")
    world.upload(alice, wheel)
    world.settle()
    before = world.snapshot()
    world.upload(alice, wheel)
    world.settle()
    assert world.snapshot() == before


def test_other_bytes_under_a_known_name_are_refused_whatever_they_are(world: World) -> None:
    alice = world.submitter("alice")
    filename, content = make_wheel("frob", "1.0")
    world.upload(alice, (filename, content))
    before = world.snapshot()
    with pytest.raises(FileExists):
        world.upload(alice, (filename, content + b"x"))
    assert world.snapshot() == before


def test_a_name_belongs_to_whoever_uploads_first(world: World) -> None:
    alice, bob = world.submitter("alice"), world.submitter("bob")
    world.upload(alice, make_wheel("frob", "1.0"))
    with pytest.raises(NotOwner):
        world.upload(bob, make_wheel("frob", "2.0"))
    assert world.simple("frob")["versions"] == ["1.0"]


def test_a_look_alike_name_is_refused_for_ever(world: World) -> None:
    alice, bob = world.submitter("alice"), world.submitter("bob")
    world.upload(alice, make_wheel("frobble", "1.0"))
    with pytest.raises(LookAlikeName):
        world.upload(bob, make_wheel("fr0bb1e", "1.0"))
    world.index.publishing().withdraw(alice, "frobble")
    with pytest.raises(LookAlikeName):
        world.upload(bob, make_wheel("fr0bb1e", "1.0"))
    assert world.object("simple/fr0bb1e/index.html") is None


def test_yanking_marks_the_file_and_unyanking_clears_it(world: World) -> None:
    alice = world.submitter("alice")
    filename, content = make_wheel("frob", "1.0")
    world.upload(alice, (filename, content))
    world.index.publishing().yank(alice, "frob", filename, "broken")
    assert world.simple("frob")["files"][0]["yanked"] == "broken"
    assert 'data-yanked="broken"' in world.text("simple/frob/index.html")
    world.index.publishing().unyank(alice, "Frob", filename)
    assert world.simple("frob")["files"][0]["yanked"] is False


def test_a_deleted_file_is_gone_for_good(world: World) -> None:
    alice = world.submitter("alice")
    filename, content = make_wheel("frob", "1.0")
    world.upload(alice, (filename, content))
    world.upload(alice, make_wheel("frob", "2.0"))
    world.index.publishing().delete(alice, "frob", filename)
    assert world.simple("frob")["versions"] == ["2.0"]
    assert world.object(f"packages/frob/1.0/{filename}") is None
    assert world.object(f"packages/frob/1.0/{filename}.metadata") is None
    assert not [key for key in world.ports.blobs().keys() if filename in key]
    with pytest.raises(FilenameSpent):
        world.upload(alice, (filename, content))


def test_a_withdrawn_package_disappears_and_may_return_with_a_new_version(world: World) -> None:
    alice = world.submitter("alice")
    world.upload(alice, make_wheel("frob", "1.0"))
    world.settle()
    world.index.publishing().withdraw(alice, "frob")
    world.settle()
    assert world.listed() == []
    keys = [key for key in world.keys() if "frob" in key]
    assert keys == []
    world.upload(alice, make_wheel("frob", "2.0"))
    world.settle()
    assert world.simple("frob")["versions"] == ["2.0"]
    assert world.listed() == ["frob"]


def test_what_is_withdrawn_has_no_page_from_then_on(world: World) -> None:
    alice = world.submitter("alice")
    world.upload(alice, make_wheel("frob", "1.0"))
    world.settle()
    world.index.publishing().withdraw(alice, "frob")
    assert not world.keys("simple/frob/") + world.keys("packages/frob/")
    assert world.object("project/frob/index.html") is None


def test_an_account_that_is_called_otherwise_is_called_so_on_all_pages(world: World) -> None:
    alice = world.submitter("alice")
    world.upload(alice, make_wheel("frob", "1.0"))
    world.settle()
    world.submitter("Alice")
    world.settle()
    assert ">Alice</a>" in world.text("project/frob/index.html")
    assert "<h1>Alice</h1>" in world.text("owner/local.alice/index.html")
    assert world.differences() == []


def test_an_account_may_have_the_number_that_a_package_is_called(world: World) -> None:
    tokens, octocat = world.index.tokens(), Caller("583231", "octocat")
    tokens.register(octocat.account, "octocat")
    world.upload(octocat, make_wheel("583231", "1.0"))
    world.settle()
    tokens.register(octocat.account, "octocat-new")
    world.upload(octocat, make_wheel("583231", "2.0"))
    world.settle()
    page = world.text("project/583231/index.html")
    assert ">octocat-new</a>" in page
    assert "2.0" in page
    assert world.differences() == []


def test_quarantine_hides_all_files_and_lifting_it_brings_them_back(world: World) -> None:
    alice = world.submitter("alice")
    world.upload(alice, make_wheel("frob", "1.0"))
    world.settle()
    before, shown = world.snapshot(), world.simple("frob")
    world.index.publishing().mark("Frob", Status.QUARANTINED, "malware")
    world.settle()
    page = world.simple("frob")
    assert page["project-status"] == {"status": "quarantined", "reason": "malware"}
    assert page["files"] == page["versions"] == []
    assert not world.keys("packages/")
    assert world.listed() == []
    world.index.publishing().mark("frob", Status.ACTIVE, None)
    world.settle()
    after, again = world.snapshot(), world.simple("frob")
    serials = installer_keys("frob")  # say how many events there were
    assert {k: v for k, v in after.items() if k not in serials} == {k: v for k, v in before.items() if k not in serials}
    assert again.pop("meta")["_last-serial"] > shown.pop("meta")["_last-serial"]
    assert again == shown


def test_old_distributions_can_be_added_as_they_are(world: World) -> None:
    alice = world.submitter("alice")
    filename, content = make_sdist("Old.Thing", "1.0", top="Old.Thing-1.0")
    assert world.index.publishing().add(alice, world.received(filename, content))
    assert not world.index.publishing().add(alice, world.received(filename, content))
    world.settle()
    assert world.filenames("old-thing") == [filename]


def test_a_submitters_packages_are_listed_by_owner(world: World) -> None:
    alice, bob = world.submitter("alice"), world.submitter("bob")
    world.upload(alice, make_wheel("frob", "1.0"))
    world.upload(bob, make_wheel("other", "1.0"))
    assert [package.name for package in world.index.portfolio().submitted(alice)] == ["frob"]
    world.index.publishing().withdraw(alice, "frob")
    assert world.index.portfolio().submitted(alice) == []
