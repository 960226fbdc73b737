"""``list``, ``check``, ``explain`` and ``schema``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.shipped import shipped_names
from tests.cli.conftest import Alliance


def test_list_gives_every_shipped_scenario_a_line_with_its_title(alliance: Alliance) -> None:
    done = alliance("list")
    assert done.exit_code == 0
    names = [line.split()[0] for line in done.stdout.splitlines()]
    assert names == shipped_names()
    assert "baseline" in names
    assert max(map(len, done.stdout.splitlines())) <= 80
    titles = {one["name"]: one["title"] for one in json.loads(alliance("list", "--json").stdout)}
    assert list(titles) == names
    for line in done.stdout.splitlines():
        name, title = line.split(maxsplit=1)
        assert title == titles[name]


def test_every_shipped_scenario_checks_clean(alliance: Alliance) -> None:
    done = alliance("check", *shipped_names())
    assert (done.exit_code, done.stderr) == (0, "")
    verdicts = [line for line in done.stdout.splitlines() if not line.startswith(("  note: ", "  the event "))]
    assert verdicts == [f"{name}: no mistakes" for name in shipped_names()]


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A file with three independent mistakes."""
    path = tmp_path / "wrong.toml"
    path.write_text(
        'title = "Wrong"\ndescription = "For tests."\nreferences = ["none"]\nextends = "baseline.toml"\nend = "soon"\n'
        '[us.commitment]\npostur = "conditional"\n[no_such_system]\nkey = 1\n'
    )
    return path


def test_check_reports_all_mistakes_of_all_files_on_stderr(wrong: Path, alliance: Alliance) -> None:
    done = alliance("check", wrong, "baseline", "no_such_file.toml")
    assert done.exit_code == 2
    assert done.stdout == "baseline: no mistakes\n"
    lines = done.stderr.splitlines()
    assert len([line for line in lines if line.startswith(f"{wrong}:")]) == 3
    assert any("no_such_file.toml" in line for line in lines)
    assert "us.commitment.posture" in done.stderr


def test_check_can_answer_in_json(wrong: Path, alliance: Alliance) -> None:
    done = alliance("check", wrong, "--json")
    assert done.exit_code == 2
    problems = json.loads(done.stdout)
    assert [sorted(problem) for problem in problems] == [["column", "key", "line", "message", "path"]] * 3
    assert alliance("check", "baseline", "--json").stdout == "[]\n"


def test_check_takes_settings(alliance: Alliance) -> None:
    assert alliance("check", "baseline", "--set", "us.commitment.posture=conditional").exit_code == 0
    assert alliance("check", "baseline", "--set", "us.commitment.posture=hostile").exit_code == 2


