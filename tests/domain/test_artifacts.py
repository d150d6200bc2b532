"""Filenames of wheels and source distributions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from domain import names
from domain.artifacts import (
    FilenameHasPath,
    FilenameNotPlain,
    FilenameTooLong,
    InvalidExtension,
    InvalidSdistFilename,
    InvalidWheelFilename,
    Sdist,
    SdistFilenameNotNormalised,
    SdistNameNotNormalised,
    UnprintableFilename,
    Wheel,
    parse_filename,
    sdist_matches,
    settled,
)
from domain.refusals import Invalid
from tests.refusals import check_told_plainly
from tests.wheels import escaped, normalised

NAMES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,12}[A-Za-z0-9])?", fullmatch=True)
VERSIONS = st.from_regex(
    r"([1-9]!)?(0|[1-9][0-9]{0,2})(\.[0-9]){0,3}(rc[1-9])?(\.post1)?(\.dev2)?(\+l[1-9])?", fullmatch=True
)


@pytest.mark.parametrize("filename", ["foo_bar-1.0-py3-none-any.whl", "Foo.Bar-1.0-py3-none-any.whl"])
def test_a_wheel_is_read_in_new_and_old_spellings(filename: str) -> None:
    wheel = parse_filename(filename)
    assert isinstance(wheel, Wheel)
    assert (wheel.name, wheel.version, wheel.build, wheel.kind) == ("foo-bar", Version("1.0"), (), "bdist_wheel")


def test_a_compressed_tag_set_and_a_build_tag_are_read() -> None:
    wheel = parse_filename("foo-1!2.0+local.1-7b-py2.py3-none-win32.win_amd64.whl")
    assert isinstance(wheel, Wheel)
    assert wheel.build == (7, "b")
    assert {str(tag) for tag in wheel.tags} == {
        f"{python}-none-{platform}" for python in ("py2", "py3") for platform in ("win32", "win_amd64")
    }


@given(NAMES, VERSIONS)
def test_every_name_and_version_makes_a_readable_wheel_filename(name: str, version: str) -> None:
    wheel = parse_filename(f"{escaped(name)}-{normalised(version)}-py3-none-any.whl")
    assert (wheel.name, wheel.version) == (escaped(name).replace("_", "-"), Version(version))


@given(NAMES, VERSIONS)
def test_every_name_and_version_makes_one_sdist_filename(name: str, version: str) -> None:
    filename = f"{escaped(name)}-{normalised(version)}.tar.gz"
    sdist = parse_filename(filename)
    assert sdist == Sdist(filename, escaped(name).replace("_", "-"), Version(version), ".tar.gz")
    assert parse_filename(filename, old_sdists=True) == sdist
    assert sdist_matches(filename, name, Version(version))


@given(st.text(max_size=300), st.sampled_from(["", ".whl", ".tar.gz", ".zip", "-1.0.tar.gz", "-1-py3-none-any.whl"]))
def test_whatever_the_filename_the_refusal_is_one_bounded_printable_line(start: str, end: str) -> None:
    for old_sdists in (False, True):
        try:
            artifact = parse_filename(start + end, old_sdists=old_sdists)
        except Invalid as refusal:
            check_told_plainly(refusal)
        else:
            assert artifact.filename == start + end
            assert artifact.filename.isascii()


@pytest.mark.parametrize("filename", ["a\n-1.0.tar.gz", "a\x7f-1.0.tar.gz", "\0"])
def test_control_characters_are_refused(filename: str) -> None:
    with pytest.raises(UnprintableFilename, match="ordinals 0-31"):
        parse_filename(filename)


@pytest.mark.parametrize("filename", ["../a-1.0.tar.gz", "a\\b-1.0.tar.gz", "/etc/passwd"])
def test_directories_are_refused(filename: str) -> None:
    with pytest.raises(FilenameHasPath):
        parse_filename(filename)


def test_the_filename_leaves_room_for_metadata_beside_it() -> None:
    longest = "a" * (240 - len("-1.0.tar.gz")) + "-1.0.tar.gz"
    with pytest.raises(FilenameTooLong, match="Filename is too long: 'aaaa"):
        parse_filename("a" + longest)


@pytest.mark.parametrize(
    "filename", ["fö-1.0.tar.gz", "a b-1.0.tar.gz", ".a-1.0.tar.gz", "-1.0.tar.gz", "a%2e-1.0.tar.gz", "a\u202e.whl"]
)
def test_characters_that_no_name_and_no_version_has_are_refused(filename: str) -> None:
    with pytest.raises(FilenameNotPlain):
        parse_filename(filename)


@pytest.mark.parametrize("filename", ["a-1.0.exe", "a-1.0.egg", "a-1.0.tar.bz2", "a-1.0.tgz", "a", "a-1.0.WHL"])
def test_other_extensions_are_refused(filename: str) -> None:
    with pytest.raises(InvalidExtension):
        parse_filename(filename, old_sdists=True)


@pytest.mark.parametrize(
    ("filename", "reason"),
    [
        ("a-1.0-py3-none.whl", "wrong number of parts"),
        ("a-x-py3-none-any.whl", "invalid version"),
        ("a-1.0-b1-py3-none-any.whl", "Invalid build number"),
        ("a__b-1.0-py3-none-any.whl", "Invalid project name"),
        ("a_-1.0-py3-none-any.whl", "Invalid project name"),
        ("a-1.0-py3..py2-none-any.whl", "invalid tag component"),
        ("a-1-" + "-".join([".".join("abcdefghijklmnop")] * 3) + ".whl", "more than 512 tags"),
    ],
)
def test_a_wheel_filename_that_is_none_is_refused_with_the_reason(filename: str, reason: str) -> None:
    with pytest.raises(InvalidWheelFilename, match=reason):
        parse_filename(filename)


def test_an_upload_is_spelt_as_pep_625_wants_it() -> None:
    with pytest.raises(SdistNameNotNormalised, match="Start filename for 'Foo-Bar' with 'foo_bar'"):
        parse_filename("Foo-Bar-1.0.tar.gz")
    with pytest.raises(SdistFilenameNotNormalised, match=r"is invalid, should be 'foo_bar-1.0rc1.tar.gz'"):
        parse_filename("foo_bar-1.0.RC1.tar.gz")
    with pytest.raises(SdistFilenameNotNormalised, match=r"should be 'foo-1.0.tar.gz'"):
        parse_filename("foo-1.0.zip")


@pytest.mark.parametrize("filename", ["foo.tar.gz", "foo-.tar.gz", "foo-bar.tar.gz", "1.0.zip"])
def test_an_sdist_without_name_or_version_is_refused(filename: str) -> None:
    for old_sdists in (False, True):
        with pytest.raises(InvalidSdistFilename):
            parse_filename(filename, old_sdists=old_sdists)


@pytest.mark.parametrize(
    ("filename", "name", "version"),
    [
        ("docopt-0.6.2.tar.gz", "docopt", "0.6.2"),
        ("zope.interface-4.0.5.zip", "zope-interface", "4.0.5"),
        ("python-dateutil-1.5.tar.gz", "python-dateutil", "1.5"),
        ("Django-1.4.tar.gz", "django", "1.4"),
        ("pytz-2004b.tar.gz", "pytz", "2004b0"),
        ("foo-1.0-beta2.tar.gz", "foo", "1.0b2"),
        ("foo_bar-1!1.0.tar.gz", "foo-bar", "1!1.0"),
    ],
)
def test_an_import_reads_old_spellings(filename: str, name: str, version: str) -> None:
    sdist = parse_filename(filename, old_sdists=True)
    assert (sdist.name, sdist.version, sdist.kind) == (name, Version(version), "sdist")


@pytest.mark.parametrize(("name", "version"), [("foo-1.0", "1"), ("foo", "1.0.post1")])
def test_an_ambiguous_sdist_is_settled_by_its_pkg_info(name: str, version: str) -> None:
    guess = parse_filename("foo-1.0-1.tar.gz", old_sdists=True)
    sdist = settled(guess, name, Version(version))
    assert (sdist.name, sdist.version) == (names.canonical(name), Version(version))


def test_a_pkg_info_that_no_reading_agrees_with_settles_nothing() -> None:
    guess = parse_filename("foo-1.0-1.tar.gz", old_sdists=True)
    assert settled(guess, "bar", Version("1")) == guess


def test_a_wheel_needs_no_settling() -> None:
    wheel = parse_filename("foo-1.0-py3-none-any.whl")
    assert settled(wheel, "bar", Version("2")) == wheel
