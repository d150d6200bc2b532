import json
from datetime import timedelta

import pytest
from attrs import evolve

from domain.events import FileDeleted, FilePublished, PackageEvent, ProjectStatusChanged
from domain.package import Package
from domain.views.latest import describing_file, latest_release, newest_release, standing_of
from domain.views.legacy_json import legacy_json
from domain.views.simple import file_key, metadata_key, simple_json, simple_project, simple_root_json
from tests.domain.view_examples import AT, BLAKE2B, MD5, METADATA, SHA256, SITE, metadata, package, sdist, wheel, yanked


class TestSimpleProject:
    def test_the_json_is_what_the_standard_says_to_the_byte(self) -> None:
        assert (
            simple_json(simple_project(package(wheel("1.0"), sdist("1.0")), 7))
            == (
                '{"meta":{"api-version":"1.4","_last-serial":7},"name":"frob","project-status":{"status":"active"},"versions":["1.0"],'
                '"files":[{"filename":"frob-1.0-py3-none-any.whl","url":"../../packages/frob/1.0/frob-1.0-py3-none-any.whl",'
                f'"hashes":{{"sha256":"{SHA256}"}},"requires-python":">=3.11,<4","size":1141,'
                '"upload-time":"2026-11-23T15:57:45.001200Z","yanked":false,'
                f'"core-metadata":{{"sha256":"{METADATA}"}},"dist-info-metadata":{{"sha256":"{METADATA}"}}}},'
                '{"filename":"frob-1.0.tar.gz","url":"../../packages/frob/1.0/frob-1.0.tar.gz",'
                f'"hashes":{{"sha256":"{SHA256}"}},"requires-python":">=3.11,<4","size":1141,'
                '"upload-time":"2026-11-23T15:57:45.001200Z","yanked":false}]}'
            ).encode()
        )

    @pytest.mark.parametrize(("reason", "value"), [("", True), ("broken", "broken"), ("bräkt", "bräkt")])
    def test_a_yank_is_told_with_its_reason_if_there_is_one(self, reason: str, value: object) -> None:
        document = json.loads(simple_json(simple_project(package(wheel("1.0"), yanked(wheel("1.0"), reason)), 7)))
        assert document["files"][0]["yanked"] == value

    def test_nothing_is_null_even_if_a_file_says_little(self) -> None:
        bare = FilePublished("frob-1.0.tar.gz", "1.0", "sdist", 1, SHA256, BLAKE2B, MD5, METADATA, None, AT, "a")
        assert b"null" not in simple_json(simple_project(package(bare), 7))

    def test_versions_and_files_are_in_the_order_of_versions(self) -> None:
        view = simple_project(package(wheel("1.10"), wheel("1.9"), sdist("1.10"), wheel("2.0rc1")), 7)
        assert view.versions == ("1.9", "1.10", "2.0rc1")
        assert [file.filename for file in view.files][1:3] == ["frob-1.10-py3-none-any.whl", "frob-1.10.tar.gz"]

    def test_versions_without_files_are_not_listed(self) -> None:
        view = simple_project(package(wheel("1.0"), wheel("2.0"), FileDeleted(wheel("1.0").filename, AT, "a")), 7)
        assert view.versions == ("2.0",)

    def test_urls_are_percent_encoded_and_keys_are_not(self) -> None:
        local = wheel("1!2.0+ubuntu.1")
        assert simple_project(package(local), 7).files[0].url == (
            "../../packages/frob/1%212.0%2Bubuntu.1/frob-1%212.0%2Bubuntu.1-py3-none-any.whl"
        )
        assert file_key("frob", local) == "packages/frob/1!2.0+ubuntu.1/frob-1!2.0+ubuntu.1-py3-none-any.whl"
        assert metadata_key("frob", local) == file_key("frob", local) + ".metadata"

    def test_a_project_in_quarantine_shows_why_and_no_files(self) -> None:
        quarantined = ProjectStatusChanged("quarantined", "reported as malware", AT)
        document = json.loads(simple_json(simple_project(package(wheel("1.0"), quarantined), 7)))
        assert document["project-status"] == {"status": "quarantined", "reason": "reported as malware"}
        assert (document["files"], document["versions"]) == ([], [])

    def test_half_characters_do_not_stop_a_page(self) -> None:
        view = simple_project(package(wheel("1.0"), yanked(wheel("1.0"), "\udc80")), 7)
        assert json.loads(simple_json(view))["files"][0]["yanked"] == "\udc80"

    def test_the_root_lists_names(self) -> None:
        assert simple_root_json(["a", "b-c"]) == (
            b'{"meta":{"api-version":"1.4"},"projects":[{"name":"a"},{"name":"b-c"}]}'
        )


