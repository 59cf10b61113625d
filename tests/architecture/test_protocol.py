"""The committed reference is what the contracts say, and is valid by the standards it names."""

import dataclasses
import json
import re
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from scripts.protocol import catalogue
from scripts.protocol.__main__ import PROTOCOL, generated, outdated
from tertulia.client import namespaces
from tests.architecture.tree import ROOT, shown

SPECS = ROOT / "web" / "node_modules" / "@asyncapi" / "specs" / "schemas"
COMMANDS = {command.wire_name: command for command in catalogue.commands()}


@cache
def committed(name: str) -> dict[str, Any]:
    return json.loads((PROTOCOL / name).read_text("utf-8"))


def example(name: str) -> dict[str, Any]:
    return committed(f"examples/{name}.json")


def validator(name: str, schema: dict[str, Any]) -> Draft202012Validator:
    """Of a schema that refers to the components of a document."""
    return Draft202012Validator({**schema, "components": committed(name)["components"]})


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set[str]()
        return own.union(*map(references, value.values()))
    return set[str]().union(*map(references, value)) if isinstance(value, list) else set()


def found(document: dict[str, Any], reference: str) -> bool:
    place: Any = document
    for part in reference.removeprefix("#/").split("/"):
        place = place.get(part.replace("~1", "/"), {})
    return bool(place)


def test_what_is_committed_is_what_is_generated():
    assert [shown(path) for path in outdated(generated())] == []


def test_asyncapi_is_valid():
    document = committed("asyncapi.json")
    schema = json.loads((SPECS / f"{document['asyncapi']}.json").read_text("utf-8"))
    assert [error.message for error in Draft7Validator(schema).iter_errors(document)] == []


@pytest.mark.parametrize("name", ["asyncapi.json", "openapi.json"])
def test_references_lead_somewhere(name):
    document = committed(name)
    assert [it for it in sorted(references(document)) if not found(document, it)] == []


def test_every_operation_of_openapi_has_a_name_of_its_own_and_declares_its_path():
    names: list[str] = []
    for path, operations in committed("openapi.json")["paths"].items():
        for operation in operations.values():
            names.append(operation["operationId"])
            declared = {it["name"] for it in operation.get("parameters", ()) if it["in"] == "path"}
            assert declared == set(re.findall(r"{(\w+)}", path))
    assert len(names) == len(set(names))


def test_every_message_of_asyncapi_holds_its_examples():
    for message in committed("asyncapi.json")["components"]["messages"].values():
        check = validator("asyncapi.json", message["payload"])
        for sample in message["examples"]:
            assert [error.message for error in check.iter_errors(sample["payload"])] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_server_accepts_the_example(name):
    _, params = example(name)["emit"]
    COMMANDS[name].model_validate(params)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_sdk_sends_and_reads_the_example(name):
    _, params = example(name)["emit"]
    service, method = name.split(".")
    asked = vars(getattr(namespaces, service.title()))[method].build
    known = {field.name for field in dataclasses.fields(asked)}
    assert set(params) <= known
    asked(**params).read_answer(example(name)["ack"]["result"])
