"""MiniStack with the few things that a deployed index needs and that MiniStack does not do.

Runs on the interpreter of `.cache/emulator` (CPython 3.13, the functions' runtime), so it imports nothing of ours but
its neighbour. Each patch says what AWS does; whatever it does not touch is MiniStack's own.
"""

import asyncio
import os
import re
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from http.client import HTTPConnection, responses
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ministack import app
from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import athena, cloudfront, s3
from ministack.services.cloudformation import provisioners

from tests.emulator import permissions

Answer = tuple[int, str, dict[str, Any], bytes]
API_HOST = re.compile(r"^[a-z0-9]+\.execute-api\.")
READING = ("GET", "HEAD", "OPTIONS")
QUERYING = ("StartQueryExecution", "GetQueryExecution")
RECORDED = (
    "AWS::Logs::DeliverySource",
    "AWS::Logs::DeliveryDestination",
    "AWS::Logs::Delivery",
    "AWS::Athena::NamedQuery",
    "AWS::Athena::PreparedStatement",
)


def recorded(kind: str) -> dict[str, Callable[..., Any]]:
    """A resource that exists for CloudFormation only. On AWS: log deliveries, and queries stored in Athena."""

    def create(_logical_id: str, props: dict[str, Any], _stack: str) -> tuple[str, dict[str, str]]:
        name = str(props.get("Name") or new_uuid())
        area = "logs" if "::Logs::" in kind else "athena"
        arn = f"arn:aws:{area}:{get_region()}:{get_account_id()}:{kind.rsplit('::', 1)[1].lower()}:{name}"
        return name, {"Arn": arn, "DeliveryId": name, "NamedQueryId": name}

    def update(physical_id: str, _old: object, new: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
        return physical_id, create("", {"Name": physical_id} | new, stack)[1]

    return {"create": create, "update": update, "delete": lambda _physical_id, _props: None}


def may_list(bucket: str, source_arn: str) -> bool:
    """Whether the bucket's policy lets this distribution list it."""
    context = EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="s3:ListBucket",
        resource_arn=f"arn:aws:s3:::{bucket}",
        region=get_region(),
        service_context={"aws:sourcearn": source_arn} if source_arn else {},
    )
    policy = s3._bucket_policies.get_scoped(get_account_id(), None, bucket)
    return bool(policy) and (
        evaluate_resource_policy(policy, context, service="cloudfront.amazonaws.com").decision == "Allow"
    )


def telling_missing_from_forbidden(fetch: Callable[..., Any]) -> Callable[..., Any]:
    """On AWS a key that is not there is 404 to who may list the bucket, 403 to everybody else."""

    def fetched(bucket: str, key: str, method: str, headers: dict[str, str], **origin: str) -> Any:
        found = s3._ensure_bucket(bucket)
        if found is not None and key not in found["objects"] and may_list(bucket, origin.get("source_arn", "")):
            return s3._error("NoSuchKey", "The specified key does not exist.", 404, f"/{bucket}/{key}")
        return fetch(bucket, key, method, headers, **origin)

    return fetched


def with_origin_groups(parse: Callable[..., Any]) -> Callable[..., Any]:
    """A behaviour may name a group of two origins; each group becomes an origin that knows its members."""

    def parsed(distribution: dict[str, Any]) -> Any:
        config = parse(distribution)
        element = cloudfront._find(cloudfront._dist_config_el(distribution), "OriginGroups")
        items = cloudfront._find(element, "Items") if element is not None else None
        for group in items if items is not None else ():
            criteria = cloudfront._find(cloudfront._find(group, "FailoverCriteria"), "StatusCodes")
            members = cloudfront._find(cloudfront._find(group, "Members"), "Items")
            origins = [config["origins"][cloudfront._text(member, "OriginId")] for member in members]
            codes = {int(code.text) for code in cloudfront._find(criteria, "Items")}
            config["origins"][cloudfront._text(group, "Id")] = {**origins[0], "members": origins, "codes": codes}
        return config

    return parsed


async def from_group(fetch: Callable[..., Awaitable[Answer]], group: dict[str, Any], method: str, *rest: Any) -> Answer:
    """The first origin's answer, unless its status (or that of its failure) is one of the group's.

    On AWS the second origin is sent the same request, as the viewer-request function left it, and only GET, HEAD and
    OPTIONS fail over.
    """
    first, second = group["members"]
    codes = group["codes"] if method in READING else ()
    try:
        answer = await fetch(first, method, *rest)
    except cloudfront.OriginTimeout:
        failed = 504
        if failed not in codes:
            raise
    except cloudfront.OriginUnreachable:
        failed = 503
        if failed not in codes:
            raise
    else:
        if answer[0] not in codes:
            return answer
    return await fetch(second, method, *rest)


