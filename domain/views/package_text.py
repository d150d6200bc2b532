"""A package's page as text: everything that the page says, in Markdown, for terminals, screen readers and programs.

Headings of the first and second level are ours only: whatever packages say of themselves is escaped, and the README
stands last in a block that it cannot end.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

from domain.dependencies import Dependency
from domain.package import Status
from domain.views.charts import Chart
from domain.views.days import day_in_words
from domain.views.dependents import Constraint, Dependent
from domain.views.downloads import Downloads
from domain.views.markdown import block, code, link, plain
from domain.views.package_page import PackagePage
from domain.views.releases import PageFile, Release
from domain.views.times import in_seconds

_STATUS = {
    Status.ARCHIVED: "**Archived.** No more releases are expected.",
    Status.DEPRECATED: "**Deprecated.** It still works, but should not be chosen for anything new.",
    Status.QUARANTINED: "**In quarantine.** Its files are withheld and cannot be installed.",
}
_LANGUAGES = {"text/markdown": "markdown", "text/x-rst": "rst"}


def package_text(view: PackagePage) -> bytes:
    """The page as Markdown; equal views give equal bytes."""
    sections = (
        _title(view),
        _section("Install", _install(view)),
        _section("Downloads", _downloads(view.downloads)),
        _section("Versions", _versions(view)),
        _section("Files", _files(view)),
        _section("Dependencies", _dependencies(view)),
        _section("Dependents", _dependents(view)),
        _section("Repository", _repository(view)),
        _section("About", _about(view)),
        _section("README", _readme(view)),
    )
    return ("\n\n".join(part for section in sections for part in section) + "\n").encode(errors="replace")


def _section(title: str, parts: Iterable[str]) -> Iterator[str]:
    yield f"## {title}"
    yield from parts


def _title(view: PackagePage) -> Iterator[str]:
    yield f"# {plain(view.spelling)}" + (f" {plain(view.latest.label)}" if view.latest else "")
    if view.about.summary:
        yield plain(view.about.summary)
    if view.status in _STATUS:
        yield f"{_STATUS[view.status]} {plain(view.status_reason or '')}".rstrip()
    if view.latest and view.latest.yanked is not None:
        yield f"**Yanked.** Its owner asks not to use any release of it. {plain(view.latest.yanked)}".rstrip()
    page = f"{view.site.base_url}/project/{view.name}/"
    published = f", published {_day(view.latest.published)}" if view.latest else ""
    yield f"Page: <{page}>, at {plain(view.site.name)}{published}"


def _install(view: PackagePage) -> Iterator[str]:
    if not view.install:
        yield "There is nothing to install."
    for line in view.install:
        yield f"{plain(line.tool)}:"
        yield block(line.text)
    if view.install_notes:
        yield _list(plain(note) for note in view.install_notes)


def _downloads(downloads: Downloads | None) -> Iterator[str]:
    if downloads is None:
        yield "No downloads so far."
        return
    figures = [f"in all: {downloads.total:,}"]
    if downloads.complete_through:
        figures += [
            f"in the last 30 days: {downloads.last_30_days:,}",
            f"on {downloads.complete_through}: {downloads.last_day:,}",
        ]
    yield _list(figures)
    for chart in (downloads.by_day, downloads.by_week):
        if chart:
            yield plain(chart.says)
    unknown = " Unknown: the logs do not say." if any(kind.has_unknown for kind in downloads.shares) else ""
    yield f"Shares of the downloads {downloads.period}; requests of mirrors are apart: {downloads.mirrors:,}.{unknown}"
    groups = [*((shares.title, shares.shares) for shares in downloads.shares), ("People or CI", downloads.automatic)]
    yield _list(
        f"{title}: " + ", ".join(f"{plain(share.name)} {share.downloads:,} ({share.percent})" for share in shares)
        for title, shares in groups
    )
    for chart in (downloads.by_day, downloads.by_week):
        if chart:
            yield from _table(chart)


def _table(chart: Chart) -> Iterator[str]:
    yield f"Downloads by {chart.unit}, {_words(chart.first)} to {_words(chart.last)}, newest first; days are in UTC:"
    yield _list(
        f"{point.day}: {point.downloads:,}" + (f", released {plain(point.released)}" if point.released else "")
        for point in reversed(chart.points)
    )


def _versions(view: PackagePage) -> Iterator[str]:
    yield _list(map(_version, view.releases)) or "No releases."


def _version(release: Release) -> str:
    marks = ("pre-release",) if release.prerelease else ()
    return ", ".join((plain(release.label), _day(release.published), *marks, *_yanked(release.yanked)))


def _files(view: PackagePage) -> Iterator[str]:
    for release in view.releases:
        yield f"### {plain(release.label)}"
        yield _list(_file(view.site.base_url, file) for file in release.files)
    if not view.releases:
        yield "No files."


def _file(base_url: str, file: PageFile) -> str:
    facts = [
        code(file.filename),
        file.kind,
        *filter(None, (plain(file.runs_on),)),
        f"{file.size:,} bytes",
        in_seconds(file.uploaded),
        *([f"Python {code(file.requires_python)}"] if file.requires_python else []),
        *_yanked(file.yanked),
        *([f"built from commit {code(file.commit.sha)}"] if file.commit else []),
    ]
    return f"{', '.join(facts)}\n  - <{base_url}{file.url}>\n  - sha256 {code(file.sha256)}"


def _dependencies(view: PackagePage) -> Iterator[str]:
    if not view.dependencies:
        yield "None."
    for group in view.dependencies:
        if group.extra is not None:
            yield f"With the extra {code(group.extra)}:"
        yield _list(map(_dependency, group.dependencies))


def _dependency(dependency: Dependency) -> str:
    condition = f"if {code(dependency.condition)}" if dependency.condition else ""
    here = "in this index" if dependency.here else ""
    needed = " ".join(filter(None, (code(dependency.name), code(dependency.specifier), condition)))
    return ", ".join(filter(None, (needed, here)))


def _dependents(view: PackagePage) -> Iterator[str]:
    if not view.dependents.count:
        yield "No package in this index needs it."
        return
    yield f"Packages in this index that need it: {view.dependents.count:,}."
    if view.dependents.refusing:
        yield f"Of those listed, {view.dependents.refusing:,} do not take the latest release."
    yield _list(map(_dependent, view.dependents.shown))
    if view.dependents.more > 0:
        yield f"And {view.dependents.more:,} more."


def _dependent(dependent: Dependent) -> str:
    return f"{code(dependent.spelling)}: {'; '.join(map(_constraint, dependent.constraints))}"


def _constraint(constraint: Constraint) -> str:
    parts = (
        code(constraint.specifier) or "any version",
        f"with the extra {code(constraint.extra)}" if constraint.extra else "",
        f"if {code(constraint.condition)}" if constraint.condition else "",
        "(does not take the latest release)" if constraint.takes_latest is False else "",
    )
    return " ".join(filter(None, parts))


def _repository(view: PackagePage) -> Iterator[str]:
    if view.repository is None:
        hidden = view.status is Status.QUARANTINED
        yield "It is not shown while the project is in quarantine." if hidden else "No GitHub repository is linked."
        return
    yield link(view.repository.full_name, view.repository.url)
    facts = view.facts
    if facts is None:
        return
    counted = (
        ("stars", facts.stars),
        ("forks", facts.forks),
        ("open issues", facts.issues),
        ("open pull requests", facts.pull_requests),
        ("contributors", facts.contributors),
    )
    yield _list(
        [
            *(f"{what}: {figure:,}" for what, figure in counted if figure is not None),
            *([f"last push: {_day(facts.pushed_at)}"] if facts.pushed_at else []),
            *([f"its license is another one: {code(view.repository_license)}"] if view.repository_license else []),
            *(["archived"] if facts.archived else []),
            f"as of: {in_seconds(facts.as_of)}",
        ]
    )


def _about(view: PackagePage) -> Iterator[str]:
    about = view.about
    said = (
        ("Owner", link(view.owner.login, view.site.base_url + view.owner.url) if view.owner else ""),
        ("Python", code(about.pythons) or "not stated"),
        ("License", plain(about.license or "not stated")),
        ("Authors", ", ".join(map(plain, about.authors))),
        ("Maintainers", ", ".join(map(plain, about.maintainers))),
        ("Keywords", ", ".join(map(plain, about.keywords))),
        *(("Link", link(one.label, one.url)) for one in about.links),
        *((plain(topic), "; ".join(map(plain, values))) for topic, values in about.classifiers),
    )
    yield _list(f"{what}: {text}" for what, text in said if text) or "Nothing is said."


def _readme(view: PackagePage) -> Iterator[str]:
    if view.readme is None:
        yield "None."
        return
    kind = (view.readme.content_type or "").partition(";")[0].strip().lower()
    yield "From here on it is the text that came with the package, to the end:"
    yield block(view.readme.text, _LANGUAGES.get(kind, "text"))


def _yanked(reason: str | None) -> tuple[str, ...]:
    if reason is None:
        return ()
    return (f"**yanked**: {plain(reason)}",) if reason else ("**yanked**",)


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _day(at: datetime) -> str:
    return at.astimezone(UTC).date().isoformat()


def _words(day: str) -> str:
    return day_in_words(date.fromisoformat(day))
