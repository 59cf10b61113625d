from pathlib import Path

import pytest

from tertulia.chaos.power.calls import (
    MadeFolder,
    Opened,
    Removed,
    Renamed,
    Sent,
    Synced,
    Truncated,
    Wrote,
)
from tertulia.chaos.power.reading import read_calls
from tertulia.chaos.power.strace import NotUnderstood

ROOT = Path("/disk")


def hexed(text: str | bytes) -> str:
    data = text.encode() if isinstance(text, str) else text
    return "".join(f"\\x{byte:02x}" for byte in data)


def read(*lines: str) -> list:
    return list(read_calls([f"{line}\n".encode() for line in lines], ROOT))


WAL = f"7<{hexed('/disk/data/wal')}>"
SOCKET = f"9<{hexed('socket:[42]')}>"


def test_what_is_done_to_files_is_read():
    assert read(
        f'1 mkdir("{hexed("/disk/data")}", 0700) = 0',
        f'1 openat(AT_FDCWD<{hexed("/")}>, "{hexed("/disk/data/wal")}", O_RDWR|O_CREAT, 0644) = {WAL}',
        f'1 pwrite64({WAL}, "{hexed(b"ab")}", 2, 32) = 2',
        f"1 ftruncate({WAL}, 8) = 0",
        f"1 fdatasync({WAL})   = 0",
        f'1 rename("{hexed("/disk/a")}", "{hexed("/disk/b")}") = 0',
        f'1 unlink("{hexed("/disk/data/wal")}") = 0',
    ) == [
        MadeFolder(1, 1, "data"),
        Opened(2, 2, "data/wal", creates=True, empties=False),
        Wrote(3, 3, "data/wal", 32, b"ab"),
        Truncated(4, 4, "data/wal", 8),
        Synced(5, 5, "data/wal", failed=False),
        Renamed(6, 6, "a", "b"),
        Removed(7, 7, "data/wal"),
    ]


def test_a_path_that_starts_where_the_process_stands():
    line = f'1 mkdir("{hexed("data")}", 0700) = 0'
    assert read(line) == []
    at = f'1 mkdirat(AT_FDCWD<{hexed("/disk")}>, "{hexed("data")}", 0700) = 0'
    assert read(at) == [MadeFolder(1, 1, "data")]


@pytest.mark.parametrize(
    "line",
    [
        f'1 write({SOCKET}, "{hexed("hola")}", 4) = 4',
        f'1 sendto({SOCKET}, "{hexed("hola")}", 4, 0, NULL, 0) = 4',
        f'1 writev({SOCKET}, [{{iov_base="{hexed("ho")}", iov_len=2}}, {{iov_base="{hexed("la")}", iov_len=2}}], 2) = 4',
        f'1 sendmsg({SOCKET}, {{msg_name=NULL, msg_iov=[{{iov_base="{hexed("hola")}", iov_len=4}}], msg_iovlen=1}}, 0) = 4',
        f'1 sendto({SOCKET}, "{hexed("hola y adiós")}", 13, 0, NULL, 0) = 4',
    ],
)
def test_what_a_socket_took_is_read(line):
    assert read(line) == [Sent(1, 1, "socket:[42]", b"hola")]


def test_a_call_in_two_lines_lasts_from_the_one_to_the_other():
    assert read(
        f"1 fdatasync({WAL} <unfinished ...>",
        f'22 pwrite64({WAL}, "{hexed(b"x")}", 1, 0) = 1',
        "1 <... fdatasync resumed>) = 0",
    ) == [Wrote(2, 2, "data/wal", 0, b"x"), Synced(1, 3, "data/wal", failed=False)]


def test_a_call_that_never_returned_has_no_end():
    assert read(f"1 fsync({WAL} <unfinished ...>", "1 +++ killed by SIGKILL +++") == [
        Synced(1, None, "data/wal", failed=False)
    ]
    assert read(f"1 fsync({WAL}) = ?") == [Synced(1, None, "data/wal", failed=False)]


def test_a_sync_that_failed_is_read_and_nothing_else_that_did():
    assert read(
        f"1 fdatasync({WAL}) = -1 EIO (Input/output error) (INJECTED)",
        f'1 unlink("{hexed("/disk/x")}") = -1 ENOENT (No such file or directory)',
        f'1 pwrite64({WAL}, "{hexed("x")}", 1, 0) = -1 ENOSPC (No space left on device)',
    ) == [Synced(1, 1, "data/wal", failed=True)]


def test_what_happens_elsewhere_does_not_matter():
    other = f"5<{hexed('/elsewhere/file')}>"
    assert not read(
        f'1 write({other}, "{hexed("x")}", 1) = 1',
        f'1 openat(AT_FDCWD, "{hexed("/elsewhere/file")}", O_RDWR|O_CREAT, 0644) = {other}',
        "1 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0f",
        f"1 mmap(NULL, 32768, PROT_READ|PROT_WRITE, MAP_SHARED, 16<{hexed('/disk/db-shm')}>, 0) = 0x7f",
        "--- SIGTERM {si_signo=SIGTERM} ---".join(["1 ", ""]),
    )


@pytest.mark.parametrize(
    "line",
    [
        "what is this",
        f"1 frobnicate({WAL}) = 0",
        "1 <... fdatasync resumed>) = 0",
        f'1 write({WAL}, "{hexed("x")}", 1) = 1',
        f'1 pwrite64({WAL}, "{hexed("x")}"..., 2097152, 0) = 2097152',
        f"1 fallocate({WAL}, 0, 0, 4096) = 0",
        f"1 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, {WAL}, 0) = 0x7f",
        f'1 rename("{hexed("/disk/a")}", "{hexed("/elsewhere/a")}") = 0',
    ],
)
def test_what_is_not_understood_is_said(line):
    with pytest.raises(NotUnderstood) as error:
        read("1 fsync(3<" + hexed("/elsewhere") + ">) = 0", line)
    assert error.value.line == 2
