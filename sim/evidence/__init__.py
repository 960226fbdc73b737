"""Evidence: estimates, back-tests and their scores, the replication table, and the card that tells them.

Everything is computed when called; importing this room reads nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.evidence.calibration import Calibration, Estimate, calibrate, write
    from sim.evidence.replication import replicate
    from sim.evidence.retelling import Row
    from sim.evidence.rolling import backtest, card_line, store, stored
    from sim.evidence.sheet import card

_HOME = {
    "backtest": "rolling",
    "card_line": "rolling",
    "store": "rolling",
    "stored": "rolling",
    "Calibration": "calibration",
    "Estimate": "calibration",
    "calibrate": "calibration",
    "write": "calibration",
    "card": "sheet",
    "Row": "retelling",
    "replicate": "replication",
}

__all__ = [
    "Calibration",
    "Estimate",
    "Row",
    "backtest",
    "calibrate",
    "card",
    "card_line",
    "replicate",
    "store",
    "stored",
    "write",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"sim.evidence.{_HOME[name]}"), name)
