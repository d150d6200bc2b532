"""How pip is asked for what a build needs: from one index, as wheels, so that nothing of theirs runs."""

import importlib.util
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

# How to reach the outside is the operator's matter; whatever else pip would read in the environment is not.
_PASSED_ON = ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy", "SSL_CERT_FILE")
_CERTIFICATES = ("PIP_CERT", "REQUESTS_CA_BUNDLE")


def pip_folder() -> Path:
    """Where pip lies."""
    spec = importlib.util.find_spec("pip")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("Builds need pip: install it beside sls-pypi.")
    return Path(spec.submodule_search_locations[0])


def arguments(requirements: Sequence[str], target: str) -> list[str]:
    """For pip: bring these into the folder `target`."""
    options = ["install", "--target", target, "--only-binary", ":all:", "--no-cache-dir", "--no-input", "--no-compile"]
    return [*options, "--progress-bar", "off", "--no-warn-script-location", "--", *requirements]


def environment(index_url: str, surroundings: Mapping[str, str]) -> dict[str, str]:
    """For pip: the index by its URL, which may have a password and so is no argument."""
    kept = {name: surroundings[name] for name in _PASSED_ON if name in surroundings}
    certificates = next((surroundings[name] for name in _CERTIFICATES if surroundings.get(name)), None)
    pip = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": index_url,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }
    return kept | pip | ({"PIP_CERT": certificates} if certificates else {})


def secrets(index_url: str) -> dict[str, str]:
    """What of the URL nobody may read, and what is shown instead. A user alone is a token."""
    parts = urlsplit(index_url)
    secret = parts.password or parts.username
    return {text: "****" for text in (secret, unquote(secret)) if text} if secret else {}
