"""What the rest of the program knows about the aid pipeline: its variables, the states behind them, their parts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sim.model.engine import Axis, Block, Parts, State, System, Variable
from sim.model.systems.aid.aid import GIVERS, GROUPS, PHASE, Aid
from sim.model.systems.aid.packages import PACKAGES
from sim.model.systems.aid.parameters import DONORS, PARAMETERS, by_donor
from sim.model.systems.aid.remarks import remarks
from sim.scenario import Scenario


def acts(key: str, _day: date, _scenario: Scenario) -> bool:
    """Packages are announced by the other donors; what the United States gives is granted by Congress."""
    return key != "aid.USA.package_probability"


def by_giver(name: str) -> Callable[[Block, str], Parts | None]:
    """The change of a group's aid by donor; of a donor's allocations by kind."""

    def parts_of(block: Block, donor: str) -> Parts | None:
        values = block.of(name, donor)
        if donor in GROUPS:
            moved = {code: block.of(name, code) for code in GIVERS[donor]}
            parts = {code: series[-1] - series[0] for code, series in moved.items() if (series[-1] != series[0]).any()}
            return Parts(values[0], values[-1], parts, "new aid by donor since the first recorded month")
        if name != "aid_allocated_beur":
            return None
        military = block.of("military_aid_allocated_beur", donor)
        parts = {"military": military[-1] - military[0]}
        parts["financial and humanitarian"] = values[-1] - values[0] - parts["military"]
        return Parts(values[0], values[-1], parts, "new aid by kind since the first recorded month")

    return parts_of


def _cumulative(name: str, long_name: str, read: str, state: str, headline: bool = False) -> Variable:
    return Variable(
        name, long_name + ", cumulative", "EUR bn", "month", "donor", "current euro, Kiel definition", keep_runs=False,
        cumulative=True, headline=headline, together="sum",
        read=read, states=(state,), parts=by_giver(name),
    )  # fmt: skip


_DELAYS = ("aid.stock_share", "aid.stock_median_days", "aid.stock_sd_log", "aid.procurement_months")

SYSTEM = System(
    name="aid",
    title="aid pipeline",
    build=Aid,
    reads=("elections", "commitment", "supplementals", "hostilities"),
    phase=PHASE,
    stream=9,
    parameters=PARAMETERS,
    remarks=remarks,
    axes=(Axis("donor", DONORS + GROUPS, groups=("USA", *GROUPS)),),
    variables=(
        _cumulative("aid_committed_beur", "Aid to Ukraine committed", "committed", "other aid"),
        _cumulative("aid_allocated_beur", "Aid to Ukraine allocated", "allocated", "other aid"),
        _cumulative("aid_delivered_beur", "Aid to Ukraine delivered", "delivered", "delivered"),
        _cumulative(
            "military_aid_allocated_beur", "Military aid to Ukraine allocated", "allocated_military", "military aid",
            headline=True,
        ),
        _cumulative("other_aid_allocated_beur", "Other aid to Ukraine allocated", "allocated_other", "other aid"),
        Variable(
            "us_arms_bought_beur", "U.S. arms bought for Ukraine by European donors since the start, cumulative",
            "EUR bn", "month", price_basis="current euro, Kiel definition", cumulative=True,
            read="us_arms", states=("U.S. arms",),
        ),
    ),
    states={
        "military aid": State(about="new military aid, with the pace of the U.S. executive and what Europe makes up",
            keys=(
                "aid.generosity_persistence",
                "aid.generosity_sd",
                "aid.distance_slope",
                "aid.generosity_at_1000km_pct_gdp",
                "aid.*.package_probability",
                "aid.package_sd_log",
                "aid.sceptic_effect",
                "aid.after_ceasefire_factor",
                "aid.allocation_states",
                "aid.allocation_eu",
                "europe.aid.replacement_first_half_year",
                "europe.aid.replacement_long_run",
                "europe.aid.replacement_speed",
                "europe.aid.replacement_tiring_per_year",
                "us.aid.executive_pace_continuity",
                "us.aid.executive_pace_conditional",
                "us.aid.executive_pace_retrenchment",
                "us.aid.executive_pace",
                "aid.collapse_response",
                "aid.military_factor",
                PACKAGES.key,
                "aid.us_arms_beur_per_month",
                "aid.eu_blocked_share",
                "aid.eu_backlog_military_share",
                "aid.tiring_pct_per_month",
                "aid.*.commitment_factor",
                "aid.*.military_factor",
                "aid.*.level_beur_per_year",
                "aid.*.military_level_beur_per_year",
                "aid.*.level_pct_gdp",
                "aid.*.military_level_pct_gdp",
                "aid.*.stop",
                "europe.aid.fatigue_pct_per_year",
                "europe.aid.commitment_factor",
                "other.aid.commitment_factor",
            ),
            reads=("laws", "posture", "sceptics", "onset", "ceasefire", "collapse"),
            tables=("aid_by_donor", "aid_monthly", "donors"),
        ),
        "other aid": State(about="new financial and humanitarian aid",
            keys=(
                "us.aid.other_to_military",
                "aid.other_factor",
                "aid.reconstruction_factor",
                "aid.*.other_factor",
                "aid.*.other_level_beur_per_year",
            ),
            reads=("military aid",),
        ),
        "U.S. arms": State(about="U.S. arms bought by Europe",
            keys=("aid.us_arms_beur_per_month", PACKAGES.key), reads=("onset",)),
        "deliveries": State(about="deliveries of arms",
            keys=(*_DELAYS, "us.aid.delivery_factor", "europe.aid.delivery_factor"), reads=("military aid",)
        ),
        "delivered": State(about="what has been delivered",
            keys=("aid.other_months",), reads=("deliveries", "other aid")),
    },
    at_start=by_donor,
    acts=acts,
)  # fmt: skip
