"""Bytes of HTTP/1.1 and of WebSocket (RFC 6455) from a client's side, right and wrong on demand."""

import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA

PATH = "/socket.io/"


def frame(
    payload: bytes | str,
    opcode: int | None = None,
    *,
    fin: bool = True,
    reserved: int = 0,
    mask: bytes | None = b"\0\0\0\0",
    length_bytes: int | None = None,
) -> bytes:
    """A frame; text for `str` and binary for `bytes` unless said otherwise.

    `length_bytes` (0, 2 or 8) writes the length longer than need be; `mask=None` leaves it unmasked.
    The mask of zeros is a mask like any other, and leaves the payload readable.
    """
    if opcode is None:
        opcode = TEXT if isinstance(payload, str) else BINARY
    body = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else payload
    head = bytes([(fin << 7) | (reserved << 4) | opcode])
    return head + _length(len(body), mask is not None, length_bytes) + _masked(body, mask)


def _length(size: int, masked: bool, length_bytes: int | None) -> bytes:
    flag = masked << 7
    if length_bytes is None:
        length_bytes = 0 if size < 126 else 2 if size < 65_536 else 8
    if length_bytes == 0:
        return bytes([flag | size])
    if length_bytes == 2:
        return struct.pack("!BH", flag | 126, size)
    return struct.pack("!BQ", flag | 127, size)


def _masked(body: bytes, mask: bytes | None) -> bytes:
    if mask is None:
        return body
    size = len(body)
    key = (mask * (size // 4 + 1))[:size]
    return mask + (int.from_bytes(body, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


def sent_frames(data: bytes) -> list[tuple[int, bytes]]:
    """The opcodes and payloads of what a server wrote, as far as it is whole."""
    return cut_frames(data)[0]


def cut_frames(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The opcodes and payloads of the whole frames, and the bytes after them."""
    frames: list[tuple[int, bytes]] = []
    while len(data) >= 2:
        start = 2 + {126: 2, 127: 8}.get(data[1], 0)
        end = start + (int.from_bytes(data[2:start], "big") if start > 2 else data[1])
        if end > len(data) or start > len(data):
            break
        frames.append((data[0] & 15, data[start:end]))
        data = data[end:]
    return frames, data


def query(transport: str, sid: str | None = None, **more: str) -> str:
    """The query of an Engine.IO request."""
    fields = {"EIO": "4", "transport": transport, **({"sid": sid} if sid else {}), **more}
    return "&".join(f"{name}={value}" for name, value in fields.items())


def request(method: str, target: str, body: bytes = b"", /, **headers: str) -> bytes:
    """An HTTP request; a header's name is written with underscores."""
    fields = {"Host": "localhost", **headers}
    if method == "POST" and "Transfer_Encoding" not in fields:
        fields.setdefault("Content_Length", str(len(body)))
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    head = "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""])
    return head.encode("latin-1") + body


def get(sid: str | None = None, path: str = PATH, **headers: str) -> bytes:
    """A poll."""
    return request("GET", f"{path}?{query('polling', sid)}", **headers)


def post(body: bytes | str, sid: str | None = None, path: str = PATH, **headers: str) -> bytes:
    """Packets in the body of a POST."""
    content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    headers = {"Content_Type": "text/plain;charset=UTF-8", **headers}
    return request("POST", f"{path}?{query('polling', sid)}", content, **headers)


def upgrade(sid: str | None = None, path: str = PATH, **headers: str) -> bytes:
    """The request that opens a WebSocket, for a connection of its own or for one that polls."""
    fields = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec_WebSocket_Version": "13",
        **headers,
    }
    return request("GET", f"{path}?{query('websocket', sid)}", **fields)
