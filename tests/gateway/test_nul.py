"""U+0000 is refused in every field, before a database that cannot hold it is asked."""

import pytest

from tertulia.conversations.contract.invites import AcceptInvite
from tertulia.conversations.contract.people import FindUsers
from tertulia.gateway.validation import validated
from tertulia.kernel.errors import Invalid
from tertulia.kernel.ids import new_id
from tertulia.kernel.limits import Limits


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        (FindUsers, {"query": "an\0a"}, "query"),
        (AcceptInvite, {"code": "\0", "space_id": new_id()}, "code"),
        (AcceptInvite, {"code": ["a", {"b": "\0"}]}, "code"),
    ],
)
def test_it_is_refused_by_the_name_of_its_field(kind, fields, wrong):
    with pytest.raises(Invalid) as refused:
        validated(kind, fields, Limits())
    assert [(it.field, it.code) for it in refused.value.errors] == [(wrong, "control_character")]


def test_who_writes_about_it_is_heard():
    assert validated(FindUsers, {"query": r"\u0000"}, Limits()).query == r"\u0000"
