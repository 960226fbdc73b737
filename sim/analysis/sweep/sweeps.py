"""A sweep: one or several scenarios simulated at every point of a design, each sample on the same streams.

A sweep is a folder: the design, what became of each outcome in each sample, and a manifest. Samples are simulated in
blocks, by this machine's workers or a cluster's; finished blocks stay whatever happens to the rest.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
import shlex
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.sweep.design import Design, Input
from sim.analysis.sweep.question import Condition, condition, question
from sim.analysis.sweep.samples import (
    BLOCK,
    FORMAT,
    LEVELS,
    Answer,
    Floats,
    Plan,
    Question,
    Singles,
    as_json,
    compute,
    from_json,
    recorded,
    warnings,
)
from sim.ensemble import manifest, source
from sim.ensemble.executors import complete
from sim.ensemble.making import alone
from sim.errors import InputError
from sim.files import disk, write_whole
from sim.scenario.scenario import Scenario
from sim.text import tame

if TYPE_CHECKING:
    from pandas import DataFrame

    from sim.analysis.sweep.discovery import Box
    from sim.analysis.sweep.ranking import Ranking

LOG = logging.getLogger("alliance")
Progress = Callable[[int, int], None]

KIND = "alliance sweep"
DESIGN, OUTCOMES, NUMBERS = "design.csv", "outcomes.csv", "outcomes.npz"
FILES = (NUMBERS, DESIGN, OUTCOMES)
DISCOVERIES = "discoveries"
READ_OFF = ("figures", DISCOVERIES, "sensitivity", "sensitivity.csv")  # what is made of a finished sweep lies beside it
KEPT = "choose another --out; finished samples are kept, run the same command again to resume"
LONGEST_COMMAND = 2000
SHOWN = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, eq=False)
class Sweep:
    """A finished sweep.

    ``mean`` and ``sd`` are ``(scenarios, samples, questions)`` over the runs of a sample; the mean of a condition is
    its probability. ``levels`` holds the order statistics of each outcome, ``(scenarios, samples, questions, 100)``.
    A sample that failed holds NaN, and ``failed`` says why by (scenario, sample). ``cached`` says that nothing had
    to be simulated.
    """

    folder: Path
    plan: Plan
    mean: Floats
    sd: Floats
    levels: Singles
    failed: Mapping[tuple[int, int], str]
    warnings: tuple[str, ...]
    cached: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the scenarios."""
        return tuple(scenario.name for scenario in self.plan.scenarios)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What varies."""
        return self.plan.design.inputs

    def place(self, asked: Question) -> int:
        """The position of a question among those kept.

        Raises:
            InputError: it was not kept; which were.
        """
        kept = [str(each) for each in self.plan.questions]
        if str(asked) in kept:
            return kept.index(str(asked))
        from sim.text import unknown

        raise InputError(f"{self.folder}: {unknown('outcome of this sweep', str(asked), kept)}")

    def probability(self, asked: Condition, scenario: int = 0) -> Floats:
        """The share of runs in which a condition holds, ``(samples,)``: exact if the sweep kept it, else to a per cent.

        Raises:
            InputError: neither the condition nor its outcome was kept.
        """
        if str(asked) in [str(each) for each in self.plan.questions]:
            return self.mean[scenario, :, self.place(asked)]
        values = self.levels[scenario, :, self.place(asked.outcome)]
        share: Floats = asked.holds(values).mean(axis=1)
        return np.where(np.isnan(values).any(axis=1), np.nan, share)

    def values(self, asked: Question, scenario: int = 0) -> Floats:
        """The mean of an outcome, or the probability of a condition, in each sample, ``(samples,)``."""
        if isinstance(asked, Condition):
            return self.probability(asked, scenario)
        return self.mean[scenario, :, self.place(asked)]

    def sensitivity(self, outcomes: Sequence[str] = (), scenario: int = 0) -> Ranking:
        """How much each input moves the outcomes, all that were kept by default.

        Raises:
            InputError: an outcome was not kept, a sample is missing, or the samples are too few for the inputs.
        """
        from sim.analysis.sweep.ranking import ranking

        return ranking(self, scenario, outcomes)

    def discover(self, where: str, scenario: int = 0) -> tuple[Box, ...]:
        """The regions in which ``where``, a condition such as ``V@DATE < X``, holds in most runs of a sample.

        Raises:
            InputError: the condition cannot be read, its outcome was not kept, or there is no region to find.
        """
        from sim.analysis.sweep.discovery import discover

        chance = self.probability(condition(where, recorded(self.plan.scenarios[scenario])), scenario)
        known = np.isfinite(chance)
        return discover(self.plan.design.numbers()[known], (chance > 0.5)[known], self.inputs)

    def to_frame(self, what: str = "mean") -> DataFrame:
        """A pandas table with a row for every scenario and sample: the inputs, then ``what`` of every outcome.

        ``what`` is ``mean``, ``sd`` or a quantile such as ``q05``.

        Raises:
            InputError: ``what`` is none of these.
        """
        import pandas as pd

        rows = self.plan.design.numbers()
        inputs = {
            entry.name: [entry.text(number) if entry.listed or entry.days else number for number in rows[:, column]]
            for column, entry in enumerate(self.inputs)
        }
        values = self._values(what)
        frames = [
            pd.DataFrame(
                {"scenario": name, "sample": np.arange(len(rows)), **inputs}
                | {str(each): values[which, :, column] for column, each in enumerate(self.plan.questions)}
            )
            for which, name in enumerate(self.names)
        ]
        return pd.concat(frames, ignore_index=True)

    def _values(self, what: str) -> NDArray[Any]:
        if what in ("mean", "sd"):
            return self.mean if what == "mean" else self.sd
        if what.startswith("q") and what[1:].isdigit() and 0 < int(what[1:]) < 100:
            return self.levels[..., int(what[1:])]
        raise InputError(f"{what!r} is not kept; ask for mean, sd, or a quantile such as q05 or q50")


def run(
    plan: Plan,
    *,
    jobs: int = 1,
    cluster: str = "",
    out: Path | None = None,
    force: bool = False,
    resume: bool = False,
    command: str = "",
    progress: Progress | None = None,
) -> Sweep:
    """Simulate all samples that are not in ``out`` yet and write the sweep there.

    A finished sweep of the same inputs is returned at once. Without ``out`` nothing is kept.

    Args:
        plan: what to simulate.
        jobs: worker processes.
        cluster: address of a dask scheduler, instead of processes here.
        out: folder of the sweep.
        force: replace a sweep of other inputs.
        resume: only go on with what is there; refuse if nothing is.
        command: the command line to note in the manifest.
        progress: called with samples done and samples in all.

    Raises:
        InputError: ``out`` holds something else, or the cluster cannot be used.
        FaultError: the disk or a worker failed; finished blocks are kept.
    """
    if out is None:
        with tempfile.TemporaryDirectory(prefix="alliance-") as folder:
            return replace(_make(plan, Path(folder), jobs, cluster, "", progress), folder=Path())
    key = manifest.digest(plan.inputs())
    store = out / "blocks" / key[:16]
    if resume and not store.is_dir() and not (out / manifest.NAME).is_file():
        raise InputError(f"{out}: there is no sweep to resume; leave --resume away to begin one")
    if not force and (held := _held(out, key)):
        return held
    return _make(plan, out, jobs, cluster, command, progress)


def _held(out: Path, key: str) -> Sweep | None:
    """The finished sweep in the folder; InputError if the folder holds something else."""
    if out.exists() and not out.is_dir():
        raise InputError(f"{out}: is a file; --out names a folder")
    path = out / manifest.NAME
    if not path.exists():
        return None
    content = _manifest(out)
    if content["inputs_hash"] != key:
        raise InputError(f"{out}: holds a sweep of other inputs; choose another --out, or --force to replace it")
    try:
        return replace(open_sweep(out), cached=True)
    except InputError:
        return None  # damaged, but known to be this very sweep: it is made again


def _make(plan: Plan, out: Path, jobs: int, cluster: str, command: str, progress: Progress | None) -> Sweep:
    given = plan.inputs()
    store = out / "blocks" / manifest.digest(given)[:16]
    with disk(out, KEPT):
        store.mkdir(parents=True, exist_ok=True)
        with alone(store.parent):
            blocks = _simulate(plan, store, jobs, cluster, progress)
            content = _write(plan, out, given, blocks, command)
            shutil.rmtree(store.parent, ignore_errors=True)
    return _sweep(plan, out, blocks, content)


def _simulate(
    plan: Plan, store: Path, jobs: int, cluster: str, progress: Progress | None
) -> dict[tuple[int, int], Answer]:
    """All blocks: those in store, and the others, stored as they come."""
    blocks: dict[tuple[int, int], Answer] = {}
    numbers = {block: index for index, block in enumerate(plan.blocks)}
    for block, index in numbers.items():
        if (stored := _stored(store / f"{index:05d}.npz", plan, block)) is not None:
            blocks[block] = stored
    total = len(plan.scenarios) * plan.design.samples

    def report() -> None:
        if progress is not None:
            progress(min(total, sum(len(moments) for moments, *_ in blocks.values())), total)

    report()
    missing = [block for block in numbers if block not in blocks]
    name = partial(_name, plan)
    for block, answer in complete(partial(compute, plan), missing, jobs, name, cluster=cluster):
        blocks[block] = answer
        write_whole(store / f"{numbers[block]:05d}.npz", _packed(answer, _bound(plan, block)), remedy=KEPT)
        report()
    return blocks


def _name(plan: Plan, block: tuple[int, int]) -> str:
    which, first = block
    return f"samples {first} to {min(first + BLOCK, plan.design.samples) - 1} of {plan.scenarios[which].name}"


def _bound(plan: Plan, block: tuple[int, int]) -> str:
    """Whose block it is; the packing itself has checksums of its numbers."""
    return f"{manifest.digest(plan.inputs())} {block}"


def _packed(answer: Answer, owner: str) -> bytes:
    moments, levels, failed = answer
    packed = io.BytesIO()
    np.savez(packed, moments=moments, levels=levels, failed=np.array(json.dumps(failed)), owner=np.array(owner))
    return packed.getvalue()


def _stored(path: Path, plan: Plan, block: tuple[int, int]) -> Answer | None:
    """A block in store; None if it is missing, damaged or of other inputs, so that it is made again."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as content:
            failed = {int(sample): str(why) for sample, why in json.loads(str(content["failed"])).items()}
            moments, levels, owner = content["moments"], content["levels"], str(content["owner"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, AttributeError, zipfile.BadZipFile):
        moments = levels = np.empty(0)
        failed, owner = {}, ""
    count = min(BLOCK, plan.design.samples - block[1])
    whole = moments.shape == (count, len(plan.questions), 2) and levels.shape == (count, len(plan.questions), LEVELS)
    if whole and owner == _bound(plan, block):
        return moments, levels, failed
    LOG.warning("%s: damaged, or a block of other inputs; it is computed again", path)
    return None


def _write(
    plan: Plan, out: Path, given: Mapping[str, Any], blocks: Mapping[tuple[int, int], Answer], command: str
) -> dict[str, Any]:
    """Write the files of a finished sweep, the manifest last."""
    shape = (len(plan.scenarios), plan.design.samples, len(plan.questions))
    ordered = [blocks[block] for block in plan.blocks]
    moments = np.concatenate([answer[0] for answer in ordered]).reshape(*shape, 2)
    levels = np.concatenate([answer[1] for answer in ordered]).reshape(*shape, LEVELS)
    packed = io.BytesIO()
    np.savez_compressed(packed, mean=moments[..., 0], sd=moments[..., 1], levels=levels, units=plan.design.units)
    files = {
        NUMBERS: packed.getvalue(),
        DESIGN: _design_csv(plan).encode(),
        OUTCOMES: _outcomes_csv(plan, moments, levels).encode(),
    }
    content = {
        "format": KIND,
        "format_version": FORMAT,
        "version": source.versions()["alliance-sim"],
        "command": command,
        "scenarios": [scenario.to_dict() for scenario in plan.scenarios],
        "inputs": [as_json(entry) for entry in plan.design.inputs],
        "design": plan.design.method,
        "samples": plan.design.samples,
        "outcomes": [each.question if isinstance(each, Condition) else str(each) for each in plan.questions],
        "runs": plan.runs,
        "seed": plan.seed,
        "failed": [
            {"scenario": plan.scenarios[which].name, "sample": sample, "error": why}
            for (which, _), answer in zip(plan.blocks, ordered, strict=True)
            for sample, why in answer[2].items()
        ],
        "warnings": list(warnings(plan)),
        "facts": source.facts_stamp(),
        "versions": source.versions(),
        "inputs_hash": manifest.digest(given),
        "files": {name: {"sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()},
    }
    _make_way(out, manifest.digest(given))
    for name, data in files.items():
        write_whole(out / name, data, durable=True, remedy=KEPT)
    text = json.dumps(manifest.sealed(content), indent=1, ensure_ascii=False) + "\n"
    write_whole(out / manifest.NAME, text, durable=True, remedy=KEPT)
    return content


def _make_way(out: Path, key: str) -> None:
    """Remove the manifest that stands in the folder and, if it is that of another sweep, what was read off that one."""
    path = out / manifest.NAME
    if not path.exists():
        return
    try:
        held = json.loads(path.read_bytes())
        other = held["format"] == KIND and held["inputs_hash"] != key
    except (OSError, ValueError, KeyError, TypeError):
        other = False
    path.unlink()
    for name in READ_OFF if other else ():
        if (out / name).is_dir():
            shutil.rmtree(out / name, ignore_errors=True)
        else:
            (out / name).unlink(missing_ok=True)


def _design_csv(plan: Plan) -> str:
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["sample", *(entry.name for entry in plan.design.inputs)])
    for sample, row in enumerate(plan.design.numbers()):
        writer.writerow([sample, *(entry.text(float(n)) for entry, n in zip(plan.design.inputs, row, strict=True))])
    return table.getvalue()


def _outcomes_csv(plan: Plan, moments: Floats, levels: Singles) -> str:
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["scenario", "sample", "outcome", "mean", "sd", *(f"q{100 * level:02.0f}" for level in SHOWN)])
    ranks = [int(level * LEVELS) for level in SHOWN]
    for which, scenario in enumerate(plan.scenarios):
        for sample in range(plan.design.samples):
            for column, each in enumerate(plan.questions):
                name = each.question if isinstance(each, Condition) else str(each)
                mean, sd = moments[which, sample, column]
                quantiles = [f"{levels[which, sample, column, rank]:.7g}" for rank in ranks]
                writer.writerow([scenario.name, sample, name, f"{mean:.9g}", f"{sd:.7g}", *quantiles])
    return table.getvalue()


def open_sweep(folder: Path | str) -> Sweep:
    """The finished sweep in a folder.

    Raises:
        InputError: there is none, it is unfinished, or a file is damaged.
    """
    out = Path(folder)
    content = _manifest(out)
    for name, entry in content["files"].items():
        path = out / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            raise InputError(f"{path}: missing or damaged; run again: {_again(content, out)}")
    with np.load(out / NUMBERS, allow_pickle=False) as numbers:
        mean, sd, levels, units = (numbers[name] for name in ("mean", "sd", "levels", "units"))
    scenarios = tuple(Scenario.from_dict(each) for each in content["scenarios"])
    inputs = tuple(from_json(each) for each in content["inputs"])
    asked = tuple(question(text, recorded(scenarios[0])) for text in content["outcomes"])
    plan = Plan(scenarios, Design(inputs, units, content["design"]), asked, content["runs"], content["seed"])
    names = [scenario.name for scenario in scenarios]
    failed = {(names.index(each["scenario"]), each["sample"]): each["error"] for each in content["failed"]}
    return Sweep(out, plan, mean, sd, levels, failed, tuple(content["warnings"]))


def _again(content: Mapping[str, Any], out: Path) -> str:
    """The command that makes a sweep again where it lies now, which need not be where it was made."""
    try:
        words = shlex.split(str(content["command"] or ""))
        verb = words[1]
    except (KeyError, IndexError, TypeError, AttributeError, ValueError):
        return "the sweep"
    if "--out" in words[:-1]:
        at = words.index("--out")
        del words[at : at + 2]
    folder = out.parent if verb == "sensitivity" else out
    return tame(shlex.join([*words, "--out", str(folder)]), LONGEST_COMMAND)


def _manifest(out: Path) -> dict[str, Any]:
    path = out / manifest.NAME
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        known = content["format"] == KIND
    except FileNotFoundError:
        if (out / "blocks").is_dir():
            raise InputError(f"{out}: the sweep is unfinished; run its command again to finish it") from None
        raise InputError(f"{out}: holds no sweep; make one with alliance sweep") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"{path}: damaged; run the sweep again") from None
    if not known:
        raise InputError(f"{out}: holds no sweep but another result; make one with alliance sweep")
    if content.get("format_version") != FORMAT:
        raise InputError(f"{out}: made by another version; run again, with --force: {_again(content, out)}")
    if not manifest.is_whole(content, "design"):
        raise InputError(f"{path}: edited since it was made; run the sweep again with --force")
    return content


def _sweep(plan: Plan, out: Path, blocks: Mapping[tuple[int, int], Answer], content: Mapping[str, Any]) -> Sweep:
    shape = (len(plan.scenarios), plan.design.samples, len(plan.questions))
    moments = np.concatenate([blocks[block][0] for block in plan.blocks]).reshape(*shape, 2)
    levels = np.concatenate([blocks[block][1] for block in plan.blocks]).reshape(*shape, LEVELS)
    failed = {(which, sample): why for (which, first) in plan.blocks for sample, why in blocks[which, first][2].items()}
    return Sweep(out, plan, moments[..., 0], moments[..., 1], levels, failed, tuple(content["warnings"]))
