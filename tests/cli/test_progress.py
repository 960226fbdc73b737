"""Progress: plain lines when nobody watches, a bar on a terminal, nothing when quiet."""

from __future__ import annotations

import io

from sim.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def reports(steps: list[tuple[float, int]], total: int, quiet: bool = False) -> list[str]:
    stream, clock = io.StringIO(), Clock()
    with Progress("runs", quiet=quiet, stream=stream, clock=clock) as progress:
        for now, done in steps:
            clock.now = now
            progress(done, total)
    return stream.getvalue().splitlines()


def test_a_line_tells_the_share_the_count_and_the_time_left() -> None:
    assert reports([(0, 0), (4, 2500)], 10_000) == ["25% 2,500/10,000 runs, 12 s left"]


def test_lines_stand_at_least_ten_seconds_apart() -> None:
    lines = reports([(0, 0), *((second, 100 * second) for second in range(1, 101))], 10_000)
    assert [line.split()[0] for line in lines] == [f"{share}%" for share in range(1, 101, 10)]


def test_blocks_found_on_disk_do_not_hasten_the_time_left() -> None:
    assert reports([(0, 8000), (10, 9000)], 10_000)[-1] == "90% 9,000/10,000 runs, 10 s left"


def test_no_time_left_is_told_before_anything_was_done() -> None:
    """Neither a count that has not moved nor a clock that has not gives a pace."""
    assert reports([(0, 8000), (10, 8000)], 10_000) == ["80% 8,000/10,000 runs"] * 2
    assert reports([(0, 0), (0, 9000)], 10_000) == ["90% 9,000/10,000 runs"]


def test_long_waits_are_told_in_minutes() -> None:
    assert reports([(0, 0), (10, 100)], 10_000) == ["1% 100/10,000 runs, 16 min left"]


def test_quiet_and_empty_work_write_nothing() -> None:
    assert reports([(0, 0), (20, 10)], 10, quiet=True) == []
    assert reports([(0, 0)], 0) == []


def test_a_terminal_gets_a_bar_that_is_gone_at_the_end() -> None:
    stream = Terminal()
    with Progress("runs", quiet=False, stream=stream) as progress:
        progress(0, 10)
        progress(10, 10)
    assert "10/10" in stream.getvalue()
    assert "runs" in stream.getvalue()
    assert stream.getvalue().rstrip().endswith(("\x1b[2K", "\x1b[?25h", "\x1b[1A\x1b[2K"))


def test_a_quiet_terminal_stays_empty() -> None:
    stream = Terminal()
    with Progress("runs", quiet=True, stream=stream) as progress:
        progress(5, 10)
    assert stream.getvalue() == ""
