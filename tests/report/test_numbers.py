"""The numbers on the page are those of the files it offers: tables, sentences and answer are read back and compared."""

from __future__ import annotations

import dataclasses
import math
import re

import pytest

from tests.report.page import rows

NUMBER = re.compile(r"(?<![\w.])[−+-]?\d[\d,]*(?:\.\d+)?(?![\w]|\.\d)")
# Numbers that are part of the wording: years and days, "of 100 runs", "2% of GDP", "95% interval", "3.5%", lists.
WORDING = re.compile(
    r"\d{1,2} \w+ \d{4}|\b20\d\d\b|of 100\b|2% of GDP|at or above [\d.]+%|\b9[05]%|\b50%|5 November 2024|four of five"
)


def numbers(text):
    """The numbers said in a text, each as (value, decimals), without those that are only wording."""
    found = []
    for one in NUMBER.findall(WORDING.sub(" ", text)):
        plain = one.replace(",", "").replace("−", "-")
        found.append((float(plain), len(plain.partition(".")[2])))
    return found


def same(said, decimals, number):
    """Whether ``said`` is ``number`` rounded to ``decimals`` (halves either way)."""
    return math.isfinite(number) and abs(said - number) <= 0.5000001 * 10.0**-decimals


def among(said, decimals, values):
    """Whether ``said`` is one of ``values``, as it stands or in per cent, with either sign."""
    return any(same(said, decimals, scale * value) for value in values for scale in (1, -1, 100, -100))


def read(cell):
    """The numbers of a table cell."""
    return numbers(cell.text)


FIGURE = r"-?[\d.]+(e-?\d+)?|nan"
WORDS = ("n/a", "–", "same", "none shown", "< 0.001", "< 1", "> 99", "<0.1", ">99.9")


@pytest.fixture(scope="module")
def last_rows(page):
    """The rows of the last date, by (outcome, scenario); figures as numbers."""
    found = {}
    for row in rows(page.files["differences.csv"]):
        told = {key: float(one) if re.fullmatch(FIGURE, one) else one for key, one in row.items()}
        found[row["variable"], row["entity"], row["scenario"]] = told
    return found


@pytest.fixture(scope="module")
def moved(comparison):
    """The outcomes that differ in some run, in the order compared."""
    last = comparison.headline()
    keys = dict.fromkeys((row.variable, row.entity) for row in last)
    return [key for key in keys if any(row.p_equal < 1 for row in last if (row.variable, row.entity) == key)]


def agree(text, values):
    """Whether the numbers of a cell are ``values``; those above 10,000 are told in hundreds."""
    said = numbers(text)
    assert len(said) == len(values), text
    for (value, decimals), number in zip(said, values, strict=True):
        assert same(value, -2 if abs(number) >= 10_000 and decimals == 0 else decimals, number), (text, number)
    return len(said)


def decimals_of(text):
    return [decimals for _, decimals in numbers(text)]


def test_every_cell_of_the_outcomes_is_a_number_of_the_csv(page, moved, last_rows, comparison):
    base, checked = comparison.names[comparison.baseline], 0
    for key, line in zip(moved, page.root.one("table", class_="outcomes").one("tbody").all("tr"), strict=True):
        for scenario, cell in zip(comparison.names, line.all("td"), strict=True):
            side = "baseline" if scenario == base else "scenario"
            row = last_rows[(*key, scenario if side == "scenario" else comparison.names[1])]
            binary = row["kind"] in ("probability", "label")
            median = cell.one("b", class_="median").text
            if median not in WORDS:
                checked += agree(median, [100 * row[f"{side}_mean"] if binary else row[f"{side}_q50"]])
            for node in cell.all("span", class_="span"):
                checked += agree(node.text, [row[f"{side}_q05"], row[f"{side}_q95"]])
            for node in cell.all("span", class_="gap"):
                shown = "shown" in node.attributes["class"].split()
                assert shown == (row["p_adjusted"] < 0.05)
                assert node.text == ("same" if row["p_equal"] == 1 else "none shown") or shown
                if shown:
                    checked += agree(node.text, [row["mean_difference"] * (100 if binary else 1)])
            assert bool(cell.all("span", class_="gap")) == (side == "scenario")
    assert checked > 150


def test_a_row_of_outcomes_has_one_number_of_decimals_for_levels_and_one_for_differences(page):
    for line in page.root.one("table", class_="outcomes").one("tbody").all("tr"):
        for kinds in (("median", "span"), ("gap",)):
            parts = [node for tag in ("b", "span") for kind in kinds for node in line.all(tag, class_=kind)]
            places = {places for node in parts if node.text not in WORDS for places in decimals_of(node.text)}
            assert len(places - {0}) <= 1, line.text


