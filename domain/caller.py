"""Who asks, once a session or token has been resolved."""

from attrs import frozen

from domain.refusals import NotAllowed


class ForUploadsOnly(NotAllowed):
    """The credential uploads files and does nothing else."""


@frozen
class Caller:
    """An authenticated account.

    Attributes:
        account: the key of the account's stream, such as ``local:alice``.
        login: the name shown to people.
        packages: canonical names the credential acts on; None means all of the account's.
        uploads_only: whether files may be uploaded with it and nothing else.
        others: the same credential in the names of further accounts, as several may trust one workflow, each with
            packages of its own.
    """

    account: str
    login: str
    packages: frozenset[str] | None = None
    uploads_only: bool = False
    others: tuple["Caller", ...] = ()

    @property
    def is_restricted(self) -> bool:
        """Whether the credential acts on some of the account's packages only."""
        return self.packages is not None

    def acts_on(self, name: str) -> bool:
        """Whether the credential covers the package of this canonical name."""
        return self.packages is None or name in self.packages

    def uploading(self, name: str) -> "Caller":
        """The caller in whose name the credential uploads files of this package."""
        return next((caller for caller in (self, *self.others) if caller.acts_on(name)), self)

    def check_not_uploads_only(self) -> None:
        """See that the credential is good for more than uploads.

        Raises:
            ForUploadsOnly: it is not.
        """
        if self.uploads_only:
            raise ForUploadsOnly("The token of a trusted publisher uploads files and does nothing else.")
