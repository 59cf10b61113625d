"""Writes the generated files, or with `--check` says which of them are not up to date."""

import json
import sys
from pathlib import Path
from typing import Any

from scripts.protocol import asyncapi, bus, examples, reference, typescript
from tertulia import __version__
from tertulia.gateway.http.openapi import openapi
from tertulia.runtime.services import edges

ROOT = Path(__file__).resolve().parents[2]
PROTOCOL = ROOT / "protocol"
TYPES = ROOT / "web" / "src" / "protocol" / "wire.ts"


def generated() -> dict[Path, str]:
    """The text of every generated file."""
    wire = reference.build()
    texts = {
        PROTOCOL / "openapi.json": as_json(openapi(edges(), __version__)),
        PROTOCOL / "asyncapi.json": as_json(asyncapi.document(wire, __version__)),
        PROTOCOL / "bus.json": as_json(bus.document(__version__)),
        TYPES: typescript.types(wire),
    }
    for name, example in examples.files(wire).items():
        texts[PROTOCOL / "examples" / name] = as_json(example)
    return texts


def as_json(value: Any) -> str:
    """JSON as people read it."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def outdated(texts: dict[Path, str]) -> list[Path]:
    """The files that differ from what is generated, are missing, or are no longer generated."""
    changed = [path for path, text in texts.items() if not same(path, text)]
    left_over = [path for path in PROTOCOL.rglob("*.json") if path not in texts]
    return sorted(changed + left_over)


def same(path: Path, text: str) -> bool:
    """Whether the file holds the text."""
    return path.is_file() and path.read_text("utf-8") == text


def write(texts: dict[Path, str]) -> None:
    """Makes the files what is generated."""
    for path in outdated(texts):
        if path not in texts:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], "utf-8")


def main(arguments: list[str]) -> int:
    """Writes, or checks; 1 when something is not up to date."""
    texts = generated()
    if arguments != ["--check"]:
        write(texts)
        return 0
    differing = outdated(texts)
    for path in differing:
        print(f"not up to date: {path.relative_to(ROOT)}; run `make protocol`")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
