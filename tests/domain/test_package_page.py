"""What a package's page and the pages of its releases show."""

from collections.abc import Collection
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from attrs import evolve

from domain.events import PackageEvent, ProjectStatusChanged
from domain.metadata import Metadata
from domain.needs import Dependents, Need
from domain.owners import Owner
from domain.repository import RepositoryFacts
from domain.site_settings import SiteSettings
from domain.usage import Usage
from domain.views.about import About, Readme
from domain.views.package_page import PackagePage, package_page
from domain.views.release_page import release_page
from domain.views.releases import Commit
from tests.domain.usage_examples import UNUSED, used
from tests.domain.view_examples import AT, SHA256, SITE, metadata, package, sdist, wheel, yanked

NOBODY = Dependents()


def page(
    *events: PackageEvent,
    described_by: Metadata | None = None,
    site: SiteSettings = SITE,
    usage: Usage = UNUSED,
    dependents: Dependents = NOBODY,
    facts: RepositoryFacts | None = None,
    known: Collection[str] = (),
) -> PackagePage:
    return package_page(package(*events), described_by, site, usage, dependents, facts, known=known)


def needed(*needs: tuple[str, str], count: int = 0) -> Dependents:
    """Dependents by name and specifier."""
    return Dependents(count or len(needs), tuple(Need("frob", name, name.title(), takes) for name, takes in needs))