def test_every_technical_statistic_is_a_number_of_the_csv(page, moved, last_rows, comparison):
    titles, checked = {view.scenario.label: view.name for view in comparison.views}, 0
    for key, body in zip(moved, page.root.one("table", class_="statistics").all("tbody"), strict=True):
        for line in body.all("tr")[1:]:
            row = last_rows[(*key, titles[line.one("th").text])]
            scale = 100 if row["kind"] in ("probability", "label") else 1
            values = [[row["mean_difference"] * scale], [row["low"] * scale, row["high"] * scale]]
            values += [[row["p_higher"] * 100], [row["pairs_used"]], [row["p_adjusted"]], [row["detectable"] * scale]]
            for cell, wanted in zip(line.all("td"), values, strict=True):
                if cell.text not in WORDS:
                    checked += agree(cell.text, wanted)
    assert checked > 150


def test_the_list_in_words_is_the_csvs_own_sentences(page, last_rows):
    section = page.root.one("section", id="outcomes")
    told = [item.text for some in section.all("ul", class_="words") for item in some.all("li")]
    known = {row["sentence"].partition(". ")[2] for row in last_rows.values()}
    assert told
    assert set(told) <= known


def test_the_sentences_of_the_csv_say_numbers_of_their_row(last_rows):
    for row in last_rows.values():
        values = [value for value in row.values() if isinstance(value, float)]
        body = row["sentence"].partition(". ")[2].removeprefix(row["long_name"])
        for said, decimals in numbers(body):
            assert among(said, decimals, values), row["sentence"]


CLAUSE = re.compile(
    r"by (?:EUR |USD )?(?P<mean>[\d.,]+)[^“]*? under “(?P<title>[^”]+)” "
    r"\((?P<low>[\d.,]+) to (?P<high>[\d.,]+); (?P<way>higher|lower) in (?:every run|(?P<of>\d+) of 100 runs)"
)


def test_the_answer_says_the_numbers_of_its_rows(page, last_rows, comparison):
    sentences = [node.text for node in page.root.all("p", class_="answer")]
    assert len(sentences) == 3
    titles = {view.scenario.label: view.name for view in comparison.views}
    keys = {row["long_name"]: key[:2] for key, row in last_rows.items() if key[1] in ("", "USA")}
    told = 0
    for sentence in sentences[:2]:
        key = next(keys[name] for name in re.findall("“([^”]*?)(?:: United States)?”:", sentence))
        for clause in CLAUSE.finditer(sentence):
            row = last_rows[(*key, titles[clause["title"]])]
            assert clause["way"] == ("higher" if row["mean_difference"] > 0 else "lower")
            limits = sorted((abs(row["low"]), abs(row["high"])))
            wanted = zip(("mean", "low", "high"), (abs(row["mean_difference"]), *limits), strict=True)
            assert all(same(*numbers(clause[name])[0], value) for name, value in wanted), sentence
            share = row["p_higher" if clause["way"] == "higher" else "p_lower"]
            assert same(float(clause["of"]), 0, 100 * share) if clause["of"] else share == 1
            told += 1
    assert told >= 4
    assert "us.commitment.posture" in sentences[2]
    assert "not a forecast" in sentences[2]


def test_the_inputs_are_those_that_differ_each_with_where_it_was_set(page, comparison):
    lines = rows(page.files["inputs.csv"])
    assert {line["key"] for line in lines} == {one.key for one in comparison.inputs}
    table = page.root.one("table", class_="inputs")
    titles = {view.scenario.label: view.name for view in comparison.views}
    told = []
    for body, key in zip(table.all("tbody"), dict.fromkeys(line["key"] for line in lines), strict=True):
        for row in body.all("tr")[1:]:
            value, origin, source = (cell.text.replace("–", "") for cell in row.all("td"))
            names = [titles[node.text] for node in row.one("th").all("span", class_="who")]
            told += [(key, name, value, origin, source) for name in names]
    wanted = ("key", "scenario", "value", "origin", "source")
    assert sorted(told) == sorted(tuple(" ".join(line[one].split()) for one in wanted) for line in lines)
    heads = [line.text for line in table.all("tr", class_="group")]
    for head in heads:
        key = next(line for line in lines if head.startswith(line["key"]))
        assert ("depends on" in head) == (key["depends_on"] == "1")
        assert key["unit"] in head
        assert key["kind"] in head
        assert len({line["value"] for line in lines if line["key"] == key["key"]}) > 1