class TestLatestRelease:
    @pytest.mark.parametrize(
        ("events", "latest"),
        [
            ([], None),
            ([wheel("1.9"), wheel("1.10")], "1.10"),
            ([wheel("1.0"), wheel("2.0rc1")], "1.0"),
            ([wheel("1.0rc1"), wheel("1.0rc2")], "1.0rc2"),
            ([wheel("1.0"), wheel("2.0"), yanked(wheel("2.0"))], "1.0"),
            ([wheel("1.0"), wheel("2.0"), sdist("2.0"), yanked(wheel("2.0"))], "2.0"),
            ([wheel("1.0"), wheel("2.0rc1"), yanked(wheel("1.0"))], "2.0rc1"),
            ([wheel("1.0"), wheel("2.0"), yanked(wheel("1.0")), yanked(wheel("2.0"))], "2.0"),
            ([event for one in ("1.0", "1.1", "2.0a1") for event in (wheel(one), yanked(wheel(one)))], "1.1"),
            ([wheel("1.0"), ProjectStatusChanged("quarantined", None, AT)], None),
        ],
    )
    def test_is_the_newest_that_anybody_would_want(self, events: list[PackageEvent], latest: str | None) -> None:
        assert latest_release(package(*events)) == latest

    @pytest.mark.parametrize(
        ("events", "newest"),
        [
            ([], None),
            ([wheel("2.0"), wheel("1.1")], "1.1"),
            ([wheel("2.0"), wheel("3.0b1"), yanked(wheel("3.0b1"))], "3.0b1"),
            ([wheel("1.0"), wheel("2.0"), sdist("1.0")], "1.0"),
            ([wheel("1.0"), ProjectStatusChanged("quarantined", None, AT)], None),
        ],
    )
    def test_the_one_that_was_published_last_may_be_another(
        self, events: list[PackageEvent], newest: str | None
    ) -> None:
        later = [
            evolve(event, at=AT + timedelta(hours=hour)) if isinstance(event, FilePublished) else event
            for hour, event in enumerate(events)
        ]
        assert newest_release(package(*later)) == newest

    @pytest.mark.parametrize(
        ("events", "standing"),
        [
            ([], ""),
            ([wheel("1.0")], ""),
            ([wheel("1.0"), yanked(wheel("1.0"))], "yanked"),
            ([wheel("1.0"), yanked(wheel("1.0")), wheel("1.1")], ""),
            ([wheel("1.0"), ProjectStatusChanged("deprecated", None, AT)], "deprecated"),
            ([wheel("1.0"), yanked(wheel("1.0")), ProjectStatusChanged("archived", None, AT)], "archived"),
            ([wheel("1.0"), ProjectStatusChanged("quarantined", None, AT)], ""),
        ],
    )
    def test_lists_say_in_a_word_what_speaks_against_a_package(self, events: list[PackageEvent], standing: str) -> None:
        assert standing_of(package(*events)) == standing

    def test_is_described_by_a_wheel_rather_than_an_sdist_and_never_by_a_yanked_file_if_possible(self) -> None:
        both = package(sdist("1.0"), wheel("1.0"))
        assert describing(both) == "frob-1.0-py3-none-any.whl"
        assert describing(package(sdist("1.0"), wheel("1.0"), yanked(wheel("1.0")))) == "frob-1.0.tar.gz"
        assert describing(package(sdist("1.0"), yanked(sdist("1.0")))) == "frob-1.0.tar.gz"


def describing(state: Package) -> str | None:
    file = describing_file(state, "1.0")
    return file.published.filename if file else None


class TestLegacyJson:
    def test_has_the_reference_s_shape(self) -> None:
        described_by = metadata(
            "Summary: A thing.",
            "Author: Alice",
            "Keywords: a,b",
            "Requires-Dist: attrs",
            "Project-URL: Docs, https://d",
        )
        document = json.loads(legacy_json(package(wheel("1.0"), sdist("1.0")), described_by, SITE, 7))
        assert set(document) == {"info", "last_serial", "releases", "urls", "vulnerabilities"}
        assert document["last_serial"] == 7
        assert document["info"] == {
            "author": "Alice",
            "author_email": "",
            "bugtrack_url": None,
            "classifiers": [],
            "description": "",
            "description_content_type": None,
            "docs_url": None,
            "download_url": "",
            "downloads": {"last_day": -1, "last_month": -1, "last_week": -1},
            "dynamic": None,
            "home_page": "",
            "keywords": "a,b",
            "license": None,
            "license_expression": None,
            "license_files": None,
            "maintainer": "",
            "maintainer_email": "",
            "name": "Frob",
            "package_url": "https://index.example/project/frob/",
            "platform": "",
            "project_url": "https://index.example/project/frob/",
            "project_urls": {"Docs": "https://d"},
            "provides_extra": None,
            "release_url": "https://index.example/project/frob/1.0/",
            "requires_dist": ["attrs"],
            "requires_python": None,
            "summary": "A thing.",
            "version": "1.0",
            "yanked": False,
            "yanked_reason": None,
        }
        assert document["releases"] == {"1.0": document["urls"]}
        assert document["urls"][0] == {
            "comment_text": "",
            "digests": {"blake2b_256": BLAKE2B, "md5": MD5, "sha256": SHA256},
            "downloads": -1,
            "filename": "frob-1.0-py3-none-any.whl",
            "has_sig": False,
            "md5_digest": MD5,
            "packagetype": "bdist_wheel",
            "python_version": "py3",
            "requires_python": ">=3.11,<4",
            "size": 1141,
            "upload_time": "2026-11-23T15:57:45",
            "upload_time_iso_8601": "2026-11-23T15:57:45.001200Z",
            "url": "https://index.example/packages/frob/1.0/frob-1.0-py3-none-any.whl",
            "yanked": False,
            "yanked_reason": None,
        }
        assert document["urls"][1]["python_version"] == "source"

    def test_says_nothing_of_a_project_in_quarantine_but_that_it_is_there(self) -> None:
        state = package(wheel("1.0"), ProjectStatusChanged("quarantined", None, AT))
        document = json.loads(legacy_json(state, metadata("Summary: Evil."), SITE, 1))
        assert (document["releases"], document["urls"], document["info"]["version"]) == ({}, [], None)
        assert "Evil" not in json.dumps(document)

    def test_a_release_is_yanked_if_all_its_files_are(self) -> None:
        state = package(wheel("1.0"), yanked(wheel("1.0"), "broken"))
        document = json.loads(legacy_json(state, metadata(), SITE, 1))
        assert (document["info"]["yanked"], document["info"]["yanked_reason"]) == (True, "broken")
