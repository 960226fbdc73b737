"""The waterfall of an attribution: parts add up, assumptions are marked, nothing is hidden."""

from __future__ import annotations

import pytest

from sim.analysis.attribution import Attribution, Part, Waterfall
from sim.analysis.outcomes import headline
from sim.errors import InputError
from sim.figures import SIZES, provenance_of
from sim.figures.compared.waterfall import draw_attribution, waterfall, waterfall_names
from tests.figures.conftest import Story
from tests.figures.test_figures import boxes, rows, texts

SHARE, AID = "europe_canada_share_pct_gdp", "military_aid_allocated_beur:USA"
OUTCOMES = {one.key: one for one in headline()}
COMMAND = "alliance attribute A B"
PAIR = [Story(name=name, title=name, hash=code * 32) for name, code in (("baseline", "aa"), ("mine", "bb"))]


def fall(key: str, sizes: dict[str, tuple[float, bool]], start: float = 2.4) -> Waterfall:
    outcome = OUTCOMES[key]

    def part(name: str, mean: float, depends_on: bool) -> Part:
        reach = 0.1 * abs(mean)
        args = (outcome.name, outcome.entity, "2029-12-31", outcome.unit, name, depends_on)
        return Part(*args, mean, mean - reach, mean + reach, mean, 0.0)

    parts = [part(name, *size) for name, size in sizes.items()]
    parts.sort(key=lambda one: -abs(one.mean))
    total = sum(one.mean for one in parts)
    whole = part("total", total, True)
    return Waterfall(outcome, "2029-12-31", start, start + total, whole, tuple(parts))


def attribution(*falls: Waterfall) -> Attribution:
    return Attribution("baseline", "mine", (), falls, True, 0, 8, 200, 1, ())


FEW = {"us.commitment": (0.21, True), "budgets.threat": (-0.05, False), "event: a pause": (0.0, False)}
MANY = {f"group.number_{n}": ((-1) ** n * 0.01 * n, n % 3 == 0) for n in range(1, 15)}


@pytest.mark.parametrize("sizes", [FEW, MANY], ids=["few", "many"])
@pytest.mark.parametrize("size", SIZES)
def test_no_text_leaves_the_page_and_none_covers_another(sizes, size):
    drawing = waterfall(attribution(fall(SHARE, sizes)), SHARE, size, scenarios=PAIR, command=COMMAND)
    width, height = drawing.figure.bbox.size
    found = boxes(drawing)
    for text, box in found:
        assert 0 <= box.x0 <= box.x1 <= width, text
        assert 0 <= box.y0 <= box.y1 <= height, text
    shrunk = [(text, box.expanded(0.98, 0.6)) for text, box in found]
    assert [(a, b) for i, (a, x) in enumerate(shrunk) for b, y in shrunk[i + 1 :] if x.overlaps(y)] == []
    assert min(line.points * drawing.figure.artists[0].scale for line in texts(drawing)) >= 7.0


@pytest.mark.parametrize("sizes", [FEW, MANY], ids=["few", "many"])
def test_the_bars_lead_from_one_mean_to_the_other(sizes):
    one = fall(SHARE, sizes)
    drawing = waterfall(attribution(one), SHARE, scenarios=PAIR, command=COMMAND)
    told = rows(drawing)
    parts = {row["panel"]: float(row["value"]) for row in told if row["kind"] == "part"}
    assert set(parts) == {"total", *sizes}
    ends = [float(row["value"]) for row in told if row["kind"] == "statement"]
    assert ends[0] + parts.pop("total") == pytest.approx(ends[1], rel=1e-6)
    assert sum(parts.values()) == pytest.approx(ends[1] - ends[0], abs=1e-6)


def test_assumptions_are_marked_and_groups_without_effect_are_named_not_drawn():
    drawing = waterfall(attribution(fall(SHARE, FEW)), SHARE, scenarios=PAIR, command=COMMAND)
    told = [text for text, _ in boxes(drawing)]
    assert told.count("depends on assumption") == 1
    assert "Depends on assumptions: us.commitment." in drawing.sentence
    assert any("Without any effect here: event: a pause." in text for text in told)
    hatched = [shapes for pen, shapes in drawing.figure.artists[0].shapes.items() if pen.hatch]
    assert [len(shapes) for shapes in hatched] == [1]


def test_more_groups_than_fit_become_one_step():
    drawing = waterfall(attribution(fall(SHARE, MANY)), SHARE, scenarios=PAIR, command=COMMAND)
    assert "5 smaller groups" in [text for text, _ in boxes(drawing)]


def test_where_nothing_differs_there_is_no_picture_beside_those_that_do():
    still = fall(AID, {"us.commitment": (0.0, True)}, 100.0)
    assert waterfall_names(attribution(fall(SHARE, FEW), still)) == [f"waterfall:{SHARE}"]
    assert waterfall_names(attribution(still)) == [f"waterfall:{AID}"]


def test_no_difference_is_said():
    drawing = waterfall(
        attribution(fall(SHARE, {"us.commitment": (0.0, True)})), SHARE, scenarios=PAIR, command=COMMAND
    )
    assert drawing.sentence == "mine and baseline do not differ here on 31 December 2029, in any run."


def test_the_headline_outcomes_are_written_with_what_made_them(tmp_path):
    both = attribution(fall(SHARE, FEW), fall(AID, FEW, 100.0))
    assert waterfall_names(both) == [f"waterfall:{SHARE}", f"waterfall:{AID}"]
    paths = draw_attribution(both, tmp_path, ("svg", "png"), scenarios=PAIR, command=COMMAND)
    assert [path.name for path in paths][:3] == [f"waterfall_{SHARE}.{kind}" for kind in ("svg", "png", "csv")]
    made = provenance_of(paths[0])
    assert made["scenarios"] == {"baseline": "aa" * 32, "mine": "bb" * 32}
    assert made["figure"] == f"waterfall:{SHARE}"
    before = paths[0].read_bytes()
    draw_attribution(both, tmp_path, ("svg", "png"), scenarios=PAIR, command=COMMAND)
    assert paths[0].read_bytes() == before


def test_an_outcome_not_attributed_is_answered_with_those_that_were():
    with pytest.raises(InputError, match=f"attributed: {SHARE}"):
        waterfall(attribution(fall(SHARE, FEW)), "threat", scenarios=PAIR, command=COMMAND)
