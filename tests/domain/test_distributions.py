"""Wheels and source distributions, judged on what an adapter found in them."""

import hashlib
from collections.abc import Mapping

import pytest
from attrs import evolve

from domain import distributions, licences, paths, record, sdists, wheels
from domain.artifacts import parse_filename
from domain.contents import Contents, InvalidDistribution, Link, Member
from domain.metadata import Metadata
from domain.policy import Allowance, Policy, allowances
from domain.refusals import Invalid
from tests.wheels import expanded, make_metadata, make_record, sdist_members, wheel_members

POLICY = Policy()
WHEEL = "foo_bar-1.0-py3-none-any.whl"
INFO = "foo_bar-1.0.dist-info"
SDIST = "foo_bar-1.0.tar.gz"


def held(files: Mapping[str, bytes], *, links: tuple[Link, ...] = (), directories: tuple[str, ...] = ()) -> Contents:
    members = tuple(Member(path, len(raw), hashlib.sha256(raw).hexdigest()) for path, raw in files.items())
    return Contents(members, directories, links, files)


def wheel_files(
    *,
    change: Mapping[str, bytes | None] | None = None,
    tag: str = "py3-none-any",
    wheel_version: str = "1.0",
    entry_points: str | None = None,
    metadata: bytes | None = None,
) -> dict[str, bytes]:
    files = wheel_members(
        "Foo.Bar", "1.0", tag=tag, wheel_version=wheel_version, entry_points=entry_points, metadata=metadata
    )
    for path, raw in (change or {}).items():
        files.pop(path, None)
        if raw is not None:
            files[path] = raw
    path = f"{INFO}/RECORD"
    return {path: make_record(files, path), **files}


def judged(
    files: Mapping[str, bytes], filename: str = WHEEL, *, policy: Policy = POLICY, strict: bool = True
) -> Metadata:
    return distributions.judge(parse_filename(filename, old_sdists=not strict), held(files), policy, strict=strict)


def refused(files: Mapping[str, bytes], filename: str = WHEEL, *, strict: bool = True) -> Invalid:
    with pytest.raises(Invalid) as raised:
        judged(files, filename, strict=strict)
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 1_000
    return raised.value


def test_a_valid_wheel_is_accepted_with_its_metadata() -> None:
    files = wheel_files()
    read = judged(files)
    assert (read.name, str(read.version)) == ("Foo.Bar", "1.0")
    assert distributions.core_metadata(parse_filename(WHEEL), held(files)) == files[f"{INFO}/METADATA"]


def test_a_valid_sdist_is_accepted_with_its_metadata() -> None:
    files = sdist_members("Foo.Bar", "1.0")
    assert judged(files, SDIST).name == "Foo.Bar"
    assert distributions.core_metadata(parse_filename(SDIST), held(files)) == files["foo_bar-1.0/PKG-INFO"]


@pytest.mark.parametrize(
    ("filenames", "words", "left_out"),
    [
        ((SDIST, "foo_bar-1.0-cp311-cp311-linux_x86_64.whl"), "", ("foo_bar-1.0-cp311-cp311-linux_x86_64.whl",)),
        (("foo_bar-1.0-cp311-cp311-linux_x86_64.whl", SDIST), "", ("foo_bar-1.0-cp311-cp311-linux_x86_64.whl",)),
        ((SDIST, "foo_bar-1.0-cp311-cp311-linux_x86_64.whl"), "linux-tags", ()),
        ((SDIST, "foo_bar-1.0-cp311-cp311-haiku_1.whl"), "linux-tags", ("foo_bar-1.0-cp311-cp311-haiku_1.whl",)),
        (("foo_bar-1.0-cp311-cp311-linux_x86_64.whl",), "", ()),
        ((SDIST, "foo_bar-1.0-cp311-cp311-linux_armv7l.whl"), "", ()),
        ((SDIST, "foo_bar-1.0-cp311-cp311-manylinux_2_28_x86_64.whl"), "", ()),
        ((SDIST, WHEEL), "", ()),
        ((SDIST,), "", ()),
        ((), "", ()),
    ],
)
def test_of_what_was_built_wheels_for_that_machine_are_left_out_beside_an_sdist(
    filenames: tuple[str, ...], words: str, left_out: tuple[str, ...]
) -> None:
    assert distributions.left_out(filenames, Policy(allowances(words))) == left_out


