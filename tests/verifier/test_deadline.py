from datetime import UTC, date, datetime, time

import pytest

from verifier.deadline import ClockChangeError, deadline, last_day, parse_said_instant, parse_time_of_day
from verifier.errors import FormatError
from verifier.report import Kind

DAY, LATER, TODAY = date(2026, 5, 14), date(2026, 6, 1), date(2026, 7, 1)


@pytest.mark.parametrize(
    ("day", "at", "instant"),
    [
        # Rome is two hours ahead of UTC in summer, one in winter.
        (date(2026, 5, 14), time(12), datetime(2026, 5, 14, 10, tzinfo=UTC)),
        (date(2026, 1, 14), time(0), datetime(2026, 1, 13, 23, tzinfo=UTC)),
        # On 29 March 2026 the clocks went from 2:00 to 3:00, on 25 October from 3:00 back to 2:00.
        (date(2026, 3, 29), time(1, 59), datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        (date(2026, 3, 29), time(3), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (date(2026, 10, 25), time(1, 59), datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        (date(2026, 10, 25), time(3), datetime(2026, 10, 25, 2, tzinfo=UTC)),
    ],
)
def test_a_deadline_is_what_clocks_in_rome_show(day: date, at: time, instant: datetime) -> None:
    assert deadline(day, at) == instant


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
@pytest.mark.parametrize("at", [time(2), time(2, 59)])
def test_an_hour_that_does_not_exist_or_comes_twice_is_no_deadline(day: date, at: time) -> None:
    with pytest.raises(ClockChangeError, match="the clocks were changed"):
        deadline(day, at)


def test_a_deadline_before_the_first_day_of_all_is_refused() -> None:
    with pytest.raises(FormatError, match="no such day"):
        deadline(date.min, time())


@pytest.mark.parametrize("text", ["", "12", "24:01", "25:00", "12:60", "12:00:00", "9:00", "١٢:٠٠", "12.00", " 12:00"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        parse_time_of_day(text)


def test_a_time_of_day_is_read() -> None:
    assert parse_time_of_day("09:30") == time(9, 30)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-05-14T12:00", datetime(2026, 5, 14, 10, tzinfo=UTC)),
        ("2026-05-14 12:00:07", datetime(2026, 5, 14, 10, 0, 7, tzinfo=UTC)),
        ("2026-05-14T12:00Z", datetime(2026, 5, 14, 12, tzinfo=UTC)),
        ("2026-05-14T12:00-03:00", datetime(2026, 5, 14, 15, tzinfo=UTC)),
        # 24:00 is 0:00 of the day after, of whatever length the day was.
        ("2026-12-31T24:00", datetime(2026, 12, 31, 23, tzinfo=UTC)),
        ("2028-02-28T24:00:00", datetime(2028, 2, 28, 23, tzinfo=UTC)),
        ("2026-03-29T24:00", datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("2026-10-25T24:00", datetime(2026, 10, 25, 23, tzinfo=UTC)),
        ("2026-05-14T24:00Z", datetime(2026, 5, 15, tzinfo=UTC)),
        ("2026-10-25T02:30+02:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_as_it_is_said(text: str, instant: datetime) -> None:
    assert parse_said_instant(text) == instant


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "not a time like"),
        ("2026-05-14", "not a time like"),
        ("2026-05-14T12", "not a time like"),
        ("2026-05-14T12:00\n", "not a time like"),
        ("２026-05-14T12:00", "not a time like"),
        ("2026-02-29T12:00", "no such time"),
        ("2026-05-14T24:01", "no such time"),
        ("2026-05-14T24:00:01", "no such time"),
        ("2026-05-14T12:60", "no such time"),
        ("9999-12-31T24:00", "no such time"),
        ("0001-01-01T00:00+14:00", "no such time"),
        ("0001-01-01T00:00", "no such day"),
        ("2026-03-29T02:30", "the clocks were changed"),
        ("2026-10-25T02:30", "the clocks were changed"),
    ],
)
def test_what_is_no_instant_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(FormatError, match=complaint):
        parse_said_instant(text)


def test_24_00_is_the_end_of_the_day_which_needs_no_time() -> None:
    assert parse_time_of_day("24:00") is None


@pytest.mark.parametrize("kind", [Kind.PARTICIPATION, Kind.SCORING, Kind.EXECUTION])
def test_a_requirement_is_followed_to_today_where_no_last_day_is_named(kind: Kind) -> None:
    assert last_day(kind, DAY, None, TODAY) == TODAY
    assert last_day(kind, DAY, LATER, TODAY) == LATER
    assert last_day(kind, TODAY, None, DAY) == TODAY


def test_a_day_is_only_that_day() -> None:
    assert last_day(Kind.DAY, DAY, None, TODAY) is None
    assert last_day(Kind.DAY, DAY, LATER, TODAY) == LATER
