"""`destroy`: takes an index off AWS; what was published stays unless its end is asked for as well."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from entrypoints.local.steps import Steps
from infrastructure import cloud, formation
from infrastructure.leftovers import Leftover, Leftovers

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient


def destroy(name: str, region: str, *, delete_data: bool, yes: bool) -> int:
    """Delete the stack, and with `delete_data` what it keeps; returns the exit status.

    Args:
        name: of the stack.
        region: where it is.
        delete_data: delete buckets, table and all their contents too.
        yes: do not ask.
    """
    clients = cloud.session(region)
    steps = Steps()
    with steps.reasons(), cloud.explained():
        identity = cloud.whoami(clients)
        client = clients.client("cloudformation")
        leftovers = Leftovers(clients, name, identity.account)
        stack = formation.find_ours(client, name)
        data = leftovers.found()
        if stack is None and not (data and delete_data):
            raise cloud.CloudUnusable(_nothing_there(name, region, data))
        if stack is not None:
            _agree(
                name, f"the stack {name} in account {identity.account}: its site, functions, logs and alarms", yes=yes
            )
            _remove(client, stack, leftovers, steps)
            data = leftovers.found()
        if delete_data:
            _agree(name, f"{_listed(data)}, with everything that was ever published", yes=yes)
            for leftover in data:
                with steps.step(f"Deleting {leftover.kind} {leftover.name}") as step:
                    leftovers.delete(leftover, step.progress)
            return 0
    for leftover in data:
        click.echo(f"Kept: {leftover.kind} {leftover.name} ({leftover.price})")
    if data:
        click.echo(
            f"`sls-pypi deploy --stack {name}` takes them over; "
            f"`sls-pypi destroy --stack {name} --delete-data` ends them."
        )
    return 0


def _remove(client: "CloudFormationClient", stack: formation.Stack, leftovers: Leftovers, steps: Steps) -> None:
    with steps.step("Emptying what expires anyway") as step:
        # A stack cannot delete a bucket that holds something.
        for bucket in leftovers.passing():
            leftovers.empty(bucket, step.progress)
    try:
        with steps.step(f"Deleting {stack.name}") as step:
            step.progress("CloudFront takes some minutes")
            formation.remove(client, stack, lambda done: step.progress(f"{done} resources gone"))
    except KeyboardInterrupt:
        raise formation.CannotDeploy(
            "CloudFormation goes on without you. Run the same `sls-pypi destroy` again to see its end."
        ) from None


def _agree(name: str, what: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise formation.CannotDeploy(f"This destroys {what}: run it again with --yes if you mean it.")
    click.echo(f"This destroys {what}.", err=True)
    if click.prompt("Type the name of the stack to go on", default="", show_default=False, err=True) != name:
        raise formation.CannotDeploy("That is not its name; nothing more was destroyed.")


def _nothing_there(name: str, region: str, data: Sequence[Leftover]) -> str:
    if data:
        return f"The stack {name} is gone; {_listed(data)} are kept, and --delete-data ends them."
    return f"There is no stack {name} in {region}, nor anything that one has left: give its name with --stack."


def _listed(data: Sequence[Leftover]) -> str:
    return ", ".join(f"{leftover.kind} {leftover.name}" for leftover in data) or "nothing"