def test_what_was_built_is_called_what_distributions_are() -> None:
    with pytest.raises(Invalid):
        distributions.left_out((SDIST, "../evil.whl"), POLICY)


@pytest.mark.parametrize("strict", [True, False])
def test_a_wheel_agrees_with_its_metadata_about_the_name(*, strict: bool) -> None:
    files = wheel_files(change={f"{INFO}/METADATA": make_metadata("other", "1.0")})
    assert "should contain the normalized project name 'other', not 'foo_bar'" in str(refused(files, strict=strict))


@pytest.mark.parametrize("strict", [True, False])
def test_a_wheel_agrees_with_its_metadata_about_the_version(*, strict: bool) -> None:
    files = wheel_files(change={f"{INFO}/METADATA": make_metadata("foo-bar", "1.1")})
    assert str(refused(files, strict=strict)) == "Version in filename should be '1.1' not '1.0'."


@pytest.mark.parametrize("spelling", ["Foo.Bar-1.0.0", "foo-bar-1.0", "FOO_BAR-1"])
def test_an_old_spelling_of_the_dist_info_directory_is_accepted(spelling: str) -> None:
    files = {path.replace(INFO, f"{spelling}.dist-info"): raw for path, raw in wheel_members("Foo.Bar", "1.0").items()}
    path = f"{spelling}.dist-info/RECORD"
    assert judged({**files, path: make_record(files, path)}).name == "Foo.Bar"


@pytest.mark.parametrize(
    "directory", ["foo_bar-1.1.dist-info", "foo-1.0.dist-info", "foo_bar.dist-info", "x.dist-info"]
)
def test_the_dist_info_directory_is_of_this_name_and_version(directory: str) -> None:
    files = {path.replace(INFO, directory): raw for path, raw in wheel_files().items()}
    assert isinstance(refused(files), wheels.DistInfoMissing)


def test_there_is_one_dist_info_directory() -> None:
    assert isinstance(refused(wheel_files(change={"evil-1.0.dist-info/METADATA": b""})), wheels.DistInfoMissing)
    assert isinstance(refused({"a.py": b""}), wheels.DistInfoMissing)


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("METADATA", wheels.MetadataFileMissing),
        ("WHEEL", wheels.WheelFileMissing),
        ("RECORD", wheels.RecordFileMissing),
    ],
)
def test_a_wheel_has_its_files(file: str, kind: type[Invalid]) -> None:
    files = wheel_files(change={f"{INFO}/{file}": None}) if file != "RECORD" else wheel_files()
    refusal = refused({path: raw for path, raw in files.items() if path != f"{INFO}/{file}"})
    assert isinstance(refusal, kind)
    assert f"{INFO}/{file}" in str(refusal)


@pytest.mark.parametrize("told", ["2.0", "0.9", "", "1.x", "10", "1.0\nWheel-Version: 1.0"])
def test_the_wheel_version_is_1(told: str) -> None:
    assert isinstance(refused(wheel_files(wheel_version=told)), wheels.WheelVersionUnknown)


@pytest.mark.parametrize("told", ["py2-none-any", "py3-none-any\nTag: py2-none-any", "cp311-cp311-any", "", "x"])
def test_the_tags_of_wheel_and_filename_agree_in_uploads(told: str) -> None:
    raw = f"Wheel-Version: 1.0\nTag: {told}\n".encode()
    files = wheel_files(change={f"{INFO}/WHEEL": raw})
    assert isinstance(refused(files), wheels.TagsDisagree)
    judged(files, strict=False)


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("py2.py3-none-any", expanded("py2.py3-none-any")),
        ("py2.py3-none-any", ["py2.py3-none-any"]),
        ("cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64", ["cp311-cp311-linux_x86_64"]),
        ("py3-none-win_amd64", ["py3-none-any"]),
    ],
)
def test_tags_that_mislead_nobody_pass(tag: str, told: list[str]) -> None:
    raw = "\n".join(["Wheel-Version: 1.0", *(f"Tag: {line}" for line in told)]).encode()
    judged(wheel_files(change={f"{INFO}/WHEEL": raw}, tag=tag), f"foo_bar-1.0-{tag}.whl")


@pytest.mark.parametrize("platform", ["linux_x86_64", "linux_aarch64", "macosx_9_1_ppc", "manylinux_2_17_z80", "beos"])
def test_platforms_that_do_not_say_where_a_wheel_runs_are_refused(platform: str) -> None:
    tag = f"py3-none-{platform}"
    refusal = refused(wheel_files(tag=tag), f"foo_bar-1.0-{tag}.whl")
    assert f"has an unsupported platform tag '{platform}'." in str(refusal)


