"""The netCDF-4 layout of an HDF5 file, written with h5py alone.

A library for netCDF would look up every dimension for every variable, which took longer than simulating. What makes
an HDF5 file netCDF-4 is little: dimensions are scales, every variable lists its own, and every scale its users.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sim.ensemble.spill import SpillFile

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

    def attributes(self, told: Mapping[str, str | int]) -> None:
        """Attributes of the file."""
        self._tell(self._file, told)

    def axis(self, name: str, values: NDArray[Any] | Sequence[str], told: Mapping[str, str | int]) -> None:
        """A dimension with its coordinate: numbers, or texts."""
        if isinstance(values, np.ndarray):
            made = self._file.create_dataset(name, data=values, **_packing(values.nbytes, values.shape))
        else:
            made = self._file.create_dataset(name, data=np.array(values, object), dtype=self._h5py.string_dtype())
        made.make_scale(name)
        self._tell(made, {**told, "_Netcdf4Dimid": len(self._axes)})
        self._axes[name] = made
        self._users[name] = []

    def array(
        self,
        name: str,
        dimensions: Sequence[str],
        told: Mapping[str, str | int],
        *,
        data: NDArray[np.float32] | None = None,
        chunks: tuple[int, ...] | None = None,
    ) -> Any:
        """A float32 variable: ``data``, or to be filled, then packed in ``chunks`` if they are given."""
        shape = tuple(self._axes[dimension].shape[0] for dimension in dimensions)
        if data is None:
            options = _packing(SMALL, chunks) if chunks else {}
            made = self._file.create_dataset(name, shape, np.float32, **options)
        else:
            made = self._file.create_dataset(name, data=data, **_packing(data.nbytes, shape))
        self._tell(made, told)
        for place, dimension in enumerate(dimensions):
            self._users[dimension].append((made.ref, place))
        scales = np.empty(len(dimensions), object)
        for place, dimension in enumerate(dimensions):
            scales[place] = np.array([self._axes[dimension].ref], self._h5py.ref_dtype)
        made.attrs.create("DIMENSION_LIST", scales, dtype=self._h5py.vlen_dtype(self._h5py.ref_dtype))
        return made

    def _list_users(self) -> None:
        """Tell every dimension which variables lie on it."""
        kind = np.dtype([("dataset", self._h5py.ref_dtype), ("dimension", np.int32)])
        for name, users in self._users.items():
            if users:
                self._axes[name].attrs.create("REFERENCE_LIST", np.array(users, kind), dtype=kind)

    def _tell(self, thing: Any, told: Mapping[str, str | int]) -> None:
        """Set attributes; h5py's own way makes each under another name and renames it."""
        h5a = self._h5py.h5a
        for name, value in told.items():
            if isinstance(value, str):
                made = h5a.create(thing.id, name.encode(), self._text, self._scalar)
                made.write(np.array(value.encode(), object))
            else:
                made = h5a.create(thing.id, name.encode(), self._h5py.h5t.NATIVE_INT64, self._scalar)
                made.write(np.array(value, np.int64))


def _packing(size: int, chunks: tuple[int, ...] | None) -> dict[str, Any]:
    """How an array of ``size`` bytes is stored."""
    if size < SMALL:
        return {}
    return {"compression": "gzip", "compression_opts": 1, "shuffle": True, "chunks": chunks}
