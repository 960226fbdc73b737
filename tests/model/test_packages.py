"""Dated sums of aid and dated laws: what is committed, allocated and delivered, with numbers worked by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.loading import load_text, notes_of
from sim.model import axes
from sim.model.systems.aid.packages import shares
from sim.scenario import Row, Table

from .conftest import RUNS, event, run, scenario

END = date(2026, 12, 31)
ALL = ("aid_committed_beur", "aid_allocated_beur", "aid_delivered_beur", "military_aid_allocated_beur")


def package(donor, beur, *, months=1, kind="military", day=date(2025, 3, 20), by="donor"):
    donors = (donor,) if isinstance(donor, str) else donor
    cells = {"donor": donors, "date": day, "beur": float(beur), "kind": kind, "instrument": "grant",
             "paid_over_months": float(months), "delivered_by": by, "financed": "budget"}  # fmt: skip
    return Row(tuple(cells.items()))


def law(busd, *, other=0.0, chance=1.0, day=date(2025, 3, 20), name="law"):
    cells = {"name": name, "date": day, "military_busd": float(busd), "other_busd": other, "probability": chance}
    return Row(tuple(cells.items()))


@pytest.fixture(scope="module")
def plain():
    return run(scenario(end=END))


def added(plain, donor, *rows, **sets):
    """What rows add to a donor's sums at each month's end, by variable, ``(time, runs)``."""
    made = scenario({"aid.packages": Table(rows), **sets}, end=END)
    place = axes(made).codes("donor").index(donor)
    acted = run(made)
    return {name: acted[name][:, place] - plain[name][:, place] for name in ALL}, acted


def test_it_is_committed_at_once_and_allocated_in_equal_parts(plain):
    """EUR 12 bn on 20 March 2025 over 6 months: 12 committed at the end of March, 2 more allocated each month to 12."""
    moved, _ = added(plain, "EUI", package("EUI", 12, months=6))
    march = 5
    np.testing.assert_allclose(moved["aid_committed_beur"][march - 1 :].mean(axis=1)[:3], [0, 12, 12], atol=1e-3)
    for name in ("aid_allocated_beur", "military_aid_allocated_beur"):
        np.testing.assert_allclose(
            moved[name][march - 1 : march + 8],
            np.tile([[0], [2], [4], [6], [8], [10], [12], [12], [12]], RUNS),
            atol=2e-3,
        )
    assert (moved["aid_delivered_beur"][march:] > 0).all()
    assert (moved["aid_delivered_beur"] <= moved["aid_allocated_beur"] + 1e-3).all()
    assert (np.diff(moved["aid_delivered_beur"][march:], axis=0) > -1e-3).all()


def test_other_aid_is_no_military_aid(plain):
    moved, _ = added(plain, "DEU", package("DEU", 4, kind="financial"))
    np.testing.assert_allclose(moved["aid_allocated_beur"][-1], 4, atol=1e-3)
    np.testing.assert_allclose(moved["military_aid_allocated_beur"][-1], 0, atol=1e-3)


def test_donors_share_by_gdp(plain):
    parts = shares(("DEU", "EST", "EUI"))
    assert parts["EUI"] == 0
    assert sum(parts.values()) == pytest.approx(1)
    assert parts["DEU"] > 50 * parts["EST"]
    moved, _ = added(plain, "EST", package(("DEU", "EST"), 10))
    np.testing.assert_allclose(moved["aid_committed_beur"][-1], 10 * shares(("DEU", "EST"))["EST"], rtol=1e-2)


def test_a_donor_that_stops_still_gives_its_package(plain):
    moved, acted = added(plain, "DEU", package("DEU", 3), **{"aid.DEU.stop": True})
    made = scenario({"aid.DEU.stop": True}, end=END)
    stopped, place = run(made), axes(made).codes("donor").index("DEU")
    gained = acted["aid_allocated_beur"][-1, place] - stopped["aid_allocated_beur"][-1, place]
    np.testing.assert_allclose(gained, 3, atol=1e-3)
    assert (moved["aid_committed_beur"][4] <= 0).all()


def test_arms_delivered_by_the_united_states_count_as_bought(plain):
    _, acted = added(plain, "NOR", package("NOR", 6, months=3, by="USA"))
    bought = acted["us_arms_bought_beur"] - plain["us_arms_bought_beur"]
    np.testing.assert_allclose(bought[4:9].mean(axis=1), [0, 2, 4, 6, 6], atol=1e-3)


def test_before_its_date_a_package_changes_nothing(plain):
    _, acted = added(plain, "EUI", package("EUI", 12, day=date(2025, 6, 1)))
    for name in ALL:
        assert acted[name][:8].tobytes() == plain[name][:8].tobytes()


def test_a_law_adds_authority_and_is_recorded(plain):
    acted = run(scenario({"us.aid.laws": Table((law(20, other=5.0),)), "us.aid.eur_per_usd": 0.9}, end=END))
    base = run(scenario({"us.aid.eur_per_usd": 0.9}, end=END))
    laws = acted["us_laws_for_ukraine"] - base["us_laws_for_ukraine"]
    assert (laws[4] == 0).all()
    assert (laws[5] == 1).all()
    np.testing.assert_allclose((acted["us_law_money_beur"] - base["us_law_money_beur"])[5], 0.9 * 25, rtol=1e-3)


@pytest.mark.parametrize(("by_event", "factor"), [(False, 1.0), (True, 2.0)])
def test_the_factor_on_american_aid_counts_for_a_law_of_an_event_and_not_for_a_row(by_event, factor):
    quiet = {"us.aid.request_below_beur": 0.0, "us.aid.eur_per_usd": 0.9, "us.aid.other_to_military": 0.0,
             "us.aid.commitment_factor": 2.0, "negotiation.hazard_per_year": 0.0}  # fmt: skip
    quiet |= {} if by_event else {"us.aid.laws": Table((law(20),))}
    events = [event(date(2025, 3, 20), {"us.aid.law_busd": 20.0})] if by_event else []
    money = run(scenario(quiet, *events))["us_law_money_beur"]
    np.testing.assert_allclose(money[-1], 0.9 * 20 * factor, rtol=1e-5)


@pytest.mark.parametrize(("by_event", "factor"), [(False, 1.0), (True, 3.0)])
def test_money_for_reconstruction_counts_for_a_law_of_an_event_and_not_for_a_row(by_event, factor):
    quiet = {"us.aid.request_below_beur": 0.0, "us.aid.eur_per_usd": 0.9, "us.aid.other_to_military": 0.5,
             "negotiation.ceasefire_now": True, "negotiation.holds": True,
             "aid.after_ceasefire_factor": 0.5, "aid.reconstruction_factor": 3.0}  # fmt: skip
    rows = {} if by_event else {"us.aid.laws": Table((law(0, other=10.0),))}
    events = [event(date(2025, 3, 20), {"us.aid.law_busd": 20.0})] if by_event else []
    made = scenario(quiet | rows, *events)
    committed = np.diff(run(made)["aid_committed_beur"][:, axes(made).codes("donor").index("USA")], axis=0)[4]
    arms = 20 * 0.5 if by_event else 0
    np.testing.assert_allclose(committed, 0.9 * (arms + 10 * factor), rtol=1e-4)


def test_a_law_of_chance_passes_at_its_probability_and_keeps_other_draws():
    some = run(scenario({"us.aid.laws": Table((law(20, chance=0.3),))}, end=date(2025, 4, 30)), count=512)
    base = run(scenario(end=date(2025, 4, 30)), count=512)
    passed = (some["us_laws_for_ukraine"] - base["us_laws_for_ukraine"])[5]
    assert passed.mean() == pytest.approx(0.3, abs=0.07)  # standard error 0.02
    for name, values in base.items():
        if name != "us_laws_for_ukraine":
            assert values[..., passed == 0].tobytes() == some[name][..., passed == 0].tobytes(), name


PACKAGE = "[[aid.packages]]\ndate = 2025-06-15\n{}\n"
LAW = "[[us.aid.laws]]\ndate = 2025-06-15\n{}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PACKAGE.format('donor = "europe"\nbeur = 5'), "is shared by GDP, so that EUI pays nothing"),
        (
            PACKAGE.format('donor = ["DEU", "EUI"]\nbeur = 5'),
            "DEU, EUI on 2025-06-15 is shared by GDP, so that EUI pays",
        ),
        (PACKAGE.format('donor = "DEU"\nbeur = 0'), "is of 0 bn: it cannot act"),
        (PACKAGE.format('donor = "USA"\nbeur = 1\ndelivered_by = "USA"'), "is the United States' own: delivered_by"),
        (PACKAGE.format('donor = "DEU"\nbeur = 1\nkind = "other"\ndelivered_by = "USA"'), "is other aid: delivered_by"),
        (PACKAGE.format('donor = "DEU"\nbeur = 1\npaid_over_months = 60'), "of which 55 end by 2029-12-31"),
        (LAW.format("military_busd = 20\nprobability = 0"), "the law of 2025-06-15 has probability 0"),
        (LAW.format("military_busd = 0"), "the law of 2025-06-15 grants nothing"),
    ],
)
def test_check_tells_what_of_a_row_cannot_act(text, said):
    head = 'title = "T"\ndescription = "D"\nreferences = ["R"]\nextends = "baseline"\n'
    (line,) = notes_of(load_text(head + text))
    assert said in line


def test_check_says_nothing_of_rows_that_act():
    head = 'title = "T"\ndescription = "D"\nreferences = ["R"]\nextends = "baseline"\n'
    text = PACKAGE.format('donor = "nordics"\nbeur = 5\npaid_over_months = 55\ndelivered_by = "USA"')
    assert notes_of(load_text(head + text + LAW.format("military_busd = 20"))) == []
