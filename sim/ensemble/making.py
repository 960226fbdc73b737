"""From a scenario to a finished result folder, resumable at every block."""

from __future__ import annotations

import errno
import json
import logging
import os
import shutil
import tempfile
import time
import weakref
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.ensemble import blocks, drawn, manifest, netcdf, source, tidy
from sim.ensemble.executors import complete
from sim.ensemble.layout import blocks_of
from sim.ensemble.result import Result
from sim.errors import AllianceError, FaultError, InputError, Problem
from sim.files import disk, sync, write_whole
from sim.limits import MOST_JOBS, MOST_RUNS, MOST_SEED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sim.scenario.scenario import Scenario

LOG = logging.getLogger("alliance")
KEEP_RUNS = 10_000
FIGURES = "figures"
FAILED = ".failed"
LOCK = ".lock"
FILES = (manifest.NUMBERS, manifest.DRAWS, manifest.SUMMARY, manifest.NAME)


@dataclass(frozen=True, slots=True)
class Order:
    """One ensemble to make: its work, its inputs and the folder it goes to."""

    work: blocks.Work
    given: dict[str, Any]
    out: Path
    command: str
    cluster: str = ""


def run(
    scenario: Scenario,
    *,
    runs: int = 1000,
    seed: int = 1,
    jobs: int = 1,
    cluster: str = "",
    out: Path | str | None = None,
    central: bool = False,
    force: bool = False,
    keep_runs: bool | None = None,
    keep_draws: bool = False,
    command: str = "",
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Simulate ``runs`` runs of ``scenario`` and write the result to ``out``.

    The bytes of ``ensemble.nc``, ``summary.csv`` and ``draws.nc`` depend on scenario, runs, seed, ``central``,
    ``keep_runs`` and ``keep_draws`` alone, not on ``jobs``, ``cluster``,
    interruptions or other runs. A finished result of the same inputs is returned
    at once (``cached``) unless ``force``; unfinished blocks of the same inputs are used.

    Args:
        scenario: a resolved scenario.
        runs: how many; run ``i`` is the same run in every ensemble of this seed.
        seed: of every stream.
        jobs: worker processes.
        cluster: address of a dask scheduler whose workers simulate, instead of processes here.
        out: folder of the result; without one it lives in a temporary folder as long as the `Result` does.
        central: all parameters at their central values.
        force: replace a result of other inputs, or make the same one anew.
        keep_runs: store every run's values; by default up to 10,000 runs.
        keep_draws: store what every run drew, in ``draws.nc``: see `Result.draws`.
        command: the command line to note in the manifest.
        progress: called with runs done and runs in all, at the start and after every block.

    Raises:
        InputError: an argument is wrong, or ``out`` holds something else and ``force`` is not set.
        FaultError: disk or worker failed, or the model gave no number; finished blocks stay in ``out``.
    """
    began = time.perf_counter()
    _check(runs, seed, jobs)
    kept = runs <= KEEP_RUNS if keep_runs is None else keep_runs
    given = manifest.inputs(scenario, runs=runs, seed=seed, central=central, keep_runs=kept, keep_draws=keep_draws)
    folder = Path(tempfile.mkdtemp(prefix="alliance-")) if out is None else Path(out)
    try:
        key = manifest.digest(given)
        store = folder / "blocks" / key[:16]
        work = blocks.Work(source.MODEL, scenario, seed, runs, central, store, key, keep_draws, kept)
        order = Order(work, given, folder, command, cluster)
        result = None if out is None else _existing(order, force=force)
        result = result or _make(order, jobs, progress, began)
    except BaseException:
        if out is None:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    spent = "reused" if result.cached else f"{time.perf_counter() - began:.1f} s"
    LOG.info("%s: %s runs, seed %d, %s", scenario.name, f"{runs:,}", seed, spent)
    if out is None:
        weakref.finalize(result, shutil.rmtree, folder, ignore_errors=True)
    return result


def check_folder(
    scenario: Scenario, out: Path, *, runs: int, seed: int, keep_runs: bool = True, keep_draws: bool = False
) -> None:
    """Refuse at once the folder that `run` would refuse with these arguments; nothing is written.

    Raises:
        InputError: ``out`` is a file or holds something else.
    """
    given = manifest.inputs(scenario, runs=runs, seed=seed, central=False, keep_runs=keep_runs, keep_draws=keep_draws)
    store = out / "blocks" / manifest.digest(given)[:16]
    _held(Order(blocks.Work(source.MODEL, scenario, seed, runs, False, store), given, out, ""))


def _check(runs: int, seed: int, jobs: int) -> None:
    """Raise InputError with all problems of the plain arguments."""
    limits = (("runs", runs, 1, MOST_RUNS), ("seed", seed, 0, MOST_SEED), ("jobs", jobs, 1, MOST_JOBS))
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
    if force and (out.is_dir() or not out.exists()):
        return None
    held = _held(order)
    if held is None:
        return None
    try:
        manifest.verify(out, held)
    except InputError:
        # Damaged, but known to be this very ensemble: making it again loses nothing.
        return None
    return _renamed(order, held)


def _held(order: Order) -> dict[str, Any] | None:
    """The manifest in the folder if it is of the ensemble asked for; InputError if the folder must not be touched."""
    out = order.out
    if out.exists() and not out.is_dir():
        raise InputError(f"{out}: is a file; --out names a folder")
    held = manifest.read(out)
    if held is None:
        strangers = [name for name in FILES if (out / name).exists()]
        if strangers and not order.work.store.is_dir():
            raise InputError(
                f"{out}: holds {strangers[0]} but no manifest; choose another --out, or --force to replace it"
            )
        return None
    if held["inputs_hash"] != manifest.digest(order.given):
        raise InputError(
            f"{out}: holds a result of other inputs ({_difference(held['inputs'], order.given)}); "
            "choose another --out, or --force to replace it"
        )
    return held


def _difference(held: dict[str, Any], given: dict[str, Any]) -> str:
    """Which inputs differ, in words."""
    differing = [name for name in given if held.get(name) != given[name]]
    shown = {"runs", "seed", "central", "keep_runs", "keep_draws"}
    words = [f"{name} {held.get(name)}, not {given[name]}" if name in shown else name for name in differing]
    return ", ".join(words).replace("code", "program code") or "older format"


def _renamed(order: Order, held: dict[str, Any]) -> Result:
    """The held result under the scenario's present name, texts and origins, on which its numbers do not depend."""
    store = order.work.store
    new = json.loads(json.dumps(order.work.scenario.to_dict()))
    if held["scenario"] != new or store.parent.is_dir():
        with disk(order.out, blocks.KEPT):
            store.mkdir(parents=True, exist_ok=True)
            with alone(store.parent):
                if held["scenario"] != new:
                    _relabel(order, held, new)
                _clear(order)
    return Result(order.out, held, cached=True)


def _relabel(order: Order, held: dict[str, Any], new: dict[str, Any]) -> None:
    """Put the scenario ``new`` into the manifest and its name into the table."""
    store = order.work.store
    if held["scenario"].get("name") != new["name"]:
        table = tidy.renamed((order.out / manifest.SUMMARY).read_bytes(), new["name"])
        held["files"][manifest.SUMMARY] = {"sha256": manifest.sha256(table)}
        write_whole(store / manifest.SUMMARY, table, durable=True)
    held["scenario"] = new
    write_whole(store / manifest.NAME, manifest.encode(held), durable=True)
    _move(store, order.out, FILES)


def _make(order: Order, jobs: int, progress: Callable[[int, int], None] | None, began: float) -> Result:
    """Compute what is missing, reduce, put the result in place; one process at a time in a folder."""
    store = order.work.store
    with disk(order.out, blocks.KEPT):
        store.mkdir(parents=True, exist_ok=True)
        with alone(store.parent):
            for part in store.glob(".*.part"):
                part.unlink()
            _simulate(order, jobs, progress)
            composed = _reduce(order, jobs, began, time.perf_counter())
            _retire(order)
            _move(store, order.out, FILES)
            _clear(order)
    return Result(order.out, composed)


def _simulate(order: Order, jobs: int, progress: Callable[[int, int], None] | None) -> None:
    """Put every block that is not in store there."""
    work, layout = order.work, order.work.layout()
    counts = dict(blocks_of(work.runs))
    ready = set(blocks.finished(work, layout))
    missing = [number for number in counts if number not in ready]
    _need(work.store, blocks.size(layout, {number: counts[number] for number in missing}))
    done = sum(counts[number] for number in ready)

    def report(number: int | None) -> None:
        nonlocal done
        done += 0 if number is None else counts[number]
        if progress is not None:
            progress(done, work.runs)

    report(None)
    for trace in work.store.glob(f"*{FAILED}"):
        trace.unlink()
    if order.cluster:
        _on_cluster(order, missing, report)
    elif len(missing) == 1:
        blocks.compute(work, missing[0], jobs)
        report(missing[0])
    else:
        name, failed = "block {}".format, partial(_mark, work)
        for number, _ in complete(partial(blocks.compute, work), missing, jobs, name, failed=failed):
            report(number)


def _on_cluster(order: Order, missing: Sequence[int], report: Callable[[int], None]) -> None:
    """Compute the blocks ``missing`` on the cluster, which stores them itself or sends them here."""
    work = order.work
    mark = work.store / f".{os.urandom(8).hex()}.part"  # a worker that finds it sees the same folder
    mark.touch()
    compute = partial(blocks.compute_elsewhere, work, mark.name)
    try:
        for number, sent in complete(
            compute, missing, 1, "block {}".format, cluster=order.cluster, failed=partial(_mark, work)
        ):
            if sent is not None:
                write_whole(work.path(number), sent, durable=True, remedy=blocks.KEPT)
            report(number)
    finally:
        mark.unlink(missing_ok=True)


def _mark(work: blocks.Work, number: int, fault: AllianceError) -> None:
    """Leave word of a block that failed beside those that are finished."""
    write_whole(work.path(number).with_suffix(FAILED), f"{fault}\n", remedy=blocks.KEPT)


def _reduce(order: Order, jobs: int, began: float, simulated: float) -> dict[str, Any]:
    """Write the three files of the result into the store; returns the manifest as it reads back."""
    work, model = order.work, source.model(order.work.model)
    variables, axes = work.recorded(), model.axes(work.scenario)
    numbers = work.store / manifest.NUMBERS
    key = manifest.digest(order.given)
    statistics = netcdf.write(numbers, work, work.layout(), axes, inputs=key, jobs=jobs)
    table = tidy.text(work.scenario.name, variables, axes, statistics)
    write_whole(work.store / manifest.SUMMARY, table, durable=True)
    files: dict[str, bytes | Path] = {manifest.NUMBERS: numbers, manifest.SUMMARY: table}
    if work.keep_draws:
        files[manifest.DRAWS] = work.store / manifest.DRAWS
        drawn.write(work.store / manifest.DRAWS, work, work.layout())
    now = time.perf_counter()
    composed = manifest.encode(
        manifest.compose(
            work.scenario,
            variables,
            order.given,
            command=order.command,
            seconds={"total": now - began, "simulate": simulated - began, "reduce_and_write": now - simulated},
            files=files,
        )
    )
    write_whole(work.store / manifest.NAME, composed, durable=True)
    read_back: dict[str, Any] = json.loads(composed)
    return read_back


def _retire(order: Order) -> None:
    """Make way for a new result: figures drawn from other numbers go, then the old manifest."""
    path = order.out / manifest.NAME
    if not path.exists():
        return
    try:
        held = manifest.read(order.out)
    except InputError:
        held = None
    if held is None or held["inputs_hash"] != manifest.digest(order.given):
        figures = order.out / FIGURES
        if figures.is_dir():
            shutil.rmtree(figures)
    # Without its manifest a folder counts as unfinished: no moment shows a manifest beside another's numbers.
    path.unlink()
    (order.out / manifest.DRAWS).unlink(missing_ok=True)


def _clear(order: Order) -> None:
    """Remove the blocks, which have served, but not those of another run; what cannot be removed does no harm."""
    store = order.work.store
    shutil.rmtree(store, ignore_errors=True)
    if not any(path.is_dir() for path in store.parent.iterdir()):
        shutil.rmtree(store.parent, ignore_errors=True)


def _move(source: Path, target: Path, names: Sequence[str]) -> None:
    """Move those of ``names`` that are in ``source`` to ``target``, each replacing what is there, in this order."""
    for name in names:
        if (source / name).exists():
            (source / name).replace(target / name)
    sync(target)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the folder ``path`` against other processes; FaultError if one is at work there. No lock on Windows."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (path / LOCK).open("ab") as file:
        try:
            # The system frees it when the process ends, however it ends.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.EACCES):
                raise
            raise FaultError(f"{path}: another run is at work here; wait for it or choose another --out") from error
        yield


def _need(path: Path, size: int) -> None:
    """Raise FaultError unless the disk under the existing folder ``path`` has ``size`` bytes free."""
    free = shutil.disk_usage(path).free
    if free < size:
        raise FaultError(
            f"{path}: this run needs about {size / 1e6:,.0f} MB of disk and {free / 1e6:,.0f} MB are free; "
            "free some space, choose another --out or fewer --runs"
        )
