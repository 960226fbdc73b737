from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from sim.cli import program as program_module
from sim.cli.program import program

Alliance = Callable[..., Result]


@pytest.fixture
def alliance() -> Alliance:
    """Run the command in this process; stdout and stderr are kept apart."""

    def call(*words: str | Path) -> Result:
        return CliRunner().invoke(program, [str(word) for word in words], prog_name="alliance")

    return call


def command(*words: str | Path) -> list[str]:
    """The command as a process of its own."""
    return [sys.executable, "-m", "sim", *map(str, words)]


def environment() -> dict[str, str]:
    """The environment of such a process: it finds this checkout from any folder."""
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": root, "PYTHONWARNINGS": "error", "PYTHONUTF8": "1"}


def process(*words: str | Path, cwd: Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``alliance`` as a user does, in ``cwd``."""
    return subprocess.run(
        command(*words),
        cwd=cwd,
        env=environment(),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture
def verb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[], None]], None]]:
    """Make ``alliance try`` do what a test wants."""

    def define(body: Callable[[], None]) -> None:
        module = type(sys)("sim.cli.try")
        module.try_command = click.command("try")(body)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "sim.cli.try", module)
        monkeypatch.setattr(program_module, "VERBS", [*program_module.VERBS, "try"])

    return define