class TestPackagePage:
    def test_releases_are_newest_first_each_with_its_files(self) -> None:
        view = page(wheel("1.0"), sdist("1.0"), wheel("2.0a1", at=AT + timedelta(days=1)), described_by=metadata())
        assert [(release.label, release.prerelease, len(release.files)) for release in view.releases] == [
            ("2.0a1", True, 1),
            ("1.0", False, 2),
        ]
        assert view.latest == view.releases[1]

    def test_a_release_is_as_old_as_its_first_file(self) -> None:
        view = page(wheel("1.0", at=AT + timedelta(days=9)), sdist("1.0"))
        assert view.releases[0].published == AT

    def test_a_release_is_yanked_only_if_all_its_files_are(self) -> None:
        files = wheel("1.0"), sdist("1.0")
        assert page(*files, yanked(files[0], "broken")).releases[0].yanked is None
        assert page(*files, yanked(files[0]), yanked(files[1], "broken")).releases[0].yanked == "broken"

    def test_file_urls_are_percent_encoded(self) -> None:
        assert page(wheel("1.0+a")).releases[0].files[0].url == "/packages/frob/1.0%2Ba/frob-1.0%2Ba-py3-none-any.whl"

    def test_quarantine_hides_whatever_the_package_says_of_itself(self) -> None:
        described_by = metadata("Summary: Evil.", "Project-URL: Source, https://github.com/evil/evil", body="Evil.")
        view = page(wheel("1.0"), ProjectStatusChanged("quarantined", "malware", AT), described_by=described_by)
        assert (view.about, view.repository, view.readme, view.install) == (About(), None, None, ())
        assert (view.owner, view.releases, view.dependencies) == (None, (), ())
        assert view.status_reason == "malware"

    def test_install_lines_name_this_index_only(self) -> None:
        lines = {line.tool: line.text for line in page(wheel("1.0")).install}
        assert lines["pip"] == "pip install --index-url https://index.example/simple/ Frob"
        assert lines["uv"] == "uv pip install --default-index https://index.example/simple/ Frob"
        assert lines["requirements.txt"] == (
            f"--index-url https://index.example/simple/\nFrob==1.0 \\\n    --hash=sha256:{SHA256}"
        )
        assert not any("extra-index" in text for text in lines.values())

    @pytest.mark.parametrize(
        ("name", "source"),
        [("My Index", "my-index"), ("索引-x", "x"), ("Müllers Räder", "mullers-rader"), ("索引", "sls-pypi")],
    )
    def test_a_source_is_called_in_letters_that_every_tool_takes(self, name: str, source: str) -> None:
        lines = page(wheel("1.0"), site=SiteSettings("https://index.example", name=name)).install
        (poetry,) = [line.text for line in lines if line.tool == "Poetry"]
        assert poetry.startswith(f"poetry source add --priority=explicit {source} https://index.example/simple/\n")

    def test_the_notes_say_where_dependencies_come_from(self) -> None:
        needs = metadata("Requires-Dist: sprocket")
        alone = " ".join(page(wheel("1.0"), described_by=needs).install_notes)
        assert "its own packages only" in alone
        assert "--index https://index.example/simple/" in alone
        both = SiteSettings("https://index.example", upstream="https://pypi.org/simple/")
        assert "comes from pypi.org" in " ".join(page(wheel("1.0"), described_by=needs, site=both).install_notes)

    def test_where_all_dependencies_are_here_nothing_is_said_of_them(self) -> None:
        needs = metadata("Requires-Dist: sprocket")
        assert page(wheel("1.0"), described_by=needs, known={"sprocket"}).install_notes == ()
        assert page(wheel("1.0"), described_by=metadata()).install_notes == ()

    def test_where_all_releases_are_yanked_the_lines_ask_for_one_of_them(self) -> None:
        lines = page(wheel("1.0"), yanked(wheel("1.0"))).install
        assert lines[0].text == "pip install --index-url https://index.example/simple/ Frob==1.0"

    @pytest.mark.parametrize(
        ("url", "warned"),
        [
            ("http://127.0.0.1:8000", False),
            ("http://127.0.0.2", False),
            ("http://[::1]:8000", False),
            ("http://10.0.0.5:8000", True),
            ("http://127.elsewhere.test", True),
        ],
    )
    def test_the_notes_say_when_pip_will_not_trust_the_index(self, url: str, *, warned: bool) -> None:
        notes = " ".join(page(wheel("1.0"), site=SiteSettings(url)).install_notes)
        assert (f"--trusted-host {urlsplit(url).hostname}" in notes) is warned

    def test_a_package_without_files_has_nothing_to_install(self) -> None:
        view = page()
        assert (view.latest, view.releases, view.install, view.install_notes) == (None, (), (), ())

    def test_who_published_it_is_said_by_name_if_that_is_known(self) -> None:
        assert page(wheel("1.0")).owner == Owner("local:alice", "alice")
        by_number = evolve(package(wheel("1.0")), owner="583231")
        view = package_page(by_number, metadata(), SITE, UNUSED, login="octocat")
        assert view.owner == Owner("583231", "octocat")

    def test_a_yank_of_everything_is_noted(self) -> None:
        assert any("is yanked" in note for note in page(wheel("1.0"), yanked(wheel("1.0"))).install_notes)
        assert not any("yanked" in note for note in page(wheel("1.0")).install_notes)

    def test_files_of_many_releases_are_on_the_pages_of_releases(self) -> None:
        files = [file for number in range(40) for file in (wheel(f"1.{number}"), sdist(f"1.{number}"))]
        view = page(*files, wheel("2.0a1"), described_by=metadata())
        assert [release.label for release in view.with_files[:3]] == ["1.39", "2.0a1", "1.38"]
        assert 10 < sum(len(release.files) for release in view.with_files) < 75
        assert len(page(*files[-40:], described_by=metadata()).with_files) == 20
        assert len(view.releases) == 41

    def test_the_latest_release_s_files_are_shown_however_many_they_are(self) -> None:
        files = [wheel("1.0", tag=f"cp3{minor}-cp3{minor}-win32") for minor in range(90)]
        view = page(*files, wheel("0.9"), described_by=metadata())
        assert [release.label for release in view.with_files] == ["1.0"]

    def test_releases_are_marked_in_the_charts(self) -> None:
        view = page(wheel("1.0"), wheel("1.1", at=AT - timedelta(days=9)), usage=used())
        assert view.downloads
        assert view.downloads.by_day
        assert [marker.says for marker in view.downloads.by_day.markers] == ["1.1, 14 Nov 2026", "1.0, 23 Nov 2026"]

    def test_dependencies_that_the_index_has_are_told_apart(self) -> None:
        described_by = metadata("Requires-Dist: Zope.Interface>=5", "Requires-Dist: attrs")
        view = page(wheel("1.0"), described_by=described_by, known={"zope-interface"})
        assert [(one.canonical, one.here) for one in view.dependencies[0].dependencies] == [
            ("zope-interface", True),
            ("attrs", False),
        ]


