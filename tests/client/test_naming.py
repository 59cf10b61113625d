"""How people name conversations."""

import pytest

from tertulia.client.errors import AmbiguousName, UnknownName
from tertulia.client.models import Conversation, Space
from tertulia.client.naming import ChannelName, PersonName, find_channel, is_same, read_name

MOMENT = "2026-10-08T09:12:00.000Z"


def channel(name: str | None, space_id: str | None, *, archived: bool = False) -> Conversation:
    return Conversation.model_validate(
        {
            "id": f"{space_id}-{name}-{archived}",
            "kind": "channel" if name else "direct",
            "space_id": space_id,
            "name": name,
            "created_at": MOMENT,
            "archived_at": MOMENT if archived else None,
        }
    )


def space(space_id: str, name: str) -> Space:
    return Space.model_validate(
        {
            "id": space_id,
            "name": name,
            "kind": "team",
            "wall": "verde",
            "member_count": 1,
            "created_at": MOMENT,
        }
    )


SPACES = [space("s1", "Taller"), space("s2", "Sol / Luna")]
CHANNELS = [
    channel("general", "s1"),
    channel("general", "s2"),
    channel("Ñandú", "s1"),
    channel("plaza", None),
    channel("viejo", "s1"),
    channel("viejo", "s2", archived=True),
    channel("archivo", "s2", archived=True),
    channel(None, None),
]


def find(text: str) -> str:
    name = read_name(text)
    assert isinstance(name, ChannelName)
    return find_channel(name, CHANNELS, SPACES)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("#general", ChannelName("general")),
        ("general", ChannelName("general")),
        ("Taller/general", ChannelName("general", "Taller")),
        ("Taller/#general", ChannelName("general", "Taller")),
        ("Sol / Luna/general", ChannelName("general", "Sol / Luna")),
        ("@ana", PersonName("ana")),
    ],
)
def test_names_are_read_as_people_type_them(text, name):
    assert read_name(text) == name


@pytest.mark.parametrize("text", ["", "#", "@", "  ", "Taller/", "/"])
def test_nothing_has_an_empty_name(text):
    with pytest.raises(UnknownName):
        read_name(text)


def test_a_name_that_is_unique_among_mine_is_enough():
    assert find("#plaza") == "None-plaza-False"
    assert find("#ñANDÚ") == "s1-Ñandú-False"
    assert find("#n\u0303andú") == "s1-Ñandú-False"


def test_a_space_tells_equal_names_apart():
    assert find("Taller/general") == "s1-general-False"
    assert find("sol / luna/general") == "s2-general-False"


def test_an_ambiguous_name_lists_the_choices():
    with pytest.raises(AmbiguousName) as caught:
        find("#general")
    assert caught.value.choices == ("Sol / Luna/general", "Taller/general")


def test_an_archived_channel_gives_way_to_a_living_one():
    assert find("#viejo") == "s1-viejo-False"
    assert find("#archivo") == "s2-archivo-True"


def test_an_unknown_name_is_said():
    with pytest.raises(UnknownName, match="#nada"):
        find("#nada")
    with pytest.raises(UnknownName, match="Taller/nada"):
        find("Taller/nada")


def test_a_conversation_without_a_name_has_none():
    assert not is_same(None, None)
