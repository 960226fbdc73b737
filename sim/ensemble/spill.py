"""A file that the HDF5 library can always finish writing, even on a full disk."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Buffer


class SpillFile(io.RawIOBase):
    """A new binary file at ``path``; when the disk refuses a write, all goes on in memory and ``error`` is kept.

    The HDF5 library crashes the process when it cannot close a file. So it is never told: whoever writes through it
    asks ``error`` now and then, stops, lets the library close, and raises what happened.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file: io.RawIOBase | io.BytesIO = path.open("w+b", buffering=0)
        self.error: OSError | None = None

    def write(self, data: Buffer) -> int:
        """Write all of ``data``."""
        rest = memoryview(data).cast("B")
        size = len(rest)
        while len(rest):
            place = self._file.tell()
            try:
                rest = rest[self._file.write(rest) :]
            except OSError as error:
                self.error = error
                self._to_memory(place)
        return size

    def truncate(self, size: int | None = None) -> int:
        """Set the length of the file."""
        place = self.tell() if size is None else size
        try:
            return self._file.truncate(place)
        except OSError as error:
            self.error = error
            self._to_memory(self.tell())
            return self.truncate(place)

    def _to_memory(self, place: int) -> None:
        """Go on in memory from where the disk refused."""
        self._file.seek(0)
        held = io.BytesIO(self._file.read())
        held.seek(place)
        self._file.close()
        self._file = held

    def readinto(self, buffer: Buffer) -> int:
        """Read as much as ``buffer`` holds."""
        return self._file.readinto(buffer) or 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to ``offset``."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Where the next byte goes."""
        return self._file.tell()

    def readable(self) -> bool:
        """It can be read."""
        return True

    def writable(self) -> bool:
        """It can be written."""
        return True

    def seekable(self) -> bool:
        """It can be moved in."""
        return True

    def close(self) -> None:
        """Close what holds the bytes."""
        self._file.close()
        super().close()
