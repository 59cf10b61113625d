"""Servers that start at once: forked from a process that has imported the product and done nothing else.

`python -m tertulia.chaos.live.nursery [MUTANT]` reads orders, one JSON object a line, with the `arguments` of
`tertulia`, the `environment` to add and the `log` to write to. It answers each with the process id. What runs
from there on is the command itself. An order may instead name a process to `adopt`, such as a database that
somebody else started. When its standard input ends, all of them end, with those that they started.
"""

import json
import os
import runpy
import signal
import sys
import traceback
from contextlib import ExitStack, suppress
from importlib import import_module
from typing import Any, NoReturn

from tertulia.chaos.faults.processes import children_of
from tertulia.runtime.services import NAMES, edges, wirings


def main() -> None:
    """Until standard input ends."""
    with ExitStack() as stack:
        if len(sys.argv) > 1:
            from tertulia.chaos.mutants import MUTANTS  # noqa: PLC0415 - only where one is wanted

            stack.enter_context(MUTANTS[sys.argv[1]].applied())
        _import_everything()
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
        _answer_orders()


def _answer_orders() -> None:
    living: dict[int, int] = {}
    for line in sys.stdin:
        process = _carry_out(json.loads(line))
        with suppress(ProcessLookupError):  # adopted too late
            living[os.pidfd_open(process)] = process
        sys.stdout.write(f"{process}\n")
        sys.stdout.flush()
    for descriptor, process in living.items():
        _end(descriptor, process)


def _carry_out(order: dict[str, Any]) -> int:
    """The process that it comes to."""
    if "adopt" in order:
        return int(order["adopt"])
    process = os.fork()
    if process == 0:
        _serve(order)
    return process


def _end(descriptor: int, process: int) -> None:
    """Whoever has ended long ago gave its number away, so the descriptor is asked first."""
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(descriptor, signal.SIGSTOP)
        started = children_of(process)
        signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        for each in started:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)


def _import_everything() -> None:
    """The command by its name: what is below it may not import it, but runs it."""
    for name in ("tertulia.cli.serve", "tertulia.runtime.server", "tertulia.runtime.configuration"):
        import_module(name)
    edges()
    wirings(NAMES)


def _serve(order: dict[str, Any]) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(order["environment"])
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in enumerate((nothing, log, log)):
        os.dup2(source, target)
    sys.argv = ["tertulia", *order["arguments"]]
    code = 1
    try:
        runpy.run_module("tertulia", run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
