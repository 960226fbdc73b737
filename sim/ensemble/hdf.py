"""The netCDF-4 layout of an HDF5 file, written with h5py alone, on a disk that may be full.

A library for netCDF would look up every dimension for every variable, which took longer than simulating. What makes
an HDF5 file netCDF-4 is little: dimensions are scales, every variable lists its own, and every scale its users.
"""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from typing_extensions import Buffer

SMALL = 4096  # bytes below which packing an array takes more room than it saves


class NetcdfFile:
    """A new netCDF-4 file written to ``disk``; a context manager.

    `axis` makes the dimensions, `array` the variables on them. Both return the h5py dataset.
    """

    def __init__(self, disk: SpillFile) -> None:
        import h5py  # type: ignore[import-untyped, unused-ignore]

        self._h5py = h5py
        self._file = h5py.File(disk, "w", track_order=True)
        self._axes: dict[str, Any] = {}
        self._scales: dict[str, NDArray[Any]] = {}
        self._users: dict[str, list[tuple[Any, int]]] = {}
        self._text = h5py.h5t.py_create(h5py.string_dtype(), logical=True)
        self._scalar = h5py.h5s.create(h5py.h5s.SCALAR)

    def __enter__(self) -> NetcdfFile:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._list_users()
        finally:
            self._file.close()

    def attributes(self, attributes: Mapping[str, str | int]) -> None:
        """Attributes of the file."""
        self._tell(self._file, attributes)

    def axis(self, name: str, values: NDArray[Any] | Sequence[str], attributes: Mapping[str, str | int]) -> None:
        """A dimension with its coordinate: numbers, or texts."""
        if isinstance(values, np.ndarray):
            dataset = self._file.create_dataset(name, data=values, **_packing(values.nbytes, values.shape))
        else:
            dataset = self._file.create_dataset(name, data=np.array(values, object), dtype=self._h5py.string_dtype())
        dataset.make_scale(name)
        self._tell(dataset, {**attributes, "_Netcdf4Dimid": len(self._axes)})
        self._axes[name] = dataset
        self._scales[name] = np.array([dataset.ref], self._h5py.ref_dtype)
        self._users[name] = []

    def array(
        self,
        name: str,
        dimensions: Sequence[str],
        attributes: Mapping[str, str | int],
        *,
        data: NDArray[np.float32] | None = None,
        chunks: tuple[int, ...] | None = None,
    ) -> Any:
        """A float32 variable: ``data``, or to be filled, then packed in ``chunks`` if they are given."""
        shape = tuple(self._axes[dimension].shape[0] for dimension in dimensions)
        if data is None:
            options = _packing(SMALL, chunks) if chunks else {}
            dataset = self._file.create_dataset(name, shape, np.float32, **options)
        else:
            dataset = self._file.create_dataset(name, data=data, **_packing(data.nbytes, shape))
        self._tell(dataset, attributes)
        reference = dataset.ref
        scales = np.empty(len(dimensions), object)
        for position, dimension in enumerate(dimensions):
            self._users[dimension].append((reference, position))
            scales[position] = self._scales[dimension]
        dataset.attrs.create("DIMENSION_LIST", scales, dtype=self._h5py.vlen_dtype(self._h5py.ref_dtype))
        return dataset

    def _list_users(self) -> None:
        """Tell every dimension which variables lie on it."""
        kind = np.dtype([("dataset", self._h5py.ref_dtype), ("dimension", np.int32)])
        for name, users in self._users.items():
            if users:
                self._axes[name].attrs.create("REFERENCE_LIST", np.array(users, kind), dtype=kind)

    def _tell(self, thing: Any, attributes: Mapping[str, str | int]) -> None:
        """Set attributes; h5py's own way makes each under another name and renames it."""
        h5a = self._h5py.h5a
        for name, value in attributes.items():
            if isinstance(value, str):
                dataset = h5a.create(thing.id, name.encode(), self._text, self._scalar)
                dataset.write(np.array(value.encode(), object))
            else:
                dataset = h5a.create(thing.id, name.encode(), self._h5py.h5t.NATIVE_INT64, self._scalar)
                dataset.write(np.array(value, np.int64))


def _packing(size: int, chunks: tuple[int, ...] | None) -> dict[str, Any]:
    """How an array of ``size`` bytes is stored."""
    if size < SMALL:
        return {}
    return {"compression": "gzip", "compression_opts": 1, "shuffle": True, "chunks": chunks}


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
            position = self._file.tell()
            try:
                rest = rest[self._file.write(rest) :]
            except OSError as error:
                self.error = error
                self._to_memory(position)
        return size

    def truncate(self, size: int | None = None) -> int:
        """Set the length of the file."""
        position = self.tell() if size is None else size
        try:
            return self._file.truncate(position)
        except OSError as error:
            self.error = error
            self._to_memory(self.tell())
            return self.truncate(position)

    def _to_memory(self, position: int) -> None:
        """Go on in memory from where the disk refused."""
        self._file.seek(0)
        held = io.BytesIO(self._file.read())
        held.seek(position)
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
