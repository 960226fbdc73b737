"""Figures prove themselves: what made them is read back, and edited numbers are found."""

from __future__ import annotations

import pytest

from sim.errors import InputError
from sim.figures import export
from sim.figures.compared import draw_compared
from sim.figures.proof import edits, read_proof, same_bytes

from .conftest import NAMES, split_run

COMMAND = "alliance compare 'harris (1).toml' --set x=\"(\\é)\""


@pytest.fixture(scope="module")
def drawing(pair):
    return draw_compared(pair, "dates_reached", "slide", command=COMMAND)


@pytest.fixture
def folder(drawing, tmp_path):
    export(drawing, tmp_path, "dates_reached")
    return tmp_path


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_the_proof_holds_all_that_is_needed_to_make_the_figure_again(folder, kind):
    proof = read_proof(folder / f"dates_reached.{kind}")
    assert (proof.figure, proof.size, proof.seed, proof.runs) == ("dates_reached", "slide", 1, 200)
    assert dict(proof.scenarios) == {NAMES[0]: "00" * 32, NAMES[1]: "01" * 32}
    assert list(proof.scenarios) == list(NAMES[:2])
    assert (proof.command, proof.version, proof.facts) == (COMMAND, "0.1.0", "ab" * 32)
    assert (proof.baseline, proof.by, proof.numbers) == (NAMES[0], "", "intact")
    told = "\n".join(proof.lines())
    for word in (*NAMES[:2], "01" * 32, "seed 1", "200 runs", COMMAND, "holds the numbers drawn"):
        assert word in told


def test_the_key_of_a_split_is_in_the_proof(tmp_path):
    export(draw_compared(split_run(), "overlay"), tmp_path, "overlay", ("svg",))
    proof = read_proof(tmp_path / "overlay.svg")
    assert proof.by == "ceasefire.at_end"
    assert any("conditioning, not intervention" in line for line in proof.lines())


def test_an_edited_number_is_detected_and_named(folder, drawing):
    path = folder / "dates_reached.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    assert edits(path, drawing) == []
    at = next(n for n, line in enumerate(lines) if ",share," in line)
    columns = lines[at].split(",")
    value = lines[0].strip().split(",").index("value")
    before, columns[value] = columns[value], "0.99"
    lines[at] = ",".join(columns)
    path.write_text("".join(lines), encoding="utf-8-sig")
    for kind in ("svg", "png", "pdf"):
        assert read_proof(folder / f"dates_reached.{kind}").numbers == "edited"
    (found,) = edits(path, drawing)
    assert (found.line, found.column, found.found, found.expected) == (at + 1, "value", "0.99", before)
    assert str(found) == f"line {at + 1}, value: 0.99 instead of {before}"


def test_a_removed_line_and_an_added_one_are_named(folder, drawing):
    path = folder / "dates_reached.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8-sig")
    assert edits(path, drawing)[-1].expected == "present"
    path.write_text("".join([*lines, lines[-1]]), encoding="utf-8-sig")
    assert edits(path, drawing)[-1].expected == "missing"


def test_a_byte_order_mark_lost_by_an_editor_is_no_edit(folder):
    path = folder / "dates_reached.csv"
    path.write_bytes(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    assert read_proof(folder / "dates_reached.svg").numbers == "intact"


def test_missing_numbers_are_told(folder):
    (folder / "dates_reached.csv").unlink()
    proof = read_proof(folder / "dates_reached.svg")
    assert proof.numbers == "missing"
    assert "is missing" in proof.lines()[-1]


def test_a_picture_touched_up_is_not_the_same_bytes(folder, drawing, tmp_path):
    again = tmp_path / "again"
    export(drawing, again, "dates_reached")
    for kind in ("svg", "png", "pdf"):
        assert same_bytes(folder / f"dates_reached.{kind}", again / f"dates_reached.{kind}")
    svg = folder / "dates_reached.svg"
    svg.write_text(svg.read_text().replace(">100%<", ">90%<", 1))
    assert not same_bytes(svg, again / "dates_reached.svg")


@pytest.mark.parametrize("damage", ['"seed":1', '"scenarios"', '"command"'])
def test_damaged_metadata_are_one_clear_line(folder, damage):
    svg = folder / "dates_reached.svg"
    broken = svg.read_text().replace(damage.replace('"', "&quot;"), '"x":1'.replace('"', "&quot;"))
    broken = broken.replace(damage, '"x":1' if ":" in damage else '"x"')
    assert broken != svg.read_text()
    svg.write_text(broken)
    with pytest.raises(InputError, match="metadata") as caught:
        read_proof(svg)
    assert "\n" not in str(caught.value)


def test_unreadable_files_are_one_clear_line(tmp_path, drawing):
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00")
    for call in (
        lambda: read_proof(tmp_path / "none.svg"),
        lambda: edits(tmp_path / "none.csv", drawing),
        lambda: edits(tmp_path / "x.csv", drawing),
        lambda: same_bytes(tmp_path / "none.svg", tmp_path / "none.svg"),
    ):
        with pytest.raises(InputError, match="cannot be read"):
            call()
