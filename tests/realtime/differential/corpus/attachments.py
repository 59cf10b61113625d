"""Socket.IO: binary events and acknowledgements."""

from tests.realtime.differential.steps import (
    ENTER,
    Script,
    Settle,
    Wait,
    binary,
    script,
    send,
    text,
)

END = '42["echo","end"]'
ONE = '{"_placeholder":true,"num":0}'


def placeholders(count: int) -> str:
    return ",".join(f'{{"_placeholder":true,"num":{i}}}' for i in range(count))


HEADS = {
    "one": f'451-["echo",{ONE}]',
    "one with an id": f'451-7["ack",{ONE}]',
    "one, deep inside": f'451-["echo",{{"a":[1,{{"b":{ONE}}}]}}]',
    "one, used twice": f'451-["echo",{ONE},{ONE}]',
    "one, not used": '451-["echo",1]',
    "one, as the name": f"451-[{ONE}]",
    "one, no arguments": '451-["echo"]',
    "one, main namespace by name": f'451-/,["echo",{ONE}]',
    "count with a zero first": f'4501-["echo",{ONE}]',
    "count with an exponent": f'451e0-["echo",{ONE}]',
    "count in hex": f'450x1-["echo",{ONE}]',
    "count with a fraction": f'451.0-["echo",{ONE}]',
    "count with a plus": f'45+1-["echo",{ONE}]',
    "count with white space": f'45 1 -["echo",{ONE}]',
    "count in Arabic digits": f'45١-["echo",{ONE}]',
    "placeholder with more": '451-["echo",{"_placeholder":true,"num":0,"x":1}]',
    "placeholder that is false": '451-["echo",{"_placeholder":false,"num":0}]',
    "placeholder that is 1": '451-["echo",{"_placeholder":1,"num":0}]',
    "placeholder that is a text": '451-["echo",{"_placeholder":"true","num":0}]',
    "num too large": '451-["echo",{"_placeholder":true,"num":1}]',
    "num negative": '451-["echo",{"_placeholder":true,"num":-1}]',
    "num minus zero": '451-["echo",{"_placeholder":true,"num":-0}]',
    "num a whole float": '451-["echo",{"_placeholder":true,"num":0.0}]',
    "num a float": '451-["echo",{"_placeholder":true,"num":0.5}]',
    "num a text": '451-["echo",{"_placeholder":true,"num":"0"}]',
    "num true": '451-["echo",{"_placeholder":true,"num":true}]',
    "num false": '451-["echo",{"_placeholder":true,"num":false}]',
    "num null": '451-["echo",{"_placeholder":true,"num":null}]',
    "num missing": '451-["echo",{"_placeholder":true}]',
    "num __proto__": '451-["echo",{"_placeholder":true,"num":"__proto__"}]',
    "num length": '451-["echo",{"_placeholder":true,"num":"length"}]',
    "num huge": '451-["echo",{"_placeholder":true,"num":1e400}]',
}
"""Announcements of one attachment."""

ALONE = {
    "none": '450-["echo"]',
    "none, with a placeholder": f'450-["echo",{ONE}]',
    "eleven": f'4511-["echo",{placeholders(11)}]',
    "ten digits": f'459999999999-["echo",{ONE}]',
    "hundreds of digits": "45" + "9" * 400 + f'-["echo",{ONE}]',
    "negative": f'45-1-["echo",{ONE}]',
    "fraction": f'451.5-["echo",{ONE}]',
    "no count": f'45-["echo",{ONE}]',
    "no dash": f'451["echo",{ONE}]',
    "only a dash": "45-",
    "nothing": "45",
    "letters": f'45x-["echo",{ONE}]',
    "Infinity": f'45Infinity-["echo",{ONE}]',
    "NaN": f'45NaN-["echo",{ONE}]',
    "broken JSON": '451-["echo"',
    "object": "451-{}",
    "empty array": "451-[]",
    "reserved name": f'451-["connect",{ONE}]',
    "namespace not joined": f'451-/admin,["echo",{ONE}]',
    "acknowledgement of none": "460-0[]",
    "acknowledgement without an array": "461-0{}",
}
"""Announcements that are wrong before any attachment comes."""

