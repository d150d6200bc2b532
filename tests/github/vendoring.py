"""Cuts what the double is checked against out of GitHub's published descriptions, and puts it into `data/`.

npm install --ignore-scripts @octokit/openapi@23 @octokit/graphql-schema@15
python -m tests.github.vendoring node_modules/@octokit
"""

import gzip
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    print_type,
)

DATA = Path(__file__).parent / "data"
OF_REPOSITORIES = (
    "",
    "/commits/{ref}",
    "/contents/{path}",
    "/contributors",
    "/git/ref/{ref}",
    "/git/tags/{tag_sha}",
    "/languages",
    "/license",
    "/pulls",
    "/readme",
    "/releases",
    "/releases/assets/{asset_id}",
    "/releases/latest",
    "/releases/tags/{tag}",
    "/releases/{release_id}",
    "/releases/{release_id}/assets",
    "/tags",
    "/tarball/{ref}",
)
PATHS = (
    "/rate_limit",
    "/user",
    "/user/repos",
    "/users/{username}/repos",
    *(f"/repos/{{owner}}/{{repo}}{path}" for path in OF_REPOSITORIES),
)
WEBHOOKS = (
    "release-published",
    *(f"repository-{what}" for what in ("deleted", "privatized", "renamed", "transferred")),
)
_PROSE = frozenset(("description", "example", "examples", "externalDocs", "summary", "title", "default", "x-github"))
FIELDS = {
    "Query": "viewer repository rateLimit",
    "User": "id login databaseId url repositories",
    "Organization": "id login databaseId url repositories",
    "Repository": "id databaseId name nameWithOwner owner url description isFork isPrivate isArchived isDisabled"
    " isEmpty visibility primaryLanguage pushedAt stargazerCount forkCount licenseInfo defaultBranchRef"
    " issues pullRequests releases refs object",
    "RateLimit": "limit cost remaining used nodeCount resetAt",
    "RepositoryConnection": "totalCount nodes edges pageInfo",
    "RepositoryEdge": "cursor node",
    "RepositoryOwner": "id login url repositories",
    "PageInfo": "hasNextPage hasPreviousPage startCursor endCursor",
    "Language": "id name",
    "License": "id spdxId name",
    "Ref": "name prefix target",
    "RefConnection": "totalCount nodes pageInfo",
    "Release": "tagName name isPrerelease isDraft publishedAt",
    "ReleaseConnection": "totalCount nodes pageInfo",
    "IssueConnection": "totalCount",
    "PullRequestConnection": "totalCount",
    "GitObject": "id oid",
    "Blob": "id oid text byteSize isBinary",
    "Commit": "id oid message committedDate",
    "Tree": "id oid",
    "Node": "id",
}


def rest(package: Path) -> None:
    """The paths that are asked for, and every schema that they lead to."""
    whole = json.loads((package / "generated" / "api.github.com.json").read_text())
    paths = {path: {"get": {"responses": whole["paths"][path]["get"]["responses"]}} for path in PATHS}
    hooks = {name: {"$ref": f"#/components/schemas/webhook-{name}"} for name in WEBHOOKS}
    cut: dict[str, Any] = {"paths": paths, "webhooks": hooks, "components": {}}
    todo = list(_references(cut))
    while todo:
        kind, _, name = todo.pop().removeprefix("#/components/").partition("/")
        known = cut["components"].setdefault(kind, {})
        if name not in known:
            known[name] = whole["components"][kind][name]
            todo += _references(known[name])
    _put("openapi.json.gz", json.dumps(_bare(cut), sort_keys=True, separators=(",", ":")))


def graphql(package: Path) -> None:
    """The types that queries lead to, with the fields that the double knows."""
    schema = build_schema((package / "schema.graphql").read_text(), assume_valid=True)
    for name, fields in FIELDS.items():
        kind = schema.type_map[name]
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        kind.fields = {field: kind.fields[field] for field in fields.split()}
    # These stand for themselves only; what else is one of them leads on to everything.
    for kind in schema.type_map.values():
        kind.description = None
        kind.ast_node = None
        if isinstance(kind, GraphQLObjectType):
            whole = kind.fields.keys()
            kind.interfaces = tuple(
                each for each in kind.interfaces if each.name in FIELDS and each.fields.keys() <= whole
            )
        if isinstance(kind, GraphQLInterfaceType):
            kind.interfaces = ()
        _undescribed(kind)
    found: dict[str, GraphQLNamedType] = {}
    _reach(schema, "Query", found)
    for name in ("User", "Organization", "Blob", "Commit", "Tree"):
        _reach(schema, name, found)
    _put("schema.graphql.gz", "\n\n".join(print_type(found[name]) for name in sorted(found)))


def _reach(schema: GraphQLSchema, name: str, found: dict[str, GraphQLNamedType]) -> None:
    kind = schema.type_map[name]
    if name in found or name in {"String", "Int", "Boolean", "ID", "Float"}:
        return
    found[name] = kind
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for field in kind.fields.values():
            for kind_below in (field.type, *(argument.type for argument in field.args.values())):
                _reach(schema, get_named_type(kind_below).name, found)
        for interface in kind.interfaces:
            _reach(schema, interface.name, found)
    elif isinstance(kind, GraphQLInputObjectType):
        for value in kind.fields.values():
            _reach(schema, get_named_type(value.type).name, found)
    elif isinstance(kind, GraphQLUnionType):
        raise TypeError(name)


def _undescribed(kind: GraphQLNamedType) -> None:
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for field in kind.fields.values():
            field.description = None
            for argument in field.args.values():
                argument.description = None
    elif isinstance(kind, GraphQLInputObjectType):
        for value in kind.fields.values():
            value.description = None
    elif isinstance(kind, GraphQLEnumType):
        for word in kind.values.values():
            word.description = None


def _references(told: Any) -> Iterator[str]:
    if isinstance(told, Mapping):
        for name, value in told.items():
            if name == "$ref" and isinstance(value, str):
                yield value
            else:
                yield from _references(value)
    elif isinstance(told, list):
        for each in told:
            yield from _references(each)


def _bare(told: Any) -> Any:
    """As JSON Schema has it, and without what is for reading only (properties may be called like that)."""
    if isinstance(told, list):
        return [_bare(each) for each in told]
    if not isinstance(told, Mapping):
        return told
    kept = {name: _bare(value) for name, value in told.items() if name not in _PROSE or _is_schema(value)}
    # OpenAPI 3.0 has no type of null.
    return {"anyOf": [{"type": "null"}, kept]} if kept.pop("nullable", False) is True else kept


def _is_schema(told: Any) -> bool:
    return isinstance(told, Mapping) and not {"type", "$ref", "anyOf", "oneOf", "allOf"}.isdisjoint(told)


def _put(name: str, text: str) -> None:
    DATA.mkdir(exist_ok=True)
    (DATA / name).write_bytes(gzip.compress(text.encode(), mtime=0))


def main(packages: Path) -> None:
    rest(packages / "openapi")
    graphql(packages / "graphql-schema")
    versions = {
        name: json.loads((packages / name / "package.json").read_text())["version"]
        for name in ("openapi", "graphql-schema")
    }
    (DATA / "versions.json").write_text(json.dumps(versions, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
