"""Relations between scenarios: read from files, judged run by run, refused with their places."""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pytest

from sim.analysis import relations
from sim.analysis.relations import read_relation, verify
from sim.analysis.simulated import Simulated
from sim.errors import InputError

HEAD = """
title = "More is not less"
reference = "arithmetic"
runs = 40

[sides.less]
set = ["budgets.push = 0"]

[sides.more]
set = ["budgets.push = 0.5"]
"""


def hold(relation, variable="us_commitment", **rest):
    lines = [f'relation = "{relation}"', f'variable = "{variable}"']
    lines += [f"{key} = {value}" for key, value in rest.items()]
    return "\n".join(["[[holds]]", *lines, ""])


@pytest.fixture
def judged(toy, tmp_path, monkeypatch):
    """Verdicts on a text of relations, with the toy as the model."""

    def load(scenario, sets):
        assert scenario == "baseline"
        numbers = {}
        for text in sets:
            key, _, number = text.partition("=")
            numbers[key.strip().replace(".", "__")] = float(number)
        return toy.scenario(**numbers)

    def simulated(scenario, runs, seed):
        result = toy.Result(scenario, runs=runs, seed=seed)
        names = {one.name: one for one in toy.variables}
        every = {"month": tuple(result.dates("us_commitment")), "year": tuple(result.dates("defence_share_pct_gdp"))}
        entities = {"member": ("CAN", "POL"), "donor": ("USA", "EUR", "OTHER", "ALL")}
        return Simulated(scenario, result.data, every, entities, names)

    monkeypatch.setattr(relations, "simulated", simulated)

    def verdicts(text):
        path = tmp_path / "relation.toml"
        path.write_text(text)
        return verify([path], load=load)

    return verdicts


def test_relations_that_hold_pass_and_say_where(judged):
    text = (
        HEAD + hold("more >= less") + hold("more > less") + hold("less == less") + hold("less <= more", at_end="true")
    )
    verdicts = judged(text)
    assert [one.passed for one in verdicts] == [True] * 4
    assert verdicts[0].told == "us_commitment: more >= less in every run: holds in 40 runs at 27 dates"
    assert verdicts[3].told.endswith("holds in 40 runs at 1 dates")


def test_a_broken_relation_names_its_worst_run(judged):
    (verdict,) = judged(HEAD.replace("0.5", "-0.5") + hold("more >= less"))
    assert not verdict.passed
    assert verdict.broken == 40
    assert "broken in 40 of 40 runs; worst in run" in verdict.told


def test_equality_is_bit_by_bit(judged):
    (verdict,) = judged(HEAD.replace("0.5", "1e-6") + hold("more == less"))
    assert not verdict.passed


def test_a_strict_relation_asks_for_a_difference(judged):
    (verdict,) = judged(HEAD.replace("0.5", "0") + hold("more > less"))
    assert not verdict.passed
    assert "both sides are the same in every run" in verdict.told


def test_some_relations_hold_on_average_only(judged):
    text = HEAD.replace("budgets.push = 0.5", "us.pull = 0.5")
    every, average = judged(text + hold("more <= less") + hold("more <= less", **{"in": '"on average"'}))
    assert not every.passed
    assert 0 < every.broken < 40
    mean = judged(text + hold("more >= less", **{"in": '"on average"'}))[0]
    # The shock's mean over 40 runs has one sign: exactly one of the two directions holds.
    assert average.passed != mean.passed


def test_dates_bound_a_relation(judged):
    text = HEAD.replace("0.5", "-0.5") + hold("more >= less", until="2024-10-31")
    (verdict,) = judged(text)
    assert "until 2024-10-31" in verdict.told
    with pytest.raises(InputError, match="no date to compare"):
        judged(HEAD + hold("more >= less", **{"from": "2040-01-01"}))


def test_members_and_donors_are_named(judged):
    text = HEAD + hold("more > less", "defence_share_pct_gdp", entity='"POL"')
    text += hold("more > less", "military_aid_allocated_beur", entity='"ALL"')
    assert all(verdict.passed for verdict in judged(text))


def test_a_member_may_be_named_as_people_name_it_and_a_wrong_one_has_its_place(judged):
    (verdict,) = judged(HEAD + hold("more > less", "defence_share_pct_gdp", entity='"Poland"'))
    assert verdict.hold.entity == "POL"
    with pytest.raises(InputError, match="PLO is not among the codes here; did you mean POL"):
        judged(HEAD + hold("more > less", "defence_share_pct_gdp", entity='"PLO"'))


def test_every_mistake_in_a_file_is_told_with_its_place(tmp_path):
    path = tmp_path / "r.toml"
    path.write_text(
        'titel = "x"\nreference = "y"\nruns = 0\n[sides.one]\nsets = []\n[sides.two]\nset = "a"\n'
        '[[holds]]\nrelation = "one => two"\nvariable = "ceasefyre"\n'
        '[[holds]]\nrelation = "one >= too"\nvariable = "defence_share_pct_gdp"\nin = "most runs"\nfrom = 2025\n'
    )
    with pytest.raises(InputError) as caught:
        read_relation(path)
    told = [str(problem).removeprefix(str(path)) for problem in caught.value.problems]
    assert told == [
        ":1:1  titel  unknown key 'titel'; did you mean title?",
        ":1:1  title  a text is needed",
        ":3:8  runs  a whole number from 1 is needed",
        ":5:1  sides.one.sets  unknown key 'sets'; did you mean set?",
        ':7:7  sides.two.set  a list of texts is needed: set = ["KEY = VALUE"]',
        ':9:12  holds[1].relation  write it as "ONE >= OTHER" with <=, >=, ==, < or >',
        ":10:12  holds[1].variable  unknown variable 'ceasefyre'; did you mean ceasefire?",
        ":12:12  holds[2].relation  unknown side 'too'; did you mean two?",
        ":13:1  holds[2].variable  defence_share_pct_gdp needs entity, a member such as SWE, TUR, USA",
        ':14:6  holds[2].in  write "every run" or "on average"',
        ":15:8  holds[2].from  a date such as 2026-01-31 is needed",
    ]


def test_files_that_cannot_be_read_are_told(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_relation(tmp_path / "none.toml")
    (tmp_path / "few.toml").write_text('title = "t"\nreference = "r"\n')
    with pytest.raises(InputError) as caught:
        read_relation(tmp_path / "few.toml")
    assert len(caught.value.problems) == 2


def test_simulated_runs_read_like_a_result():
    variables = {"x": SimpleNamespace(every="year", entity="member")}
    days = (dt.date(2025, 12, 31),)
    arrays = {"x": np.arange(6.0).reshape(1, 2, 3)}
    found = Simulated(None, arrays, {"year": days}, {"member": ("CAN", "POL")}, variables)
    assert found.values("x", "POL").tolist() == [[3, 4, 5]]
    assert str(found.dates("x")[0]) == "2025-12-31"
    with pytest.raises(InputError, match="x: XXX is not among the codes here: CAN, POL"):
        found.values("x", "XXX")


def test_everything_recorded_can_be_asked_to_be_equal(judged):
    text = HEAD.replace('"budgets.push = 0.5"', '"us.idle = 0.5"') + hold("more == less", "*")
    (verdict,) = judged(text)
    assert verdict.told == "*: more == less in every run: holds in all 11 series"
    (verdict,) = judged(HEAD + hold("more == less", "*"))
    assert not verdict.passed
    assert verdict.told.startswith("defence_share_pct_gdp:CAN: more == less in every run: broken in 40 of 40 runs")
    with pytest.raises(InputError, match="unknown variable"):
        judged(HEAD + hold("more <= less", "*"))
