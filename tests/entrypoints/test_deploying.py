"""`deploy` and `destroy` as an operator meets them; what CloudFormation does is scripted."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve, field

from infrastructure import bundle, changes, formation
from infrastructure.bundle import Bundle
from infrastructure.changes import Change, Proposal
from infrastructure.formation import CannotDeploy, Stack
from tests.aws import client
from tests.entrypoints.stacks import ACCOUNT, CODE, STACK, Account, Run

NEW = [Change("Add", "Site", "AWS::S3::Bucket"), Change("Add", "Api", "AWS::Lambda::Function")]
LOSS = Change("Modify", "Table", "AWS::DynamoDB::Table", replaced=True, physical="index")


@define
class Formation:
    """What CloudFormation proposes, and what was asked of it.

    Attributes:
        proposed: the changes; none if there is nothing to do.
        reasons: why it fails, if it does.
    """

    aws: Account
    proposed: Sequence[Change] = field(factory=lambda: NEW)
    reasons: Sequence[str] = ()
    asked: list[Mapping[str, str | None]] = field(factory=list)
    done: list[str] = field(factory=list)
    interrupted: bool = False

    def propose(
        self, _: object, name: str, __: str, parameters: Mapping[str, str | None], *, creates: bool, takes_over: bool
    ) -> Proposal | None:
        self.asked.append(parameters)
        self.done.append(f"propose {name}{' anew' * creates}{' with what was kept' * takes_over}")
        return Proposal(name, "change-set", creates, self.proposed) if self.proposed else None

    def dismiss(self, _: object, proposal: Proposal) -> None:
        self.done.append(f"dismiss {proposal.stack}")

    def carry_out(self, _: object, proposal: Proposal, progress: formation.Progress) -> Stack:
        if self.interrupted:
            raise KeyboardInterrupt
        if self.reasons:
            raise CannotDeploy("The deployment failed.", self.reasons)
        progress(1)
        self.done.append(f"carry out {proposal.stack}")
        self.aws.stacks[proposal.stack] = evolve(STACK, parameters={k: v or "" for k, v in self.asked[-1].items()})
        return self.aws.stacks[proposal.stack]

    def remove(self, _: object, stack: Stack, progress: formation.Progress) -> None:
        progress(1)
        self.done.append(f"remove {stack.name}")
        del self.aws.stacks[stack.name]


@pytest.fixture
def deploying(aws: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Formation:
    scripted = Formation(aws)
    for name in ("propose", "dismiss", "carry_out"):
        monkeypatch.setattr(changes, name, getattr(scripted, name))
    monkeypatch.setattr(formation, "remove", scripted.remove)
    made = tmp_path / "functions.zip"
    made.write_bytes(b"zip")
    monkeypatch.setattr(bundle, "build", lambda *_, **__: Bundle(made, "0123456789abcdef", 3, 3))
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    for variable in ("SLS_PYPI_NAME", "SLS_PYPI_UPSTREAM", "SLS_PYPI_HEADER"):
        monkeypatch.delenv(variable, raising=False)
    return scripted


def answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """Somebody sits at a terminal and types this."""
    typed = iter(answers)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(typed))


def site() -> list[str]:
    return [found["Key"] for found in client("s3").list_objects_v2(Bucket="index-site").get("Contents", [])]


def test_from_nothing_to_an_index(aws: Account, deploying: Formation, run: Run) -> None:
    aws.stacks.clear()
    out, err = run("deploy", "--stack", "index", "--alarm-email", "us@example.org")
    lines = out.splitlines()
    assert lines[0] == "SiteUrl https://pypi.example.org"
    assert "ApiFunction index-api" in lines
    assert lines[-1] == "Next: `sls-pypi token create LOGIN --stack index` prints an upload token."
    assert "AWS asks us@example.org by e-mail" in out
    # The emulated account has a table of this name.
    assert deploying.done == ["propose index anew with what was kept", "carry out index"]
    assert {"index.html", "simple/index.html", "simple/index.v1_json"} <= set(site())
    steps = [line.partition(":")[0] for line in err.splitlines()]
    assert steps == ["AWS", "Functions", f"Bucket index-code-{ACCOUNT}", "Changes", "Deploying", "Pages"]
    assert all(line.endswith(" s)") for line in err.splitlines())


def test_an_unchanged_repeat_changes_nothing(deploying: Formation, run: Run) -> None:
    run("deploy", "--stack", "index")
    deploying.proposed = ()
    before = client("s3").list_objects_v2(Bucket="index-site")["Contents"]
    out, err = run("deploy", "--stack", "index")
    assert "Changes: none" in err
    assert "has all of this already" in err
    assert "Pages: up to date" in err
    assert out.startswith("SiteUrl ")
    assert client("s3").list_objects_v2(Bucket="index-site")["Contents"] == before


def test_old_style_sheets_go_when_no_page_needs_them(aws: Account, deploying: Formation, run: Run) -> None:
    run("deploy", "--stack", "index")
    client("s3").put_object(Bucket="index-site", Key="static/style.0123abcd.css", Body=b"old")
    run("deploy", "--stack", "index")
    assert "static/style.0123abcd.css" in site()
    for queue in aws.resources.queues:
        client("sqs").purge_queue(QueueUrl=queue)
    run("deploy", "--stack", "index")
    assert "static/style.0123abcd.css" not in site()
    assert deploying.done


def test_parameters_come_from_options_environment_and_stack(
    aws: Account, deploying: Formation, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.stacks["index"] = evolve(STACK, parameters={**CODE, "Architecture": "x86_64", "Footer": "old", "Header": "old"})
    monkeypatch.setenv("SLS_PYPI_UPSTREAM", "https://pypi.org/simple/")
    run("deploy", "--stack", "index", "--header", "")
    (asked,) = deploying.asked
    assert (asked["Header"], asked["Footer"], asked["Upstream"]) == ("", None, "https://pypi.org/simple/")
    assert asked["Architecture"] == "x86_64"
    assert asked["CodeKey"] == "functions/0123456789abcdef.zip"


def test_all_pages_are_made_again_after_a_change_of_settings(aws: Account, deploying: Formation, run: Run) -> None:
    run("deploy", "--stack", "index")
    run("token", "create", "alice", "--stack", "index")
    aws.environment["SLS_PYPI_HEADER"] = "Hello"
    _, err = run("deploy", "--stack", "index")
    assert "Pages: written" in err
    waiting = client("sqs").receive_message(QueueUrl=aws.resources.queues[1], MaxNumberOfMessages=10)["Messages"]
    assert len(waiting) == 8  # four lists, after each deployment
    assert "Pages: up to date" in run("deploy", "--stack", "index")[1]
    assert deploying.done


def test_what_is_there_and_will_change_is_shown_by_kind(deploying: Formation, run: Run) -> None:
    functions = [Change("Modify", f"Function{number}", "AWS::Lambda::Function") for number in range(6)]
    deploying.proposed = [*functions, Change("Remove", "Route", "AWS::ApiGatewayV2::Route")]
    _, err = run("deploy", "--stack", "index")
    assert "Changes: 6 to modify, 1 to remove" in err
    assert (
        "  Modify    6 AWS::Lambda::Function                    Function0, Function1, Function2, Function3, ...\n"
        in err
    )
    assert "  Remove    1 AWS::ApiGatewayV2::Route                 Route\n" in err


def test_nothing_dear_is_destroyed_unasked(deploying: Formation, run: Run) -> None:
    deploying.proposed = [LOSS]
    _, err = run("deploy", "--stack", "index", status=1)
    assert err.splitlines()[-1] == "sls-pypi: This would destroy Table index: run it again with --yes if you mean it."
    assert deploying.done == ["propose index", "dismiss index"]
    run("deploy", "--stack", "index", "--yes")
    assert deploying.done[2:] == ["propose index", "carry out index"]


def test_somebody_at_a_terminal_is_asked(deploying: Formation, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    deploying.proposed = [LOSS]
    answering(monkeypatch, "n", "y")
    _, err = run("deploy", "--stack", "index", status=1)
    assert "Nothing was changed." in err
    run("deploy", "--stack", "index")
    assert deploying.done == ["propose index", "dismiss index", "propose index", "carry out index"]


def test_each_reason_of_a_failure_is_a_line(deploying: Formation, run: Run) -> None:
    deploying.reasons = ["Certificate (AWS::X): no such zone", "Api (AWS::Y): too large"]
    _, err = run("deploy", "--stack", "index", status=1)
    assert err.splitlines()[-3:] == [*deploying.reasons, "sls-pypi: The deployment failed."]


def test_an_interruption_says_that_it_goes_on(deploying: Formation, run: Run) -> None:
    deploying.interrupted = True
    _, err = run("deploy", "--stack", "index", status=1)
    assert "CloudFormation goes on without you. Run the same `sls-pypi deploy` again" in err.splitlines()[-1]


@pytest.mark.parametrize(
    ("status", "line"),
    [
        ("DELETE_FAILED", "run `sls-pypi destroy --stack index` to its end first"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name index"),
    ],
)
def test_a_stack_in_trouble_is_left_alone(aws: Account, deploying: Formation, run: Run, status: str, line: str) -> None:
    aws.stacks["index"] = evolve(STACK, status=status)
    assert line in run("deploy", "--stack", "index", status=1)[1]
    assert deploying.done == []


@pytest.mark.parametrize("words", [["deploy", "--yes"], ["destroy", "--yes"], ["destroy", "--delete-data", "--yes"]])
@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "ROLLBACK_COMPLETE", "UPDATE_IN_PROGRESS"])
def test_a_stack_of_another_kind_is_left_alone(
    aws: Account, deploying: Formation, run: Run, words: list[str], status: str
) -> None:
    aws.stacks["index"] = evolve(STACK, status=status, outputs={}, parameters={"CodeBucket": "theirs"})
    told = run(*words, "--stack", "index", status=1)[1]
    assert "The stack index is no index of sls-pypi and is left alone: give another name with --stack." in told
    assert deploying.done == []


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_FAILED"])
def test_what_a_failed_start_left_is_removed(aws: Account, deploying: Formation, run: Run, status: str) -> None:
    aws.stacks["index"] = evolve(STACK, status=status)
    run("deploy", "--stack", "index")
    assert deploying.done == ["remove index", "propose index anew with what was kept", "carry out index"]


def test_the_record_that_a_domain_needs_is_told(deploying: Formation, run: Run) -> None:
    given = ("--domain", "pypi.example.org", "--certificate-arn", "arn:aws:acm:us-east-1:123456789012:certificate/x")
    assert "Make a DNS record: pypi.example.org CNAME " in run("deploy", "--stack", "index", *given)[0]
    assert deploying.done
    given = ("--domain", "pypi.example.org", "--hosted-zone-id", "Z1")
    assert "DNS record" not in run("deploy", "--stack", "index", *given)[0]


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (["deploy", "--architecture", "riscv"], 2, "Invalid value for '--architecture'"),
        (["deploy", "--stack", "A_B"], 2, "cannot name a stack"),
        (["deploy", "--region", "eu-west-1"], 2, "A stack is in us-east-1"),
        (["deploy", "--upstream", "pypi.org"], 2, "is not a simple index URL"),
        (["deploy", "--domain", "pypi.example.org"], 2, "needs a certificate"),
        (["deploy", "--domain", "foo"], 2, "--domain is 'foo'; give one like pypi.example.org"),
        (["deploy", "--hosted-zone-id", "x"], 2, "--hosted-zone-id is 'x'; give one like Z0123"),
        (["deploy", "--allow", "everything"], 2, "is not a word of SLS_PYPI_ALLOW"),
        (["destroy", "extra"], 2, "unexpected extra argument"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    deploying: Formation, run: Run, arguments: list[str], status: int, line: str
) -> None:
    _, err = run(*arguments, status=status)
    assert line in err.splitlines()[-1]
    assert "carry out" not in " ".join(deploying.done)


def made(*kinds: str) -> None:
    for kind in kinds:
        client("s3").create_bucket(Bucket=f"index-{kind}-{ACCOUNT}")
        client("s3").put_object(Bucket=f"index-{kind}-{ACCOUNT}", Key="x", Body=b"x")


def buckets() -> set[str]:
    return {
        bucket["Name"].split("-")[1] for bucket in client("s3").list_buckets()["Buckets"] if ACCOUNT in bucket["Name"]
    }


def tables() -> list[str]:
    names: list[str] = client("dynamodb").list_tables()["TableNames"]
    return names


def test_nothing_is_destroyed_unasked(deploying: Formation, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _, err = run("destroy", "--stack", "index", status=1)
    assert "run it again with --yes if you mean it" in err
    answering(monkeypatch, "yes")
    _, err = run("destroy", "--stack", "index", status=1)
    assert "That is not its name" in err
    assert deploying.done == []


def test_what_was_published_is_kept_and_said(aws: Account, deploying: Formation, run: Run, monkeypatch: Any) -> None:
    made("site", "data", "logs", "code")
    answering(monkeypatch, "index")
    out, _ = run("destroy", "--stack", "index")
    assert deploying.done == ["remove index"]
    assert f"Kept: bucket index-data-{ACCOUNT} ($0.023 a GB and month)\n" in out
    assert "Kept: table index " in out
    assert "`sls-pypi deploy --stack index` takes them over" in out
    assert "Contents" not in client("s3").list_objects_v2(Bucket=f"index-logs-{ACCOUNT}")
    assert not aws.stacks


def test_data_goes_after_a_second_word(deploying: Formation, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    made("site", "data", "code")
    answering(monkeypatch, "index", "no")
    _, err = run("destroy", "--stack", "index", "--delete-data", status=1)
    assert "with everything that was ever published" in err
    assert "nothing more was destroyed" in err
    assert (deploying.done, buckets(), tables()) == (["remove index"], {"site", "data", "code"}, ["index"])
    run("destroy", "--stack", "index", "--delete-data", "--yes")
    assert (buckets(), tables()) == (set(), [])


def test_what_a_stack_left_can_be_found_after_it(aws: Account, deploying: Formation, run: Run) -> None:
    aws.stacks.clear()
    made("data")
    _, err = run("destroy", "--stack", "index", "--yes", status=1)
    assert f"The stack index is gone; bucket index-data-{ACCOUNT}, table index are kept, and --delete-data" in err
    _, err = run("destroy", "--stack", "other", "--yes", "--delete-data", status=1)
    assert "There is no stack other in us-east-1, nor anything that one has left" in err
    assert deploying.done == []
