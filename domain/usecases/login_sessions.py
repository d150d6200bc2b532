"""Who uses a browser, once that is known."""

from domain import account as accounts
from domain import logins
from domain.caller import Caller
from domain.ports.clock import Clock
from domain.ports.event_store import EventStore
from domain.ports.secrets import Secrets
from domain.ports.sessions import Sessions
from domain.sessions import LoggedIn
from domain.streams import account_stream


class LoginSessions:
    """Sessions of browsers: whoever has the secret may do what an unrestricted token of the account may."""

    def __init__(self, sessions: Sessions, store: EventStore, clock: Clock, secrets: Secrets) -> None:
        self._sessions = sessions
        self._store = store
        self._clock = clock
        self._secrets = secrets

    def begin(self, account: str) -> str:
        """A new session of the account with this key; returns its secret."""
        secret = self._secrets.secret()
        self._sessions.put(logins.session_key(secret), LoggedIn(account), self._clock.now() + logins.SESSION_LASTS)
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

    def end(self, secret: str) -> None:
        """Let nobody use it any more; harmless if nobody can."""
        self._sessions.delete(logins.session_key(secret))
