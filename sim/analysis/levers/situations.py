"""In which scenarios levers are audited: most in the baseline, some only where they can act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from sim.analysis.levers.effects import Case
from sim.analysis.levers.trials import Lever, lever
from sim.loading import load, load_text
from sim.model import catalogue
from sim.scenario import Parameter, Scenario


@dataclass(frozen=True, slots=True)
class Situation:
    """A scenario in which some keys can act, because of what they need.

    ``text`` is the rest of a scenario file that extends ``extends``. ``entities`` are those whose keys are tried; all
    by default.
    """

    name: str
    keys: tuple[str, ...]
    text: str = ""
    extends: str = "baseline"
    entities: tuple[str, ...] = ()

    def load(self) -> Scenario:
        """The scenario, resolved."""
        if not self.text:
            return load(self.extends)
        head = (
            f'title = "{self.name}"\ndescription = "A situation of the audit of the levers."\n'
            f'references = ["docs/levers.md"]\nextends = "{self.extends}"\n'
        )
        return load_text(head + self.text, f"{self.name.replace(' ', '_')}.toml")


_CEASEFIRE = """
[[events]]
date = 2025-06-01
name = "ceasefire"
set.negotiation.ceasefire_now = true
"""

SITUATIONS = (
    Situation("baseline", ()),
    Situation(
        "baseline_2026",
        (
            "us.commitment.posture_in_office",
            "us.elections.midterm_correlation",
            "us.elections.*.house_democratic_probability",
            "us.elections.*.senate_democratic_probability",
            "us.commitment.level_at_start",
            "us.troops.floor_thousand",
            "summits.adopted_year",
            "summits.review_year",
            "summits.review_slip_years",
            "members.*.target_pct_gdp",
            "members.*.opt_out",
            "members.*.deadline_year",
            "summits.opt_out_probability",
            "summits.compliance",
            "budgets.path_keeping",
            "budgets.path_debt",
            "budgets.path_exposure",
            "aid.eu_backlog_military_share",
        ),
        extends="baseline_2026",
    ),
    Situation("history", ("economy.told", "budgets.plans_told"), extends="history_2022"),
    Situation("before_the_guideline", ("summits.deadline_year", "budgets.deadline_met"), extends="history_2022"),
    Situation("exit", ("us.withdrawal.law_binds",), "[us.withdrawal]\nprobability_per_year = 0.1\n"),
    Situation("boom", ("budgets.growth_pp",), "[economy]\ngrowth_shift_pct = 3\n"),
    Situation("few_recruits", ("war.gain_per_manpower_km2",), "[war]\nukrainian_intake_thousand = 5\n"),
    Situation(
        "heavy_fighting",
        ("war.russian_force_thousand", "war.highest_loss_share", "negotiation.exhaustion_effect"),
        "[war]\neffort_factor = 3\n",
    ),
    Situation(
        "republican_president",
        ("us.elections.midterm_house_loss_probability", "us.elections.midterm_senate_loss_probability"),
        extends="trump_continuity",
    ),
    Situation("handover", ("secretary_general.next_holder",), "[secretary_general]\nhandover = 2026-01-01\n"),
    Situation("ceasefire_that_holds", ("war.ceasefire_effort",), _CEASEFIRE),
    Situation(
        "before_the_war",
        (
            "war.onset_probability_per_year",
            "threat.peacetime_level",
        ),
        extends="history_2014",
    ),
    Situation(
        "war_breaks_out",
        ("war.first_advance_km2", "war.first_effort_thousand", "war.occupied_before_km2"),
        "[war]\nonset_probability_per_year = 0.5\n",
        extends="history_2014",
    ),
    Situation(
        "ceasefire",
        (
            "threat.floor",
            "threat.half_life_years",
            "russia.effort_after_ceasefire_pct_gdp",
            "aid.after_ceasefire_factor",
            "negotiation.hold_probability",
            "negotiation.failed_median_days",
            "negotiation.failed_sd_log",
            "negotiation.holds",
            "negotiation.terms",
            "reassurance.thousand",
            "aid.reconstruction_factor",
            "negotiation.break_now",
        ),
        _CEASEFIRE.replace("2025-06-01", "2025-06-01\nuntil = 2025-07-01"),
    ),
    Situation(
        "ceasefire_with_concessions",
        ("negotiation.conceded_km2",),
        _CEASEFIRE + '[negotiation]\nterms = "concessions"\n',
    ),
    Situation(
        "ceasefire_with_guarantees",
        ("negotiation.guarantee_effect",),
        '[negotiation]\nterms = "guarantees"\n' + _CEASEFIRE.replace("2025-06-01", "2025-06-01\nuntil = 2025-07-01"),
    ),
    Situation(
        "ceasefire_with_a_force",
        ("reassurance.hold_effect", "reassurance.threat_relief"),
        "[reassurance]\nthousand = 30\n" + _CEASEFIRE.replace("2025-06-01", "2025-06-01\nuntil = 2025-07-01"),
    ),
    Situation(
        "ukraine_accedes",
        (
            "alliance.*.gdp_busd",
            "alliance.*.share_pct_gdp",
            "alliance.*.forces_thousand",
            "us.commitment.accession_shift",
        ),
        '[[events]]\ndate = 2027-01-01\nname = "accession"\nset.alliance.UKR.member = true\n',
    ),
    Situation("accession", ("alliance.*.member", "alliance.*.invited"), entities=("UKR",)),
    Situation(
        "invitation",
        ("alliance.ratification_median_days", "alliance.ratification_sd_log"),
        "[alliance.UKR]\ninvited = 2026-07-07\n",
    ),
    Situation(
        "shocks_to_credibility",
        ("us.commitment.shock_half_life_months", "secretary_general.*.shock_absorption"),
        """
