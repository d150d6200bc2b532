"""What the REST API answers about one repository that is there and public."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from infrastructure.github_double import file_shapes, shapes
from infrastructure.github_double.answers import Answer, missing, paged, problem, query_of, sent, told
from infrastructure.github_double.repository import AnnotatedTag, Commit, Release, Repository

_OCTETS = "application/octet-stream"


class RepositoryApi:
    """Everything below ``/repos/owner/name``.

    Args:
        url: of the API and the site.
        files_url: another origin, where files are.
    """

    def __init__(self, repository: Repository, url: str, files_url: str) -> None:
        self._told = repository
        self._url = url
        self._files_url = files_url

    def answer(self, path: str, rest: Sequence[str], accept: str) -> Answer:
        """To a GET of a path with its query; `rest` are the parts of it that come after the repository."""
        match rest:
            case ():
                return told(self._told.told(self._url))
            case ("releases", *which):
                return self._releases(path, tuple(which), accept)
            case ("pulls" | "contributors" | "tags",):
                return self._listed(path, rest[0])
            case ("languages",):
                return told({self._told.language: 1000} if self._told.language and self._told.head else {})
            case ("commits", *parts):
                return self._commit("/".join(parts), accept)
            case ("git", *parts):
                return self._git(tuple(parts))
            case ("tarball", *parts):
                # Whether there is such a commit is found out there, as at GitHub.
                return sent(f"{self._files_url}/{self._told.full_name}/legacy.tar.gz/{'/'.join(parts) or 'HEAD'}")
            case _:
                return self._files(path, rest, accept)

    def _listed(self, path: str, what: str) -> Answer:
        match what:
            case "pulls":
                return self._list(path, self._told.pulls, lambda n: file_shapes.pull(self._told, n + 1, self._url))
            case "tags":
                tags = sorted(self._told.tags, reverse=True)
                return self._list(path, len(tags), lambda n: shapes.tag(self._told, tags[n], self._url))
            case _:
                return self._contributors(path)

    def _git(self, parts: Sequence[str]) -> Answer:
        match parts:
            case ("ref", ("tags" | "heads") as kind, *name):
                return self._ref(kind, "/".join(name))
            case ("tags", sha):
                return self._tag(sha)
            case _:
                return missing()

    def _files(self, path: str, rest: Sequence[str], accept: str) -> Answer:
        ref = query_of(path).get("ref", "HEAD")
        match rest:
            case ("contents", *parts):
                return self._contents("/".join(parts), ref, accept)
            case ("readme",):
                return self._named("readme", ref, accept)
            case ("license",):
                return self._license()
            case _:
                return missing()

    def _list(self, path: str, count: int, item: Callable[[int], object]) -> Answer:
        return paged(f"{self._url}{path}", count, item)

    def _contributors(self, path: str) -> Answer:
        if self._told.contributors == 0:
            return Answer(HTTPStatus.NO_CONTENT)
        count = self._told.contributors if query_of(path).get("anon") in {"1", "true"} else 1
        return self._list(path, count, lambda n: file_shapes.contributor(self._told, n, self._url))

    def _releases(self, path: str, which: Sequence[str], accept: str) -> Answer:
        # Drafts are for those who may write.
        public = [release for release in self._told.releases if not release.draft]
        public.sort(key=lambda release: release.published_at, reverse=True)
        match which:
            case ():
                return self._list(path, len(public), lambda n: self._release(public[n]))
            case ("latest",):
                return self._first([release for release in public if not release.prerelease])
            case ("tags", *parts):
                return self._first([release for release in public if release.tag == "/".join(parts)])
            case ("assets", number):
                return self._asset(number, public, accept)
            case (number, *below):
                found = [each for each in public if str(file_shapes.release_number(self._told, each)) == number]
                if not found or below not in ([], ["assets"]):
                    return missing()
                return told(self._release(found[0])["assets"]) if below else self._first(found)
            case _:
                return missing()

    def _release(self, release: Release) -> dict[str, object]:
        return file_shapes.release(self._told, release, self._url)

    def _first(self, found: Sequence[Release]) -> Answer:
        return told(self._release(found[0])) if found else missing()

    def _asset(self, number: str, releases: Sequence[Release], accept: str) -> Answer:
        for release in releases:
            for asset in release.assets:
                if str(file_shapes.asset_number(self._told, release, asset)) == number:
                    if accept == _OCTETS:
                        return sent(f"{self._files_url}/release-assets/{self._told.id}/{number}?sig=of-the-double")
                    return told(file_shapes.asset(self._told, release, asset, self._url))
        return missing()

    def _commit(self, ref: str, accept: str) -> Answer:
        if self._told.head is None:
            return problem(HTTPStatus.CONFLICT, "Git Repository is empty.")
        commit = self._told.commit(ref)
        if commit is None:
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"No commit found for SHA: {ref}")
        if "sha" in accept:
            return Answer(HTTPStatus.OK, commit.sha.encode(), {"Content-Type": "application/vnd.github.sha"})
        return told(shapes.commit(self._told, commit, self._url))

    def _ref(self, kind: str, name: str) -> Answer:
        there: Mapping[str, Commit | AnnotatedTag] = self._told.tags if kind == "tags" else self._told.branches
        target = there.get(name)
        return missing() if target is None else told(shapes.ref(self._told, f"refs/{kind}/{name}", target, self._url))

    def _tag(self, sha: str) -> Answer:
        for tag in self._told.tags.values():
            if isinstance(tag, AnnotatedTag) and tag.sha == sha:
                return told(shapes.tag_object(self._told, tag, self._url))
        return missing()

    def _contents(self, path: str, ref: str, accept: str) -> Answer:
        commit, told_path = self._told.commit(ref), path.strip("/")
        if commit is None:
            return missing()
        if told_path in commit.files:
            return self._file(commit, told_path, accept)
        below = f"{told_path}/" if told_path else ""
        names = {each.removeprefix(below).partition("/")[0] for each in commit.files if each.startswith(below)}
        if not names:
            return missing()
        return told([file_shapes.entry(self._told, commit, below + name, self._url) for name in sorted(names)])

    def _file(self, commit: Commit, path: str, accept: str) -> Answer:
        if "raw" in accept:
            return Answer(HTTPStatus.OK, commit.files[path], {"Content-Type": "application/vnd.github.raw"})
        return told(file_shapes.file(self._told, commit, path, self._url))

    def _named(self, stem: str, ref: str, accept: str) -> Answer:
        commit = self._told.commit(ref)
        path = commit and next((each for each in sorted(commit.files) if each.lower().split(".")[0] == stem), None)
        return self._file(commit, path, accept) if commit and path else missing()

    def _license(self) -> Answer:
        commit = self._told.head
        path = commit and next((each for each in sorted(commit.files) if each.lower().split(".")[0] == "license"), None)
        return told(file_shapes.licence_file(self._told, commit, path, self._url)) if commit and path else missing()
