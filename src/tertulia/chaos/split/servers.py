"""NATS and PostgreSQL of a run, as parts that die, stand still and start again."""

import asyncio
from contextlib import suppress

import psycopg

from tertulia.chaos.live.process import DoesNotStart, Nursery
from tertulia.cluster.nats_server import CannotRun as CannotRunNats
from tertulia.cluster.nats_server import NatsServer
from tertulia.cluster.postgresql import CannotRun as CannotRunPostgresql
from tertulia.cluster.postgresql import Postgresql

Server = NatsServer | Postgresql
CANNOT_RUN = (CannotRunNats, CannotRunPostgresql)
START_TRIES = 50
TRY_SECONDS = 0.1
CONNECT_SECONDS = 5
_TERMINATE = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name LIKE 'tertulia %'
"""


async def start(server: Server, nursery: Nursery) -> None:
    """Start it unless it runs. After a kill the processes it leaves may be in the way for a moment.

    It ends with the nursery at the latest. Raises `DoesNotStart`.
    """
    said = ""
    for _ in range(START_TRIES):
        if server.runs:
            return
        try:
            await asyncio.to_thread(server.start)
        except CANNOT_RUN as error:
            said = str(error)
            await asyncio.sleep(TRY_SECONDS)
        else:
            nursery.adopt(server.pid)
            return
    raise DoesNotStart(said)


def terminate_sessions(server: Postgresql) -> None:
    """End every session of the product, whatever is under way in it, as an operator may."""
    with (
        suppress(psycopg.OperationalError),  # it does not run, so there are none
        psycopg.connect(
            server.url_of("postgres"), autocommit=True, connect_timeout=CONNECT_SECONDS
        ) as connection,
    ):
        connection.execute(_TERMINATE)