class TestRepository:
    SOURCE = metadata("Project-URL: Source, https://github.com/alice/frob", "License: mit")
    FACTS = RepositoryFacts("alice/frob", AT, stars=9, license="Apache-2.0")

    def test_what_was_heard_is_shown_with_it(self) -> None:
        assert page(wheel("1.0"), described_by=self.SOURCE, facts=self.FACTS).facts == self.FACTS

    def test_without_a_repository_there_is_nothing_to_have_heard(self) -> None:
        assert page(wheel("1.0"), described_by=metadata(), facts=self.FACTS).facts is None
        quarantined = ProjectStatusChanged("quarantined", None, AT)
        assert page(wheel("1.0"), quarantined, described_by=self.SOURCE, facts=self.FACTS).facts is None

    @pytest.mark.parametrize(("heard", "noted"), [("Apache-2.0", "Apache-2.0"), ("MIT", None), (None, None)])
    def test_another_licence_there_is_noted(self, heard: str | None, noted: str | None) -> None:
        view = page(wheel("1.0"), described_by=self.SOURCE, facts=evolve(self.FACTS, license=heard))
        assert view.repository_license == noted


class TestDependents:
    def test_each_is_shown_with_what_it_takes_of_the_latest_release(self) -> None:
        view = page(wheel("2.0"), dependents=needed(("a", ">=1"), ("b", "<2"), ("b", ""), ("c", "@ https://c")))
        shown = [(one.name, [need.takes_latest for need in one.constraints]) for one in view.dependents.shown]
        assert shown == [("a", [True]), ("b", [False, True]), ("c", [None])]
        assert (view.dependents.count, view.dependents.more, view.dependents.refusing) == (4, 1, 1)

    def test_on_an_old_python_only_is_not_never(self) -> None:
        old = Need("frob", "a", "a", "<2", marker='python_version < "3.11"')
        new = Need("frob", "a", "a", ">=2", marker='python_version >= "3.11"')
        both, one = (page(wheel("2.0"), dependents=Dependents(1, some)).dependents for some in ((old, new), (old,)))
        assert [need.takes_latest for need in both.shown[0].constraints] == [False, True]
        assert (both.refusing, one.refusing) == (0, 1)

    def test_those_that_are_cut_off_are_counted(self) -> None:
        assert page(wheel("1.0"), dependents=needed(("a", ""), count=7)).dependents.more == 6

    def test_without_a_release_there_is_nothing_to_take(self) -> None:
        view = page(dependents=needed(("a", "<1")))
        assert view.dependents.shown[0].constraints[0].takes_latest is None

    def test_a_pre_release_is_taken_if_its_number_is(self) -> None:
        view = page(wheel("2.0rc1"), dependents=needed(("a", ">=1"), ("b", ">=2")))
        assert [one.constraints[0].takes_latest for one in view.dependents.shown] == [True, False]


