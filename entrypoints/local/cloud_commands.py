"""The commands that make and end an index on AWS."""

import sys
from typing import Any

import click

from domain.refusals import Refused
from infrastructure.cloud import DEFAULT_REGION, MACHINES
from infrastructure.setting_urls import WrongSetting
from infrastructure.wishes import DEFAULT_STACK, Wishes

STACK = click.option("--stack", default=DEFAULT_STACK, show_default=True, metavar="NAME", help="Name of the stack.")
REGION = click.option("--region", default=DEFAULT_REGION, show_default=True, help="Where the stack is.")
YES = click.option("--yes", is_flag=True, help="Ask nothing.")


@click.command()
@STACK
@REGION
@click.option(
    "--architecture", type=click.Choice(sorted(MACHINES)), help="Processors of the functions.  [default: arm64]"
)
@click.option("--domain", metavar="DOMAIN", help="Where the index shall be found, such as pypi.example.org.")
@click.option("--hosted-zone-id", metavar="ID", help="The domain's zone in Route 53: gets certificate and records.")
@click.option("--certificate-arn", metavar="ARN", help="A certificate of the domain, if there is no zone, or already.")
@click.option("--name", "site_name", metavar="TEXT", help="What the index calls itself.  [default: $SLS_PYPI_NAME]")
@click.option("--header", metavar="TEXT", help="A line above every page.  [default: $SLS_PYPI_HEADER]")
@click.option("--footer", metavar="TEXT", help="A line below every page.  [default: $SLS_PYPI_FOOTER]")
@click.option(
    "--upstream",
    metavar="URL",
    help="Simple URL of another index for projects that this one never had.  [default: $SLS_PYPI_UPSTREAM]",
)
@click.option("--allow", metavar="WORDS", help="What is permitted beyond the policy.  [default: $SLS_PYPI_ALLOW]")
@click.option("--alarm-email", metavar="ADDRESS", help="Who is told of alarms.")
@YES
def deploy(*, yes: bool, **wishes: Any) -> None:  # noqa: ANN401 - the options above, by the names of `Wishes`
    """Make or update an index on AWS, with your AWS credentials. Running it again is harmless.

    What is not given stays as it is; an empty text takes a setting back. `docs/operator.md` is the guide.
    """
    from entrypoints.local.deploying import deploy as run  # noqa: PLC0415

    wished = Wishes(**wishes)
    try:
        wished.check()
    except (Refused, WrongSetting) as refusal:
        raise click.UsageError(str(refusal), click.get_current_context()) from None
    sys.exit(run(wished, yes=yes))


@click.command()
@STACK
@REGION
@click.option("--delete-data", is_flag=True, help="Delete all that was published, too. Nothing brings it back.")
@YES
def destroy(*, stack: str, region: str, delete_data: bool, yes: bool) -> None:
    """Take an index off AWS. What was published is kept, and found again by the next `deploy` of this name."""
    from entrypoints.local.destroying import destroy as run  # noqa: PLC0415

    sys.exit(run(stack, region, delete_data=delete_data, yes=yes))
