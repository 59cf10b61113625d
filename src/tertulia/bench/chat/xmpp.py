"""A person of an XMPP server (RFC 6120, 6121), in a room of many (XEP-0045)."""

import asyncio
import base64
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import cast
from xml.etree.ElementTree import Element, XMLPullParser, tostring
from xml.sax.saxutils import escape, quoteattr

from tertulia.bench.chat.line import Account, Heard

DOMAIN = "localhost"
ROOMS = f"conference.{DOMAIN}"
CLIENT = "{jabber:client}"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
MUC = "http://jabber.org/protocol/muc"
READ_BYTES = 65_536


class XmppLine:
    """A message is acknowledged when the room sends it back to its author (XEP-0045, 7.4)."""

    def __init__(self, port: int, account: Account, heard: Heard) -> None:
        self._port = port
        self._account = account
        self._heard = heard
        self._room = f"{account.room}@{ROOMS}"
        self._seat = f"{self._room}/{account.name}"
        self._sent: dict[str, asyncio.Future[None]] = {}
        self._stanzas = asyncio.Queue[Element]()
        self._take: Callable[[Element], None] = self._stanzas.put_nowait
        self._reading: asyncio.Task[None] | None = None
        self._parser = XMLPullParser()
        self._open: list[Element] = []
        """The elements around what is read: the stream, and what is within a stanza."""
        self._number = 0

    async def open(self) -> None:
        """See `Line.open`."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._reading = asyncio.create_task(self._read())
        await self._stream()
        await self._sign_in()
        await self._stream()
        await self._ask("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>")
        self._write("<presence/>")
        await self._enter()
        self._take = self._hear

    async def register(self) -> None:
        """Make the account (XEP-0077), and go again."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._reading = asyncio.create_task(self._read())
        await self._stream()
        name, secret = escape(self._account.name), escape(self._account.secret)
        await self._ask(
            "<query xmlns='jabber:iq:register'>"
            f"<username>{name}</username><password>{secret}</password></query>"
        )
        await self.close()

    async def say(self, text: str) -> None:
        """See `Line.say`."""
        self._number += 1
        id_ = f"{self._account.name}-{self._number}"
        echoed = self._sent[id_] = asyncio.get_running_loop().create_future()
        self._write(
            f"<message type='groupchat' to={quoteattr(self._room)} id={quoteattr(id_)}>"
            f"<body>{escape(text)}</body></message>"
        )
        await echoed

    async def close(self) -> None:
        """See `Line.close`."""
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await self._reading
        self._writer.close()

    async def _stream(self) -> None:
        self._parser = XMLPullParser(["start", "end"])
        self._open = []
        self._write(
            f"<?xml version='1.0'?><stream:stream to='{DOMAIN}' version='1.0' xmlns='jabber:client'"
            " xmlns:stream='http://etherx.jabber.org/streams'>"
        )
        await self._expect("features")

    async def _sign_in(self) -> None:
        plain = f"\0{self._account.name}\0{self._account.secret}".encode()
        token = base64.b64encode(plain).decode()
        self._write(f"<auth xmlns='{SASL}' mechanism='PLAIN'>{token}</auth>")
        await self._expect("success")

    async def _enter(self) -> None:
        self._write(
            f"<presence to={quoteattr(self._seat)}>"
            f"<x xmlns='{MUC}'><history maxstanzas='0'/></x></presence>"
        )
        while (await self._expect("presence")).get("from") != self._seat:
            pass
        # Whoever is first has made the room, and opens it (XEP-0045, 10.1.2). The others are refused.
        form = f"<query xmlns='{MUC}#owner'><x xmlns='jabber:x:data' type='submit'/></query>"
        with suppress(ConnectionError):
            await self._ask(form, self._room)

    async def _ask(self, content: str, to: str | None = None) -> None:
        self._number += 1
        address = f" to={quoteattr(to)}" if to else ""
        self._write(f"<iq type='set' id='{self._number}'{address}>{content}</iq>")
        while (answer := await self._expect("iq")).get("id") != str(self._number):
            pass
        if answer.get("type") != "result":
            raise ConnectionError(f"refused: {content}")

    async def _expect(self, name: str) -> Element:
        while not (stanza := await self._stanzas.get()).tag.endswith("}" + name):
            if stanza.tag.endswith(("}failure", "}error")):
                raise ConnectionError(f"{tostring(stanza, 'unicode')} instead of {name}")
        return stanza

    def _hear(self, stanza: Element) -> None:
        body = stanza.find(f"{CLIENT}body")
        if stanza.tag != f"{CLIENT}message" or body is None:
            return
        if stanza.get("type") == "error":
            raise ConnectionError("a message was refused")
        self._heard(body.text or "")
        echoed = self._sent.pop(stanza.get("id") or "", None)
        if echoed is not None and stanza.get("from") == self._seat and not echoed.done():
            echoed.set_result(None)

    async def _read(self) -> None:
        while data := await self._reader.read(READ_BYTES):
            parser = self._parser
            parser.feed(data)
            for event, element in cast("Iterable[tuple[str, Element]]", parser.read_events()):
                if event == "start":
                    self._open.append(element)
                    continue
                self._open.pop()
                if len(self._open) == 1:
                    self._open[0].clear()
                    self._take(element)

    def _write(self, text: str) -> None:
        self._writer.write(text.encode())
