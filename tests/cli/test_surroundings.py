"""What lies in the current folder is data, never code: neither the command nor its workers import it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import command, environment

# The library's and our dependencies' names, those the interpreter itself loads before `-m` left out.
POSING = (
    "typing", "json", "signal", "csv", "socket", "tomllib", "subprocess", "pickle",
    "numpy", "scipy", "click", "simpy", "h5py",
)  # fmt: skip


@pytest.mark.parametrize("way", ["module", "script"])
def test_neither_the_command_nor_its_workers_import_from_the_current_folder(way: str, tmp_path: Path) -> None:
    for name in POSING:
        (tmp_path / f"{name}.py").write_text(f"open('{name}.executed', 'w').close()\nraise SystemExit(7)\n")
    words = ["run", "baseline", "--runs", "2001", "--jobs", "2", "--no-figures", "--quiet", "--out", "result"]
    if way == "module":
        line = command(*words)
    else:
        line = [str(Path(sys.executable).with_name("alliance")), *words]
        if not Path(line[0]).exists():
            pytest.skip("not installed")
    done = subprocess.run(line, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert not list(tmp_path.glob("*.executed"))
    assert (tmp_path / "result" / "ensemble.nc").exists()
