"""Every broken input gets exactly the messages stored for it: what is wrong, where, what is allowed, what is near."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.scenario import check, fixed, load
from tests.scenario.conftest import CODES, HEAD, small_facts

BROKEN = Path(__file__).parent / "broken"
CASES = sorted(path.stem for path in BROKEN.glob("*.toml"))


def messages(problems) -> str:
    return "".join(f"{problem}\n" for problem in problems)


def test_corpus_is_large_and_complete():
    assert len(CASES) >= 60
    assert sorted(path.stem for path in BROKEN.glob("*.txt")) == CASES


@pytest.mark.parametrize("name", CASES)
def test_messages_of_a_broken_file(name, catalogue, monkeypatch):
    monkeypatch.chdir(BROKEN)
    expected = (BROKEN / f"{name}.txt").read_text(encoding="utf-8")
    assert expected
    assert messages(check(f"{name}.toml", catalogue=catalogue)) == expected
    with pytest.raises(InputError) as raised:
        load(f"{name}.toml", catalogue=catalogue, facts_layer=small_facts)
    assert f"{raised.value}\n" == expected


@pytest.mark.parametrize("name", CASES)
def test_messages_are_single_printable_lines(name):
    for line in (BROKEN / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        assert line.isprintable()
        assert len(line) < 300


BYTES = {
    "empty": (b"", "this file is empty; a scenario needs title, description and references"),
    "blank": (b" \n\t\n", "this file is empty; a scenario needs title, description and references"),
    "binary": (b"\x7fELF\x02\x00\x00\x01", "this is a binary file; give a text file in TOML"),
    "utf16": ("title = 1".encode("utf-16"), "this file is in UTF-16; save it as UTF-8"),
    "too_large": (b"#" * 1_000_001, "this file is larger than 1 MB; scenario files are small texts"),
}


@pytest.mark.parametrize("name", sorted(BYTES))
def test_messages_of_bytes_that_are_no_scenario(name, catalogue, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content, message = BYTES[name]
    Path("a.toml").write_bytes(content)
    assert messages(check("a.toml", catalogue=catalogue)) == f"a.toml  {message}\n"


def test_a_byte_that_is_not_utf8_is_placed(catalogue, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.toml").write_bytes('title = "é"\n'.encode() + 'description = "Größe"\n'.encode("latin-1"))
    assert messages(check("a.toml", catalogue=catalogue)) == (
        "a.toml:2:18  this byte is not UTF-8; save the file as UTF-8\n"
    )


def test_byte_order_mark_and_windows_line_ends_are_welcome(catalogue, tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbf" + (HEAD + 'us.commitment.posture = "weak"\n').replace("\n", "\r\n").encode())
    (problem,) = check(path, catalogue=catalogue)
    assert (problem.line, problem.column, problem.key) == (4, 25, "us.commitment.posture")


def test_things_that_are_no_files(catalogue, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("folder.toml").mkdir()
    os.mkfifo("pipe.toml")
    Path("loop.toml").symlink_to("loop.toml")
    said = {name: messages(check(name, catalogue=catalogue)) for name in ("folder.toml", "pipe.toml", "none.toml")}
    assert said == {
        "folder.toml": "folder.toml  this is a folder; give a scenario file\n",
        "pipe.toml": "pipe.toml  this is not a regular file; give a scenario file\n",
        "none.toml": "none.toml  no such file\n",
    }
    assert "loop.toml  " in messages(check("loop.toml", catalogue=catalogue))


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (PermissionError(errno.EACCES, "no"), "this file may not be read; change its permissions"),
        (OSError(errno.EIO, "no"), "this file cannot be read: Input/output error"),
    ],
)
def test_a_file_that_cannot_be_read(fault, message, catalogue, write, monkeypatch):
    def refuse(path):
        raise fault

    path = write()
    monkeypatch.setattr(Path, "read_bytes", refuse)
    (problem,) = check(path, catalogue=catalogue)
    assert problem.message == message


@pytest.mark.parametrize("name", ["a\0b.toml", "x" * 300 + ".toml", "\ud800.toml", ""])
def test_names_no_file_can_have(name, catalogue, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (problem,) = check(name, catalogue=catalogue)
    assert str(problem).isprintable()


def test_a_name_with_odd_characters_is_shown_on_one_line(catalogue, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("räksmörgås\n[x] €.toml").write_text("x")
    assert messages(check("räksmörgås\n[x] €.toml", catalogue=catalogue)) == (
        "räksmörgås\\u000a[x] €.toml:1:2  this line is no key = value; a remark begins with #\n"
    )


ALIASES = {
    "UK": "GBR", "GB": "GBR", "Britain": "GBR", "United_Kingdom": "GBR", "EL": "GRC", "GR": "GRC", "NW": "NOR",
    "NO": "NOR", "DE": "DEU", "GER": "DEU", "Germany": "DEU", "FR": "FRA", "PL": "POL", "Poland": "POL",
    "TR": "TUR", "Turkey": "TUR", "US": "USA", "be": "BEL", "est": "EST",
}  # fmt: skip


@pytest.mark.parametrize("alias", sorted(ALIASES))
def test_aliases_are_answered_with_the_right_code(alias, catalogue, write):
    assert ALIASES[alias] in CODES
    (problem,) = check(write(f"[members.{alias}]\nplan_pct_gdp = 2.5\n"), catalogue=catalogue)
    assert problem.message.startswith(f"{alias} is not a code; write {ALIASES[alias]} (")


@pytest.mark.parametrize("alias", [*sorted(ALIASES), "United Kingdom", "Türkiye"])
def test_a_setting_on_the_command_line_understands_names_of_countries(alias, catalogue, write):
    code = ALIASES.get(alias) or {"United Kingdom": "GBR", "Türkiye": "TUR"}[alias]
    scenario = load(write(), catalogue=catalogue, sets=[f"members.{alias}.plan_pct_gdp=2.5"])
    assert scenario.values[f"members.{code}.plan_pct_gdp"].value == fixed(2.5)
    again = [f"members.{alias}.plan_pct_gdp=2.5", f"members.{code}.plan_pct_gdp=3"]
    (problem,) = check(write(), catalogue=catalogue, sets=again)
    assert (problem.key, problem.message) == (f"members.{code}.plan_pct_gdp", "set twice: 2.5 and 3; keep one")


TYPOS = {
    "us.elections.2024.presidnet": "us.elections.2024.president",
    "us.election.2024.president": "us.elections",
    "us.commitment.posturee": "us.commitment.posture",
    "us.commitment.continuty": "us.commitment.continuity",
    "us.troops.cuts_thousand": "us.troops.cut_thousand",
    "us.withdrawl.allowed": "us.withdrawal",
    "sumit.target_pct_gdp": "summit",
    "summit.targt_pct_gdp": "summit.target_pct_gdp",
    "members.POL.plan_pct_gpd": "members.POL.plan_pct_gdp",
    "members.POL.optout": "members.POL.opt_out",
    "member.POL.opt_out": "members",
    "aid.suplemental.size_busd": "aid.supplemental",
    "aid.delivery_facter": "aid.delivery_factor",
    "war.full_scale_form": "war.full_scale_from",
    "negotiations.talks_from": "negotiation",
    "secretary-general.compliance_effect": "secretary_general",
    "secretary_general.complianceeffect": "secretary_general.compliance_effect",
    "commitment.posture": "us.commitment",
    "compliance_effect": "secretary_general.compliance_effect",
}


@pytest.mark.parametrize("typo", sorted(TYPOS))
def test_a_misspelt_key_is_answered_with_the_right_one(typo, catalogue, write):
    problems = check(write(f'{typo} = "x"\n'), catalogue=catalogue)
    assert f"did you mean {TYPOS[typo]}?" in problems[0].message
