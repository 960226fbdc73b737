"""A prior or a bound mistyped in a declaration is told: each is held against the page or the reason it came from.

The strengths of channels are read from docs/channels.md, which fixed them in advance; the other priors stand here a
second time, under the evidence they rest on. Three rules need no figures: a sweep covers the prior, no hint speaks of
per cent where a value may be negative, and what nobody could identify is swept as an assumption.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.model import catalogue
from sim.scenario import Number, beta, discrete, fit, fixed, gamma, lognormal, normal, uniform
from sim.scenario.parameter import declared_range

PARAMETERS = {parameter.key: parameter for parameter in catalogue()}
NUMBERS = {key: parameter for key, parameter in PARAMETERS.items() if isinstance(parameter.domain, Number)}
CHANNELS = Path(__file__).parents[2] / "docs" / "channels.md"

# Key: the row of the page, and the words of its column "early" (or of its form) that give the strength.
STRENGTHS = {
    "us.pressure.level_continuity": ("pressure on allies", "continuity 0.1", fixed(0.1)),
    "us.pressure.level_conditional": ("pressure on allies", "conditional U(0.3, 0.9)", uniform(0.3, 0.9)),
    "us.pressure.level_retrenchment": ("pressure on allies", "retrenchment U(0.3, 1.0)", uniform(0.3, 1)),
    "summits.pressure_log_odds": ("pressure on adoption", "b: N(1.5, 1.5), at least 0", normal(1.5, 1.5, low=0)),
    "budgets.pressure_jump_probability": ("pressure on laggards", "p: Beta(1.5, 6)", beta(1.5, 6)),
    "budgets.path_keeping": ("target as a path", "k: U(0.05, 0.60)", uniform(0.05, 0.6)),
    "budgets.path_debt": ("fiscal room on the path", "a: U(0, 0.6)", uniform(0, 0.6)),
    "budgets.path_exposure": ("exposure on the path", "c: U(0, 0.5)", uniform(0, 0.5)),
    "summits.review_slip_years": ("review of the target", "0 with 2/3, 5 with 1/3", discrete({0: 2, 5: 1})),
    "us.aid.executive_pace_continuity": ("the executive's pace", "continuity 1;", fixed(1)),
    "us.aid.executive_pace_conditional": ("the executive's pace", "conditional U(0.2, 1.0)", uniform(0.2, 1)),
    "us.aid.executive_pace_retrenchment": ("the executive's pace", "retrenchment U(0, 0.4)", uniform(0, 0.4)),
    "europe.aid.replacement_first_half_year": (
        "replacement on allocations", "first N(0.15, 0.10), at least 0", normal(0.15, 0.1, low=0)),
    "europe.aid.replacement_long_run": ("replacement on allocations", "long run U(0.2, 1.0)", uniform(0.2, 1)),
    "europe.aid.replacement_tiring_per_year": (
        "replacement on allocations", "tiring U(0, 0.3) a year", uniform(0, 0.3)),
    "war.gain_per_aid_km2": ("deliveries on the front", "N(20, 40)", normal(20, 40)),
    "war.gain_per_manpower_km2": ("manpower on the front", "U(0, 100)", uniform(0, 100)),
    "war.effort_per_spending": ("Russian spending on effort", "U(0, 1)", uniform(0, 1)),
    "war.collapse_per_month": ("collapse of the front", "Gamma(0.5, 22 months)", gamma(0.5, 22)),
    "threat.collapse_rise": ("collapse on the threat", "U(0, 0.6)", uniform(0, 0.6)),
    "threat.collapse_half_life_years": ("collapse on the threat", "half-life of U(0.5, 3) years", uniform(0.5, 3)),
    "aid.collapse_response": ("collapse on European aid", "U(-0.2, 0.6)", uniform(-0.2, 0.6)),
    "negotiation.collapse_effect": ("collapse on talks", "U(-0.5, 1.0)", uniform(-0.5, 1)),
    "budgets.commitment_pp": ("commitment on budgets", "N(0.03, 0.10)", normal(0.03, 0.1)),
    "threat.commitment_rise": ("commitment on the threat", "U(0, 0.3)", uniform(0, 0.3)),
    "budgets.troops_pp": ("troops on budgets", "N(0, 0.02)", normal(0, 0.02)),
    "threat.troops_rise": ("troops on the threat", "U(0, 0.05)", uniform(0, 0.05)),
    "economy.debt_financed_share": ("debt from defence", "U(0.3, 1.0)", uniform(0.3, 1)),
    "us.commitment.accession_shift": ("accession of a country at war", "U(-0.1, 0.1)", uniform(-0.1, 0.1)),
    "secretary_general.*.adoption_multiplier": ("Secretary-General", "1 and 1", fixed(1)),
}  # fmt: skip

# The evidence, then the priors that were read from it.
EVIDENCE = {
    "the panel of yearly changes of 30 allies 2015-24, shrunk": {
        "budgets.drift_pp": normal(-0.024, 0.019), "budgets.gap_closure": normal(0.022, 0.014, low=0),
        "budgets.exposure_pp": normal(0.049, 0.022), "budgets.war_pp": normal(0.061, 0.053),
        "budgets.war_exposure_pp": normal(0.25, 0.08), "budgets.war_debt_pp": normal(0.022, 0.007),
        "budgets.growth_pp": normal(0.012, 0.003), "budgets.common_shock_pp": normal(0.068, 0.014),
        "budgets.deadline": normal(0.15, 0.14, low=0), "budgets.plan_in_progress": normal(0.41, 0.12, low=0),
        "budgets.plan_overdue": normal(0.3, 0.18, low=0), "budgets.plan_kept": normal(0.55, 0.09, low=0.02, high=0.95),
        "budgets.reversal_probability": normal(0.11, 0.1, low=0.02, high=0.98),
    },
    "11 of 12 met the deadline: Jeffreys' posterior": {"budgets.deadline_met": beta(11 + 0.5, 12 - 11 + 0.5)},
    "19 of 22 mid-terms: Jeffreys' posterior": {
        "us.elections.midterm_house_loss_probability": beta(19 + 0.5, 22 - 19 + 0.5)},
    "a share of 0.29 of 212 elections held early": {"elections.early_probability": beta(61.5, 212 - 61.5)},
    "laws on aid by years of each control, Jeffreys' posterior": {
        "us.aid.laws_democratic_house_per_year": gamma(4 + 0.5, 0.83),
        "us.aid.laws_split_per_year": gamma(1 + 0.5, 2),
        "us.aid.laws_republican_per_year": discrete({0: 1, 0.25: 1, 0.75: 1})},
    "cabinets and shares 2015-21: not distinguishable from nought": {
        "budgets.left_right_pp": normal(0.005, 0.007), "budgets.election_year_pp": normal(-0.01, 0.02),
        "elections.left_right_persistence": normal(0.09, 0.07), "elections.left_right_sd": normal(1.6, 0.1, low=0.1)},
    "the shares of the USA 2016-24, an autoregression of 0.9 to 3.4% with a spread of 0.14": {
        "budgets.usa_level_pct_gdp": fixed(3.4), "budgets.usa_persistence": beta(0.9 * 30, 30 - 0.9 * 30),
        "budgets.usa_shock_pp": fixed(0.14)},
    "how far first estimates were revised": {
        "budgets.estimate_noise_pp": fixed(0.207), "budgets.estimate_bias_pp": fixed(0.06)},
    "the equipment shares of 31 members 2022-24": {
        "equipment.persistence": normal(0.75, 0.07), "equipment.level_pct": normal(29.4, 4, low=5),
        "equipment.new_money": normal(11.6, 2), "equipment.noise_pct": normal(5.5, 0.5)},
    "growth and prices of the WEO of October 2024": {
        "economy.own_growth_sd_pct": normal(2.2, 0.2, low=0.1), "economy.dollar_inflation_pct": normal(2.1, 0.5)},
    "20 USD bn booked as 18.34 EUR bn": {"us.aid.eur_per_usd": normal(round(18.34 / 20, 2), 0.04, low=0.5)},
    "Russian budgets: 5.4, 7.1, plan of 6.3% of GDP": {
        "russia.effort_wartime_pct_gdp": normal(6.5, 0.8, low=1), "russia.effort_noise_pp": fixed(0.8),
        "russia.effort_after_ceasefire_pct_gdp": uniform(4, 6.5), "russia.effort_speed": beta(2, 2)},
    "three yearly means of shares": {"threat.budget_lag": beta(6, 4), "threat.war_level": fixed(1.8)},
    "the Kiel tracker, release 29": {
        "aid.generosity_persistence": normal(0.52, 0.19, low=0, high=0.98),
        "aid.generosity_sd": normal(0.56, 0.1, low=0.05), "aid.distance_slope": normal(-2, 0.4),
        "aid.generosity_at_1000km_pct_gdp": lognormal(0.4, 0.3), "aid.package_sd_log": uniform(1, 1.6),
        "aid.other_months": lognormal(5, 0.3), "aid.stock_share": uniform(0.1, 0.3)},
    "deliveries of U.S. systems (CSIS, GAO)": {
        "aid.stock_median_days": lognormal(73, 0.3), "aid.stock_sd_log": uniform(1.2, 1.7),
        "aid.procurement_months": lognormal(18, 0.25)},
    "backlogs of 8.8 EUR bn and 3.8 USD bn when no law was asked for": {
        "us.aid.request_below_beur": uniform(3, 8)},
    "monthly maps and counts December 2022 to December 2024": {
        "war.front_persistence": normal(0.55, 0.2, low=0, high=0.95), "war.gain_per_effort_km2": normal(18, 8, low=0),
        "war.break_even_thousand": normal(21, 3, low=1), "war.front_noise_km2": uniform(130, 170),
        "war.effort_persistence": uniform(0.88, 0.94), "war.effort_noise_log": uniform(0.12, 0.16),
        "war.collapse_km2": uniform(3000, 10000)},
    "counts of men, stated": {
        "war.russian_intake_thousand": uniform(30, 34), "war.ukrainian_intake_thousand": uniform(14, 27),
        "war.loss_ratio": lognormal(2.2, 0.2, low=0.1), "war.russian_force_thousand": uniform(520, 617),
        "war.irrecoverable_share": uniform(0.4, 0.7), "war.ukrainian_force_thousand": uniform(650, 900)},
    "wars and ceasefires of the past": {
        "negotiation.hazard_per_year": gamma(4, 14), "negotiation.talks_per_ceasefire": uniform(2, 5),
        "negotiation.failed_median_days": lognormal(90, 0.3), "negotiation.failed_sd_log": fixed(1.2),
        "negotiation.hold_probability": beta(2, 3)},
    "four accessions 2017-24": {
        "alliance.ratification_median_days": normal(470, 80, low=100),
        "alliance.ratification_sd_log": lognormal(0.35, 0.2)},
    "polls of 2017 and 2024": {
        "us.commitment.level_continuity": normal(0.54, 0.05), "us.commitment.noise": fixed(0.01),
        "us.commitment.statement_size": uniform(0.01, 0.06)},
    "laws: at most 0.01 and 0.02 a year": {
        "us.withdrawal.probability_per_year": uniform(0, 0.01),
        "alliance.invitation_probability_per_year": uniform(0, 0.02)},
    "levels under a posture, of which the direction alone is known": {
        "us.commitment.level_conditional": uniform(0.25, 0.5), "us.commitment.level_retrenchment": uniform(0.15, 0.35),
        "us.commitment.speed_per_month": uniform(0.1, 0.5), "us.troops.cut_conditional_thousand": uniform(0, 20),
        "us.troops.cut_retrenchment_thousand": uniform(20, 50)},
    "five of five first Congresses went with the president: strong, and too few to say how strong": {
        "us.elections.coattails": uniform(0.4, 0.9), "us.elections.midterm_correlation": uniform(0.4, 0.9)},
    "even odds where nobody has forecast, and the upper end of 16 of 22 seats lost": {
        "us.elections.later_chamber_republican_probability": fixed(0.5),
        "us.elections.midterm_senate_loss_probability": uniform(0.2, round(16 / 22, 2))},
    "parties that doubt aid, fewer in office than in parliament": {
        "elections.sceptic_probability": uniform(0.02, 0.15), "elections.*.doubts_aid_at_start": fixed(0),
        "aid.sceptic_effect": discrete({0: 1, 0.5: 1, 2: 1})},
    "electoral laws": {"elections.term_years": fixed(4)},
    "declarations of Riga, Wales and Vilnius, and the press of 2024": {
        "summits.target_pct_gdp": fixed(2), "summits.path_years": fixed(10), "summits.related_pct_gdp": fixed(0),
        "summits.adoption_probability": discrete({0: 1, 0.2: 1, 0.5: 1}), "summits.opt_out_probability": fixed(0.05),
        "summits.new_target_pct_gdp": discrete({2.5: 1, 3: 1, 3.5: 1}), "summits.compliance": beta(8, 2)},
    "shares of European allies 1980-89": {"budgets.war_ceiling_pct_gdp": fixed(5)},
    "the shares after 2014 and in the war, and no idea how fast they fall": {
        "threat.floor": discrete({0.33: 1, 0.8: 1}), "threat.half_life_years": discrete({2: 1, 5: 1, 10: 1})},
    "no effect until someone shows one": {
        "secretary_general.*.compliance_effect": fixed(0), "secretary_general.*.shock_absorption": fixed(0),
        "budgets.neighbours": fixed(0), "aid.eu_blocked_share": fixed(0), "aid.us_arms_beur_per_month": fixed(0),
        "europe.aid.fatigue_pct_per_year": fixed(0), "reassurance.thousand": fixed(0),
        "war.onset_probability_per_year": fixed(0), "economy.common_growth_factor": fixed(1),
        "economy.exchange_rate_factor": fixed(1), "budgets.fund_additional_share": fixed(1),
        "europe.aid.replacement_speed": fixed(1), "us.aid.posture_factor_continuity": fixed(1)},
    "military parts of five laws: 4 to 29 USD bn, and 47 of other aid to 77": {
        "us.aid.law_median_busd": fixed(20), "us.aid.law_sd_log": fixed(0.6),
        "us.aid.other_to_military": fixed(round(47 / 77, 1))},
    "monthly shares of a backlog with a coefficient of variation of 0.3": {
        "aid.allocation_usa": gamma(11.1, 11.1 / 0.22), "aid.allocation_states": gamma(11.1, 11.1 / 0.05),
        "aid.allocation_eu": gamma(11.1, 11.1 / 0.034)},
    "ranges that nobody has narrowed": {
        "us.commitment.statements_per_year": uniform(0, 2), "us.troops.congress_restraint": uniform(0, 1),
        "us.troops.months": uniform(12, 36), "us.aid.posture_factor_conditional": uniform(0.5, 1),
        "us.aid.posture_factor_retrenchment": uniform(0, 0.5), "aid.after_ceasefire_factor": uniform(0.3, 1),
        "war.first_advance_km2": uniform(20_000, 100_000), "war.first_effort_thousand": uniform(5, 30),
        "war.collapse_of_ukraine": uniform(0.2, 0.8), "war.ceasefire_effort": uniform(0, 0.05),
        "war.effort_drift_pct_per_month": discrete({-2: 1, 0: 1, 1: 1}), "war.highest_loss_share": uniform(0.1, 0.15),
        "negotiation.us_pressure": discrete({0.5: 1, 1: 1, 2: 1, 3: 1}), "negotiation.talks_months": uniform(1, 6),
        "negotiation.stalemate_effect": uniform(-0.5, 0.5), "negotiation.exhaustion_effect": uniform(-0.5, 0.5),
        "negotiation.conceded_km2": uniform(1000, 8000), "negotiation.guarantee_effect": uniform(0, 0.6),
        "reassurance.hold_effect": uniform(0, 0.6), "reassurance.threat_relief": uniform(0, 0.3)},
    "the salient of Kursk: 909 km2, 24 days later 794": {"war.kursk_decline_per_month": lognormal(0.15, 0.5)},
}  # fmt: skip
PRIORS = {key: prior for evidence in EVIDENCE.values() for key, prior in evidence.items()}

NEUTRAL = {"factor": 1.0, "elasticity": 1.0}

# Why no value can lie outside, the bounds, and the keys.
BOUNDS = (
    ("five points of GDP a year, either way", -5.0, 5.0,
     "budgets.drift_pp budgets.exposure_pp budgets.war_pp budgets.war_exposure_pp budgets.war_debt_pp "
     "budgets.growth_pp budgets.left_right_pp budgets.election_year_pp"),
    ("a rate that closes a gap from either side", 0.0, 5.0,
     "budgets.gap_closure budgets.plan_in_progress budgets.plan_overdue budgets.deadline"),
    ("a share of what is there", 0.0, 1.0,
     "budgets.usa_persistence equipment.persistence aid.generosity_persistence budgets.path_keeping aid.stock_share "
     "economy.debt_financed_share us.troops.congress_restraint budgets.fund_additional_share aid.eu_blocked_share "
     "war.irrecoverable_share war.ceasefire_effort negotiation.guarantee_effect reassurance.threat_relief"),
    ("a tenth of an economy a year, either way", -10.0, 10.0,
     "economy.growth_shift_pct economy.*.growth_shift_pct"),
    ("a currency halves, or gains half, in a crisis", -50.0, 50.0, "economy.dollar_change_pct"),
    ("a spread of three logarithms is a factor of twenty", 0.0, 3.0,
     "aid.generosity_sd aid.package_sd_log aid.stock_sd_log us.aid.law_sd_log alliance.ratification_sd_log"),
    ("no rate of the euro was near", 0.1, 5.0, "us.aid.eur_per_usd"),
    ("points of a share of 100", -100.0, 100.0, "equipment.new_money"),
    ("a share of 100", 0.0, 100.0, "equipment.level_pct"),
    ("aid that halves in a month", 0.0, 50.0, "aid.tiring_pct_per_month"),
    ("of either sign, and far beyond the sweep", -500.0, 500.0, "war.gain_per_aid_km2"),
    ("the whole of Ukraine", 0.0, 603550.0, "war.occupied_before_km2 war.first_advance_km2"),
    ("several times any law", 0.0, 500.0,
     "us.aid.law_median_busd us.aid.request_below_beur us.aid.law_busd"),
    ("estimates of losses differ by a factor of two around two", 0.1, 20.0, "war.loss_ratio"),
    ("no ceasefire without a round of talks", 1.0, 50.0, "negotiation.talks_per_ceasefire"),
    ("well above the level of the war", 0.0, 5.0, "threat.peacetime_level threat.floor"),
    ("from next to nothing to two fifths of an economy", 0.5, 40.0,
     "russia.effort_wartime_pct_gdp russia.effort_after_ceasefire_pct_gdp"),
    ("a correlation of one would make two elections one", 0.0, 0.99,
     "us.elections.coattails us.elections.midterm_correlation"),
    ("a chance or a part of the whole, by year or month", 0.0, 1.0,
     "secretary_general.*.shock_absorption alliance.invitation_probability_per_year us.commitment.speed_per_month "
     "us.withdrawal.probability_per_year threat.budget_lag russia.effort_speed budgets.path_debt "
     "budgets.pressure_jump_probability aid.allocation_usa aid.allocation_states aid.allocation_eu "
     "europe.aid.replacement_speed europe.aid.replacement_tiring_per_year aid.eu_backlog_military_share "
     "war.onset_probability_per_year war.collapse_per_month war.effort_persistence war.highest_loss_share "
     "war.kursk_decline_per_month reassurance.hold_effect"),
    ("no more can be delivered than was promised", 0.0, 1.0, "us.aid.delivery_factor europe.aid.delivery_factor"),
    ("a front that remembered all would never settle", 0.0, 0.95, "war.front_persistence"),
    ("a donor that never gives has no size of a package", 0.01, 1.0, "aid.*.package_probability"),
    ("half as much again as what was asked", 0.0, 1.5, "summits.compliance members.*.compliance"),
    ("twice what is missing, or twice as fast where most exposed", 0.0, 2.0,
     "europe.aid.replacement_first_half_year europe.aid.replacement_long_run budgets.path_exposure"),
    ("a factor of five on what is estimated", 0.0, 5.0,
     "economy.common_growth_factor economy.exchange_rate_factor secretary_general.*.adoption_multiplier "
     "us.aid.posture_factor_continuity us.aid.posture_factor_conditional us.aid.posture_factor_retrenchment "
     "us.aid.executive_pace_continuity us.aid.executive_pace_conditional us.aid.executive_pace_retrenchment "
     "us.aid.executive_pace us.aid.other_to_military aid.after_ceasefire_factor"),
    ("a factor of ten on what a lever moves", 0.0, 10.0,
     "russia.spending_factor us.aid.commitment_factor us.aid.allocation_factor europe.aid.commitment_factor "
     "other.aid.commitment_factor aid.military_factor aid.other_factor aid.reconstruction_factor war.effort_factor "
     "aid.*.commitment_factor aid.*.military_factor aid.*.other_factor"),
    ("the scale of parties from left to right", 0.0, 10.0, "elections.*.left_right"),
    ("half of that scale", 0.0, 5.0, "elections.left_right_sd"),
    ("a twentieth of GDP in aid", 0.0, 5.0,
     "aid.*.level_pct_gdp aid.*.military_level_pct_gdp aid.generosity_at_1000km_pct_gdp"),
    ("several times what all donors give in a year", 0.0, 500.0,
     "aid.*.level_beur_per_year aid.*.military_level_beur_per_year aid.*.other_level_beur_per_year"),
    ("shares of GDP that allies have had, and room above", 0.0, 15.0, "members.*.floor_pct_gdp members.*.plan_pct_gdp"),
    ("the same for the United States", 0.5, 15.0, "budgets.usa_level_pct_gdp"),
    ("a ceiling below the guideline would bind in peace", 2.0, 100.0, "budgets.war_ceiling_pct_gdp"),
    ("five points of GDP a year, either way, by a lever", -5.0, 5.0, "budgets.change_pp members.*.budget_change_pp"),
    ("log points on a rate: a factor of 150", -5.0, 5.0,
     "negotiation.stalemate_effect negotiation.exhaustion_effect negotiation.collapse_effect"),
    ("a fund or a cut", -5.0, 10.0, "members.*.boost_pp"),
    ("falling prices and a dear dollar", -5.0, 20.0, "economy.dollar_inflation_pct"),
    ("either way by the whole of an index or a share", -1.0, 1.0,
     "elections.left_right_persistence us.commitment.shock us.commitment.accession_shift budgets.neighbours "
     "budgets.estimate_bias_pp"),
    ("spreads of shares of GDP of one and two points", 0.0, 1.0, "budgets.common_shock_pp budgets.estimate_noise_pp"),
    ("a member may jump further than all together", 0.0, 2.0, "budgets.*.own_shock_pp budgets.usa_shock_pp"),
    ("a lost guarantee may lower budgets, by less than it may raise them", -1.0, 2.0, "budgets.commitment_pp"),
    ("half a point for each 10,000 soldiers", -0.5, 0.5, "budgets.troops_pp"),
    ("half more or half less", -0.5, 0.5, "secretary_general.*.compliance_effect"),
    ("Germany's fund of 2022 was 100", 0.0, 2000.0, "members.*.fund_beur"),
    ("all of Europe together", 0.0, 5000.0, "europe.fund_beur"),
    ("all U.S. forces in Europe, with room for those of the Cold War", 0.0, 400.0,
     "us.troops.start_thousand us.troops.thousand us.troops.floor_thousand"),
    ("half of that", 0.0, 200.0,
     "us.troops.cut_conditional_thousand us.troops.cut_retrenchment_thousand reassurance.thousand"),
    ("armies under arms", 50.0, 1500.0, "war.russian_force_thousand war.ukrainian_force_thousand"),
    ("ten times what was counted", 0.0, 300.0,
     "war.first_effort_thousand war.russian_intake_thousand war.ukrainian_intake_thousand"),
    ("a half-life of weeks is none", 0.1, 100.0, "threat.half_life_years threat.collapse_half_life_years"),
    ("a law a week", 0.0, 60.0,
     "us.aid.laws_democratic_house_per_year us.aid.laws_split_per_year us.aid.laws_republican_per_year"),
    ("once a month", 0.0, 12.0, "us.commitment.statements_per_year negotiation.hazard_per_year"),
    ("ten years", 0.0, 120.0, "aid.procurement_months aid.other_months"),
    ("months of a year", 1, 12, "members.*.budget_month"),
    ("electoral terms there are", 2.0, 7.0, "elections.term_years"),
    ("no path is shorter than a year", 1.0, 30.0, "summits.path_years"),
    ("talks take a month at least", 1.0, 60.0, "negotiation.talks_months"),
    ("a brigade does not leave in less than a month", 1.0, 240.0, "us.troops.months"),
    ("a treaty needs a day", 1.0, 5000.0, "alliance.ratification_median_days"),
    ("years of this century", 2000, 2100,
     "summits.deadline_year summits.adopted_year summits.review_year members.*.deadline_year"),
    ("years from the pledge of Wales on", 2014, 2100,
     "members.*.plan_year members.*.fund_from_year members.*.fund_to_year europe.fund_from_year europe.fund_to_year"),
    ("nobody proposes a tenth of GDP", 0.0, 10.0,
     "summits.target_pct_gdp summits.new_target_pct_gdp summits.related_pct_gdp members.*.target_pct_gdp"),
)  # fmt: skip


@pytest.mark.parametrize("key", STRENGTHS)
def test_the_strength_of_a_channel_is_the_one_fixed_in_advance(key):
    name, words, prior = STRENGTHS[key]
    rows = [row for row in CHANNELS.read_text(encoding="utf-8").split("\n") if re.match(rf"\| {name}( †)? \|", row)]
    assert len(rows) == 1
    assert words in rows[0]
    written = [float(number) for number in re.findall(r"(?<![\w./])-?\d+(?:\.\d+)?(?!/)", words)]
    if prior.family != "discrete":
        meant = [value for _, value in prior.args if value is not None]
        assert written[: len(meant)] == meant
    assert PARAMETERS[key].default == fit(prior, NUMBERS[key].domain)


@pytest.mark.parametrize("key", PRIORS)
def test_a_prior_is_the_one_its_evidence_gives(key):
    assert PARAMETERS[key].default == fit(PRIORS[key], NUMBERS[key].domain)


@pytest.mark.parametrize(("reason", "low", "high", "keys"), BOUNDS, ids=[reason for reason, *_ in BOUNDS])
def test_bounds_have_a_reason(reason, low, high, keys):
    for key in keys.split():
        assert (NUMBERS[key].domain.low, NUMBERS[key].domain.high) == (low, high), f"{key}: {reason}"


@pytest.mark.parametrize("key", [key for key, parameter in NUMBERS.items() if parameter.source == "scenario lever"])
def test_a_lever_that_nobody_moved_changes_nothing(key):
    parameter = NUMBERS[key]
    if parameter.default is not None:
        assert parameter.default == fixed(NEUTRAL.get(parameter.unit, 0.0))


@pytest.mark.parametrize("key", [key for key, parameter in NUMBERS.items() if parameter.sweep])
def test_the_range_in_which_a_value_is_tried_covers_what_is_thought_likely(key):
    parameter = NUMBERS[key]
    low, high, listed = declared_range(parameter)
    prior = dict(parameter.default.args) if parameter.default is not None else {}
    if low == low and parameter.default is not None and parameter.default.family == "uniform":
        assert low <= prior["low"] < prior["high"] <= high
    if listed and parameter.default is not None and parameter.default.family == "discrete":
        tried = {dict(value.args)["value"] for value in listed}
        weights = [value for name, value in parameter.default.args if name == "weight"]
        assert {value for name, value in parameter.default.args if name == "value"} <= tried
        if "not identified" in parameter.source and key != "summits.review_slip_years":
            assert weights == pytest.approx([1 / len(weights)] * len(weights))  # nothing makes one likelier


def test_what_nobody_could_identify_is_an_assumption_that_is_swept():
    for key, parameter in PARAMETERS.items():
        if parameter.source.startswith("not identified") and "executive_pace_continuity" not in key:
            assert parameter.depends_on, key
        if parameter.source.startswith("not identified"):
            assert parameter.kind == "assumption", key
        if parameter.depends_on:
            assert parameter.kind == "assumption", key
            assert parameter.sweep, key
    assert PARAMETERS["alliance.invitation_probability_per_year"].depends_on  # nobody knows whom a summit will invite


def test_no_hint_speaks_of_per_cent_where_a_value_may_be_negative():
    """A shift of 0.02 points is not "did you mean 2?"."""
    assert [key for key, parameter in NUMBERS.items() if parameter.percent and parameter.domain.low < 0] == []
