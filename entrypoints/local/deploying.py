"""`deploy`: an index on AWS, from nothing or from whatever is there."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
from attrs import frozen

from entrypoints.local.steps import Steps
from infrastructure import bundle, bytecode, changes, cloud, formation
from infrastructure.artifacts import Artifacts, template_key, template_of
from infrastructure.leftovers import Leftovers
from infrastructure.stack import opened
from infrastructure.wishes import Wishes, architecture_of, parameters

if TYPE_CHECKING:
    import boto3
    from types_boto3_cloudformation import CloudFormationClient

_MOST_NAMES = 4


@frozen
class _Sent:
    """What CloudFormation needs: where the template lies, the parameters it declares, and those about the code."""

    url: str
    declared: Sequence[str]
    code: dict[str, str]


def deploy(wishes: Wishes, *, yes: bool) -> int:
    """Make the stack as it shall be; returns the exit status.

    Args:
        wishes: what the operator asks for, checked.
        yes: destroy what has to be destroyed without asking.
    """
    clients = cloud.session(wishes.region)
    steps = Steps()
    with steps.reasons(), cloud.explained():
        with steps.step("AWS") as step:
            identity = cloud.whoami(clients)
            step.result = f"account {identity.account} in {wishes.region}, as {identity.arn}"
        client = clients.client("cloudformation")
        before = _ready(client, wishes.stack, steps)
        previous = before.parameters if before else {}
        chosen, architecture = parameters(wishes, previous), architecture_of(wishes, previous)
        sent = _send(clients, wishes, identity.account, architecture, steps)
        # An older stack may have parameters that the template does not know any more.
        wanted = {name: value for name, value in {**chosen, **sent.code}.items() if name in sent.declared}
        takes_over = before is None and bool(Leftovers(clients, wishes.stack, identity.account).kept())
        with steps.step("Changes") as step:
            proposal = changes.propose(
                client, wishes.stack, sent.url, wanted, creates=before is None, takes_over=takes_over
            )
            step.result = _summary(proposal)
        if proposal is None:
            stack = before
        else:
            _show(proposal, steps)
            refusal = _refusal(proposal, yes=yes)
            if refusal:
                changes.dismiss(client, proposal)
                raise formation.CannotDeploy(refusal)
            stack = _carried_out(client, proposal, steps)
        _fill(wishes, steps)
    _tell(stack, wishes, is_new=before is None)
    return 0


def _ready(client: "CloudFormationClient", name: str, steps: Steps) -> formation.Stack | None:
    """The stack once it can be changed; None if it has to be made."""
    stack = formation.find_ours(client, name)
    if stack is not None and stack.in_progress:
        with steps.step(f"Waiting, as CloudFormation works on {name} ({stack.status})") as step:
            stack = formation.settled(client, stack.identifier, lambda done: step.progress(f"{done} resources done"))
            step.result = stack.status if stack else "gone"
    if stack is None or stack.status in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE"):
        return None
    if stack.never_finished:
        with steps.step(f"Removing what is left of a deployment that failed ({stack.status})") as step:
            formation.remove(client, stack, lambda done: step.progress(f"{done} resources done"))
        return None
    if stack.status == "DELETE_FAILED":
        raise formation.CannotDeploy(
            f"{name} is half destroyed: run `sls-pypi destroy --stack {name}` to its end first."
        )
    if not stack.is_whole:
        raise formation.CannotDeploy(
            f"{name} is {stack.status}: run `aws cloudformation continue-update-rollback --stack-name {name}`, wait "
            "for UPDATE_ROLLBACK_COMPLETE, then deploy again."
        )
    return stack


def _send(clients: "boto3.Session", wishes: Wishes, account: str, architecture: str, steps: Steps) -> _Sent:
    artifacts = Artifacts(clients.client("s3"), wishes.stack, account)
    with TemporaryDirectory(prefix="sls-pypi-") as folder:
        with steps.step("Functions") as step:
            python = bytecode.interpreter(bundle.PYTHON)
            made = bundle.build(architecture, Path(folder), python=python)
            step.result = f"{made.size / 2**20:.1f} MiB for {architecture}, sha256 {made.sha256[:12]}"
            if python is None:
                step.result += f"; with a python{bundle.PYTHON} on this machine they would start faster"
        with steps.step(f"Bucket {artifacts.bucket}") as step:
            is_new = artifacts.prepare()
            template = template_of(wishes.stack, account)
            key = template_key(template)
            names = {"functions": (made.key, made.path.read_bytes()), "template": (key, template)}
            new = [name for name, (place, content) in names.items() if artifacts.keep(place, content)]
            step.result = ("made, " if is_new else "") + (
                f"{' and '.join(new)} sent" if new else "has all of this already"
            )
    url = artifacts.url(key)
    summary = clients.client("cloudformation").get_template_summary(TemplateURL=url)
    declared = [parameter["ParameterKey"] for parameter in summary["Parameters"]]
    code = {"CodeBucket": artifacts.bucket, "CodeKey": made.key, "Architecture": architecture}
    return _Sent(url, declared, code)


def _summary(proposal: changes.Proposal | None) -> str:
    if proposal is None:
        return "none"
    counted = Counter(change.action for change in proposal.changes)
    return ", ".join(f"{number} to {_VERBS.get(action, action.lower())}" for action, number in sorted(counted.items()))


_VERBS = {"Dynamic": "decide on"}


def _show(proposal: changes.Proposal, steps: Steps) -> None:
    """What is made new is only counted; what becomes of things that are there is named."""
    shown = [change for change in proposal.changes if change.action != "Add"] if proposal.creates else proposal.changes
    if not shown:
        return
    rows: dict[tuple[bool, str, str], list[str]] = {}
    for change in shown:
        action = f"{change.action}, replaced" if change.replaced else change.action
        rows.setdefault((not change.destroys, action, change.kind), []).append(change.logical)
    for (harmless, action, kind), names in sorted(rows.items()):
        listed = ", ".join(names[:_MOST_NAMES]) + (", ..." if len(names) > _MOST_NAMES else "")
        line = f"  {action:<7} {len(names):>3} {kind:<40} {listed}"
        steps.console.print(line, style="" if harmless else "bold red", soft_wrap=True)


def _refusal(proposal: changes.Proposal, *, yes: bool) -> str | None:
    """Why this must not be done, as nobody has agreed to lose something; None if it may."""
    lost = [change for change in proposal.changes if change.destroys]
    if not lost or yes:
        return None
    names = ", ".join(f"{change.logical} {change.physical}".strip() for change in lost)
    if not sys.stdin.isatty():
        return f"This would destroy {names}: run it again with --yes if you mean it."
    return None if click.confirm(f"This destroys {names}. Go on?", default=False, err=True) else "Nothing was changed."


def _carried_out(client: "CloudFormationClient", proposal: changes.Proposal, steps: Steps) -> formation.Stack:
    number = len(proposal.changes)
    hint = "; CloudFront takes some minutes" if proposal.creates else ""
    try:
        with steps.step("Deploying") as step:
            step.progress(f"{number} changes{hint}")
            stack = changes.carry_out(
                client, proposal, lambda done: step.progress(f"{min(done, number)} of {number} resources done{hint}")
            )
            step.result = stack.status
    except KeyboardInterrupt:
        raise formation.CannotDeploy(
            f"CloudFormation goes on without you. Run the same `sls-pypi deploy` again: it waits and does the rest; "
            f"`sls-pypi doctor --stack {proposal.stack}` says how it is."
        ) from None
    return stack


def _fill(wishes: Wishes, steps: Steps) -> None:
    """Write what every site has, and make all pages due if they are of other software or other settings."""
    with opened(wishes.stack, wishes.region) as deployed, steps.step("Pages") as step:
        lists = deployed.index.lists()
        lists.ensure_start()
        if deployed.shown_edition() == deployed.edition:
            if not deployed.ports.queues().waiting():
                # The last deployment's work is done, so no page refers to an older style sheet any more.
                lists.forget_old_assets()
            step.result = "up to date"
            return
        packages = deployed.index.upkeep().everything_stale()
        deployed.record_edition()
        step.result = (
            f"those of {packages} package{'s' * (packages != 1)} follow within minutes" if packages else "written"
        )


def _tell(stack: formation.Stack | None, wishes: Wishes, *, is_new: bool) -> None:
    if stack is None:
        raise formation.CannotDeploy(f"{wishes.stack} was deleted meanwhile.")
    outputs, given = stack.outputs, stack.parameters
    for key in sorted(outputs, key=lambda key: (key != "SiteUrl", key)):
        click.echo(f"{key} {outputs[key]}")
    click.echo()
    if given.get("DomainName") and not given.get("HostedZoneId"):
        click.echo(f"Make a DNS record: {given['DomainName']} CNAME {outputs.get('DistributionDomain', '')}")
    if given.get("AlarmEmail") and (is_new or wishes.alarm_email):
        click.echo(f"AWS asks {given['AlarmEmail']} by e-mail whether it wants to be told of alarms: confirm that.")
    click.echo(f"Next: `sls-pypi token create LOGIN --stack {wishes.stack}` prints an upload token.")
