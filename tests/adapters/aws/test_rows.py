"""What the contracts do not tell of catalogue, sessions, submissions, usage rows and details: their items, failures."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from botocore.exceptions import ClientError

from adapters.aws.catalogue import DynamoCatalogue
from adapters.aws.details import S3Details
from adapters.aws.items import TooMuch
from adapters.aws.sessions import DynamoSessions
from adapters.aws.submission_table import DynamoSubmissionTable
from adapters.aws.usage_table import DynamoUsageTable
from adapters.unreadable import Unreadable
from domain.detail import Detail
from domain.listing import Entry
from domain.ports.submission_table import SubmissionRow
from domain.sessions import UploadCompleted, UploadRefused
from domain.submission import Status
from domain.usage_sums import UsageBrief, UsageRow, UsageSummary
from infrastructure.resources import Resources
from tests.adapters.aws.wire import Wire, failure
from tests.aws import client

NOW = datetime(2026, 11, 24, 12, 0, 0, 500_000, tzinfo=UTC)
WHOLE = int(NOW.timestamp())


@pytest.fixture
def catalogue(resources: Resources) -> DynamoCatalogue:
    return DynamoCatalogue(client("dynamodb"), resources.table)


@pytest.fixture
def sessions(resources: Resources) -> DynamoSessions:
    return DynamoSessions(client("dynamodb"), resources.table)


def entry(name: str, version: int = 1, summary: str = "") -> Entry:
    return Entry(
        name=name,
        stream_version=version,
        listed=True,
        spelling=name,
        owner="local:alice",
        latest=None,
        summary=summary,
        updated=None,
    )


def test_a_row_is_an_item_of_its_owner(catalogue: DynamoCatalogue, resources: Resources) -> None:
    catalogue.put(entry("spam", 3))

    (item,) = client("dynamodb").scan(TableName=resources.table)["Items"]
    data = item.pop("data")
    assert '"name": "spam"' in data["S"]
    assert item == {
        "pk": {"S": "catalogue"},
        "sk": {"S": "spam"},
        "stream_version": {"N": "3"},
        "listed": {"S": '["spam", "local:alice", "", ""]'},
        "group": {"S": "owner#local:alice"},
        "member": {"S": "spam"},
    }


def test_rows_come_in_pages(catalogue: DynamoCatalogue, dynamodb: Wire) -> None:
    names = [f"p{each}" for each in range(7)]
    for name in names:
        catalogue.put(entry(name))
    dynamodb.added["Query"] = {"Limit": 2}

    assert [row.name for row in catalogue.entries()] == names
    assert [row.name for row in catalogue.owned_by("local:alice")] == names
    assert [one.name for one in catalogue.listed()] == names
    consistent = [query.get("ConsistentRead", False) for query in dynamodb.of("Query")]
    assert consistent == [True] * 4 + [False] * 4 + [True] * 4


def test_a_row_that_older_software_wrote_is_listed(catalogue: DynamoCatalogue, resources: Resources) -> None:
    catalogue.put(entry("spam"))
    catalogue.put(evolve(entry("hidden"), listed=False))
    before = list(catalogue.listed())
    for name in ("spam", "hidden"):
        client("dynamodb").update_item(
            TableName=resources.table,
            Key={"pk": {"S": "catalogue"}, "sk": {"S": name}},
            UpdateExpression="REMOVE #listed",
            ExpressionAttributeNames={"#listed": "listed"},
        )

    assert list(catalogue.listed()) == before == [("spam", "local:alice", "", "")]


def test_a_session_ends_for_dynamodb_at_the_next_whole_second(sessions: DynamoSessions, resources: Resources) -> None:
    sessions.put("half", UploadCompleted(), NOW)
    sessions.put("whole", UploadCompleted(), NOW + timedelta(seconds=0.5))

    items = {item["pk"]["S"]: item for item in client("dynamodb").scan(TableName=resources.table)["Items"]}
    assert {key: item["expires"] for key, item in items.items()} == {
        "session#half": {"N": str(WHOLE + 1)},
        "session#whole": {"N": str(WHOLE + 1)},
    }
    assert items["session#half"]["sk"] == {"S": "session"}


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException", "InternalServerError"])
def test_what_cannot_be_read_or_written_is_not_absent(
    catalogue: DynamoCatalogue, sessions: DynamoSessions, dynamodb: Wire, code: str
) -> None:
    attempts: list[tuple[str, Callable[[], object]]] = [
        ("GetItem", lambda: catalogue.get("spam")),
        ("Query", lambda: list(catalogue.entries())),
        ("Query", lambda: list(catalogue.owned_by("local:alice"))),
        ("Query", lambda: list(catalogue.listed())),
        ("PutItem", lambda: catalogue.put(entry("spam"))),
        ("GetItem", lambda: sessions.get("key", NOW)),
        ("PutItem", lambda: sessions.put("key", UploadCompleted(), NOW)),
        ("DeleteItem", lambda: sessions.delete("key")),
    ]
    for operation, attempt in attempts:
        dynamodb.answers[operation] = [failure(code)]
        with pytest.raises(ClientError, match=code):
            attempt()


def test_what_does_not_fit_into_an_item_is_named(catalogue: DynamoCatalogue, sessions: DynamoSessions) -> None:
    with pytest.raises(TooMuch, match=r"^The row of spam takes 50\d{4} bytes.*Make it smaller\.$"):
        catalogue.put(entry("spam", summary="x" * 500_000))
    with pytest.raises(TooMuch, match=r"^A session UploadRefused takes"):
        sessions.put("key", UploadRefused("x" * 500_000), NOW)


def test_a_usage_row_is_an_item_that_is_replaced_by_later_ones(resources: Resources, dynamodb: Wire) -> None:
    table = DynamoUsageTable(client("dynamodb"), resources.table)
    row = UsageRow("spam", "2026-11-24#00000003", 7, 5, "2026-11-24")
    for number in range(5):
        table.put(evolve(row, name=f"p{number}"), UsageSummary())
    table.put(row, UsageSummary(days={"2026-11-24": 7}))

    items = client("dynamodb").scan(TableName=resources.table)["Items"]
    assert {
        "pk": {"S": "usage"},
        "sk": {"S": "spam"},
        "stamp": {"S": "2026-11-24#00000003"},
        "total": {"N": "7"},
        "last_30_days": {"N": "5"},
        "latest": {"S": "2026-11-24"},
    } in items
    (summary,) = [item for item in items if item["pk"]["S"] == "usage-summaries" and item["sk"]["S"] == "spam"]
    assert summary["data"]["S"].startswith('{"days":{"2026-11-24":7},')
    dynamodb.added["Query"] = {"Limit": 2}
    assert [each.name for each in table.rows()] == ["p0", "p1", "p2", "p3", "p4", "spam"]
    assert [name for name, _ in table.summaries()] == ["spam"]
    dynamodb.answers["PutItem"] = [failure("AccessDeniedException")]
    with pytest.raises(ClientError):
        table.put(row, UsageSummary())


def test_briefs_are_read_a_hundred_at_once_and_asked_for_again_where_the_table_leaves_some_out(
    resources: Resources, dynamodb: Wire, pauses: list[float]
) -> None:
    table = DynamoUsageTable(client("dynamodb"), resources.table, pauses.append)
    for number in range(3):
        table.put_brief(UsageBrief(f"p{number}", "2026-11-24#00000003", {f"usage/p{number}/2026": 3}, 7))
    names = [f"p{number}" for number in range(250)]

    assert sorted(table.briefs_of(names)) == names[:3]
    asked = [each["RequestItems"][resources.table] for each in dynamodb.of("BatchGetItem")]
    assert [(len(each["Keys"]), each["ConsistentRead"]) for each in asked] == [(100, True), (100, True), (50, True)]

    left = {resources.table: {"Keys": [{"pk": {"S": "usage-briefs"}, "sk": {"S": "p1"}}], "ConsistentRead": True}}
    dynamodb.afterwards["BatchGetItem"] = [(200, {"Responses": {}, "UnprocessedKeys": left})]
    assert list(table.briefs_of(["p1"])) == ["p1"]
    assert len(pauses) == 1


def test_a_detail_is_a_private_object_whose_digest_s3_compares(resources: Resources, s3: Wire) -> None:
    details = S3Details(client("s3"), resources.data_bucket)
    details.put("2026-11-24", {"spam": Detail((), (), (), (), (), (), (), ())})

    (put,) = s3.of("PutObject")
    assert (put["Bucket"], put["Key"]) == (resources.data_bucket, "usage/2026-11-24/spam.json.gz")
    assert put["ChecksumAlgorithm"] == "SHA256"
    client("s3").put_object(Bucket=resources.data_bucket, Key=put["Key"], Body=b"damaged")
    with pytest.raises(Unreadable):
        details.get("spam", "2026-11-24")
    s3.answers["GetObject"] = [failure("AccessDenied", 403)]
    with pytest.raises(ClientError):
        details.get("spam", "2026-11-24")


def test_a_damaged_row_of_a_submission_is_none_until_it_is_put_again(resources: Resources) -> None:
    table = DynamoSubmissionTable(client("dynamodb"), resources.table)
    row = SubmissionRow("s1", "583231", NOW, "octocat/frob", 1296269, "v1.0", Status.QUEUED)
    table.put(row)
    (item,) = client("dynamodb").scan(TableName=resources.table)["Items"]
    client("dynamodb").put_item(TableName=resources.table, Item=item | {"data": {"S": "{"}})

    assert table.get(row) is None
    table.put(row)
    assert table.get(row) == row
