"""Shipped scenarios: found by name from anywhere, a file of one's own always first."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import shipped
from sim.errors import FaultError, InputError
from sim.shipped import find_scenario, shipped_folder, shipped_names


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation with the scenarios baseline and harsh, and an empty folder to stand in."""
    room = tmp_path / "lib" / "sim"
    (room / "scenarios").mkdir(parents=True)
    for name in ("harsh", "baseline"):
        (room / "scenarios" / f"{name}.toml").write_text('title = "T"\n')
    (room / "scenarios" / "README.md").write_text("not a scenario")
    monkeypatch.setattr(shipped, "__file__", str(room / "shipped.py"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return room / "scenarios"


def test_names_are_sorted_and_name_scenarios_only(two: Path) -> None:
    assert shipped_folder() == two
    assert shipped_names() == ["baseline", "harsh"]


@pytest.mark.parametrize("word", ["baseline", "baseline.toml"])
def test_a_name_means_the_shipped_file(word: str, two: Path) -> None:
    assert find_scenario(word) == two / "baseline.toml"


@pytest.mark.parametrize("word", ["questions/07_winter", "questions/07_winter.toml", "questions/7", "questions/07"])
def test_a_question_is_found_by_its_name_and_by_its_number(word: str, two: Path) -> None:
    (two / "questions").mkdir()
    for name in ("07_winter", "17_spring"):
        (two / "questions" / f"{name}.toml").write_text('title = "T"\n')
    assert find_scenario(word) == two / "questions" / "07_winter.toml"


def test_a_file_here_goes_before_a_shipped_one(two: Path) -> None:
    Path("baseline.toml").write_text('title = "mine"\n')
    assert find_scenario("baseline.toml") == Path("baseline.toml")


def test_a_folder_of_that_name_does_not_hide_the_shipped_one(two: Path) -> None:
    Path("baseline").mkdir()
    assert find_scenario("baseline") == two / "baseline.toml"


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("basline", "'basline': no such file, and no shipped scenario of that name; did you mean 'baseline'?"),
        ("zzz", "'zzz': no such file, and no shipped scenario of that name; `alliance list` shows the shipped ones"),
        (
            "sub/baseline.toml",
            "'sub/baseline.toml': no such file, and no shipped scenario of that name; did you mean 'baseline'?",
        ),
        (
            "x" * 5000,
            f"'{'x' * 5000}': no such file, and no shipped scenario of that name; "
            "`alliance list` shows the shipped ones",
        ),
        ("a\0b", "'a\0b': no such file, and no shipped scenario of that name; `alliance list` shows the shipped ones"),
        (".", "'.': a folder, not a scenario file; `alliance list` shows the shipped ones"),
    ],
)
def test_a_name_that_means_nothing_is_answered(word: str, answer: str, two: Path) -> None:
    with pytest.raises(InputError) as raised:
        find_scenario(word)
    assert str(raised.value) == answer


def test_a_checkout_keeps_them_beside_the_package(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two.rename(two.parent.parent / "scenarios")
    assert shipped_folder() == two.parent.parent / "scenarios"


def test_an_installation_without_scenarios_says_so(two: Path, tmp_path: Path) -> None:
    two.rename(tmp_path / "gone")
    with pytest.raises(FaultError, match="install the package again"):
        shipped_folder()
