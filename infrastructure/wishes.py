"""What an operator asks of a deployment, and what that is as parameters of the template."""

import os
import re
from collections.abc import Mapping

from attrs import frozen

from domain.policy import allowances
from infrastructure.cloud import DEFAULT_REGION, MACHINES
from infrastructure.setting_urls import WrongSetting, check_another_index, checked_upstream

DEFAULT_STACK = "sls-pypi"
DEFAULT_ARCHITECTURE = "arm64"

_STACK = re.compile(r"[a-z][a-z0-9-]{0,40}[a-z0-9]")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_ZONE = re.compile(r"Z[A-Z0-9]{1,31}")
_CERTIFICATE = re.compile(r"arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/[A-Za-z0-9-]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
# Settings of a machine that a stack has as well.
_FROM_ENVIRONMENT = {
    "SiteName": "SLS_PYPI_NAME",
    "Header": "SLS_PYPI_HEADER",
    "Footer": "SLS_PYPI_FOOTER",
    "Upstream": "SLS_PYPI_UPSTREAM",
    "Allow": "SLS_PYPI_ALLOW",
    "MaxFileBytes": "SLS_PYPI_MAX_FILE_BYTES",
    "PackagesPerQuery": "SLS_PYPI_PACKAGES_A_QUERY",
    "GithubUrl": "SLS_PYPI_GITHUB_URL",
    "GithubApiUrl": "SLS_PYPI_GITHUB_API_URL",
    "GithubClientId": "SLS_PYPI_GITHUB_CLIENT_ID",
    "GithubClientSecret": "SLS_PYPI_GITHUB_CLIENT_SECRET",
    "TrustedPublishing": "SLS_PYPI_TRUSTED_PUBLISHING",
    "OidcGithubIssuer": "SLS_PYPI_OIDC_GITHUB_ISSUER",
    "OidcGitlabIssuer": "SLS_PYPI_OIDC_GITLAB_ISSUER",
    "GithubWebhookSecret": "SLS_PYPI_GITHUB_WEBHOOK_SECRET",
    "BuildIndexUrl": "SLS_PYPI_BUILD_INDEX_URL",
    "BuildSeconds": "SLS_PYPI_BUILD_SECONDS",
}
_IN_OTHER_PLACES = ("BuildIndexUrl", "HostedZoneId", "CertificateArn", "AlarmEmail")
ENVIRONMENT_BYTES = 4096
"""What Lambda keeps of all variables of a function together, names included."""


@frozen
class Wishes:
    """What options say; None is silence, and an empty text takes a setting back.

    Attributes:
        stack: name of the stack.
        architecture: processors of the functions.
        domain: where the index shall be found.
        hosted_zone_id: the Route 53 zone that gets its records.
        certificate_arn: a certificate of the domain.
        site_name, header, footer: what pages say.
        upstream: another index's simple URL.
        allow: words of the policy.
        alarm_email: who is told of alarms.
    """

    stack: str = DEFAULT_STACK
    region: str = DEFAULT_REGION
    architecture: str | None = None
    domain: str | None = None
    hosted_zone_id: str | None = None
    certificate_arn: str | None = None
    site_name: str | None = None
    header: str | None = None
    footer: str | None = None
    upstream: str | None = None
    allow: str | None = None
    alarm_email: str | None = None

    def check(self) -> None:
        """See whether this can be.

        Raises:
            WrongSetting, UnknownAllowance: it cannot; the text says what to give instead.
        """
        if not _STACK.fullmatch(self.stack):
            raise WrongSetting(
                f"{self.stack!r} cannot name a stack: buckets are called after it, so give 2 to 42 lower-case letters, "
                "digits and hyphens, beginning with a letter"
            )
        if self.region != DEFAULT_REGION:
            raise WrongSetting(
                f"A stack is in {DEFAULT_REGION}, where AWS keeps certificates and logs of CloudFront, and pages are "
                "served everywhere from there: leave --region out"
            )
        for option, value, pattern, example in (
            ("--domain", self.domain, _DOMAIN, "pypi.example.org, in lower case"),
            ("--hosted-zone-id", self.hosted_zone_id, _ZONE, "Z0123456789ABCDEFGHIJ"),
            (
                "--certificate-arn",
                self.certificate_arn,
                _CERTIFICATE,
                f"arn:aws:acm:{DEFAULT_REGION}:...:certificate/...",
            ),
            ("--alarm-email", self.alarm_email, _EMAIL, "operators@example.org"),
        ):
            if value and not pattern.fullmatch(value):
                raise WrongSetting(f"{option} is {value!r}; give one like {example}")
        if self.upstream:
            checked_upstream(self.upstream)
            check_another_index(self.upstream, f"https://{self.domain}")
        allowances(self.allow or "")


def architecture_of(wishes: Wishes, previous: Mapping[str, str]) -> str:
    """What is wished, else what the stack has, else arm64."""
    chosen = wishes.architecture or previous.get("Architecture") or DEFAULT_ARCHITECTURE
    if chosen not in MACHINES:
        raise WrongSetting(f"The stack has processors of an unknown kind, {chosen!r}; give --architecture")
    return chosen


def parameters(
    wishes: Wishes, previous: Mapping[str, str], environment: Mapping[str, str] = os.environ
) -> Mapping[str, str | None]:
    """Parameters for the template: options first, then the environment, then what the stack has (None); else defaults.

    Args:
        wishes: the options.
        previous: the parameters that the stack has, by name.
        environment: `SLS_PYPI_*`.

    Raises:
        WrongSetting: a domain without a certificate, or more than a function's environment takes.
    """
    said = {
        "DomainName": wishes.domain,
        "HostedZoneId": wishes.hosted_zone_id,
        "CertificateArn": wishes.certificate_arn,
        "SiteName": wishes.site_name,
        "Header": wishes.header,
        "Footer": wishes.footer,
        "Upstream": wishes.upstream,
        "Allow": wishes.allow,
        "AlarmEmail": wishes.alarm_email,
    }
    chosen: dict[str, str | None] = dict.fromkeys(previous)
    chosen |= {name: environment[key] for name, key in _FROM_ENVIRONMENT.items() if environment.get(key)}
    chosen |= {name: value for name, value in said.items() if value is not None}
    values = {name: (previous.get(name, "") if value is None else value) for name, value in chosen.items()}
    _check_domain(values)
    _check_room(wishes.stack, {name: value for name, value in values.items() if name in (*said, *_FROM_ENVIRONMENT)})
    return chosen


def own_bytes(stack: str) -> int:
    """What variables take at most of a function's environment beside settings that somebody chose."""
    # Names, queues and defaults; and the stack's name, after which most things are called.
    return 1570 + 13 * len(stack)


def _check_room(stack: str, values: Mapping[str, str]) -> None:
    taken = {n: len(value.encode()) for n, value in values.items() if n not in _IN_OTHER_PLACES}
    room = ENVIRONMENT_BYTES - own_bytes(stack)
    if sum(taken.values()) > room:
        most = sorted(taken, key=lambda name: -taken[name])[:2]
        named = " and ".join(f"{name} ({taken[name]})" for name in most)
        raise WrongSetting(
            f"The settings take {sum(taken.values())} bytes, and a function on AWS has room for {room}: shorten "
            f"{named}; letters beyond ASCII take two to four bytes each"
        )


def _check_domain(values: Mapping[str, str]) -> None:
    domain = values.get("DomainName")
    if domain and not values.get("HostedZoneId") and not values.get("CertificateArn"):
        raise WrongSetting(
            f"{domain} needs a certificate: give --hosted-zone-id if its DNS is in Route 53, and all is made; else "
            f"make one for it in the Certificate Manager of {DEFAULT_REGION} and give --certificate-arn"
        )