def test_sentences_under_figures_say_numbers_of_the_files_offered(page, drawings):
    number = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
    differences = page.files["differences.csv"]
    for name, drawing in drawings.items():
        own = page.files[f"{name.replace(':', '_')}.csv"]
        # The smallest difference that would have been found stands in differences.csv only.
        found = [float(row["detectable"]) for row in rows(differences) if row["detectable"]]
        values = [float(one) for one in number.findall(own)] + found
        assert numbers(drawing.sentence)
        for said, decimals in numbers(drawing.sentence):
            assert among(said, decimals, values), (name, said, drawing.sentence)


def test_contributions_add_up_to_the_whole_difference(page, attribution):
    table = page.root.one("table", class_="why")
    checked = 0
    for body in table.all("tbody"):
        lines = [line.all("td") for line in body.all("tr")[1:]]
        (total, decimals), *parts = [read(line[0])[0] for line in lines]
        assert abs(total - sum(value for value, _ in parts)) <= 10.0**-decimals * len(parts)
        checked += 1
    assert checked >= 3
    lines = rows(page.files[f"attribution_{attribution.a}_{attribution.b}.csv"])
    assert len(lines) == len(attribution.rows())
    for bar in page.root.one("section", id="why").all("figure", class_="fall"):
        steps = [read(node)[0][0] for node in bar.all("span", class_="value")]
        assert steps[-1] - steps[0] == pytest.approx(sum(steps[1:-1]), abs=2.0 * 10 ** (len(str(int(steps[0]))) - 3))


def test_differences_year_by_year_are_those_of_the_csv(page, comparison):
    table = page.root.one("table", class_="courses")
    days = [cell.text for cell in table.one("thead").all("th")[1:]]
    lines = rows(page.files["differences.csv"])
    assert days == sorted({line["date"] for line in lines})
    shown = {
        (line["variable"], line["entity"])
        for line in lines
        if float(line["p_adjusted"] or "nan") < 0.05 and line["kind"] != "wait"
    }
    keys = [key for key in dict.fromkeys((line["variable"], line["entity"]) for line in lines) if key in shown]
    checked = 0
    for key, body in zip(keys, table.all("tbody"), strict=True):
        for scenario, line in zip(comparison.names[1:], body.all("tr")[1:], strict=True):
            for day, cell in zip(days, line.all("td"), strict=True):
                (row,) = [
                    one
                    for one in lines
                    if (one["variable"], one["entity"], one["scenario"], one["date"]) == (*key, scenario, day)
                ]
                assert (cell.text not in ("none shown", "same")) == (float(row["p_adjusted"]) < 0.05)
                for said, decimals in read(cell):
                    scale = 100 if row["kind"] in ("probability", "label") else 1
                    assert same(said, decimals, scale * float(row["mean_difference"]))
                    checked += 1
    assert checked > 20


def test_the_folders_of_the_machine_stay_out_of_the_report():
    from sim.figures.report.tables import short_origin

    assert short_origin("/srv/people/anna/scenarios/own.toml:12") == "scenarios/own.toml:12"
    assert short_origin("/srv/a/b.toml:1; /srv/c/d/e.toml:22") == "a/b.toml:1; d/e.toml:22"
    assert short_origin("C:\\Users\\anna\\plans\\own.toml:3") == "plans\\own.toml:3"
    for kept in (
        "scenarios/baseline.toml:15",
        "work/a/b/own.toml:2",
        "../a/b/own.toml:3",
        "default",
        "facts, facts as of 2024-10-01",
        "--set",
        "",
    ):
        assert short_origin(kept) == kept


def test_most_scenarios_with_one_setting_are_told_as_all_others(results):
    from sim.analysis import compare
    from sim.figures.report.tables import changed_inputs
    from tests.report.test_page import Renamed

    first = results["harris_continuity"]
    twins = [Renamed(first, dataclasses.replace(first.scenario, name=f"twin_{n}")) for n in range(3)]
    _, inputs = changed_inputs(compare([first, results["trump_conditional"], *twins]))
    for row, settings in inputs:
        assert [one.others for one in settings] == [False, True], row.key
        assert settings[0].scenarios == ("trump_conditional",)
        assert settings[1].scenarios == ("harris_continuity", "twin_0", "twin_1", "twin_2")


def test_more_aid_of_europe_is_told_beside_less_aid_of_the_united_states(results):
    from sim.analysis import compare
    from sim.analysis.outcomes import chosen_outcomes
    from sim.figures.report.story import answer, stories

    aid = chosen_outcomes(["military_aid_allocated_beur"])
    comparison = compare([results["harris_continuity"], results["europe_replaces_us"]], outcomes=aid)
    first, second, _ = answer(comparison, {name: name for name in comparison.names})
    assert "allocated, cumulative: United States”: lower on average" in first
    assert "allocated, cumulative: Europe”: higher on average" in second
    leading = [line for story in stories(comparison) for line in story.leading if "Military aid" in line]
    assert ["Europe" in line for line in leading] == [False, True]
