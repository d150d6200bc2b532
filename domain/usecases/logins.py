"""Finding out who uses a browser."""

from attrs import field, frozen

from domain import account as accounts
from domain import logins
from domain.github_faults import GitHubFails, GitHubRefuses
from domain.ports.clock import Clock
from domain.ports.identities import Identified, Identities, Unknown, Unwelcome
from domain.ports.repositories import RateLimited, Silent
from domain.ports.secrets import Secrets
from domain.ports.sessions import Sessions
from domain.sessions import LoginStarted
from domain.site_settings import SiteSettings
from domain.usecases.tokens import Tokens


@frozen(repr=False)
class Attempt:
    """A login that has begun: `state` travels, and `verifier` stays with the browser."""

    state: str
    verifier: str


@frozen
class Person:
    """Who uses a browser.

    Attributes:
        account: its key.
        github_token: what GitHub gave out for asking in their name.
    """

    account: str
    github_token: str | None = field(default=None, repr=False)


class Logins:
    """Starts logins and brings them to their end; each once."""

    def __init__(
        self,
        sessions: Sessions,
        identities: Identities,
        tokens: Tokens,
        clock: Clock,
        secrets: Secrets,
        site_settings: SiteSettings,
    ) -> None:
        self._sessions = sessions
        self._identities = identities
        self._tokens = tokens
        self._clock = clock
        self._secrets = secrets
        self._redirect_uri = f"{site_settings.base_url}{logins.CALLBACK_PATH}"

    def start(self, wanted: str | None) -> Attempt:
        """Begin; `wanted` is where somebody wants to go afterwards, as they say."""
        attempt = Attempt(self._secrets.secret(), self._secrets.secret())
        key = logins.attempt_key(attempt.state, attempt.verifier)
        started = LoginStarted(logins.local_path(wanted))
        self._sessions.put(key, started, self._clock.now() + logins.ATTEMPT_LASTS)
        return attempt

    def github(self, attempt: Attempt) -> str:
        """Where GitHub asks the user."""
        return self._identities.address(attempt.state, logins.challenge_of(attempt.verifier), self._redirect_uri)

    def resume(self, attempt: Attempt) -> LoginStarted:
        """What was begun, which cannot be resumed again.

        Raises:
            LoginNotStarted: nothing was, or not by this browser, or too long ago.
        """
        started = self._sessions.take(logins.attempt_key(attempt.state, attempt.verifier), self._clock.now())
        if not isinstance(started, LoginStarted):
            raise logins.not_started()
        return started

    def from_github(self, code: str, verifier: str) -> Person:
        """Who came back with this code; their account is made if there is none.

        Raises:
            CodeRejected: GitHub does not know the code, or gave it to others.
            GitHubFails: GitHub does not say.
        """
        now = self._clock.now()
        match self._identities.identify(code, verifier, self._redirect_uri, now):
            case Identified(number, login, token):
                return Person(self._tokens.register(accounts.github_key(number), login), token)
            case Unknown():
                raise logins.CodeRejected("GitHub does not know the code that came with you, or no longer.")
            case Unwelcome(why):
                raise GitHubFails(f"GitHub does not let this index ask ({why}): its operator has to mend that.")
            case RateLimited(until):
                raise GitHubRefuses("GitHub was asked too much lately.", until - now)
            case Silent(why):
                raise GitHubFails(f"GitHub did not say who you are ({why}).")

    def as_local(self, login: str) -> Person:
        """A submitter of this machine; their account is made if there is none.

        Raises:
            InvalidLogin: nobody can be called so.
        """
        return Person(self._tokens.register_local(login))
