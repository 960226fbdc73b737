"""Which layer wins, and that every value remembers who set it."""

from __future__ import annotations

from datetime import date

import pytest

from sim.errors import InputError
from sim.scenario import Dated, Origin, Weights, check, fixed, load, normal
from tests.scenario.conftest import HEAD, small_facts


@pytest.fixture
def resolve(catalogue):
    def resolver(path, *sets, **more):
        return load(path, catalogue=catalogue, facts_layer=small_facts, sets=sets, **more)

    return resolver


def test_each_layer_is_stronger_than_the_one_before(resolve, write):
    key = "members.POL.plan_pct_gdp"
    parent = "[members.POL]\nplan_pct_gdp = 3\n"
    values = [
        resolve(write()).values[key],
        resolve(write('extends = "p.toml"\n', p=parent)).values[key],
        resolve(write('extends = "p.toml"\n[members.POL]\nplan_pct_gdp = 4\n', p=parent)).values[key],
        resolve(write('extends = "p.toml"\n[members.POL]\nplan_pct_gdp = 4\n', p=parent), f"{key}=5").values[key],
    ]
    assert [given.value for given in values] == [fixed(4.1), fixed(3), fixed(4), fixed(5)]
    assert [given.origin.layer for given in values] == ["facts", "file", "file", "set"]
    assert values[1].origin.file.endswith("p.toml")
    assert (values[1].origin.line, values[1].origin.column) == (5, 1)
    assert (values[2].origin.line, values[2].origin.column) == (6, 1)
    assert values[3].origin.file == f"--set {key}=5"


def test_facts_are_those_known_at_the_start_that_wins(resolve, write):
    path = write('extends = "p.toml"\n', p="start = 2022-06-01\n")
    assert resolve(path).values["members.POL.plan_pct_gdp"].value == fixed(2)
    assert resolve(path, "start=2024-06-01").values["members.POL.plan_pct_gdp"].value == fixed(4.1)


def test_defaults_cover_every_key_but_those_the_facts_supply(resolve, write, catalogue):
    values = resolve(write()).values
    keys = catalogue.keys()
    from_facts = [key for key in keys if key.endswith(("plan_pct_gdp", "package_probability"))]
    from_facts.remove("members.POL.plan_pct_gdp")
    assert [key for key in keys if key not in values] == from_facts
    assert values["us.commitment.posture"].origin == Origin("default")
    assert values["negotiation.talks_from"].value is None
    assert values["members.DEU.opt_out"].value is False


def test_open_tails_are_cut_at_the_bounds_of_the_parameter(resolve, write):
    body = 'us.commitment.continuity = {dist = "normal", mean = 0.9, sd = 0.05}\n'
    assert resolve(write(body)).values["us.commitment.continuity"].value == normal(0.9, 0.05, 0, 1)
    assert resolve(write()).values["us.commitment.continuity"].value == normal(0.54, 0.05, 0, 1)


def test_every_kind_of_value_is_read(resolve, write):
    body = """
us.elections.2024.president = {harris = 0.25, trump = 0.75}
us.withdrawal.allowed = true
summit.target_pct_gdp = {how = "linear", 2030-06-30 = 3.5, 2025 = {dist = "uniform", low = 2, high = 2.5}}
war.full_scale_from = "never"
negotiation.talks_from = 2025-06-30
secretary_general.name = "Jens Stoltenberg"
aid.packages_per_year = {dist = "discrete", values = [4, 2]}
"""
    values = {key: given.value for key, given in resolve(write(body)).values.items()}
    assert values["us.elections.2024.president"] == Weights((("harris", 0.25), ("trump", 0.75)))
    assert values["us.withdrawal.allowed"] is True
    path = values["summit.target_pct_gdp"]
    assert isinstance(path, Dated)
    assert path.describe() == "linear: 2025-01-01 uniform(low 2, high 2.5), 2030-06-30 3.5"
    assert values["war.full_scale_from"] is None
    assert values["negotiation.talks_from"] == date(2025, 6, 30)
    assert values["secretary_general.name"] == "Jens Stoltenberg"
    assert values["aid.packages_per_year"].describe() == "discrete(2: 0.5, 4: 0.5)"


def test_spelling_of_tables_makes_no_difference(resolve, write):
    spellings = [
        'us.commitment.posture = "conditional"\nus.troops.cut_thousand = 20\n',
        '[us]\ncommitment = {posture = "conditional"}\ntroops.cut_thousand = 20.0\n',
        "[us.troops]\n\"cut_thousand\" = 2e1\n[us.commitment]\nposture = 'conditional'\n",
    ]
    assert len({resolve(write(body)).hash for body in spellings}) == 1
    assert resolve(write(), "us.commitment.posture=conditional", "us.troops.cut_thousand=20").hash == (
        resolve(write(spellings[0])).hash
    )


