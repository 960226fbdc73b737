"""The JSON Schema is valid, says the same each time, and agrees with ``check`` on what can be said in a schema."""

from __future__ import annotations

import json
import tomllib

import pytest

from sim.scenario import check, json_schema, schema_text
from tests.scenario.conftest import HEAD, small_catalogue
from tests.scenario.test_property import GOOD

jsonschema = pytest.importorskip("jsonschema")


@pytest.fixture(scope="module")
def validator(catalogue):
    schema = json_schema(catalogue)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def accepts(validator, text: str) -> bool:
    """Whether the schema accepts a file, read as an editor reads it: dates are texts."""
    return validator.is_valid(json.loads(json.dumps(tomllib.loads(text), default=lambda day: day.isoformat())))


BODIES = [
    (True, 'us.commitment.posture = "conditional"'),
    (True, "us.elections.2024 = {president = {harris = 0.5, trump = 0.5}, house = 'republican'}"),
    (True, "us.elections.2026.house = 'democratic'"),
    (True, "members.POL = {plan_pct_gdp = 4.7, opt_out = true}"),
    (True, "aid.EUI.package_probability = 0.3"),
    (True, 'us.commitment.continuity = {dist = "normal", mean = 0.5, sd = 0.1, low = 0}'),
    (True, 'us.troops.cut_thousand = {dist = "discrete", values = [0, 20]}'),
    (True, 'summit.target_pct_gdp = {how = "step", 2025 = 2, 2030-06-30 = {dist = "uniform", low = 2, high = 3}}'),
    (True, 'war.full_scale_from = "never"'),
    (True, "war.full_scale_from = 2022-02-24"),
    (True, 'extends = "baseline.toml"'),
    (True, 'extends = ["baseline.toml"]'),
    (False, 'us.commitment.posture = "weak"'),
    (False, 'us.commitment.postrue = "conditional"'),
    (False, "us.elections.2024.president = {haris = 1}"),
    (False, "us.elections.2026.president = 'trump'"),
    (False, "members.UK.plan_pct_gdp = 2.5"),
    (False, "members.POL.plan_pct_gdp = 25"),
    (False, "members.EUI.plan_pct_gdp = 2.5"),
    (False, 'summit.target_pct_gdp = "2"'),
    (False, "aid.packages_per_year = 2.5"),
    (False, 'us.commitment.continuity = {dist = "norml", mean = 0.5, sd = 0.1}'),
    (False, 'us.commitment.continuity = {dist = "normal", mean = 0.5}'),
    (False, 'us.commitment.continuity = {dist = "normal", mean = 0.5, sd = 0}'),
    (False, "summit.target_pct_gdp = {2025 = 2}"),
    (False, 'summit.target_pct_gdp = {how = "step"}'),
    (False, 'us.withdrawal.allowed = "true"'),
    (False, "weather = 1"),
    (False, "start = 2024"),
    (False, "[[events]]\nname = 'x'\nset = {aid.delivery_factor = 0}"),
    (False, "[[events]]\ndate = 2026-01-15\nname = 'x'\nset = {}"),
    (False, "[[events]]\ndate = 2026-01-15\nname = 'x'\nset = {aid.delivery_factor = 9}"),
]


def test_a_full_file_is_accepted(validator):
    assert accepts(validator, GOOD)


@pytest.mark.parametrize(("right", "body"), BODIES)
def test_schema_and_check_agree(right, body, validator, catalogue, write):
    assert accepts(validator, HEAD + body) is right
    problems = [p for p in check(write(body), catalogue=catalogue) if not p.message.startswith("no file baseline")]
    assert (not problems) is right


def test_required_heads(validator):
    assert not accepts(validator, 'title = "T"\ndescription = "D"\n')


def test_each_key_is_described_with_its_meaning_and_unit(catalogue):
    keys = json_schema(catalogue)["$defs"]["settings"]["properties"]
    target = keys["summit"]["properties"]["target_pct_gdp"]
    assert target["description"] == (
        "Meaning of summit.target_pct_gdp Unit: % of GDP. A number from 0 to 10. Default: 2. Assumption."
    )
    assert keys["us"]["properties"]["commitment"]["properties"]["posture"]["anyOf"][0] == {
        "enum": ["continuity", "conditional", "retrenchment"]
    }


def test_the_text_is_the_same_each_time():
    assert schema_text(small_catalogue()) == schema_text(small_catalogue())
    assert json.loads(schema_text(small_catalogue())) == json_schema(small_catalogue())