async def from_api(
    origin: dict[str, Any],
    method: str,
    uri: str,
    query: str,
    headers: dict[str, Any],
    body: bytes,
    client_ip: str,
    forwarded_for: str,
) -> Answer:
    """An answer of an API Gateway of this emulator, which MiniStack refuses to dial at its AWS name."""
    sent = cloudfront._origin_request_headers(origin, headers, client_ip, forwarded_for)
    # How MiniStack names an API whose host it does not own.
    api = origin["domain_name"].partition(".")[0]
    path = f"/_aws/execute-api/{api}/$default{origin.get('origin_path') or ''}{uri}"
    asked = app._handle_execute_api_request(
        "localhost",
        unquote(path),
        method,
        {name.lower(): value for name, value in sent.items()},
        body or b"",
        parse_qs(query, keep_blank_values=True),
        raw_path=path,
        raw_query_string=query,
    )
    try:
        status, answered, content = await asyncio.wait_for(asked, origin.get("read_timeout", 30))
    except TimeoutError as error:
        raise cloudfront.OriginTimeout(str(error)) from error
    pairs = [(name, one) for name, value in answered.items() for one in (value if isinstance(value, list) else [value])]
    content = content.encode() if isinstance(content, str) else content
    return status, responses.get(status, ""), cloudfront._multidict_from_pairs(pairs), content


def with_more_origins(fetch: Callable[..., Awaitable[Answer]]) -> Callable[..., Awaitable[Answer]]:
    """Origins that CloudFront knows and MiniStack does not: groups, and API Gateway."""

    async def fetched(origin: dict[str, Any], method: str, *rest: Any) -> Answer:
        if "members" in origin:
            return await from_group(fetched, origin, method, *rest)
        if API_HOST.match(origin["domain_name"]):
            uri, query, headers, body, _https, client_ip, forwarded_for, _arn = rest
            return await from_api(origin, method, uri, query, headers, body, client_ip, forwarded_for)
        return await fetch(origin, method, *rest)

    return fetched


def unless_viewer(handle: Callable[..., Awaitable[Any]], headers_at: int) -> Callable[..., Awaitable[Any]]:
    """Every path of a distribution is its own; MiniStack would answer /login and /logout as another service."""

    async def handled(*arguments: Any) -> Any:
        if app._parse_cloudfront_dataplane_host(arguments[headers_at].get("host", "")):
            return None
        return await handle(*arguments)

    return handled


def with_raw_queries(handle: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """On AWS a function at the edge sees the values of a query as they were sent; MiniStack decodes them."""

    async def handled(
        distribution: dict[str, Any],
        method: str,
        path: str,
        raw_path: str,
        raw_query: str,
        headers: dict[str, str],
        body: bytes,
        _decoded: object,
        client_ip: str,
    ) -> Any:
        values: dict[str, list[str]] = {}
        for name, _, value in (parameter.partition("=") for parameter in raw_query.split("&") if parameter):
            values.setdefault(name, []).append(value)
        return await handle(distribution, method, path, raw_path, raw_query, headers, body, values, client_ip)

    return handled


def with_queries_that_run(handle: Callable[..., Awaitable[Any]], url: str) -> Callable[..., Awaitable[Any]]:
    """On AWS a query reads what is there and leaves a file in S3; somebody at this URL does so (`athena.py`).

    Whether the caller may start it was decided before.
    """

    def ask(target: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
        try:
            connection.request("POST", "/", body, {"X-Amz-Target": target})
            answer = connection.getresponse()
            return answer.status, {"Content-Type": answer.headers["Content-Type"]}, answer.read()
        finally:
            connection.close()

    async def handled(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        target = headers.get("x-amz-target", "")
        if target.rpartition(".")[2] in QUERYING:
            return await asyncio.to_thread(ask, target, body)
        return await handle(method, path, headers, body, query)

    return handled


def end_with_parent() -> None:
    """Nobody holds the other end of the standard input any more: end, and the functions too."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.killpg(os.getpgid(0), signal.SIGKILL)


def main() -> None:
    """Patch, then serve until a signal."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    provisioners._RESOURCE_HANDLERS.update({kind: recorded(kind) for kind in RECORDED})
    s3.serve_cloudfront_origin_fetch = telling_missing_from_forbidden(s3.serve_cloudfront_origin_fetch)
    cloudfront.parse_distribution_dataplane_config = with_origin_groups(cloudfront.parse_distribution_dataplane_config)
    cloudfront._fetch_from_origin = with_more_origins(cloudfront._fetch_from_origin)
    cloudfront.handle_viewer_request = with_raw_queries(cloudfront.handle_viewer_request)
    permissions.patch()
    if "ATHENA_URL" in os.environ:
        athena.handle_request = with_queries_that_run(athena.handle_request, os.environ["ATHENA_URL"])
    app._handle_pre_body_request = unless_viewer(app._handle_pre_body_request, headers_at=2)
    app._handle_post_body_shortcuts = unless_viewer(app._handle_post_body_shortcuts, headers_at=2)
    app.main()
