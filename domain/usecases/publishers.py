"""Whom submitters trust to upload in their name."""

from collections.abc import Callable, Sequence

from domain import account as accounts
from domain import names, publishers
from domain.account import Account
from domain.caller import Caller
from domain.events import AccountEvent, PublisherDistrusted, PublisherTrusted
from domain.identity_claims import Kind
from domain.package import fold
from domain.policy import Policy
from domain.ports.clock import Clock
from domain.ports.event_store import EventStore
from domain.ports.secrets import Secrets
from domain.ports.sources import Sources
from domain.ports.trust_table import TrustTable
from domain.publishers import Wanted
from domain.refusals import NotAllowed
from domain.streams import account_stream, name_claim, package_stream
from domain.usecases.appending import append_decided


class RestrictedToTrust(NotAllowed):
    """A token for some packages cannot say whom its account trusts."""


class Publishers:
    """Trusts, lists and distrusts."""

    def __init__(
        self, store: EventStore, table: TrustTable, sources: Sources, clock: Clock, secrets: Secrets, policy: Policy
    ) -> None:
        self._store = store
        self._table = table
        self._sources = sources
        self._clock = clock
        self._secrets = secrets
        self._policy = policy

    def trust(self, caller: Caller, wanted: Wanted) -> PublisherTrusted:
        """Let a workflow upload files of one package from now on; the package need not exist.

        Raises:
            Refused: it cannot be trusted, or GitHub does not know its repository or does not answer.
        """
        _may_manage(caller)
        wanted = publishers.check_wanted(wanted)
        package = fold(self._store.read(package_stream(wanted.package)))
        publishers.check_package(package, wanted.package, caller.account, self._policy)
        if package is None and self._store.owner_of(name_claim(wanted.package)) is not None:
            raise names.LookAlikeName(wanted.package)
        project, owner_id = wanted.project, None
        if wanted.kind is Kind.GITHUB:
            # Fixed now: whoever takes the owner's name one day is somebody else.
            source = self._sources.repository(wanted.project)
            project, owner_id = source.full_name, source.owner_id
        trusted = PublisherTrusted(
            id=self._secrets.identifier(),
            kind=wanted.kind,
            package=wanted.package,
            project=project,
            owner_id=owner_id,
            workflow=wanted.workflow,
            environment=wanted.environment,
            at=self._clock.now(),
        )
        # First of all: without it nobody would find the event.
        self._table.note(wanted.kind, project, caller.account)
        self._append(caller, lambda account: publishers.trust(account, trusted))
        return trusted

    def distrust(self, caller: Caller, publisher: str) -> None:
        """Let a workflow upload no longer, also with a token that it has."""
        _may_manage(caller)
        event = PublisherDistrusted(publisher, self._clock.now())
        self._append(caller, lambda account: publishers.distrust(account, event))

    def of(self, caller: Caller) -> Sequence[PublisherTrusted]:
        """Whom the caller trusts, oldest first."""
        _may_manage(caller)
        account = accounts.fold(caller.account, self._store.read(account_stream(caller.account)))
        return tuple(account.publishers.values()) if account else ()

    def _append(self, caller: Caller, decide: Callable[[Account | None], Sequence[AccountEvent]]) -> None:
        key = caller.account
        append_decided(self._store, account_stream(key), lambda known: decide(accounts.fold(key, known)))


def _may_manage(caller: Caller) -> None:
    if caller.is_restricted:
        raise RestrictedToTrust("A token that is restricted to packages cannot manage trusted publishers.")
