"""Where the microseconds of a delivery go: a sampling profile of `tertulia.realtime` while it fans out."""

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tertulia.bench.errors import CannotMeasure, NoResult
from tertulia.bench.measures import Run, Sample
from tertulia.bench.peers import REALTIME, Crowd
from tertulia.bench.serving import Running
from tertulia.bench.workshop import Workshop

SECONDS = 8
RATE = 500
WAIT_SECONDS = 60
CASES = ((1000, 64), (1000, 1), (10, 1))
"""Members and messages in flight: saturated, quiet and large, quiet and small."""

LAYERS = (
    ("kernel: send", ("send (", "sendmsg", "writev", "write (lib", "__send", "__write")),
    ("kernel: receive", ("recv", "read (lib", "__read")),
    ("kernel: wait", ("epoll",)),
    ("application", ("servers/application.py",)),
    ("rooms and flush", ("realtime/rooms", "realtime/fan", "realtime/flush", "realtime/outgoing")),
    ("packets and JSON", ("realtime/packets", "/json/", "_json")),
    ("engine: frames, heartbeats", ("realtime/engine", "uvicorn_driver")),
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
    for members, window in CASES:
        tell(f"\n── {members} members, {window} in flight")
        try:
            tell(_profile(workshop, profiler, members, window))
        except NoResult as failure:
            tell(f"no result: {failure}")


def _profile(workshop: Workshop, profiler: str, members: int, window: int) -> str:
    options = {"window": window, "seconds": SECONDS, "warm_up": 1}
    fan_out = Run("fanout", Crowd(members, members), options, SECONDS)
    folder = workshop.scratch("profile")
    with REALTIME.serving(workshop, folder, fan_out.crowd) as server:
        plain = fan_out.load(workshop, REALTIME, folder, server).run()
        with _sampled(profiler, server, folder / "stacks.txt"):
            fan_out.load(workshop, REALTIME, folder, server).run()
        stacks = (folder / "stacks.txt").read_text("utf-8").splitlines()
        system_calls = _count_system_calls(fan_out, workshop, folder, server)
    return "\n\n".join([_cost(plain), layer_table(by_layer(stacks), plain), system_calls])


@contextmanager
def _sampled(profiler: str, server: Running, stacks: Path) -> Iterator[None]:
    command = [profiler, "record", "--native", "--nonblocking", "--format", "raw"]
    command += ["--rate", str(RATE), "--duration", str(SECONDS)]
    with _beside([*command, "--pid", str(server.pid), "--output", str(stacks)]):
        yield


@contextmanager
def _beside(command: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """A program that runs meanwhile and ends by itself."""
    process = subprocess.Popen(  # noqa: S603 - our own arguments
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
        process.wait(WAIT_SECONDS)
    finally:
        process.kill()
        process.wait()


def _count_system_calls(run: Run, workshop: Workshop, folder: Path, server: Running) -> str:
    """`strace -c` slows everything down, but what is called how often for a message stays."""
    strace = shutil.which("strace")
    if strace is None:
        return "system calls: strace is missing"
    counts = folder / "calls.txt"
    command = [strace, "-c", "-f", "-p", str(server.pid), "-o", str(counts)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        run.load(workshop, REALTIME, folder, server).run()
    finally:
        process.terminate()
        process.wait(WAIT_SECONDS)
    return f"system calls (strace -c):\n{counts.read_text('utf-8').strip()}"


def by_layer(stacks: Iterable[str]) -> Counter[str]:
    """Samples by layer, of lines like `outer (file.py:1);inner (file.py:2) 17`."""
    layers: Counter[str] = Counter()
    for line in stacks:
        stack, _, count = line.rpartition(" ")
        layers[layer_of(stack.split(";"))] += int(count)
    return layers


def layer_of(frames: list[str]) -> str:
    """Of a stack, outermost frame first."""
    for frame in reversed(frames):
        for layer, parts in LAYERS:
            if any(part in frame for part in parts):
                return layer
    return OTHER


def layer_table(layers: Counter[str], sample: Sample) -> str:
    """Shares of the samples, and what they are of the CPU of a delivery."""
    total = layers.total() or 1
    each = 1e9 * sample["server_cpu"] / sample["deliveries"]
    lines = ["| layer | share | ns of a delivery |", "|---|---|---|"]
    for layer, count in layers.most_common():
        share = count / total
        lines.append(f"| {layer} | {100 * share:.1f} % | {each * share:.1f} |")
    return "\n".join(lines)


def _cost(sample: Sample) -> str:
    each = 1e9 / sample["deliveries"]
    kernel, cpu = sample["server_kernel"] * each, sample["server_cpu"] * each
    rate = sample["deliveries"] / sample["seconds"]
    return (
        f"{rate:,.0f} deliveries/s; {cpu:.0f} ns of CPU each, {kernel:.0f} ns of it in the kernel"
    )
