"""An issuer of identity tokens for jobs, as GitHub Actions and GitLab have one."""

import base64
import secrets
import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from infrastructure.github_double.answers import Answer, told

_LASTS = 300  # seconds, as at GitHub
_WORKFLOW = "octocat/frob/.github/workflows/release.yml@refs/tags/v1.0"
_SHA = "0123456789abcdef0123456789abcdef01234567"


class Issuer:
    """Signs what it is told to sign.

    Args:
        url: without a slash at its end; the tokens' `iss`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._turn = 0

    def token(self, **claims: object) -> str:
        """A token of a job on GitHub Actions: that of a release of octocat/frob, where nothing else is said.

        Args:
            claims: instead of those or beside them; None for none.
        """
        usual = {
            "sub": "repo:octocat/frob:ref:refs/tags/v1.0",
            "aud": "sls-pypi",
            "ref": "refs/tags/v1.0",
            "ref_type": "tag",
            "ref_protected": "false",
            "sha": _SHA,
            "repository": "octocat/frob",
            "repository_id": "1296269",
            "repository_owner": "octocat",
            "repository_owner_id": "583231",
            "repository_visibility": "public",
            "actor": "octocat",
            "actor_id": "583231",
            "workflow": "release",
            "workflow_ref": _WORKFLOW,
            "workflow_sha": _SHA,
            "job_workflow_ref": _WORKFLOW,
            "job_workflow_sha": _SHA,
            "event_name": "release",
            "head_ref": "",
            "base_ref": "",
            "run_id": "9000000001",
            "run_number": "7",
            "run_attempt": "1",
            "runner_environment": "github-hosted",
        }
        return self.signed(self._timed(usual | claims))

    def gitlab_token(self, **claims: object) -> str:
        """A token of a job on GitLab, in the same way."""
        usual = {
            "sub": "project_path:octocat/frob:ref_type:tag:ref:v1.0",
            "aud": "sls-pypi",
            "namespace_id": "72",
            "namespace_path": "octocat",
            "project_id": "20",
            "project_path": "octocat/frob",
            "project_visibility": "public",
            "user_id": "1",
            "user_login": "octocat",
            "user_email": "octocat@example.org",
            "user_access_level": "owner",
            "pipeline_id": "574",
            "pipeline_source": "push",
            "job_id": "302",
            "ref": "v1.0",
            "ref_type": "tag",
            "ref_path": "refs/tags/v1.0",
            "ref_protected": "true",
            "sha": _SHA,
            "runner_id": 1,
            "runner_environment": "gitlab-hosted",
            "ci_config_ref_uri": f"{self.url.partition('//')[2]}/octocat/frob//.gitlab-ci.yml@refs/tags/v1.0",
            "ci_config_sha": _SHA,
        }
        return self.signed(self._timed(usual | claims))

    def signed(self, claims: Mapping[str, Any], headers: Mapping[str, Any] | None = None) -> str:
        """Exactly these claims, by today's key; `headers` beside those that are usual."""
        import jwt  # noqa: PLC0415 - the demo does without

        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, self._key, algorithm="RS256", headers={"kid": self._kid, **(headers or {})})

    def rotates(self) -> None:
        """Sign with another key from now on, and know the one before no more."""
        self._turn += 1
        self.__dict__.pop("_key", None)

    def answer(self, path: str) -> Answer | None:
        """What is published about it, at GitHub's and at GitLab's place; None for any other path."""
        match path:
            case "/.well-known/openid-configuration":
                return told(
                    {
                        "issuer": self.url,
                        "jwks_uri": f"{self.url}/.well-known/jwks",
                        "subject_types_supported": ["public", "pairwise"],
                        "response_types_supported": ["id_token"],
                        "claims_supported": ["sub", "aud", "exp", "iat", "iss", "jti", "nbf"],
                        "id_token_signing_alg_values_supported": ["RS256"],
                        "scopes_supported": ["openid"],
                    }
                )
            case "/.well-known/jwks" | "/oauth/discovery/keys":
                numbers = self._key.public_key().public_numbers()
                key = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": self._kid}
                return told({"keys": [{**key, "n": _digits(numbers.n), "e": _digits(numbers.e)}]})
            case _:
                return None

    def _timed(self, claims: Mapping[str, Any]) -> dict[str, Any]:
        now = int(time.time())
        times = {"iss": self.url, "jti": secrets.token_hex(16), "iat": now, "nbf": now - 60, "exp": now + _LASTS}
        return {**times, **claims}

    @property
    def _kid(self) -> str:
        return f"double-{self._turn}"

    @cached_property
    def _key(self) -> Any:  # noqa: ANN401 - its type is that of a library which the demo does without
        from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - as above

        return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _digits(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
