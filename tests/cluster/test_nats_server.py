"""The NATS server that a deployment of one machine starts."""

import os
import stat

import pytest

from tertulia.cluster import nats_server
from tertulia.cluster.nats_server import CannotRun, NatsServer
from tertulia.kit.bus.nats import NatsLine

pytestmark = pytest.mark.split


async def test_it_has_the_same_address_and_password_after_a_restart(own_nats_server):
    url, pid = own_nats_server.url, own_nats_server.pid
    own_nats_server.stop()
    with pytest.raises(CannotRun):
        _ = own_nats_server.pid
    again = NatsServer(own_nats_server.folder, own_nats_server.port)
    again.start()
    try:
        assert again.url == url
        assert again.pid != pid
        line = NatsLine(url)
        await line.start()
        assert line.connected
        assert line.most_bytes == nats_server.MOST_BYTES
        await line.stop()
    finally:
        again.kill()


def test_nobody_else_reads_its_password(own_nats_server):
    for file in own_nats_server.folder.iterdir():
        if own_nats_server.url.split(":")[2].split("@")[0] in file.read_text("utf-8"):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_it_ends_also_when_it_stands_still(tmp_path):
    server = NatsServer(tmp_path)
    server.start()
    pid = server.pid
    server.pause()
    server.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_port_that_is_taken_is_named(own_nats_server, tmp_path):
    other = NatsServer(tmp_path, own_nats_server.port)
    with pytest.raises(CannotRun, match="address already in use"):
        other.start()


def test_what_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(nats_server.sysconfig, "get_path", lambda _: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CannotRun, match="tertulia\\[cluster\\]"):
        NatsServer(tmp_path / "nats").start()
