"""A proxy between a client and a server on this machine that cuts a connection at a chosen moment."""

import socket
import threading
from contextlib import suppress


class TcpProxy:
    """Passes bytes on, until somebody says what the client must not say without being cut off."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._cut: tuple[bytes, bool] | None = None
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_at(self, said: bytes, *, passed_on: bool) -> None:
        """Cut the next connection that says this, before or after the server was told and has answered."""
        self._cut = (said, passed_on)

    def close(self) -> None:
        """Cut all connections and take no more."""
        for each in (self._listening, *self._open):
            _shut(each)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._open += [client, server]
                threading.Thread(target=self._ask, args=(client, server), daemon=True).start()
                threading.Thread(target=_pump, args=(server, client), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while said := client.recv(65536):
                if self._cut is not None and self._cut[0] in said:
                    self._cut_off(client, server, said)
                    return
                server.sendall(said)
        _shut(server)

    def _cut_off(self, client: socket.socket, server: socket.socket, said: bytes) -> None:
        (_, passed_on), self._cut = self._cut or (b"", False), None
        if passed_on:
            client.shutdown(socket.SHUT_RDWR)  # nobody hears the answer
            server.sendall(said)
            server.shutdown(socket.SHUT_WR)  # and the server ends once it has given it
        _shut(client)
        if not passed_on:
            _shut(server)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while said := source.recv(65536):
            sink.sendall(said)
    _shut(source)
    _shut(sink)


def _shut(it: socket.socket) -> None:
    with suppress(OSError):
        it.shutdown(socket.SHUT_RDWR)
    it.close()
