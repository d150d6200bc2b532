"""Core metadata: what is read from it, and what it may say."""

from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.metadata import parse_email
from packaging.version import Version

from domain import headers, licences, metadata, metadata_rules
from domain.metadata import Metadata, parse
from domain.metadata_rules import check
from domain.names import InvalidName
from domain.policy import Allowance, Policy
from domain.refusals import Invalid
from tests.refusals import check_told_plainly
from tests.wheels import make_metadata

POLICY = Policy(
    classifiers=frozenset({"Typing :: Typed"}),
    deprecated_classifiers={"Old :: One": ("New :: One",), "Old :: Two": ()},
)


def told(*lines: str, version: str = "2.4", description: str = "", strict: bool = True) -> Metadata:
    raw = make_metadata("Foo.Bar", "1.0", metadata_version=version, metadata_extra=lines, description=description)
    return parse(raw, strict=strict)


def refusal(*lines: str, version: str = "2.4", policy: Policy = POLICY, strict: bool = True) -> str:
    with pytest.raises(Invalid) as raised:
        check(told(*lines, version=version, strict=strict), policy, strict=strict)
    assert str(raised.value).isprintable()
    return str(raised.value)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6"])
def test_every_metadata_version_in_use_is_read(version: str) -> None:
    read = told(version=version)
    assert (read.metadata_version, read.name, read.canonical_name, read.version) == (
        version,
        "Foo.Bar",
        "foo-bar",
        Version("1"),
    )


@pytest.mark.parametrize("version", ["2.0", "9.9", "1", "x\x1b"])
def test_other_metadata_versions_are_refused(version: str) -> None:
    for strict in (True, False):
        with pytest.raises(metadata.InvalidMetadataVersion, match="is not a valid metadata version"):
            told(version=version, strict=strict)


@pytest.mark.parametrize("field", ["Name", "Version", "Metadata-Version"])
@pytest.mark.parametrize("strict", [True, False])
def test_what_identifies_a_file_is_said_exactly_once(field: str, *, strict: bool) -> None:
    lines = {"Metadata-Version": "2.1", "Name": "foo", "Version": "1.0"}
    without = "".join(f"{key}: {value}\n" for key, value in lines.items() if key != field)
    with pytest.raises(metadata.MissingField, match="is a required field"):
        parse(without.encode(), strict=strict)
    with pytest.raises(metadata.MissingField):
        parse(f"{field}: UNKNOWN\n{without}".replace("UNKNOWN", "").encode(), strict=strict)
    with pytest.raises(metadata.RepeatedField, match="2 times"):
        parse(f"{without}{field}: {lines[field]}\n{field.upper()}: {lines[field]}\n".encode(), strict=strict)
    with pytest.raises(metadata.UndecodableField):
        parse(without.encode() + field.encode() + b": \xff\n", strict=strict)


def test_other_single_fields_given_twice_are_refused_in_uploads_only() -> None:
    with pytest.raises(metadata.RepeatedField, match="'summary'"):
        told("Summary: a", "Summary: b")
    assert told("Summary: a", "Summary: b", strict=False).summary == "a"


@pytest.mark.parametrize("name", ["-a", "a b", "a/../b", "fo\0o", "é"])
def test_an_invalid_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidName, match="is an invalid value for Name"):
        parse(make_metadata(name, "1.0"), strict=False)


@pytest.mark.parametrize("version", ["1..0", "x", "1.0 beta final", "9" * 5_000, "1" + ".1" * 10_000])
def test_an_invalid_version_is_refused(version: str) -> None:
    with pytest.raises(metadata.InvalidVersion, match="is invalid for 'version'"):
        parse(make_metadata("foo", version), strict=False)


@pytest.mark.parametrize("version", ["1.0+ubuntu.1", "2!1.0", "1.0.dev3"])
def test_local_versions_and_epochs_are_welcome(version: str) -> None:
    check(parse(make_metadata("foo", version)), POLICY)


