"""What users type and how files are called: understood in any script, and never able to command a terminal."""

from __future__ import annotations

import os
import subprocess
import unicodedata
from pathlib import Path

import pytest

from sim.scenario.entities import entity_code
from sim.text import printable
from tests.cli.conftest import Alliance, command, environment, process

HEAD = 'title = "t"\ndescription = "d"\nreferences = ["r"]\nextends = "baseline"\n'


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("red \x1b[31m", "red \\u001b[31m"),
        ("bell \x07 and back \x08", "bell \\u0007 and back \\u0008"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("return\rover", "return\\u000dover"),
        ("北 ف Київ 🇺 km²", "北 ف Київ 🇺 km²"),
    ],
)
def test_what_would_command_a_terminal_is_escaped(raw: str, shown: str) -> None:
    assert printable(raw) == shown


@pytest.mark.parametrize(
    "words", [("explain", "x\x1b[31m"), ("check", "a\x1b[31m\u202e.toml"), ("plot", "no\x1b[31m"), ("x\x1b[31m",)]
)
def test_no_escape_sequence_of_the_user_s_reaches_a_terminal(words: tuple[str, ...], tmp_path: Path) -> None:
    reader, terminal = os.openpty()
    done = subprocess.run(
        command(*words), cwd=tmp_path, env=environment(), stdout=terminal, stderr=terminal, check=False
    )
    os.close(terminal)
    shown = os.read(reader, 10_000).decode()
    os.close(reader)
    assert done.returncode == 2
    assert "\x1b[31m" not in shown
    assert "\u202e" not in shown
    assert "u001b[31m" in shown or "x1b[31m" in shown


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("UK", "GBR"), ("Germany", "DEU"), ("EL", "GRC"), ("Deutschland", "DEU"), ("Ελλάδα", "GRC"), ("Türkiye", "TUR"),
        (unicodedata.normalize("NFD", "Türkiye"), "TUR"), ("ESPAÑA", "ESP"), ("България", "BGR"), ("Україна", "UKR"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_names_in_any_script(word: str, code: str) -> None:
    assert entity_code(word, ("BGR", "DEU", "ESP", "GBR", "GRC", "TUR", "UKR")) == code


@pytest.mark.parametrize("word", ["UK", "Germany", "EL", "Ελλάδα"])
def test_explain_and_set_understand_them(word: str, alliance: Alliance) -> None:
    code = {"UK": "GBR", "Germany": "DEU"}.get(word, "GRC")
    done = alliance("explain", f"members.{word}.share_pct_gdp")
    assert done.exit_code == 0
    assert f"members.{code}.share_pct_gdp" in done.stdout
    assert alliance("check", "baseline", "--set", f"members.{word}.share_pct_gdp=3").exit_code == 0


def test_a_lone_carriage_return_is_named(alliance: Alliance, tmp_path: Path) -> None:
    path = tmp_path / "old_mac.toml"
    path.write_bytes(HEAD.replace("\n", "\r").encode())
    done = alliance("check", path)
    assert done.exit_code == 2
    assert ":1:12  a line ends with a lone carriage return here; save the file with line feeds" in done.stderr
    path.write_bytes(HEAD.replace("\n", "\r\n").encode())
    assert alliance("check", path).exit_code == 0


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("budgets.plan_kept = −1.0", "a typographic minus; write a hyphen"),
        ("budgets.plan_kept\u00a0= 1.0", "a special blank stands here"),
        ('extends = "C:\\Users\\new.toml"', 'a path in "..." needs / or doubled backslashes'),
        ("budgets.plan_kept = 55%", "0.55 where it is a share"),
    ],
)
def test_the_hint_names_what_is_in_the_way(line: str, told: str, alliance: Alliance, tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    head = HEAD.replace('extends = "baseline"\n', "") if line.startswith("extends") else HEAD
    path.write_text(head + line + "\n", encoding="utf-8")
    done = alliance("check", path)
    assert done.exit_code == 2
    assert told in done.stderr


def test_a_file_whose_name_is_not_utf_8_is_checked_refused_and_run_like_any_other(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.toml")
    try:
        (tmp_path / name).write_text(HEAD)
    except OSError:
        pytest.skip("the file system takes UTF-8 alone")
    done = process("check", name, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    done = process("run", name, "--runs", "16", "--no-figures", "--quiet", "--out", "r", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    done = process("compare", "baseline", name, "--runs", "16", "--no-figures", "--quiet", "--out", "c", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / name).write_text(HEAD + "budgets.plan_kept = 7\n")
    done = process("check", name, cwd=tmp_path)
    assert done.returncode == 2
    assert "\\udce9.toml:5:" in done.stderr or "?.toml:5:" in done.stderr
