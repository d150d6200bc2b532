"""Whose packages they are, as pages show it."""

from attrs import frozen

from domain.account import LOCAL


@frozen
class Owner:
    """An account; `account` is its key, `login` its name as it was last seen."""

    account: str
    login: str

    @property
    def url(self) -> str:
        """The path of its page."""
        return f"/owner/{owner_slug(self.account)}/"

    @property
    def is_named(self) -> bool:
        """Whether the login is known; else it is the key, which says nothing to people."""
        return self.is_local or self.login != self.account

    @property
    def is_local(self) -> bool:
        """Whether the operator of the index made the account, and not GitHub."""
        return self.account.startswith(LOCAL)


def owner_slug(account: str) -> str:
    """The account's key as URLs have it, where a colon would need escapes: ``local:alice`` is ``local.alice``."""
    return account.replace(":", ".", 1)


def owner_of(account: str, login: str = "") -> Owner:
    """The owner; where no login is known, the key says as much as it can."""
    return Owner(account, login or account.removeprefix(LOCAL))
