"""What is particular to many processes: instances, deadlines, topics, and a server that fails."""

import asyncio
import subprocess

import pytest

from tertulia.cluster.nats_server import Certificate, NatsServer
from tertulia.kernel.errors import (
    AppError,
    DeadlinePassed,
    Internal,
    TooLarge,
    Unavailable,
)
from tertulia.kernel.limits import Limits
from tertulia.kit.bus.nats import Credentials, NatsBus, NatsLine
from tests.kit.bus.conftest import PATIENCE, Ears, processes_on, until
from tests.kit.bus.contract import ANA, Broken, Lamp, Light, Note, Told, ToldIn

pytestmark = pytest.mark.split


async def lit(_request, _actor):
    return Lamp(lit=True)


async def test_of_two_instances_each_request_is_carried_out_by_one(processes):
    carried_out = [0, 0]

    def instance(number):
        async def light(_request, _actor):
            carried_out[number] += 1
            return Lamp(lit=True)

        return light

    for number in range(2):
        owner = await processes.bus()
        owner.serve(Light, instance(number))
        await owner.start()
    asks = await processes.bus()
    await asks.start()
    await asyncio.gather(*(asks.ask(Light(name="hall")) for _ in range(100)))
    assert sum(carried_out) == 100
    assert all(carried_out)


async def test_the_order_of_a_connection_holds_with_two_instances(processes):
    begun = []

    async def note(request, _actor):
        begun.append((request.conversation_id, request.n))
        await asyncio.sleep(0.001 * (request.n % 3))
        if request.n % 10 == 0:
            raise Broken
        return Lamp(lit=True)

    for _ in range(2):
        owner = await processes.bus()
        owner.serve(Note, note)
        await owner.start()
    asks = await processes.bus()
    places = ["plaza", "taller", "plaza", None, "taller"]
    sent = [(places[n % len(places)], n) for n in range(200)]
    calls = [asks.ask(Note(conversation_id=place, n=n), ANA) for place, n in sent]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [isinstance(it, Broken) for it in answers] == [n % 10 == 0 for n in range(200)]
    for place in ["plaza", "taller"]:
        # What concerns the whole connection keeps its place among those of each conversation.
        of_place = [it for it in begun if it[0] in {place, None}]
        assert of_place == [it for it in sent if it[0] in {place, None}]


async def test_who_gave_up_before_it_was_sent_is_left_out(processes):
    begun, go_on = [], asyncio.Event()

    async def note(request, _actor):
        begun.append(request.n)
        await go_on.wait()
        return Lamp(lit=True)

    owner, asks = await processes.bus(), await processes.bus()
    owner.serve(Note, note)
    await owner.start()
    first, second, third = (asyncio.create_task(asks.ask(Note(n=n), ANA)) for n in range(3))
    await until(lambda: begun == [0])
    second.cancel()
    go_on.set()
    await asyncio.gather(first, third)
    assert begun == [0, 2]


async def test_what_takes_too_long_is_given_up_by_both(processes):
    given_up = asyncio.Event()

    async def light(_request, _actor):
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    owner, asks = await processes.bus(), await processes.bus(Limits(deadline_seconds=0.05))
    owner.serve(Light, light)
    await owner.start()
    with pytest.raises(DeadlinePassed):
        await asks.ask(Light(name="hall"))
    async with asyncio.timeout(10):
        await given_up.wait()


async def test_a_defect_of_the_owner_is_told_as_one(processes, caplog):
    async def light(_request, _actor):
        raise ZeroDivisionError

    owner, asks = await processes.bus(), await processes.bus()
    owner.serve(Light, light)
    await owner.start()
    with pytest.raises(Internal):
        await asks.ask(Light(name="hall"))
    assert "request_failed" in caplog.text


async def test_what_is_asked_here_does_not_leave_the_process(processes):
    bus = await processes.bus()
    other = await processes.bus()

    async def other_answers(_request, _actor):
        return Lamp(lit=False)

    bus.serve(Light, lit)
    other.serve(Light, other_answers)
    await bus.start()
    await other.start()
    answers = await asyncio.gather(*(bus.ask(Light(name="hall")) for _ in range(20)))
    assert all(it.lit for it in answers)


