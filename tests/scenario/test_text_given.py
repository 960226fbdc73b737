"""A scenario from a text reads no file but shipped parents, and its messages are those of a file."""

from __future__ import annotations

import pytest

from sim.errors import InputError
from sim.loading import check, load, load_text

HEAD = 'title = "x"\ndescription = "y"\nreferences = ["z"]\n'


@pytest.mark.parametrize("parent", ["baseline", "baseline.toml"])
def test_a_text_extends_shipped_scenarios(parent):
    scenario = load_text(f'{HEAD}extends = "{parent}"\n', "mine.toml")
    assert scenario.hash == load("baseline").hash
    assert scenario.name == "mine"


@pytest.mark.parametrize(
    "parent", ["../beside.toml", "beside.toml", "{here}/beside.toml", "..", ".", "\\u0000", "beside"]
)
def test_a_text_reads_no_other_file(tmp_path, monkeypatch, parent):
    (tmp_path / "beside.toml").write_text(HEAD)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="only these can be extended here"):
        load_text(f'{HEAD}extends = "{parent.format(here=tmp_path)}"\n', "mine.toml")


def test_the_messages_are_those_of_check(tmp_path, monkeypatch):
    text = f'{HEAD}extends = "baseline.toml"\nus.commitment.postur = "x"\nnothing = 1\n'
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(InputError) as error:
        load_text(text, "mine.toml")
    assert list(error.value.problems) == check("mine.toml")


def test_a_text_with_half_a_letter_is_refused_with_its_place():
    from sim.loading import load_text

    with pytest.raises(InputError, match="UTF-8"):
        load_text('title = "\ud800"\n')
