"""A command on a terminal of its own, as a person has it in front of them."""

import os
import pty
import subprocess
import sys

SECONDS = 30


def converse(*arguments: str, answers: list[str]) -> tuple[int, str]:
    """Answer each question of `tertulia`; its status, and all that the terminal showed."""
    controlling, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tertulia", *arguments],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    try:
        shown = _answer(controlling, [f"{answer}\n" for answer in answers])
        return process.wait(SECONDS), shown
    finally:
        process.kill()
        process.wait()
        os.close(controlling)


def _answer(controlling: int, answers: list[str]) -> str:
    shown = b""
    while part := _read(controlling):
        shown += part
        # Up to the space: before it the terminal still shows what is typed.
        if shown.endswith(b": ") and answers:
            os.write(controlling, answers.pop(0).encode())
    return shown.decode()


def _read(controlling: int) -> bytes:
    try:
        return os.read(controlling, 1024)
    except OSError:  # the other end is closed: the program has ended
        return b""
