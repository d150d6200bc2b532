"""Who uses a browser, once that is known."""

from domain import account as accounts
from domain import logins
from domain.caller import Caller
from domain.ports.clock import Clock
from domain.ports.event_store import EventStore
from domain.ports.sealing import Sealing
from domain.ports.secrets import Secrets
from domain.ports.sessions import Sessions
from domain.sessions import LoggedIn
from domain.streams import account_stream
from domain.usecases.logins import Person


class LoginSessions:
    """Sessions of browsers: whoever has the secret may do what an unrestricted token of the account may."""

    def __init__(self, sessions: Sessions, store: EventStore, clock: Clock, secrets: Secrets, sealing: Sealing) -> None:
        self._sessions = sessions
        self._store = store
        self._clock = clock
        self._secrets = secrets
        self._sealing = sealing

    def begin(self, person: Person) -> str:
        """A new session; returns its secret."""
        secret, token = self._secrets.secret(), person.github_token
        session = LoggedIn(person.account, None if token is None else self._sealing.sealed(secret, token))
        self._sessions.put(logins.session_key(secret), session, self._clock.now() + logins.SESSION_LASTS)
        return secret

    def caller(self, secret: str) -> Caller:
        """Whose session it is.

        Raises:
            NotLoggedIn: nobody's, or nobody's any more.
        """
        session = self._sessions.get(logins.session_key(secret), self._clock.now())
        if isinstance(session, LoggedIn):
            account = accounts.fold(session.account, self._store.read(account_stream(session.account)))
            if account is not None:
                return Caller(account.key, account.login)
        raise logins.NotLoggedIn("You are not logged in any more: log in again at /login.")

    def github_token(self, secret: str) -> str | None:
        """What GitHub gave out at the login; None if it gave nothing, or if the session is over."""
        session = self._sessions.get(logins.session_key(secret), self._clock.now())
        if not isinstance(session, LoggedIn) or session.github is None:
            return None
        return self._sealing.opened(secret, session.github)

    def end(self, secret: str) -> None:
        """Let nobody use it any more; harmless if nobody can."""
        self._sessions.delete(logins.session_key(secret))
