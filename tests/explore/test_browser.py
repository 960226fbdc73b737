"""The page in a real browser: levers, charts, the address, files, keyboard, narrow and dark, offline, accessibility."""

from __future__ import annotations

import re
from importlib.resources import files
from types import SimpleNamespace

import pytest

from sim import load

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
QUICK = "runs=64"
LEVER = "europe.aid.commitment_factor"


@pytest.fixture
def opened(browser, server):
    """Opens the page at a fragment; tells every request to elsewhere and every complaint of the browser."""
    contexts = []

    def at(fragment="", width=1280, height=900, wait=True, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        told = SimpleNamespace(foreign=[], complaints=[])

        def watch(route):
            if route.request.url.startswith((server.address, "data:", "blob:")):
                route.continue_()
            else:
                told.foreign.append(route.request.url)
                route.abort()

        context.route(re.compile(".*"), watch)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda message: told.complaints.append(message.text))
        page.on("pageerror", lambda error: told.complaints.append(str(error)))
        page.goto(server.address + (f"#{fragment}" if fragment else ""))
        if wait:
            page.locator("body[data-shown=full]").wait_for()
        return page, told

    yield at
    for context in contexts:
        context.close()


def shown_hash(page):
    return page.locator("body").get_attribute("data-hash")


def settle(page, before):
    """Wait until another scenario than ``before`` is shown in full."""
    page.locator(f"body[data-shown=full]:not([data-hash='{before}'])").wait_for()
    return shown_hash(page)


def test_it_begins_with_a_choice_and_opens_a_scenario_at_its_charts(opened):
    page, told = opened(wait=False)
    page.get_by_role("heading", name="Begin with a baseline").wait_for()
    assert page.get_by_role("button", name=re.compile("^Open ")).count() >= 10
    page.get_by_role("button", name=re.compile("^Open .*retrenchment")).first.click()
    page.locator("body[data-shown=full]").wait_for()
    assert "from=trump_retrenchment" in page.url
    assert page.get_by_role("img").count() >= 2
    assert page.locator("#main").get_by_text("Median in").first.is_visible()
    assert (told.foreign, told.complaints) == ([], [])


def test_a_lever_by_keyboard_moves_the_charts_and_can_be_undone_and_reset(opened):
    page, told = opened(f"from=trump_conditional&{QUICK}")
    first = shown_hash(page)
    lever = page.locator(f"[data-key='{LEVER}'] input")
    lever.focus()
    page.keyboard.press("ArrowRight")
    moved = settle(page, first)
    page.wait_for_timeout(400)  # the address is written a moment after the last change
    assert f"set={LEVER}" in re.sub("%3D.*", "", page.url.replace("%2C", ",")) or LEVER in page.url
    page.get_by_role("button", name="Undo").click()
    assert settle(page, moved) == first
    page.get_by_role("button", name="Redo").click()
    assert settle(page, first) == moved
    page.locator(f"[data-key='{LEVER}']").get_by_role("button", name=re.compile("^Reset")).click()
    assert settle(page, moved) == first
    assert told.complaints == []


def test_undo_takes_back_what_is_on_the_screen_with_its_controls(opened):
    page, told = opened(f"from=trump_conditional&{QUICK}")
    picker, single = page.get_by_label("Chart 1"), page.get_by_label("20 single runs")
    before = picker.input_value()
    picker.select_option("members_at_2pct")
    page.locator("figure.chart").first.get_by_role("img", name=re.compile("^Members at or above 2%")).wait_for()
    single.check()
    page.get_by_role("button", name="Undo").click()
    assert not single.is_checked()
    page.get_by_role("button", name="Undo").click()
    assert picker.input_value() == before
    page.locator("figure.chart").first.get_by_role("img", name=re.compile("^Europe and Canada")).wait_for()
    assert told.complaints == []


def test_the_address_opens_the_same_state_elsewhere(opened):
    page, _ = opened(
        f"from=trump_conditional&set=us.commitment.posture%3D%22retrenchment%22&{QUICK}&chart=us_commitment"
    )
    numbers = page.locator(".sentence").all_inner_texts()
    again, _ = opened(page.url.partition("#")[2])
    assert shown_hash(again) == shown_hash(page)
    assert again.locator(".sentence").all_inner_texts() == numbers