def test_file_and_start_and_texts_of_the_scenario(resolve, write):
    path = write('extends = "p.toml"\nend = 2027-12-31\n', "child.toml", p="start = 2022-06-01\nend = 2030-06-30\n")
    scenario = resolve(path)
    assert (scenario.name, scenario.title, scenario.references) == ("child", "T", ("R",))
    assert (scenario.start, scenario.end) == (date(2022, 6, 1), date(2027, 12, 31))
    assert [name.rpartition("/")[2] for name in scenario.files] == ["p.toml", "child.toml"]
    later = resolve(write(), default_start=date(2024, 10, 1), default_end=date(2028, 1, 1))
    assert (later.start, later.end) == (date(2024, 10, 1), date(2028, 1, 1))


def test_the_file_settles_what_its_parents_dispute(resolve, write, catalogue):
    parents = {
        "one": 'us.commitment.posture = "conditional"\n',
        "two": 'us.commitment.posture = "retrenchment"\n',
        "same": 'us.commitment.posture = "conditional"\n',
    }
    extends = 'extends = ["one.toml", "two.toml"]\n'
    (problem,) = check(write(extends, **parents), catalogue=catalogue)
    assert "one.toml:4" in problem.message
    assert "two.toml:4" in problem.message
    settled = resolve(write(extends + 'us.commitment.posture = "continuity"\n'))
    assert settled.values["us.commitment.posture"].value == "continuity"
    agreed = resolve(write('extends = ["one.toml", "same.toml"]\n'))
    assert agreed.values["us.commitment.posture"].origin.file.endswith("same.toml")


def test_a_dispute_is_told_once_where_it_arises(write, catalogue):
    parents = {
        "one": "aid.delivery_factor = 0.5\n",
        "two": "aid.delivery_factor = 0.6\n",
        "both": 'extends = ["one.toml", "two.toml"]\n',
    }
    (problem,) = check(write('extends = "both.toml"\n', **parents), catalogue=catalogue)
    assert problem.path.endswith("both.toml")


def test_what_overrules_a_common_ancestor_is_no_dispute(resolve, write):
    """The child of two files that share a parent takes what one of them changed, whatever their order."""
    files = {
        "base": "aid.delivery_factor = 0.5\n",
        "left": 'extends = "base.toml"\naid.delivery_factor = 0.7\n',
        "right": 'extends = "base.toml"\n',
    }
    for order in ('["left.toml", "right.toml"]', '["right.toml", "left.toml"]'):
        scenario = resolve(write(f"extends = {order}\n", **files))
        assert scenario.values["aid.delivery_factor"].value == fixed(0.7)
        assert len(scenario.files) == 4


def test_parents_are_looked_for_beside_the_file_then_among_the_shipped(resolve, write, tmp_path):
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "base.toml").write_text(HEAD + "aid.delivery_factor = 0.5\n")
    for extends in ("base.toml", "base"):
        path = write(f'extends = "{extends}"\n')
        assert resolve(path, shipped=shipped).values["aid.delivery_factor"].value == fixed(0.5)
    (tmp_path / "base.toml").write_text(HEAD + "aid.delivery_factor = 0.25\n")
    assert resolve(path, shipped=shipped).values["aid.delivery_factor"].value == fixed(0.25)


def test_a_missing_parent_is_answered_with_the_nearest_shipped_one(write, tmp_path, catalogue):
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "baseline.toml").write_text(HEAD)
    (problem,) = check(write('extends = "baselin.toml"\n'), catalogue=catalogue, shipped=shipped)
    assert problem.message == (
        "no file baselin.toml beside this file or among the shipped scenarios; did you mean baseline.toml?"
    )


PAUSE = '[[events]]\ndate = 2026-01-15\nname = "Pause"\nset = {aid.delivery_factor = 0.0}\n'


def test_events_of_parents_come_first_and_a_later_layer_replaces_by_name(resolve, write):
    parent = PAUSE + '[[events]]\ndate = 2027-01-01\nname = "Talks"\nset.us.commitment.posture = "conditional"\n'
    own = PAUSE.replace("2026-01-15", "2026-02-01") + PAUSE.replace("Pause", "Early").replace("2026", "2025")
    events = resolve(write('extends = "p.toml"\n' + own, p=parent)).events
    assert [(event.name, event.date) for event in events] == [
        ("Pause", date(2026, 2, 1)),
        ("Talks", date(2027, 1, 1)),
        ("Early", date(2025, 1, 15)),
    ]
    assert [event.origin.file.rpartition("/")[2] for event in events] == ["a.toml", "p.toml", "a.toml"]
    assert events[1].sets == (("us.commitment.posture", "conditional"),)


def test_an_event_keeps_all_it_says(resolve, write):
    body = PAUSE + "until = 2026-03-15\nprobability = 0.25\n[events.set.us.troops]\ncut_thousand = 20\n"
    body = body.replace("set = {aid.delivery_factor = 0.0}\n", "set.aid.delivery_factor = 0.0\n")
    body = body.replace("[events.set.us.troops]\ncut_thousand", "set.us.troops.cut_thousand")
    (event,) = resolve(write(body)).events
    assert (event.date, event.until, event.probability) == (date(2026, 1, 15), date(2026, 3, 15), 0.25)
    assert event.sets == (("aid.delivery_factor", fixed(0)), ("us.troops.cut_thousand", fixed(20)))
    assert (event.origin.line, event.origin.column) == (4, 3)


