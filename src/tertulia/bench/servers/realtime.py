"""`tertulia.realtime` on its fast driver: the application of `stock.py` with one import changed."""

from tertulia import realtime as socketio
from tertulia.bench.servers.application import make_application
from tertulia.bench.servers.serving import serve

if __name__ == "__main__":
    serve(
        make_application(socketio),
        ws="tertulia.realtime.uvicorn_driver:WebSocketProtocol",
        http="tertulia.realtime.uvicorn_http:HttpProtocol",
    )
