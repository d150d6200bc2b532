"""Finding out who sits at a command line, which has no browser to be sent away with (RFC 8628)."""

from datetime import datetime, timedelta

from attrs import evolve, field, frozen

from domain import account as accounts
from domain import devices, logins
from domain.caller import Caller
from domain.github_faults import GitHubFails, GitHubRefuses
from domain.ports.clock import Clock
from domain.ports.identities import Declined, DeviceCode, Identified, Identities, Undecided, Unknown, Unwelcome
from domain.ports.repositories import RateLimited, Silent
from domain.ports.secrets import Secrets
from domain.ports.sessions import Sessions
from domain.sessions import DeviceStarted
from domain.usecases.tokens import NewToken, Tokens


@frozen
class DeviceLogin:
    """A login that has begun: the person types in `user_code` at `verification_uri`.

    Attributes:
        handle: with it, whoever started asks what came of it, as often as `interval` allows.
        lasts: how long there is.
    """

    handle: str = field(repr=False)
    user_code: str
    verification_uri: str
    lasts: timedelta
    interval: timedelta


@frozen
class Waiting:
    """The person has not answered yet; to be asked again after the `interval`."""

    interval: timedelta


@frozen
class DeviceLoggedIn:
    """It is the account with this login, and here is a token of it."""

    login: str
    token: NewToken = field(repr=False)


class DeviceLogins:
    """Starts logins at command lines, and says once what came of them."""

    def __init__(
        self, sessions: Sessions, identities: Identities, tokens: Tokens, clock: Clock, secrets: Secrets
    ) -> None:
        self._sessions = sessions
        self._identities = identities
        self._tokens = tokens
        self._clock = clock
        self._secrets = secrets

    def start(self, name: str) -> DeviceLogin:
        """Begin; `name` is what the token will be called.

        Raises:
            InvalidTokenRequest: no token can be called so.
            GitHubFails: GitHub does not help.
        """
        accounts.check_token_name(name)
        now = self._clock.now()
        match self._identities.device(now):
            case DeviceCode(device_code, user_code, verification_uri, lasts, told):
                handle, interval = self._secrets.secret(), devices.bounded_interval(told)
                until = devices.bounded_end(now, lasts)
                started = DeviceStarted(device_code, name, interval.total_seconds(), now + interval, until)
                self._sessions.put(devices.device_key(handle), started, until)
                return DeviceLogin(handle, user_code, verification_uri, until - now, interval)
            case Unwelcome() | RateLimited() | Silent() as fault:
                raise _fails(fault, now)

    def ask(self, handle: str) -> Waiting | DeviceLoggedIn:
        """What came of a login. GitHub is asked no more often than it allows, however often this is.

        Raises:
            DeviceLoginOver: there is no such login, or none any more.
            LoginDeclined: the person does not want it.
            GitHubFails: GitHub does not say. The login goes on meanwhile.
        """
        key, now = devices.device_key(handle), self._clock.now()
        started = self._turn(key, now)
        if isinstance(started, Waiting):
            return started
        answer = self._identities.device_person(started.device_code, now)
        match answer:
            case Identified(number, login):
                self._sessions.delete(key)
                account = self._tokens.register(accounts.github_key(number), login)
                return DeviceLoggedIn(login, self._tokens.issue(Caller(account, login), started.name, None))
            case Undecided(too_soon):
                interval = devices.longer_interval(started) if too_soon else timedelta(seconds=started.interval)
                self._put(key, evolve(started, interval=interval.total_seconds()), self._clock.now() + interval)
                return Waiting(interval)
            case Declined():
                self._sessions.delete(key)
                raise logins.LoginDeclined("You have not allowed it at GitHub, so you are not logged in.")
            case Unknown():
                self._sessions.delete(key)
                raise devices.over()
            case RateLimited(until):
                self._put(key, started, until)
                raise _fails(answer, now)
            case Unwelcome() | Silent():
                self._put(key, started, self._clock.now() + timedelta(seconds=started.interval))
                raise _fails(answer, now)

    def _turn(self, key: str, now: datetime) -> DeviceStarted | Waiting:
        """The login if it is the turn of whoever asks; of all who ask at once, it is that of one."""
        started = self._sessions.get(key, now)
        if not isinstance(started, DeviceStarted):
            raise devices.over()
        if left := devices.rest(started, now):
            return Waiting(left)
        if not isinstance(self._sessions.take(key, now), DeviceStarted):
            return Waiting(timedelta(seconds=started.interval))
        # Whoever dies while they ask leaves a login that goes on.
        self._put(key, started, now + devices.LONGEST_ANSWER)
        return started

    def _put(self, key: str, started: DeviceStarted, ask_after: datetime) -> None:
        self._sessions.put(key, evolve(started, ask_after=ask_after), started.until)


def _fails(fault: Unwelcome | RateLimited | Silent, now: datetime) -> GitHubFails:
    match fault:
        case Unwelcome(why):
            return GitHubFails(f"GitHub does not let this index ask ({why}): its operator has to mend that.")
        case RateLimited(until):
            return GitHubRefuses("GitHub was asked too much lately.", until - now)
        case Silent(why):
            return GitHubFails(f"GitHub gives no answer of use ({why}).")