[[events]]
date = 2026-01-01
until = 2026-03-01
name = "statement"
set.us.commitment.shock = -0.3
""",
    ),
    Situation(
        "agenda",
        ("secretary_general.*.new_target_on_agenda",),
        "[summits]\nnew_target_discussed = false\nadoption_probability = 0.5\n",
    ),
    Situation(
        "retrenchment",
        (
            "us.troops.cut_retrenchment_thousand",
            "us.aid.posture_factor_retrenchment",
            "us.aid.executive_pace_retrenchment",
            "us.pressure.level_retrenchment",
            "us.commitment.level_retrenchment",
            "us.troops.months",
            "us.troops.congress_restraint",
        ),
        '[us.commitment]\nposture = "retrenchment"\n',
    ),
    Situation(
        "conditional",
        (
            "us.troops.cut_conditional_thousand",
            "us.aid.posture_factor_conditional",
            "us.aid.executive_pace_conditional",
            "us.pressure.level_conditional",
            "us.commitment.level_conditional",
            "us.commitment.statements_per_year",
            "us.commitment.statement_size",
            "us.commitment.noise",
        ),
        '[us.commitment]\nposture = "conditional"\n',
    ),
    Situation(
        "collapse",
        (
            "threat.collapse_rise",
            "threat.collapse_half_life_years",
            "aid.collapse_response",
            "negotiation.collapse_effect",
        ),
        """
[[events]]
date = 2026-07-01
until = 2026-09-01
name = "collapse"
set.war.collapse_now_km2 = 5000
""",
    ),
    Situation(
        "troops_leave",
        ("budgets.troops_pp", "threat.troops_rise"),
        """
[[events]]
date = 2026-01-01
name = "troops leave"
set.us.troops.thousand = 30
""",
    ),
    Situation(
        "aid_stops",
        (
            "europe.aid.replacement_first_half_year",
            "europe.aid.replacement_long_run",
            "europe.aid.replacement_speed",
            "europe.aid.replacement_tiring_per_year",
        ),
        """
[[events]]
date = 2025-02-01
name = "U.S. aid stops"
set.us.aid.allocation_factor = 0
set.us.aid.commitment_factor = 0
""",
    ),
    Situation(
        "aid_stops_everywhere",
        ("war.gain_per_aid_km2",),
        """
[[events]]
date = 2025-01-01
name = "aid stops"
set.aid.military_factor = 0
set.us.aid.allocation_factor = 0
""",
    ),
    Situation(
        "european_fund",
        ("europe.fund_beur", "europe.fund_from_year", "europe.fund_to_year", "budgets.fund_additional_share"),
        "[europe]\nfund_beur = 150\nfund_from_year = 2026\nfund_to_year = 2030\n",
    ),
    Situation(
        "german_fund",
        ("members.*.fund_beur", "members.*.fund_from_year", "members.*.fund_to_year"),
        "[members.DEU]\nfund_beur = 50\nfund_from_year = 2026\nfund_to_year = 2030\n",
        entities=("DEU",),
    ),
    Situation(
        "german_plan",
        ("members.*.plan_pct_gdp", "members.*.plan_year", "members.*.keeps_plan"),
        "[members.DEU]\nplan_year = 2028\nplan_pct_gdp = 3.0\n",
        entities=("DEU",),
    ),
)


@cache
def situation_of(key: str) -> Situation:
    """The situation of a parameter's key: the baseline if it is in no other."""
    return next((each for each in SITUATIONS if key in each.keys), SITUATIONS[0])


def cases(parameters: Iterable[Parameter] | None = None) -> tuple[Case, ...]:
    """Every parameter that has a range in the situation in which it can act; of the catalogue by default."""
    chosen = list(catalogue() if parameters is None else parameters)
    found: list[Case] = []
    for situation in SITUATIONS:
        there = [parameter for parameter in chosen if situation_of(parameter.key) is situation]
        if not there:
            continue
        scenario = situation.load()
        made = [lever(parameter, scenario, _keys(parameter, situation)) for parameter in there]
        found.append(Case(scenario, tuple(each for each in made if each is not None)))
    return tuple(found)


def _keys(parameter: Parameter, situation: Situation) -> tuple[str, ...]:
    return tuple(parameter.key.replace("*", entity) for entity in situation.entities)


def tried(found: Iterable[Case]) -> list[Lever]:
    """The levers of some cases."""
    return [each for case in found for each in case.levers]
