"""The distribution of the template, the API behind it, and its access logs."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

import pytest

from domain import representations, routing
from tests.infrastructure.stack_template import ACCOUNT, STACK, Stack, normalised

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
CORS_S3_ORIGIN = "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf"

KEYS = (
    "index.html",
    "my/index.html",
    "project/frob/index.html",
    "robots.txt",
    "favicon.ico",
    "favicon.svg",
    "simple/index.html",
    "simple/index.v1_json",
    "simple/frob/index.html",
    "simple/frob/index.v1_html",
    "simple/frob/index.v1_json",
    "packages/frob/1.0/frob-1.0.tar.gz",
    "packages/frob/1.0/frob-1.0-py3-none-any.whl.metadata",
    "pypi/frob/json",
    "stats/frob.json",
    "static/style.0123abcd.css",
    "static/readme/0123456789abcdef.svg",
    "project/frob/1.0+x/index.html",
    "project/frob/index.md",
    "project/frob/feed.xml",
    "badge/frob/version.svg",
    "browse/index.html",
    "browse/fr./index.html",
    "owner/local.alice/index.html",
    "statistics/index.html",
    "search/index.html",
    "search/v1/1a.json",
    "search/v1/map/ff.json",
    "feed.xml",
    "sitemap.xml",
    "sitemap/1.xml",
)
"""One of each kind of object."""
ROUTES = {
    "POST /legacy/",
    "POST /legacy",
    "GET /legacy/{proxy+}",
    "GET /api/openapi.json",
    "GET /api/packages",
    "POST /api/packages",
    "DELETE /api/packages/{name}",
    "GET /api/packages/{name}/downloads.csv",
    "PATCH /api/packages/{name}/files/{filename}",
    "DELETE /api/packages/{name}/files/{filename}",
    "GET /api/submissions/{id}",
    "POST /api/uploads",
    "POST /api/uploads/{id}/complete",
    "GET /api/tokens",
    "POST /api/tokens",
    "DELETE /api/tokens/{id}",
    "GET /api/publishers",
    "POST /api/publishers",
    "DELETE /api/publishers/{id}",
    "GET /login",
    "GET /login/callback",
    "POST /login/device",
    "POST /login/device/token",
    "GET /api/session",
    "GET /api/repositories/{owner}/{name}",
    "POST /api/github/webhook",
    "POST /logout",
    "GET /_/oidc/audience",
    "POST /_/oidc/mint-token",
    "GET /.well-known/pytp",
    "GET /healthz",
    "$default",
}


GROUP = "site-or-api"


def is_for_people(key: str) -> bool:
    """Whether a page stands in the place of the object if it is missing."""
    area = representations.area(key)
    return area not in representations.PROGRAM_AREAS and not area.startswith("favicon.")


def distribution(stack: Stack) -> Any:
    return stack.one("CloudFront::Distribution")["DistributionConfig"]


def behaviour(stack: Stack, path: str) -> Any:
    """What CloudFront does with a path: the first pattern that matches."""
    config = distribution(stack)
    for one in config["CacheBehaviors"]:
        if fnmatchcase(path, "/" + one["PathPattern"]):
            return one
    return config["DefaultCacheBehavior"]


def edge_functions(one: Any) -> dict[str, str]:
    return {each["EventType"]: each["FunctionARN"] for each in one.get("FunctionAssociations", [])}


def added(stack: Stack, one: Any) -> Mapping[str, str]:
    """The headers that CloudFront puts on every answer, for a request of another origin."""
    config = stack.of("CloudFront::ResponseHeadersPolicy")[one["ResponseHeadersPolicyId"].strip("<>")][
        "ResponseHeadersPolicyConfig"
    ]
    security, cors = config["SecurityHeadersConfig"], config.get("CorsConfig")
    assert all(each["Override"] is True for each in security.values())
    headers = {representations.NOSNIFF[0]: representations.NOSNIFF[1]} if "ContentTypeOptions" in security else {}
    if "ContentSecurityPolicy" in security:
        headers["Content-Security-Policy"] = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    if "ReferrerPolicy" in security:
        headers["Referrer-Policy"] = security["ReferrerPolicy"]["ReferrerPolicy"]
    if cors is not None:
        assert cors["OriginOverride"] is True
        assert cors["AccessControlAllowCredentials"] is False
        headers["Access-Control-Allow-Origin"] = ", ".join(cors["AccessControlAllowOrigins"]["Items"])
    for item in config.get("CustomHeadersConfig", {"Items": []})["Items"]:
        if item["Override"]:
            headers[item["Header"]] = item["Value"]
    return headers


def test_the_site_is_read_by_signed_requests_only(stack: Stack) -> None:
    access = stack.one("CloudFront::OriginAccessControl")["OriginAccessControlConfig"]
    assert access["OriginAccessControlOriginType"] == "s3"
    assert (access["SigningBehavior"], access["SigningProtocol"]) == ("always", "sigv4")
    site, api = distribution(stack)["Origins"]
    assert site["OriginAccessControlId"] == "<SiteAccess.Id>"
    assert site["DomainName"] == "<SiteBucket.RegionalDomainName>"
    assert site["S3OriginConfig"] == {"OriginAccessIdentity": ""}
    assert api["DomainName"] == "<HttpApi>.execute-api.us-east-1.amazonaws.com"
    assert api["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert (
        api["CustomOriginConfig"]["OriginReadTimeout"] * 1000
        > stack.one("ApiGatewayV2::Integration")["TimeoutInMillis"]
    )


def test_the_distribution_waits_for_no_function(stack: Stack) -> None:
    """Functions are told its domain, so it may know the API but not what is behind it."""
    said = set(re.findall(r"<([A-Za-z]+)", repr(distribution(stack))))
    assert said.isdisjoint({"HttpIntegration", "HttpStage", *stack.of("Lambda::Function")})
    assert "DependsOn" not in stack.resources["Distribution"]


@pytest.mark.parametrize("key", KEYS)
def test_objects_are_presented_as_the_local_server_presents_them(stack: Stack, key: str) -> None:
    one = behaviour(stack, f"/{key}")
    # What S3 keeps with the object, and what the viewer-response function adds.
    elsewhere = {"Content-Type", "Cache-Control", "Vary"}
    wanted = {name: value for name, value in representations.headers(key) if name not in elsewhere}
    more = added(stack, one)
    assert wanted.items() <= more.items()
    # Whatever shares a behaviour gets the strictest of its headers.
    beyond = more.keys() - wanted.keys()
    assert beyond <= {name for name, _ in representations.PAGE_HEADERS}
    vary = representations.VARY in representations.headers(key)
    assert ("viewer-response" in edge_functions(one)) is vary


@pytest.mark.parametrize("key", KEYS)
def test_the_site_is_only_read_over_tls(stack: Stack, key: str) -> None:
    one = behaviour(stack, f"/{key}")
    assert one["TargetOriginId"] == (GROUP if is_for_people(key) else "site")
    assert one["ViewerProtocolPolicy"] == "redirect-to-https"
    assert set(one["AllowedMethods"]) == set(routing.ALLOWED_METHODS.split(", "))
    assert one["CachedMethods"] == ["GET", "HEAD"]


@pytest.mark.parametrize("key", KEYS)
def test_objects_say_themselves_how_long_they_are_kept(stack: Stack, key: str) -> None:
    cache = stack.of("CloudFront::CachePolicy")[behaviour(stack, f"/{key}")["CachePolicyId"].strip("<>")]
    config = cache["CachePolicyConfig"]
    assert (config["MinTTL"], config["DefaultTTL"], config["MaxTTL"]) == (0, 0, 31536000)
    keyed = config["ParametersInCacheKeyAndForwardedToOrigin"]
    assert keyed["CookiesConfig"] == {"CookieBehavior": "none"}
    assert keyed["HeadersConfig"] == {"HeaderBehavior": "none"}
    assert keyed["QueryStringsConfig"] == {"QueryStringBehavior": "none"}
    compressed = not key.startswith("packages/")
    assert keyed["EnableAcceptEncodingGzip"] is keyed["EnableAcceptEncodingBrotli"] is compressed
    assert behaviour(stack, f"/{key}")["Compress"] is compressed


@pytest.mark.parametrize("key", KEYS)
def test_every_url_but_those_of_files_passes_the_edge_function(stack: Stack, key: str) -> None:
    functions = edge_functions(behaviour(stack, f"/{key}"))
    expected = None if key.startswith("packages/") else "<ViewerRequest.FunctionARN>"
    assert functions.get("viewer-request") == expected


def test_what_is_missing_or_fails_now_may_be_there_the_next_moment(stack: Stack) -> None:
    responses = {one["ErrorCode"]: one for one in distribution(stack)["CustomErrorResponses"]}
    # No page: it would stand in the place of the API's own answers as well.
    assert responses == {
        code: {"ErrorCode": code, "ErrorCachingMinTTL": 0} for code in (403, 404, 414, 500, 501, 502, 503, 504)
    }
    for policy in stack.of("CloudFront::ResponseHeadersPolicy").values():
        config = policy["ResponseHeadersPolicyConfig"]
        if config["Name"] != f"{STACK}-functions":
            (cache,) = [one for one in config["CustomHeadersConfig"]["Items"] if one["Header"] == "Cache-Control"]
            assert (cache["Value"], cache["Override"]) == (representations.REVALIDATE, False)


def test_browsers_come_back_over_tls(stack: Stack) -> None:
    for policy in stack.of("CloudFront::ResponseHeadersPolicy").values():
        security = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31536000


def test_preflights_are_answered_as_by_the_local_server(stack: Stack) -> None:
    wanted = dict(representations.PREFLIGHT_HEADERS)
    headers = wanted["Access-Control-Allow-Headers"].split(", ")
    methods = wanted["Access-Control-Allow-Methods"].split(", ")
    age = int(wanted["Access-Control-Max-Age"])
    for family in representations.SHARED_AREAS:
        policy = behaviour(stack, f"/{family}/x")["ResponseHeadersPolicyId"].strip("<>")
        cors = stack.of("CloudFront::ResponseHeadersPolicy")[policy]["ResponseHeadersPolicyConfig"]["CorsConfig"]
        assert cors["AccessControlAllowHeaders"]["Items"] == headers
        assert cors["AccessControlAllowMethods"]["Items"] == methods
        assert cors["AccessControlMaxAgeSec"] == age
    # Files have no edge function: there the bucket answers, to whom CloudFront passes the question on.
    (rule,) = stack.of("S3::Bucket")["SiteBucket"]["CorsConfiguration"]["CorsRules"]
    assert rule == {
        "AllowedOrigins": ["*"],
        "AllowedMethods": methods,
        "AllowedHeaders": headers,
        "MaxAge": age,
    }
    assert behaviour(stack, "/packages/x")["OriginRequestPolicyId"] == CORS_S3_ORIGIN
    assert "CorsConfiguration" not in stack.of("S3::Bucket")["DataBucket"]


@pytest.mark.parametrize(
    "path",
    [
        "/legacy",
        "/legacy/",
        "/legacy/+simple/frob/",
        "/api/packages",
        "/api/uploads/1/complete",
        "/login",
        "/login/callback",
        "/logout",
        "/healthz",
        "/_/oidc/audience",
        "/.well-known/pytp",
    ],
)
def test_the_api_answers_what_is_not_static(stack: Stack, path: str) -> None:
    one = behaviour(stack, path)
    assert one["TargetOriginId"] == "api"
    assert one["CachePolicyId"] == CACHING_DISABLED
    assert one["OriginRequestPolicyId"] == ALL_VIEWER_EXCEPT_HOST
    assert one["ViewerProtocolPolicy"] == "redirect-to-https"
    assert set(one["AllowedMethods"]) == {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"}
    # Its answers have policies of their own, or none: JSON and text.
    assert added(stack, one) == dict([representations.NOSNIFF])
    # The edge function tells whoever sends too much what to do instead.
    assert edge_functions(one) == (
        {"viewer-request": "<ViewerRequest.FunctionARN>"} if path.startswith("/legacy") else {}
    )


def test_edge_functions_are_published_under_the_stacks_name(stack: Stack) -> None:
    functions = stack.of("CloudFront::Function")
    assert {one["Name"] for one in functions.values()} == {f"{STACK}-viewer-request", f"{STACK}-viewer-response"}
    for one in functions.values():
        assert one["AutoPublish"] is True
        assert one["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
        assert len(one["FunctionCode"].encode()) <= 10_000


def test_the_api_answers_for_pages_that_the_site_has_not(stack: Stack, full: Stack) -> None:
    for one in (stack, full):
        groups = distribution(one)["OriginGroups"]
        (group,) = groups["Items"]
        assert (groups["Quantity"], group["Id"]) == (1, GROUP)
        assert [member["OriginId"] for member in group["Members"]["Items"]] == ["site", "api"]
        # Neither 403 nor 5xx: a site that cannot be read is not one without pages, and sends nobody to another index.
        assert group["FailoverCriteria"] == {"StatusCodes": {"Quantity": 1, "Items": [404]}}
        assert distribution(one)["DefaultCacheBehavior"]["TargetOriginId"] == GROUP
    assert "GET /simple/{proxy+}" not in routes(stack)


def test_made_up_names_of_installers_cost_no_function(stack: Stack) -> None:
    assert GROUP not in {one["TargetOriginId"] for one in distribution(stack)["CacheBehaviors"]}
    for family in representations.PROGRAM_AREAS:
        assert behaviour(stack, f"/{family}/x")["TargetOriginId"] == "site"


def test_a_flood_of_missing_pages_leaves_room_for_uploads(stack: Stack) -> None:
    stage = stack.one("ApiGatewayV2::Stage")
    others, everything = stage["RouteSettings"]["$default"], stage["DefaultRouteSettings"]
    assert stage["RouteSettings"].keys() == {"$default"}
    for limit in ("ThrottlingRateLimit", "ThrottlingBurstLimit"):
        assert 0 < others[limit] <= everything[limit] / 4
    # A limit can be set once its route is there.
    assert stack.resources["HttpStage"]["DependsOn"] == "OtherRoute"
    assert stack.of("ApiGatewayV2::Route")["OtherRoute"]["RouteKey"] == "$default"


def test_a_project_that_the_site_has_not_is_asked_of_the_api_where_there_is_an_upstream(full: Stack) -> None:
    assert behaviour(full, "/simple/frob/")["TargetOriginId"] == GROUP
    assert {one["TargetOriginId"] for one in distribution(full)["CacheBehaviors"]} == {"site", "api", GROUP}
    assert {"GET /simple/{proxy+}", "HEAD /simple/{proxy+}"} <= routes(full)


def routes(stack: Stack) -> set[str]:
    return {one["RouteKey"] for one in stack.of("ApiGatewayV2::Route").values()}


def test_every_address_of_the_contract_has_its_route(stack: Stack) -> None:
    assert routes(stack) == ROUTES
    for one in stack.of("ApiGatewayV2::Route").values():
        assert one["ApiId"] == "<HttpApi>"
        assert one["Target"] == "integrations/<HttpIntegration>"


def test_every_first_part_that_functions_answer_leads_to_the_api(stack: Stack) -> None:
    for first in routing.DYNAMIC:
        path = f"/{first}/x" if first in {"api", "_", ".well-known"} else f"/{first}"
        assert behaviour(stack, path)["TargetOriginId"] == "api"


def test_the_api_is_explicit_throttled_and_logged_without_addresses(stack: Stack) -> None:
    assert "Body" not in stack.one("ApiGatewayV2::Api")
    assert stack.one("ApiGatewayV2::Api")["ProtocolType"] == "HTTP"
    integration = stack.one("ApiGatewayV2::Integration")
    assert (integration["IntegrationType"], integration["PayloadFormatVersion"]) == ("AWS_PROXY", "2.0")
    assert integration["IntegrationUri"] == "<ApiFunction.Arn>"
    stage = stack.one("ApiGatewayV2::Stage")
    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] > 0
    assert stage["AccessLogSettings"]["DestinationArn"].endswith(":log-group:<HttpLog>")
    assert "sourceIp" not in stage["AccessLogSettings"]["Format"]
    permission = stack.of("Lambda::Permission")["HttpPermission"]
    assert permission["FunctionName"] == "<ApiFunction.Arn>"
    assert permission["Principal"] == "apigateway.amazonaws.com"
    assert permission["SourceArn"] == f"arn:aws:execute-api:us-east-1:{ACCOUNT}:<HttpApi>/*"


def test_without_a_domain_there_is_neither_certificate_nor_record(stack: Stack) -> None:
    assert not stack.of("CertificateManager::Certificate")
    assert not stack.of("Route53::RecordSet")
    assert "Aliases" not in distribution(stack)
    assert distribution(stack)["ViewerCertificate"] == {"CloudFrontDefaultCertificate": True}


def test_a_domain_with_its_zone_gets_certificate_and_records(full: Stack) -> None:
    certificate = full.one("CertificateManager::Certificate")
    assert (certificate["DomainName"], certificate["ValidationMethod"]) == ("pypi.example.org", "DNS")
    assert certificate["DomainValidationOptions"] == [{"DomainName": "pypi.example.org", "HostedZoneId": "Z0123456789"}]
    assert distribution(full)["Aliases"] == ["pypi.example.org"]
    assert distribution(full)["ViewerCertificate"] == {
        "AcmCertificateArn": "<Certificate>",
        "SslSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
    }
    records = full.of("Route53::RecordSet").values()
    assert {one["Type"] for one in records} == {"A", "AAAA"}
    for one in records:
        assert (one["Name"], one["HostedZoneId"]) == ("pypi.example.org", "Z0123456789")
        assert one["AliasTarget"] == {"DNSName": "<Distribution.DomainName>", "HostedZoneId": "Z2FDTNDATAQYW2"}


def test_a_domain_elsewhere_brings_its_certificate() -> None:
    arn = f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/1234"
    stack = Stack(DomainName="pypi.example.org", CertificateArn=arn)
    assert distribution(stack)["ViewerCertificate"]["AcmCertificateArn"] == arn
    assert distribution(stack)["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert distribution(stack)["Aliases"] == ["pypi.example.org"]
    assert not stack.of("Route53::RecordSet")
    assert not stack.of("CertificateManager::Certificate")


def test_modern_protocols_are_spoken(stack: Stack) -> None:
    assert distribution(stack)["HttpVersion"] == "http2and3"
    assert distribution(stack)["IPV6Enabled"] is True


def column(field: str) -> str:
    """A field of CloudFront's logs as a column: `cs(User-Agent)` is `cs_user_agent`."""
    return re.sub(r"[^a-z]+", "_", field.lower()).strip("_")


