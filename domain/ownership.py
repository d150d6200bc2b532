"""Who may do something to a package."""

from domain.caller import Caller
from domain.package import Package
from domain.refusals import NotAllowed


class NotOwner(NotAllowed):
    """The package belongs to somebody else."""


class TokenOutOfScope(NotAllowed):
    """The token is restricted to other packages."""


def the_caller_owns(package: Package, caller: Caller, wanted: str = "upload to") -> None:
    """Only the owner changes a package, with a token that covers it; `wanted` is what was to be done to the project."""
    if package.owner != caller.account:
        raise NotOwner(f"The user '{caller.login}' isn't allowed to {wanted} project '{package.name}'.")
    the_token_covers(package.name, caller, wanted)


def the_token_covers(name: str, caller: Caller, wanted: str = "upload to") -> None:
    """A token that is restricted to packages acts on those only."""
    if not caller.acts_on(name):
        raise TokenOutOfScope(f"The given token isn't allowed to {wanted} project '{name}'.")