def test_all_fields_are_read() -> None:
    read = told(
        "Summary: A thing.",
        "Keywords: a, b,,c",
        "Author-email: Jane Doe <jane@example.org>",
        "Classifier: Typing :: Typed",
        "Requires-Dist: bar (>=1)",
        "Requires-Python: >=3.9",
        "Project-URL: Home, https://example.org/a,b",
        "Provides-Extra: x",
        "License-Expression: MIT",
        "License-File: LICENSE",
        "Dynamic: classifier",
        "X-Unknown: 1",
        description="# Title\r\n\r\n\ttext\n",
    )
    assert read.summary == "A thing."
    assert read.keywords == ("a", "b", "c")
    assert read.author_email == "Jane Doe <jane@example.org>"
    assert read.requires_dist == ("bar (>=1)",)
    assert read.requires_python == ">=3.9"
    assert read.project_urls == (("Home", "https://example.org/a,b"),)
    assert read.license_files == ("LICENSE",)
    assert read.description == "# Title\n\n\ttext\n"
    check(read, POLICY)


def test_of_more_keywords_than_anybody_reads_the_first_are_kept() -> None:
    read = told(f"Keywords: {','.join(str(number) for number in range(2000))}")
    assert read.keywords == tuple(str(number) for number in range(500))


def test_unknown_and_empty_values_are_absent() -> None:
    read = told("Summary: UNKNOWN", "Home-page:", "License: UNKNOWN", "Platform: UNKNOWN", description="UNKNOWN\n")
    assert (read.summary, read.home_page, read.license, read.platforms, read.description) == (
        None,
        None,
        None,
        (),
        None,
    )


@pytest.mark.parametrize("indent", ["        ", "       |"])
def test_an_old_indented_description_is_dedented(indent: str) -> None:
    read = told(f"Description: Title\n{indent}=====\n{indent}\n{indent}  text", version="1.1")
    assert read.description == "Title\n=====\n\n  text"


def test_the_body_is_preferred_to_a_description_header() -> None:
    assert told("Description: old", description="new").description == "new"


def test_old_metadata_may_be_in_latin_1() -> None:
    raw = make_metadata("foo", "1.0", metadata_version="1.0", metadata_extra="Author: J\xfcrgen").decode()
    assert parse(raw.encode("latin-1")).author == "Jürgen"


def test_new_metadata_is_utf_8() -> None:
    raw = make_metadata("foo", "1.0", metadata_extra="Author: J\xfcrgen").decode().encode("latin-1")
    with pytest.raises(metadata.UndecodableField, match="'author'"):
        parse(raw)
    assert parse(raw, strict=False).author == "Jürgen"


def test_an_undecodable_description_is_read_nevertheless() -> None:
    assert parse(make_metadata("foo", "1.0") + b"caf\xe9").description == "café"


def test_mail_headers_do_not_change_the_description() -> None:
    read = told(
        "Content-Type: multipart/mixed; boundary=x", "Content-Transfer-Encoding: base64", description="--x\ntext"
    )
    assert read.description == "--x\ntext"


def test_control_characters_are_left_out_of_texts() -> None:
    assert told("Summary: a\x00\x1b[31mb").summary == "a[31mb"


def test_more_header_lines_than_any_package_has_are_refused() -> None:
    with pytest.raises(headers.TooManyHeaders):
        parse(b"".join(b"X-%d: 1\n" % number for number in range(30_000)))


@pytest.mark.parametrize("line", ["From nobody", ": empty"])
def test_a_line_among_the_fields_that_is_none_is_refused_as_readers_take_it_differently(line: str) -> None:
    raw = b"Metadata-Version: 2.1\nName: foo\nVersion: 1.0\n%s\nRequires-Python: >=3.11\n" % line.encode()
    with pytest.raises(metadata.StrayLine, match=line):
        parse(raw)
    assert parse(raw, strict=False).requires_python == ">=3.11"


