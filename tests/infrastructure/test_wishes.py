"""Options, environment, what the stack has, defaults: in this order."""

import pytest
from attrs import fields

from domain.policy import UnknownAllowance
from infrastructure.setting_urls import WrongSetting
from infrastructure.wishes import Wishes, architecture_of, parameters
from tests.infrastructure.stack_template import source

PREVIOUS = {"SiteName": "Old", "Header": "Old"}


def test_what_nobody_says_stays_as_it_is_or_takes_the_template_s_default() -> None:
    assert parameters(Wishes(), PREVIOUS, {}) == {"SiteName": None, "Header": None}
    assert parameters(Wishes(), {}, {}) == {}


def test_options_win_over_the_environment_and_that_over_the_stack() -> None:
    environment = {"SLS_PYPI_NAME": "From here", "SLS_PYPI_HEADER": "Also"}
    chosen = parameters(Wishes(header="Said"), PREVIOUS, environment)
    assert (chosen["SiteName"], chosen["Header"]) == ("From here", "Said")


def test_an_empty_option_takes_back_and_an_empty_variable_is_silence() -> None:
    chosen = parameters(Wishes(header=""), PREVIOUS, {"SLS_PYPI_NAME": ""})
    assert (chosen["SiteName"], chosen["Header"]) == (None, "")


def test_the_login_of_github_is_passed_on() -> None:
    environment = {
        "SLS_PYPI_GITHUB_CLIENT_ID": "id",
        "SLS_PYPI_GITHUB_CLIENT_SECRET": "hush",
        "SLS_PYPI_GITHUB_WEBHOOK_SECRET": "hush too",
    }
    assert parameters(Wishes(), {}, environment) == {
        "GithubClientId": "id",
        "GithubClientSecret": "hush",
        "GithubWebhookSecret": "hush too",
    }


def test_who_says_which_workflow_it_is_is_passed_on() -> None:
    environment = {
        "SLS_PYPI_TRUSTED_PUBLISHING": "off",
        "SLS_PYPI_OIDC_GITHUB_ISSUER": "https://ghe.example/_services/token",
        "SLS_PYPI_OIDC_GITLAB_ISSUER": "https://gitlab.example",
    }
    assert parameters(Wishes(), {}, environment) == {
        "TrustedPublishing": "off",
        "OidcGithubIssuer": "https://ghe.example/_services/token",
        "OidcGitlabIssuer": "https://gitlab.example",
    }


def test_how_builds_are_done_is_passed_on() -> None:
    environment = {"SLS_PYPI_BUILD_SECONDS": "60", "SLS_PYPI_BUILD_INDEX_URL": "https://mirror.example/simple/"}
    wanted = {"BuildSeconds": "60", "BuildIndexUrl": "https://mirror.example/simple/"}
    assert parameters(Wishes(), {}, environment) == wanted


@pytest.mark.parametrize(
    "given", [{"hosted_zone_id": "Z1"}, {"certificate_arn": "arn:aws:acm:us-east-1:1:certificate/x"}]
)
def test_a_domain_needs_a_certificate_or_a_zone_to_make_one(given: dict[str, str]) -> None:
    with pytest.raises(WrongSetting, match="needs a certificate: give --hosted-zone-id"):
        parameters(Wishes(domain="pypi.example.org"), {}, {})
    parameters(Wishes(domain="pypi.example.org", **given), {}, {})


def test_a_zone_that_the_stack_has_is_enough_until_it_is_taken_back() -> None:
    previous = {"DomainName": "pypi.example.org", "HostedZoneId": "Z1", "CertificateArn": ""}
    parameters(Wishes(domain="packages.example.org"), previous, {})
    with pytest.raises(WrongSetting):
        parameters(Wishes(hosted_zone_id=""), previous, {})


def test_the_template_has_every_parameter_that_can_be_set() -> None:
    everything = Wishes(*(["x"] * len(fields(Wishes))))
    environment = {
        f"SLS_PYPI_{name}": "x"
        for name in (
            *("NAME", "MAX_FILE_BYTES", "PACKAGES_A_QUERY", "BUILD_SECONDS", "BUILD_INDEX_URL"),
            *("GITHUB_URL", "GITHUB_API_URL", "GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET", "GITHUB_WEBHOOK_SECRET"),
            *("TRUSTED_PUBLISHING", "OIDC_GITHUB_ISSUER", "OIDC_GITLAB_ISSUER"),
        )
    }
    chosen = {"CodeBucket", "CodeKey", "Architecture", *parameters(everything, {}, environment)}
    assert chosen == set(source()["Parameters"]) - {"PriceClass", "LogRetentionDays", "BuildConcurrency"}


def test_the_processor_stays_what_it_is() -> None:
    assert architecture_of(Wishes(), {}) == "arm64"
    assert architecture_of(Wishes(), {"Architecture": "x86_64"}) == "x86_64"
    assert architecture_of(Wishes(architecture="arm64"), {"Architecture": "x86_64"}) == "arm64"
    with pytest.raises(WrongSetting, match="unknown kind"):
        architecture_of(Wishes(), {"Architecture": "riscv"})


@pytest.mark.parametrize(
    ("wishes", "line"),
    [
        (Wishes(stack="My_Stack"), "cannot name a stack"),
        (Wishes(stack="a" * 43), "cannot name a stack"),
        (Wishes(stack="frob-"), "cannot name a stack"),
        (Wishes(region="eu-west-1"), "A stack is in us-east-1"),
        (Wishes(domain="https://pypi.example.org"), "--domain is"),
        (Wishes(domain="PyPI.example.org"), "in lower case"),
        (Wishes(hosted_zone_id="/hostedzone/Z1"), "--hosted-zone-id is"),
        (Wishes(certificate_arn="arn:aws:acm:eu-west-1:123456789012:certificate/x"), "--certificate-arn is"),
        (Wishes(alarm_email="nobody"), "--alarm-email is"),
        (Wishes(upstream="pypi.org"), "is not a simple index URL"),
        (Wishes(domain="pypi.example.org", upstream="https://pypi.example.org/simple/"), "is this index itself"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_done(wishes: Wishes, line: str) -> None:
    with pytest.raises(WrongSetting, match=line):
        wishes.check()


def test_words_of_the_policy_are_checked() -> None:
    with pytest.raises(UnknownAllowance):
        Wishes(allow="everything").check()
    Wishes(allow="linux-tags, stdlib-names", stack="sls-pypi", domain="pypi.example.org").check()


def test_settings_that_no_function_has_room_for_are_refused_before_anything_is_done() -> None:
    long = "\u4e16" * 500
    assert parameters(Wishes(header=long, footer="x" * 500), {}, {})
    assert parameters(Wishes(), {"CertificateArn": "x" * 4000, "DomainName": "a.example"}, {})

    for wishes, previous in ((Wishes(header=long, footer=long), {}), (Wishes(header=long), {"Footer": long})):
        with pytest.raises(WrongSetting, match=r"take 3000 bytes.*room for 2422: shorten (Header|Footer) \(1500\)"):
            parameters(wishes, previous, {})
