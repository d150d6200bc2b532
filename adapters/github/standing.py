"""Who asks GitHub where nobody's token is given: our app, or nobody in particular."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.github.rest import Reply


class Standing:
    """The app as long as GitHub takes it, which answers it 5,000 times an hour, and then nobody, who gets 60.

    Args:
        authorization: the header of the app; None to be nobody. It is told to the origin of the API only.
    """

    def __init__(self, authorization: str | None = None) -> None:
        self._authorization = authorization

    @property
    def is_app(self) -> bool:
        """Whether it is the app's, and nobody refused that so far."""
        return self._authorization is not None

    def ask(self, question: Callable[[Mapping[str, str]], "Reply"]) -> "Reply":
        """The answer to a question with these headers more; once more without them if that is what is wrong."""
        authorization = self._authorization
        if authorization is None:
            return question({})
        reply = question({"Authorization": authorization})
        if reply.status != HTTPStatus.UNAUTHORIZED:
            return reply
        # A smaller server, or a secret that was changed: it is not tried again, as too many failed logins are a fault.
        self._authorization = None
        return question({})