@given(
    st.lists(st.sampled_from(["Name: a", "Summary: b", "From nobody", ": empty", " on", "", "no field", "X y: z"])),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_fields_and_description_are_told_apart_as_the_standard_library_does(lines: list[str], end: str) -> None:
    raw = "".join(f"{line}{end}" for line in lines).encode()
    fields, mail = headers.read(raw), message_from_bytes(raw)
    for name in ("name", "summary"):
        told = [value.decode().split() for value in fields.values(name)]
        assert told == [value.split() for value in mail.get_all(name, [])]
    assert fields.body.decode() == mail.get_payload()


@given(st.binary(max_size=400))
def test_whatever_the_bytes_they_are_read_or_refused_in_one_printable_line(tail: bytes) -> None:
    for raw in (tail, b"Metadata-Version: 2.1\nName: foo\nVersion: 1.0\n" + tail):
        for strict in (True, False):
            try:
                check(parse(raw, strict=strict), POLICY, strict=strict)
            except Invalid as refused:
                check_told_plainly(refused)


PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f\x85"), max_size=30)


@given(
    st.lists(st.tuples(st.sampled_from(["Classifier", "Requires-Dist", "X-Other"]), PRINTABLE), max_size=6), PRINTABLE
)
def test_fields_are_those_that_packaging_reads(lines: list[tuple[str, str]], body: str) -> None:
    raw = make_metadata("foo", "1.0", metadata_extra=[f"{name}: {value}" for name, value in lines], description=body)
    theirs, _ = parse_email(raw)
    ours = parse(raw, strict=False)
    for name in ("classifiers", "requires_dist"):
        expected = [value.strip() for value in theirs.get(name, [])]  # type: ignore[attr-defined]
        assert list(getattr(ours, name)) == [value for value in expected if value not in ("", "UNKNOWN")]


def test_an_invalid_requires_python_is_refused_in_uploads_and_left_out_of_old_files() -> None:
    with pytest.raises(metadata.InvalidRequiresPython, match="'>=a' is invalid for 'requires-python'"):
        told("Requires-Python: >=a")
    assert told("Requires-Python: >=a", strict=False).requires_python is None


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Summary: " + "x" * 513, "'summary' field must be 512 characters or less."),
        ("Summary: a\n  b", "'summary' must be a single line"),
        ("Author-email: nobody", "'nobody' is not a valid email address"),
        ("Maintainer-email: A <a@b>, B <c>", "'c' is not a valid email address"),
        ("Home-page: javascript:alert(1)", "'javascript:alert(1)' is not a valid url."),
        ("Download-URL: http://[::1", "'http://[::1' is not a valid url."),
        ("Project-URL: , https://example.org", "Project-URL: Must have a label"),
        ("Project-URL: https://example.org/a/long/path/without/label", "must be 32 characters or less."),
        ("Project-URL: Home,", "Must have a URL"),
        ("Project-URL: Home, ftp://example.org", "is not a valid url"),
        ("Project-URL: " + "x" * 33 + ", https://example.org", "must be 32 characters or less."),
        ("Classifier: Foo :: Bar", "'Foo :: Bar' is not a valid classifier."),
        ("Classifier: Old :: One", "has been deprecated, use one of ['New :: One'] instead."),
        ("Classifier: Old :: Two", "The classifier 'Old :: Two' has been deprecated."),
        ("Requires-Dist: foo >>1", "'foo >>1' is invalid for 'requires-dist'"),
        ("Requires-Dist: a; " + "(" * 5_000, "is invalid for 'requires-dist'"),
        ("Dynamic: name", "Dynamic field 'name' is not a valid dynamic field."),
        ("Dynamic: x-custom", "is not a valid dynamic field."),
        ("License-Expression: Nope", "'Nope' is invalid for 'license-expression'"),
        ("License-Expression: " + "(" * 1_500, "is invalid for 'license-expression'"),
        ("License-File: ../x", "parent directory indicators are not allowed"),
        ("License-File: /x", "paths must be relative"),
        ("License-File: a\\b", "paths must use '/' delimiter"),
        ("License-File: *.txt", "paths must be resolved"),
        ("Description-Content-Type: text/html", "is invalid for 'description-content-type'"),
        ("Description-Content-Type: text/plain; charset=latin-1", "is invalid for 'description-content-type'"),
        ("Description-Content-Type: text/markdown; variant=x", "is invalid for 'description-content-type'"),
        ("Description-Content-Type: ;;=;", "is invalid for 'description-content-type'"),
        ("Import-Name: class", "'class' is invalid for 'import-name'"),
    ],
)
def test_an_upload_that_breaks_a_rule_is_told_which(line: str, reason: str) -> None:
    with pytest.raises(Invalid) as raised:
        check(told(line), POLICY)
    assert reason in str(raised.value)
    check(told(line, strict=False), POLICY, strict=False)