def test_the_operator_may_permit_bare_linux_tags() -> None:
    policy = Policy(allow=frozenset({Allowance.LINUX_TAGS}))
    judged(wheel_files(tag="py3-none-linux_x86_64"), "foo_bar-1.0-py3-none-linux_x86_64.whl", policy=policy)
    with pytest.raises(wheels.UnsupportedPlatform):
        judged(wheel_files(tag="py3-none-beos"), "foo_bar-1.0-py3-none-beos.whl", policy=policy)


@pytest.mark.parametrize(
    "tag",
    [
        "cp314-abi3t-manylinux_2_28_riscv64",
        "cp311-cp311-musllinux_1_2_armv7l",
        "py3-none-manylinux1_i686.manylinux_2_5_i686",
        "cp311-cp311-macosx_10_9_universal2",
        "cp311-cp311-macosx_26_0_arm64",
        "cp313-cp313-ios_13_0_arm64_iphonesimulator",
        "cp313-cp313-android_21_arm64_v8a",
        "cp313-cp313-pyemscripten_2025_0_wasm32",
        "py3-none-win_arm64",
        "py3-none-linux_armv7l",
    ],
)
def test_platforms_of_the_public_index_are_accepted(tag: str) -> None:
    judged(wheel_files(tag=tag), f"foo_bar-1.0-{tag}.whl")


def test_a_file_that_record_does_not_list_is_refused() -> None:
    files = wheel_files()
    assert isinstance(refused({**files, "evil.pth": b"import evil"}), record.NotInRecord)


def test_a_file_that_is_only_in_record_is_refused() -> None:
    files = wheel_files()
    assert isinstance(refused({path: raw for path, raw in files.items() if "__init__" not in path}), record.NotInWheel)


@pytest.mark.parametrize("raw", [b"evil", b'__version__ = "2.0"\n'])
def test_a_file_that_is_not_the_recorded_one_is_refused(raw: bytes) -> None:
    refusal = refused({**wheel_files(), "foo_bar/__init__.py": raw})
    assert str(refusal) == "Invalid distribution file. RECORD does not match 'foo_bar/__init__.py'"


@pytest.mark.parametrize(
    "line",
    [
        "a.py,,0",
        "a.py,md5=1B2M2Y8AsgTpgAmY7PhCfg,0",
        "a.py,sha1=2jmj7l5rSw0yVb_vlWAYkK_YBwk,0",
        "a.py,sha512=x,0",
        "a.py,,",
    ],
)
def test_every_recorded_file_has_a_sha256(line: str) -> None:
    files = wheel_files(change={"a.py": b""})
    path = f"{INFO}/RECORD"
    raw = b"\n".join(old for old in files[path].splitlines() if not old.startswith(b"a.py"))
    assert isinstance(refused({**files, path: raw + b"\n" + line.encode()}), record.RecordHashMissing)


def test_every_recorded_file_has_its_size() -> None:
    files = wheel_files()
    path = f"{INFO}/RECORD"
    assert isinstance(refused({**files, path: files[path].replace(b",20\n", b",\n")}), record.RecordHashMissing)
    assert isinstance(refused({**files, path: files[path].replace(b",20\n", b",23\n")}), record.RecordMismatch)
    assert isinstance(refused({**files, path: files[path].replace(b",20\n", b", 20\n")}), record.RecordMismatch)


def test_a_path_is_recorded_once() -> None:
    files = wheel_files()
    path = f"{INFO}/RECORD"
    assert isinstance(refused({**files, path: files[path] * 2}), record.RecordRepeats)


@pytest.mark.parametrize("raw", [b"\xff,,\n", b'"a,b\n', b"a\n", b"a,b,c,d\n", b"\0"])
def test_a_record_that_cannot_be_read_is_refused(raw: bytes) -> None:
    refusal = refused({**wheel_files(), f"{INFO}/RECORD": raw})
    assert isinstance(refusal, InvalidDistribution)


def test_signatures_of_record_need_no_line() -> None:
    judged({**wheel_files(), f"{INFO}/RECORD.jws": b"{}", f"{INFO}/RECORD.p7s": b"x"})


