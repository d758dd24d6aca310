"""Mail preferences without signing in."""

import pytest
from django.test import Client

from accounts.models import Membership
from accounts.scope import system_scope
from accounts.unsubscribe import MailList, token_for, unsubscribe_headers
from tests.cast import Cast


def erins(cast: Cast) -> Membership:
    with system_scope():
        return Membership.objects.get(user=cast.erin)


def wanted(cast: Cast) -> tuple[bool, str]:
    member = erins(cast)
    return member.digest_on, member.alert_mail


def test_opening_the_link_changes_nothing(cast: Cast, client: Client) -> None:
    page = client.get(f"/u/{token_for(erins(cast), MailList.DIGEST)}/")
    assert page.status_code == 200
    assert wanted(cast) == (True, "mine")


def test_one_click_stops_the_digest_without_cookies(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.post(
        f"/u/{token_for(erins(cast), MailList.DIGEST)}/", {"List-Unsubscribe": "One-Click"}
    )
    assert page.status_code == 200
    assert wanted(cast) == (False, "mine")


@pytest.mark.parametrize(
    ("choice", "result"),
    [("stop", (True, "none")), ("stop_all", (False, "none")), ("again", (True, "mine"))],
)
def test_the_form_does_what_was_chosen(
    cast: Cast, client: Client, choice: str, result: tuple[bool, str]
) -> None:
    client.post(f"/u/{token_for(erins(cast), MailList.ALERTS)}/", {"choice": choice})
    assert wanted(cast) == result


def test_a_bad_token_looks_the_same_and_does_nothing(cast: Cast, client: Client) -> None:
    good = token_for(erins(cast), MailList.DIGEST)
    pages = [client.get(f"/u/{token}/") for token in (good, good[:-1] + "_", "x")]
    assert {page.status_code for page in pages} == {200}
    client.post(f"/u/{good[:-2]}xx/", {"List-Unsubscribe": "One-Click"})
    assert wanted(cast) == (True, "mine")


def test_the_headers_are_those_of_rfc_8058(cast: Cast) -> None:
    headers = unsubscribe_headers(erins(cast), MailList.DIGEST)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].startswith("<http")
    assert "/u/" in headers["List-Unsubscribe"]
