"""Where the microseconds of a delivery and of a connect go: sampling profiles of the engine and the product."""

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tertulia.bench.errors import CannotMeasure, NoResult
from tertulia.bench.load import Load
from tertulia.bench.measures import Run, Sample
from tertulia.bench.peers import REALTIME, Crowd, Peer
from tertulia.bench.product import PRODUCT
from tertulia.bench.serving import Running
from tertulia.bench.workshop import Workshop

SECONDS = 8
RATE = 500
WAIT_SECONDS = 60


@dataclass(frozen=True)
class Case:
    """What is profiled, and what its cost is divided by: a field of the report."""

    name: str
    run: Run
    of: str
    peer: Peer = REALTIME

    def each(self, sample: Sample) -> float:
        """Nanoseconds of the server's CPU for one."""
        return 1e9 * sample["server_cpu"] / sample[self.of]


def _fan_out(members: int, window: int, peer: Peer = REALTIME) -> Case:
    options = {"window": window, "seconds": SECONDS, "warm_up": 1}
    run = Run("fanout", Crowd(members, members), options, SECONDS)
    name = f"{peer.title}: {members:,} members, {window} in flight"
    return Case(name, run, "deliveries", peer)


def _small_rooms(rooms: int) -> Case:
    options = {"window": 1, "seconds": SECONDS, "warm_up": 1}
    run = Run("fanout", Crowd(rooms * 5, 5), options, SECONDS)
    return Case(f"{REALTIME.title}: {rooms:,} rooms of 5, 1 in flight in each", run, "deliveries")


def _durable(window: int) -> Case:
    options = {"window": window, "seconds": SECONDS, "warm_up": 1}
    run = Run("durable", Crowd(20, 10), options, SECONDS)
    return Case(f"{PRODUCT.title}: 20 senders, {window} in flight", run, "messages", PRODUCT)


def _connecting(clients: int, peer: Peer = REALTIME) -> Case:
    run = Run("connect", Crowd(clients, clients, 3), {"concurrent": 64}, SECONDS)
    return Case(f"{peer.title}: connecting", run, "connections", peer)


CASES = (
    _fan_out(1000, 64),
    _fan_out(1000, 1),
    _fan_out(10, 1),
    _small_rooms(200),
    _connecting(5000),
    _fan_out(1000, 64, PRODUCT),
    _durable(256),
    _connecting(1000, PRODUCT),
)

WAITING = "kernel: wait"


def _engine(*names: str) -> tuple[str, ...]:
    return tuple(f"realtime/engine/{name}." for name in names)


def _services(*names: str) -> tuple[str, ...]:
    return tuple(f"tertulia/{name}/" for name in names)


LAYERS = (
    ("kernel: send", ("send (", "sendmsg", "writev", "write (lib", "__send", "__write")),
    ("kernel: receive", ("recv", "read (lib", "__read")),
    (WAITING, ("epoll",)),
    ("application", ("servers/application.py",)),
    ("product: gateway", ("tertulia/gateway",)),
    ("product: services", _services("accounts", "conversations", "presence", "personal")),
    ("product: kit, database", ("tertulia/kit", "sqlalchemy", "sqlite")),
    ("validation", ("pydantic",)),
    ("rooms and flush", ("realtime/rooms", *_engine("rings", "outgoing", "volatile", "stream"))),
    ("packets and JSON", ("realtime/packets", *_engine("packets"), "/json/", "_json")),
    ("frames", _engine("frames", "websocket")),
    ("handshake", ("realtime/uvicorn_", *_engine("handshake", "admission"), "uvicorn/")),
    ("engine: sessions, heartbeats", ("realtime/engine",)),
    ("server: events, handlers", ("realtime/",)),
    ("event loop", ("uvloop", "asyncio", "uv_", "uv__")),
)
"""A stack belongs to the layer of its innermost frame that any of these parts names."""

OTHER = "other"


def run(folder: Path, tell: Callable[[str], None]) -> None:
    """Profile each case, and tell a table by layer. Raises `CannotMeasure`."""
    workshop = Workshop(folder.absolute())
    profiler = shutil.which("py-spy") or shutil.which("py-spy", path=Path(sys.executable).parent)
    if profiler is None:
        raise CannotMeasure("library", "py-spy is missing", name="py-spy")
    workshop.build_generator()
    for case in CASES:
        tell(f"\n── {case.name}")
        try:
            tell(_profile(workshop, profiler, case))
        except NoResult as failure:
            tell(f"no result: {failure}")


