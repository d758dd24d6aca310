"""Who gets in, and what they see there: their own workspaces by their role, nothing else."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Membership, Role, User, Workspace
from accounts.scope import system_scope, workspace_scope
from metrics.entries import save_entry
from metrics.models import Campaign, DimensionValue, Entry, Metric
from tests.admin.conftest import Enters, metric_id, sentences, typed
from tests.cast import Cast, client_of, join

TODAY = date(2026, 3, 9)


def an_entry(workspace: Workspace, note: str) -> Entry:
    with workspace_scope(workspace.pk):
        return save_entry(
            workspace,
            user=None,
            metric=Metric.objects.get(workspace=workspace, key="leads"),
            start=date(2026, 3, 2),
            end=date(2026, 3, 2),
            value=Decimal(7),
            today=TODAY,
            note=note,
        )


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:{name}", args=args)


def test_nobody_is_sent_to_the_products_own_sign_in(db: None) -> None:
    response = Client().get("/admin/", follow=True)
    assert response.redirect_chain[-1][0] == "/login/?next=%2Fadmin%2F"


def test_those_who_are_not_staff_are_refused(cast: Cast) -> None:
    for user in (cast.alice, cast.stranger):
        assert client_of(user).get("/admin/").status_code == 403
        assert client_of(user).get("/admin/login/").status_code == 403


def test_staff_that_only_look_on_are_refused(cast: Cast, enters: Enters) -> None:
    assert enters(cast.vera).get("/admin/").status_code == 403
    assert enters(cast.vera).get(page("metrics_entry_changelist")).status_code == 403


def test_staff_see_their_workspace_only(cast: Cast, enters: Enters) -> None:
    an_entry(cast.northwind, "ours")
    an_entry(cast.acme, "theirs")
    text = sentences(enters(cast.carl).get(page("metrics_entry_changelist")))
    assert "ours" in text
    assert "theirs" not in text
    assert "Acmé" not in text


def test_another_workspaces_row_is_not_found(cast: Cast, enters: Enters) -> None:
    theirs = an_entry(cast.acme, "theirs")
    client = enters(cast.alice)
    for name in ("change", "delete", "history"):
        address = page(f"metrics_entry_{name}", theirs.pk)
        assert client.get(address).status_code == 404
        assert client.post(address, {"post": "yes"}).status_code == 404
    with system_scope():
        assert Entry.objects.filter(pk=theirs.pk).exists()


def test_another_workspaces_row_is_not_offered(cast: Cast, enters: Enters) -> None:
    with workspace_scope(cast.acme.pk):
        Campaign.objects.create(workspace=cast.acme, name="Secret launch", key="secret launch")
    found = enters(cast.alice).get(
        page("autocomplete"),
        {"app_label": "metrics", "model_name": "entry", "field_name": "campaign", "term": ""},
    )
    assert found.json()["results"] == []


def test_another_workspaces_row_is_refused(cast: Cast, enters: Enters) -> None:
    with system_scope():
        join(cast.bob, cast.northwind, Role.CONTRIBUTOR)
        channel = DimensionValue.objects.get(workspace=cast.acme, dimension=1, key="email")
    both = enters(cast.bob)
    posted = typed(workspace="northwind") | {
        "workspace": cast.northwind.pk,
        "channel": channel.pk,
    }
    text = sentences(both.post(page("metrics_entry_add"), posted))
    assert "Northwind" in text
    assert "autre espace" in text or "another workspace" in text
    with system_scope():
        assert not Entry.objects.exists()


def test_a_superuser_sees_every_workspace(cast: Cast, root: Client) -> None:
    an_entry(cast.northwind, "ours")
    an_entry(cast.acme, "theirs")
    text = sentences(root.get(page("metrics_entry_changelist")))
    assert "ours" in text
    assert "theirs" in text


@pytest.mark.parametrize(
    ("person", "opened"),
    [("carl", {"entry"}), ("erin", {"entry", "campaign"}), ("adam", {"entry", "campaign", "role"})],
)
def test_a_role_opens_what_it_opens_on_the_pages(
    cast: Cast, enters: Enters, person: str, opened: set[str]
) -> None:
    client = enters(getattr(cast, person))
    addresses = {
        "entry": page("metrics_entry_add"),
        "campaign": page("metrics_campaign_add"),
        "role": page("accounts_membership_changelist"),
        "people": page("accounts_user_changelist"),
        "workspaces": page("accounts_workspace_changelist"),
    }
    for name, address in addresses.items():
        assert client.get(address).status_code == (200 if name in opened else 403), name


def test_a_role_given_up_is_gone_at_once(cast: Cast, enters: Enters) -> None:
    client = enters(cast.carl)
    assert client.get("/admin/").status_code == 200
    with system_scope():
        Membership.objects.filter(user=cast.carl).update(role=Role.VIEWER)
    assert client.get("/admin/").status_code == 403


def test_the_last_owner_stays(cast: Cast, enters: Enters) -> None:
    with system_scope():
        owner = Membership.objects.get(user=cast.alice)
    client = enters(cast.alice)
    text = sentences(
        client.post(page("accounts_membership_change", owner.pk), {"role": Role.VIEWER})
    )
    assert "only owner" in text
    client.post(page("accounts_membership_delete", owner.pk), {"post": "yes"})
    with system_scope():
        assert Membership.objects.get(pk=owner.pk).role == Role.OWNER


def test_a_changed_role_is_audited(cast: Cast, enters: Enters) -> None:
    with system_scope():
        member = Membership.objects.get(user=cast.vera)
    enters(cast.alice).post(page("accounts_membership_change", member.pk), {"role": Role.EDITOR})
    with system_scope():
        assert Membership.objects.get(pk=member.pk).role == Role.EDITOR
        assert AuditEvent.objects.filter(action="member.role_changed").exists()


def test_rights_given_to_an_account_are_audited(cast: Cast, root: Client) -> None:
    kept = {"email": cast.carl.email, "name": "Carl", "language": "en", "time_zone": "UTC"}
    root.post(
        page("accounts_user_change", cast.carl.pk), {**kept, "is_active": "on", "is_staff": "on"}
    )
    assert User.objects.get(pk=cast.carl.pk).is_staff
    with system_scope():
        event = AuditEvent.objects.get(action="account.changed")
    assert event.after is not None
    assert event.after["is_staff"] is True


def test_a_superuser_opens_a_workspace_whole(cast: Cast, root: Client) -> None:
    new = {"name": "Contoso", "slug": "contoso", "owner": cast.alice.pk}
    place = {"currency": "USD", "time_zone": "UTC", "language": "en"}
    response = root.post(page("accounts_workspace_add"), new | place)
    assert response.status_code == 302
    assert metric_id("leads", "contoso")
