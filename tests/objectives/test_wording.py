"""Sentences about results, and their agreement with each other."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import fmt
from objectives.explanation import explanation
from objectives.judgement import (
    Counts,
    Inputs,
    Judgement,
    Previous,
    State,
    Status,
    judged_day,
)
from objectives.measure import Asked, JudgedPeriod, Kind, Over, Rollup
from objectives.pace import elapsed_share, weights
from objectives.smart import SmartInputs, check
from objectives.smart_wording import letter_icon, letter_name, letter_sentence, letter_tone
from objectives.status import judge
from objectives.wording import (
    STATUS_ICONS,
    STATUS_NAMES,
    badge,
    gap_sentence,
    headline,
    is_plural,
    needed_sentence,
)

D = Decimal
LEADS = Asked(kind=Kind.REACH, rollup=Rollup.SUM, target=D(1200))
FOLLOWERS = Asked(kind=Kind.REACH, rollup=Rollup.STOCK, target=D(8000), baseline=D(7000))
BUDGET = Asked(kind=Kind.CEILING, rollup=Rollup.SUM, target=D(9000))
CPL = Asked(kind=Kind.REDUCE, rollup=Rollup.RATE, target=D(55), direction="down")
CPL_28 = Asked(kind=Kind.REDUCE, rollup=Rollup.RATE, target=D(55), baseline=D(70), over=Over.LAST28)
ABOVE = Asked(kind=Kind.ABOVE, rollup=Rollup.RATE, target=D(2))


@pytest.fixture(autouse=True, scope="module")
def _english() -> Any:
    with override("en"):
        yield


def plain(value: Decimal) -> str:
    return fmt.number(value, "en", 0)


def on_8_march(asked: Asked, value: str | None, **more: Any) -> Judgement:
    day = more.pop("day", date(2026, 3, 8))
    return judge(
        Inputs(
            asked=asked,
            start=date(2026, 1, 1),
            end=date(2026, 3, 31),
            day=day,
            data_date=more.pop("data_date", day),
            share=more.pop("share", D(67) / 90),
            value=None if value is None else D(value),
            weights="weekday",
            **more,
        )
    )


def title(found: Judgement, metric: str = "MQLs", **more: Any) -> str:
    return headline(metric, found.status, found.rule.params, plain, **more)


def told(found: Judgement) -> str:
    return explanation(found.rule.code, found.rule.params, plain)


def test_every_status_has_a_name_and_an_icon() -> None:
    assert set(STATUS_NAMES) == set(STATUS_ICONS) == {*Status, "failed"}


@pytest.mark.parametrize(
    ("value", "icon", "word", "tone"),
    [
        ("890", "✓", "On track", "on"),
        ("700", "▲", "At risk", "risk"),
        ("624", "✕", "Off track", "off"),
        ("1200", "★", "Achieved", "done"),
        (None, "…", "No recent data", "quiet"),
    ],
)
def test_badge(value: str | None, icon: str, word: str, tone: str) -> None:
    found = badge(on_8_march(LEADS, value).status)
    assert (found.icon, found.word, found.tone) == (icon, word, tone)


def test_a_missed_objective_says_how_much() -> None:
    found = on_8_march(LEADS, "1116", day=date(2026, 3, 31))
    assert badge(found.status, found.rule.params).word == "Missed (93% reached)"


def test_an_overspent_budget_is_just_missed() -> None:
    found = on_8_march(BUDGET, "9900")
    assert badge(found.status, found.rule.params).word == "Missed"


@pytest.mark.parametrize(
    ("asked", "value", "expected"),
    [
        (LEADS, "624", "MQLs are 30% behind plan"),
        (LEADS, "983", "MQLs are 10% ahead of plan"),
        (LEADS, "894", "MQLs are on plan"),
        (BUDGET, "7370", "MQLs are 10% above plan"),
        (CPL, "52.25", "MQLs are 5% below plan"),
        (LEADS, None, "MQLs: no recent data"),
        (LEADS, "1200", "MQLs: target reached"),
    ],
)
def test_headline(asked: Asked, value: str | None, expected: str) -> None:
    assert title(on_8_march(asked, value)) == expected


def test_headline_of_one_thing() -> None:
    assert title(on_8_march(CPL, "63.25"), "Cost per lead") == "Cost per lead is 15% above plan"


def test_headline_of_a_rate_is_in_points() -> None:
    ctr = Asked(kind=Kind.REACH, rollup=Rollup.RATE, target=D("0.024"))
    found = title(on_8_march(ctr, "0.021"), "Click rate", in_points=True)
    assert found.replace(fmt.NBSP, " ") == "Click rate is 0.3 pp behind plan"


def test_headline_of_periods() -> None:
    periods = tuple(JudgedPeriod(str(n), D(2), n < 9) for n in range(10))
    found = title(on_8_march(ABOVE, None, periods=periods))
    assert found == "MQLs: 9 of 10 periods inside the limits"


@pytest.mark.parametrize(
    ("metric", "plural"),
    [
        ("MQLs", True),
        ("Leads from social", True),
        ("Pages per session", True),
        ("Cost per thousand impressions", False),
        ("Bounce rate", False),
        ("Loss", False),
    ],
)
def test_plural_names(metric: str, plural: bool) -> None:
    assert is_plural(metric) is plural


@pytest.mark.parametrize(
    ("asked", "value", "expected"),
    [
        (LEADS, "624", "269 behind plan"),
        (BUDGET, "7000", "300 above plan"),
        (LEADS, None, ""),
        (ABOVE, None, ""),
    ],
)
def test_gap(asked: Asked, value: str | None, expected: str) -> None:
    assert gap_sentence(on_8_march(asked, value).rule.params, plain) == expected


@pytest.mark.parametrize(
    ("asked", "value", "day", "expected"),
    [
        (LEADS, "624", 8, "Needs 175 a week to get there"),
        (LEADS, "1000", 21, "Needs 20 a day to get there"),
        (BUDGET, "6700", 8, "700 a week left to spend"),
        (FOLLOWERS, "7540", 8, "Needs 140 a week to get there"),
        (CPL_28, "60", 8, ""),
        (LEADS, "1200", 8, ""),
    ],
)
def test_needed(asked: Asked, value: str, day: int, expected: str) -> None:
    found = on_8_march(asked, value, day=date(2026, 3, day))
    assert needed_sentence(found.rule.params, plain) == expected


def test_needed_of_a_stock_to_bring_down() -> None:
    backlog = Asked(kind=Kind.REDUCE, rollup=Rollup.STOCK, target=D(50), baseline=D(90))
    found = on_8_march(backlog, "73")
    assert needed_sentence(found.rule.params, plain) == "Has to fall by 7 a week to get there"


# --- How the status is computed ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "value", "expected"),
    [
        (
            LEADS,
            "624",
            "Sum, to 8 March 2026. Expected 74.4% of 1,200, spread by weekday. "
            "624 ÷ 893 = 0.70, under 0.75: off track.",
        ),
        (
            LEADS,
            "720",
            "Sum, to 8 March 2026. Expected 74.4% of 1,200, spread by weekday. "
            "720 ÷ 893 = 0.81, under 0.90 but at least 0.75: at risk.",
        ),
        (
            BUDGET,
            "7370",
            "Sum, to 8 March 2026. Expected 74.4% of 9,000, spread by weekday. "
            "7,370 ÷ 6,700 = 1.10, at most 0.10 away from 1: on track.",
        ),
        (
            FOLLOWERS,
            "7720",
            "Last value known, to 8 March 2026. Expected 74.4% of the way from 7,000 to 8,000, "
            "spread by weekday: 7,744. (7,720 − 7,000) ÷ (7,744 − 7,000) = 0.97, at least 0.90: "
            "on track.",
        ),
        (
            CPL,
            "63.25",
            "Value of the whole span, to 8 March 2026. Expected: the target, 55. "
            "(55 − 63) ÷ 55 = -15%, where a gap under -10% is off track.",
        ),
        (LEADS, "1200", "The target of 1,200 was reached on 8 March 2026."),
        (BUDGET, "9001", "9,001 is over the limit of 9,000: missed."),
        (
            LEADS,
            None,
            "There is no value to judge: figures are missing, or there is nothing to divide by.",
        ),
    ],
)
def test_explanation(asked: Asked, value: str | None, expected: str) -> None:
    assert told(on_8_march(asked, value)) == expected


def test_a_ratio_just_under_a_limit_is_told_apart_from_it() -> None:
    found = told(on_8_march(LEADS, "669.9"))
    assert "669.9" not in found
    assert "= 0.7499, under 0.75: off track." in found


@pytest.mark.parametrize(
    ("more", "ending"),
    [
        (
            {"chance": D("0.22")},
            "The chance of reaching the target is 22%, under 30%: at risk, by forecast.",
        ),
        (
            {"previous": Previous(Status.AT_RISK, Status.AT_RISK, date(2026, 3, 7))},
            "The status stays “At risk” until the limit is passed by 0.02 or the better result "
            "holds for two data dates.",
        ),
    ],
)
def test_corrections_are_told(more: dict[str, Any], ending: str) -> None:
    found = told(on_8_march(LEADS, "810", **more))
    assert "= 0.91, at least 0.90: on track." in found
    assert found.endswith(ending)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (
            {"state": State.PAUSED},
            "This objective is paused. It is judged again once it goes on.",
        ),
        ({"day": date(2025, 12, 1)}, "It starts on 1 January 2026."),
        (
            {"day": date(2026, 1, 9)},
            "Less than 15% of the span or fewer than 7 days are known: too early to tell.",
        ),
        (
            {"day": date(2026, 4, 2), "data_date": date(2026, 3, 30)},
            "The span ended on 31 March 2026. The figures of its last days are still to come.",
        ),
        (
            {"feed_days_late": 3},
            "The figures are 3 days late, more than twice their usual rhythm. The last known "
            "status stays shown.",
        ),
        (
            {"share": D(0)},
            "The plan expects nothing yet by 8 March 2026: too early to tell.",
        ),
        (
            {"day": date(2026, 3, 31)},
            "At the end, on 31 March 2026, 624 did not meet the target of 1,200: 52% reached.",
        ),
    ],
)
def test_explanation_of_the_order(more: dict[str, Any], expected: str) -> None:
    assert told(on_8_march(LEADS, "624", **more)) == expected


def test_badge_headline_and_explanation_agree() -> None:
    for value in ("0", "500", "624", "700", "810", "894", "983", "1200"):
        found = on_8_march(LEADS, value)
        word = badge(found.status, found.rule.params).word.lower()
        behind = "behind" in title(found)
        assert found.status is Status.ACHIEVED or told(found).endswith(f"{word}.")
        assert behind == (found.numbers.ratio is not None and found.numbers.ratio < D("0.995"))


amounts = st.one_of(
    st.sampled_from([D(0), D(-50), D(50), D("0.02")]),
    st.decimals(-(10**6), 10**6, places=4),
)
dates = st.dates(date(2027, 12, 1), date(2028, 4, 15))


@given(
    asked=st.builds(
        Asked,
        kind=st.sampled_from(Kind),
        rollup=st.sampled_from(Rollup),
        over=st.sampled_from(Over),
        target=amounts,
        target_high=st.none() | amounts,
        baseline=st.none() | amounts,
        direction=st.sampled_from(["up", "down", "context"]),
        hold=st.booleans(),
    ),
    span=st.tuples(dates, dates).map(sorted),
    day=dates,
    data_date=st.none() | dates,
    value=st.none() | amounts,
    first_reached=st.none() | dates,
    counts=st.none() | st.builds(Counts, st.integers(0, 90), st.integers(0, 90)),
    inside=st.lists(st.booleans(), max_size=3),
    days_late=st.integers(0, 5),
    chance=st.none() | st.decimals(0, 1, places=2),
    previous=st.none() | st.builds(Previous, st.sampled_from(Status), st.none(), st.none() | dates),
)
@settings(max_examples=400, deadline=None)
def test_whatever_comes_there_is_a_status_and_a_sentence(
    asked: Asked,
    span: list[date],
    day: date,
    data_date: date | None,
    value: Decimal | None,
    first_reached: date | None,
    counts: Counts | None,
    inside: list[bool],
    days_late: int,
    chance: Decimal | None,
    previous: Previous | None,
) -> None:
    start, end = span
    judged = judged_day(start, end, day, data_date)
    found = judge(
        Inputs(
            asked=asked,
            start=start,
            end=end,
            day=day,
            data_date=data_date,
            share=elapsed_share(weights(start, end, {}), start, judged) if judged else D(0),
            value=value,
            first_reached=first_reached,
            counts=counts,
            periods=tuple(JudgedPeriod("p", D(1), is_inside) for is_inside in inside),
            feed_days_late=days_late,
            chance=chance,
            previous=previous,
        )
    )
    numbers = (found.numbers.expected, found.numbers.ratio, found.numbers.progress, found.elapsed)
    assert all(number is None or number.is_finite() for number in numbers)
    assert 0 <= found.elapsed <= 1
    assert all([told(found), title(found), badge(found.status, found.rule.params).word])
    assert gap_sentence(found.rule.params, plain) is not None
    assert needed_sentence(found.rule.params, plain) is not None


# --- SMART ------------------------------------------------------------------------------------

SMART = SmartInputs(
    day=date(2025, 12, 20),
    asked=LEADS,
    statement="Generate 1,200 MQLs",
    has_metric=True,
    has_owner=True,
    unit="count",
    last_delivered=date(2025, 12, 19),
    past=(D(980), D(700), D(600)),
    start=date(2026, 1, 1),
    end=date(2026, 3, 31),
)


def test_smart_letters_in_words() -> None:
    found = {
        f"{letter_icon(letter)} {letter_name(letter)}": letter_sentence(letter, plain)
        for letter in check(SMART).letters
    }
    assert found == {
        "✓ Specific": "One statement, one metric, one segment and one owner.",
        "✓ Measurable": "Its figures arrive: the last ones are of 19 December 2025.",
        "! Achievable": "The best past span had 980, the median one 700. The target asks for a "
        "change of +22.4% against the best. Asked: +22.4% against the span before (980); the best "
        "of the last 3 spans of this length: +40%.",
        "! Relevant": "Choose a parent objective or write the business goal that it serves.",
        "✓ Time-bound": "It runs for 90 days.",
    }


def test_smart_says_how_to_mend_it() -> None:
    letters = check(SmartInputs(day=date(2025, 12, 20), asked=None, feed_rhythm_days=7)).letters
    assert letter_tone(letters[0]) == "off"
    assert letter_sentence(letters[0], plain) == (
        "Write what is to be achieved, in one sentence. Choose the metric that measures it. "
        "Name the person who answers for it."
    )


def test_a_span_too_short_says_what_it_needs() -> None:
    short = check(
        SmartInputs(
            day=date(2026, 1, 1),
            asked=LEADS,
            start=date(2026, 1, 1),
            end=date(2026, 1, 9),
            feed_rhythm_days=7,
        )
    )
    assert letter_sentence(short.letters[4], plain) == (
        "It runs for 9 days. Its figures need 14 days to show a change: set a later last day."
    )


def test_a_return_says_when_it_can_be_concluded_from() -> None:
    found = on_8_march(LEADS, "1116", matures_on=date(2026, 5, 31))
    assert told(found) == (
        "What was spent needs a whole sales cycle to come back: it is too early to conclude "
        "before 31 May 2026."
    )
