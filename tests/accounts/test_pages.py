"""The pages of people and workspace settings."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.members import change_role
from accounts.models import ApiToken, AuditEvent, Invitation, Membership, Role, User, Workspace
from accounts.scope import system_scope
from tests.accounts.test_invitations import invited, token_of
from tests.cast import PASSWORD, Cast, client_of


def url(name: str, *args: str) -> str:
    return reverse(name, args=["northwind", *args])


def text(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return page.content.decode()


def settings_data(**changes: str) -> dict[str, str]:
    return {
        "name": "Northwind",
        "currency": "EUR",
        "time_zone": "Europe/Paris",
        "language": "en",
        "week_start": "0",
        "fiscal_year_start": "1",
        "on_track_from": "0.90",
        "at_risk_from": "0.75",
        "version": "1",
    } | changes


# --- General ------------------------------------------------------------------------------------


def test_settings_are_saved(cast: Cast) -> None:
    page = client_of(cast.adam).post(url("settings"), settings_data(name="North", currency="GBP"))
    assert page.status_code == 302
    with system_scope():
        workspace = Workspace.objects.get(slug="northwind")
    assert (workspace.name, workspace.currency, workspace.version) == ("North", "GBP", 2)


def test_limits_in_the_wrong_order_are_refused(cast: Cast) -> None:
    page = client_of(cast.adam).post(url("settings"), settings_data(at_risk_from="0.95"))
    assert "The at-risk limit must be below the on-track limit." in page.content.decode()


def test_the_second_writer_sees_both(cast: Cast) -> None:
    client_of(cast.adam).post(url("settings"), settings_data(name="Adam's"))
    page = client_of(cast.alice).post(url("settings"), settings_data(name="Alice's"))
    assert page.status_code == 409
    assert "Adam&#x27;s" in page.content.decode()
    assert "Alice&#x27;s" in page.content.decode()


def test_a_viewer_reads_the_settings(cast: Cast) -> None:
    page = text(client_of(cast.vera), url("settings"))
    assert "Owners and admins change these settings." in page
    assert 'name="currency"' not in page


# --- Members and invitations --------------------------------------------------------------------


def test_the_page_of_members(cast: Cast) -> None:
    page = text(client_of(cast.alice), url("members"))
    for person in ("Alice", "Adam", "Erin", "Carl", "Vera"):
        assert f"{person} Example" in page
    assert "Bob Example" not in page


def test_a_role_is_changed(cast: Cast) -> None:
    with system_scope():
        vera = Membership.objects.get(user=cast.vera)
    client_of(cast.adam).post(url("member_role", vera.public_id), {"role": "editor"})
    with system_scope():
        assert Membership.objects.get(user=cast.vera).role == Role.EDITOR


def test_the_last_owner_is_told_why_they_stay(cast: Cast) -> None:
    page = client_of(cast.alice).post(url("leave"), follow=True)
    assert "Alice Example is the only owner of this workspace." in page.content.decode()


def test_a_viewer_leaves(cast: Cast) -> None:
    client = client_of(cast.vera)
    client.post(url("leave"))
    assert client.get(url("settings")).status_code == 404


def test_several_people_are_invited(cast: Cast) -> None:
    data = {"emails": "a@example.com\nb@example.com", "role": "viewer", "language": "fr"}
    client_of(cast.adam).post(url("invite"), data)
    with system_scope():
        assert Invitation.objects.filter(role="viewer", language="fr").count() == 2


def test_what_is_no_address_is_named(cast: Cast) -> None:
    data = {"emails": "a@example.com\nnot-one", "role": "viewer", "language": "en"}
    page = client_of(cast.adam).post(url("invite"), data)
    assert "not-one is not an e-mail address." in page.content.decode()
    with system_scope():
        assert not Invitation.objects.exists()


def test_an_admin_is_not_offered_to_invite_an_owner(cast: Cast) -> None:
    data = {"emails": "a@example.com", "role": "owner", "language": "en"}
    client_of(cast.adam).post(url("invite"), data)
    with system_scope():
        assert not Invitation.objects.exists()


# --- The link of an invitation --------------------------------------------------------------------


def live_invitation(cast: Cast, email: str) -> str:
    """A link that is good today."""
    invited(cast, email)
    with system_scope():
        Invitation.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    return reverse("accept_invitation", args=[token_of(email)])


def test_a_new_person_makes_an_account_and_joins(cast: Cast, client: Client) -> None:
    link = live_invitation(cast, "nora@example.com")
    assert "nora@example.com" in text(client, link)
    page = client.post(
        link,
        {
            "name": "Nora",
            "password": "a long enough sentence",
            "language": "fr",
            "time_zone": "Europe/Paris",
        },
    )
    assert page["Location"] == url("progress")
    assert client.get(url("notifications")).status_code == 200
    assert User.objects.get(email="nora@example.com").language == "fr"


def test_a_weak_password_does_not_join(cast: Cast, client: Client) -> None:
    link = live_invitation(cast, "nora@example.com")
    data = {"name": "N", "password": "short", "language": "fr", "time_zone": "UTC"}
    assert client.post(link, data).status_code == 200
    assert not User.objects.filter(email="nora@example.com").exists()


def test_somebody_with_an_account_signs_in_and_joins(cast: Cast) -> None:
    link = live_invitation(cast, cast.stranger.email)
    assert f"/login/?next={link}" in text(Client(), link)
    client = client_of(cast.stranger)
    assert client.post(link)["Location"] == url("progress")
    with system_scope():
        assert Membership.objects.get(user=cast.stranger).role == Role.EDITOR


def test_somebody_else_does_not_join(cast: Cast) -> None:
    link = live_invitation(cast, cast.stranger.email)
    page = client_of(cast.bob).post(link)
    assert "bob@example.com" in page.content.decode()
    with system_scope():
        assert not Membership.objects.filter(user=cast.stranger).exists()


def test_opening_a_link_does_not_use_it(cast: Cast) -> None:
    link = live_invitation(cast, cast.stranger.email)
    client_of(cast.stranger).get(link)
    with system_scope():
        assert Invitation.objects.get().accepted_at is None


def test_used_and_unknown_links_are_the_same_page(cast: Cast) -> None:
    link = live_invitation(cast, cast.stranger.email)
    client_of(cast.stranger).post(link)
    pages = [Client().get(each) for each in (link, "/invite/unknown/")]
    assert [page.status_code for page in pages] == [404, 404]
    assert all("This link is no longer available." in page.content.decode() for page in pages)


# --- Mails, tokens, the account -------------------------------------------------------------------


def test_a_member_chooses_their_mails(cast: Cast) -> None:
    data = {"alert_mail": "all", "digest_weekday": "4", "digest_hour": "16"}
    data |= {"quiet_from": "22", "quiet_until": "7", "alerts_a_day": "5"}
    client_of(cast.vera).post(url("notifications"), data)
    with system_scope():
        mine = Membership.objects.get(user=cast.vera)
    chosen = (mine.alert_mail, mine.digest_on, mine.digest_weekday, mine.digest_hour)
    assert chosen == ("all", False, 4, 16)
    assert (mine.quiet_from, mine.quiet_until, mine.alerts_a_day) == (22, 7, 5)


@pytest.mark.parametrize(
    "given", [{"quiet_from": "22"}, {"quiet_until": "7"}, {"quiet_from": "25", "quiet_until": "7"}]
)
def test_half_of_quiet_hours_is_refused(cast: Cast, given: dict[str, str]) -> None:
    data = {"alert_mail": "all", "digest_weekday": "4", "digest_hour": "16", "alerts_a_day": "5"}
    page = client_of(cast.vera).post(url("notifications"), data | given)
    assert set(page.context["form"].errors) & {"quiet_from", "quiet_until"}
    with system_scope():
        mine = Membership.objects.get(user=cast.vera)
    assert (mine.quiet_from, mine.quiet_until, mine.alerts_a_day) != (22, None, 5)
    assert mine.digest_hour != 16


def test_quiet_hours_can_be_none_again(cast: Cast) -> None:
    with system_scope():
        Membership.objects.filter(user=cast.vera).update(quiet_from=22, quiet_until=7)
    data = {"alert_mail": "all", "digest_weekday": "4", "digest_hour": "16", "alerts_a_day": "5"}
    client_of(cast.vera).post(url("notifications"), data | {"quiet_from": "", "quiet_until": ""})
    with system_scope():
        mine = Membership.objects.get(user=cast.vera)
    assert (mine.quiet_from, mine.quiet_until) == (None, None)


def test_a_token_is_shown_once(cast: Cast) -> None:
    client = client_of(cast.adam)
    page = client.post(url("tokens"), {"name": "script", "scope": "read"})
    found = re.search(r"kpi_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}", page.content.decode())
    assert found
    assert found[0] not in text(client, url("tokens"))
    assert "script" in text(client, url("tokens"))


def test_a_revoked_token_leaves_the_list(cast: Cast) -> None:
    client = client_of(cast.adam)
    client.post(url("tokens"), {"name": "script", "scope": "read"})
    with system_scope():
        token = ApiToken.objects.get()
    client.post(url("token_revoke", token.prefix))
    assert "No API tokens yet" in text(client, url("tokens"))
    with system_scope():
        noted = list(
            AuditEvent.objects.filter(action__startswith="token.").values_list("action", flat=True)
        )
    assert sorted(noted) == ["token.created", "token.revoked"]


def test_a_person_changes_their_account(cast: Cast) -> None:
    client = client_of(cast.vera)
    data = {"name": "Véra", "language": "fr", "time_zone": "America/Sao_Paulo"}
    assert client.post(reverse("me"), data).status_code == 302
    vera = User.objects.get(pk=cast.vera.pk)
    assert (vera.name, vera.language, vera.time_zone) == ("Véra", "fr", "America/Sao_Paulo")
    assert '<html lang="fr"' in text(client, reverse("me"))


def test_signing_out_everywhere_else(cast: Cast, client: Client) -> None:
    elsewhere = Client()
    for each in (client, elsewhere):
        each.post("/login/", {"login": cast.vera.email, "password": PASSWORD})
    client.post(reverse("sessions_end"))
    assert client.get(reverse("me")).status_code == 200
    assert elsewhere.get(reverse("me")).status_code == 302


def test_the_language_switch_is_remembered_by_the_account(cast: Cast) -> None:
    client = client_of(cast.vera)
    page = client.post("/language/", {"language": "fr", "next": url("settings")})
    assert page["Location"] == url("settings")
    assert User.objects.get(pk=cast.vera.pk).language == "fr"


def test_the_language_switch_leads_nowhere_else(cast: Cast, client: Client) -> None:
    page = client.post("/language/", {"language": "fr", "next": "https://evil.example/"})
    assert page["Location"] == "/"


def test_only_members_who_manage_see_those_tabs(cast: Cast) -> None:
    assert url("members") not in text(client_of(cast.erin), url("settings"))
    with system_scope():
        people = {each.user_id: each for each in Membership.objects.select_related("workspace")}
    change_role(people[cast.erin.pk], role=Role.ADMIN, by=people[cast.alice.pk], actor=cast.alice)
    assert url("members") in text(client_of(cast.erin), url("settings"))


def test_working_days_and_holidays_are_saved(cast: Cast) -> None:
    data: dict[str, Any] = settings_data(working_days_only="on", holiday_country="FR")
    page = client_of(cast.adam).post(url("settings"), data | {"working_weekdays": ["2", "1", "4"]})
    assert page.status_code == 302
    with system_scope():
        workspace = Workspace.objects.get(slug="northwind")
    assert (workspace.working_weekdays, workspace.holiday_country) == ("124", "FR")
    assert "checked" in text(client_of(cast.adam), url("settings"))


def test_working_days_need_a_day(cast: Cast) -> None:
    page = client_of(cast.adam).post(url("settings"), settings_data(working_days_only="on"))
    assert "Choose at least one day of the week." in page.content.decode()
