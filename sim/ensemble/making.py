"""From a scenario to a finished result folder, resumable at every block."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.ensemble import blocks, folder, manifest, netcdf, source, tidy, workers
from sim.ensemble.layout import blocks_of
from sim.ensemble.result import Result
from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from sim.scenario.scenario import Scenario

KEEP_RUNS = 10_000
MOST_RUNS = 10_000_000
MOST_SEED = 2**63 - 1
FILES = (manifest.NUMBERS, manifest.SUMMARY, manifest.NAME)


@dataclass(frozen=True, slots=True)
class Order:
    """One ensemble to make: its work, its inputs and the folder it goes to."""

    work: blocks.Work
    given: dict[str, Any]
    out: Path
    command: str


def run(
    scenario: Scenario,
    *,
    runs: int = 1000,
    seed: int = 1,
    jobs: int = 1,
    out: Path | str | None = None,
    central: bool = False,
    force: bool = False,
    keep_runs: bool | None = None,
    command: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Simulate ``runs`` runs of ``scenario`` and write the result to ``out``.

    The bytes of ``ensemble.nc`` and ``summary.csv`` depend on scenario, runs, seed, ``central`` and ``keep_runs``
    alone, not on ``jobs``, interruptions or other runs. A finished result of the same inputs is returned at once
    (``cached``) unless ``force``; unfinished blocks of the same inputs are used.

    Args:
        scenario: a resolved scenario.
        runs: how many; run ``i`` is the same run in every ensemble of this seed.
        seed: of every stream.
        jobs: worker processes.
        out: folder of the result; without one it lives in a temporary folder as long as the `Result` does.
        central: all parameters at their central values.
        force: replace a result of other inputs, or make the same one anew.
        keep_runs: store every run's values; by default up to 10,000 runs.
        command: the command line to note in the manifest.
        progress: called with runs done and runs in all, at the start and after every block.

    Raises:
        InputError: an argument is wrong, or ``out`` holds something else and ``force`` is not set.
        FaultError: disk or worker failed, or the model gave no number; finished blocks stay in ``out``.
    """
    began = time.perf_counter()
    _check(runs, seed, jobs)
    kept = runs <= KEEP_RUNS if keep_runs is None else keep_runs
    given = manifest.inputs(scenario, runs=runs, seed=seed, central=central, keep_runs=kept)
    place = Path(tempfile.mkdtemp(prefix="alliance-")) if out is None else Path(out)
    try:
        store = place / "blocks" / manifest.digest(given)[:16]
        order = Order(blocks.Work(source.MODEL, scenario, seed, runs, central, store), given, place, command)
        found = None if out is None else _existing(order, force=force)
        result = found or _make(order, jobs, progress or (lambda done, total: None), began)
    except BaseException:
        if out is None:
            shutil.rmtree(place, ignore_errors=True)
        raise
    if out is None:
        weakref.finalize(result, shutil.rmtree, place, ignore_errors=True)
    return result


def _check(runs: int, seed: int, jobs: int) -> None:
    """Raise InputError with all problems of the plain arguments."""
    limits = (("runs", runs, 1, MOST_RUNS), ("seed", seed, 0, MOST_SEED), ("jobs", jobs, 1, 1024))
    problems = [
        Problem("", 0, 0, name, f"{value!r} is not a whole number from {low} to {high}")
        for name, value, low, high in limits
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high
    ]
    if problems:
        raise InputError(tuple(sorted(problems)))


def _existing(order: Order, *, force: bool) -> Result | None:
    """The finished result in the folder if it is the one asked for; InputError if the folder must not be touched."""
    out = order.out
    if out.exists() and not out.is_dir():
        raise InputError(f"{out}: is a file; --out names a folder")
    if force:
        return None
    held = manifest.read(out)
    if held is None:
        strangers = [name for name in FILES if (out / name).exists()]
        if strangers and not order.work.store.is_dir():
            raise InputError(f"{out}: holds {strangers[0]} but no manifest; choose another --out, or --force to replace it")
        return None
    if held["inputs_hash"] != manifest.digest(order.given):
        raise InputError(
            f"{out}: holds a result of other inputs ({_difference(held['inputs'], order.given)}); "
            "choose another --out, or --force to replace it"
        )
    try:
        manifest.verify(out, held)
    except InputError:
        # Damaged, but known to be this very ensemble: making it again loses nothing.
        return None
    return _renamed(order, held)


