"""Accounts and their upload tokens."""

from datetime import UTC, datetime

import pytest

from domain.account import (
    InvalidLogin,
    InvalidTokenRequest,
    NoSuchToken,
    UnknownToken,
    authenticate,
    fold,
    github_key,
    is_github_account,
    issue_token,
    local_key,
    register,
    revoke_token,
)
from domain.caller import Caller
from domain.events import SubmitterRegistered, TokenIssued, TokenRevoked
from domain.names import InvalidName

AT = datetime(2026, 11, 24, tzinfo=UTC)
REGISTERED = SubmitterRegistered("alice", AT)
ISSUED = TokenIssued("t1", "digest", "laptop", None, AT)


def test_a_local_account_is_never_a_github_account() -> None:
    assert local_key("Alice") == "local:alice"
    assert not is_github_account(local_key("42"))
    assert is_github_account(github_key(42))


@pytest.mark.parametrize("login", ["", "-a", "a-", "a b", "a/b", "a" * 40, "ä", "a\n"])
def test_what_github_would_not_take_is_no_login(login: str) -> None:
    with pytest.raises(InvalidLogin):
        local_key(login)


def test_registering_again_changes_nothing() -> None:
    assert register(None, "alice", AT) == (REGISTERED,)
    assert register(fold("local:alice", [REGISTERED]), "alice", AT) == ()


def test_a_renamed_account_is_registered_under_its_new_login() -> None:
    account = fold("42", [REGISTERED, SubmitterRegistered("al", AT)])
    assert account is not None
    assert account.login == "al"


def test_a_token_recognises_its_account() -> None:
    account = fold("local:alice", [REGISTERED, ISSUED])
    caller = authenticate(account, "digest")
    assert caller == Caller("local:alice", "alice")
    assert not caller.is_restricted


def test_a_token_for_packages_says_so() -> None:
    (issued,) = issue_token("t1", "digest", "ci", ["Frob.Nicate", "frob_nicate", "b"], AT)
    assert isinstance(issued, TokenIssued)
    assert issued.packages == ("b", "frob-nicate")
    caller = authenticate(fold("local:alice", [REGISTERED, issued]), "digest")
    assert caller.is_restricted
    assert caller.acts_on("frob-nicate")
    assert not caller.acts_on("other")


def test_a_revoked_token_is_unknown() -> None:
    account = fold("local:alice", [REGISTERED, ISSUED, TokenRevoked("t1", AT)])
    with pytest.raises(UnknownToken):
        authenticate(account, "digest")


def test_a_token_is_revoked_once() -> None:
    account = fold("local:alice", [REGISTERED, ISSUED])
    assert revoke_token(account, "t1", AT) == (TokenRevoked("t1", AT),)
    with pytest.raises(NoSuchToken):
        revoke_token(fold("local:alice", [REGISTERED]), "t1", AT)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101])
def test_a_tokens_name_is_one_short_line(name: str) -> None:
    with pytest.raises(InvalidTokenRequest):
        issue_token("t1", "digest", name, None, AT)


def test_a_tokens_packages_are_names() -> None:
    with pytest.raises(InvalidTokenRequest):
        issue_token("t1", "digest", "ci", [], AT)
    with pytest.raises(InvalidName):
        issue_token("t1", "digest", "ci", ["a/b"], AT)
