"""What conversations shows at the edge: its calls, its commands, and who hears its events."""

from typing import Any

from tertulia.accounts.contract import UserView
from tertulia.conversations.contract.conversations import ReadMoved, SettingsChanged
from tertulia.conversations.contract.people import PersonChanged
from tertulia.conversations.contract.spaces import SpaceAdded, SpaceChanged, SpaceRemoved
from tertulia.conversations.contract.updates import UPDATES, CatchUp
from tertulia.conversations.routes import ROUTES
from tertulia.conversations.sockets import COMMANDS, REACTIONS
from tertulia.kernel.ids import new_id
from tertulia.kit.edge import Broadcast, Enter, Leave, user_room

ANA = UserView(id=new_id(), username="ana", display_name="Ana", avatar_url=None, kind="person")
SPACE, CONVERSATION, USER = new_id(), new_id(), new_id()

READ = ReadMoved(
    user_id=USER, conversation_id=CONVERSATION, seq=3, head=5, unread_count=2, mention_count=1
)
PUBLIC = {"conversations.set_up", "conversations.register", "conversations.get_invite"}


def reactions(event, kind) -> list[Any]:
    """What the gateway does of one kind on an event of exactly this class."""
    return [each for each in REACTIONS if isinstance(each, kind) and each.on is type(event)]


def heard(event):
    """The broadcasts of an event: name, rooms, payload."""
    return [
        (
            each.name or event.wire_name,
            set(each.rooms(event)),
            each.payload(event) if each.payload else event.model_dump(mode="json"),
        )
        for each in reactions(event, Broadcast)
    ]


def test_every_call_that_needs_sign_in_has_its_command():
    private = {route.request for route in ROUTES if not route.public}
    assert set(COMMANDS) - private == {CatchUp}
    assert private - set(COMMANDS) == set()
    assert {route.request.wire_name for route in ROUTES if route.public} == PUBLIC


def test_no_call_is_declared_twice():
    calls = [(route.method, route.path) for route in ROUTES]
    assert len(set(calls)) == len(calls)
    assert len(set(COMMANDS)) == len(COMMANDS)


def test_a_path_carries_fields_of_its_request():
    for route in ROUTES:
        fields = {part[1:-1] for part in route.path.split("/") if part.startswith("{")}
        assert fields <= set(route.request.model_fields), route.path


def test_the_noun_of_a_body_is_in_the_result():
    for route in ROUTES:
        result = route.request.result_type()
        assert (result is None) == (route.status == 204), route.path
        if route.body is not None:
            assert route.body in vars(result)["__pydantic_fields__"], route.path


def test_every_update_is_broadcast_once_to_its_conversation():
    # A listener hears the subclasses of its event too, so no update is another's subclass.
    for update in UPDATES:
        hearing: list[Any] = [each for each in REACTIONS if issubclass(update, each.on)]
        assert [each for each in hearing if isinstance(each, Broadcast)] == hearing[:1]
        assert hearing[0].rooms(READ) == [f"conversation:{CONVERSATION}"]


def test_what_is_mine_goes_to_my_connections_alone():
    counts = {"seq": 3, "head": 5, "unread_count": 2, "mention_count": 1}
    mine = {user_room(USER)}
    place = {"conversation_id": CONVERSATION}
    assert heard(READ) == [("conversations.read", mine, {**place, **counts})]
    muted = SettingsChanged(user_id=USER, conversation_id=CONVERSATION, muted=True)
    assert heard(muted) == [("conversations.settings_changed", mine, {**place, "muted": True})]


def test_a_changed_space_is_told_to_its_people():
    changed = SpaceChanged(space_id=SPACE, name="Ágora", wall="anil", user_ids=[USER])
    told = {"space_id": SPACE, "name": "Ágora", "wall": "anil"}
    rooms = {f"space:{SPACE}", user_room(USER)}
    assert heard(changed) == [("conversations.space_changed", rooms, told)]


def test_who_comes_into_a_space_hears_it_and_is_told():
    added = SpaceAdded(space_id=SPACE, user_ids=[USER], hear=True)
    (enter,) = reactions(added, Enter)
    (leave,) = reactions(added, Leave)
    assert (enter.people(added), enter.rooms(added)) == ([USER], [f"space:{SPACE}"])
    assert (enter.name, enter.view(added).space_id) == ("conversations.space_added", SPACE)
    assert leave.people(added) == []


def test_who_is_limited_to_own_conversations_is_told_and_does_not_hear_the_space():
    added = SpaceAdded(space_id=SPACE, user_ids=[USER], hear=False)
    (enter,) = reactions(added, Enter)
    (leave,) = reactions(added, Leave)
    assert (enter.people(added), list(enter.rooms(added))) == ([USER], [])
    assert (leave.people(added), leave.rooms(added)) == ([USER], [f"space:{SPACE}"])
    assert leave.name is None


def test_who_is_out_of_a_space_hears_it_no_more():
    removed = SpaceRemoved(space_id=SPACE, user_id=USER)
    (leave,) = reactions(removed, Leave)
    assert (leave.people(removed), leave.rooms(removed)) == ([USER], [f"space:{SPACE}"])
    assert (leave.name, leave.payload(removed)) == (
        "conversations.space_removed",
        {"space_id": SPACE},
    )


def test_another_look_is_told_to_the_spaces_and_to_oneself():
    changed = PersonChanged(user=ANA, space_ids=[SPACE], user_ids=[USER])
    rooms = {f"space:{SPACE}", user_room(USER), user_room(ANA.id)}
    told = {"user": ANA.model_dump(mode="json")}
    assert heard(changed) == [("accounts.user_changed", rooms, told)]
