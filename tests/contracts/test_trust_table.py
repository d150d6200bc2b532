"""What every TrustTable promises."""

from functools import partial

import pytest

from domain.identity_claims import Kind
from domain.ports.trust_table import TrustTable
from tests.together import together


def test_accounts_are_found_by_project(trust_table: TrustTable) -> None:
    for account in ("local:bob", "583231", "local:bob", "1"):
        trust_table.note(Kind.GITHUB, "octo-org/frob", account)

    assert list(trust_table.accounts(Kind.GITHUB, "octo-org/frob")) == ["1", "583231", "local:bob"]


def test_the_case_of_letters_makes_no_difference(trust_table: TrustTable) -> None:
    trust_table.note(Kind.GITLAB, "Group/Sub/Frob", "1")

    assert list(trust_table.accounts(Kind.GITLAB, "gROUP/sub/frob")) == ["1"]


@pytest.mark.parametrize("project", ["octo/fro", "octo/frob2", "octo", "octo/frob/x", "octo/frob#1"])
def test_others_are_trusted_by_nobody(trust_table: TrustTable, project: str) -> None:
    trust_table.note(Kind.GITHUB, "octo/frob", "1")

    assert list(trust_table.accounts(Kind.GITHUB, project)) == []
    assert list(trust_table.accounts(Kind.GITLAB, "octo/frob")) == []


@pytest.mark.concurrent
def test_all_may_note_at_the_same_time(trust_table: TrustTable) -> None:
    accounts = [f"local:{number:02}" for number in range(16)]
    notes = [partial(trust_table.note, Kind.GITHUB, "octo/frob", account) for account in accounts]

    assert together([*notes, *notes]) == [None] * 32

    assert list(trust_table.accounts(Kind.GITHUB, "octo/frob")) == accounts