@pytest.mark.parametrize("name", ["class", "a-b", "", "a; public"])
def test_an_import_name_can_be_imported(name: str) -> None:
    if name:
        with pytest.raises(metadata_rules.InvalidImportName):
            check(told(f"Import-Name: {name}", version="2.5"), POLICY)
    check(told("Import-Name: a.b ; private", version="2.5"), POLICY)


def test_a_license_beside_a_license_expression_is_refused() -> None:
    with pytest.raises(licences.TwoLicences, match="License is deprecated when License-Expression is present"):
        check(told("License: MIT", "License-Expression: MIT"), POLICY)


def test_a_field_newer_than_the_metadata_version_is_a_note_and_not_judged() -> None:
    check(told("License-Expression: MIT license", version="2.1"), POLICY)
    assert "license-expression" in refusal("License-Expression: MIT license", version="2.4")


def test_a_stray_license_file_of_setuptools_is_tolerated() -> None:
    check(told("License-File: LICENSE", version="2.1"), POLICY)


@pytest.mark.parametrize("field", ["Requires-Dist", "Provides-Dist", "Obsoletes-Dist"])
@pytest.mark.parametrize("strict", [True, False])
def test_direct_references_are_refused_unless_the_operator_permits_them(field: str, *, strict: bool) -> None:
    line = f"{field}: foo @ https://example.org/foo.whl"
    assert refusal(line, strict=strict).startswith("Can't have direct dependency: 'foo @ https://")
    permitted = Policy(allow=frozenset({Allowance.DIRECT_REFERENCES}))
    check(told(line, strict=strict), permitted, strict=strict)


def test_a_direct_reference_that_cannot_be_read_is_refused_too() -> None:
    assert "is invalid for 'requires-dist'" in refusal("Requires-Dist: foo bar @ file:///x", strict=False)


@pytest.mark.parametrize("strict", [True, False])
def test_private_classifiers_are_refused_unless_the_operator_permits_them(*, strict: bool) -> None:
    line = "Classifier: Private :: Do Not Upload"
    assert "is not a valid classifier" in refusal(line, strict=strict)
    permitted = Policy(allow=frozenset({Allowance.PRIVATE_CLASSIFIERS}), classifiers=POLICY.classifiers)
    check(told(line, strict=strict), permitted, strict=strict)


@pytest.mark.parametrize(
    "line",
    [
        "Description-Content-Type: text/markdown; charset=UTF-8; variant=GFM",
        "Description-Content-Type: text/x-rst",
        'Author-email: "Doe, Jane" <jane@example.org>, joe@example.org',
        "Author-email: a@localhost, b@example.org",
        "Requires-Dist: foo (>=1,<2)",
        'Requires-Dist: foo[x]>=1; extra == "y"',
    ],
)
def test_what_builders_write_passes(line: str) -> None:
    check(told(line), POLICY)


@pytest.mark.parametrize("line", ["Requires-Dist : hidden", "\ufeffSummary: x"])
def test_the_header_ends_where_the_standard_library_says(line: str) -> None:
    """Whoever installs the file reads no further."""
    told = parse(f"Metadata-Version: 2.1\nName: foo\nVersion: 1.0\n{line}\nRequires-Dist: bar\n".encode())
    assert told.requires_dist == ()
    with pytest.raises(metadata.MissingField):
        parse(f"Metadata-Version: 2.1\n{line}\nName: foo\nVersion: 1.0\n".encode())


def test_a_byte_order_mark_is_no_part_of_a_header() -> None:
    with pytest.raises(metadata.MissingField):
        parse(b"\xef\xbb\xbfMetadata-Version: 2.1\nName: foo\nVersion: 1.0\n")
