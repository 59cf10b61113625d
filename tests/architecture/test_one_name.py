"""One name, everywhere: class, handler, wire, SDK and TypeScript call a thing the same."""

import ast
import dataclasses
import re
from importlib import import_module
from typing import Any

import pytest

from scripts.protocol import catalogue
from tertulia.client import namespaces
from tertulia.conversations.contract.updates import UPDATES
from tertulia.kernel.messages import Command, Query, Request, snake
from tests.architecture.tree import ROOT, SERVICES, SOURCE, functions, modules

TYPES = (ROOT / "web" / "src" / "protocol" / "wire.ts").read_text("utf-8")

# What clients that exist rely on: a name that is missing here is new, one too many was renamed.
WIRE = {
    "accounts": "list_sessions revoke_session get_profile update_profile",
    "conversations": """
        get_user find_users
        list_spaces create_space get_space update_space
        list_space_members set_space_member remove_space_member
        list_invites create_invite accept_invite delete_invite
        list_conversations list_space_conversations create_conversation get_conversation
        update_conversation archive_conversation
        list_members join leave add_member remove_member mark_read update_settings
        post_message list_messages list_updates get_message edit_message delete_message
        list_revisions add_reaction remove_reaction pin_message unpin_message list_pins list_thread
        catch_up
    """,
    "presence": "watch set_typing",
    "personal": """
        save_draft get_draft list_drafts save_message unsave_message list_saved list_saved_ids
    """,
}
EVENTS = """
    conversations.message_posted conversations.message_edited conversations.message_deleted
    conversations.reaction_added conversations.reaction_removed
    conversations.message_pinned conversations.message_unpinned
    conversations.member_joined conversations.member_left conversations.member_changed
    conversations.conversation_changed
    conversations.added conversations.removed conversations.read conversations.settings_changed
    conversations.space_added conversations.space_removed conversations.space_changed
    accounts.user_changed presence.changed presence.typing personal.draft_changed
    personal.message_saved personal.message_unsaved
"""
COMMANDS = catalogue.commands()


def named(command: type[Any]) -> str:
    return command.wire_name


def served(service: str) -> set[str]:
    """The names of the requests that a service's wiring serves."""
    tree = ast.parse((SOURCE / service / "wiring.py").read_text("utf-8"))
    contracts = {
        name
        for module in catalogue.contract_modules(service)
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Request) and value.owner == service
    }
    words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    words |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return contracts & words


def handlers(service: str) -> set[str]:
    """The functions of a service's handlers."""
    room = SOURCE / service / "handlers"
    files = modules(room) if room.is_dir() else [room.with_suffix(".py")]
    return {function.name for path in files for function in functions(path)}


def test_the_commands_are_those_that_clients_rely_on():
    wire = {f"{service}.{name}" for service, names in WIRE.items() for name in names.split()}
    assert {named(command) for command in COMMANDS} == wire


def test_the_events_are_those_that_clients_rely_on():
    assert set(catalogue.socket_events()) == set(EVENTS.split())


@pytest.mark.parametrize("command", COMMANDS, ids=named)
def test_the_wire_name_is_that_of_the_class_and_its_service(command):
    service = command.__module__.split(".")[1]
    assert command.wire_name == f"{service}.{snake(command.__name__)}"
    assert command in import_module(f"tertulia.{service}.sockets").COMMANDS


@pytest.mark.parametrize("service", SERVICES)
def test_a_handler_has_the_name_of_its_request(service):
    assert {snake(name) for name in served(service)} - handlers(service) == set()


@pytest.mark.parametrize("service", SERVICES)
def test_every_command_is_served(service):
    mine = {command.__name__ for command in COMMANDS if command.owner == service}
    assert mine - served(service) == set()


@pytest.mark.parametrize("command", COMMANDS, ids=named)
@pytest.mark.parametrize("prefix", ["", "Sync"])
def test_the_sdk_has_it_under_its_name_with_its_fields(prefix, command):
    service, name = command.wire_name.split(".")
    methods = vars(getattr(namespaces, prefix + service.title()))
    asked = methods[name].build
    assert asked.__name__ == command.__name__
    assert asked.command == command.wire_name
    assert {field.name for field in dataclasses.fields(asked)} == set(command.model_fields)


@pytest.mark.parametrize("command", COMMANDS, ids=named)
def test_typescript_has_it_under_its_name(command):
    assert re.search(rf"^export (?:interface|type) {command.__name__}\b", TYPES, re.MULTILINE)
    assert f"'{command.wire_name}'" in TYPES


@pytest.mark.parametrize("update", UPDATES, ids=named)
def test_an_update_has_the_name_of_its_event(update):
    assert update.wire_name == f"conversations.{snake(update.__name__)}"
    assert f"type: '{snake(update.__name__)}'" in TYPES


@pytest.mark.parametrize("command", COMMANDS, ids=named)
def test_a_query_says_so(command):
    looks = command.__name__.startswith(("Get", "List", "Find", "CatchUp"))
    assert issubclass(command, Query if looks else Command)


def test_every_call_behind_sign_in_has_its_command():
    behind = {route.request for route in catalogue.routes() if not route.public}
    assert behind - set(COMMANDS) == set()


def test_what_is_the_whole_body_has_a_noun_on_the_socket():
    for route in catalogue.routes():
        result = route.request.result_type()
        if route.public or result is None or route.body is None:
            continue
        assert route.body in result.model_fields


def test_no_command_answers_a_thing_without_its_noun():
    """`{"message": {…}}`, never the message itself: there would be no room to add beside it."""
    bare = [
        command.wire_name
        for command in COMMANDS
        if "id" in getattr(command.result_type(), "model_fields", {})
    ]
    assert not bare
