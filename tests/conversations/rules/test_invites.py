from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from tertulia.conversations.contract.errors import InviteEnded
from tertulia.conversations.contract.spaces import SpaceRole
from tertulia.conversations.rules.invites import (
    BACKED,
    InviteState,
    check_stands,
    may_invite,
    roles_to_give,
)

NOW = datetime(2026, 10, 8, tzinfo=UTC)
STANDING = InviteState(
    role="member", uses=0, max_uses=None, expires_at=None, revoked_at=None, author_role="owner"
)


@pytest.mark.parametrize(
    ("own", "gives"),
    [
        ("owner", {*get_args(SpaceRole)}),
        (
            "moderator",
            {"guest", "guardian", "student", "agent", "member", "assistant", "moderator"},
        ),
        ("assistant", {"guest", "guardian", "student", "agent", "member", "assistant"}),
        ("member", set()),
        ("agent", set()),
        ("student", set()),
        ("guest", set()),
        ("guardian", set()),
    ],
)
def test_a_role_gives_those_not_above_it_if_it_invites_at_all(own, gives):
    assert set(roles_to_give(own)) == gives
    assert {role for author, role in BACKED if author == own} == gives


def test_nobody_outside_invites():
    assert not may_invite(None, "guest")


def changed(**fields) -> InviteState:
    return InviteState(**{name: getattr(STANDING, name) for name in InviteState.__slots__} | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"max_uses": 2, "uses": 1},
        {"expires_at": NOW + timedelta(milliseconds=1)},
        {"author_role": "moderator"},
    ],
)
def test_an_invitation_stands(fields):
    check_stands(changed(**fields), NOW)


@pytest.mark.parametrize(
    "fields",
    [
        {"revoked_at": NOW},
        {"max_uses": 2, "uses": 2},
        {"expires_at": NOW},
        {"author_role": None},
        {"author_role": "member"},
        {"author_role": "moderator", "role": "admin"},
    ],
)
def test_an_invitation_has_ended(fields):
    with pytest.raises(InviteEnded):
        check_stands(changed(**fields), NOW)
