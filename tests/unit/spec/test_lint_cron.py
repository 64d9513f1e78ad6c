"""Cron expressions against croniter: when they fire, and how close two runs come."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta, timezone

import pytest
from croniter import croniter
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.oceanops.app_platform.plugins.module_utils._spec.cron import Cron, parse

UTC = timezone.utc
START = date(2027, 2, 1)
#: Every date with every day of the week.
CALENDAR = [START + timedelta(number) for number in range(28 * 366)]


def fields(low: int, high: int, names: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    """One field: lists of numbers, names, ranges and steps."""
    number = st.integers(low, high)
    single = number.map(str) if not names else st.one_of(number.map(str), st.sampled_from(names))
    # croniter takes 5-5 for the whole circle.
    pairs = st.tuples(number, number).filter(lambda pair: pair[0] != pair[1])
    ranges = pairs.map(lambda pair: f"{min(pair)}-{max(pair)}")
    step = st.integers(1, high)
    part = st.one_of(
        single,
        ranges,
        st.tuples(st.one_of(st.just("*"), ranges), step).map(lambda pair: f"{pair[0]}/{pair[1]}"),
    )
    return st.one_of(st.just("*"), st.lists(part, min_size=1, max_size=3).map(",".join))


expressions = st.tuples(
    fields(0, 59),
    fields(0, 23),
    fields(1, 31),
    fields(1, 12, ("jan", "MAR", "dec")),
    fields(0, 6, ("sun", "Tue", "SAT")),
).map(" ".join)


def runs_on(cron: Cron, day: date) -> list[datetime]:
    """Its runs on a day, if it fires then."""
    times = itertools.product(cron.hours, cron.minutes)
    return [datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) for hour, minute in times]


def fires(cron: Cron, days: list[date], count: int) -> list[datetime]:
    """Its first runs on these days."""
    runs = (run for day in days if cron.fires_on(day) for run in runs_on(cron, day))
    return list(itertools.islice(runs, count))


def is_ambiguous(cron: Cron, expression: str) -> bool:
    """Readers disagree on days given as a list or step that happens to hold all of them."""
    _minute, _hour, day, _month, weekday = expression.split()
    both_given = day != "*" and weekday != "*"
    return both_given and (cron.any_day or cron.any_weekday or "*" in day or "*" in weekday)


@given(expressions)
def test_it_fires_when_croniter_says(expression: str) -> None:
    cron = parse(expression)
    assume(not is_ambiguous(cron, expression))
    mine = fires(cron, CALENDAR[:400], 30)
    start = datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC)
    theirs = list(itertools.islice(croniter(expression, start).all_next(datetime), len(mine))) if mine else []
    assert mine == theirs
    assert not (cron.never_fires() and mine)


@given(expressions, st.integers(1, 90))
def test_the_gap_is_the_smallest_between_two_runs(expression: str, limit: int) -> None:
    cron = parse(expression)
    days = next(([day] for day in CALENDAR if cron.fires_on(day)), [])
    pairs = itertools.pairwise(day for day in CALENDAR if cron.fires_on(day))
    two = next(([one, other] for one, other in pairs if (other - one).days == 1), days)
    runs = [run for day in two for run in runs_on(cron, day)]
    gaps = [int((later - earlier).total_seconds()) // 60 for earlier, later in itertools.pairwise(runs)]
    smallest = min(gaps, default=limit)
    assert cron.gap_under(limit) == (smallest if smallest < limit else None) or not days


@pytest.mark.parametrize(
    ("expression", "limit", "gap"),
    [
        ("* * * * *", 15, 1),
        ("*/5 * * * *", 15, 5),
        ("*/15 * * * *", 15, None),
        ("0,14 3 * * *", 15, 14),
        ("0,15 3 * * *", 15, None),
        ("50 23 * * *", 15, None),
        ("55 23,0 * * *", 15, None),
        ("0,55 0,23 * * *", 15, 5),
        ("0,55 0,23 * * 1", 56, 55),
        ("0 0,3 * * *", 15, None),
        ("0 3 * * *", 1440, None),
        ("0 3 * * *", 1441, 1440),
        ("58 23 1 * *", 15, None),
        # 23:58 and 0:02 only meet where two days in a row fire.
        ("58,2 23,0 * * *", 15, 4),
        ("58,2 0,23 1,2 * *", 15, 4),
        ("2,58 0,23 1,15 * *", 15, None),
        ("2,58 0,23 29 2 0", 15, 4),
    ],
)
def test_gaps(expression: str, limit: int, gap: int | None) -> None:
    assert parse(expression).gap_under(limit) == gap


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("", "there are 0 fields; write five"),
        ("0 3 * *", "there are 4 fields"),
        ("0 0 3 * * *", "there are 6 fields"),
        ("@daily", "macros are not taken; write 0 0 * * *"),
        ("@Weekly", "write 0 0 * * 0"),
        ("@reboot", "write five fields"),
        ("60 * * * *", "'60' is not a minute: it is 0 to 59"),
        ("* 24 * * *", "'24' is not an hour: it is 0 to 23"),
        ("* * 0 * *", "'0' is not a day of month: it is 1 to 31"),
        ("* * * 13 *", "'13' is not a month: it is 1 to 12 or jan to dec"),
        ("* * * * 8", "'8' is not a day of week: it is 0 to 7 or sun to sat"),
        ("* * * mon *", "'mon' is not a month"),
        ("* * L * *", "'L' is not a day of month"),
        ("* * * * 1#2", "'1#2' is not a day of week"),
        ("*/0 * * * *", "'*/0' has the step 0"),
        ("*-5 * * * *", "'*-5' is not a minute"),
        ("1,,2 * * * *", "'' is not a minute"),
        ("1- * * * *", "'1-' is not a minute"),
        ("30-10 * * * *", "goes backwards: write it as two, 30-59,0-10"),
        ("* * * * fri-mon", "goes backwards: write it as two, fri-6,0-mon"),
        ("\u0663 * * * *", "is not a minute"),
        ("*/\u0663 * * * *", "is not a minute"),
        ("9999999 * * * *", "is not a minute"),
        ("? * * * *", "'?' is not a minute"),
    ],
)
def test_what_is_no_expression(expression: str, told: str) -> None:
    with pytest.raises(ValueError, match=r"\S") as error:
        parse(expression)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5/20 * * * *", "5-59/20 * * * *"),
        ("0 0 * * 7", "0 0 * * 0"),
        ("0 0 * * 5-7", "0 0 * * fri,sat,sun"),
        ("0 0 * * 1/2", "0 0 * * 1,3,5"),
        ("0 0 * * 7/2", "0 0 * * 0"),
        ("0 0 1 JAN-mar *", "0 0 1 1,2,3 *"),
        (" 0  0\t* * * ", "0 0 * * *"),
        # A range of all days restricts like any other, so that either field is enough.
        ("0 0 1-31 * MON", "0 0 * * *"),
        ("0 0 13 * 0-6", "0 0 * * *"),
        ("*/90 * * * *", "0 * * * *"),
    ],
)
def test_spellings_of_one_schedule(one: str, other: str) -> None:
    assert fires(parse(one), CALENDAR[:800], 500) == fires(parse(other), CALENDAR[:800], 500)


@pytest.mark.parametrize(
    ("expression", "never"),
    [
        ("0 0 31 2 *", True),
        ("0 0 30 2 *", True),
        ("0 0 29 2 *", False),
        ("0 0 31 4,6,9,11 *", True),
        ("0 0 31 2-3 *", False),
        ("0 0 31 2 1", False),
    ],
)
def test_days_that_never_come(expression: str, never: bool) -> None:
    assert parse(expression).never_fires() is never


@pytest.mark.parametrize(
    ("expression", "told"), [("0 0 * * 7", True), ("0 0 * * 0-7", True), ("0 0 * * */2", False), ("0 0 * * *,7", False)]
)
def test_sunday_as_seven(expression: str, told: bool) -> None:
    assert parse(expression).sunday_as_seven is told
