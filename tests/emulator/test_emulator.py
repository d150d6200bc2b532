"""The emulator does what AWS does where a deployed index relies on it, and where MiniStack alone does not."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.emulator.environment import NoInterpreterError, edge_prepared
from tests.emulator.ministack import MiniStack

pytestmark = pytest.mark.emulator

TEMPLATE = Path(__file__).with_name("template.yaml")
DEADLINE = 60


@pytest.fixture(scope="module")
def domain(ministack: MiniStack) -> str:
    """The domain of a deployed distribution."""
    try:
        edge_prepared()
    except NoInterpreterError as error:
        pytest.skip(str(error))
    formation = ministack.client("cloudformation")
    formation.create_stack(
        StackName="emulator", TemplateBody=TEMPLATE.read_text(), Capabilities=["CAPABILITY_IAM"], OnFailure="DO_NOTHING"
    )
    deadline = time.monotonic() + DEADLINE
    stack = formation.describe_stacks(StackName="emulator")["Stacks"][0]
    while stack["StackStatus"].endswith("_IN_PROGRESS") and time.monotonic() < deadline:
        time.sleep(0.1)
        stack = formation.describe_stacks(StackName="emulator")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack
    s3 = ministack.client("s3")
    s3.put_object(Bucket="listed", Key="simple/own/index.html", Body=b"own", ContentType="text/html")
    s3.put_object(Bucket="unlisted", Key="unlisted/own", Body=b"own")
    return str(stack["Outputs"][0]["OutputValue"])


@pytest.fixture(scope="module")
def site(ministack: MiniStack, domain: str) -> Iterator[httpx2.Client]:
    """A client of that distribution."""
    with ministack.in_front_of(domain) as url, httpx2.Client(base_url=url, trust_env=False, timeout=60) as client:
        yield client


def test_a_missing_object_is_404_where_the_distribution_may_list_and_403_elsewhere(site: httpx2.Client) -> None:
    assert site.get("/missing").status_code == 404
    assert site.head("/missing").status_code == 404
    assert site.get("/unlisted/own").text == "own"
    assert site.get("/unlisted/missing").status_code == 403


def test_the_first_origin_of_a_group_answers_what_it_has(site: httpx2.Client) -> None:
    answer = site.get("/simple/own/")

    assert answer.status_code == 200
    assert answer.text == "own"
    assert answer.headers["content-type"] == "text/html"


def test_the_second_origin_of_a_group_is_sent_the_rewritten_request(site: httpx2.Client) -> None:
    answer = site.get("/simple/other/")

    assert answer.status_code == 200
    assert answer.json()["path"] == "/simple/other/index.html"


def test_a_function_at_the_edge_sees_a_query_as_it_was_sent(site: httpx2.Client) -> None:
    assert site.get("/simple/own/?said=a+b%2Bc").text == "a+b%2Bc"


def test_an_api_receives_paths_queries_and_bodies_as_they_were_sent(site: httpx2.Client) -> None:
    content = bytes(range(256)) * 4096
    answer = site.post("/api/files/a%20b+c?x=1&y=%2F", content=content)

    assert answer.json() == {
        "method": "POST",
        "path": "/api/files/a b+c",
        "query": "x=1&y=%2F",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    assert site.post("/api/bytes", content=content).content == content


def test_functions_run_on_the_runtime_of_the_template(site: httpx2.Client) -> None:
    assert site.get("/api/anything").headers["x-python"] == "3.13"


def test_a_body_without_a_declared_length_arrives_whole(site: httpx2.Client) -> None:
    answer = site.post("/api/parts", content=iter([b"one", b"two"]))

    assert answer.json()["size"] == 6


def test_logins_belong_to_the_distribution(site: httpx2.Client) -> None:
    assert site.post("/login", data={"username": "x"}).json()["path"] == "/login"
    assert site.get("/logout").json()["path"] == "/logout"


def test_a_redirect_to_the_distribution_leads_to_the_port_in_front_of_it(site: httpx2.Client, domain: str) -> None:
    answer = site.get("/api/away", headers={"X-Domain": domain})

    assert answer.status_code == 303
    assert answer.headers["location"] == str(site.base_url.copy_with(path="/api/here"))
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
