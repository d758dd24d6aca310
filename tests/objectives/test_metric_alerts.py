"""Alerts about metrics through whole nights: planted events, rules, one open alert per cause.

Leads of two years from a daily feed; the nights are those of February 2026.
"""

import io
import json
import math
import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from metrics.feeds import Deliveries
from metrics.models import Campaign, Metric
from objectives.alert_life import accept, false_alarm, snooze
from objectives.alert_rules import (
    RuleChangedError,
    WantedRule,
    change_rule,
    create_rule,
    delete_rule,
    switch_rule,
)
from objectives.alert_wording import alert_text
from objectives.metric_wording import metric_words_of
from objectives.models import Alert, AlertAct, AlertRule
from objectives.replay import replay
from objectives.rule_wording import rule_sentence
from objectives.watching import read, watched_by
from tests.objectives.board import Board, at

FIRST, LAST = date(2024, 2, 1), date(2026, 2, 20)
BROKEN = date(2026, 2, 10)
ONE_DAY = timedelta(days=1)
WEEK = (1.1, 1.15, 1.1, 1.1, 0.95, 0.5, 0.45)


def leads(change: Callable[[date, float], float] = lambda _day, mean: mean) -> Any:
    """What the feed brings on a day: a weekday profile, a season, noise, and what is planted."""
    chance = random.Random(3)

    def on(day: date) -> int:
        mean = 200 * WEEK[day.weekday()] * (1 + 0.2 * math.cos(day.toordinal() / 58))
        mean = change(day, mean)
        return max(0, round(chance.gauss(mean, math.sqrt(mean + (0.05 * mean) ** 2))))

    return on


def broken(share: float, until: date = date(2026, 2, 14)) -> Any:
    return leads(lambda day, mean: mean * share if BROKEN <= day <= until else mean)


def nights(board: Board, first: date, last: date) -> None:
    day = first
    while day <= last:
        board.night(day, mail=False)
        day += ONE_DAY


def about_leads() -> list[tuple[str, date, date | None]]:
    found = Alert.objects.filter(metric__key="leads").order_by("pk")
    return [(one.kind, one.opened_on, one.closed_on) for one in found]


def wanted(board: Board, kind: str, **more: Any) -> WantedRule:
    return WantedRule(kind=kind, metric=board.metric("leads"), **more)


def test_a_broken_tag_opens_one_alert_the_next_night_and_closes_when_mended(board: Board) -> None:
    board.figures("leads", broken(0.0), FIRST, LAST)
    nights(board, date(2026, 2, 9), date(2026, 2, 18))
    alert = Alert.objects.get(metric__key="leads")
    assert (alert.kind, alert.opened_on) == ("expected_range", date(2026, 2, 11))
    assert alert.closed_on in (date(2026, 2, 17), date(2026, 2, 18))
    assert next(one.params["severity"] for one in alert.acts.all()) == "off"
    assert alert.rule is not None
    assert alert.rule.shipped == "golden"
    kinds = list(alert.acts.values_list("kind", flat=True))
    assert kinds == [AlertAct.Kind.OPENED, AlertAct.Kind.CLEARED]


def test_the_text_is_value_expected_rule_and_last_points(board: Board) -> None:
    board.figures("leads", broken(0.0), FIRST, LAST)
    nights(board, date(2026, 2, 11), date(2026, 2, 11))
    alert = Alert.objects.get(metric__key="leads")
    text, words = alert_text(alert), metric_words_of(alert)
    assert text.title == "Leads: 0, below the expected range"
    assert text.sentences[0].startswith("Tuesday 10 February 2026: 0. About ")
    assert "By chance alone that happens less than once in" in text.sentences[1]
    assert [figure.name for figure in text.figures] == ["Value", "Expected", "Figures to"]
    assert words is not None
    assert [value for _period, value in words.points][-1] == "0"
    assert len(words.points) == 5


def test_what_drove_it_adds_up_to_the_change(board: Board) -> None:
    paid, organic = board.book.channel("paid_search"), board.book.channel("organic")
    board.figures("leads", broken(0.0), FIRST, LAST, channel=paid.segment_id)
    board.figures("leads", leads(), FIRST, LAST, channel=organic.segment_id)
    rule = create_rule(
        board.workspace, user=None, wanted=wanted(board, "change", threshold=Decimal("0.3"))
    )
    nights(board, date(2026, 2, 11), date(2026, 2, 11))
    drivers = Alert.objects.get(rule=rule).evidence["drivers"]
    parts = [Decimal(part["amount"]) for part in drivers["parts"]]
    assert sum(parts) == Decimal(drivers["change"])
    assert min(parts) < -100
    assert "of which Paid search" in alert_text(Alert.objects.get(rule=rule)).sentences[1]


