"""The shipped file of joint posterior draws: one column a key of the catalogue, one row a run, with its provenance.

A ``.npz`` with arrays ``keys``, ``draws`` (draws, keys; float32) and ``provenance`` (JSON: until, seed, version, facts).
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim import __version__, facts
from sim.errors import FaultError, InputError

SHIPPED = "posterior.npz"
_EPOCH = (2024, 12, 31, 0, 0, 0)  # time stamps inside the archive: the same draws are the same bytes


@dataclass(frozen=True, slots=True)
class JointDraws:
    """Draws of all estimated parameters: ``keys`` (k,), ``draws`` (n, k); what they rest on."""

    keys: tuple[str, ...]
    draws: NDArray[np.float32]
    until: date
    seed: int
    version: str
    facts: str

    def of(self, key: str) -> NDArray[np.float32]:
        """The draws of one key, ``(n,)``. KeyError if it is not among them."""
        if key not in self.keys:
            raise KeyError(key)
        column: NDArray[np.float32] = self.draws[:, self.keys.index(key)]
        return column


def write(draws: JointDraws, path: Path) -> None:
    """Writes the file under a temporary name and renames it. FaultError if the disk refuses."""
    told = {"until": draws.until.isoformat(), "seed": draws.seed, "version": draws.version, "facts": draws.facts}
    parts = {
        "keys": np.array(draws.keys),
        "draws": draws.draws.astype(np.float32),
        "provenance": np.array(json.dumps(told, sort_keys=True)),
    }
    temporary = path.with_name(path.name + ".part")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, values in parts.items():
                held = io.BytesIO()
                np.lib.format.write_array(held, values, allow_pickle=False)
                archive.writestr(zipfile.ZipInfo(f"{name}.npy", _EPOCH), held.getvalue(), zipfile.ZIP_DEFLATED)
        temporary.replace(path)
    except OSError as error:
        raise FaultError(f"{path} cannot be written ({error.strerror}); free space or choose another folder") from None


def read(path: Path | None = None) -> JointDraws:
    """The draws of a file, or those shipped.

    InputError for a file that is no posterior or that another version of the program or other facts made.
    """
    try:
        held = (path.read_bytes() if path is not None else files("sim.evidence").joinpath(SHIPPED).read_bytes())
        with np.load(io.BytesIO(held), allow_pickle=False) as parts:
            keys, draws = tuple(str(key) for key in parts["keys"]), parts["draws"]
            told = json.loads(str(parts["provenance"]))
        found = JointDraws(keys, draws, date.fromisoformat(told["until"]), told["seed"], told["version"], told["facts"])
    except FileNotFoundError:
        raise InputError(f"{path or SHIPPED}: no such file; make one with `alliance calibrate`") from None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(f"{path or SHIPPED}: not a file of posterior draws ({type(error).__name__})") from None
    if found.version != __version__:
        raise InputError(
            f"{path or SHIPPED}: made by version {found.version}, this is {__version__}; run `alliance calibrate` again"
        )
    return found


def is_current(draws: JointDraws) -> bool:
    """Whether the facts are still those the draws were estimated from."""
    return draws.facts == facts.stamp()
