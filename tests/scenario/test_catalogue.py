"""The catalogue finds keys by name and pattern, and refuses parameters that contradict themselves."""

from __future__ import annotations

import pickle
import subprocess
import sys
from datetime import date

import pytest

from sim.scenario import (
    Catalogue,
    Choice,
    Day,
    Flag,
    Number,
    Parameter,
    Weights,
    check,
    discrete,
    fit,
    fixed,
    gamma,
    load,
    normal,
    uniform,
)
from sim.scenario.parameter import declared_range
from tests.scenario.conftest import CODES, HEAD

ONE = fixed(1)
UP_TO_TWO = Number(0, 2)


def parameter(key="x.y", default=ONE, domain=UP_TO_TWO, **more):
    return Parameter(key=key, meaning="M", unit="u", kind="data", default=default, source="s", domain=domain, **more)


def test_a_pattern_stands_for_each_of_its_entities(catalogue):
    found = catalogue.find("members.POL.plan_pct_gdp")
    assert found is catalogue.find("members.*.plan_pct_gdp")
    assert found.key == "members.*.plan_pct_gdp"
    assert catalogue.find("members.AUT.plan_pct_gdp") is None
    assert catalogue.find("members.plan_pct_gdp") is None
    assert catalogue.find("members") is None
    keys = catalogue.keys()
    assert [key for key in keys if key.endswith(".plan_pct_gdp")] == [f"members.{code}.plan_pct_gdp" for code in CODES]
    assert len(keys) == len(set(keys))


def test_groups_and_what_they_hold(catalogue):
    assert catalogue.is_group("us.elections")
    assert not catalogue.is_group("us.commitment.posture")
    assert catalogue.members_of("us.commitment") == ("posture", "continuity")
    assert catalogue.entities_of("members") == CODES
    assert catalogue.entities_of("us") == ()


def test_nearest_keys_fill_in_the_entity_meant(catalogue):
    assert catalogue.nearest("members.GBR.plan_pct_gpd")[0] == "members.GBR.plan_pct_gdp"
    assert catalogue.nearest("posture") == ["us.commitment.posture"]
    assert catalogue.nearest("qqqq") == []


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ([parameter(), parameter()], "parameter x.y is defined twice"),
        ([parameter(), parameter("x.y.z")], "parameter x.y is also a group of parameters"),
        ([parameter("x.*")], "one '*' and its entities belong together"),
        ([parameter(entities=("POL",))], "one '*' and its entities belong together"),
        ([parameter("x.*.*", entities=("POL",))], "one '*' and its entities belong together"),
        ([parameter(default=fixed(3))], "parameter x.y: default 3: 3 is not a number from 0 to 2"),
        ([parameter(default=uniform(1, 3))], "runs from 1 to 3; must be a number from 0 to 2"),
        ([parameter(default=normal(0, 1))], "52.3% of normal"),
        ([parameter(default="high")], "must be a number from 0 to 2"),
        ([parameter(default="c", domain=Choice(("a", "b")))], "must be one of a, b"),
        ([parameter(default=Weights((("c", 1.0),)), domain=Choice(("a", "b")))], "must be one of a, b"),
        ([parameter(default=fixed(1), domain=Flag())], "must be true or false"),
        ([parameter(default=True, domain=Day())], "must be a date such as"),
        ([parameter(default=fixed(1.5), domain=Number(0, 2, integer=True))], "1.5 is not a whole number"),
    ],
)
def test_a_catalogue_that_contradicts_itself_is_refused(parameters, message):
    with pytest.raises(ValueError, match=message.replace("*", r"\*")):
        Catalogue(parameters)


def test_a_catalogue_survives_a_worker(catalogue):
    again = pickle.loads(pickle.dumps(catalogue))
    assert again.keys() == catalogue.keys()
    assert again.find("members.POL.opt_out") == catalogue.find("members.POL.opt_out")


def test_tails_are_cut_where_little_is_lost_and_only_there():
    domain = Number(0, 1)
    assert fit(normal(0.9, 0.05), domain) == normal(0.9, 0.05, 0, 1)  # 2.3% lies above 1
    assert fit(normal(0.5, 0.1, low=0.2, high=0.8), domain) == normal(0.5, 0.1, 0.2, 0.8)
    assert fit(gamma(2, 10), domain) == gamma(2, 10, high=1)
    assert fit(normal(0, 1), Number()) == normal(0, 1)
    with pytest.raises(ValueError, match=r"15\.9% of normal"):
        fit(normal(0.9, 0.1, low=0), Number(0, 1))
    with pytest.raises(ValueError, match="runs from -1 to 1"):
        fit(normal(0, 1, low=-1, high=1), domain)


def test_whole_numbers_may_be_uncertain_if_discrete():
    assert fit(discrete({1: 1, 3: 1}), Number(0, 5, integer=True)) == discrete({1: 1, 3: 1})


