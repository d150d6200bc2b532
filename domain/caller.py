"""Who asks, once a session or token has been resolved."""

from attrs import frozen


@frozen
class Caller:
    """An authenticated account.

    Attributes:
        account: the key of the account's stream, such as ``local:alice``.
        login: the name shown to people.
        packages: canonical names the credential acts on; None means all of the account's.
    """

    account: str
    login: str
    packages: frozenset[str] | None = None

    def acts_on(self, name: str) -> bool:
        """Whether the credential covers the package of this canonical name."""
        return self.packages is None or name in self.packages