SCRIPTS: list[Script] = [
    *(
        script(
            f"attachments: {name}",
            *ENTER,
            send(text(head), binary(b"\x01\x02")),
            Settle(),
            send(END),
            Settle(),
        )
        for name, head in HEADS.items()
    ),
    *(
        script(f"attachments: wrong, {name}", *ENTER, send(head), Settle(), send(END), Settle())
        for name, head in ALONE.items()
    ),
    script(
        "attachments: namespace not joined, with bytes",
        *ENTER,
        send(ALONE["namespace not joined"], b"\x01"),
        Settle(),
    ),
    script(
        "attachments: ten",
        *ENTER,
        send(f'4510-["echo",{placeholders(10)}]', *(bytes([i]) for i in range(10))),
        Wait("45"),
        Settle(),
    ),
    script(
        "attachments: two, in the other order",
        *ENTER,
        send(
            '452-["echo",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]',
            b"\x01",
            b"\x02",
        ),
        Wait("45"),
        Settle(),
    ),
    script(
        "attachments: two, one used",
        *ENTER,
        send('452-["echo",{"_placeholder":true,"num":1}]', b"\x01", b"\x02"),
        Wait("45"),
        Settle(),
    ),
    script("attachments: of nothing", *ENTER, send("451-"), Settle()),
    script("attachments: of an answer without data", *ENTER, send("461-0"), Settle()),
    script("attachments: one too many", *ENTER, send(HEADS["one"], b"\x01", b"\x02"), Settle()),
    script("attachments: none comes", *ENTER, send(HEADS["one"]), Settle()),
    script("attachments: text in place of bytes", *ENTER, send(HEADS["one"], END), Settle()),
    script(
        "attachments: another binary event in place of bytes",
        *ENTER,
        send(HEADS["one"], HEADS["one"], b"\x01"),
        Settle(),
    ),
    script("attachments: disconnect in place of bytes", *ENTER, send(HEADS["one"], "41"), Settle()),
    script(
        "attachments: pong in place of bytes",
        *ENTER,
        send(HEADS["one"], "3", b"\x01"),
        Wait("45"),
        Settle(),
    ),
    script(
        "attachments: noop in place of bytes",
        *ENTER,
        send(HEADS["one"], "6", b"\x01"),
        Wait("45"),
        Settle(),
    ),
    script("attachments: empty bytes", *ENTER, send(HEADS["one"], b""), Wait("45"), Settle()),
    script(
        "attachments: question with bytes",
        *ENTER,
        send(f'451-["ask",{ONE}]', b"\x01"),
        Wait("45"),
        Settle(),
    ),
    script(
        "attachments: answer with bytes",
        *ENTER,
        send('42["ask"]'),
        Wait("42"),
        send(f"461-$ack[{ONE}]", b"\x01"),
        Wait("45"),
        Settle(),
    ),
    script(
        "attachments: answer with bytes to nobody",
        *ENTER,
        send(f"461-99[{ONE}]", b"\x01"),
        Settle(),
        send(END),
        Settle(),
    ),
    script(
        "attachments: answer with bytes, no id",
        *ENTER,
        send(f"461-[{ONE}]", b"\x01"),
        Settle(),
        send(END),
        Settle(),
    ),
    script(
        "attachments: answer that says it has bytes",
        *ENTER,
        send('42["ask"]'),
        Wait("42"),
        send("461-$ack[1]", b"\x01"),
        Settle(),
    ),
    script("attachments: bytes of the server", *ENTER, send('42["bytes"]'), Wait("45"), Settle()),
    script(
        "attachments: acknowledged with bytes", *ENTER, send('425["bytes"]'), Wait("46"), Settle()
    ),
    script(
        "attachments: unknown event",
        *ENTER,
        send(f'451-["unknown",{ONE}]', b"\x01"),
        Wait("45"),
        Settle(),
    ),
    script("attachments: leave behind them", *ENTER, send(HEADS["one"], b"\x01", "41"), Settle()),
]
