"""Files that appear whole or not at all, names that every system accepts, and one clear line when a disk refuses."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from sim.errors import FaultError, InputError
from sim.limits import LARGEST_FILE

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
BARRED = {errno.EACCES, errno.EPERM, errno.EROFS}
REMEDY = "choose another --out"
HELD_OPEN = {5, 32, 33}  # Windows: access denied, sharing violation, lock violation
_SCENARIO_KEYS = (b"title", b"description", b"references")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE | re.DOTALL)


def write_whole(
    path: Path, content: str | bytes, *, durable: bool = False, remedy: str = REMEDY, replace: bool = True
) -> None:
    """Write ``content`` (text as UTF-8) to ``path``; no reader ever sees half of it, and its folder is made.

    One rule holds for every path that a user names: it is new, or holds the same content already, or the user said
    ``replace``. A scenario file is never replaced by something else.

    ``durable`` waits until the content would survive a power cut. ``remedy`` is as for `disk`.

    Raises:
        InputError: something else is there and must not be replaced.
        FaultError: the file cannot be written; one line that says why and what to do.
    """
    data = content.encode() if isinstance(content, str) else content
    with disk(path, remedy):
        _spare(path, data, replace=replace)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, durable=durable) as file:
            file.write(data)


def _spare(path: Path, data: bytes, *, replace: bool) -> None:
    """Raise InputError if ``path`` holds something else than ``data`` that must stay."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file")
    if not path.is_file() or (replace and path.suffix != ".toml" and path.stat().st_size > LARGEST_FILE):
        return
    held = path.read_bytes()
    if held == data:
        return
    if path.suffix == ".toml" or all(re.search(rb"(?m)^\s*%b\s*=" % key, held) for key in _SCENARIO_KEYS):
        raise InputError(f"{path}: is a scenario file, which is never overwritten; choose another name")
    if not replace:
        raise InputError(f"{path}: exists and holds something else; choose another --out, or --force to replace it")


@contextmanager
def replacing(path: Path, *, durable: bool = False) -> Iterator[IO[bytes]]:
    """A new binary file, to be written and read, that takes the place of ``path`` when the block ends without an error.

    Until then it stands in the same folder under a name that nobody can foresee, so two writers never meet and no link
    laid there is followed; a link at ``path`` itself is replaced, not followed. After an error nothing is left.

    Raises:
        OSError: as the system says it; `disk` turns it into one line.
    """
    part = path.with_name(f".{path.name[:100]}.{os.urandom(8).hex()}.part")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    handle = os.open(part, flags, 0o666)
    try:
        with open(handle, "w+b") as file:  # noqa: PTH123
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        part.replace(path)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def disk(path: Path, remedy: str = REMEDY) -> Iterator[None]:
    """Turn an OSError while writing ``path`` into a FaultError of one line that says why and what to do.

    ``remedy`` is the caller's own advice, which follows ours: free some space, change the permissions, close Excel.

    Raises:
        FaultError: in place of the OSError.
    """
    try:
        yield
    except OSError as error:
        advice = " or ".join(part for part in (_advice(error), remedy) if part)
        raise FaultError(f"{path} cannot be written: {reason(error)}; {advice}") from error


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn an OSError while reading ``path``, which the user named, into an InputError of one line.

    Raises:
        InputError: in place of the OSError.
    """
    try:
        yield
    except OSError as error:
        advice = _advice(error)
        raise InputError(f"{path} cannot be read: {reason(error)}" + (f"; {advice}" if advice else "")) from error


def reason(error: OSError) -> str:
    """Why the system refused to read or write a file, in one clause."""
    number = _number(error)
    if getattr(error, "winerror", None) in HELD_OPEN:
        return "another program such as Excel holds it open"
    if number in FULL:
        return "no space left on the disk"
    if number in BARRED:
        return "no permission"
    return os.strerror(number) if number else str(error).split("\n", 1)[0]


def _advice(error: OSError) -> str:
    """What mends it, where that is plain."""
    if getattr(error, "winerror", None) in HELD_OPEN:
        return "close it there"
    number = _number(error)
    return "free some space" if number in FULL else "change its permissions" if number in BARRED else ""


def _number(error: OSError) -> int:
    # The HDF5 library puts the number of the system error into its text only.
    written = re.search(r"errno = (\d+)", str(error))
    return error.errno if error.errno is not None else int(written[1]) if written else 0


def sync(path: Path) -> None:
    """Make the content of ``path``, or of a folder's listing, survive a power cut."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_name(text: str) -> str:
    """``text`` as the name of a file, without a folder, that Windows accepts as well as Linux.

    Forbidden characters become ``_``, a dot or blank at the end goes, and the names of devices (``con``, ``NUL.txt``)
    get a ``_`` behind them: ``aid_delivered:USA`` is ``aid_delivered_USA``.
    """
    name = _FORBIDDEN.sub("_", text).rstrip(". ") or "_"
    device = _RESERVED.fullmatch(name)
    return f"{device[1]}_{device[2] or ''}" if device else name


def safe_path() -> list[str]:
    """``sys.path`` without the current folder, where any file could pose as a module of the library or of ours.

    If this very package is imported from the current folder, that comes last.
    """
    here, package = os.path.realpath(""), str(Path(__file__).resolve().parents[1])
    elsewhere = [folder for folder in sys.path if os.path.realpath(folder) != here]
    return elsewhere if package in elsewhere else [*elsewhere, package]
