"""python-socketio on Uvicorn."""

import socketio

from tertulia.bench.servers.application import make_application
from tertulia.bench.servers.serving import serve

if __name__ == "__main__":
    serve(make_application(socketio), ws="websockets-sansio")