def test_plain_figures_open_nothing(board: Board) -> None:
    board.figures("leads", leads(), FIRST, LAST)
    nights(board, date(2026, 2, 9), date(2026, 2, 18))
    assert about_leads() == []


def test_a_spike_and_the_days_after_it_open_nothing(board: Board) -> None:
    spike = leads(lambda day, mean: mean * 2.5 if BROKEN <= day < BROKEN + 4 * ONE_DAY else mean)
    board.figures("leads", spike, FIRST, LAST)
    nights(board, date(2026, 2, 11), date(2026, 2, 18))
    assert about_leads() == []


def test_late_figures_are_a_late_feed_and_no_fall(board: Board) -> None:
    board.figures("leads", leads(), FIRST, date(2026, 2, 9))
    nights(board, date(2026, 2, 10), date(2026, 2, 16))
    assert about_leads() == []
    assert Alert.objects.get().kind == "feed_late"


def test_while_figures_are_late_an_open_alert_stays(board: Board) -> None:
    board.figures("leads", broken(0.0), FIRST, date(2026, 2, 11))
    nights(board, date(2026, 2, 11), date(2026, 2, 17))
    assert about_leads() == [("expected_range", date(2026, 2, 11), None)]


def test_corrected_figures_open_no_second_alert(board: Board) -> None:
    board.figures("leads", broken(0.0, until=BROKEN), FIRST, LAST)
    nights(board, date(2026, 2, 11), date(2026, 2, 11))
    board.figures("leads", 1, BROKEN, BROKEN)
    nights(board, date(2026, 2, 12), date(2026, 2, 14))
    assert about_leads() == [("expected_range", date(2026, 2, 11), date(2026, 2, 13))]


def grain_of(board: Board, key: str) -> str:
    """The periods over which the shipped rule about golden KPIs looks at a metric."""
    board.night(date(2026, 2, 11), mail=False)
    rule = AlertRule.objects.get(shipped="golden")
    deliveries = Deliveries(board.workspace, today=date(2026, 2, 11))
    watched = [one for one in watched_by([rule], deliveries.metrics) if one.metric.key == key]
    found = read(board.workspace, watched, day=date(2026, 2, 11), deliveries=deliveries)
    return str(found.grains[watched[0].cause])


def test_few_events_are_looked_at_by_the_week(board: Board) -> None:
    board.figures("leads", lambda day: 6 if day.weekday() < 5 else 2, FIRST, LAST)
    assert grain_of(board, "leads") == "week"


def test_an_amount_of_few_sales_is_looked_at_by_the_week(board: Board) -> None:
    """A sale every other day or so: a day without one is no fall."""

    def sales(day: date) -> int:
        return 4000 if random.Random(day.toordinal()).random() < 0.45 else 0

    board.figures("revenue", sales, FIRST, LAST)
    assert grain_of(board, "revenue") == "week"
    nights(board, date(2026, 2, 12), date(2026, 2, 15))
    assert not Alert.objects.filter(metric__key="revenue").exists()


def test_an_amount_of_every_working_day_is_looked_at_by_the_day(board: Board) -> None:
    board.figures("revenue", lambda day: 4000 if day.weekday() < 5 else 0, FIRST, LAST)
    assert grain_of(board, "revenue") == "day"


def test_the_shipped_rules_can_be_switched_off_and_stay_off(board: Board) -> None:
    board.figures("leads", broken(0.0), FIRST, LAST)
    nights(board, date(2026, 2, 9), date(2026, 2, 9))
    for rule in AlertRule.objects.exclude(shipped=""):
        switch_rule(rule, on=False)
    nights(board, date(2026, 2, 10), date(2026, 2, 12))
    assert Alert.objects.count() == 0
    with pytest.raises(ValidationError):
        delete_rule(AlertRule.objects.get(shipped="golden"))


# Rules of people's own


def test_a_level_opens_and_closes(board: Board) -> None:
    board.figures("leads", leads(), FIRST, LAST)
    board.figures("leads", 20, BROKEN, BROKEN + ONE_DAY)
    rule = create_rule(
        board.workspace,
        user=None,
        wanted=wanted(board, "level", threshold=Decimal(50), grain="day", side="below"),
    )
    nights(board, date(2026, 2, 10), date(2026, 2, 15))
    alert = Alert.objects.get(rule=rule)
    assert (alert.opened_on, alert.closed_on) == (date(2026, 2, 11), date(2026, 2, 14))
    assert rule_sentence(rule) == "Leads: less than 50, in a day."


