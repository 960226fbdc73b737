"""Many runs: a scenario becomes an ensemble on disk, and an ensemble is read back.

``run`` simulates blocks of ``BLOCK`` runs, reduces them to statistics and writes a result folder; ``open_result``
reads one. ``Result`` is what both return.
"""

from sim.ensemble.layout import BLOCK
from sim.ensemble.making import run
from sim.ensemble.result import Result, open_result

__all__ = ["BLOCK", "Result", "open_result", "run"]