def test_names_with_commas_and_hashes_in_hex_are_understood() -> None:
    files = wheel_files(change={"foo_bar/a,b.txt": b"x"})
    judged(files)
    path, digest = f"{INFO}/RECORD", hashlib.sha256(b"x").hexdigest()
    raw = b"\n".join(line for line in files[path].splitlines() if b"a,b" not in line)
    judged({**files, path: raw + f'\n"foo_bar/a,b.txt",sha256={digest},1\n'.encode()})


@pytest.mark.parametrize(
    "text",
    ["[console_scripts]\nfoo = foo.bar:main\n[gui_scripts]\nx.y-z = a:b.c [extra]\n[other]\na b = ???\n", "", "# x\n"],
)
def test_entry_points_that_can_be_read_pass(text: str) -> None:
    judged(wheel_files(entry_points=text))


@pytest.mark.parametrize(
    "text",
    [
        "foo = a:b",
        "[console_scripts",
        "[console_scripts]\n../foo = a:b",
        # These would take minutes.
        pytest.param(f"[console_scripts]\nfoo = a{' ' * 100_000}!", id="a long object"),
        pytest.param(f"[other]\n{' ' * 100_000}a", id="a long line"),
        pytest.param("[other]\n" + "\x0b" * 100_000 + "a", id="a long line of what ends lines elsewhere"),
        "[console_scripts]\nfoo = a:b; rm -rf",
        "[a]\nx=1\nx=2",
    ],
)
def test_entry_points_that_cannot_be_read_are_refused_in_uploads(text: str) -> None:
    files = wheel_files(entry_points=text)
    assert isinstance(refused(files), wheels.InvalidEntryPoints)
    judged(files, strict=False)


@pytest.mark.parametrize("version", ["2.4", "2.5"])
def test_announced_licences_are_in_the_wheel(version: str) -> None:
    extra = "License-File: LICENSES/MIT.txt"
    metadata = make_metadata("foo-bar", "1.0", metadata_version=version, metadata_extra=extra)
    assert isinstance(refused(wheel_files(metadata=metadata)), licences.LicenceMissing)
    judged(wheel_files(metadata=metadata, change={f"{INFO}/licenses/LICENSES/MIT.txt": b"MIT"}))


def test_announced_licences_are_in_the_sdist() -> None:
    extra = "License-File: COPYING"
    missing = sdist_members("foo-bar", "1.0", metadata_version="2.4", metadata_extra=extra)
    assert "License-File 'COPYING' does not exist in distribution file" in str(refused(missing, SDIST))
    judged({**missing, "foo_bar-1.0/COPYING": b"x"}, SDIST)


BAD_PATHS = [
    ("/etc/passwd", paths.AbsolutePath),
    ("C:/windows/x", paths.AbsolutePath),
    ("c:x", paths.AbsolutePath),
    ("foo/../../x", paths.PathClimbs),
    ("foo//x", paths.PathClimbs),
    ("foo/./x", paths.PathClimbs),
    ("foo/.. /x", paths.PathClimbs),
    ("foo/...", paths.PathClimbs),
    ("foo/" + "é" * 128, paths.NameTooLong),
    ("foo\\x", paths.BackslashInPath),
    ("foo/a\nb", paths.ControlCharacterInPath),
    ("foo/\ud800", paths.NotUnicode),
]


@pytest.mark.parametrize(("path", "kind"), BAD_PATHS)
@pytest.mark.parametrize("strict", [True, False])
def test_paths_that_lead_astray_are_refused_in_wheels(path: str, kind: type[Invalid], *, strict: bool) -> None:
    assert isinstance(refused({**wheel_files(), path: b""}, strict=strict), kind)


@pytest.mark.parametrize(("path", "kind"), BAD_PATHS)
@pytest.mark.parametrize("strict", [True, False])
def test_paths_that_lead_astray_are_refused_in_sdists(path: str, kind: type[Invalid], *, strict: bool) -> None:
    astray = path if path.startswith("/") else f"foo_bar-1.0/{path}"
    if kind is not paths.AbsolutePath:
        assert isinstance(refused({**sdist_members("foo-bar", "1.0"), astray: b""}, SDIST, strict=strict), kind)
    else:
        refused({**sdist_members("foo-bar", "1.0"), path: b""}, SDIST, strict=strict)


