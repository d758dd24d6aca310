"""Metrics, their values and feeds: what the commands print, over HTTP."""

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from metrics.models import Feed
from metrics.setup import ledger_feed
from tests.api.conftest import Ask, errors
from tests.objectives.board import Board

VALUES = "metrics/leads/values/"
SPAN = {"from": "2026-01-01", "to": "2026-02-28"}


def printed(*args: str) -> Any:
    out = io.StringIO()
    call_command(*args, "--workspace", "northwind", "--json", stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


@pytest.fixture
def organic(board: Board) -> Board:
    channel = board.book.channel("organic").segment_id
    board.figures("leads", 3, channel=channel)
    board.figures("leads", 7, channel=board.book.channel("email").segment_id)
    board.judge()
    return board


def test_metrics_are_those_of_the_command(ask: Ask) -> None:
    answer = ask("metrics/").json()
    assert answer == {"next": None, "previous": None, "results": printed("list_metrics")}
    assert {one["key"] for one in answer["results"]} > {"sessions", "roas"}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"grain": "week"},
        {"by": "channel"},
        {"grain": "day", "by": "channel", "as_of": "2026-02-01"},
    ],
)
def test_values_are_those_of_the_command(ask: Ask, organic: Board, query: dict[str, str]) -> None:
    asked = {**SPAN, **query}
    options = [word for name, text in asked.items() for word in (f"--{name}", text)]
    answer = ask(VALUES, **asked).json()
    command = [word.replace("_", "-") for word in options]
    assert answer == printed("metric_values", "leads", *command)
    assert any(one["value"] is not None for one in answer["values"])


def test_numbers_are_decimal_strings_and_days_iso(ask: Ask, organic: Board) -> None:
    january = ask(VALUES, **SPAN).json()["values"][0]
    assert (january["period"], january["start"], january["value"]) == (
        "2026-01",
        "2026-01-01",
        "310",
    )


def test_segments_are_called_in_the_requests_language(ask: Ask, organic: Board) -> None:
    answer = ask(VALUES, language="fr", by="channel", **SPAN).json()
    labels = {one["segment"]["label"] for one in answer["values"]}
    assert "Recherche naturelle" in labels


def test_as_of_a_day_to_come_is_today(ask: Ask, organic: Board) -> None:
    assert ask(VALUES, as_of="2030-01-01", **SPAN).json() == ask(VALUES, **SPAN).json()


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({}, {"from", "to"}),
        ({**SPAN, "from": "1 January"}, {"from"}),
        ({**SPAN, "grain": "hour", "by": "colour"}, {"grain", "by"}),
        ({**SPAN, "to": "2025-12-31"}, {"to"}),
        ({**SPAN, "to": "9999-12-31"}, {"to"}),
        ({**SPAN, "as_of": "2026-02-30"}, {"as_of"}),
        ({"from": "1900-01-01", "to": "2199-12-31", "grain": "day"}, {"to"}),
    ],
)
def test_each_bad_parameter_has_its_sentence(
    ask: Ask, query: dict[str, str], fields: set[str]
) -> None:
    assert set(errors(ask(VALUES, **query))) == fields


def test_a_refusal_says_how_to_mend_it(ask: Ask) -> None:
    found = errors(ask(VALUES, **{**SPAN, "from": "1 January", "grain": "hour"}))
    assert found == {
        "from": "Write the day like 2026-03-08.",
        "grain": "“hour” is not known. Choose one of: day, week, month, quarter, year.",
    }


def test_the_longest_span_is_answered(ask: Ask) -> None:
    answer = ask(VALUES, **{"from": "1900-01-01", "to": "2199-12-31", "grain": "month"}).json()
    assert len(answer["values"]) == 3600


def test_an_unknown_metric_is_not_found(ask: Ask) -> None:
    response = ask("metrics/smiles/values/", **SPAN)
    assert response.status_code == 404
    assert response.json()["detail"] == "The workspace has no metric “smiles”."


def test_feeds_say_how_fresh_they_are(ask: Ask, organic: Board) -> None:
    Feed.objects.filter(pk=organic.feed.pk).update(last_data_day="2026-02-10")
    feeds = {one["name"]: one for one in ask("feeds/").json()["results"]}
    crm = feeds["CRM"]
    assert (crm["id"], crm["last_day"]) == (organic.feed.public_id, "2026-02-10")
    assert (crm["due"], crm["days_late"], crm["is_late"]) == ("2026-02-12", 3, True)
    assert feeds[ledger_feed(organic.workspace).name]["kind"] == "ledger"


def test_the_funnel_of_a_month(ask: Ask, organic: Board) -> None:
    answer = ask("funnel/", on="2026-01-15", steps="leads,mqls").json()
    assert (answer["period"], answer["partial"]) == ("2026-01", False)
    leads, mqls = answer["steps"]
    assert (leads["key"], leads["count"]["value"], leads["rate"]) == ("leads", "310", None)
    assert mqls["rate"] == {"value": None, "previous": None, "year_ago": None}


def test_the_funnel_of_a_channel(ask: Ask, organic: Board) -> None:
    answer = ask("funnel/", on="2026-01-15", channel="organic").json()
    assert answer["steps"][1]["count"]["value"] == "93"


@pytest.mark.parametrize(
    ("query", "field", "detail"),
    [
        ({"steps": "leads"}, "steps", "A funnel has from 2 to 8 steps. Choose as many."),
        ({"channel": "moon"}, "channel", "The workspace has no channel “moon”."),
        ({"on": "2198-01-01"}, "on", "No day of this period is over yet. Name an earlier one."),
    ],
)
def test_a_funnel_that_cannot_be(ask: Ask, query: dict[str, str], field: str, detail: str) -> None:
    assert errors(ask("funnel/", **query)) == {field: detail}
