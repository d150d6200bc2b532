"""The audit of dependencies tells "nothing is known" from "nobody was asked"."""

from tests.audit import KNOWN, NOBODY_ASKED, NOTHING_KNOWN, judged

_CLEAN = {"name": "attrs", "version": "26.1.0", "vulns": []}
_SKIPPED = {"name": "nh3", "skip_reason": "Dependency not found on PyPI"}
_HOLE = {"name": "jinja2", "version": "2.10", "vulns": [{"id": "PYSEC-2019-217", "fix_versions": ["2.10.1"]}]}


def test_packages_without_advisories_are_nothing_known() -> None:
    assert judged({"a.txt": [_CLEAN]}) == (NOTHING_KNOWN, ["audit: packages asked about: 1, advisories: 0"])


def test_an_advisory_fails_it_and_says_what_mends_it() -> None:
    status, lines = judged({"a.txt": [_CLEAN, _HOLE]})
    assert (status, lines[0]) == (KNOWN, "a.txt: jinja2 2.10: PYSEC-2019-217, mended in 2.10.1")


def test_what_could_not_be_asked_about_is_named() -> None:
    assert "not audited: nh3" in judged({"a.txt": [_CLEAN, _SKIPPED]})[1]


def test_an_audit_that_reached_nobody_is_no_success() -> None:
    assert judged({"a.txt": [_SKIPPED], "b.txt": []})[0] == NOBODY_ASKED