def test_what_has_to_be_said_is_asked_for(board: Board) -> None:
    with pytest.raises(ValidationError) as refused:
        create_rule(board.workspace, user=None, wanted=WantedRule(kind="level"))
    assert set(refused.value.message_dict) == {"metric", "threshold"}


def test_two_people_change_a_rule(board: Board) -> None:
    rule = create_rule(
        board.workspace, user=None, wanted=wanted(board, "level", threshold=Decimal(50))
    )
    changed = wanted(board, "level", threshold=Decimal(40))
    change_rule(rule, wanted=changed, version=1)
    with pytest.raises(RuleChangedError) as other:
        change_rule(rule, wanted=changed, version=1)
    assert other.value.current.threshold == 40


def test_a_rule_that_is_gone_lets_its_alert_close(board: Board) -> None:
    board.figures("leads", broken(0.0), FIRST, LAST)
    rule = create_rule(
        board.workspace,
        user=None,
        wanted=wanted(board, "level", threshold=Decimal(50), grain="day"),
    )
    nights(board, date(2026, 2, 11), date(2026, 2, 11))
    delete_rule(rule)
    nights(board, date(2026, 2, 12), date(2026, 2, 13))
    assert ("level", date(2026, 2, 11), date(2026, 2, 13)) in about_leads()


def test_roi_of_a_campaign_that_runs_is_silent(board: Board) -> None:
    campaign = Campaign.objects.create(
        workspace=board.workspace, name="Spring", key="spring", start=FIRST, end=date(2026, 6, 1)
    )
    rule = create_rule(
        board.workspace,
        user=None,
        wanted=WantedRule(
            kind="level",
            metric=board.metric("roi"),
            campaign=campaign,
            threshold=Decimal(1),
            side="below",
            grain="month",
        ),
    )
    for key, amount in (("revenue", 1), ("cost_media", 100)):
        rows = [
            board.book.row(
                key, f"2026-01-{day:02}", amount, feed=board.feed.pk, campaign=campaign.pk
            )
            for day in range(1, 32)
        ]
        board.write(rows)
    nights(board, date(2026, 2, 11), date(2026, 2, 12))
    assert not Alert.objects.filter(rule=rule).exists()


def test_a_budget_that_goes_too_fast(board: Board, erin: User) -> None:
    campaign = Campaign.objects.create(
        workspace=board.workspace,
        name="Spring",
        key="spring",
        start=date(2026, 2, 1),
        end=date(2026, 3, 2),
        budget=3000,
        owner=erin,
    )
    board.write(
        board.book.row(
            "cost_media", f"2026-02-{day:02}", 150, feed=board.feed.pk, campaign=campaign.pk
        )
        for day in range(1, 15)
    )
    nights(board, date(2026, 2, 15), date(2026, 2, 15))
    alert = Alert.objects.get(kind="budget")
    assert alert_text(alert).title == "Spring: the budget goes too fast"
    assert "€2,100.00 of €3,000.00 are spent (70%), with 47% of the time over." in (
        alert_text(alert).sentences
    )


def test_ten_times_the_rules_take_no_more_statements(board: Board) -> None:
    board.figures("leads", leads(), FIRST, LAST)
    nights(board, date(2026, 2, 10), date(2026, 2, 10))

    def statements(day: date) -> int:
        board.judge(day)
        from objectives.alerts import evaluate_alerts

        with CaptureQueriesContext(connection) as queries:
            evaluate_alerts(board.workspace, day=day, now=at(day), mail=False)
        return len(queries)

    def more_rules(count: int) -> None:
        for number in range(count):
            rule = wanted(board, "level", threshold=Decimal(-1 - number), grain="day")
            create_rule(board.workspace, user=None, wanted=rule)

    more_rules(3)
    few = statements(date(2026, 2, 11))
    more_rules(30)
    assert statements(date(2026, 2, 12)) <= few


# Replay


def test_a_replay_tells_what_a_night_would_have(board: Board) -> None:
    board.figures("leads", broken(0.0), FIRST, LAST)
    board.compute(LAST)
    rule = AlertRule(
        workspace=board.workspace, kind="level", metric=board.metric("leads"), threshold=Decimal(5),
        side="below", grain="day",
    )  # fmt: skip
    found = replay(board.workspace, rule, today=LAST)
    assert [(one.day, one.closed, one.value) for one in found.opened] == [
        (date(2026, 2, 11), date(2026, 2, 17), 0)
    ]
    assert (found.nights, found.a_year) == (365, 1)


def test_a_replay_without_figures_says_so(board: Board) -> None:
    rule = AlertRule(
        workspace=board.workspace, kind="level", metric=board.metric("leads"), threshold=Decimal(5)
    )
    found = replay(board.workspace, rule, today=LAST)
    assert (found.opened, found.nights, found.a_year) == ((), 0, None)


