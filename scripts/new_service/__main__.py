"""Write an empty service by the tree of ARCHITECTURE.md, and enter it where services are listed.

    make new-service NAME=polls

What it writes passes `make check` and its own tests as it is.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).parent / "templates"
NAME = re.compile(r"[a-z][a-z_]{1,29}")

ENTRIES = (
    ("src/tertulia/runtime/services.py", r"^    Entry\(GATEWAY", '    Entry("{name}"),\n{found}'),
    (".importlinter", r"^    \(search\) \|.*", "{found} | {name}"),
    (".importlinter", r"^    gateway \| accounts \|.*", "{found} | {name}"),
    (".importlinter", r"^    tertulia\.realtime$", "    tertulia.{name}\n{found}"),
    ("tests/architecture/tree.py", r"^SERVICES = \(.*(?=\))", '{found}, "{name}"'),
    (
        "src/tertulia/cli/words/en.py",
        r'^    "service\.gateway"',
        '    "service.{name}": "{name}",\n{found}',
    ),
    (
        "src/tertulia/cli/words/es.py",
        r'^    "service\.gateway"',
        '    "service.{name}": "{name}",\n{found}',
    ),
    (
        "src/tertulia/cli/words/checks.py",
        r'^    "fsck\.accounts\.event_log": "the.*',
        '{found}\n    "fsck.{name}.event_log": "the events of {name} are without gaps",',
    ),
    (
        "src/tertulia/cli/words/checks.py",
        r'^    "fsck\.accounts\.event_log": "en.*',
        '{found}\n    "fsck.{name}.event_log": "en los sucesos de {name} no falta ninguno",',
    ),
)
"""Where services are listed: a line that is found, and what stands there with the new one."""


class CannotMake(Exception):
    """Why there is no such service: the text says what is wrong."""


def main() -> None:
    """Make the service that the command line names."""
    parser = argparse.ArgumentParser(prog="make new-service", description=__doc__)
    parser.add_argument("name", help="a noun in small letters, like polls")
    try:
        made = make(ROOT, parser.parse_args().name)
    except CannotMake as error:
        sys.exit(f"new-service: {error}")
    print("\n".join(str(path.relative_to(ROOT)) for path in made))


def make(root: Path, name: str) -> list[Path]:
    """Write the files of a service, and the lines that enter it; which files. Raises `CannotMake`."""
    if not NAME.fullmatch(name):
        raise CannotMake(f"{name!r} is not a noun in small letters: make new-service NAME=polls")
    if (root / "src" / "tertulia" / name).exists():
        raise CannotMake(f"src/tertulia/{name} is there already")
    texts = _entered(root, name) | dict(_filled(root, name))
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    _sort_imports(root, [path for path in texts if path.suffix == ".py"])
    return sorted(texts)


def _entered(root: Path, name: str) -> dict[Path, str]:
    texts: dict[Path, str] = {}
    for file, line, entered in ENTRIES:
        path = root / file
        text = texts.get(path) or path.read_text("utf-8")
        found = re.search(line, text, re.MULTILINE)
        if found is None:
            raise CannotMake(f"{file} has no line like {line}")
        new = entered.format(found=found[0], name=name)
        texts[path] = text[: found.start()] + new + text[found.end() :]
    return texts


def _filled(root: Path, name: str) -> Iterator[tuple[Path, str]]:
    places = {"service": root / "src" / "tertulia" / name, "tests": root / "tests" / name}
    for template in sorted(TEMPLATES.rglob("*.txt")):
        kind, *rest = template.relative_to(TEMPLATES).with_suffix(".py").parts
        place = places[kind].joinpath(*rest[:-1], rest[-1].replace("NAME", name))
        text = template.read_text("utf-8")
        yield place, Template(text).substitute(name=name, Name=name.capitalize())


def _sort_imports(root: Path, paths: list[Path]) -> None:
    """Their order depends on the name."""
    ruff = [sys.executable, "-m", "ruff", "check", "--quiet", "--fix", "--select", "I"]
    subprocess.run([*ruff, *map(str, paths)], cwd=root, check=True)


if __name__ == "__main__":
    main()