def test_explain_tells_what_a_key_means(alliance: Alliance) -> None:
    from sim.model import catalogue

    done = alliance("explain", "us.commitment.posture", "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    parameter = catalogue().find("us.commitment.posture")
    assert parameter is not None
    assert told["key"] == "us.commitment.posture"
    assert told["meaning"] == parameter.meaning
    assert told["kind"].startswith(parameter.kind)
    assert told["source"] == parameter.source
    text = alliance("explain", "us.commitment.posture").stdout
    assert all(value in text for value in told.values())


def test_every_key_and_every_variable_can_be_explained() -> None:
    from sim.analysis.lookup import describe_name
    from sim.model import catalogue, variables

    for key in catalogue().keys():  # noqa: SIM118 - a catalogue is not a dict
        told = describe_name(key)
        assert told
        assert {"key", "meaning", "kind", "default", "allowed", "source", "used in"} <= set(told), key
    for variable in variables():
        assert {"variable", "meaning", "unit", "recorded"} <= set(describe_name(variable.name) or ()), variable.name


def test_a_word_finds_keys_variables_and_members_nearest_first(alliance: Alliance) -> None:
    for word, names in (
        ("troops", {"us_troops_europe_thousand", "us.troops.start_thousand"}),
        ("debt", {"budgets.war_debt_pp"}),
        ("Germany", {"DEU", "defence_share_pct_gdp:DEU"}),
        ("european aid", {"europe.aid.commitment_factor"}),
    ):
        done = alliance("explain", word)
        assert (done.exit_code, done.stderr) == (0, "")
        found = json.loads(alliance("explain", word, "--json").stdout)
        assert names <= {entry["name"] for entry in found}
        assert all(set(entry) == {"name", "kind", "meaning"} for entry in found)
        assert all(entry["name"] in done.stdout and entry["kind"] in done.stdout for entry in found)
        assert max(map(len, done.stdout.splitlines())) <= 80
    assert json.loads(alliance("explain", "Britain", "--json").stdout)[0]["name"] == "GBR"
    # A country that may join is found as a member is, with the keys that there are for it.
    assert [entry["name"] for entry in json.loads(alliance("explain", "Ukraine", "--json").stdout)][:2] == [
        "UKR",
        "alliance.UKR.member",
    ]
    # A word of a question that no key bears is found in the titles of what is shipped.
    truce = json.loads(alliance("explain", "truce", "--json").stdout)
    assert alliance("explain", "snap", "election").stdout == alliance("explain", "snap election").stdout
    assert [entry["name"] for entry in truce] == ["questions/26_truce_breaks"]
    # What bears the word in its name comes before what is described by it.
    in_name = ["troops" in entry["name"] for entry in json.loads(alliance("explain", "troops", "--json").stdout)]
    assert in_name == sorted(in_name, reverse=True)
    wrong = alliance("explain", "trops")
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "did you mean troops" in wrong.stderr


def test_a_variable_names_the_keys_that_move_it_the_levers_first(alliance: Alliance) -> None:
    told = json.loads(alliance("explain", "ceasefire", "--json").stdout)
    keys = told["moved by"].split(", ")
    assert keys[0] == "negotiation.ceasefire_now"
    assert keys.index("negotiation.holds") < keys.index("negotiation.hazard_per_year")


def test_a_comparison_is_no_result_to_explain(alliance: Alliance, tmp_path: Path) -> None:
    (tmp_path / "comparison.json").write_text("{}")
    done = alliance("explain", tmp_path, "--variable", "ceasefire")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "is a comparison; `alliance attribute A B` says why" in done.stderr


def test_a_member_may_be_named_in_a_key_and_an_old_key_is_told_its_new_name(
    alliance: Alliance, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sim import model
    from sim.scenario import Catalogue

    key = next(parameter.key for parameter in model.catalogue() if "DEU" in parameter.entities)
    told = json.loads(alliance("explain", key.replace("*", "Germany"), "--json").stdout)
    assert told["key"] == key.replace("*", "DEU")
    renamed = Catalogue(model.catalogue().parameters, {"us.stance": "us.commitment.posture"})
    monkeypatch.setattr(model, "catalogue", lambda: renamed)
    done = alliance("explain", "us.stance")
    assert "us.stance is called us.commitment.posture now" in done.stdout
    assert model.catalogue().find("us.commitment.posture").meaning in " ".join(done.stdout.split())


def test_a_key_of_one_member_names_its_family(alliance: Alliance) -> None:
    from sim.model import catalogue

    pattern = next(parameter for parameter in catalogue() if "POL" in parameter.entities)
    told = json.loads(alliance("explain", pattern.key.replace("*", "POL"), "--json").stdout)
    assert told["one of"] == pattern.key


def test_the_beginning_of_keys_lists_them(alliance: Alliance) -> None:
    from sim.model import catalogue

    told = json.loads(alliance("explain", "us.commitment", "--json").stdout)
    assert "us.commitment.posture" in told
    assert all(key.startswith("us.commitment.") for key in told)
    assert set(told) <= {parameter.key for parameter in catalogue()}
    of_one_member = json.loads(alliance("explain", "members.POL", "--json").stdout)
    assert of_one_member
    assert all(key.startswith("members.*.") for key in of_one_member)


def test_explain_shows_which_layer_set_a_value(alliance: Alliance, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        'title = "Mine"\ndescription = "For tests."\nreferences = ["none"]\nextends = "baseline.toml"\n'
        '[us.commitment]\nposture = "retrenchment"\n'
    )
    told = json.loads(alliance("explain", "us.commitment.posture", "--scenario", path, "--json").stdout)
    assert told["in mine"] == f"retrenchment (set by {path}:6)"


@pytest.mark.parametrize(
    ("word", "near"), [("us.commitment.postur", "us.commitment.posture"), ("member_at_2pct", "members_at_2pct")]
)
def test_an_unknown_name_is_answered_with_near_ones(word: str, near: str, alliance: Alliance) -> None:
    done = alliance("explain", word)
    assert (done.exit_code, done.stdout) == (2, "")
    assert near in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_schema_is_a_json_schema_of_every_key(alliance: Alliance) -> None:
    done = alliance("schema")
    assert done.exit_code == 0
    schema = json.loads(done.stdout)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert "posture" in done.stdout


def test_the_schema_that_scenario_files_point_to_has_not_drifted(alliance: Alliance) -> None:
    root = Path(__file__).parents[2]
    head = (root / "scenarios" / "baseline.toml").read_text().splitlines()[0]
    stored = root / "scenarios" / head.removeprefix("#:schema ")
    assert stored.read_text(encoding="utf-8") == alliance("schema").stdout, "renew it: alliance schema > docs/..."
