"""One of several processes of python-socketio: they share a port, and tell each other by Redis."""

import sys

import socketio

from tertulia.bench.servers.application import make_application
from tertulia.bench.servers.serving import serve

if __name__ == "__main__":
    shared_port, redis_port = sys.argv[2:]
    redis = socketio.AsyncRedisManager(f"redis://127.0.0.1:{redis_port}/0")
    serve(
        make_application(socketio, client_manager=redis),
        ws="websockets-sansio",
        shared_port=int(shared_port),
    )
