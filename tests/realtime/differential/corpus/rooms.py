"""Socket.IO: several clients and the rooms they are in."""

from tests.realtime.differential.steps import (
    ENTER,
    ENTER_POLLING,
    Connect,
    Cut,
    Poll,
    Script,
    Settle,
    Step,
    Wait,
    closing,
    post,
    script,
    send,
)

ONE = '{"_placeholder":true,"num":0}'
JOIN = '421["join","$room"]'
SHOUT = '42["shout","$room",1]'


def enters(name: str) -> tuple[Step, ...]:
    return (Connect(name=name), send("40", name=name), Wait("40", name))


def joins(name: str) -> tuple[Step, ...]:
    return (*enters(name), send(JOIN, name=name), Wait("431", name))


TWO = (*joins("ana"), *joins("bruno"))

SCRIPTS: list[Script] = [
    script(
        "rooms: everybody hears",
        *TWO,
        send(SHOUT, name="ana"),
        Wait("42", "ana"),
        Wait("42", "bruno"),
    ),
    script(
        "rooms: the others hear",
        *TWO,
        send('422["others","$room",1]', name="ana"),
        Wait("42", "bruno"),
        Settle(),
    ),
    script(
        "rooms: nobody outside hears",
        *TWO,
        *enters("carla"),
        send(SHOUT, name="ana"),
        Wait("42", "bruno"),
        Settle(),
    ),
    script(
        "rooms: who left does not hear",
        *TWO,
        send('422["leave","$room"]', name="bruno"),
        Wait("432", "bruno"),
        send(SHOUT, name="ana"),
        Wait("42", "ana"),
        Settle(),
    ),
    script(
        "rooms: who disconnected does not hear",
        *TWO,
        send("41", name="bruno"),
        Settle(),
        send(SHOUT, name="ana"),
        Wait("42", "ana"),
        Settle(),
    ),
    script(
        "rooms: who came back is in no room",
        *TWO,
        send("41", name="bruno"),
        Settle(),
        send("40", name="bruno"),
        Wait("40", "bruno"),
        Settle(),
        send(SHOUT, name="ana"),
        Wait("42", "ana"),
        Settle(),
    ),
    script(
        "rooms: who closed is gone",
        *TWO,
        send(closing(1000), name="bruno"),
        Settle(),
        send(SHOUT, name="ana"),
        Wait("42", "ana"),
        Settle(),
    ),
    script(
        "rooms: who was cut is gone",
        *TWO,
        Cut("bruno"),
        Settle(),
        send(SHOUT, name="ana"),
        Wait("42", "ana"),
        Settle(),
    ),
    script(
        "rooms: who was kicked is gone",
        *TWO,
        send('42["kick"]', name="bruno"),
        Wait("41", "bruno"),
        send(SHOUT, name="ana"),
        Wait("42", "ana"),
        Settle(),
    ),
    script(
        "rooms: from outside",
        *TWO,
        *enters("carla"),
        send(SHOUT, name="carla"),
        Wait("42", "ana"),
        Wait("42", "bruno"),
        Settle(),
    ),
    script(
        "rooms: joined twice, heard once",
        *joins("ana"),
        send(JOIN, name="ana"),
        Wait("431", "ana"),
        send(SHOUT, name="ana"),
        Wait("42", "ana"),
        Settle(),
    ),
    script(
        "rooms: leave a room never joined",
        *ENTER,
        send('421["leave","$room"]'),
        Wait("431"),
        Settle(),
    ),
    script("rooms: an empty room", *ENTER, send('421["shout","$room",1]'), Wait("431"), Settle()),
    script(
        "rooms: bytes",
        *TWO,
        send(f'451-["shout","$room",{ONE}]', b"\x01\x02", name="ana"),
        Wait("45", "ana"),
        Wait("45", "bruno"),
        Settle(),
    ),
    script(
        "rooms: bytes between texts",
        *TWO,
        send(SHOUT, f'451-["shout","$room",{ONE}]', b"\x01", SHOUT, name="ana"),
        Wait("45", "bruno"),
        Wait("42", "bruno"),
        Settle(),
    ),
    script(
        "rooms: a polling member",
        *ENTER_POLLING,
        post(JOIN),
        Poll("431"),
        *joins("ana"),
        send(SHOUT, name="ana"),
        Poll("42"),
    ),
    script(
        "rooms: bytes to a polling member",
        *ENTER_POLLING,
        post(JOIN),
        Poll("431"),
        *joins("ana"),
        send(f'451-["shout","$room",{ONE}]', b"\x01\x02", name="ana"),
        Poll("b"),
    ),
    script(
        "rooms: in order",
        *TWO,
        send(*(f'42["shout","$room",{i}]' for i in range(60)), name="ana"),
        Wait('42["heard",59]', "bruno"),
        Wait('42["heard",59]', "ana"),
    ),
    script(
        "rooms: of another namespace",
        *joins("ana"),
        send("40/hello,", name="ana"),
        Wait("42/hello", "ana"),
        send('42/hello,1["shout","$room",1]', name="ana"),
        Wait("43/hello,1", "ana"),
        Settle(),
    ),
]
