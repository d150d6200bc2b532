"""The form of the legacy upload protocol."""

import pytest

from domain.artifacts import parse_filename
from domain.digests import Digester
from domain.refusals import Refused
from domain.upload_form import (
    FormDisagrees,
    GoneAction,
    InvalidForm,
    WrongDigest,
    check_action,
    check_agreement,
    check_digests,
    check_fields,
)

WHEEL = parse_filename("sls_demo-1.0-py3-none-any.whl")
FORM = {"name": "sls.Demo", "version": "1.0", "filetype": "bdist_wheel"}


def test_a_form_as_publishers_send_it_passes() -> None:
    form = {":action": "file_upload", "protocol_version": "1", **FORM}
    check_action(form)
    check_fields(form)
    check_agreement(form, WHEEL)


@pytest.mark.parametrize("action", ["submit", "submit_pkg_info", "doc_upload"])
def test_actions_of_old_are_gone(action: str) -> None:
    with pytest.raises(GoneAction):
        check_action({":action": action})


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ({":action": "verify"}, ":action"),
        ({"protocol_version": "2"}, "Unknown protocol version."),
    ],
)
def test_other_actions_and_protocols_are_refused(form: dict[str, str], text: str) -> None:
    with pytest.raises(InvalidForm, match=text):
        check_action(form)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"name": "x!"}, "Name"),
        ({"filetype": "bdist_egg"}, "Use a known file type"),
        ({"sha256_digest": "zz"}, "valid, hex-encoded, SHA256"),
        ({"blake2_256_digest": "0" * 63}, "valid, hex-encoded, BLAKE2"),
    ],
)
def test_fields_have_their_shape(change: dict[str, str], text: str) -> None:
    with pytest.raises(Refused, match=text):
        check_fields({**FORM, **change})


def test_a_version_of_too_many_digits_is_refused() -> None:
    with pytest.raises(InvalidForm, match="is invalid for 'version'"):
        check_agreement({**FORM, "version": "1" * 5000}, WHEEL)


@pytest.mark.parametrize("change", [{"name": "other"}, {"version": "1.1"}, {"filetype": "sdist"}])
def test_the_form_names_the_file(change: dict[str, str]) -> None:
    with pytest.raises(FormDisagrees):
        check_agreement({**FORM, **change}, WHEEL)


def test_an_equal_version_in_another_spelling_agrees() -> None:
    check_agreement({**FORM, "version": "1.0.0"}, WHEEL)


@pytest.mark.parametrize("field", ["sha256_digest", "blake2_256_digest", "md5_digest"])
def test_every_digest_that_was_sent_is_compared(field: str) -> None:
    digester = Digester()
    digester.update(b"content")
    digests = digester.digests()
    right = {
        "sha256_digest": digests.sha256.upper(),
        "blake2_256_digest": digests.blake2b_256,
        "md5_digest": digests.md5,
    }
    check_digests(right, digests)
    with pytest.raises(WrongDigest):
        check_digests({**right, field: "0" * len(right[field])}, digests)