@pytest.mark.parametrize("other", ["FOO_BAR/__INIT__.py", "foo_bar/__init__.pY"])
def test_paths_that_differ_only_in_case_are_refused(other: str) -> None:
    files = wheel_files(change={other: b""})
    assert isinstance(refused(files), paths.CollidingPaths)
    assert isinstance(
        refused({**sdist_members("foo-bar", "1.0"), "foo_bar-1.0/pkg-info": b""}, SDIST), paths.CollidingPaths
    )


def test_paths_that_differ_only_in_unicode_form_are_refused() -> None:
    assert isinstance(refused(wheel_files(change={"a/\xe9": b"", "a/e\u0301": b""})), paths.CollidingPaths)


def test_a_path_has_no_second_name() -> None:
    assert isinstance(refused(wheel_files(change={"./foo_bar/__init__.py": b""})), paths.PathClimbs)


@pytest.mark.parametrize("end", [".", " ", " .", "::$DATA", ":stream"])
def test_paths_that_differ_only_in_what_windows_drops_are_refused(end: str) -> None:
    assert isinstance(refused(wheel_files(change={f"foo_bar/__init__.py{end}": b""})), paths.CollidingPaths)
    judged(wheel_files(change={f"foo_bar/other.py{end}": b""}))


@pytest.mark.parametrize("name", ["Link", "link.", "link"])
def test_a_link_is_no_directory_on_any_system(name: str) -> None:
    files = {**sdist_members("foo-bar", "1.0"), f"foo_bar-1.0/{name}/x": b""}
    contents = held(files, links=(Link("foo_bar-1.0/link", "src", symbolic=True),))
    with pytest.raises((paths.CollidingPaths, paths.WritesThroughLink)):
        distributions.judge(parse_filename(SDIST), contents, POLICY)


def test_a_path_is_not_a_file_and_a_directory() -> None:
    assert isinstance(refused(wheel_files(change={"foo_bar/__init__.py/x": b""})), paths.FileIsDirectory)


def test_duplicate_members_are_refused() -> None:
    contents = held(wheel_files())
    doubled = evolve(contents, members=(*contents.members, contents.members[0]))
    for strict in (True, False):
        with pytest.raises(paths.DuplicatePath):
            distributions.judge(parse_filename(WHEEL), doubled, POLICY, strict=strict)


def test_an_old_sdist_may_hold_the_same_file_twice_but_not_two_of_a_name() -> None:
    contents = held(sdist_members("foo-bar", "1.0"))
    again = evolve(contents, members=(*contents.members, contents.members[-1]))
    other = evolve(contents, members=(*contents.members, evolve(contents.members[-1], sha256="0" * 64)))
    distributions.judge(parse_filename(SDIST), again, POLICY, strict=False)
    for doubled, strict in ((again, True), (other, True), (other, False)):
        with pytest.raises(paths.DuplicatePath):
            distributions.judge(parse_filename(SDIST), doubled, POLICY, strict=strict)


def test_a_wheel_has_no_links() -> None:
    contents = held(wheel_files(), links=(Link("foo_bar/link", "__init__.py", symbolic=True),))
    with pytest.raises(wheels.LinkInWheel):
        distributions.judge(parse_filename(WHEEL), contents, POLICY)


@pytest.mark.parametrize(
    "link",
    [
        Link("foo_bar-1.0/a", "PKG-INFO", symbolic=True),
        Link("foo_bar-1.0/docs/a", "../PKG-INFO", symbolic=True),
        Link("foo_bar-1.0/docs/new/a", "./../.././src/x", symbolic=True),
        Link("foo_bar-1.0/a", "foo_bar-1.0/PKG-INFO", symbolic=False),
    ],
)
def test_links_inside_an_sdist_pass(link: Link) -> None:
    distributions.judge(parse_filename(SDIST), held(sdist_members("foo-bar", "1.0"), links=(link,)), POLICY)


@pytest.mark.parametrize(
    "link",
    [
        Link("foo_bar-1.0/a", "/etc/passwd", symbolic=True),
        Link("foo_bar-1.0/a", "../../x", symbolic=True),
        Link("foo_bar-1.0/a", "../x", symbolic=True),
        Link("foo_bar-1.0/a", "b/../../x", symbolic=True),
        # `b` may be another link, to a directory further up.
        Link("foo_bar-1.0/a", "b/../x", symbolic=True),
        Link("foo_bar-1.0/a", "foo_bar-1.0/b/../x", symbolic=False),
        Link("foo_bar-1.0/a", "C:/x", symbolic=True),
        Link("foo_bar-1.0/a", "", symbolic=True),
        Link("foo_bar-1.0/a", "../x", symbolic=False),
        Link("foo_bar-1.0/a", "/x", symbolic=False),
    ],
)
def test_links_that_leave_an_sdist_are_refused(link: Link) -> None:
    with pytest.raises(paths.LinkLeavesArchive):
        distributions.judge(
            parse_filename(SDIST), held(sdist_members("foo-bar", "1.0"), links=(link,)), POLICY, strict=False
        )