def _profile(workshop: Workshop, profiler: str, case: Case) -> str:
    folder = workshop.scratch("profile")
    with case.peer.serving(workshop, folder, case.run.crowd) as server:
        load = case.run.load(workshop, case.peer, folder, server)
        plain = load.run()
        with _sampled(profiler, server, folder / "stacks.txt"):
            load.run()
        stacks = (folder / "stacks.txt").read_text("utf-8").splitlines()
        system_calls = _count_system_calls(load, server, folder / "calls.txt")
    layers = layer_table(by_layer(stacks), case.each(plain))
    return "\n\n".join([_cost(case, plain), layers, line_table(stacks), system_calls])


@contextmanager
def _sampled(profiler: str, server: Running, stacks: Path) -> Iterator[None]:
    command = [profiler, "record", "--native", "--format", "raw"]
    command += ["--rate", str(RATE), "--duration", str(SECONDS)]
    command += ["--pid", str(server.pid), "--output", str(stacks)]
    process = subprocess.Popen(  # noqa: S603 - our own arguments
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        yield
        _, said = process.communicate(timeout=WAIT_SECONDS)
    finally:
        process.kill()
        process.wait()
    if not stacks.exists():
        raise NoResult(f"py-spy: {said.strip()}")


def _count_system_calls(load: Load, server: Running, counts: Path) -> str:
    """`strace -c` slows everything down, but what is called how often for a message stays."""
    strace = shutil.which("strace")
    if strace is None:
        return "system calls: strace is missing"
    command = [strace, "-c", "-f", "-p", str(server.pid), "-o", str(counts)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 - our own arguments
    try:
        load.run()
    finally:
        process.terminate()
        process.wait(WAIT_SECONDS)
    return f"system calls (strace -c):\n{counts.read_text('utf-8').strip()}"


def by_layer(stacks: Iterable[str]) -> Counter[str]:
    """Samples by layer."""
    layers: Counter[str] = Counter()
    for stack, count in _samples(stacks):
        layers[layer_of(stack)] += count
    return layers


def layer_of(frames: list[str]) -> str:
    """Of a stack, outermost frame first."""
    for frame in reversed(frames):
        for layer, parts in LAYERS:
            if any(part in frame for part in parts):
                return layer
    return OTHER


def layer_table(layers: Counter[str], each: float) -> str:
    """Shares of the samples, and what they are of the cost of one. Waiting costs nothing."""
    total = (layers.total() - layers[WAITING]) or 1
    lines = ["| layer | share | ns |", "|---|---|---|"]
    for layer, count in layers.most_common():
        share = count / total
        if layer != WAITING:
            lines.append(f"| {layer} | {100 * share:.1f} % | {each * share:.1f} |")
    return "\n".join(lines)


def line_table(stacks: Iterable[str], most: int = 12) -> str:
    """The lines of Python in which most samples were, what they call in C included."""
    lines: Counter[str] = Counter()
    for stack, count in _samples(stacks):
        if layer_of(stack) != WAITING:
            lines[next((frame for frame in reversed(stack) if ".py:" in frame), OTHER)] += count
    total = lines.total() or 1
    rows = (f"| {line} | {100 * n / total:.1f} % |" for line, n in lines.most_common(most))
    return "\n".join(["| line | share |", "|---|---|", *rows])


def _samples(stacks: Iterable[str]) -> Iterator[tuple[list[str], int]]:
    """Frames, outermost first, and how often, of lines like `outer (file.py:1);inner (file.py:2) 17`."""
    for line in stacks:
        stack, _, count = line.rpartition(" ")
        yield stack.split(";"), int(count)


def _cost(case: Case, sample: Sample) -> str:
    rate = sample[case.of] / sample["seconds"]
    kernel = sample["server_kernel"] / (sample["server_cpu"] or 1)
    return (
        f"{rate:,.0f} {case.of}/s; {case.each(sample):,.0f} ns of CPU each,"
        f" {100 * kernel:.0f} % of it in the kernel"
    )
