"""The form of the legacy upload protocol, as far as it is believed: name, version, kind and digests.

Everything else that publishers send repeats the file's own metadata, each client in its own dialect, so it is read
from the file instead (the texts follow the reference implementation, whose users know them).
"""

import hmac
import re
from collections.abc import Mapping

from packaging.version import Version

from domain import names
from domain.artifacts import Artifact, parse_filename
from domain.digests import Digests
from domain.refusals import Invalid, Refused

_DIGESTS = {
    "sha256_digest": (re.compile(r"[0-9a-fA-F]{64}"), "Use a valid, hex-encoded, SHA256 message digest."),
    "blake2_256_digest": (re.compile(r"[0-9a-fA-F]{64}"), "Use a valid, hex-encoded, BLAKE2 message digest."),
}
FILE_FIELD = "content"
FIELDS = frozenset(
    {
        ":action",
        "protocol_version",
        "name",
        "version",
        "filetype",
        "pyversion",
        "sha256_digest",
        "blake2_256_digest",
        "md5_digest",
    }
)
"""What the rules look at, apart from the file."""
_MD5_HEX = re.compile(r"[0-9a-fA-F]{32}")


class InvalidForm(Invalid):
    """A field of the form is missing or wrong."""


class FormDisagrees(Invalid):
    """The form says something else than the file."""


class WrongDigest(Invalid):
    """The bytes that arrived are not the bytes that were sent."""


class GoneAction(Refused):
    """An action that indexes gave up long ago."""


def check(form: Mapping[str, str], filename: str, digests: Digests) -> Artifact:
    """Every rule about the form of a file that arrived; returns what its name says.

    Raises:
        Invalid: one class for each reason.
    """
    check_fields(form)
    artifact = parse_filename(filename)
    check_agreement(form, artifact)
    check_digests(form, digests)
    return artifact


def check_action(form: Mapping[str, str]) -> None:
    """Only files are uploaded; registering without files and documentation are history."""
    action = form.get(":action", "file_upload")
    if action in ("submit", "submit_pkg_info"):
        raise GoneAction("Project pre-registration is no longer required or supported, upload your files instead.")
    if action == "doc_upload":
        raise GoneAction("Uploading documentation is no longer supported, we recommend using Read the Docs.")
    if action != "file_upload":
        raise InvalidForm("Invalid value for :action. Error: Use 'file_upload'.")
    if form.get("protocol_version", "1") != "1":
        raise InvalidForm("Unknown protocol version.")


def check_fields(form: Mapping[str, str]) -> None:
    """What can be wrong before the file is looked at."""
    if "name" not in form:
        raise InvalidForm("Invalid value for name. Error: This field is required.")
    names.check_valid(form["name"])
    if form.get("filetype") not in ("sdist", "bdist_wheel"):
        raise InvalidForm("Invalid value for filetype. Error: Use a known file type.")
    for field, (pattern, advice) in _DIGESTS.items():
        value = form.get(field, "")
        if value and not pattern.fullmatch(value):
            raise InvalidForm(f"Invalid value for {field}. Error: {advice}")


def check_agreement(form: Mapping[str, str], artifact: Artifact) -> None:
    """The form names the package, version and kind that the filename names."""
    if names.canonical(form["name"]) != artifact.name:
        expected, told = (name.replace("-", "_") for name in (names.canonical(form["name"]), artifact.name))
        raise FormDisagrees(f"Start filename for {form['name']!r} with {expected!r}, not {told!r}.")
    if form.get("filetype") != artifact.kind:
        raise FormDisagrees(
            f"Invalid file extension: {artifact.filename!r} is a {artifact.kind}, not a {form.get('filetype')}."
        )
    if version := form.get("version"):
        try:
            same = Version(version) == artifact.version
        except ValueError:  # InvalidVersion, or a number that is too long to be one
            raise InvalidForm(f"{version[:100]!r} is invalid for 'version'.") from None
        if not same:
            raise FormDisagrees(f"Version in filename should be {version[:100]!r} not '{artifact.version}'.")


def check_digests(form: Mapping[str, str], digests: Digests) -> None:
    """Every digest that was sent is the digest of what arrived."""
    claims = [
        (form.get("sha256_digest", ""), digests.sha256),
        (form.get("blake2_256_digest", ""), digests.blake2b_256),
    ]
    # Some publishers send the MD5 in base64, as old reference documentation says; only hex can be compared.
    if _MD5_HEX.fullmatch(form.get("md5_digest", "")):
        claims.append((form["md5_digest"], digests.md5))
    for claimed, actual in claims:
        if claimed and not hmac.compare_digest(claimed.lower().encode(), actual.encode()):
            raise WrongDigest("The digest supplied does not match a digest calculated from the uploaded file.")
