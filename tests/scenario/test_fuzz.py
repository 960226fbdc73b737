"""Ten thousand damaged files: each is told in lines with a place, and none ends in an exception."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sim.limits import MOST_PROBLEMS
from sim.loading import check
from sim.shipped import shipped_folder

PIECES = (
    "\0", "\x1b[31m", "=", "[", "]]", "{", "}", '"', "'", '"""', "#", "\n", "\r", ",", ".", "1e999", "nan", "-inf",
    "inf", "0x", "2025-13-45", "2025-06-30", "é", "−", "\u202e", "\u00a0", "extends = ", "[[events]]", "set = {",
    "dist",
    "how", '"normal"', "true", "9" * 400, "[" * 300, "a." * 30,
    "budgets", "us.commitment", "\\", "\\ud800", "probability",
)  # fmt: skip


def damaged(chance: random.Random, text: str) -> bytes:
    """A shipped file after one to six edits, pieces put in, cut out or repeated; some with a byte that is no text."""
    for _ in range(chance.randint(1, 6)):
        at, to = sorted(chance.sample(range(len(text) + 1), 2)) if len(text) > 1 else (0, 0)
        to = min(to, at + 60)
        way = chance.randrange(5)
        if way == 0:
            text = text[:at] + chance.choice(PIECES) + text[at:]
        elif way == 1:
            text = text[:at] + text[to:]
        elif way == 2:
            text = text[:to] + text[at:to] + text[to:]
        elif way == 3:
            text = text[:at] + chance.choice(PIECES) + text[to:]
        else:
            lines = text.split("\n")
            chance.shuffle(lines)
            text = "\n".join(lines)
    data = bytearray(text.encode(errors="replace"))
    if chance.random() < 0.1 and data:
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def fuzz(folder: Path, count: int) -> int:
    """How many of ``count`` damaged files are accepted."""
    chance = random.Random(9)
    texts = [path.read_text(encoding="utf-8") for path in sorted(shipped_folder().glob("*.toml"))]
    path, accepted = folder / "case.toml", 0
    for _ in range(count):
        path.write_bytes(damaged(chance, chance.choice(texts)))
        problems = check(path)
        lines = [str(problem) for problem in problems]
        assert len(lines) <= MOST_PROBLEMS + 1
        assert all("\n" not in line and "\x1b" not in line and len(line) < 3_000 for line in lines)
        assert sum(map(len, lines)) < 100_000
        accepted += not problems
    return accepted


def test_some_damaged_files_are_told_and_nothing_breaks(tmp_path: Path) -> None:
    assert fuzz(tmp_path, 150) < 150


@pytest.mark.long
def test_ten_thousand_damaged_files(tmp_path: Path) -> None:
    assert 0 < fuzz(tmp_path, 10_000) < 10_000