def test_nothing_is_written_through_a_link() -> None:
    files = {**sdist_members("foo-bar", "1.0"), "foo_bar-1.0/link/x": b""}
    contents = held(files, links=(Link("foo_bar-1.0/link", "src", symbolic=True),))
    with pytest.raises(paths.WritesThroughLink):
        distributions.judge(parse_filename(SDIST), contents, POLICY, strict=False)


@pytest.mark.parametrize("path", ["other/x", "loose.txt"])
def test_an_sdist_has_one_top_directory(path: str) -> None:
    refusal = refused({**sdist_members("foo-bar", "1.0"), path: b""}, SDIST, strict=False)
    assert "Incorrect number of top-level directories in sdist" in str(refusal)


def test_an_empty_directory_beside_the_top_directory_counts() -> None:
    contents = held(sdist_members("foo-bar", "1.0"), directories=("foo_bar-1.0", "other"))
    with pytest.raises(sdists.WrongTopDirectory):
        distributions.judge(parse_filename(SDIST), contents, POLICY)


def test_the_top_directory_is_named_like_the_file() -> None:
    files = sdist_members("foo-bar", "1.0", top="Foo.Bar-1.0")
    assert isinstance(refused(files, SDIST), sdists.WrongTopDirectory)
    judged(files, SDIST, strict=False)
    assert isinstance(
        refused(sdist_members("foo-bar", "1.0", top="foo_bar"), SDIST, strict=False), sdists.WrongTopDirectory
    )


def test_an_sdist_has_pkg_info_in_its_top_directory() -> None:
    assert "PKG-INFO not found at 'foo_bar-1.0/PKG-INFO'" in str(refused({"foo_bar-1.0/setup.py": b""}, SDIST))


def test_an_sdist_agrees_with_its_pkg_info() -> None:
    assert isinstance(refused(sdist_members("other", "1.0", top="foo_bar-1.0"), SDIST), distributions.NameDisagrees)
    assert isinstance(
        refused(sdist_members("foo-bar", "2.0", top="foo_bar-1.0"), SDIST), distributions.VersionDisagrees
    )


@pytest.mark.parametrize(("name", "version"), [("foo-1.0", "1"), ("foo", "1.0-1")])
def test_the_pkg_info_settles_what_an_old_filename_means(name: str, version: str) -> None:
    files = sdist_members(name, version, top="foo-1.0-1", metadata_version="1.0")
    assert judged(files, "foo-1.0-1.tar.gz", strict=False).name == name


def test_old_metadata_without_pyproject_is_accepted() -> None:
    files = sdist_members("foo-bar", "1.0", metadata_version="1.0", files={"setup.py": b""})
    judged(files, SDIST)


def test_a_path_deeper_than_file_systems_like_is_refused() -> None:
    assert isinstance(refused(wheel_files(change={"a/" * 60 + "x": b""})), paths.PathTooDeep)


def test_tags_that_stand_for_very_many_cost_nothing() -> None:
    line = "-".join([".".join("abcdefghijklmnop")] * 3)
    raw = f"Wheel-Version: 1.0\nTag: {line}\n".encode()
    assert "more than 512 tags" in str(refused(wheel_files(change={f"{INFO}/WHEEL": raw})))


def test_sections_of_entry_points_are_not_copied_into_each_other() -> None:
    text = "[DEFAULT]\n" + "\n".join(f"a{number}=b" for number in range(9_000))
    text += "\n" + "\n".join(f"[s{number}]" for number in range(9_000))
    judged(wheel_files(entry_points=text))


def test_a_record_of_many_unknown_files_is_refused_at_the_first() -> None:
    raw = b"".join(b"x%d,,\n" % number for number in range(100_000))
    assert "RECORD lists 'x0'" in str(refused({**wheel_files(), f"{INFO}/RECORD": raw}))
