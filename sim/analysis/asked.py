"""What is asked of several scenarios: read and checked once, simulated, compared; kept in a folder and opened again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sim import ensemble, model
from sim.analysis.align import name_problems, start_problems
from sim.analysis.attribution import Attribution, attribute
from sim.analysis.comparison import Comparison, compare, recorded
from sim.analysis.inputs import first_moved
from sim.analysis.outcomes import Outcome, chosen_outcomes, with_moved
from sim.ensemble import Result
from sim.ensemble.making import check_folder
from sim.ensemble.manifest import is_whole, sealed
from sim.errors import InputError, Problem
from sim.files import write_whole
from sim.limits import MOST_SCENARIOS
from sim.loading import load
from sim.scenario.scenario import Scenario
from sim.shipped import find_scenario
from sim.text import shown, tame
from sim.version import __version__

if TYPE_CHECKING:
    from sim.analysis.sweep.clear import Clear

FILE, FORMAT = "comparison.json", 1
LONGEST_NAME = 100

# A scenario file or the name of a shipped one, a folder with a result, or either of them already read.
Source: TypeAlias = "str | Path | Scenario | Result"
Progress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question about scenarios side by side, every word of it checked.

    Attributes:
        words: the scenarios and results as the user wrote them.
        sides: what the words mean, a scenario that is still to be simulated or a finished result.
        names: the name of each side; no two are the same.
        baseline: index of the side with which the others are compared.
        by: the outcome by which a single side is split, or None.
        variables: the outcomes named by the user, as ``variable`` or ``variable:ENTITY``; empty for the headlines.
        outcomes: what these names, or the headlines and what the changed inputs move first, stand for.
        at: days to show beside the year ends.
        runs: number of runs of each scenario that is simulated.
        seed: seed of every draw in them.
        sets: ``KEY=VALUE`` texts set on top of every scenario file.
    """

    words: tuple[str, ...]
    sides: tuple[Scenario | Result, ...]
    names: tuple[str, ...]
    baseline: int
    by: str | None
    variables: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    at: tuple[date, ...]
    runs: int
    seed: int
    sets: tuple[str, ...]

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenario of each side."""
        return tuple(side.scenario if isinstance(side, Result) else side for side in self.sides)

    @property
    def folder_name(self) -> str:
        """A name for the folder of the answer, short enough for every disk."""
        if self.by:
            return f"{self.names[0]}_by_{self.by}"
        joined = "_vs_".join(self.names)
        return joined if len(joined) <= LONGEST_NAME else f"{self.names[0]}_vs_{len(self.names) - 1}_others"

    @property
    def settings(self) -> list[tuple[str, Any]]:
        """The options of the command line that ask the same."""
        return [
            ("--runs", self.runs),
            ("--seed", self.seed),
            *(("--set", text) for text in self.sets),
            ("--by", self.by),
            ("--baseline", self.names[self.baseline] if self.baseline else None),
            *(("--variable", name) for name in self.variables),
            *(("--at", day) for day in self.at),
        ]

    def results(
        self,
        folder: Path | None = None,
        *,
        jobs: int = 1,
        cluster: str = "",
        force: bool = False,
        command: str = "",
        progress: Progress | None = None,
    ) -> list[Result]:
        """The results of all sides in their order; scenarios are simulated with ``jobs`` processes or on a ``cluster``.

        What is simulated is kept below ``folder`` under the name of its scenario, and found there the next time;
        without a folder it lives as long as the results. ``progress`` is called with the runs done and in all.

        Raises:
            InputError: ``folder`` holds results of other inputs and ``force`` is not set; told of all before any run.
            FaultError: the disk or a worker failed; what was finished is kept.
        """
        waiting = [side for side in self.sides if not isinstance(side, Result)]
        if folder and not force:
            self._check_folders(waiting, folder)
        results: list[Result] = []
        done = 0
        for side, name in zip(self.sides, self.names, strict=True):
            if isinstance(side, Result):
                results.append(_renamed(side, name))
                continue
            results.append(
                ensemble.run(
                    side,
                    runs=self.runs,
                    seed=self.seed,
                    jobs=jobs,
                    cluster=cluster,
                    out=folder / name if folder else None,
                    force=force,
                    keep_runs=True,
                    keep_draws=self._by_later_draw(side),
                    command=command,
                    progress=_counted(progress, done, self.runs * len(waiting)),
                )
            )
            done += self.runs
        return results

    def until_clear(
        self, widths: Sequence[str], *, jobs: int = 1, cluster: str = "", progress: Progress | None = None
    ) -> Clear:
        """How many runs make every difference at the last date known to the half-widths asked.

        Raises:
            InputError: a side is a finished result, whose runs are given, or a width cannot be read.
        """
        from sim.analysis.sweep.clear import clear_comparison

        if self.by or any(isinstance(side, Result) for side in self.sides):
            raise InputError(
                "--until-clear simulates as many runs as it takes: name scenarios, no results, and no --by"
            )
        return clear_comparison(
            self.scenarios, self.baseline, self.outcomes, widths, seed=self.seed, jobs=jobs, cluster=cluster,
            progress=progress,
        )  # fmt: skip

    def comparison(
        self,
        folder: Path | None = None,
        *,
        jobs: int = 1,
        cluster: str = "",
        force: bool = False,
        command: str = "",
        progress: Progress | None = None,
    ) -> Comparison:
        """The answer: the sides compared run by run, or the parts of a single one. Arguments as in `results`."""
        results = self.results(folder, jobs=jobs, cluster=cluster, force=force, command=command, progress=progress)
        return compare(results, self.baseline, self.by, outcomes=self.outcomes, at=self.at)

    def attribution(
        self, folder: Path | None = None, *, orders: int = 16, jobs: int = 1, progress: Progress | None = None
    ) -> Attribution:
        """Why the second side differs from the first, shared out over the changed inputs.

        The values of each combination of inputs are kept in ``folder``. ``orders`` are sampled above six groups.
        """
        first, second = self.scenarios
        return attribute(
            first,
            second,
            runs=self.runs,
            seed=self.seed,
            jobs=jobs,
            cache=folder / "coalitions" if folder else None,
            outcomes=self.outcomes,
            at=self.at,
            permutations=orders,
            progress=progress,
            known=[side for side in self.sides if isinstance(side, Result)],
        )

    def owns(self, comparison: Comparison, folder: Path, *, force: bool = False) -> bool:
        """Whether ``folder`` holds this very comparison; False where it holds none.

        Raises:
            InputError: it holds another comparison, and ``force`` is not set.
        """
        path = folder / FILE
        try:
            held = json.loads(path.read_bytes())
        except FileNotFoundError:
            return False
        except (OSError, ValueError, RecursionError):
            held = None
        if isinstance(held, dict):
            asked = self._kept(comparison, folder)
            differing = [name for name, value in asked.items() if name != "results" and held.get(name) != value]
            if not differing:
                return True
            reason = f"holds a comparison of other inputs ({', '.join(differing)} differ)"
        else:
            reason = "holds something that is not a comparison"
        if force:
            return False
        raise InputError(f"{path}: {reason}; choose another --out, or --force to replace it")

    def keep(self, comparison: Comparison, folder: Path, command: str, *, replace: bool = True) -> Path:
        """Write ``comparison.json`` to ``folder``, from which `reopen` makes the comparison again; returns its path."""
        content = {"format": FORMAT, "version": __version__, "command": command, **self._kept(comparison, folder)}
        if kept := tried(folder, comparison):
            content["depends"] = kept
        path = folder / FILE
        write_whole(path, json.dumps(sealed(content), indent=2, ensure_ascii=False) + "\n", replace=replace)
        return path

    def _kept(self, comparison: Comparison, folder: Path) -> dict[str, Any]:
        """What makes the comparison, as ``comparison.json`` holds it."""
        return {
            "results": [os.path.relpath(path, folder) for path in comparison.folders],
            "by": self.by,
            "baseline": self.names[self.baseline] if self.baseline else None,
            "outcomes": list(self.variables),
            "at": [day.isoformat() for day in self.at],
            "inputs": [view.manifest["inputs_hash"] for view in comparison.views],
        }

    def _by_later_draw(self, scenario: Scenario) -> bool:
        """Whether the sides are split by something that only the simulation itself can tell."""
        from sim.model import later_draws

        return any(draw.name == self.by and not draw.variable for draw in later_draws(scenario))

    def _check_folders(self, scenarios: Sequence[Scenario], folder: Path) -> None:
        """Refuse before the first simulation what the last would be refused for, all folders at once."""
        problems: list[Problem] = []
        for scenario in scenarios:
            try:
                draws = self._by_later_draw(scenario)
                check_folder(scenario, folder / scenario.name, runs=self.runs, seed=self.seed, keep_draws=draws)
            except InputError as error:
                problems += error.problems
        if problems:
            raise InputError(tuple(problems))


def ask(
    sources: Sequence[Source],
    *,
    by: str | None = None,
    baseline: str | int | None = None,
    variables: Sequence[str] = (),
    at: Sequence[date | str] = (),
    runs: int = 1000,
    seed: int = 1,
    sets: Sequence[str] = (),
) -> Asked:
    """Read and check a question about scenarios side by side; nothing is simulated.

    Args:
        sources: two to eight scenarios or finished results; a single one with ``by``.
        by: an outcome by which a single source is split, such as ``us.president``.
        baseline: name or index of the source with which the others are compared; the first by default.
        variables: outcomes to compare, ``variable`` or ``variable:ENTITY``; the headline outcomes by default, and what
            the changed inputs are declared to move first.
        at: days to show beside the year ends, dates or ISO texts; each must lie within every scenario.
        runs: number of runs of each scenario that is simulated.
        seed: seed of every draw in them.
        sets: ``KEY=VALUE`` texts set on top of every scenario file.

    Raises:
        InputError: scenarios, results, names, days or outcomes are wrong; all that can be told at once.
    """
    words = tuple(source if isinstance(source, str) else _word(source) for source in sources)
    fewest = 1 if by else 2
    if not fewest <= len(words) <= MOST_SCENARIOS:
        raise InputError(f"{fewest} to {MOST_SCENARIOS} scenarios can be compared, {len(words)} given")
    if twice := sorted({word for word in words if words.count(word) > 1}):
        raise InputError(
            tuple(Problem("", 0, 0, "", f"'{word}' is given more than once; name it once") for word in twice)
        )
    sides, problems = _read(sources, sets)
    if problems:
        raise InputError(tuple(dict.fromkeys(problems)))
    names = _names(words, sides)
    scenarios = [side.scenario if isinstance(side, Result) else side for side in sides]
    complaints = [*name_problems(names), *start_problems(names, scenarios)]
    days = [day if isinstance(day, date) else _day(day, complaints) for day in at]
    for day in days:
        outside = [name for name, each in zip(names, scenarios, strict=True) if not each.start <= day <= each.end]
        if outside and day != date.max:
            complaints.append(f"{day} is outside {', '.join(outside)}")
    try:
        held = [side for side in sides if isinstance(side, Result)]
        known = recorded(held) if len(held) == len(sides) else None
        outcomes = chosen_outcomes(variables, known, scenarios=scenarios)
        if not (variables or by):
            outcomes = with_moved(outcomes, first_moved(scenarios, model.catalogue()), known)
    except InputError as error:
        complaints += [problem.message for problem in error.problems]
        outcomes = ()
    index = _baseline(baseline, names, by, complaints)
    if complaints:
        raise InputError(tuple(Problem("", 0, 0, "", text) for text in complaints))
    return Asked(
        words, tuple(sides), tuple(names), index, by, tuple(variables), outcomes, tuple(days), runs, seed, tuple(sets)
    )


def reopen(folder: Path) -> tuple[Comparison, str]:
    """The comparison kept in ``folder``, and the command that made it.

    Raises:
        InputError: there is none, it is damaged, or one of its results is.
    """
    path = folder / FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        sources = [str(folder / word) for word in content["results"]]
        command, version = str(content["command"]), content["format"]
        by, baseline, variables = content["by"], content["baseline"], tuple(content["outcomes"])
        at = tuple(map(date.fromisoformat, content.get("at", ())))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not a comparison of this program; make it again with alliance compare") from error
    if version != FORMAT:
        raise InputError(f"{path}: format {shown(version)} of another version; make it again with alliance compare")
    if not is_whole(content, "inputs"):
        raise InputError(f"{path}: edited since it was made; make it again with alliance compare --force")
    missing = [source for source in sources if not is_result(source)]
    if missing:
        raise InputError(f"{path}: the result {missing[0]} is gone; make it again with: {tame(command, 400)}")
    return ask(sources, by=by, baseline=baseline, variables=variables, at=at).comparison(folder), command


def tried(folder: Path, comparison: Comparison) -> dict[str, Any]:
    """What `alliance depends` found about the comparison in ``folder``; empty if it was not asked about this one."""
    try:
        kept: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))["depends"]
        same = kept["hashes"] == [view.scenario.hash for view in comparison.views]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return kept if same else {}


def open_source(folder: Path) -> tuple[Result | Comparison, str]:
    """The result or comparison kept in ``folder``, and the command that made it.

    Raises:
        InputError: there is neither, or it is damaged.
    """
    if (folder / FILE).is_file():
        return reopen(folder)
    result = ensemble.open_result(folder)
    return result, str(result.manifest.get("command", ""))


def is_result(word: str | Path) -> bool:
    """Whether a word names a result, finished or not, rather than a scenario.

    A folder that is no result counts as one, since opening it says best what it lacks; but a folder that happens to
    have the name of a shipped scenario does not hide that scenario.
    """
    if (Path(word) / "manifest.json").is_file() or not Path(word).is_dir():
        return Path(word).is_dir()
    try:
        find_scenario(word)
    except InputError:
        return True
    return False


def _word(source: Path | Scenario | Result) -> str:
    """A source as a user would write it."""
    if isinstance(source, Result):
        return str(source.path)
    return source.name if isinstance(source, Scenario) else str(source)


def _read(sources: Sequence[Source], sets: Sequence[str]) -> tuple[list[Scenario | Result], list[Problem]]:
    """Every source read, and the mistakes of all of them."""
    sides: list[Scenario | Result] = []
    problems: list[Problem] = []
    for source in sources:
        try:
            if isinstance(source, Scenario | Result):
                sides.append(source)
            elif is_result(source):
                sides.append(ensemble.open_result(source))
            else:
                sides.append(load(source, sets))
        except InputError as error:
            problems += error.problems
    return sides, problems


def _names(words: Sequence[str], sides: Sequence[Scenario | Result]) -> list[str]:
    """The name of each side; results of one name (one scenario with and without ``--set``) go by their folders."""
    names = [side.scenario.name if isinstance(side, Result) else side.name for side in sides]
    return [
        Path(word).resolve().name if names.count(name) > 1 and isinstance(side, Result) else name
        for word, side, name in zip(words, sides, names, strict=True)
    ]


def _day(text: str, complaints: list[str]) -> date:
    """The day that an ISO text means; any day, and a complaint, where it means none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        complaints.append(f"'{text}' is no date; write it as 2025-06-30")
        return date.max


def _baseline(baseline: str | int | None, names: Sequence[str], by: str | None, complaints: list[str]) -> int:
    """The index that ``baseline`` means; 0, and a complaint, where it means none."""
    if isinstance(baseline, int) and (by or 0 <= baseline < len(names)):
        return baseline
    if baseline is None:
        return 0
    if by:
        complaints.append("--baseline names a scenario; with --by the first part is the baseline")
    elif baseline in names:
        return list(names).index(str(baseline))
    else:
        complaints.append(f"--baseline {baseline}: not among the scenarios compared ({', '.join(names)})")
    return 0


def _renamed(result: Result, name: str) -> Result:
    """The result with its scenario under ``name``; nothing changes on disk."""
    content = result.manifest
    if content["scenario"]["name"] == name:
        return result
    return Result(result.path, {**content, "scenario": {**content["scenario"], "name": name}})


def _counted(progress: Progress | None, before: int, total: int) -> Progress | None:
    """Progress of one scenario as progress of all of them."""
    if progress is None:
        return None
    report = progress
    return lambda done, _: report(before + done, total)
