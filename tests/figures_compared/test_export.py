"""Files of comparison figures: same bytes each time, whatever the number of processes; provenance inside."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sim.errors import FaultError, InputError
from sim.figures import FORMATS, draw, draw_all, figure_names, provenance_of

from .conftest import NAMES, of

SVG = "{http://www.w3.org/2000/svg}"
COMMAND = "alliance compare harris_continuity trump_conditional --seed 1"
SOME = ("differences_money", "members_tiles", "dates_reached")
KINDS = ("svg", "png", "pdf")


@pytest.fixture(scope="module")
def folder(pair, tmp_path_factory):
    place = tmp_path_factory.mktemp("compared")
    draw_all(pair, place, FORMATS, command=COMMAND)
    return place


def test_every_figure_comes_in_three_formats_with_its_numbers(pair, folder):
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        f"{name}.{kind}" for name in figure_names(pair) for kind in (*KINDS, "csv")
    )


def test_made_again_in_other_processes_the_bytes_are_the_same(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.figures.printing.PAGES_A_PROCESS", 1)
    told = []
    paths = draw_all(
        of(2),
        tmp_path,
        FORMATS,
        jobs=2,
        names=SOME,
        command=COMMAND,
        progress=lambda done, every: told.append((done, every)),
    )
    assert [path.name for path in paths] == [f"{name}.{kind}" for name in SOME for kind in (*KINDS, "csv")]
    for path in paths:
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_another_interpreter_with_another_hash_seed_writes_the_same_bytes(folder, tmp_path):
    code = (
        "import sys; from sim.figures import draw_all; from tests.figures_compared.conftest import of;"
        f"draw_all(of(2), sys.argv[1], names={SOME!r}, command={COMMAND!r})"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, cwd=root, env={"PYTHONHASHSEED": "11"})
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


@pytest.mark.parametrize("kind", KINDS)
def test_every_file_names_both_scenarios_with_their_hashes(pair, folder, kind):
    for name in figure_names(pair):
        made = provenance_of(folder / f"{name}.{kind}")
        assert made["figure"] == name
        assert made["scenarios"] == {NAMES[0]: "00" * 32, NAMES[1]: "01" * 32}
        assert (made["seed"], made["runs"], made["version"], made["baseline"]) == (1, 200, "0.1.0", NAMES[0])
        assert made["command"] == COMMAND
        numbers = (folder / f"{name}.csv").read_text(encoding="utf-8-sig")
        assert made["numbers_sha256"] == hashlib.sha256(numbers.encode()).hexdigest()


def test_svg_is_named_described_and_made_of_text(pair, folder):
    for name in figure_names(pair):
        drawing = draw(pair, name)
        root = ElementTree.fromstring((folder / f"{name}.svg").read_text())
        assert root.get("role") == "img"
        assert root.find(f"{SVG}title").text == drawing.title
        assert root.find(f"{SVG}desc").text == drawing.alt
        words = " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
        assert NAMES[1] in words.replace("_ ", "_")
        assert "not a forecast" in words


def test_the_csv_opens_as_one_table_with_units(pair, folder):
    for name in figure_names(pair):
        told = list(csv.DictReader(io.StringIO((folder / f"{name}.csv").read_text(encoding="utf-8-sig"))))
        assert told
        for row in told:
            assert None not in row
            assert row["kind"] in {"runs", "share", "reported", "level", "statement", "difference"}
            assert row["unit"]
            assert row["kind"] == "level" or re.fullmatch(r"\d{4}-\d\d-\d\d", row["date"])
            if row["kind"] in ("runs", "difference") and row["q25"]:
                fan = [float(row[q]) for q in ("q05", "q25", "q50", "q75", "q95")]
                assert fan == sorted(fan)


def test_png_has_300_dots_an_inch(folder):
    from PIL import Image

    with Image.open(folder / "overview.png") as image:
        assert image.width == pytest.approx(16 / 2.54 * 300, abs=1)
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_names_and_formats_are_checked_before_anything_is_written(pair, tmp_path):
    for wrong in ({"names": ["overlay", "overlai"]}, {"formats": ("svg", "gif")}, {"size": "poster"}):
        with pytest.raises(InputError):
            draw_all(pair, tmp_path / "new", **wrong)
    assert not (tmp_path / "new").exists()


def test_an_unwritable_folder_is_one_clear_line(pair, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FaultError, match="cannot be written") as caught:
        draw_all(pair, tmp_path / "file", ("svg",), names=["dates_reached"])
    assert "\n" not in str(caught.value)


def test_importing_the_package_loads_no_plotting_library():
    code = "import sim.figures.compared, sys;assert not {'matplotlib', 'pandas', 'xarray', 'scipy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
