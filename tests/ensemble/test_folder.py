"""What may stand in the result folder, and what ``run`` does about it."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from sim.ensemble import open_result, run
from sim.ensemble.layout import BLOCK
from sim.errors import FaultError, InputError


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


FILES = ["ensemble.nc", "manifest.json", "summary.csv"]


def test_same_inputs_are_reused_and_nothing_is_simulated(stub, scenario, tmp_path, monkeypatch):
    first = run(scenario, runs=40, out=tmp_path)
    before = contents(tmp_path)
    monkeypatch.setattr(stub, "simulate", None)
    again = run(scenario, runs=40, jobs=2, out=tmp_path)
    assert (first.cached, again.cached) == (False, True)
    assert contents(tmp_path) == before


def test_another_name_or_title_reuses_the_numbers_and_relabels_them(stub, scenario, tmp_path, monkeypatch):
    run(scenario, runs=40, out=tmp_path / "a")
    renamed = type(scenario)(name='odd, "name" ü', title="Another title")
    fresh = run(renamed, runs=40, out=tmp_path / "b")
    monkeypatch.setattr(stub, "simulate", None)
    reused = run(renamed, runs=40, out=tmp_path / "a")
    assert reused.cached
    assert reused.manifest["scenario"] == renamed.to_dict()
    assert (tmp_path / "a/summary.csv").read_bytes() == (fresh.path / "summary.csv").read_bytes()
    assert tree(tmp_path / "a") == FILES
    assert open_result(tmp_path / "a").summary[0]["scenario"] == 'odd, "name" ü'


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"seed": 2}, "seed 1, not 2"),
        ({"runs": 50}, "runs 40, not 50"),
        ({"central": True}, "central False, not True"),
        ({"keep_runs": False}, "keep_runs True, not False"),
        ({"level": "2"}, "scenario"),
    ],
)
def test_other_inputs_never_overwrite_without_force(scenario, tmp_path, change, told):
    run(scenario, runs=40, out=tmp_path)
    before = contents(tmp_path)
    options = {"runs": 40, "out": tmp_path} | change
    other = type(scenario)(level=options.pop("level", "1"))
    with pytest.raises(InputError) as caught:
        run(other, **options)
    assert str(caught.value) == (
        f"{tmp_path}: holds a result of other inputs ({told}); choose another --out, or --force to replace it"
    )
    assert contents(tmp_path) == before
    forced = run(other, **options, force=True)
    assert not forced.cached
    assert tree(tmp_path) == FILES
    assert open_result(tmp_path).manifest["inputs_hash"] == forced.manifest["inputs_hash"] != ""


def test_force_makes_the_same_result_anew(scenario, tmp_path):
    run(scenario, runs=40, out=tmp_path)
    before = contents(tmp_path)
    assert not run(scenario, runs=40, out=tmp_path, force=True).cached
    after = contents(tmp_path)
    assert {name: after[name] for name in ("ensemble.nc", "summary.csv")} == {
        name: before[name] for name in ("ensemble.nc", "summary.csv")
    }


@pytest.mark.parametrize("stamp", ["facts_stamp", "code_stamp"])
def test_other_facts_or_program_code_make_a_result_stale(scenario, tmp_path, monkeypatch, stamp):
    run(scenario, runs=40, out=tmp_path)
    monkeypatch.setattr(f"sim.ensemble.source.{stamp}", lambda: "0" * 64)
    with pytest.raises(InputError, match=r"other inputs \((facts|program code)\)"):
        run(scenario, runs=40, out=tmp_path)


@pytest.mark.parametrize("name", ["ensemble.nc", "summary.csv"])
def test_a_damaged_result_of_the_same_inputs_is_made_again(scenario, tmp_path, name):
    run(scenario, runs=40, out=tmp_path)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[:-100])
    with pytest.raises(InputError, match=f"{name}: truncated or changed since it was made"):
        open_result(tmp_path)
    assert not run(scenario, runs=40, out=tmp_path).cached
    assert (tmp_path / name).read_bytes() == whole


def broken(path, how):
    whole = json.loads((path / "manifest.json").read_text())
    text = {
        "truncated": lambda: json.dumps(whole)[:200],
        "binary": lambda: "\0\1\2",
        "foreign": lambda: json.dumps({"name": "someone else's"}),
        "list": lambda: "[1, 2]",
        "other version": lambda: json.dumps(whole | {"format_version": 99}),
        "lacking": lambda: json.dumps({key: value for key, value in whole.items() if key not in ("seed", "runs")}),
    }[how]()
    (path / "manifest.json").write_text(text)


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("truncated", "not a readable manifest; the result is damaged, make it again with --force"),
        ("binary", "not a readable manifest; the result is damaged, make it again with --force"),
        ("foreign", "not the manifest of an alliance result; choose another folder"),
        ("list", "not the manifest of an alliance result; choose another folder"),
        ("other version", "result of format version 99, this program reads 1; make it again with --force"),
        ("lacking", "lacks runs, seed; the result is damaged, make it again with --force"),
    ],
)
def test_a_manifest_that_is_not_ours_is_one_clear_line(scenario, tmp_path, how, told):
    run(scenario, runs=40, out=tmp_path)
    broken(tmp_path, how)
    for reading in (lambda: open_result(tmp_path), lambda: run(scenario, runs=40, out=tmp_path)):
        with pytest.raises(InputError) as caught:
            reading()
        assert str(caught.value) == f"{tmp_path / 'manifest.json'}: {told}"
    assert not run(scenario, runs=40, out=tmp_path, force=True).cached
    assert open_result(tmp_path).runs == 40


def test_junk_in_a_manifest_is_at_worst_one_line_of_input_error(scenario, tmp_path):
    run(scenario, runs=4, out=tmp_path)
    path = tmp_path / "manifest.json"
    whole = json.loads(path.read_text())
    complaints = []
    for key in whole:
        for junk in (None, "x", [1], [{"a": 1}], {"a": 1}, 1.5):
            path.write_text(json.dumps(whole | {key: junk}))
            try:
                open_result(tmp_path).mean("area")
            except InputError as error:
                complaints.append(str(error))
    assert len(complaints) > 40
    for told in complaints:
        assert all(line.startswith(str(tmp_path)) for line in told.splitlines())


def test_a_finished_run_leaves_the_unfinished_blocks_of_another(scenario, tmp_path):
    def interrupt(done, total):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(scenario, runs=2 * BLOCK + 1, out=tmp_path, progress=interrupt)
    assert [path.name for path in tmp_path.rglob("*.npy")] == ["00000.npy"]
    run(scenario, runs=10, out=tmp_path)
    assert run(scenario, runs=10, out=tmp_path).cached
    assert [path.name for path in tmp_path.rglob("*.npy")] == ["00000.npy"]
    seen = []
    run(scenario, runs=2 * BLOCK + 1, out=tmp_path, force=True, progress=lambda done, total: seen.append(done))
    assert seen == [BLOCK, 2 * BLOCK, 2 * BLOCK + 1]
    assert tree(tmp_path) == FILES


def drawn(folder):
    (folder / "figures").mkdir()
    (folder / "figures/spending.svg").write_text("a picture")


def test_a_result_of_other_inputs_takes_the_figures_of_the_old_one_along(scenario, tmp_path):
    run(scenario, runs=40, out=tmp_path)
    drawn(tmp_path)
    run(scenario, runs=40, out=tmp_path, force=True)
    assert (tmp_path / "figures/spending.svg").exists()
    with pytest.raises(InputError, match="other inputs"):
        run(scenario, runs=50, out=tmp_path)
    assert (tmp_path / "figures/spending.svg").exists()
    run(scenario, runs=50, out=tmp_path, force=True)
    assert tree(tmp_path) == FILES


def test_figures_of_a_damaged_result_go_and_a_folder_of_somebody_else_stays(scenario, tmp_path):
    drawn(tmp_path)
    run(scenario, runs=40, out=tmp_path)
    assert (tmp_path / "figures/spending.svg").exists()
    broken(tmp_path, "truncated")
    run(scenario, runs=40, out=tmp_path, force=True)
    assert tree(tmp_path) == FILES


def test_paths_without_a_result_say_why(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    for name, told in (
        ("absent", "no such folder"),
        ("file", "not a folder"),
        ("empty", "no manifest.json in it, so not a result of this program"),
    ):
        with pytest.raises(InputError, match=f"{name}: {told}") as caught:
            open_result(tmp_path / name)
        assert "\n" not in str(caught.value)


def test_missing_numbers_are_told(scenario, tmp_path):
    run(scenario, runs=40, out=tmp_path)
    (tmp_path / "ensemble.nc").unlink()
    with pytest.raises(InputError, match=r"ensemble.nc: missing or unreadable"):
        open_result(tmp_path)


def test_files_of_somebody_else_are_not_replaced(scenario, tmp_path):
    (tmp_path / "summary.csv").write_text("mine")
    with pytest.raises(InputError, match=r"holds summary.csv but no manifest; choose another --out"):
        run(scenario, runs=10, out=tmp_path)
    assert (tmp_path / "summary.csv").read_text() == "mine"


def test_other_files_in_the_folder_stay(scenario, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    run(scenario, runs=10, out=tmp_path)
    assert tree(tmp_path) == sorted([*FILES, "notes.txt"])


def test_a_file_as_folder_is_refused(scenario, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="file: is a file; --out names a folder"):
        run(scenario, runs=10, out=tmp_path / "file")
    with pytest.raises(FaultError, match=r"file/inside cannot be written: Not a directory; choose another --out"):
        run(scenario, runs=10, out=tmp_path / "file" / "inside")


def test_an_unwritable_folder_is_one_line(scenario, tmp_path, monkeypatch):
    def refuse(self, *args, **options):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(FaultError) as caught:
        run(scenario, runs=10, out=tmp_path / "out")
    assert str(caught.value) == (
        f"{tmp_path / 'out'} cannot be written: no permission; change its permissions or choose another --out; "
        "finished blocks are kept, run the same command again to resume"
    )


def test_too_little_room_is_told_before_anything_is_computed(stub, scenario, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000}))
    monkeypatch.setattr(stub, "simulate", None)
    with pytest.raises(FaultError, match=r"needs about 8 MB of disk and 0 MB are free"):
        run(scenario, runs=10_000, out=tmp_path)


@pytest.mark.parametrize(("share", "where"), [(0.6, "00000.npy"), (1.3, "ensemble.nc")])
def test_a_full_disk_is_one_line_and_the_run_ends_the_same_when_there_is_room(scenario, tmp_path, share, where):
    """A limit of the system on file sizes stands in for the full disk: ``share`` of a block's 800 bytes a run."""
    run(scenario, runs=5 * BLOCK // 2, out=tmp_path / "undisturbed")
    size = int(share * BLOCK * 800)
    code = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from sim.ensemble import source, run
from sim.errors import FaultError
from stub_scenario import StubScenario
source.MODEL = source.FACTS = "stub_model"
source.code_stamp = lambda: "c" * 64
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, resource.RLIM_INFINITY))
try:
    run(StubScenario(), runs={5 * BLOCK // 2}, out={str(tmp_path / "out")!r})
except FaultError as error:
    print(error)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stderr == ""
    reason = "no space left on the disk; free some space or choose another --out; finished blocks are kept"
    assert f"{where} cannot be written: {reason}" in ended.stdout
    assert ended.stdout.count("\n") == 1
    run(scenario, runs=5 * BLOCK // 2, out=tmp_path / "out")
    for name in ("ensemble.nc", "summary.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "undisturbed" / name).read_bytes()


def test_without_a_folder_the_result_lives_as_long_as_it_is_held(scenario):
    result = run(scenario, runs=10)
    path = result.path
    assert result.values("area").shape == (24, 10)
    assert open_result(path).runs == 10
    del result
    assert not path.exists()


def test_two_runs_in_one_folder_at_a_time_are_refused(stub, scenario, tmp_path, monkeypatch):
    def meanwhile(done, total):
        with pytest.raises(FaultError, match="another run is at work here"):
            run(scenario, runs=10, out=tmp_path, force=True)

    run(scenario, runs=10, out=tmp_path, progress=meanwhile)
    assert tree(tmp_path) == FILES


def test_wrong_numbers_are_all_told_at_once(scenario, tmp_path):
    with pytest.raises(InputError) as caught:
        run(scenario, runs=0, seed=-1, jobs=True, out=tmp_path)
    assert str(caught.value).splitlines() == [
        "jobs  True is not a whole number from 1 to 1024",
        "runs  0 is not a whole number from 1 to 10000000",
        f"seed  -1 is not a whole number from 0 to {2**63 - 1}",
    ]