def test_the_command_creates_and_replays(board: Board) -> None:
    out = io.StringIO()
    call_command(
        "create_alert_rule",
        *("--workspace", "northwind", "--kind", "change", "--metric", "leads"),
        *("--threshold", "20%", "--grain", "week", "--json"),
        stdout=out,
    )
    told = json.loads(out.getvalue())
    assert AlertRule.objects.get(public_id=told["id"]).threshold == Decimal("0.2")
    assert told["replay"]["opened"] == []
    with pytest.raises(CommandError, match="no “nothing”"):
        call_command(
            "create_alert_rule",
            "--workspace",
            "northwind",
            "--kind",
            "level",
            "--metric",
            "nothing",
        )


# Life


def an_alert(board: Board) -> Alert:
    board.figures("leads", broken(0.3, until=LAST), FIRST, LAST)
    rule = wanted(board, "level", threshold=Decimal(100), grain="day", side="below")
    create_rule(board.workspace, user=None, wanted=rule)
    nights(board, date(2026, 2, 11), date(2026, 2, 11))
    return Alert.objects.get(kind="level")


def test_an_accepted_level_holds_until_its_day_and_lapses(board: Board, alice: User) -> None:
    alert, day = an_alert(board), date(2026, 2, 11)
    moment: dict[str, Any] = {"user": alice, "day": day, "now": at(day)}
    with pytest.raises(ValidationError) as refused:
        accept(alert, target=Decimal(120), reason="", until=day, **moment)
    assert set(refused.value.message_dict) == {"target", "reason", "until"}
    accept(alert, target=Decimal(10), reason="Fair", until=date(2026, 2, 13), **moment)
    nights(board, date(2026, 2, 12), date(2026, 2, 13))
    assert not Alert.objects.filter(kind="level", closed_on=None).exists()
    nights(board, date(2026, 2, 14), date(2026, 2, 14))
    assert Alert.objects.get(kind="level", closed_on=None).opened_on == date(2026, 2, 14)


def test_snoozed_until_it_worsens(board: Board, alice: User) -> None:
    alert, day = an_alert(board), date(2026, 2, 11)
    snooze(alert, until=None, until_worse=True, user=alice, day=day, now=at(day))
    nights(board, date(2026, 2, 12), date(2026, 2, 12))
    board.figures("leads", 1, date(2026, 2, 12), date(2026, 2, 12))
    alert.refresh_from_db()
    assert alert.snoozed_until is not None
    nights(board, date(2026, 2, 13), date(2026, 2, 13))
    alert = Alert.objects.get(pk=alert.pk)
    assert alert.snoozed_until is None
    assert list(alert.acts.values_list("kind", flat=True))[-1] == AlertAct.Kind.WOKEN


def test_a_false_alarm_counts_and_stays_closed(board: Board, alice: User) -> None:
    alert, day = an_alert(board), date(2026, 2, 11)
    false_alarm(alert, user=alice, day=day, now=at(day))
    nights(board, date(2026, 2, 12), date(2026, 2, 14))
    assert Alert.objects.filter(kind="level").count() == 1
    assert AlertRule.objects.get(kind="level").false_alarms == 1


def test_an_accepted_target_judges_an_objective(board: Board, alice: User) -> None:
    half_way = date(2026, 2, 15)
    board.figures("leads", 7)
    board.objective("leads", 900)
    board.night(half_way, mail=False)
    alert = Alert.objects.get(kind="objective_status")
    accept(
        alert, target=Decimal(640), reason="A smaller team", until=date(2026, 2, 17),
        user=alice, day=half_way, now=at(half_way),
    )  # fmt: skip
    for day in (date(2026, 2, 16), date(2026, 2, 17), date(2026, 2, 18)):
        board.figures("leads", 7, day - ONE_DAY, day - ONE_DAY)
        board.night(day, mail=False)
    opened = list(
        Alert.objects.filter(kind="objective_status")
        .order_by("pk")
        .values_list("opened_on", flat=True)
    )
    assert opened == [half_way, date(2026, 2, 18)]


def test_metrics_are_watched_that_golden_ones_are_made_of(board: Board) -> None:
    from objectives.watching import watched_by

    rule = AlertRule(workspace=board.workspace, kind="expected_range")
    metrics = {one.key: one for one in Metric.objects.filter(workspace=board.workspace)}
    keys = {one.metric.key for one in watched_by([rule], metrics)}
    assert {"leads", "sessions", "cpl"} <= keys
    assert "cost_agency" not in keys