def test_events_may_stand_on_the_first_and_the_last_day(resolve, write):
    days = ("2025-01-01", "2030-12-31")
    body = "".join(PAUSE.replace("2026-01-15", day).replace("Pause", day) for day in days)
    assert len(resolve(write(body)).events) == 2


SETS = {
    "us.commitment.posture=weak": (
        '--set  us.commitment.posture  "weak" is not one of continuity, conditional, retrenchment'
    ),
    "us.commitment.postrue=conditional": (
        "--set  us.commitment.postrue  unknown key; did you mean us.commitment.posture?"
    ),
    "summit.target_pct_gdp=0.035": ("--set  summit.target_pct_gdp  0.035 would mean 0.035% of GDP; did you mean 3.5?"),
    "summit.target_pct_gdp=3,5": "--set  summit.target_pct_gdp  3,5 has a decimal comma; write 3.5",
    "summit.target_pct_gdp=3\nx=1": "--set  summit.target_pct_gdp  one value is expected after =",
    "summit.target_pct_gdp": "--set  summit.target_pct_gdp is not KEY=VALUE",
    "=3": "--set  =3 is not KEY=VALUE",
    "": "--set  an empty text is not KEY=VALUE",
    "title=x": "--set  title  only start, end and keys of the model can be set here; write it in the file",
    "start=2013-01-01": "--set  start  2013-01-01 is outside 2014-01-01 to 2028-12-31, the days a simulation can start",
    "end=soon": '--set  end  "soon" is not a date; write a date such as 2025-06-30',
    "start=2024-02-30": "--set  start  2024-02-30 is not a day of the calendar; write e.g. 2025-06-30",
    "us={commitment={posture='conditional'}, troops={cut_thousand=1}}": ("--set  us  us is a group; set one key of it"),
}


@pytest.mark.parametrize("text", SETS)
def test_faults_of_a_setting(text, write, catalogue):
    assert [str(problem) for problem in check(write(), catalogue=catalogue, sets=[text])] == [SETS[text]]


def test_settings_are_read_as_toml_and_a_bare_word_is_text(resolve, write):
    scenario = resolve(
        write(),
        "us.commitment.posture=conditional",
        "us.elections.2024.president={harris = 0.5, trump = 0.5}",
        "us.withdrawal.allowed=true",
        "war.full_scale_from=never",
        "negotiation.talks_from=2025-06-30",
        'secretary_general.name = "a = b"',
        "start=2024-10-01",
    )
    values = {key: given.value for key, given in scenario.values.items()}
    assert values["us.commitment.posture"] == "conditional"
    assert values["us.elections.2024.president"] == Weights((("harris", 0.5), ("trump", 0.5)))
    assert values["us.withdrawal.allowed"] is True
    assert values["war.full_scale_from"] is None
    assert values["negotiation.talks_from"] == date(2025, 6, 30)
    assert values["secretary_general.name"] == "a = b"
    assert scenario.start == date(2024, 10, 1)


def test_one_key_set_twice_is_a_fault_unless_both_say_the_same(write, catalogue, resolve):
    twice = ["aid.delivery_factor=1", "aid.delivery_factor=2"]
    assert [str(p) for p in check(write(), catalogue=catalogue, sets=twice)] == [
        "--set  aid.delivery_factor  set twice: 1 and 2; keep one"
    ]
    assert resolve(write(), "aid.delivery_factor=1", "aid.delivery_factor=1.0")


def test_a_wrong_setting_names_the_file_it_would_replace(write, catalogue):
    path = write('us.commitment.posture = "conditional"\n')
    (problem,) = check(path, catalogue=catalogue, sets=["us.commitment.posture=weak"])
    assert problem.message.endswith(f"(would replace conditional from {path}:4)")


def test_problems_of_all_files_and_settings_come_at_once_sorted_without_repeats(write, catalogue):
    path = write(
        'extends = ["q.toml", "p.toml", "gone.toml"]\nweather = 1\n',
        p='extends = "q.toml"\nus.commitment.posture = 1\n',
        q="aid.delivery_factor = 9\n",
    )
    problems = check(path, catalogue=catalogue, sets=["x=1"])
    assert [(p.path.rpartition("/")[2], p.line, p.key) for p in problems] == [
        ("--set", 0, "x"),
        ("a.toml", 4, "extends[3]"),
        ("a.toml", 5, "weather"),
        ("p.toml", 5, "us.commitment.posture"),
        ("q.toml", 4, "aid.delivery_factor"),
    ]
    with pytest.raises(InputError) as raised:
        load(path, catalogue=catalogue, sets=["x=1"])
    assert raised.value.problems == tuple(problems)
