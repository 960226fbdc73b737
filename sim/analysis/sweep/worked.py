"""Questions kept in files: a scenario, a lever, a target, and the answer that was found."""

from __future__ import annotations

import math
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.sweep.asking import at_value
from sim.analysis.sweep.solving import Solution
from sim.errors import InputError, Problem
from sim.files import readable, write_whole
from sim.loading import load
from sim.scenario.scenario import Scenario
from sim.text import unknown

FIELDS: dict[str, type | tuple[type, ...]] = {
    "title": str, "scenario": str, "sets": list, "lever": str, "target": str, "report": list, "runs": int, "seed": int,
    "answer": dict,
}  # fmt: skip
NEEDED = ("title", "scenario", "lever", "target")
QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Worked:
    """A question as its file states it, and the answer stored there (empty if none is)."""

    path: Path
    title: str
    scenario: Scenario
    lever: str
    target: str
    report: tuple[str, ...]
    runs: int
    seed: int
    stored: dict[str, Any]

    def keep(self, answer: dict[str, Any]) -> None:
        """Write the answer into the file, in the place of the one before."""
        lines = [
            f"{_toml(name) if isinstance(value, list) else name} = {_toml(value)}" for name, value in answer.items()
        ]
        text = self.path.read_text(encoding="utf-8").split("\n[answer]\n")[0].rstrip("\n")
        write_whole(self.path, "\n".join([text, "", "[answer]", *lines]) + "\n")


def is_question(path: str | Path) -> bool:
    """Whether a file is a question: it names a lever, as no scenario does."""
    place = Path(path)
    return (
        place.suffix == ".toml"
        and place.is_file()
        and bool(re.search(r"^lever\s*=", place.read_text(encoding="utf-8", errors="replace"), re.MULTILINE))
    )


def read_question(path: str | Path) -> Worked:
    """Read a question.

    Raises:
        InputError: the file cannot be read, or a field is unknown, missing or of another kind; all at once.
    """
    place = Path(path)
    with readable(place):
        text = place.read_text(encoding="utf-8")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{place}: {error}") from None
    problems = [unknown("field", name, FIELDS) for name in content if name not in FIELDS]
    problems += [f"{name} is missing" for name in NEEDED if name not in content]
    for name, kind in FIELDS.items():
        if name in content and (not isinstance(content[name], kind) or isinstance(content[name], bool)):
            problems.append(f"{name} is {content[name]!r}; it must be {getattr(kind, '__name__', 'a number')}")
    if problems:
        raise InputError(tuple(Problem(str(place), 0, 0, "", problem) for problem in problems))
    sets = [str(each) for each in content.get("sets", ())]
    beside = place.parent / content["scenario"]
    report = tuple(map(str, content.get("report", ())))
    scenario = load(beside if beside.is_file() else content["scenario"], sets)
    runs, seed, stored = content.get("runs", 1000), content.get("seed", 1), content.get("answer", {})
    return Worked(place, content["title"], scenario, content["lever"], content["target"], report, runs, seed, stored)


def answer_of(found: Solution, worked: Worked) -> dict[str, Any]:
    """What is stored of an answer: the lever with its interval, and what is to be reported with the lever there."""
    answer: dict[str, Any] = {"sentence": found.sentence(), "standing": found.standing}
    for name in ("value", "low", "high"):
        number = getattr(found, name)
        if not math.isnan(number):
            answer[name] = float(f"{number:.6g}")
    place = found.value if not math.isnan(found.value) else found.closest()
    values = at_value(worked.scenario, found.lever, place, worked.report, runs=worked.runs, seed=worked.seed)
    for text, runs in zip(worked.report, values, strict=True):
        numbers = [runs.mean(), *np.quantile(runs, QUANTILES)]
        answer[text] = [float(f"{number:.5g}") for number in numbers]
    return answer


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value)