async def test_only_followed_topics_are_heard_by_those_who_say_so(processes):
    says, hears = await processes.bus(), await processes.bus()
    ears = Ears()
    hears.listen(ToldIn, ears, followed=True)
    await hears.start()
    await hears.follow(["plaza", "taller"])
    await says.publish(ToldIn(place="elsewhere", words="unheard"))
    await says.publish(ToldIn(place="taller", words="first"))
    await ears.hear(1)
    hears.unfollow(["taller"])
    await hears.follow(["patio"])  # the server has read what was said to it before
    await says.publish(ToldIn(place="taller", words="unheard"))
    await says.publish(ToldIn(place="plaza", words="second"))
    assert [it.words for it in await ears.hear(2)] == ["first", "second"]


async def test_a_topic_is_a_word(processes):
    bus = await processes.bus()
    for topic in ["a.b", "*", ">", "", "two words"]:
        with pytest.raises(ValueError, match="topic"):
            await bus.follow([topic])


async def test_every_process_that_listens_hears(processes):
    says = await processes.bus()
    all_ears = []
    for _ in range(3):
        bus = await processes.bus()
        all_ears.append(Ears())
        bus.listen(Told, all_ears[-1])
        await bus.start()
    await says.publish(Told(words="hola"))
    for ears in all_ears:
        assert [it.words for it in await ears.hear(1)] == ["hola"]


async def test_what_keeps_to_no_contract_is_refused_and_not_heard(processes, caplog):
    bus = await processes.bus()
    ears = Ears()
    bus.serve(Light, lit)
    bus.listen(Told, ears)
    await bus.start()
    line = processes.lines[0]
    subject = "tertulia.ask.kit.light"
    for said in [b"", b"{", b'{"id":"x","deadline_ms":1000,"actor":{"id":"","kind":"king"}}']:
        assert b'"invalid"' in await line.call(subject, said, seconds=5)
    line.send("tertulia.event.kit.told._", b'{"loud":true}')
    line.send("tertulia.event.kit.told._", b'{"words":"hola"}')
    assert [it.words for it in await ears.hear(1)] == ["hola"]
    assert "event_not_understood" in caplog.text


async def test_an_error_of_a_service_in_another_language_keeps_its_code(processes):
    bus = await processes.bus()
    answer = b'{"ok":false,"error":{"code":"weather.no_such_place","status":404,"detail":"Where?"}}'

    async def refuse(said):
        processes.lines[0].send(said.reply, answer)

    await processes.lines[0].subscribe("tertulia.ask.kit.light", refuse)
    with pytest.raises(AppError, match=r"Where\?") as raised:
        await bus.ask(Light(name="hall"))
    assert (raised.value.code, raised.value.status) == ("weather.no_such_place", 404)


async def test_what_is_too_large_is_refused_on_both_ways(processes):
    async def find(request, _actor):
        return Lamp.model_construct(lit="x" * int(request.name))

    owner, asks = await processes.bus(), await processes.bus()
    owner.serve(Light, find)
    await owner.start()
    with pytest.raises(TooLarge):
        await asks.ask(Light(name="x" * 9_000_000))
    with pytest.warns(UserWarning, match="xxx"), pytest.raises(TooLarge):
        await asks.ask(Light(name="9000000"))


async def test_who_stops_answers_what_was_asked_and_no_more(processes):
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def light(request, _actor):
        if request.name == "hall":
            asked.set()
            await go_on.wait()
        return Lamp(lit=True)

    owner, asks = await processes.bus(), await processes.bus()
    owner.serve(Light, light)
    await owner.start()
    asking = asyncio.create_task(asks.ask(Light(name="hall")))
    await asked.wait()
    stopping = asyncio.create_task(owner.stop())
    async with asyncio.timeout(PATIENCE):
        while not await _is_unavailable(asks):
            assert not stopping.done()
    go_on.set()
    await stopping
    assert (await asking).lit