def test_requests_are_logged_into_daily_folders(stack: Stack) -> None:
    source = stack.one("Logs::DeliverySource")
    assert source["LogType"] == "ACCESS_LOGS"
    assert source["ResourceArn"] == f"arn:aws:cloudfront::{ACCOUNT}:distribution/<Distribution>"
    destination = stack.one("Logs::DeliveryDestination")
    assert destination["OutputFormat"] == "w3c"
    assert destination["DestinationResourceArn"] == "<LogsBucket.Arn>/cloudfront"
    delivery = stack.one("Logs::Delivery")
    assert delivery["DeliverySourceName"] == source["Name"]
    assert delivery["DeliveryDestinationArn"] == "<AccessLogDestination.Arn>"
    assert delivery["S3EnableHiveCompatiblePath"] is True
    assert delivery["S3SuffixPath"] == "{yyyy}/{MM}/{dd}"
    assert delivery["FieldDelimiter"] == "\t"


def test_the_delivery_waits_for_the_policy_that_lets_it_write(stack: Stack) -> None:
    assert set(stack.resources["AccessLogDelivery"]["DependsOn"]) == {"AccessLogSource", "LogsBucketPolicy"}
    policy = stack.of("S3::BucketPolicy")["LogsBucketPolicy"]
    (allowed,) = [one for one in normalised(policy["PolicyDocument"]) if one["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert (allowed["Action"], allowed["Resource"]) == (["s3:PutObject"], ["<LogsBucket.Arn>/cloudfront/*"])
    assert allowed["Condition"] == {
        "StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:delivery-source:*"},
    }


def test_the_columns_are_the_fields_of_the_log_in_their_order(stack: Stack) -> None:
    fields = stack.one("Logs::Delivery")["RecordFields"]
    table = stack.one("Glue::Table")["TableInput"]
    columns = table["StorageDescriptor"]["Columns"]
    assert [one["Name"] for one in columns] == [column(field) for field in fields]
    assert {one["Type"] for one in columns} == {"string"}
    assert table["StorageDescriptor"]["SerdeInfo"]["Parameters"]["field.delim"] == "\t"
    # What counting downloads needs.
    assert {one["Name"] for one in columns} >= {
        "date",
        "time",
        "timestamp_ms",
        "x_edge_location",
        "c_ip",
        "c_country",
        "cs_method",
        "cs_uri_stem",
        "sc_status",
        "cs_user_agent",
        "x_edge_result_type",
        "x_edge_request_id",
        "sc_range_start",
    }


def test_the_tables_partitions_are_the_folders_of_the_delivery(stack: Stack) -> None:
    table = stack.one("Glue::Table")["TableInput"]
    keys = [one["Name"] for one in table["PartitionKeys"]]
    folders = "/".join(f"{key}=${{{key}}}" for key in keys)
    assert keys == ["year", "month", "day"]
    assert table["Parameters"]["storage.location.template"] == f"s3://<LogsBucket>/cloudfront/{folders}"
    assert table["StorageDescriptor"]["Location"] == "s3://<LogsBucket>/cloudfront/"
    assert table["Parameters"]["projection.enabled"] == "true"
    for key in keys:
        assert table["Parameters"][f"projection.{key}.type"] == "integer"
        assert re.fullmatch(r"\d+,\d+", table["Parameters"][f"projection.{key}.range"])
    # Whoever deploys now has years until he has to deploy newer software.
    first, last = map(int, table["Parameters"]["projection.year.range"].split(","))
    assert first <= datetime.now(UTC).year <= last - 5, "let projection.year.range of AccessLogTable end later"
    # {MM} and {dd} have two digits.
    assert {table["Parameters"][f"projection.{key}.digits"] for key in ("month", "day")} == {"2"}
    assert "skip.header.line.count" not in table["Parameters"]


def test_queries_are_bounded_and_keep_their_results_where_they_expire(stack: Stack) -> None:
    group = stack.one("Athena::WorkGroup")
    assert group["Name"] == STACK
    config = group["WorkGroupConfiguration"]
    assert config["EnforceWorkGroupConfiguration"] is True
    assert 0 < config["BytesScannedCutoffPerQuery"] <= 2**40
    assert config["ResultConfiguration"]["OutputLocation"].startswith("s3://<ResultsBucket>/")
    assert config["ResultConfiguration"]["EncryptionConfiguration"] == {"EncryptionOption": "SSE_S3"}
