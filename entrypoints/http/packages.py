"""`GET /api/packages`: what somebody has published, what they could publish, and what became of their submissions."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from domain.caller import Caller
from domain.github_faults import GitHubFails
from domain.package import Package
from domain.ports.submission_table import SubmissionRow
from domain.repository import Source
from domain.usage_sums import OwnFigures
from domain.usecases.eligibility import Eligibility
from domain.usecases.portfolio import Portfolio
from domain.usecases.statistics import Statistics
from domain.usecases.submission_records import last_of
from domain.usecases.submissions import Submissions
from domain.views.times import in_seconds, timestamp
from entrypoints.http import shapes
from entrypoints.http.asking import Asking
from entrypoints.http.calls import Calls, answering_problems
from entrypoints.http.refusals import again_after, problem, status_of

_SHOWN = 10
_LOOKED_THROUGH = 200  # for the last one of each package


class PackagesList:
    """The route. GitHub may fail: then the answer says so, together with all that the index itself knows."""

    def __init__(
        self,
        portfolio: Portfolio,
        statistics: Statistics,
        submissions: Submissions,
        eligibility: Eligibility,
        base_url: str,
        calls: Calls,
        asking: Asking,
    ) -> None:
        self._portfolio = portfolio
        self._statistics = statistics
        self._submissions = submissions
        self._eligibility = eligibility
        self._base_url = base_url
        self._calls = calls
        self._asking = asking

    def routes(self) -> list[Route]:
        """Its only route."""
        return [Route("/api/packages", answering_problems(self._list), methods=["GET"])]

    async def _list(self, request: Request) -> Response:
        caller = await self._calls.caller(request)
        known = await self._calls.run(self._known, caller)
        token = await self._calls.github_token(request)
        try:
            # GitHub is asked in the name of those only who are logged in; nobody else waits for a turn.
            run = self._calls.run if token is None else self._asking.run
            eligible = await run(self._eligibility.of, caller, token)
        except GitHubFails as fault:
            # Nobody had the time to ask, or nothing was known.
            remembered = await self._calls.run(self._eligibility.last_known, caller)
            if remembered is None:
                # An empty list would be a statement; whoever shows what there is goes on all the same.
                return problem(status_of(fault), str(fault), again_after(fault), known)
            eligible = remembered
        told: shapes.Packages = {
            "submitted": known["submitted"],
            "submissions": known["submissions"],
            "eligible": [_repository(source) for source in eligible.repositories],
        }
        if eligible.as_of is not None:
            told["eligible_as_of"] = timestamp(eligible.as_of)
        return JSONResponse(told)

    def _known(self, caller: Caller) -> shapes.KnownPackages:
        """What the index itself knows."""
        rows = self._submissions.latest(caller, _LOOKED_THROUGH)
        packages = self._portfolio.submitted(caller)
        figures = self._statistics.figures([package.name for package in packages])
        submitted = [self._package(*of_one, rows) for of_one in zip(packages, figures, strict=True)]
        return {"submitted": submitted, "submissions": [_submission(row) for row in rows[:_SHOWN]]}

    def _package(self, package: Package, figures: OwnFigures, rows: Sequence[SubmissionRow]) -> shapes.Submitted:
        last = last_of(package, rows)
        return {
            "name": package.name,
            "repository": package.repository,
            "versions": list(package.versions),
            "downloads": _figures(figures),
            "project_url": f"{self._base_url}/project/{package.name}/",
            "submission": None if last is None else _last(last),
        }


def _last(row: SubmissionRow) -> shapes.LastSubmission:
    return {"id": row.id, "status": row.status, "ref": row.ref, "at": timestamp(row.at), "error": row.error}


def _submission(row: SubmissionRow) -> shapes.SubmissionSummary:
    return {
        "id": row.id,
        "repository": row.repository,
        "ref": row.ref,
        "status": row.status,
        "at": timestamp(row.at),
        "name": row.name,
        "version": row.version,
        "error": row.error,
    }


def _repository(source: Source) -> shapes.Eligible:
    return {
        "repository": source.full_name,
        "description": source.description,
        "language": source.language,
        "pushed_at": None if source.pushed_at is None else in_seconds(source.pushed_at),
    }


def _figures(figures: OwnFigures) -> shapes.Figures:
    return {
        "total": figures.total,
        "last_day": figures.last_day,
        "last_30_days": figures.last_30_days,
        "locations": figures.locations,
        "requesters": figures.requesters,
    }
