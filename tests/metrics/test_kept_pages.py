"""Pages of which parts are kept: nobody sees a part of another reader, language or workspace, and
what was changed shows on the next request."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User, Workspace
from accounts.scope import workspace_scope
from metrics import snapshots
from metrics.facts import write_facts
from metrics.feeds import create_feed
from metrics.models import Batch, Metric
from metrics.staging import FactRow
from tests.cast import Cast, client_of

NOW = datetime(2026, 3, 18, 9, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


def _give(workspace: Workspace, leads: int) -> None:
    """So many leads on every day of a hundred."""
    with workspace_scope(workspace.pk):
        feed = create_feed(workspace, name="GA4", rhythm="day")
        batch = Batch.objects.create(workspace=workspace, feed=feed, kind=Batch.Kind.FILE)
        metric = Metric.objects.get(workspace=workspace, key="leads").pk
        days = [TODAY - timedelta(days=n) for n in range(1, 101)]
        rows = [FactRow(metric, d, feed.pk, 0, 0, 0, 0, 0, d, Decimal(leads)) for d in days]
        write_facts(batch, rows=rows)
        snapshots.refresh(workspace, today=TODAY, now=NOW)


def _see(client: Client, workspace: Workspace, name: str = "metrics", key: str = "") -> str:
    args = [workspace.slug, key] if key else [workspace.slug]
    response = client.get(reverse(name, args=args) + ("?grain=month" if key else ""))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def filled(cast: Cast) -> Cast:
    _give(cast.northwind, 2)
    _give(cast.acme, 7)
    return cast


def test_each_reader_sees_their_own_name_role_and_workspaces(filled: Cast) -> None:
    for _time in range(2):
        alice = _see(client_of(filled.alice), filled.northwind)
        vera = _see(client_of(filled.vera), filled.northwind)
        bob = _see(client_of(filled.bob), filled.acme)
        assert "Alice Example</b><span>Owner" in alice
        assert "Vera Example</b><span>Viewer" in vera
        assert "Bob Example</b><span>Propriétaire" in bob
        assert "Alice" not in vera
        assert "Acmé" not in alice
        assert "Northwind" not in bob


def test_a_viewer_is_offered_nothing_that_an_owner_saw_before(filled: Cast) -> None:
    new = reverse("definition_new", args=[filled.northwind.slug])
    assert new in _see(client_of(filled.alice), filled.northwind)
    assert new not in _see(client_of(filled.vera), filled.northwind)


def test_the_same_values_speak_each_language(filled: Cast) -> None:
    client = client_of(filled.alice)
    shown = []
    for lang in ("en", "fr", "en", "fr"):
        client.cookies["django_language"] = lang
        shown.append(_see(client, filled.northwind, "metric", "leads"))
    assert ["February 2026" in one for one in shown] == [True, False, True, False]
    assert ["février 2026" in one for one in shown] == [False, True, False, True]


def test_each_browser_keeps_its_theme(filled: Cast) -> None:
    client = client_of(filled.alice)
    for theme in ("dark", "light", "dark"):
        client.cookies["theme"] = theme
        assert f' data-theme="{theme}">' in _see(client, filled.northwind)


def test_each_answer_has_its_own_token_and_nonce(filled: Cast) -> None:
    client, other = client_of(filled.alice), client_of(filled.vera)
    pages = [_see(one, filled.northwind) for one in (client, client, other)]
    for pattern in (r'nonce="([^"]+)"', r'csrfmiddlewaretoken" value="([^"]+)"'):
        found = [set(re.findall(pattern, page)) for page in pages]
        assert all(found)
        assert not found[0] & found[1]
        assert not found[0] & found[2]


def test_workspaces_with_other_figures_see_their_own(filled: Cast) -> None:
    for _time in range(2):
        northwind = _see(client_of(filled.alice), filled.northwind, "metric", "leads")
        acme = _see(client_of(filled.bob), filled.acme, "metric", "leads")
        assert ">56<" in northwind.replace("\n", "")  # 28 days of February
        assert ">196<" in acme
        assert ">196<" not in northwind
        assert f"/w/{filled.northwind.slug}/" not in acme


def test_what_is_renamed_or_corrected_shows_on_the_next_request(filled: Cast) -> None:
    client, workspace = client_of(filled.alice), filled.northwind
    assert "<b>Northwind</b>" in _see(client, workspace)
    User.objects.filter(pk=filled.alice.pk).update(name="Alice Newname")
    with workspace_scope(workspace.pk):
        Workspace.objects.filter(pk=workspace.pk).update(name="Northwind & Sons")
    assert "<b>Northwind &amp; Sons</b>" in _see(client, workspace)
    assert "Alice Newname" in _see(client, workspace)
    with workspace_scope(workspace.pk):
        Metric.objects.filter(workspace=workspace, key="sessions").update(is_hidden=True)
    _give(workspace, 3)
    assert ">84<" in _see(client, workspace, "metric", "leads")
    assert 'href="/w/northwind/metrics/sessions/"' not in _see(client, workspace)


def test_a_year_that_begins_in_april_is_named_so_beside_one_that_does_not(filled: Cast) -> None:
    with workspace_scope(filled.northwind.pk):
        Workspace.objects.filter(pk=filled.northwind.pk).update(fiscal_year_start=4)
    clients = (client_of(filled.alice), filled.northwind), (client_of(filled.bob), filled.acme)
    for _time in range(2):
        april, january = (
            client.get(reverse("metric", args=[one.slug, "leads"]) + "?grain=quarter")
            for client, one in clients
        )
        assert "Q4 FY" in april.content.decode()
        assert "FY" not in january.content.decode()
