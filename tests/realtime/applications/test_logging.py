"""Options that show from outside only in the log, or not at all."""

import logging


def documented(socketio):
    """Every option of the documentation at its default."""
    sio = socketio.AsyncServer(
        async_mode="asgi",
        logger=False,
        engineio_logger=False,
        json=None,
        async_handlers=True,
        always_connect=False,
        namespaces=None,
        ping_interval=25,
        ping_timeout=20,
        max_http_buffer_size=1_000_000,
        allow_upgrades=True,
        http_compression=True,
        compression_threshold=1024,
        cookie=None,
        cors_allowed_origins=None,
        cors_credentials=True,
        monitor_clients=True,
        transports=["polling", "websocket"],
    )

    @sio.event
    async def ping(sid):
        return "pong"

    return socketio.ASGIApp(sio)


async def test_every_documented_option_is_taken(serve):
    assert await (await serve(documented).connect()).call("ping") == "pong"


def talkative(socketio):
    """A logger of the application's own, for both layers."""
    logger = logging.getLogger("talkative")
    sio = socketio.AsyncServer(async_mode="asgi", logger=logger, engineio_logger=logger)

    @sio.event
    async def fail(sid):
        raise LookupError("on purpose")

    @sio.event
    async def ping(sid):
        return "pong"

    return socketio.ASGIApp(sio)


async def test_what_goes_wrong_is_told_to_the_logger_that_is_given(serve, caplog):
    client = await serve(talkative).connect()
    await client.emit("fail")
    assert await client.call("ping") == "pong"
    assert any(record.name == "talkative" for record in caplog.records)
    caplog.clear()
