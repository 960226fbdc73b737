"""The states of the model, what each reads, the keys that enter it, and the tables of facts it starts from.

The lists follow the equations of docs/model.md. A test changes keys one by one and finds every variable that moves
among those named here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class State:
    """A state of the model: catalogue keys (patterns as in the catalogue) and other states that enter it."""

    keys: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


def _under(group: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{group}.{name}" for name in names)


_BUDGETS = _under(
    "budgets", "drift_pp", "gap_closure", "exposure_pp", "war_pp", "war_exposure_pp", "war_debt_pp",
    "war_ceiling_pct_gdp", "growth_pp", "plan_in_progress", "plans_told", "plan_kept", "plan_overdue", "deadline",
    "deadline_met",
    "reversal_probability", "left_right_pp", "election_year_pp", "commitment_pp", "neighbours", "common_shock_pp",
    "*.own_shock_pp",
)  # fmt: skip
_AID = _under(
    "aid", "generosity_persistence", "generosity_sd", "distance_slope", "generosity_at_1000km_pct_gdp",
    "*.package_probability", "package_sd_log", "sceptic_effect", "after_ceasefire_factor", "allocation_states",
    "allocation_eu",
)  # fmt: skip
_EUROPE = _under(
    "europe.aid", "replacement_first_half_year", "replacement_long_run", "replacement_speed", "fatigue_pct_per_year",
    "commitment_factor",
)  # fmt: skip
_LAWS = _under(
    "us.aid", "laws_democratic_house_per_year", "laws_split_per_year", "laws_republican_per_year",
    "posture_factor_continuity", "posture_factor_conditional", "posture_factor_retrenchment", "law_median_busd",
    "law_sd_log", "request_below_beur", "eur_per_usd", "commitment_factor", "allocation_factor",
)  # fmt: skip
_TALKS = _under(
    "negotiation", "hazard_per_year", "us_pressure", "pressure", "stalemate_effect", "exhaustion_effect",
    "talks_per_ceasefire", "talks_months", "hold_probability", "failed_median_days", "failed_sd_log", "terms",
    "guarantee_effect", "ceasefire_now", "holds",
)  # fmt: skip

STATES: dict[str, State] = {
    "growth": State(_under("economy", "told", "common_growth_factor", "own_growth_sd_pct", "growth_shift_pct")),
    "prices": State(_under("economy", "dollar_inflation_pct")),
    "onset": State(_under("war", "full_scale", "onset_probability_per_year")),
    "office": State(_under("secretary_general", "holder", "next_holder", "handover")),
    "voice": State(_under("secretary_general", "*.shock_absorption"), ("office",)),
    "pledge": State(_under("secretary_general", "*.compliance_effect"), ("office",)),
    "agenda": State(_under("secretary_general", "*.adoption_multiplier", "*.new_target_on_agenda"), ("office",)),
    "calendar": State(_under("elections", "early_probability", "term_years")),
    "orientation": State(
        _under("elections", "left_right_persistence", "left_right_sd", "*.left_right"), ("calendar",)
    ),
    "sceptics": State(_under("elections", "sceptic_probability"), ("calendar",)),
    "president": State(_under("us.elections", "2024.president", "*.president")),
    "coattails": State(_under("us.elections", "coattails", "later_chamber_republican_probability"), ("president",)),
    "house": State(
        _under("us.elections", "*.house", "house_republican_probability", "midterm_house_loss_probability"),
        ("coattails",),
    ),
    "senate": State(
        _under("us.elections", "*.senate", "senate_republican_probability", "midterm_senate_loss_probability"),
        ("coattails",),
    ),
    "posture": State(
        _under("us.commitment", "posture", "posture_if_democratic", "posture_if_republican"), ("president",)
    ),
    "withdrawal": State(("us.withdrawal.probability_per_year",), ("posture",)),
    "credibility": State(
        _under(
            "us.commitment", "level_continuity", "level_conditional", "level_retrenchment", "speed_per_month", "noise",
            "statements_per_year", "statement_size", "shock",
        ),
        ("posture", "withdrawal", "voice"),
    ),
    "troops": State(
        _under(
            "us.troops", "start_thousand", "cut_conditional_thousand", "cut_retrenchment_thousand",
            "congress_restraint", "months",
        ),
        ("posture", "withdrawal", "house", "senate"),
    ),
    "roster": State(
        _under(
            "alliance", "*.member", "*.invited", "invitation_probability_per_year", "ratification_median_days",
            "ratification_sd_log",
        ),
        ("withdrawal",),
    ),
    "threat": State(
        _under("threat", "peacetime_level", "war_level", "floor", "half_life_years"), ("onset", "ceasefire")
    ),
    "lagged threat": State(("threat.budget_lag",), ("threat",)),
    "Russia's budget": State(
        _under(
            "russia", "effort_wartime_pct_gdp", "effort_after_ceasefire_pct_gdp", "effort_speed", "effort_noise_pp"
        ),
        ("onset", "ceasefire"),
    ),
    "target": State(
        _under(
            "summits", "target_pct_gdp", "new_target_discussed", "adoption_probability", "new_target_pct_gdp",
            "path_years",
        ),
        ("agenda",),
    ),
    "starting shares": State(_under("budgets", "estimate_noise_pp", "estimate_bias_pp")),
    "levers": State(
        ("budgets.change_pp", *_under("members", "*.budget_change_pp", "*.share_pct_gdp", "*.budget_month"))
    ),
    "shares": State(
        (*_BUDGETS, *_under("summits", "deadline_year", "opt_out_probability", "compliance")),
        (
            "starting shares", "levers", "growth", "orientation", "credibility", "lagged threat", "target", "pledge",
        ),
    ),
    "U.S. share": State(
        _under("budgets", "usa_level_pct_gdp", "usa_persistence", "usa_shock_pp"), ("starting shares", "levers")
    ),
    "equipment": State(_under("equipment", "persistence", "level_pct", "new_money", "noise_pct")),
    "laws": State(
        (*_LAWS, "aid.allocation_usa", "aid.after_ceasefire_factor"),
        ("president", "house", "posture", "withdrawal", "onset", "ceasefire"),
    ),
    "military aid": State((*_AID, *_EUROPE, "other.aid.commitment_factor"), ("laws", "sceptics", "onset", "ceasefire")),
    "other aid": State(("us.aid.other_to_military",), ("military aid",)),
    "deliveries": State(
        (
            *_under("aid", "stock_share", "stock_median_days", "stock_sd_log", "procurement_months"),
            "us.aid.delivery_factor",
            "europe.aid.delivery_factor",
        ),
        ("military aid",),
    ),
    "effort": State(
        _under(
            "war", "first_effort_thousand", "effort_persistence", "effort_noise_log", "effort_drift_pct_per_month",
            "highest_loss_share", "russian_force_thousand", "russian_intake_thousand", "irrecoverable_share",
            "effort_factor", "ceasefire_effort",
        ),
        ("onset", "ceasefire"),
    ),
    "gain": State(
        _under(
            "war", "front_persistence", "gain_per_effort_km2", "break_even_thousand", "gain_per_aid_km2",
            "front_noise_km2",
        ),
        ("effort", "deliveries"),
    ),
    "ground": State(
        (
            *_under(
                "war", "occupied_before_km2", "first_advance_km2", "collapse_per_month", "collapse_km2",
                "collapse_of_ukraine",
            ),
            "negotiation.conceded_km2",
        ),
        ("gain",),
    ),
    "salient": State(_under("war", "kursk_decline_per_month", "kursk_held"), ("onset", "ceasefire")),
    "Ukrainian losses": State(_under("war", "loss_ratio", "ukrainian_casualties_at_start_thousand"), ("effort",)),
    "Ukrainian intake": State(_under("war", "ukrainian_intake_thousand"), ("onset", "ceasefire")),
    "Russian intake": State(_under("war", "russian_intake_thousand"), ("onset", "ceasefire")),
    "ceasefire": State(_TALKS, ("posture", "gain", "effort", "onset")),
    "delivered": State(("aid.other_months",), ("deliveries", "other aid")),
}  # fmt: skip

OF_VARIABLE: dict[str, tuple[str, ...]] = {
    "defence_share_pct_gdp": ("shares", "U.S. share"),
    "defence_spending_busd_2015": ("shares", "U.S. share", "growth"),
    "equipment_share_pct": ("shares", "U.S. share", "equipment"),
    "members_total": ("roster",),
    "members_at_2pct": ("shares", "U.S. share", "roster"),
    "members_at_3_5pct": ("shares", "U.S. share", "roster"),
    "members_at_target": ("shares", "U.S. share", "roster", "target"),
    "europe_canada_share_pct_gdp": ("shares", "growth", "roster"),
    "europe_canada_spending_busd_current": ("shares", "growth", "prices", "roster"),
    "us_share_of_nato_pct": ("shares", "U.S. share", "growth", "prices", "roster"),
    "target_pct_gdp": ("target",),
    "russian_military_share_pct_gdp": ("Russia's budget",),
    "us_commitment": ("credibility",),
    "us_posture": ("posture",),
    "us_troops_europe_thousand": ("troops",),
    "us_withdrawn": ("withdrawal",),
    "threat": ("threat",),
    "republican_president": ("president",),
    "republican_house": ("house",),
    "republican_senate": ("senate",),
    "secretary_general": ("office",),
    "aid_committed_beur": ("other aid",),
    "aid_allocated_beur": ("other aid",),
    "aid_delivered_beur": ("delivered",),
    "military_aid_allocated_beur": ("military aid",),
    "russian_controlled_km2": ("ground",),
    "net_gain_km2": ("ground",),
    "kursk_held_km2": ("salient",),
    "russian_casualties_thousand": ("effort",),
    "ukrainian_casualties_thousand": ("Ukrainian losses",),
    "russian_intake_thousand": ("Russian intake",),
    "ukrainian_intake_thousand": ("Ukrainian intake",),
    "resource_ratio": ("deliveries", "Russia's budget"),
    "in_talks": ("ceasefire",),
    "ceasefire": ("ceasefire",),
    "war_day": ("onset",),
}

# Tables of sim/facts from which a state starts or is driven; states without a line rest on parameters alone.
TABLES: dict[str, tuple[str, ...]] = {
    "growth": ("economy",),
    "prices": ("economy", "defence"),
    "office": ("secretaries",),
    "calendar": ("elections",),
    "president": ("us_composition",),
    "house": ("us_composition", "us_forecast"),
    "senate": ("us_composition", "us_forecast"),
    "roster": ("members", "accessions"),
    "Russia's budget": ("milex",),
    "target": ("summits",),
    "starting shares": ("defence",),
    "shares": ("defence", "plans", "members", "economy"),
    "equipment": ("defence",),
    "laws": ("aid_by_donor", "aid_monthly"),
    "military aid": ("aid_by_donor", "aid_monthly", "donors"),
    "effort": ("casualties",),
    "ground": ("front",),
    "salient": ("front",),
}
