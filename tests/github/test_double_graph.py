"""What the double answers to GraphQL, beside an implementation of the whole language over GitHub's own schema."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from graphql import GraphQLResolveInfo, execute_sync, parse

from adapters.clock import SystemClock
from adapters.github.sources import GitHubSources
from infrastructure.github_double import graph
from infrastructure.github_double.double import GitHub, github
from infrastructure.github_double.repository import Commit, Release, Repository
from tests.github.described import check_query, graphql_schema

FILES = {"pyproject.toml": b"[project]\n", "src/frob.py": b""}
REPOSITORIES = [
    Repository(
        "octocat/frob",
        id=1,
        owner_id=7,
        issues=3,
        pulls=2,
        pushed_at="2026-11-01T00:00:00Z",
        branches={"main": Commit(FILES)},
        tags={"v1": Commit(FILES)},
        releases=[Release("v1", name="One")],
    ),
    Repository("octocat/empty", id=2, owner_id=7, spdx_id=None, language=None, pushed_at="2026-11-03T00:00:00Z"),
    Repository("octocat/fork", id=3, owner_id=7, fork=True, archived=True, pushed_at="2026-11-02T00:00:00Z"),
    Repository("octocat/hidden", id=4, owner_id=7, private=True),
    Repository("hubot/other", id=5, owner_id=8),
]
ROOT = graph.root_of("octocat", 7, REPOSITORIES, "http://127.0.0.1:1", 4999)
PAGES = """
query ($size: Int = 2, $after: String) {
  viewer { login repositories(first: $size, after: $after, orderBy: {field: PUSHED_AT, direction: DESC}) {
    totalCount nodes { nameWithOwner } edges { cursor node { id } } pageInfo { hasNextPage endCursor }
  } }
}
"""
QUERIES = {
    "names": "{ viewer { __typename login databaseId } rateLimit { cost remaining limit used } }",
    "pages": PAGES,
    "filters": """query Public { me: viewer { repositories(first: 100, privacy: PUBLIC, isFork: false,
        isArchived: false, ownerAffiliations: [OWNER], orderBy: {field: NAME, direction: ASC}
        ) { nodes { name isPrivate isFork } } } }""",
    "objects": """{ repository(owner: "octocat", name: "FROB") {
        ...Counts
        file: object(expression: "HEAD:pyproject.toml") { __typename oid ... on Blob { text byteSize isBinary } }
        folder: object(expression: "v1:src") { ... on Tree { oid } ... on Blob { text } }
        tip: object(expression: "main") { ... on GitObject { oid } ... on Commit { message } }
        none: object(expression: "HEAD:setup.py") { __typename }
        owner { login ... on User { databaseId } ... on Organization { databaseId } }
        releases(first: 1) { nodes { tagName name isPrerelease } }
        refs(refPrefix: "refs/tags/", first: 5) { totalCount nodes { name } }
        defaultBranchRef { name prefix target { oid } }
        licenseInfo { spdxId } primaryLanguage { name }
      } }
      fragment Counts on Repository { stargazerCount issues(states: OPEN) { totalCount }
        pullRequests(states: [OPEN]) { totalCount } }""",
    "nothing": '{ repository(owner: "octocat", name: "nothing") { id } }',
    "empty": """{ repository(owner: "octocat", name: "empty") {
        isEmpty defaultBranchRef { name } licenseInfo { name } } }""",
}


def resolved(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
    value = source[info.field_name]
    return value(**arguments) if callable(value) else value


@pytest.fixture
def double() -> Iterator[GitHub]:
    with github() as running:
        for number in range(230):
            files = {"pyproject.toml": b""} if number % 2 else {"README": b""}
            running.has(Repository(f"octocat/r{number}", branches={"main": Commit(files)}))
        yield running


@pytest.mark.parametrize("name", QUERIES)
def test_answers_are_those_of_the_whole_language(name: str) -> None:
    text = QUERIES[name]
    check_query(text)
    variables = {"size": 2} if name == "pages" else {}
    expected = execute_sync(
        graphql_schema(),
        parse(text),
        ROOT,
        variable_values=variables,
        field_resolver=resolved,
        type_resolver=lambda thing, *_: thing["__typename"],
    )

    assert expected.errors is None
    assert graph.execute(text, variables, ROOT) == {"data": expected.data}


def test_the_next_page_begins_where_the_last_one_ended() -> None:
    first = graph.execute(PAGES, {"size": 3}, ROOT)["data"]["viewer"]["repositories"]
    rest = graph.execute(PAGES, {"size": 3, "after": first["pageInfo"]["endCursor"]}, ROOT)["data"]["viewer"]
    names = [each["nameWithOwner"] for each in (*first["nodes"], *rest["repositories"]["nodes"])]

    assert names[:2] == ["octocat/hidden", "octocat/empty"]
    assert len(names) == first["totalCount"] == 4
    assert not rest["repositories"]["pageInfo"]["hasNextPage"]


@pytest.mark.parametrize(
    "text",
    ["", "{", "{ viewer { email } }", "{ viewer { ...Unknown } }", "{ viewer { repositories { totalCount } } }", "?"],
)
def test_what_makes_no_sense_is_an_error(text: str) -> None:
    answer = graph.execute(text, {}, ROOT)
    assert answer.keys() == {"errors"}
    assert answer["errors"][0]["message"]


def test_nobody_asks_without_a_token(double: GitHub) -> None:
    assert httpx2.post(f"{double.url}/graphql", json={"query": QUERIES["names"]}).status_code == 401


def test_what_the_index_asks_is_in_githubs_schema(double: GitHub) -> None:
    owned = GitHubSources(double.url, "test", SystemClock()).owned(double.people.token("octocat"))

    queries = [json.loads(each.body) for each in double.asked if each.method == "POST"]
    assert len(queries) == 3
    for query in queries:
        check_query(query["query"])
    assert len(owned) == 230
    assert sum(each.has_packaging for each in owned) == 115
