"""Signing in and out, new passwords, the limits on both."""

import re

import pytest
from django.core import mail as django_mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.mail import send_due
from accounts.models import AuditEvent, OutgoingMail
from accounts.scope import system_scope
from tests.cast import PASSWORD, Cast, client_of

LOGIN = "/login/"


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> tuple[int, str]:
    """Status, and where it leads or what the page says."""
    page = client.post(LOGIN, {"login": email, "password": password, **more})
    return page.status_code, page.get("Location") or page.content.decode()


def actions() -> list[str]:
    with system_scope():
        return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_a_person_signs_in_and_out(cast: Cast, client: Client) -> None:
    assert sign_in(client, "Alice@Example.com") == (302, "/")
    key = str(client.session.session_key)
    assert client.get(reverse("me")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("me")).status_code == 302
    client.cookies["sessionid"] = key
    assert client.get(reverse("me")).status_code == 302
    assert actions() == ["account.signed_in", "account.signed_out"]


def test_the_session_changes_at_sign_in(cast: Cast, client: Client) -> None:
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    sign_in(client, cast.alice.email)
    assert client.session.session_key != before


def test_unknown_address_and_wrong_password_look_alike(cast: Cast) -> None:
    wrong = sign_in(Client(), cast.alice.email, "not the password")
    unknown = sign_in(Client(), "nobody@example.com", "not the password")
    assert wrong[0] == unknown[0] == 200
    for _status, page in (wrong, unknown):
        assert "The e-mail address or the password is not right." in page
    assert actions() == ["account.sign_in_failed"] * 2


def test_the_sixth_bad_try_is_refused(cast: Cast, client: Client) -> None:
    for _try in range(5):
        assert sign_in(client, cast.alice.email, "wrong")[0] == 200
    status, page = sign_in(client, cast.alice.email)
    assert status == 429
    assert "Too many tries. Try again in 5 minutes." in page
    assert sign_in(Client(), cast.erin.email)[0] == 302


def test_a_stranger_cannot_lock_somebody_out(cast: Cast) -> None:
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for _try in range(6):
        sign_in(stranger, cast.alice.email, "wrong")
    assert sign_in(Client(REMOTE_ADDR="198.51.100.7"), cast.alice.email)[0] == 302


def test_the_limit_holds_while_the_cache_is_away(
    cast: Cast, client: Client, settings: Settings
) -> None:
    away = {"LOCATION": "unix:///nowhere/valkey.sock?db=1"}
    settings.CACHES = {"default": settings.CACHES["default"] | away}
    for _try in range(5):
        assert sign_in(client, cast.alice.email, "wrong")[0] == 200
    assert sign_in(client, cast.alice.email)[0] == 429


@pytest.mark.parametrize(
    "evil", ["https://evil.example/", "//evil.example", "\\\\evil.example", "/\\evil.example"]
)
def test_next_leads_nowhere_else(cast: Cast, client: Client, evil: str) -> None:
    assert sign_in(client, cast.alice.email, next=evil) == (302, "/")


def test_next_leads_back_to_the_page(cast: Cast, client: Client) -> None:
    assert sign_in(client, cast.alice.email, next="/me/") == (302, "/me/")


def reset_link() -> str:
    """The path in the newest mail."""
    send_due(timezone.now())
    found = re.search(r"https?://[^/]+(/password/reset/key/\S+)", str(django_mail.outbox[-1].body))
    assert found
    return found[1]


def test_a_new_password_through_the_outbox_in_the_persons_language(
    cast: Cast, client: Client
) -> None:
    client.post(reverse("account_reset_password"), {"email": cast.bob.email})
    with system_scope():
        assert OutgoingMail.objects.get().kind == "account"
    page = client.get(reset_link(), follow=True)
    form = page.redirect_chain[-1][0]
    client.post(form, {"password1": "a quite different sentence"})
    assert sign_in(Client(), cast.bob.email, "a quite different sentence")[0] == 302
    assert sign_in(Client(), cast.bob.email)[0] == 200
    assert "account.password_reset" in actions()


def test_a_used_link_says_so(cast: Cast, client: Client) -> None:
    client.post(reverse("account_reset_password"), {"email": cast.alice.email})
    link = reset_link()
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "a quite different sentence"})
    assert "This link is no longer available." in Client().get(link, follow=True).content.decode()


def test_an_unknown_address_gets_the_same_page(cast: Cast) -> None:
    url = reverse("account_reset_password")
    known = Client().post(url, {"email": cast.alice.email})
    unknown = Client().post(url, {"email": "nobody@example.com"})
    assert known["Location"] == unknown["Location"]


def test_a_new_password_ends_the_other_sessions(cast: Cast) -> None:
    here, elsewhere = client_of(cast.alice), client_of(cast.alice)
    url = reverse("account_change_password")
    page = here.post(url, {"oldpassword": PASSWORD, "password1": "a quite different sentence"})
    assert page["Location"] == reverse("me")
    assert here.get(reverse("me")).status_code == 200
    assert elsewhere.get(reverse("me")).status_code == 302


@pytest.mark.parametrize("bad", ["short", "password1234", "alice@example.com"])
def test_a_weak_password_is_refused(cast: Cast, bad: str) -> None:
    page = client_of(cast.alice).post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": bad}
    )
    assert page.status_code == 200


def test_signing_up_is_closed(db: None, client: Client) -> None:
    page = client.post(reverse("account_signup"), {"email": "x@example.com", "password1": PASSWORD})
    assert "Accounts are by invitation" in page.content.decode()
