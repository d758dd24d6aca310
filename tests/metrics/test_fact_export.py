"""Values taken out and brought back: the same facts, whatever the file."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Workspace
from accounts.scope import workspace_scope
from accounts.spreadsheets import Format
from metrics import fact_export
from metrics.facts import undo_batch
from metrics.imports.importing import import_file
from metrics.imports.parsed import ImportOptions, Limits
from metrics.models import Batch, Fact, Feed
from metrics.sending import SentFact, send_facts
from tests.cast import Cast, client_of
from tests.objectives.board import at

TODAY = date(2026, 2, 15)
SPAN = {"start": "2026-01-01", "end": "2026-02-28"}
SENT = (
    SentFact("leads", date(2026, 1, 5), date(2026, 1, 5), Decimal(12), channel="organic"),
    SentFact("leads", date(2026, 1, 5), date(2026, 1, 5), Decimal(3), channel="not_set"),
    SentFact("leads", date(2026, 1, 5), date(2026, 1, 5), Decimal(15)),
    SentFact("cost_tools", date(2026, 1, 1), date(2026, 1, 31), Decimal("1234.567")),
    SentFact("visitors", date(2026, 1, 1), date(2026, 1, 31), Decimal(901)),
    SentFact("followers", date(2026, 1, 31), date(2026, 1, 31), Decimal(1234)),
    SentFact("search_position", date(2026, 1, 9), date(2026, 1, 9), Decimal("7.125")),
    SentFact("ad_clicks", date(2026, 1, 9), date(2026, 1, 9), Decimal(8), campaign="Été; =1+1"),
    SentFact("ad_clicks", date(2026, 1, 10), date(2026, 1, 10), Decimal(8), campaign="=1+1"),
    SentFact("page_sessions", date(2026, 1, 9), date(2026, 1, 9), Decimal(5), asset="/fr/prix"),
    SentFact("mrr", date(2026, 1, 9), date(2026, 1, 9), Decimal(5), segment="SMB, FR"),
    SentFact("sessions", date(2026, 1, 9), date(2026, 1, 9), Decimal(0), device="tablet"),
)


@pytest.fixture
def feed(northwind: Workspace) -> Feed:
    with workspace_scope(northwind.pk):
        sent = send_facts(
            northwind, user=None, feed_name="Everything", rows=SENT, today=TODAY, now=at(TODAY)
        )
    return sent.feed


def take(client: Client, feed: Feed, **query: Any) -> Any:
    address = reverse("fact_export", args=["northwind"])
    return client.get(address, {"feed": feed.public_id, "how": "csv", **SPAN, **query})


def facts_of(feed: Feed) -> list[tuple[Any, ...]]:
    fields = [one.attname for one in Fact._meta.concrete_fields if one.attname != "batch_id"]
    return sorted(Fact.objects.filter(workspace=feed.workspace_id, feed=feed).values_list(*fields))


@pytest.mark.parametrize("how", list(Format))
def test_what_is_taken_out_comes_back_as_it_was(
    northwind: Workspace, feed: Feed, cast: Cast, how: Format
) -> None:
    response = take(client_of(cast.vera), feed, how=how)
    content, name = response.getvalue(), response.headers["Content-Disposition"].split('"')[1]
    with workspace_scope(northwind.pk):
        before = facts_of(feed)
        undo_batch(Batch.objects.get(feed=feed), user=None, now=at(TODAY))
        assert facts_of(feed) == []
        import_file(
            northwind,
            user=None,
            name=name,
            data=content,
            options=ImportOptions(),
            today=TODAY,
            now=at(TODAY),
            feed="Everything",
            limits=Limits(),
        )
        assert facts_of(feed) == before


def test_only_what_is_asked_for(feed: Feed, cast: Cast) -> None:
    client = client_of(cast.vera)
    text = take(client, feed, metrics="followers").getvalue().decode()
    assert text.splitlines()[1:] == ["2026-01-31,2026-01-31,followers,,,,,,1234"]
    empty = take(client, feed, start="2025-01-01", end="2025-12-31").getvalue().decode()
    assert len(empty.splitlines()) == 1


def test_days_in_the_wrong_order_are_said(feed: Feed, cast: Cast) -> None:
    response = take(client_of(cast.vera), feed, start="2026-02-01", end="2026-01-01")
    assert response.status_code == 422
    assert "The last day must not be before the first day." in response.content.decode()


def test_too_many_values_are_refused_with_a_way_out(
    feed: Feed, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fact_export, "MOST_FACTS", 5)
    response = take(client_of(cast.vera), feed)
    assert response.status_code == 422
    assert "Choose fewer days or metrics." in response.content.decode()


def test_another_workspaces_feed_is_none(feed: Feed, cast: Cast) -> None:
    address = reverse("fact_export", args=["acme"])
    response = client_of(cast.bob).get(address, {"feed": feed.public_id, "how": "csv", **SPAN})
    assert response.status_code == 422