def _difference(held: dict[str, Any], given: dict[str, Any]) -> str:
    """Which inputs differ, in words."""
    differing = [name for name in given if held.get(name) != given[name]]
    shown = {"runs", "seed", "central", "keep_runs"}
    told = [f"{name} {held.get(name)}, not {given[name]}" if name in shown else name for name in differing]
    return ", ".join(told).replace("code", "program code") or "older format"


def _renamed(order: Order, held: dict[str, Any]) -> Result:
    """The held result under the scenario's present name, texts and origins, on which its numbers do not depend."""
    out, store = order.out, order.work.store
    old, new = held["scenario"], json.loads(json.dumps(order.work.scenario.to_dict()))
    if old != new:
        held["scenario"] = new
        with folder.disk(out):
            store.mkdir(parents=True, exist_ok=True)
            if old.get("name") != new["name"]:
                table = tidy.renamed((out / manifest.SUMMARY).read_bytes(), new["name"])
                held["files"][manifest.SUMMARY] = {"sha256": manifest.sha256(table)}
                folder.write(store / manifest.SUMMARY, table)
            folder.write(store / manifest.NAME, manifest.encode(held))
            folder.move(store, out, FILES)
    _clear(order)
    return Result(out, held, cached=True)


def _make(order: Order, jobs: int, progress: Callable[[int, int], None], began: float) -> Result:
    """Compute what is missing, reduce, put the result in place."""
    work = order.work
    layout = work.layout()
    with folder.disk(order.out):
        work.store.mkdir(parents=True, exist_ok=True)
        for part in work.store.glob(".*.part"):
            part.unlink()
    ready = blocks.finished(work, layout)
    counts = dict(blocks_of(work.runs))
    missing = [number for number in counts if number not in set(ready)]
    folder.need(work.store, sum(layout.height(number) * counts[number] * blocks.ITEM for number in missing))
    done = sum(counts[number] for number in ready)
    progress(done, work.runs)

    def report(number: int) -> None:
        nonlocal done
        done += counts[number]
        progress(done, work.runs)

    workers.complete(work, missing, jobs, report)
    simulated = time.perf_counter()
    model = source.model(work.model)
    axes = model.axes(work.scenario)
    numbers = work.store / manifest.NUMBERS
    key = manifest.digest(order.given)
    found = netcdf.write(numbers, work, layout, axes, keep_runs=order.given["keep_runs"], inputs=key)
    table = tidy.text(work.scenario.name, model.variables(), axes, found)
    now = time.perf_counter()
    seconds = {"total": now - began, "simulate": simulated - began, "reduce_and_write": now - simulated}
    composed = manifest.compose(
        work.scenario,
        model.variables(),
        order.given,
        command=order.command,
        seconds=seconds,
        files={manifest.NUMBERS: numbers, manifest.SUMMARY: table},
    )
    with folder.disk(order.out):
        folder.write(work.store / manifest.SUMMARY, table)
        folder.write(work.store / manifest.NAME, manifest.encode(composed))
        # Without its manifest a folder counts as unfinished: no moment shows a manifest beside another's numbers.
        (order.out / manifest.NAME).unlink(missing_ok=True)
        folder.move(work.store, order.out, FILES)
    _clear(order)
    return Result(order.out, json.loads(manifest.encode(composed)))


def _clear(order: Order) -> None:
    """Remove the blocks, which have served; what cannot be removed does no harm and goes another time."""
    shutil.rmtree(order.work.store, ignore_errors=True)
    rest = order.out / "blocks"
    if rest.is_dir() and not any(rest.iterdir()):
        shutil.rmtree(rest, ignore_errors=True)
