"""``manifest.json``: what made a result, and the proof that its files are whole."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from sim.ensemble import source
from sim.ensemble.layout import BLOCK
from sim.ensemble.netcdf import FORMAT
from sim.errors import InputError, Problem
from sim.limits import MOST_RUNS, MOST_SEED
from sim.text import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sim.model import Variable
    from sim.scenario.scenario import Scenario

NAME, NUMBERS, SUMMARY, DRAWS = "manifest.json", "ensemble.nc", "summary.csv", "draws.nc"
KIND = "alliance ensemble"
OWN = "manifest_sha256"
SHAPE: dict[str, type] = {
    "version": str,
    "scenario": dict,
    "scenario_hash": str,
    "command": str,
    "seed": int,
    "runs": int,
    "central": bool,
    "keep_runs": bool,
    "inputs": dict,
    "inputs_hash": str,
    "variables": list,
    "files": dict,
}
_HASH = re.compile(r"[0-9a-f]{64}")


def inputs(
    scenario: Scenario, *, runs: int, seed: int, central: bool, keep_runs: bool, keep_draws: bool = False
) -> dict[str, Any]:
    """Everything a result depends on; equal inputs give equal bytes."""
    return {
        "scenario": scenario.hash,
        "runs": runs,
        "seed": seed,
        "central": central,
        "keep_runs": keep_runs,
        "keep_draws": keep_draws,
        "facts": source.facts_stamp(),
        "code": source.code_stamp(),
        "format_version": FORMAT,
        "block_size": BLOCK,
        "versions": source.versions(),
    }


def digest(given: Mapping[str, Any]) -> str:
    """One hash for ``inputs``."""
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()


def compose(
    scenario: Scenario,
    variables: Sequence[Variable],
    given: Mapping[str, Any],
    *,
    command: str,
    seconds: Mapping[str, float],
    files: Mapping[str, bytes | Path],
) -> dict[str, Any]:
    """The manifest of a result whose ``files`` are given by content or by path."""
    return {
        "format": KIND,
        "format_version": FORMAT,
        "version": source.versions()["alliance-sim"],
        "scenario": scenario.to_dict(),
        "scenario_hash": scenario.hash,
        "seed": given["seed"],
        "runs": given["runs"],
        "block_size": BLOCK,
        "runs_used_single_donors": min(given["runs"], BLOCK),
        "central": given["central"],
        "keep_runs": given["keep_runs"],
        "keep_draws": given["keep_draws"],
        "facts": given["facts"],
        "editions": source.editions(scenario.start),
        "versions": given["versions"],
        "systems": source.systems(),
        "git_commit": source.git_commit(),
        "command": command,
        "seconds": {name: round(spent, 3) for name, spent in seconds.items()},
        "inputs_hash": digest(given),
        "inputs": dict(given),
        "variables": [variable.to_dict() for variable in variables],
        "files": {name: {"sha256": sha256(content)} for name, content in files.items()},
    }


def sealed(content: Mapping[str, Any]) -> dict[str, Any]:
    """The same with a hash over all of it, by which a reader sees whether it was edited."""
    rest = {name: value for name, value in content.items() if name != OWN}
    return {**rest, OWN: digest(rest)}


def is_whole(content: Mapping[str, Any], newer: str) -> bool:
    """Whether ``content`` is as `sealed` made it. Version 0.1.0 sealed nothing; it knew no entry named ``newer``."""
    if OWN not in content:
        return newer not in content
    return bool(content[OWN] == digest({name: value for name, value in content.items() if name != OWN}))


def encode(manifest: Mapping[str, Any]) -> bytes:
    """As it is written, sealed: an entry a line, and a line for each item of those that have items."""
    manifest = sealed(manifest)
    # Indenting throughout is done in Python, item by item, and took a tenth of a run's time.
    return (
        "{\n" + ",\n".join(f" {_json(name)}: {_lines(value)}" for name, value in manifest.items()) + "\n}\n"
    ).encode()


def _lines(value: Any) -> str:
    """A value of the manifest, its items on lines of their own."""
    if value and isinstance(value, dict):
        return "{\n  " + ",\n  ".join(f"{_json(name)}: {_json(item)}" for name, item in value.items()) + "\n }"
    if value and isinstance(value, (list, tuple)):
        return "[\n  " + ",\n  ".join(map(_json, value)) + "\n ]"
    return _json(value)


def _json(value: Any) -> str:
    """On one line."""
    return json.dumps(value, ensure_ascii=False)


def read(folder: Path) -> dict[str, Any] | None:
    """The manifest in ``folder``, None if there is none.

    Raises InputError if it is damaged, of another program or of another format version.
    """
    path = folder / NAME
    try:
        content = path.read_bytes()
        manifest = json.loads(content)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{path}: not a readable manifest; the result is damaged, make it again with --force"
        ) from error
    if not isinstance(manifest, dict) or manifest.get("format") != KIND:
        raise InputError(f"{path}: not the manifest of an alliance result; choose another folder")
    version = manifest.get("format_version")
    if version != FORMAT:
        raise InputError(
            f"{path}: result of format version {version}, this program reads {FORMAT}; make it again with --force"
        )
    wrong = sorted(name for name, kind in SHAPE.items() if not isinstance(manifest.get(name), kind))
    if wrong:
        raise InputError(f"{path}: lacks {', '.join(wrong)}; the result is damaged, make it again with --force")
    problems = [
        Problem(str(path), *_place(content, key), key, f"{message}; make the result again with --force")
        for key, message in _faults(manifest)
    ]
    if problems:
        raise InputError(tuple(sorted(problems)))
    return manifest


def _faults(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What no result of this program says about itself: key and message."""
    if not is_whole(found, "systems"):
        yield OWN, "this file was edited since it was made"
    for key, low, high in (("runs", 1, MOST_RUNS), ("seed", 0, MOST_SEED)):
        if isinstance(found[key], bool) or not low <= found[key] <= high:
            yield key, f"{shown(found[key])} is not a whole number from {low} to {high}"
    given = found["inputs"]
    if found["inputs_hash"] != digest(given):
        yield "inputs_hash", "this is not the hash of the inputs"
    for key in ("runs", "seed", "central", "keep_runs"):
        if given.get(key) != found[key] or type(given.get(key)) is not type(found[key]):
            yield key, f"{shown(found[key])} is not what the inputs say"
    if given.get("scenario") != found["scenario_hash"]:
        yield "scenario_hash", "this is not the scenario of the inputs"
    if found.get("keep_draws", False) is not given.get("keep_draws", False):
        yield "keep_draws", f"{shown(found.get('keep_draws'))} is not what the inputs say"
    for name in numbers_of(found):
        entry = found["files"].get(name)
        if not (isinstance(entry, dict) and isinstance(entry.get("sha256"), str) and _HASH.fullmatch(entry["sha256"])):
            yield "files", f"no hash of {name}"


def numbers_of(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The files of numbers of a result, each bound to its manifest by a hash."""
    return (NUMBERS, SUMMARY, DRAWS) if manifest.get("keep_draws") else (NUMBERS, SUMMARY)


def _place(content: bytes, key: str) -> tuple[int, int]:
    """Line and column of a top entry; nought where it is not written as `encode` writes it."""
    before, mark, _ = content.partition(f'\n "{key}":'.encode())
    return (before.count(b"\n") + 2, 2) if mark else (0, 0)


def verify(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raise InputError unless every file of the result is the one its manifest describes."""
    for name in numbers_of(manifest):
        path = folder / name
        try:
            present = sha256(path)
        except OSError as error:
            raise InputError(f"{path}: missing or unreadable; make the result again with --force") from error
        if {"sha256": present} != manifest["files"].get(name):
            raise InputError(f"{path}: truncated or changed since it was made; make the result again with --force")


def sha256(content: bytes | Path) -> str:
    """Hash of a content or of the file at a path."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
