"""Who may do something to a package."""

from domain.caller import Caller
from domain.package import Package
from domain.refusals import NotAllowed


class NotOwner(NotAllowed):
    """The package belongs to somebody else."""


class TokenOutOfScope(NotAllowed):
    """The token is restricted to other packages."""


def the_caller_owns(package: Package, caller: Caller) -> None:
    """Only the owner changes a package, with a token that covers it."""
    if package.owner != caller.account:
        raise NotOwner(f"The user '{caller.login}' isn't allowed to upload to project '{package.name}'.")
    the_token_covers(package.name, caller)


def the_token_covers(name: str, caller: Caller) -> None:
    """A token that is restricted to packages acts on those only."""
    if not caller.acts_on(name):
        raise TokenOutOfScope(f"The given token isn't allowed to upload to project '{name}'.")
