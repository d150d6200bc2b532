"""What every Secrets promises."""

import base64
import re

import pytest

from adapters.secrets import SystemSecrets
from domain.ports.secrets import Secrets


@pytest.fixture
def secrets() -> Secrets:
    return SystemSecrets()


def test_a_secret_has_256_bits_and_fits_into_a_url(secrets: Secrets) -> None:
    secret = secrets.secret()

    assert re.fullmatch(r"[A-Za-z0-9_-]+", secret)
    assert len(base64.urlsafe_b64decode(secret + "=")) >= 32


def test_an_identifier_is_short_lower_case_and_fits_into_a_url(secrets: Secrets) -> None:
    assert re.fullmatch(r"[a-z0-9_-]{8,32}", secrets.identifier())


def test_nothing_comes_twice(secrets: Secrets) -> None:
    assert len({secrets.secret() for _ in range(100)}) == 100
    assert len({secrets.identifier() for _ in range(1000)}) == 1000