def test_per_cent_is_told_by_the_key_the_bounds_or_the_domain():
    assert parameter("x.share_pct").percent
    assert parameter("x.share_pct_gdp").percent
    assert not parameter("x.share").percent
    assert not parameter("x.shift_pct", domain=Number(-10, 10)).percent
    assert not parameter("x.share_pct", domain=Number(0, 2, percent=False)).percent
    assert parameter("x.share", domain=Number(0, 2, percent=True)).percent


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ("summit.target_pct_gdp = 0.035", "3.5"),
        ("summit.target_pct_gdp = 0.1", "10"),
        ("summit.target_pct_gdp = 0.2", ""),
        ("summit.target_pct_gdp = 0", ""),
        ("members.POL.plan_pct_gdp = 0.047", "4.7"),
        ("members.POL.plan_pct_gdp = 0.199", ""),  # 19.9% of GDP is not plausible either
        ("equipment.level_pct = 0.29", "29"),
        ("equipment.level_pct = 2", ""),
        ("economy.growth_shift_pct = 0.1", ""),
        ('members.POL.plan_pct_gdp = {dist = "uniform", low = 0.02, high = 0.035}', "3.5"),
    ],
)
def test_a_fraction_where_per_cent_is_meant_is_asked_about(body, asked, catalogue, write):
    problems = [problem.message for problem in check(write(body), catalogue=catalogue)]
    assert [message.rpartition("did you mean ")[2] for message in problems] == ([f"{asked}?"] if asked else [])


def test_prior_in_words(catalogue):
    words = {key: catalogue.find(key).prior_text for key in ("negotiation.talks_from", "war.full_scale_from")}
    assert words == {"negotiation.talks_from": "never", "war.full_scale_from": "2022-02-24"}
    assert catalogue.find("members.*.plan_pct_gdp").prior_text == "from the facts as of the start"
    assert catalogue.find("us.commitment.continuity").prior_text == "normal(mean 0.54, sd 0.05)"


def test_a_day_left_without_default_may_come_from_the_facts(write):
    from sim.scenario import Given, Origin

    catalogue = Catalogue([parameter("x.day", default=None, domain=Day())])
    known = {"x.day": Given(date(2024, 3, 7), Origin("facts"))}
    assert load(write(), catalogue=catalogue).values["x.day"].value is None
    assert load(write(), catalogue=catalogue, facts_layer=lambda start: known).values == known


def test_checking_a_file_stays_light(tmp_path):
    """Reading and checking need none of the libraries that are slow to import, faulty file or not."""
    path = tmp_path / "a.toml"
    path.write_text(HEAD + 'x.y = {dist = "gamma", shape = 2, rate = 3}\nx.z = 1\n')
    code = f"""
import sys
from sim.scenario import Catalogue, Number, Parameter, check, gamma
catalogue = Catalogue([Parameter(key="x.y", meaning="M", unit="u", kind="data", default=gamma(2, 10), source="s",
                                 domain=Number(0, 5))])
assert len(check({str(path)!r}, catalogue=catalogue)) == 1
print(sorted({{"numpy", "scipy", "pandas", "matplotlib", "xarray"}} & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


@pytest.mark.parametrize(
    ("sweep", "domain", "means"),
    [
        ("0.1 to 0.5", Number(0, 1), (0.1, 0.5, ())),
        ("-2, 0, 1", Number(-5, 5), (None, None, (fixed(-2), fixed(0), fixed(1)))),
        ("any", Choice(("firm", "loose")), (None, None, ("firm", "loose"))),
        ("any", Flag(), (None, None, (False, True))),
        ("prior", Number(0, 1), (None, None, ())),
    ],
)
def test_the_range_of_a_sweep_is_read_from_its_declaration(sweep, domain, means):
    default = {Choice: "firm", Flag: False}.get(type(domain), fixed(0))
    low, high, values = declared_range(_swept(sweep, domain, default))
    assert (low if low == low else None, high if high == high else None, values) == means


@pytest.mark.parametrize(
    ("sweep", "domain", "words"),
    [
        ("", Number(0, 1), "no data identify it, so it must declare a sweep"),
        ("0.1 to 2", Number(0, 1), "2 is not a number from 0 to 1"),
        ("0.5 to 0.1", Number(0, 1), "must rise"),
        ("0.5", Number(0, 1), "must rise"),
        ("low to high", Number(0, 1), "could not convert"),
        ("0.3 to 0.7", Flag(), "is no range of true or false"),
        ("through room.nowhere", Number(0, 1), "is swept through room.nowhere, which does not exist"),
    ],
)
def test_a_wrong_declaration_of_a_sweep_is_a_fault_of_the_model(sweep, domain, words):
    default = False if isinstance(domain, Flag) else fixed(0)
    with pytest.raises(ValueError, match=words):
        Catalogue([_swept(sweep, domain, default)])


def _swept(sweep, domain, default):
    return Parameter(
        key="room.level", meaning="", unit="", kind="assumption", default=default, source="", domain=domain,
        depends_on=True, sweep=sweep,
    )  # fmt: skip
