"""Publishing from a repository: asking for it, what would be published, and how far it is; and who is logged in."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.submission import Submission
from domain.usecases.submissions import Preview, Submissions
from entrypoints.http import shapes
from entrypoints.http.asking import Asking
from entrypoints.http.calls import Body, Calls, WrongBody, answering_problems, json_body


class SubmissionRoutes:
    """A submission is asked for, previewed and followed; what waits for GitHub goes through `asking`."""

    def __init__(self, submissions: Submissions, calls: Calls, asking: Asking) -> None:
        self._submissions = submissions
        self._calls = calls
        self._asking = asking

    def routes(self) -> list[Route]:
        """All of it."""
        return [
            Route("/api/session", answering_problems(self._session), methods=["GET"]),
            Route("/api/packages", answering_problems(self._request), methods=["POST"]),
            Route("/api/submissions/{id}", answering_problems(self._show), methods=["GET"]),
            Route("/api/repositories/{owner}/{name}", answering_problems(self._preview), methods=["GET"]),
        ]

    async def _session(self, request: Request) -> Response:
        caller, token = await self._calls.caller(request), await self._calls.github_token(request)
        shown: shapes.LoggedIn = {"login": caller.login, "account": caller.account, "github": token is not None}
        return JSONResponse(shown)

    async def _request(self, request: Request) -> Response:
        caller, token = await self._calls.caller(request), await self._calls.github_token(request)
        repository, ref = _wanted(await json_body(request))
        submission = await self._asking.run(self._submissions.request, caller, repository, ref, token)
        shown = await self._calls.run(self._shown, submission)
        return JSONResponse(shown, HTTPStatus.ACCEPTED, {"Location": f"/api/submissions/{submission.id}"})

    async def _show(self, request: Request) -> Response:
        caller = await self._calls.caller(request)
        submission = await self._calls.run(self._submissions.of, caller, request.path_params["id"])
        return JSONResponse(await self._calls.run(self._shown, submission))

    async def _preview(self, request: Request) -> Response:
        caller, token = await self._calls.caller(request), await self._calls.github_token(request)
        repository = "{owner}/{name}".format_map(request.path_params)
        # A field of a form that was left empty is sent all the same.
        ref = request.query_params.get("ref") or None
        return JSONResponse(_preview(await self._asking.run(self._submissions.preview, caller, repository, ref, token)))

    def _shown(self, submission: Submission) -> shapes.Submission:
        requested = submission.requested
        return {
            "id": submission.id,
            "repository": requested.repository,
            "ref": requested.ref,
            "commit": requested.commit,
            "name": submission.name,
            "version": submission.version,
            "status": submission.status,
            "log": self._submissions.log(submission.id),
            "error": submission.error,
            "files": [
                {"filename": file.filename, "sha256": file.sha256, "size": file.size} for file in submission.files or ()
            ],
        }


def _preview(preview: Preview) -> shapes.Preview:
    return {
        "repository": preview.repository,
        "description": preview.description,
        "ref": preview.ref,
        "is_tag": preview.is_tag,
        "commit": preview.commit,
        "assets": [{"filename": asset.filename, "size": asset.size} for asset in preview.assets],
        "package": preview.package,
        "versions": list(preview.versions),
    }


def _wanted(body: Body) -> tuple[str, str | None]:
    match body:
        case {"repository": str(repository), **rest} if not rest.keys() - {"ref"}:
            ref = rest.get("ref")
            if ref is None or isinstance(ref, str):
                return repository, ref
    raise WrongBody('Send {"repository": "owner/name", "ref": "a tag, branch or commit, or leave it out"}.')