async def test_all_is_as_before_when_the_server_has_been_started_again(own_nats_server):
    async with processes_on(own_nats_server.url) as processes:
        owner, asks = await processes.bus(), await processes.bus()
        ears = Ears()
        owner.serve(Light, lit)
        asks.listen(ToldIn, ears, followed=True)
        await owner.start()
        await asks.start()
        await asks.follow(["plaza"])
        own_nats_server.kill()
        await processes.away()
        with pytest.raises(Unavailable) as raised:
            await asks.ask(Light(name="hall"))
        assert raised.value.retry_after
        with pytest.raises(Unavailable):
            await asks.follow(["taller"])
        own_nats_server.start()
        await processes.connected()
        assert (await asks.ask(Light(name="hall"))).lit
        for place in "plaza", "taller":
            await owner.publish(ToldIn(place=place, words="hola"))
        assert {it.place for it in await ears.hear(2)} == {"plaza", "taller"}


async def test_a_server_that_stands_still_is_given_up_and_found_again(own_nats_server, monkeypatch):
    monkeypatch.setattr("tertulia.kit.bus.nats.connection.PULSE_PATIENCE", 0.5)
    async with processes_on(own_nats_server.url) as processes:
        owner, asks = await processes.bus(), await processes.bus()
        owner.serve(Light, lit)
        await owner.start()
        own_nats_server.pause()
        with pytest.raises(Unavailable):
            await asks.ask(Light(name="hall"))
        own_nats_server.go_on()
        await processes.connected()
        assert (await asks.ask(Light(name="hall"))).lit


async def test_a_connection_that_fails_in_an_unknown_way_is_made_again(nats_server, monkeypatch):
    """As under uvloop, where nats-py meets a `RuntimeError` when it writes to a transport that is closed."""

    async def flush(_seconds):
        raise RuntimeError("the handler is closed")

    line = NatsLine(nats_server.url)
    await line.start()
    try:
        broken = line._connection
        assert broken is not None
        monkeypatch.setattr(broken.client, "flush", flush)
        broken._woken.set()
        await until(lambda: line.connected and line._connection is not broken)
    finally:
        await line.stop()


async def test_a_process_may_start_before_the_server(own_nats_server, monkeypatch):
    monkeypatch.setattr("tertulia.kit.bus.nats.line.START_SECONDS", 0.05)
    own_nats_server.stop()
    async with processes_on(own_nats_server.url) as processes:
        owner, asks = await processes.bus(), await processes.bus()
        owner.serve(Light, lit)
        await owner.start()
        own_nats_server.start()
        await processes.connected()
        assert (await asks.ask(Light(name="hall"))).lit


async def test_who_is_not_signed_in_says_and_hears_nothing(nats_server, monkeypatch, caplog):
    monkeypatch.setattr("tertulia.kit.bus.nats.line.START_SECONDS", 0.1)
    address = f"nats://127.0.0.1:{nats_server.port}"
    for credentials in [None, Credentials(user="tertulia", password="a guess")]:
        line = NatsLine(address, credentials)
        await line.start()
        assert not line.connected
        await line.stop()
    assert "bus_unreachable" in caplog.text
    assert "a guess" not in caplog.text


async def test_who_is_signed_in_says_nothing_outside_of_the_product(processes, caplog):
    await processes.bus()
    [line] = processes.lines
    heard = Ears()
    await line.subscribe("other.>", heard)
    line.send("other.thing", b"{}")
    await until(lambda: "ermissions" in caplog.text)
    assert heard.heard == []


async def test_the_line_is_encrypted_with_a_certificate_that_is_known(tmp_path):
    certificate = _certificate(tmp_path)
    server = NatsServer(tmp_path / "nats", certificate=certificate)
    server.start()
    try:
        line = NatsLine(server.url, Credentials(ca=certificate.cert))
        await line.start()
        bus = NatsBus(line)
        with pytest.raises(Unavailable, match="Nobody"):
            await bus.ask(Light(name="hall"))
        await line.stop()
    finally:
        server.stop()


async def _is_unavailable(asks: NatsBus) -> bool:
    try:
        await asks.ask(Light(name="later"))
    except Unavailable:
        return True
    return False


def _certificate(folder) -> Certificate:
    made = Certificate(folder / "cert.pem", folder / "key.pem")
    key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    name = ["-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(made.key), "-out", str(made.cert)]
    command = ["openssl", "req", "-x509", *key.split(), *name, *files]
    subprocess.run(command, check=True, capture_output=True)
    return made
