"""A figure proves itself: what made it is read back from the file, and edited numbers show.

Every svg, png and pdf carries one line of JSON: the figure's name and size, each scenario with the sha256 of its
resolved inputs, seed, runs, version, facts, command, and the sha256 of the CSV beside it.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sim.errors import InputError
from sim.figures.drawing import Drawing, Row
from sim.figures.export import provenance_of

State = Literal["intact", "edited", "missing"]
_TEXTS = ("figure", "size", "version", "facts", "command", "numbers_sha256")


@dataclass(frozen=True, slots=True)
class Proof:
    """What a figure says about itself, and whether the CSV beside it still holds the numbers it was drawn from.

    ``scenarios`` maps each scenario's name to the sha256 of its resolved inputs, in the order compared. ``baseline``
    and ``by`` are set for comparisons. ``numbers`` is ``intact``, ``edited`` or ``missing``.
    """

    path: Path
    figure: str
    size: str
    scenarios: Mapping[str, str]
    seed: int
    runs: int
    version: str
    facts: str
    command: str
    numbers_sha256: str
    numbers: State
    baseline: str = ""
    by: str = ""

    @property
    def csv(self) -> Path:
        """Where the numbers of this figure are expected."""
        return self.path.with_suffix(".csv")

    def lines(self) -> list[str]:
        """The proof in words, one fact a line."""
        told = [f"{name}  {digest}" for name, digest in self.scenarios.items()]
        against = [f"baseline: {self.baseline}"] if self.baseline else []
        split = [f"split by: {self.by} (conditioning, not intervention)"] if self.by else []
        state = {
            "intact": f"{self.csv.name} holds the numbers drawn",
            "edited": f"{self.csv.name} was edited: it does not hold the numbers drawn",
            "missing": f"{self.csv.name} is missing; draw the figure again to get it",
        }[self.numbers]
        return [
            f"figure: {self.figure} ({self.size})",
            *(f"scenario: {line}" for line in told),
            *against,
            *split,
            f"seed {self.seed}, {self.runs:,} runs, alliance {self.version}, facts {self.facts}",
            f"command: {self.command}",
            state,
        ]


@dataclass(frozen=True, slots=True)
class Edit:
    """One cell of a CSV that is not what the figure's numbers say; ``line`` counts the header as line 1."""

    line: int
    column: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.found or '(empty)'} instead of {self.expected or '(empty)'}"


def read_proof(path: Path | str) -> Proof:
    """The proof inside the svg, png or pdf at ``path``, held against the CSV beside it.

    Raises:
        InputError: the file cannot be read, was not written by this program, or its metadata are damaged.
    """
    place = Path(path)
    found = provenance_of(place)
    scenarios = found.get("scenarios")
    whole = isinstance(scenarios, dict) and all(isinstance(found.get(key), str) for key in _TEXTS)
    whole = whole and all(isinstance(found.get(key), int) for key in ("seed", "runs"))
    if not whole or not isinstance(scenarios, dict):
        raise InputError(f"{place}: the metadata of the figure are damaged; draw it again from its results")
    texts = {key: str(found[key]) for key in _TEXTS}
    return Proof(
        path=place,
        scenarios={str(name): str(digest) for name, digest in scenarios.items()},
        seed=int(found["seed"]),
        runs=int(found["runs"]),
        numbers=_state(place.with_suffix(".csv"), texts["numbers_sha256"]),
        baseline=str(found.get("baseline", "")),
        by=str(found.get("by", "")),
        **texts,
    )


def edits(csv_path: Path | str, drawing: Drawing) -> list[Edit]:
    """Every cell in which the CSV differs from the numbers of ``drawing``, the figure made again; lines missing or
    added are told as edits of the column ``line``.

    Raises:
        InputError: the CSV cannot be read.
    """
    place = Path(csv_path)
    try:
        text = place.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{place} cannot be read: {error}") from error
    found = list(csv.reader(io.StringIO(text)))
    expected = list(csv.reader(io.StringIO(drawing.table.csv())))
    told = []
    for line in range(max(len(found), len(expected))):
        if line >= len(found) or line >= len(expected):
            states = ("present", "missing") if line < len(found) else ("missing", "present")
            told.append(Edit(line + 1, "line", *states))
            continue
        columns = (*Row._fields, *("" for _ in range(len(found[line]))))
        width = max(len(found[line]), len(expected[line]))
        cells = [(_at(found[line], column), _at(expected[line], column)) for column in range(width)]
        told += [Edit(line + 1, columns[n], ours, theirs) for n, (ours, theirs) in enumerate(cells) if ours != theirs]
    return told


def same_bytes(path: Path | str, again: Path | str) -> bool:
    """Whether the figure at ``path`` equals the one drawn again at ``again`` byte for byte.

    Raises:
        InputError: one of them cannot be read.
    """
    contents = []
    for one in (Path(path), Path(again)):
        try:
            contents.append(one.read_bytes())
        except OSError as error:
            raise InputError(f"{one} cannot be read: {error.strerror}") from error
    return contents[0] == contents[1]


def _state(path: Path, digest: str) -> State:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    return "intact" if hashlib.sha256(content.removeprefix(b"\xef\xbb\xbf")).hexdigest() == digest else "edited"


def _at(cells: list[str], column: int) -> str:
    return cells[column] if column < len(cells) else ""
