"""The landing page, new workspaces, reports of the browser policy, error pages, commands."""

import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, OutgoingMail, Role, User, Workspace
from accounts.scope import system_scope
from kpitracker.views import server_error
from metrics.models import Metric
from tests.cast import Cast, client_of, join

NEW = {
    "name": "Café Zürich",
    "currency": "CHF",
    "time_zone": "Europe/Zurich",
    "language": "fr",
    "week_start": "0",
    "fiscal_year_start": "7",
}


def test_one_workspace_opens_at_once(cast: Cast) -> None:
    assert client_of(cast.bob).get("/")["Location"] == "/w/acme/"


def test_the_workspace_visited_last_opens(cast: Cast) -> None:
    with system_scope():
        join(cast.bob, cast.northwind, Role.VIEWER)
        Membership.objects.filter(user=cast.bob, workspace=cast.acme).update(
            last_seen_at=timezone.now() - timedelta(days=1)
        )
    client = client_of(cast.bob)
    assert client.get("/")["Location"] == "/w/acme/"
    client.get(reverse("settings", args=["northwind"]))
    assert client.get("/")["Location"] == "/w/northwind/"


def test_all_workspaces_can_be_listed(cast: Cast) -> None:
    page = client_of(cast.bob).get("/?all=1").content.decode()
    assert "Acmé" in page
    assert "Northwind" not in page


def test_the_menu_offers_the_workspaces_visited_last(cast: Cast) -> None:
    now = timezone.now()
    with system_scope():
        for number in range(25):
            workspace = Workspace.objects.create(name=f"Client {number:02}", slug=f"c-{number:02}")
            join(cast.bob, workspace, Role.VIEWER)
            Membership.objects.filter(user=cast.bob, workspace=workspace).update(
                last_seen_at=now - timedelta(hours=number) if number % 2 else None
            )
    page = client_of(cast.bob).get(reverse("settings", args=["acme"])).content.decode()
    offered = re.findall(r'href="/w/(c-\d\d)/"', page)
    assert len(offered) == 19
    assert {f"c-{number:02}" for number in range(1, 25, 2)} < set(offered)
    assert offered == sorted(offered)
    assert re.search(r'href="/w/acme/" aria-current="true"', page)
    assert 'href="/?all=1"' in page


def test_nobody_elses_workspace_is_offered(cast: Cast) -> None:
    page = client_of(cast.stranger).get("/").content.decode()
    assert "You are not in a workspace yet" in page
    assert "Northwind" not in page


def test_a_new_workspace_has_the_catalogue(cast: Cast) -> None:
    page = client_of(cast.stranger).post(reverse("create_workspace"), NEW)
    assert page["Location"] == "/w/cafe-zurich/"
    with system_scope():
        workspace = Workspace.objects.get(slug="cafe-zurich")
        assert Metric.objects.filter(workspace=workspace).exists()
        assert Membership.objects.get(workspace=workspace).user == cast.stranger
    assert (workspace.currency, workspace.fiscal_year_start) == ("CHF", 7)


@pytest.mark.parametrize("wrong", [{"name": " "}, {"currency": "XXX"}, {"time_zone": "Mars"}])
def test_a_workspace_that_does_not_fit_is_not_made(cast: Cast, wrong: dict[str, str]) -> None:
    page = client_of(cast.stranger).post(reverse("create_workspace"), NEW | wrong)
    assert page.status_code == 200
    with system_scope():
        assert Workspace.objects.count() == 2


def test_a_policy_report_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    report = {"csp-report": {"blocked-uri": "inline", "document-uri": "/w/x/"}}
    page = client.post("/csp-report/", json.dumps(report), content_type="application/csp-report")
    assert page.status_code == 204
    assert "inline blocked on /w/x/" in caplog.text


@pytest.mark.parametrize(("body", "status"), [("nonsense", 400), ("[1]", 204), ("x" * 20_000, 413)])
def test_what_is_no_report_is_dropped(client: Client, body: str, status: int) -> None:
    page = client.post("/csp-report/", body, content_type="application/csp-report")
    assert page.status_code == status


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_page_that_is_not_there(db: None, client: Client, language: str) -> None:
    page = client.get("/nowhere/", headers={"Accept-Language": language, "X-Request-ID": "f" * 9})
    assert page.status_code == 404
    assert f'lang="{language}"' in page.content.decode()
    assert "fffffffff" in page.content.decode()


def test_a_broken_page_needs_no_database(rf: RequestFactory) -> None:
    page = server_error(rf.get("/"))
    assert page.status_code == 500
    assert "Something broke on our side" in page.content.decode()


def run(*args: str, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command(*args, as_json=True, stdout=out, stderr=io.StringIO(), **options)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_the_command_opens_a_workspace_and_mails_its_owner(cast: Cast) -> None:
    made = run("create_workspace", "contoso", owner="Olga@Example.com", name="Contoso")
    assert (made["slug"], made["owner"], made["password_mail"]) == (
        "contoso",
        "olga@example.com",
        True,
    )
    with system_scope():
        assert OutgoingMail.objects.get(to="olga@example.com").kind == "account"
        assert Metric.objects.filter(workspace__slug="contoso").exists()


def test_the_command_takes_a_password(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough sentence\n"))
    run("create_workspace", "contoso", owner="olga@example.com", password_stdin=True)
    assert User.objects.get(email="olga@example.com").check_password("a long enough sentence")


@pytest.mark.parametrize(
    ("slug", "options", "reason"),
    [
        ("northwind", {}, "already"),
        ("Bad Slug", {}, "slug"),
        ("fine", {"currency": "euros"}, "three-letter"),
        ("fine", {"timezone": "Mars"}, "not a time zone"),
    ],
)
def test_the_command_refuses_with_the_reason(
    cast: Cast, slug: str, options: dict[str, str], reason: str
) -> None:
    with pytest.raises(CommandError, match=reason):
        run("create_workspace", slug, owner="olga@example.com", **options)
    assert not User.objects.filter(email="olga@example.com").exists()


def test_the_command_makes_a_token_that_works(cast: Cast) -> None:
    made = run("create_token", workspace="northwind", user=cast.erin.email, scope="write", name="x")
    assert made["token"].startswith(f"kpi_{made['prefix']}_")


def test_a_viewer_gets_no_writing_token(cast: Cast) -> None:
    with pytest.raises(CommandError, match="may only read"):
        run("create_token", workspace="northwind", user=cast.vera.email, scope="write", name="x")
    with pytest.raises(CommandError, match="not a member"):
        run("create_token", workspace="northwind", user=cast.bob.email, scope="read", name="x")