def test_the_downloaded_scenario_is_what_is_shown_and_can_be_uploaded(opened, tmp_path):
    from sim import load

    page, _ = opened(f"from=trump_conditional&set={LEVER}%3D1.5&{QUICK}")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download scenario").click()
    path = tmp_path / "explored.toml"
    waiting.value.save_as(path)
    assert load(path).hash[:16] == shown_hash(page)
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_label(re.compile("Scenario file")).set_input_files(path)
    page.locator(f"[data-key='{LEVER}'].set").wait_for()
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('title = "x"\ndescription = "y"\nreferences = ["z"]\nextends = "/etc/passwd"\n')
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_label(re.compile("Scenario file")).set_input_files(wrong)
    page.get_by_role("alert").get_by_text("wrong.toml:4:11").wait_for()


def test_values_are_read_by_keyboard_and_in_a_table_and_can_be_taken_away(opened):
    page, _ = opened(f"from=trump_conditional&{QUICK}")
    chart = page.locator("figure.chart").first
    reading = chart.get_by_label(re.compile("^Read values"))
    reading.focus()
    page.keyboard.press("ArrowLeft")
    assert "median" in reading.get_attribute("aria-valuetext")
    assert chart.locator(".reading").inner_text() == reading.get_attribute("aria-valuetext")
    chart.locator("summary").click()
    chart.locator("tbody tr").first.wait_for()
    assert chart.locator("tbody tr").count() >= 6
    for kind, start in (("SVG", b"<svg"), ("CSV", b"\xef\xbb\xbfdate"), ("PNG", b"\x89PNG")):
        with page.expect_download() as waiting:
            chart.get_by_role("button", name=re.compile(kind)).click()
        assert waiting.value.path().read_bytes().startswith(start)


@pytest.mark.parametrize(
    ("view", "at", "begins"),
    [("members", 0, "Member,Median"), ("members", 1, "member,date"), ("aid", -1, "Donor,Median")],
)
def test_tiles_small_charts_and_bars_can_be_taken_away_as_well(opened, view, at, begins):
    page, told = opened(f"from=baseline_2026&{QUICK}&view={view}")
    tools = page.locator(".tools").nth(at)
    for kind, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG"), ("CSV", b"\xef\xbb\xbf" + begins.encode())):
        with page.expect_download() as waiting:
            tools.get_by_role("button", name=re.compile(kind)).click()
        assert waiting.value.path().read_bytes().startswith(start)
    assert told.complaints == []


def test_a_break_of_definition_parts_the_line_and_is_told_in_the_table(opened):
    page, _ = opened(f"from=baseline_2026&{QUICK}")
    chart = page.locator("figure.chart").first
    assert chart.locator("path.split").count() == 1
    assert "core defence is counted from 2023 on" in chart.get_by_role("img").get_attribute("aria-label")
    chart.locator("summary").click()
    row = chart.locator("tbody tr", has_text=re.compile("^2023"))
    assert row.locator("td").last.inner_text() == "core defence is counted from here on"


def test_a_lever_tells_through_what_it_acts(opened):
    page, told = opened(f"from=trump_conditional&{QUICK}")
    page.get_by_role("button", name="About Posture towards the alliance").click()
    page.locator(
        "#levers .about li", has_text="the U.S. posture → the credibility of the U.S. guarantee"
    ).first.wait_for()
    assert told.complaints == []


@pytest.mark.parametrize("view", ["overview", "members", "aid", "ask", "events", "assumptions", "compare", "teach"])
def test_axe_finds_no_violation(opened, view):
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    # Only for axe: the page's own policy forbids what it does.
    scheme = "dark" if view == "aid" else "light"
    page, _ = opened(f"from=trump_conditional&{QUICK}&view={view}", bypass_csp=True, color_scheme=scheme)
    for summary in page.locator("main > details > summary, main figure summary").all():
        summary.click()
    page.evaluate(axe)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    assert [(each["id"], each["nodes"][0]["html"][:160]) for each in found["violations"]] == []
    assert len(found["passes"]) > 15


