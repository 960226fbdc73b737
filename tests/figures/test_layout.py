"""How a page is divided: wide and narrow cells side by side keep their order, their gaps and the whole width."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sim.figures.page import Box, Page, Sentence, marked_years
from sim.figures.style import CAP_HEIGHT, CM_PER_INCH, SIZES, SMALL, applied
from sim.figures.sweeps import _provenance

PAGE = Box(1.0, 2.0, 16.0, 9.0)


@pytest.mark.parametrize("weights", [(1.0, 3.0), (3.0, 1.0), (1.0, 1.0), (2.0, 0.5, 1.5), (5.0,)])
def test_cells_of_different_widths_fill_the_row_without_touching(weights):
    boxes = PAGE.columns(*weights, across=0.4)
    assert boxes[0].x == PAGE.x
    assert boxes[-1].right == pytest.approx(PAGE.right)
    for left, right in pairwise(boxes):
        assert right.x - left.right == pytest.approx(0.4)
    room = PAGE.w - 0.4 * (len(weights) - 1)
    assert [box.w for box in boxes] == pytest.approx([room * weight / sum(weights) for weight in weights])
    assert {(box.y, box.h) for box in boxes} == {(PAGE.y, PAGE.h)}


def test_a_narrow_and_a_wide_cell_by_hand():
    narrow, wide = Box(0.0, 0.0, 10.4, 1.0).columns(1.0, 4.0, across=0.4)
    assert (narrow.x, narrow.w) == pytest.approx((0.0, 2.0))
    assert (wide.x, wide.w) == pytest.approx((2.4, 8.0))


def test_a_grid_goes_row_by_row_from_the_top_left():
    boxes = PAGE.grid(2, 3, across=0.5, down=0.6)
    assert [box.x for box in boxes] == pytest.approx([1.0, 6.5, 12.0, 1.0, 6.5, 12.0])
    assert [box.y for box in boxes] == pytest.approx([6.8, 6.8, 6.8, 2.0, 2.0, 2.0])
    assert {(round(box.w, 9), round(box.h, 9)) for box in boxes} == {(5.0, 4.2)}
    assert boxes[0].top == pytest.approx(PAGE.top)


def a_page() -> Page:
    return Page(SIZES["page"], "", "", Sentence(""), _provenance([""], [""], 1, 1, "x"), height=9.0, note="")


@pytest.mark.parametrize("remark", ["One line.", "Words that need several lines. " * 12])
def test_what_is_drawn_in_the_body_keeps_clear_of_a_note_below_it(remark):
    with applied():
        page = a_page()
        before, set_already = page.body, len(page.ink.letters)
        page.note(remark)
    highest = max(letters.y for letters in page.ink.letters[set_already:]) + CAP_HEIGHT * SMALL / 72 * CM_PER_INCH
    assert before.y < highest < page.body.y - 0.1
    assert page.body.top == pytest.approx(before.top)


@pytest.mark.parametrize(("room", "labels"), [(10.02, 10), (9.9, 5)])
def test_every_year_is_written_as_soon_as_two_millimetres_part_the_labels(room, labels):
    with applied():
        page = a_page()
        set_already = len(page.ink.letters)
        box = Box(1.0, 2.0, room * (page.measure("0000") + 0.2), 3.0)
        marked_years(page, box, (2021.0, 2030.0), "year")
    assert len(page.ink.letters) - set_already == labels
    assert page.ink.letters[-1].text == "2030"
