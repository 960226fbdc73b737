"""Files of a figure: same bytes each time, words and provenance inside, nothing left half-written."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sim.errors import FaultError, InputError
from sim.figures import FIGURES, FORMATS, draw, draw_all, export, provenance_of

from .conftest import Formula, Story

SVG = "{http://www.w3.org/2000/svg}"
SOME = ("spending", "members_map", "ceasefire")


@pytest.fixture(scope="module")
def folder(result, tmp_path_factory):
    place = tmp_path_factory.mktemp("figures")
    draw_all(result, place, FORMATS)
    return place


def test_every_figure_comes_in_three_formats_with_its_numbers(folder):
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        f"{name}.{kind}" for name in FIGURES for kind in ("svg", "png", "pdf", "csv")
    )


def test_exported_again_the_bytes_are_the_same(result, folder, tmp_path):
    draw_all(result, tmp_path, FORMATS)
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


@pytest.fixture
def shared(monkeypatch):
    """Even a few pages are shared out over processes."""
    from sim.figures import printing

    monkeypatch.setattr(printing, "PAGES_A_PROCESS", 1)


@pytest.mark.usefixtures("shared")
def test_the_bytes_do_not_depend_on_the_number_of_processes(result, folder, tmp_path):
    told = []
    paths = draw_all(result, tmp_path, FORMATS, jobs=2, names=SOME, progress=lambda done, of: told.append((done, of)))
    assert [path.name for path in paths] == [f"{name}.{kind}" for name in SOME for kind in ("svg", "png", "pdf", "csv")]
    for path in paths:
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_another_process_with_another_hash_seed_writes_the_same_bytes(folder, tmp_path):
    code = (
        "import sys; from sim.figures import draw_all; from tests.figures.conftest import Formula;"
        f"draw_all(Formula(), sys.argv[1], names={SOME!r})"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, cwd=root, env={"PYTHONHASHSEED": "7"})
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


@pytest.mark.parametrize("name", FIGURES)
def test_svg_is_named_described_and_made_of_text(result, folder, name):
    drawing = draw(result, name)
    root = ElementTree.fromstring((folder / f"{name}.svg").read_text())
    assert root.get("role") == "img"
    title, described = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title.text == drawing.title
    assert described.text == drawing.alt
    assert root.get("aria-labelledby").split() == [title.get("id"), described.get("id")]
    words = " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    assert drawing.title.split()[0] in words
    assert "not a forecast" in words
    fonts = set(re.findall(r"font-family: ([^;\"]*)", (folder / f"{name}.svg").read_text()))
    assert fonts == {"'DejaVu Sans', Verdana, 'Bitstream Vera Sans', Arial, sans-serif"}


def test_svgs_can_stand_together_in_one_page(folder):
    seen: dict[str, str] = {}
    for name in FIGURES:
        text = (folder / f"{name}.svg").read_text()
        assert "<style" not in text
        for found in set(re.findall(r'\bid="([^"]+)"', text)):
            # A shared name is harmless only if it names the same thing (hashed from its content).
            body = re.search(rf'<(\w+) id="{re.escape(found)}".*?(?:/>|</\1>)', text, flags=re.S)[0]
            assert seen.setdefault(found, body) == body, found


def test_no_file_holds_a_date_of_its_making(folder):
    for name in FIGURES:
        assert "dc:date" not in (folder / f"{name}.svg").read_text()
        pdf = (folder / f"{name}.pdf").read_bytes()
        assert b"CreationDate" not in pdf
        assert b"ModDate" not in pdf


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_every_file_says_what_made_it(folder, name, kind):
    made = provenance_of(folder / f"{name}.{kind}")
    assert made["figure"] == name
    assert made["scenarios"] == {"baseline": "5f" * 32}
    assert (made["seed"], made["runs"], made["version"]) == (1, 200, "0.1.0")
    assert made["command"] == "alliance run baseline.toml"
    numbers = (folder / f"{name}.csv").read_text(encoding="utf-8-sig")
    assert made["numbers_sha256"] == hashlib.sha256(numbers.encode()).hexdigest()


def test_provenance_survives_odd_characters(tmp_path):
    odd = Formula(
        scenario=Story(name="a(b)\\c <&> é"), manifest={"command": 'alliance run \'a (1).toml\' --set x="(\\")"'}
    )
    export(draw(odd, "spending"), tmp_path, "x", FORMATS)
    for kind in ("svg", "png", "pdf"):
        made = provenance_of(tmp_path / f"x.{kind}")
        assert list(made["scenarios"]) == ["a(b)\\c <&> é"]
        assert made["command"] == odd.manifest["command"]


def test_png_has_300_dots_an_inch_and_is_opaque(folder):
    from PIL import Image

    with Image.open(folder / "spending.png") as image:
        assert image.mode == "RGB"
        assert image.width == pytest.approx(16 / 2.54 * 300, abs=1)
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert image.info["Description"].startswith("Defence spending")


@pytest.mark.parametrize("name", FIGURES)
def test_the_csv_opens_as_one_table_with_units(folder, name):
    content = (folder / f"{name}.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")  # Excel takes UTF-8 for granted only after this mark
    told = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert told
    for row in told:
        assert None not in row
        assert row["kind"] in {"runs", "share", "reported", "level", "statement"}
        assert row["unit"]
        assert row["kind"] == "level" or re.fullmatch(r"\d{4}-\d\d-\d\d", row["date"])
        if row["kind"] == "runs" and row["q05"]:
            fan = [float(row[q]) for q in ("q05", "q25", "q50", "q75", "q95")]
            assert fan == sorted(fan)


def test_svg_and_png_are_written_unless_more_is_asked_for(result, tmp_path):
    paths = draw_all(result, tmp_path, names=["ceasefire"])
    assert [path.name for path in paths] == ["ceasefire.svg", "ceasefire.png", "ceasefire.csv"]


def test_only_the_formats_asked_for_are_written(result, tmp_path):
    export(draw(result, "ceasefire"), tmp_path / "new", "ceasefire", ("svg",))
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["ceasefire.csv", "ceasefire.svg"]


@pytest.mark.parametrize("formats", [("jpg",), ("svg", "gif"), ()])
def test_an_unknown_format_is_refused_before_anything_is_written(result, tmp_path, formats):
    with pytest.raises(InputError, match="allowed: svg, png, pdf"):
        draw_all(result, tmp_path / "new", formats)
    assert not (tmp_path / "new").exists()


def test_an_unwritable_folder_is_one_clear_line(result, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FaultError, match=r"cannot be written: .*choose another --out") as caught:
        export(draw(result, "ceasefire"), tmp_path / "file", "ceasefire", ("svg",))
    assert "\n" not in str(caught.value)


def test_a_failed_write_leaves_the_old_file_whole(result, tmp_path, monkeypatch):
    drawing = draw(result, "ceasefire")
    export(drawing, tmp_path, "ceasefire", ("svg",))
    before = (tmp_path / "ceasefire.svg").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(FaultError, match="no space left on the disk; free some space"):
        export(drawing, tmp_path, "ceasefire", ("svg",))
    assert (tmp_path / "ceasefire.svg").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ceasefire.csv", "ceasefire.svg"]


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4", b"<svg/>", b"\xff\xfe\x00"])
def test_a_file_of_other_making_is_refused(tmp_path, content):
    path = tmp_path / "x.bin"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a figure of this program"):
        provenance_of(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        provenance_of(tmp_path / "none.svg")


def test_importing_the_room_loads_no_plotting_library():
    code = "import sim.figures, sys; assert not {'matplotlib', 'pandas', 'xarray', 'scipy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


@pytest.mark.usefixtures("shared")
def test_a_killed_worker_loses_nothing(result, folder, tmp_path, monkeypatch):
    from sim.figures import printing

    monkeypatch.setattr(printing, "load", os.abort)  # runs in the worker, first of all
    for path in draw_all(result, tmp_path, FORMATS, jobs=2, names=SOME):
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_a_script_without_a_main_guard_draws_with_several_processes_and_runs_once(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from sim.figures import draw_all, printing; from tests.figures.conftest import Formula\n"
        f"printing.PAGES_A_PROCESS = 1; draw_all(Formula(), 'out', jobs=2, names={SOME!r}); print('drawn')\n"
    )
    surroundings = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run(
        [sys.executable, str(script)],
        check=False,
        env=surroundings,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "drawn\n", "")
