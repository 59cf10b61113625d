"""The table of protocol.md (Spaces: Roles), row by row."""

from itertools import pairwise

import pytest

from tertulia.conversations.rules.permissions import (
    LIMITED,
    Level,
    check_role_of_kind,
    conversation_level,
    default_role,
    is_above,
    space_level,
)
from tertulia.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("level", "roles"),
    [
        (Level.ADMIN, ["owner", "admin", "teacher"]),
        (Level.MODERATOR, ["moderator", "assistant"]),
        (Level.MEMBER, ["member", "agent", "student"]),
        (Level.GUEST, ["guest"]),
        (Level.NOBODY, ["guardian", None]),
    ],
)
def test_each_role_of_a_space_stands_in_its_column(level, roles):
    assert {space_level(role) for role in roles} == {level}


@pytest.mark.parametrize(
    ("space_role", "role", "level"),
    [
        ("member", "owner", Level.ADMIN),
        ("member", "moderator", Level.MODERATOR),
        ("admin", "member", Level.ADMIN),
        ("member", None, Level.MEMBER),
        ("guest", "member", Level.GUEST),
        ("guest", None, Level.GUEST),
        ("guardian", "member", Level.GUEST),
        ("guardian", None, Level.NOBODY),
        (None, None, Level.NOBODY),
    ],
)
def test_the_higher_of_the_two_roles_counts(space_role, role, level):
    assert conversation_level(space_role, role, in_space=True) == level


def test_who_is_in_a_group_is_a_member_of_it():
    assert conversation_level(None, "member", in_space=False) == Level.MEMBER
    assert conversation_level(None, "owner", in_space=False) == Level.ADMIN
    assert conversation_level("admin", None, in_space=False) == Level.NOBODY


@pytest.mark.parametrize(
    ("kind", "ranks"),
    [
        ("team", ["guest", "member", "moderator", "admin", "owner"]),
        ("class", ["guardian", "student", "assistant", "teacher", "owner"]),
        ("support", ["agent", "admin", "owner"]),
    ],
)
def test_each_kind_of_space_has_its_roles_in_their_ranks(kind, ranks):
    for role in ranks:
        check_role_of_kind(kind, role)
    pairs = pairwise(ranks)
    assert all(is_above(higher, lower) and not is_above(lower, higher) for lower, higher in pairs)
    assert default_role(kind) in ranks


def test_a_role_of_another_kind_names_those_there_are():
    with pytest.raises(Invalid) as refused:
        check_role_of_kind("support", "guest")
    assert refused.value.params == {"roles": ["owner", "admin", "agent"]}


def test_guests_and_guardians_are_limited_to_their_own_conversations():
    assert set(LIMITED) == {"guest", "guardian"}
