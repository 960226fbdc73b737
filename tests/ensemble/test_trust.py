"""Nothing that lies on a disk is taken for what it says: blocks, manifests and numbers are checked before use."""

from __future__ import annotations

import hashlib
import json
import os
import signal

import h5py
import numpy as np
import pytest

from sim.ensemble import open_result, run
from sim.ensemble.layout import BLOCK
from sim.ensemble.manifest import digest, encode
from sim.errors import InputError
from tests.ensemble.test_kills import blocks, bytes_of, start, wait_until


def interrupted(out, **settings):
    process = start(out, 4 * BLOCK, 1, ALLIANCE_STUB="sleep=0.25", **settings)
    wait_until(lambda: len(blocks(out)) >= 2)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()


@pytest.mark.parametrize("damage", ["zeros", "nan", "one bit", "swapped", "another scenario"])
def test_a_block_of_the_right_size_with_wrong_numbers_is_told_and_computed_again(scenario, tmp_path, caplog, damage):
    out = tmp_path / "out"
    interrupted(out)
    first, second = sorted(blocks(out))[:2]
    content = bytearray(first.read_bytes())
    numbers = slice(128, len(content) - 36)
    if damage == "zeros":
        content[numbers] = bytes(len(content[numbers]))
    elif damage == "nan":
        content[numbers] = np.full(len(content[numbers]) // 4, np.nan, "<f4").tobytes()
    elif damage == "one bit":
        content[len(content) // 2] ^= 1
    elif damage == "swapped":
        rest = second.read_bytes()[len(content) - 36 :]
        content[:] = second.read_bytes()[: len(content) - len(rest)] + rest if len(rest) == 36 else second.read_bytes()
    else:
        from stub_scenario import StubScenario

        other = tmp_path / "other"
        run(StubScenario(level="2"), runs=BLOCK, out=other, progress=lambda done, total: keep(other))
        content[:] = kept[0]
    first.write_bytes(content)
    run(scenario, runs=4 * BLOCK, out=out)
    told = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert told == [f"{first}: damaged, or a block of other inputs; it is computed again"]
    run(scenario, runs=4 * BLOCK, out=tmp_path / "undisturbed")
    assert bytes_of(out) == bytes_of(tmp_path / "undisturbed")


kept: list[bytes] = []


def keep(out):
    kept[:] = [path.read_bytes() for path in blocks(out)]


def edited(folder, change, *, reseal):
    """Change the manifest in ``folder``; ``reseal`` gives it the hash of its new content."""
    path = folder / "manifest.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_bytes(encode(content) if reseal else json.dumps(content).encode())


EDITS = {
    "title": lambda m: m["scenario"].update(title="Better"),
    "command": lambda m: m.update(command="alliance run --help"),
    "seed": lambda m: m.update(seed=7),
    "values": lambda m: m["scenario"].update(level="9"),
    "facts": lambda m: m.update(facts="0" * 64),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edited_manifest_is_refused(scenario, tmp_path, what):
    run(scenario, runs=4, out=tmp_path)
    edited(tmp_path, EDITS[what], reseal=False)
    with pytest.raises(InputError, match="this file was edited since it was made; make the result again with --force"):
        open_result(tmp_path)


@pytest.mark.parametrize(
    ("change", "key", "message"),
    [
        (lambda m: (m.update(runs=10**30), m["inputs"].update(runs=10**30)), "runs", "a huge whole number is not a"),
        (lambda m: (m.update(runs=0), m["inputs"].update(runs=0)), "runs", "0 is not a whole number from 1 to"),
        (lambda m: m.update(seed=-1), "seed", "-1 is not a whole number from 0 to"),
        (lambda m: m.update(runs=5), "runs", "5 is not what the inputs say"),
        (lambda m: m.update(keep_runs=False), "keep_runs", "false is not what the inputs say"),
        (lambda m: m.update(scenario_hash="0" * 64), "scenario_hash", "this is not the scenario of the inputs"),
        (lambda m: m["files"].pop("ensemble.nc"), "files", "no hash of ensemble.nc"),
        (lambda m: m["inputs"].update(facts="x"), "inputs_hash", "this is not the hash of the inputs"),
    ],
)
def test_a_manifest_sealed_again_is_still_held_to_what_results_can_be(scenario, tmp_path, change, key, message):
    run(scenario, runs=4, out=tmp_path)
    edited(tmp_path, change, reseal=True)
    with pytest.raises(InputError) as caught:
        open_result(tmp_path)
    problem = next(problem for problem in caught.value.problems if problem.key == key and message in problem.message)
    lines = (tmp_path / "manifest.json").read_text().splitlines()
    assert lines[problem.line - 1].startswith(f' "{key}":')


@pytest.mark.parametrize("way", ["external storage", "external link", "soft link", "virtual"])
def test_numbers_are_never_read_from_another_file(scenario, tmp_path, way):
    run(scenario, runs=4, out=tmp_path / "out")
    secret = tmp_path / "secret"
    secret.write_bytes(b"the words of another file" * 40)
    path = tmp_path / "out" / "ensemble.nc"
    with h5py.File(path, "a") as file:
        shape = file["area_mean"].shape
        del file["area_mean"]
        if way == "external storage":
            file.create_dataset("area_mean", shape, "f4", external=[(str(secret), 0, 400)])
        elif way == "external link":
            file["area_mean"] = h5py.ExternalLink(str(secret), "/x")
        elif way == "soft link":
            file["area_mean"] = h5py.SoftLink("/area_sd")
        else:
            layout = h5py.VirtualLayout(shape, "f4")
            layout[:] = h5py.VirtualSource(str(secret), "x", shape)
            file.create_virtual_dataset("area_mean", layout)
    digest_ = hashlib.sha256(path.read_bytes()).hexdigest()
    edited(tmp_path / "out", lambda m: m["files"].update({"ensemble.nc": {"sha256": digest_}}), reseal=True)
    result = open_result(tmp_path / "out")
    for reading in (lambda: result.mean("area"), lambda: result.dataset):
        with pytest.raises(InputError, match="area_mean points outside this file"):
            reading()


def test_the_hash_of_a_manifest_covers_every_entry(scenario, tmp_path):
    run(scenario, runs=4, out=tmp_path)
    content = json.loads((tmp_path / "manifest.json").read_text())
    own = content.pop("manifest_sha256")
    assert own == digest(content)
    assert all(digest({k: v for k, v in content.items() if k != name}) != own for name in content)
