"""Where numbers come from: the model and the facts this room calls, and what identifies their code."""

from __future__ import annotations

import hashlib
import importlib
import platform
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from sim.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from sim.model import Axes, Variable
    from sim.model.engine.draws import Draw
    from sim.model.engine.streams import Seed
    from sim.scenario.scenario import Scenario

MODEL = "sim.model"
FACTS = "sim.facts"
PACKAGE = Path(__file__).resolve().parents[1]
# A change in any of these rooms may change a number, so it makes stored numbers stale.
ROOMS = ("scenario", "facts", "model", "ensemble")
DISTRIBUTIONS = ("numpy", "scipy", "simpy")


class Model(Protocol):
    """The part of ``sim.model`` this room uses."""

    def simulate(
        self,
        scenario: Scenario,
        seed: Seed,
        first: int,
        count: int,
        *,
        central: bool = False,
        draws: bool = False,
        groups_only: bool = False,
    ) -> dict[str, NDArray[np.float32]]:
        """Runs ``first .. first + count - 1``: variable -> ``(time, runs)`` or ``(time, entity, runs)``.

        With ``draws`` also what they drew later, name -> ``(1, runs)``. With ``groups_only`` variables that do not keep
        the runs of single entities hold those of the groups of their axis alone.
        """

    def later_draws(self, scenario: Scenario) -> tuple[Draw, ...]:
        """What runs draw after their first day."""

    def variables(self) -> tuple[Variable, ...]:
        """What is recorded."""

    def axes(self, scenario: Scenario) -> Axes:
        """On which axes it is recorded."""


def model(name: str = "") -> Model:
    """The model: ``name`` if given (a worker is told which one its parent uses), otherwise ``MODEL``."""
    return cast("Model", importlib.import_module(name or MODEL))


def dated(recorded: Sequence[Variable], start: date) -> tuple[Variable, ...]:
    """``recorded`` with the price base of a start."""
    from sim.model import dated

    return dated(recorded, start)


def facts_stamp() -> str:
    """The vintage of the facts, a sha256."""
    return str(importlib.import_module(FACTS).stamp())


def editions(start: date) -> str:
    """The publications that a start rests on, and the reader's own folder of tables, in one line."""
    facts = importlib.import_module(FACTS)
    if not hasattr(facts, "editions"):
        return ""  # a model with tables of its own
    folder = facts.own_folder()
    return str(facts.editions(start).text) + (f"; own tables {folder}" if folder else "")


def code_stamp() -> str:
    """A sha256 over the sources of every room that can change a number, and of systems of other packages."""
    from sim.model import extensions

    outside = extensions.code_hash()
    return hashlib.sha256(f"{_own_code()} {outside}".encode()).hexdigest() if outside else _own_code()


def systems() -> dict[str, dict[str, str]]:
    """The systems that are not part of this program: name -> package and version."""
    from sim.model import extensions

    return {
        name: {"package": extension.package, "version": extension.version}
        for name, extension in sorted(extensions.extensions().items())
    }


@cache
def _own_code() -> str:
    digest = hashlib.sha256((PACKAGE / "errors.py").read_bytes())
    for room in ROOMS:
        for path in sorted((PACKAGE / room).rglob("*.py")):
            digest.update(f"{path.relative_to(PACKAGE).as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def versions() -> dict[str, str]:
    """Versions of everything that can change a bit of the result."""
    own = {"alliance-sim": __version__, "python": platform.python_version()}
    return own | {name: importlib.import_module(name).__version__ for name in DISTRIBUTIONS}


def git_commit() -> str | None:
    """The commit of the checkout this code runs from, with ``-dirty`` if files changed; None outside a checkout."""
    if not (PACKAGE.parent / ".git").exists():
        return None
    command = ["git", "-C", str(PACKAGE.parent), "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"]
    try:
        described = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return described.stdout.strip()
