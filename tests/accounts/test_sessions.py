"""Sessions and the people in them, as every page finds them."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.sessions import SessionStore
from tests.cast import Cast, client_of

pytestmark = pytest.mark.django_db


def test_a_session_is_found_again() -> None:
    stored = SessionStore()
    stored["seen"] = ["a", 1]
    stored.save()
    again = SessionStore(stored.session_key)
    assert again["seen"] == ["a", 1]
    assert again.session_key == stored.session_key


def test_an_unknown_session_is_empty_and_gets_another_key() -> None:
    unknown = SessionStore("0" * 32)
    assert list(unknown.keys()) == []
    assert unknown.session_key is None


def test_an_expired_session_is_none() -> None:
    stored = SessionStore()
    stored["seen"] = 1
    stored.save()
    ended = timezone.now() - timedelta(seconds=1)
    Session.objects.filter(pk=stored.session_key).update(expire_date=ended)
    assert list(SessionStore(stored.session_key).keys()) == []


def test_a_person_is_out_as_soon_as_they_are_not_active(cast: Cast) -> None:
    client = client_of(cast.alice)
    assert client.get(reverse("me")).status_code == 200
    cast.alice.is_active = False
    cast.alice.save(update_fields=["is_active"])
    assert client.get(reverse("me")).status_code == 302


def test_a_person_who_is_gone_is_out(cast: Cast) -> None:
    client = client_of(cast.stranger)
    cast.stranger.delete()
    assert client.get(reverse("me")).status_code == 302


def test_a_changed_password_ends_the_session(cast: Cast) -> None:
    client: Client = client_of(cast.alice)
    cast.alice.set_password("another long password 9")
    cast.alice.save(update_fields=["password"])
    assert client.get(reverse("me")).status_code == 302
