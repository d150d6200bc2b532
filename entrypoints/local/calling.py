"""Asking an index over HTTP for what a submitter does besides uploading."""

from typing import Any

import httpx2

from domain.account import LOCAL
from entrypoints.local.sending import NotTaken, Unreachable, is_problem, one_line, origin_of, sent_elsewhere, told_by
from infrastructure.version import __version__


class IndexClient:
    """One index, and the token with which it is asked, if there is one.

    Args:
        url: the index's base URL, without a slash at its end.
        http: from `sending.client`.
        token: goes to this index and nowhere else.
    """

    def __init__(self, url: str, http: httpx2.Client, token: str | None = None) -> None:
        self.url = url
        self._base = httpx2.URL(f"{url}/")
        self._http = http
        self._headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})

    def get(self, path: str) -> dict[str, Any]:
        """The JSON object there."""
        return self._object(self._answer("GET", path))

    def post(self, path: str, body: object) -> dict[str, Any]:
        """The JSON object that answers this one."""
        return self._object(self._answer("POST", path, json=body))

    def created(self, path: str, body: object) -> str:
        """The path of what is made of the JSON object."""
        location = self._answer("POST", path, json=body).headers.get("location", "")
        try:
            target = self._base.join(location)
        except httpx2.InvalidURL:
            raise self._unknown() from None
        if not location or origin_of(target) != origin_of(self._base):
            raise self._unknown()
        return target.raw_path.decode("ascii")

    def delete(self, path: str) -> None:
        """Have it deleted there."""
        self._answer("DELETE", path)

    def is_asked_as_local(self) -> bool:
        """Whether the token is that of a submitter whom the operator registered, and not GitHub; no if nobody says."""
        try:
            account = self.get("/api/session").get("account")
        except (NotTaken, Unreachable):
            return False
        return isinstance(account, str) and account.startswith(LOCAL)

    def _answer(self, method: str, path: str, **content: Any) -> httpx2.Response:  # noqa: ANN401
        """A success, whichever.

        Raises:
            NotTaken: the index refuses, and says why.
            Unreachable: it does not answer sensibly.
        """
        try:
            answer = self._http.request(method, self._base.join(path), headers=self._headers, **content)
        except httpx2.RequestError as fault:
            raise Unreachable(f"{self.url} cannot be reached: {one_line(str(fault)) or type(fault).__name__}") from None
        if answer.is_redirect:
            raise Unreachable(sent_elsewhere(self.url, answer))
        if answer.is_success:
            return answer
        if is_problem(answer):
            raise NotTaken(answer.status_code, told_by(answer))
        if answer.is_server_error:
            raise Unreachable(f"{self.url} fails: {answer.status_code} {one_line(answer.reason_phrase)}")
        asked = f"{self.url}{path}"
        raise Unreachable(f"{asked} is answered {answer.status_code}: is there an sls-pypi index at {self.url}?")

    def _object(self, answer: httpx2.Response) -> dict[str, Any]:
        try:
            told = answer.json()
        except ValueError:
            raise self._unknown() from None
        if not isinstance(told, dict):
            raise self._unknown()
        return told

    def _unknown(self) -> Unreachable:
        return Unreachable(f"{self.url} gives an answer that sls-pypi {__version__} does not know.")
