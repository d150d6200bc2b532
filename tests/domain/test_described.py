"""Metadata made fit for pages."""

import pytest

from domain.dependencies import dependencies
from domain.events import PackageSubmitted
from domain.package import fold
from domain.views import described
from domain.views.licence import differs, license_name, spdx
from domain.views.wheel_tags import in_words
from tests.domain.view_examples import AT, metadata, package


class TestDescribed:
    def test_dependencies_are_grouped_by_extra(self) -> None:
        groups = dependencies(
            metadata(
                "Provides-Extra: Fast_IO",
                "Requires-Dist: attrs<30,>=24",
                'Requires-Dist: uvloop ; extra == "fast-io" and sys_platform != "win32"',
                'Requires-Dist: httpx[http2]>=1 ; extra == "fast-io"',
                'Requires-Dist: tomli ; python_version < "3.11" or extra == "all"',
            )
        )
        assert [(group.extra, [d.name for d in group.dependencies]) for group in groups] == [
            (None, ["attrs"]),
            ("fast-io", ["uvloop", "httpx[http2]"]),
            ("all", ["tomli"]),
        ]
        assert groups[0].dependencies[0].specifier == ">=24, <30"
        assert groups[1].dependencies[0].condition == 'sys_platform != "win32"'
        assert groups[2].dependencies[0].condition == 'python_version < "3.11" or extra == "all"'

    def test_a_dependency_from_before_the_standard_is_shown_as_it_is(self) -> None:
        old = metadata("Requires-Dist: zope.interface (>3.5.0,what)")
        assert dependencies(old)[0].dependencies[0].name == "zope.interface (>3.5.0,what)"

    def test_links_lead_to_the_web_and_nowhere_twice(self) -> None:
        found = described.links(
            metadata(
                "Home-page: https://a.example/",
                "Project-URL: Home, https://a.example",
                "Project-URL: Bad, javascript:alert(1)",
                "Project-URL: Worse, https://pypi.org@evil.example/",
                "Project-URL: , https://b.example",
                "Project-URL: Broken, https://[",
            )
        )
        assert [(link.label, link.url) for link in found] == [
            ("Home", "https://a.example"),
            ("Link", "https://b.example"),
        ]

    def test_a_link_has_one_fragment(self) -> None:
        (link,) = described.links(metadata("Project-URL: Chat, https://matrix.to/#/#x:y"))
        assert link.url == "https://matrix.to/#/%23x:y"

    @pytest.mark.parametrize(
        ("url", "name"),
        [
            ("https://github.com/Owner/repo", "Owner/repo"),
            ("https://github.com/owner/repo.git", "owner/repo"),
            ("http://www.github.com/owner/repo/issues", "owner/repo"),
            ("https://github.com/sponsors/owner", None),
            ("https://github.com/owner", None),
            ("https://github.com.evil.example/owner/repo", None),
            ("https://gitlab.com/owner/repo", None),
            ("https://github.com/owner_corp/repo", "owner_corp/repo"),
            ("https://github.com/owner/..", None),
            ("https://github.com/owner/.", None),
            ("https://github.com/owner/.github", "owner/.github"),
            ("https://github.com:99999/owner/repo", None),
            ("https://github.com:port/owner/repo", None),
            ("https://[::1/owner/repo", None),
        ],
    )
    def test_a_repository_is_found_among_project_urls(self, url: str, name: str | None) -> None:
        found = described.repository_of(package(), metadata(f"Project-URL: Source, {url}"), described.GITHUB)
        assert (found and found.full_name) == name

    def test_a_home_page_comes_last(self) -> None:
        home, source = "Home-page: https://github.com/x/y", "Project-URL: Source, https://github.com/b/c"
        for told, name in ((metadata(home), "x/y"), (metadata(home, source), "b/c")):
            found = described.repository_of(package(), told, described.GITHUB)
            assert found
            assert found.full_name == name

    def test_an_enterprise_s_own_github_counts_too(self) -> None:
        told = metadata("Project-URL: Source, https://git.corp.example/team/tool")
        found = described.repository_of(package(), told, "https://git.corp.example")
        assert found == described.Repository("team/tool", "https://git.corp.example/team/tool")

    def test_the_submission_s_repository_comes_first(self) -> None:
        state = fold([PackageSubmitted("Frob", "1", AT, repository="alice/frob")])
        assert state
        found = described.repository_of(
            state, metadata("Project-URL: Source, https://github.com/b/c"), described.GITHUB
        )
        assert found == described.Repository("alice/frob", "https://github.com/alice/frob")

    @pytest.mark.parametrize(
        ("name", "addresses", "people"),
        [
            ("Alice", "alice@example.org", ("Alice",)),
            (None, 'Alice <a@example.org>, "B., Bob" <b@example.org>', ("Alice", "B., Bob")),
            ("Alice <alice@example.org>", None, ("Alice",)),
            (None, "alice@example.org", ()),
            ("Alice", "Alice <a@b.c>", ("Alice",)),
            # These would take minutes to hours, if all of it was looked at.
            pytest.param("a" * 10**6, None, ("a" * 2000,), id="nothing but letters"),
            pytest.param(None, f"<a@b.cc>{' ' * 10**5}x", (), id="nothing but blanks"),
        ],
    )
    def test_people_are_named_without_their_addresses(
        self, name: str | None, addresses: str | None, people: tuple[str, ...]
    ) -> None:
        assert described.people(name, addresses) == people

    @pytest.mark.parametrize(
        ("lines", "name"),
        [
            (["License-Expression: MIT OR Apache-2.0", "License: x"], "MIT OR Apache-2.0"),
            (["License-Expression: mit or apache-2.0"], "MIT OR Apache-2.0"),
            (["License-Expression: whatever"], "whatever"),
            (["License: BSD"], "BSD"),
            (["License: mit or apache-2.0"], "MIT OR Apache-2.0"),
            (["Classifier: License :: OSI Approved :: MIT License"], "MIT"),
            (["Classifier: License :: OSI Approved :: BSD License"], "BSD License"),
            (["Classifier: License :: OSI Approved"], "OSI Approved"),
            (["License: Permission is hereby granted", "        to any person"], "Permission is hereby granted"),
            ([], None),
        ],
    )
    def test_the_licence_is_a_few_words(self, lines: list[str], name: str | None) -> None:
        assert license_name(metadata(*lines)) == name

    def test_classifiers_are_grouped_by_topic(self) -> None:
        told = metadata(
            "Classifier: Topic :: Internet", "Classifier: Framework :: Pytest", "Classifier: Topic :: Games"
        )
        assert described.classifiers(told) == (("Framework", ("Pytest",)), ("Topic", ("Internet", "Games")))

    @pytest.mark.parametrize(
        ("package_s", "repository_s", "differ"),
        [
            ("MIT", "MIT", False),
            ("MIT", "Apache-2.0", True),
            ("MIT OR Apache-2.0", "Apache-2.0", False),
            ("GPL-3.0-or-later", "GPL-3.0", False),
            ("(MIT AND Zlib) OR BSD-3-Clause", "BSD-3-Clause", False),
            ("Apache-2.0 WITH LLVM-exception", "MIT", True),
            ("BSD License", "BSD-3-Clause", False),
            ("MIT", "NOASSERTION", False),
            ("MIT", None, False),
            (None, "MIT", True),
        ],
    )
    def test_licences_differ_if_they_are_known_to(
        self, package_s: str | None, repository_s: str | None, *, differ: bool
    ) -> None:
        assert differs(package_s, repository_s) is differ

    @pytest.mark.parametrize("text", ["(" * 70, "MIT OR " * 9, "x" * 5000, "MIT\x00", ""])
    def test_what_is_no_licence_expression_is_none(self, text: str) -> None:
        assert spdx(text) is None

    @pytest.mark.parametrize(
        ("tags", "words"),
        [
            ("py3-none-any", "Python 3 on any system"),
            ("py2.py3-none-any", "Python 2 or Python 3 on any system"),
            ("cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64", "CPython 3.12 on Linux x86_64"),
            ("cp39-abi3-musllinux_1_2_aarch64", "CPython 3.9 and later on Linux aarch64 (musl)"),
            ("cp313-cp313t-win_amd64", "CPython 3.13 free-threaded on Windows x86_64"),
            ("pp310-pypy310_pp73-macosx_11_0_arm64", "PyPy 3.10 on macOS arm64"),
            ("cp311-cp311-macosx_10_9_universal2", "CPython 3.11 on macOS"),
            ("cp27-cp27mu-win32", "CPython 2.7 on Windows 32-bit"),
            ("cp313-cp313-ios_13_0_arm64_iphoneos", "CPython 3.13 on iOS arm64_iphoneos"),
            ("what-none-ever", "what on ever"),
        ],
    )
    def test_tags_are_told_in_words(self, tags: str, words: str) -> None:
        assert in_words(f"frob-1.0-{tags}.whl") == words
        assert in_words(f"frob-1.0-1build-{tags}.whl") == words
