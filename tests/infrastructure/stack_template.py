"""The template as CloudFormation sees it: transformed, its conditions decided, its references replaced by names."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "infrastructure" / "template.yaml"

STACK, ACCOUNT, REGION = "frob", "123456789012", "us-east-1"
PSEUDO = {
    "AWS::StackName": STACK,
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}
GIVEN = {"CodeBucket": "code", "CodeKey": "bundle.zip"}

Json = Any
_NOTHING = object()
_OF_VALUES: Mapping[str, Callable[[list[Json]], Json]] = {
    "Fn::And": all,
    "Fn::Equals": lambda values: values[0] == values[1],
    "Fn::Join": lambda values: values[0].join(values[1]),
    "Fn::Not": lambda values: not values[0],
    "Fn::Or": any,
}


def source() -> dict[str, Json]:
    """The template as it is written, intrinsic functions in their long form."""
    return dict(yaml_parse(TEMPLATE.read_text()))


def transformed() -> dict[str, Json]:
    """The template without SAM's own types. Needs no account and no network."""
    with patch.dict("os.environ", {"AWS_DEFAULT_REGION": REGION}):
        translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION))
        return dict(translator.translate(source(), {}))


@cache
def _transformed() -> str:
    return json.dumps(transformed())


class Stack:
    """A stack made with these parameters.

    References are strings: ``<Logical>`` for Ref and ``<Logical.Attribute>`` for GetAtt, also within Sub.
    """

    def __init__(self, **parameters: str) -> None:
        template = json.loads(_transformed())
        declared = {name: str(one.get("Default", "")) for name, one in template["Parameters"].items()}
        self._values: Mapping[str, str] = PSEUDO | declared | GIVEN | parameters
        self._conditions: Mapping[str, Json] = template["Conditions"]
        self.resources: Mapping[str, Json] = {
            name: self._resolved(resource)
            for name, resource in template["Resources"].items()
            if "Condition" not in resource or self._holds(resource["Condition"])
        }
        self.outputs: Mapping[str, str] = {
            name: self._resolved(output["Value"]) for name, output in template["Outputs"].items()
        }

    def of(self, kind: str) -> dict[str, Json]:
        """The resources of one type, as their properties by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == f"AWS::{kind}"
        }

    def one(self, kind: str) -> Json:
        """The properties of the only resource of its type."""
        (properties,) = self.of(kind).values()
        return properties

    def _holds(self, name: str) -> bool:
        return bool(self._resolved(self._conditions[name]))

    def _resolved(self, value: Json) -> Json:
        if isinstance(value, list):
            return [one for one in map(self._resolved, value) if one is not _NOTHING]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref" or name.startswith("Fn::") or (name == "Condition" and isinstance(argument, str)):
                return self._called(name, argument)
        pairs = ((key, self._resolved(one)) for key, one in value.items())
        return {key: one for key, one in pairs if one is not _NOTHING}

    def _called(self, function: str, argument: Json) -> Json:
        match function, argument:
            case "Ref", name:
                return _NOTHING if name == "AWS::NoValue" else self._values.get(name, f"<{name}>")
            case "Condition", name:
                return self._holds(name)
            case "Fn::If", [condition, yes, no]:
                return self._resolved(yes if self._holds(condition) else no)
            case "Fn::GetAtt", _:
                return f"<{argument if isinstance(argument, str) else '.'.join(argument)}>"
            case "Fn::Sub", str(text):
                return re.sub(r"\$\{(!?)([^}]+)}", self._substituted, text)
            case _:
                return _OF_VALUES[function](self._resolved(argument))

    def _substituted(self, match: re.Match[str]) -> str:
        literal, name = match.groups()
        return f"${{{name}}}" if literal else self._values.get(name, f"<{name}>")


def statements(role: Json) -> Iterator[Json]:
    """What a role's own policies say; actions and resources as lists."""
    for policy in role["Policies"]:
        yield from normalised(policy["PolicyDocument"])


def normalised(document: Json) -> Iterator[Json]:
    """The statements of a policy; actions and resources as lists."""
    for statement in document["Statement"]:
        yield statement | {key: _listed(statement[key]) for key in ("Action", "Resource") if key in statement}


def _listed(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list) else [value]


if __name__ == "__main__":
    json.dump(transformed(), sys.stdout, indent=1)
