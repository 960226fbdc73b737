"""Joint draws of the estimated parameters, shipped with the figures they were estimated from.

``alliance calibrate`` writes the file; a run takes one row of it for all keys that no scenario sets.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.errors import InputError
from sim.facts.tables import folder, own_folder, per_folder
from sim.files import replacing

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Posterior:
    """``draws`` (draws, keys), float32: row by row one joint draw, in the units of the parameters ``keys``.

    ``provenance``: format, version, until (last day of data), stamp of the tables, seed, and per block its method.
    """

    keys: tuple[str, ...]
    draws: npt.NDArray[np.float32]
    provenance: dict[str, Any]

    def of(self, key: str) -> npt.NDArray[np.float32]:
        """The draws of one key, ``(draws,)``."""
        return self.draws[:, self.keys.index(key)]


@per_folder
def posteriors() -> tuple[Posterior, ...]:
    """All draws in store, by the last day of their data: the shipped ones, then those of the reader's own folder.

    Files are named ``posterior.npz`` or ``posterior_NAME.npz``. Raises InputError for a damaged one.
    """
    found = []
    for place in (folder(), own_folder()):
        names = sorted(item.name for item in place.iterdir()) if place is not None else []
        for name in names:
            if name.startswith("posterior") and name.endswith(".npz"):
                with resources.as_file(place / name) as path:  # type: ignore[operator]
                    found.append(read_posterior(path))
    return tuple(sorted(found, key=lambda draws: str(draws.provenance.get("until", ""))))


def posterior(known: date | None = None) -> Posterior | None:
    """The newest draws made from data up to the day ``known``, or None where there are none.

    Without a day: the newest of all.
    """
    until = [draws for draws in posteriors() if known is None or draws.provenance["until"] <= known.isoformat()]
    return until[-1] if until else None


def read_posterior(path: Path) -> Posterior:
    """Draws from a file. Raises InputError for a damaged file, or one of another format."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            told = json.loads(str(stored["provenance"]))
            keys, draws = tuple(str(key) for key in stored["keys"]), np.asarray(stored["draws"], np.float32)
    except (OSError, ValueError, KeyError, EOFError) as fault:
        raise InputError(f"{path}: no posterior that can be read ({fault}); `alliance calibrate` makes one") from None
    if told.get("format") != FORMAT:
        raise InputError(
            f"{path}: posterior of format {told.get('format')}, this version reads {FORMAT}; "
            "`alliance calibrate` makes a new one"
        )
    if draws.ndim != 2 or draws.shape[1] != len(keys) or not len(draws) or not np.isfinite(draws).all():
        raise InputError(f"{path}: posterior with holes; `alliance calibrate` makes a new one")
    return Posterior(keys, draws, told)


def write_posterior(path: Path, posterior: Posterior) -> None:
    """Writes draws; the same draws give the same bytes."""
    text = json.dumps({**posterior.provenance, "format": FORMAT}, sort_keys=True)
    with replacing(path) as file:
        np.savez_compressed(file, keys=np.array(posterior.keys), draws=posterior.draws, provenance=np.array(text))
