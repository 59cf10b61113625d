"""The proxy between real sockets: what arrives, what does not, and how it ends."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from tertulia.chaos.faults import BadWeather, Fault, Proxy, Weather
from tertulia.chaos.faults.weather import STORMS

BLACK_HOLE = Weather("black hole", carries=False)
SECONDS = 10


class Echo:
    """A server that says what it hears, and remembers it."""

    def __init__(self) -> None:
        self.heard = bytearray()
        self.news = asyncio.Condition()
        self.gone = asyncio.Event()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while piece := await reader.read(1000):
                async with self.news:
                    self.heard += piece
                    self.news.notify_all()
                writer.write(piece)
                await writer.drain()
        writer.close()
        self.gone.set()


@pytest.fixture
async def echo() -> AsyncIterator[tuple[Echo, Proxy]]:
    echo = Echo()
    server = await asyncio.start_server(echo.answer, "127.0.0.1", 0)
    async with server, Proxy(server.sockets[0].getsockname()[1], seed=1) as proxy:
        yield echo, proxy


async def dial(proxy: Proxy) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", proxy.port)


async def read_to_the_end(reader: asyncio.StreamReader) -> bytes:
    """What came, whether the end was orderly or not."""
    heard = bytearray()
    with suppress(ConnectionError):
        while piece := await reader.read(1000):
            heard += piece
    return bytes(heard)


async def test_in_fair_weather_everything_arrives(echo):
    _, proxy = echo
    reader, writer = await dial(proxy)
    writer.write(b"hola" * 100_000)
    writer.write_eof()
    assert await read_to_the_end(reader) == b"hola" * 100_000
    assert proxy.connections == 1
    writer.close()


@pytest.mark.parametrize(
    "weather", [Weather("dribble", dribbles=True), Weather("delay", longest_delay=0.01)], ids=str
)
async def test_what_is_slow_arrives_whole(echo, weather):
    _, proxy = echo
    async with proxy.under(weather):
        reader, writer = await dial(proxy)
        writer.write(b"una frase entera")
        assert await reader.readexactly(16) == b"una frase entera"
        writer.close()


async def test_nothing_leaves_a_black_hole_until_it_is_over(echo):
    server, proxy = echo
    reader, writer = await dial(proxy)
    async with proxy.under(BLACK_HOLE):
        writer.write(b"hola")
        await writer.drain()
        later, late = await dial(proxy)
        late.write(b"adi\xc3\xb3s")
        await late.drain()
        await asyncio.sleep(0.05)
        assert not server.heard
    assert await reader.readexactly(4) == b"hola"
    assert await later.readexactly(6) == b"adi\xc3\xb3s"
    writer.close()
    late.close()


async def test_who_comes_when_it_refuses_is_reset(echo):
    _, proxy = echo
    async with proxy.under(Weather("refuse", refuses=True)):
        reader, writer = await dial(proxy)
        assert await read_to_the_end(reader) == b""
        writer.close()


async def test_a_dropped_connection_ends_at_both_ends(echo):
    server, proxy = echo
    reader, writer = await dial(proxy)
    writer.write(b"hola")
    await reader.readexactly(4)
    async with proxy.under(Weather("drop", drops=1)):
        writer.write(b"otra vez")
        assert await read_to_the_end(reader) == b""
        await server.gone.wait()
    assert server.heard == b"hola"
    writer.close()


async def test_a_cut_leaves_a_beginning(echo):
    server, proxy = echo
    reader, writer = await dial(proxy)
    async with proxy.under(Weather("cut", cuts=1)):
        writer.write(b"una frase entera")
        await read_to_the_end(reader)
        await server.gone.wait()
    assert b"una frase entera".startswith(server.heard)
    assert len(server.heard) < 16
    writer.close()


async def test_half_open_is_over_for_the_server_alone(echo):
    server, proxy = echo
    reader, writer = await dial(proxy)
    async with proxy.under(Weather("half open", half_opens=1)):
        writer.write(b"hola")
        await server.gone.wait()
    writer.write(b"sigo aqu\xc3\xad")
    await writer.drain()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.05)
    assert not server.heard
    writer.close()


async def test_it_can_be_cut_by_hand(echo):
    server, proxy = echo
    reader, writer = await dial(proxy)
    writer.write(b"hola")
    await reader.readexactly(4)
    proxy.cut()
    assert await read_to_the_end(reader) == b""
    await server.gone.wait()
    writer.close()


async def test_where_nobody_listens_who_comes_is_reset():
    listener = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    listener.close()
    await listener.wait_closed()
    async with Proxy(port) as proxy:
        reader, writer = await dial(proxy)
        assert await read_to_the_end(reader) == b""
        writer.close()


@pytest.mark.parametrize("weather", STORMS, ids=lambda it: it.name)
async def test_bad_weather_is_a_fault_that_passes(echo, weather):
    _, proxy = echo
    fault: Fault = BadWeather(proxy, weather)
    for _ in range(2):
        async with fault:
            assert proxy.weather is weather
        assert proxy.weather.name == "fair"
    assert fault.name == weather.name


def test_a_seed_draws_the_same_ends():
    weather = Weather("mixed", drops=0.2, cuts=0.2, half_opens=0.2)

    def drawn(seed: int) -> list:
        chance = random.Random(seed)
        return [weather.draw_end(chance) for _ in range(200)]

    assert drawn(1) == drawn(1)
    assert set(drawn(1)) == {"drop", "cut", "half_open", None}
