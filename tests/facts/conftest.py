"""A copy of the shipped tables that a test may damage."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sim.facts import tables

POSTERIORS = sys.modules["sim.facts.posterior"]  # `facts.posterior` is the function of that name

SHIPPED = Path(str(tables.folder()))


def forget() -> None:
    tables.forget()


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Folder that the room reads from for the length of the test."""
    for path in (*SHIPPED.glob("*.csv"), *SHIPPED.glob("*.npz")):
        shutil.copy(path, tmp_path)
    for room in (tables, POSTERIORS):
        monkeypatch.setattr(room, "folder", lambda: tmp_path)
    forget()
    yield tmp_path
    forget()


@pytest.fixture
def damage(copied: Path) -> Callable[[str, int, str, str], None]:
    """Replaces a text on one line (from 1) of one table."""

    def change(name: str, line: int, old: str, new: str) -> None:
        path = copied / name
        lines = path.read_text("utf-8").split("\n")
        assert old in lines[line - 1]
        lines[line - 1] = lines[line - 1].replace(old, new, 1)
        path.write_text("\n".join(lines), "utf-8")

    return change


@pytest.fixture
def forgetting() -> Callable[[], None]:
    """Forgets all that was read, so that changed tables are read anew."""
    return forget