@pytest.mark.parametrize("view", ["overview", "members", "aid", "compare", "ask", "teach", "events", "assumptions"])
def test_nothing_is_wider_than_a_narrow_screen(opened, view):
    # 320 pixels are also what 400% zoom leaves of 1,280.
    page, told = opened(f"from=trump_conditional&{QUICK}&view={view}", width=320, height=640, bypass_csp=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert told.complaints == []


def test_on_a_narrow_screen_the_answers_stand_before_the_levers_and_stay_in_sight_beside_them(opened):
    page, _ = opened(f"from=trump_conditional&{QUICK}", width=360, height=740)
    places = [page.locator(name).first.bounding_box()["y"] for name in ("main figure.chart", "#levers")]
    assert places == sorted(places)
    assert places[0] < 740
    page.get_by_role("button", name="To the levers").click()
    page.get_by_role("button", name="To the answers").wait_for()
    assert "Median in" in page.locator("#headline").inner_text()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator("#levers + main").wait_for()
    assert not page.locator("#headline").is_visible()


def test_states_are_pinned_side_by_side_with_what_differs(opened):
    pins = "&pin=from%3Dtrump_retrenchment%26runs%3D64%26title%3DTeam%2520two"
    page, told = opened(f"from=trump_conditional&{QUICK}&view=compare{pins}")
    page.get_by_role("columnheader", name="Team two").first.wait_for()
    page.get_by_label("Name (may be empty)").fill("third")
    page.get_by_role("button", name="Pin this state").click()
    page.get_by_role("columnheader", name="third").first.wait_for()
    row = page.locator(".inputs tr", has_text="us.commitment.posture").first
    row.wait_for()
    assert "retrenchment" in row.inner_text()
    assert "scenarios/trump_conditional.toml" in row.inner_text()
    page.locator(".side").first.get_by_role("img").nth(2).wait_for()
    assert page.locator(".side").first.get_by_role("button", name="Download this chart as SVG").count() == 3
    assert page.locator(".side").first.locator("h4").first.inner_text() == "Trump, conditional"
    assert told.complaints == []


def test_links_of_teams_are_opened_side_by_side(opened, server):
    page, _ = opened(f"from=trump_conditional&{QUICK}&view=compare")
    links = [f"{server.address}#from=trump_conditional&set={LEVER}%3D{level}&{QUICK}" for level in (1, 1.5, 2)]
    page.locator("summary", has_text="Workshop").click()
    page.get_by_label("Links").fill("\n".join(links))
    page.get_by_role("button", name="Open side by side").click()
    row = page.locator(".inputs tr", has_text=LEVER).first
    row.wait_for()
    page.get_by_role("columnheader", name="Team 3").first.wait_for()
    page.locator(".inputs th", has_text="Lowest").wait_for()
    cells = page.locator(".inputs tr", has_text=LEVER).first.locator("td").all_inner_texts()
    assert cells[-3:] == ["1.00", "2.00", "1.50"]


def test_questions_are_answered_and_can_be_stopped(opened):
    page, told = opened(f"from=trump_conditional&{QUICK}&view=ask")
    page.get_by_role("button", name="Move each lever over its range").click()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.").wait_for()
    page.get_by_label("Outcome", exact=True).select_option("military_aid_allocated_beur:EUR")
    page.get_by_label("Lever", exact=True).select_option(LEVER)
    page.get_by_label("Level", exact=True).fill("150")
    page.get_by_role("button", name="Find it").click()
    page.get_by_role("button", name="Set the lever there").click()
    page.locator(f"[data-key='{LEVER}'].set").wait_for()
    assert told.complaints == []


def test_a_lesson_covers_the_answer_until_it_is_revealed(opened):
    page, told = opened(f"from=baseline&{QUICK}&view=teach")
    page.locator("summary", has_text="Set up the lesson").click()
    page.get_by_role("button", name=re.compile("^Start: show")).click()
    page.get_by_role("heading", name="Levers of this lesson").wait_for()
    assert page.locator("#levers .lever").count() == 3
    page.get_by_role("button", name="Cover the answer and predict").click()
    page.get_by_label(re.compile("predict the median")).wait_for()
    assert page.locator("#main").get_by_role("img").count() == 0
    page.locator("#levers select").first.select_option(index=2)
    page.get_by_label(re.compile("predict the median")).fill("2.5")
    page.get_by_role("button", name="Reveal").click()
    page.get_by_text(re.compile("^Predicted 2.5")).wait_for()
    assert page.locator("#main").get_by_role("img").count() == 1
    page.wait_for_timeout(400)  # the address is written a moment after the last change
    assert "lesson=" in page.url
    assert told.complaints == []


def filled(form, texts):
    for label, text in texts.items():
        form.get_by_label(label, exact=True).fill(text)


def test_an_event_is_added_changed_and_removed(opened):
    page, told = opened(f"from=baseline&{QUICK}&view=events")
    first = shown_hash(page)
    form = page.get_by_role("form", name="event")
    filled(form, {"Name": "a shock", "From": "2026-03-01", "Key": "us.commitment.shock", "Value": "-0.2"})
    form.get_by_role("button", name="Add event").click()
    second = settle(page, first)
    page.get_by_text('The event "a shock" sets us.commitment.shock to -0.2 from 2026-03-01 to the end').wait_for()
    page.get_by_role("button", name="Edit event a shock").click()
    assert form.get_by_label("Value", exact=True).input_value() == "-0.2"
    form.get_by_label("Until (may be empty)").fill("2026-06-01")
    form.get_by_role("button", name="One more key").click()
    form.get_by_label("Key", exact=True).last.fill("us.commitment.posture")
    form.get_by_text(re.compile("^one of: .*retrenchment")).wait_for()
    form.get_by_label("Value", exact=True).last.fill("retrenchment")
    form.get_by_role("button", name="Save event").click()
    third = settle(page, second)
    page.get_by_text("and us.commitment.posture to retrenchment from 2026-03-01 until 2026-06-01").wait_for()
    page.get_by_role("button", name="Remove event a shock").click()
    assert settle(page, third) == first
    page.get_by_role("button", name="Undo").click()
    assert settle(page, first) == third
    assert told.complaints == []


def test_an_event_on_a_condition_is_in_the_address_and_in_the_download(opened, tmp_path):
    page, told = opened(f"from=baseline&{QUICK}&view=events")
    first = shown_hash(page)
    form = page.get_by_role("form", name="event")
    form.get_by_label("It begins").select_option("when")
    filled(form, {"Name": "after a ceasefire", "When (such as: ceasefire)": "ceasefire"})
    filled(form, {"Months later (0 if empty)": "6", "Key": "us.aid.commitment_factor", "Value": "0.5"})
    form.get_by_label("It acts").select_option("false")
    form.get_by_role("button", name="Add event").click()
    second = settle(page, first)
    page.get_by_text("while ceasefire is recorded, 6 months on").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download scenario").click()
    path = tmp_path / "explored.toml"
    download.value.save_as(path)
    loaded = load(path)
    assert loaded.hash.startswith(second)
    assert loaded.events[-1].after_months == 6
    assert not loaded.events[-1].once
    page.wait_for_timeout(400)  # the address is written a moment after the last change
    again, _ = opened(page.url.split("#")[1])
    assert shown_hash(again) == second
    page.get_by_role("button", name="Start").click()
    page.get_by_label("Scenario file (TOML)", exact=False).set_input_files(path)
    assert settle(page, first) == second
    assert told.complaints == []


def test_what_is_wrong_with_an_event_is_told_at_its_field(opened):
    page, _ = opened(f"from=baseline&{QUICK}&view=events")
    first = shown_hash(page)
    form = page.get_by_role("form", name="event")
    form.get_by_label("It begins").select_option("when")
    filled(form, {"Name": "wrong", "When (such as: ceasefire)": "ceasefir", "Key": "us.commitment.shok", "Value": "1"})
    form.get_by_role("button", name="Add event").click()
    when = form.get_by_label("When (such as: ceasefire)")
    form.get_by_text("did you mean ceasefire?").wait_for()
    assert when.get_attribute("aria-invalid") == "true"
    assert "did you mean ceasefire?" in page.locator(f"#{when.get_attribute('aria-describedby')}").inner_text()
    key = form.get_by_label("Key", exact=True)
    assert "did you mean us.commitment.shock?" in page.locator(f"#{key.get_attribute('aria-describedby')}").inner_text()
    when.fill("ceasefire")
    filled(form, {"Key": "us.commitment.shock", "Value": "-3"})
    form.get_by_role("button", name="Add event").click()
    form.get_by_text("is not a number from -1 to 1").wait_for()
    assert when.get_attribute("aria-invalid") is None
    assert form.get_by_label("Value", exact=True).get_attribute("aria-invalid") == "true"
    assert shown_hash(page) == first
    assert page.get_by_role("button", name="Edit event wrong").count() == 0


def test_a_group_stands_where_a_member_can(opened):
    page, told = opened(f"from=baseline&{QUICK}&view=members")
    first = shown_hash(page)
    page.get_by_label("Show", exact=True).select_option("nordics")
    page.get_by_role("img", name=re.compile("^Nordic countries: defence expenditure, share of GDP")).wait_for()
    page.locator("summary", has_text="Keys of Nordic countries alone").click()
    page.locator("[data-key='members.nordics.budget_change_pp'] input").focus()
    page.keyboard.press("End")
    second = settle(page, first)
    page.get_by_role("button", name="Events").click()
    form = page.get_by_role("form", name="group")
    form.get_by_label("Name (small letters and _)").fill("weimar")
    form.get_by_label("Members and donors (several: Ctrl or Shift)").select_option(["DEU", "FRA", "POL"])
    form.get_by_role("button", name="Add group").click()
    page.get_by_text("weimar: France, Germany, Poland").wait_for()
    page.get_by_role("button", name="Overview").click()
    page.get_by_label("Chart 1").select_option("defence_share_pct_gdp:weimar")
    page.get_by_role("img", name=re.compile("^weimar: defence expenditure, share of GDP")).wait_for()
    page.wait_for_timeout(400)  # the address is written a moment after the last change
    assert "group=weimar" in page.url
    again, _ = opened(page.url.split("#")[1])
    again.get_by_role("img", name=re.compile("^weimar: defence expenditure, share of GDP")).wait_for()
    assert second
    assert told.complaints == []


def test_an_event_to_start_from_lasts_as_long_as_it_says(opened):
    page, told = opened(f"from=baseline&{QUICK}&view=events")
    first = shown_hash(page)
    form = page.get_by_role("form", name="event")
    form.get_by_label("Start from").select_option(label="A shock to the commitment")
    form.get_by_label("From", exact=True).fill("2025-04-10")
    assert form.get_by_label("Until (may be empty)").input_value() == "2025-05-10"
    form.get_by_label("Value", exact=True).fill("-0.1")
    form.get_by_role("button", name="Add event").click()
    settle(page, first)
    page.get_by_text("sets us.commitment.shock to -0.1 from 2025-04-10 until 2025-05-10").wait_for()
    assert form.get_by_label("Start from").input_value() == ""
    assert told.complaints == []


def test_what_the_audit_found_is_one_click_away_from_a_lever(opened):
    page, _ = opened(f"from=baseline&{QUICK}")
    page.get_by_role("button", name="About Posture towards the alliance").click()
    about = page.locator("[data-key='us.commitment.posture'] .about")
    about.get_by_text("Effect over its range, all else as it is").wait_for()
    about.get_by_text(re.compile("^U.S. commitment to the guarantee: from .* standard deviations")).first.wait_for()


def test_inputs_are_screened_together_and_can_be_stopped(opened):
    page, told = opened(f"from=trump_conditional&{QUICK}&view=ask")
    page.get_by_role("button", name="Screen the levers together").click()
    page.get_by_text(re.compile(r"^ \d+ of \d+$")).wait_for()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.").wait_for()
    assert told.complaints == []


def test_a_package_is_added_and_what_is_wrong_with_it_is_told_at_its_field(opened, tmp_path):
    page, told = opened(f"from=baseline&{QUICK}&view=events")
    first = shown_hash(page)
    form = page.get_by_role("form", name="package")
    form.get_by_label("Donor", exact=True).select_option("nordics")
    filled(form, {"Date": "2026-01-01", "EUR bn": "5000"})
    form.get_by_role("button", name="Add package").click()
    form.get_by_text("is not a number from 0 to 1000").wait_for()
    assert form.get_by_label("EUR bn", exact=True).get_attribute("aria-invalid") == "true"
    form.get_by_label("EUR bn", exact=True).fill("9")
    form.get_by_role("button", name="Add package").click()
    second = settle(page, first)
    page.get_by_text("Donor: Nordic countries; Date: 2026-01-01; EUR bn: 9").wait_for()
    page.get_by_role("form", name="law").get_by_label("Date", exact=True).fill("2026-02-01")
    page.get_by_role("form", name="law").get_by_label("Military USD bn", exact=True).fill("30")
    page.get_by_role("button", name="Add law").click()
    third = settle(page, second)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download scenario").click()
    path = tmp_path / "explored.toml"
    download.value.save_as(path)
    assert load(path).hash.startswith(third)
    page.wait_for_timeout(400)  # the address is written a moment after the last change
    again, _ = opened(page.url.split("#")[1])
    assert shown_hash(again) == third
    again.get_by_role("button", name="Edit package 1").click()
    again.get_by_role("form", name="package").get_by_label("EUR bn", exact=True).fill("12")
    again.get_by_role("button", name="Save package").click()
    fourth = settle(again, third)
    again.get_by_role("button", name="Undo").click()
    assert settle(again, fourth) == third
    page.get_by_role("button", name="Remove law 1").click()
    assert settle(page, third) == second
    assert all("400 (Bad Request)" in complaint for complaint in told.complaints)