class TestProvenance:
    SHA = "c0" * 20

    def commit(self, sha: str | None, repository: str | None) -> Commit | None:
        file = evolve(wheel("1.0"), source_commit=sha)
        state = evolve(package(file), repository=repository)
        return package_page(state, metadata(), SITE, UNUSED).releases[0].files[0].commit

    def readme(self, sha: str | None, repository: str | None) -> Readme | None:
        built, uploaded = evolve(wheel("1.0"), source_commit=sha), wheel("1.0", tag="cp313-cp313-win_amd64")
        state = evolve(package(uploaded, built), repository=repository)
        told = evolve(metadata(), description="See [the docs](docs/use.md).")
        readme = package_page(state, told, SITE, UNUSED).readme
        assert release_page(state, "1.0", told, SITE).readme == readme
        return readme

    def test_a_recorded_commit_is_linked(self) -> None:
        commit = self.commit(self.SHA, "alice/frob")
        assert commit == Commit(self.SHA, "https://github.com/alice/frob")
        assert commit
        assert commit.url == f"https://github.com/alice/frob/commit/{self.SHA}"

    def test_relative_links_lead_to_the_files_of_that_commit(self) -> None:
        readme = self.readme(self.SHA, "alice/frob")
        assert readme
        assert readme.base == f"https://github.com/alice/frob/blob/{self.SHA}/"

    @pytest.mark.parametrize(("sha", "repository"), [(None, "alice/frob"), (SHA, None), ("main/../x", "alice/frob")])
    def test_relative_links_of_what_was_uploaded_lead_nowhere(self, sha: str | None, repository: str | None) -> None:
        readme = self.readme(sha, repository)
        assert readme
        assert readme.base is None

    def test_without_a_repository_it_is_not(self) -> None:
        assert self.commit(self.SHA, None) == Commit(self.SHA, None)
        assert self.commit("main/../../evil", "alice/frob") == Commit("main/../../evil", None)

    def test_an_upload_has_none(self) -> None:
        assert self.commit(None, "alice/frob") is None


class TestReleasePage:
    def test_its_lines_take_this_version_and_no_other(self) -> None:
        state = package(wheel("1.0"), wheel("1.1"))
        lines = {line.tool: line.text for line in release_page(state, "1.0", metadata(), SITE).install}
        assert lines["pip"] == "pip install --index-url https://index.example/simple/ Frob==1.0"
        assert lines["PDM"].endswith("\npdm add Frob==1.0")
        assert lines["requirements.txt"].count("Frob==1.0 ") == lines["requirements.txt"].count("--hash") == 1

    def test_an_epoch_is_quoted_for_shells(self) -> None:
        view = release_page(package(wheel("1!1.0")), "1!1.0", metadata(), SITE)
        assert view.install[0].text.endswith(" 'Frob==1!1.0'")
        assert view.release.path == "1%211.0"

    def test_nothing_on_it_depends_on_other_releases(self) -> None:
        alone = release_page(package(wheel("1.0"), sdist("1.0")), "1.0", metadata(), SITE)
        among = package(wheel("0.9"), wheel("1.0"), sdist("1.0"), wheel("2.0"), yanked(wheel("2.0")))
        assert release_page(among, "1.0", metadata(), SITE) == alone

    def test_says_what_its_metadata_says(self) -> None:
        told = metadata("Summary: Frobs.", "Requires-Dist: attrs", body="Words.")
        view = release_page(package(wheel("1.0")), "1.0", told, SITE)
        assert (view.about.summary, view.readme and view.readme.text.strip()) == ("Frobs.", "Words.")
        assert view.dependencies[0].dependencies[0].canonical == "attrs"

    def test_whether_dependencies_are_here_is_not_known(self) -> None:
        needy = release_page(package(wheel("1.0")), "1.0", metadata("Requires-Dist: attrs"), SITE)
        assert needy.install_notes[0].startswith("If a dependency is not in this index")
        assert release_page(package(wheel("1.0")), "1.0", metadata(), SITE).install_notes == ()

    def test_a_yank_is_shown_and_noted(self) -> None:
        view = release_page(package(wheel("1.0"), yanked(wheel("1.0"), "broken")), "1.0", metadata(), SITE)
        assert view.release.yanked == "broken"
        assert any("yanked" in note for note in view.install_notes)
