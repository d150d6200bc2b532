"""Whatever is sent to the functions: no fault, nothing in the log, one line of reason, nothing changed."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.hostile.api_requests import SURFACES
from tests.hostile.api_target import FILE, Sent, Target, target
from tests.hostile.api_values import bearer, browser

FEW = settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with target(tmp_path_factory.mktemp("hostile")) as opened:
        yield opened


@pytest.mark.parametrize("surface", sorted(SURFACES))
def test_whatever_is_sent_is_answered_as_described(surface: str, attacked: Target) -> None:
    @FEW
    @given(SURFACES[surface](attacked))
    def tried(sent: Sent) -> None:
        attacked.check(sent)

    tried()
    assert sum(attacked.tried.values()) > 30


@pytest.mark.parametrize(
    "sent",
    [
        Sent("GET", b"/api/tokens", ((b"authorization", b"Basic \x80"),), only=(401,)),
        Sent("POST", b"/legacy/", ((b"authorization", b"Basic \xff\xff"),), only=(403,)),
        Sent("GET", b"/api\\", only=(404,)),
        Sent("GET", b"/apis", only=(404,)),
        Sent("POST", b"/login/device/token", (), b'{"device": "\\ud800"}', only=(410,)),
    ],
)
def test_requests_that_once_found_a_fault(sent: Sent, attacked: Target) -> None:
    attacked.check(sent)


@pytest.mark.parametrize("kind", [b"multipart/form-data; boundary=" + b"x" * 300, b"multipart/form-data; boundary=y"])
def test_forms_that_once_found_a_fault(kind: bytes, attacked: Target) -> None:
    fields = (*bearer(attacked), (b"content-type", kind))
    attacked.check(Sent("POST", b"/legacy/", fields, b"--x--\r\n", only=(400,)))


def test_the_identity_token_that_others_are_made_of_is_a_good_one(attacked: Target) -> None:
    body = json.dumps({"token": attacked.issuer.issuer.token()}).encode()
    assert attacked.check(Sent("POST", b"/_/oidc/mint-token", (), body)).status == 200


def test_the_credentials_that_are_tried_are_good_ones(attacked: Target) -> None:
    for who in (bearer(attacked), browser(attacked)):
        assert attacked.check(Sent("GET", b"/api/tokens", who)).status == 200
        assert attacked.check(Sent("DELETE", b"/api/tokens/x", who)).status == 404
    assert attacked.check(Sent("DELETE", b"/api/tokens/x", browser(attacked, b"wrong"))).status == 403
    assert FILE.endswith(".whl")
