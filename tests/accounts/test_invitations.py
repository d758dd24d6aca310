"""Invitations: by mail, for one address, once, for 48 hours."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from accounts.invitations import (
    accept,
    accept_as_new,
    cancel,
    invite,
    open_invitation,
    resend,
    without_links,
)
from accounts.members import Refused
from accounts.models import Invitation, Membership, OutgoingMail, Role
from accounts.scope import system_scope
from accounts.sealing import unseal
from tests.cast import Cast

NOW = datetime(2026, 3, 9, 6, 0, tzinfo=UTC)


def invited(cast: Cast, email: str = "new@example.com", role: str = Role.EDITOR) -> str:
    """Invites, and returns the token in the mail."""
    with system_scope():
        by = Membership.objects.get(user=cast.adam)
    invite(
        cast.northwind,
        emails=[email],
        role=role,
        language="fr",
        by=by,
        actor=cast.adam,
        now=NOW,
    )
    return token_of(email)


def token_of(email: str) -> str:
    """The token in the newest mail to this address."""
    with system_scope():
        mail = OutgoingMail.objects.filter(to=email).latest("pk")
    found = re.search(r"/invite/([^/]+)/", unseal(mail.text))
    assert found
    return found[1]


def test_an_invitation_is_mailed_and_only_its_hash_kept(cast: Cast) -> None:
    token = invited(cast)
    found = open_invitation(token, now=NOW)
    assert found is not None
    assert (found.email, found.role, found.language) == ("new@example.com", "editor", "fr")
    with system_scope():
        row = Invitation.objects.values().get()
        mail = OutgoingMail.objects.values().get()
    assert token not in str(row) + str(mail)


def test_a_new_person_joins(cast: Cast) -> None:
    found = open_invitation(invited(cast), now=NOW)
    assert found is not None
    user = accept_as_new(
        found,
        name="Nora",
        password="a long enough sentence",
        language="fr",
        time_zone="Europe/Paris",
        actor=None,
        now=NOW,
    )
    with system_scope():
        assert Membership.objects.get(user=user).role == Role.EDITOR


def test_a_link_works_once(cast: Cast) -> None:
    token = invited(cast, cast.stranger.email)
    found = open_invitation(token, now=NOW)
    assert found is not None
    accept(found, user=cast.stranger, actor=cast.stranger, now=NOW)
    assert open_invitation(token, now=NOW) is None
    with pytest.raises(Refused):
        accept(found, user=cast.stranger, actor=cast.stranger, now=NOW)


def test_a_link_is_for_its_address_alone(cast: Cast) -> None:
    found = open_invitation(invited(cast), now=NOW)
    assert found is not None
    with pytest.raises(Refused):
        accept(found, user=cast.stranger, actor=cast.stranger, now=NOW)


def test_a_link_expires(cast: Cast) -> None:
    token = invited(cast)
    assert open_invitation(token, now=NOW + timedelta(hours=47, minutes=59)) is not None
    assert open_invitation(token, now=NOW + timedelta(hours=48)) is None


def test_a_cancelled_link_is_dead(cast: Cast) -> None:
    token = invited(cast)
    found = open_invitation(token, now=NOW)
    assert found is not None
    cancel(found, actor=cast.adam, now=NOW)
    assert open_invitation(token, now=NOW) is None


def test_sending_again_replaces_the_link(cast: Cast) -> None:
    old = invited(cast)
    found = open_invitation(old, now=NOW)
    assert found is not None
    with system_scope():
        by = Membership.objects.get(user=cast.alice)
    resend(found, by=by, actor=cast.alice, now=NOW + timedelta(days=3))
    assert open_invitation(old, now=NOW) is None
    new = open_invitation(token_of("new@example.com"), now=NOW + timedelta(days=4))
    assert new is not None


def test_inviting_twice_keeps_one_invitation(cast: Cast) -> None:
    invited(cast)
    invited(cast, role=Role.VIEWER)
    with system_scope():
        assert Invitation.objects.get().role == Role.VIEWER


def test_a_member_is_not_invited_again(cast: Cast) -> None:
    with system_scope():
        by = Membership.objects.get(user=cast.adam)
    result = invite(
        cast.northwind,
        emails=["Vera@Example.com"],
        role=Role.EDITOR,
        language="en",
        by=by,
        actor=cast.adam,
        now=NOW,
    )
    assert (result.sent, result.already_members) == ([], ["vera@example.com"])


def test_nobody_invites_above_their_own_role(cast: Cast) -> None:
    with pytest.raises(Refused, match="up to your own role"):
        invited(cast, role=Role.OWNER)


def test_a_name_in_an_invitation_is_no_link() -> None:
    assert without_links("Win at https://evil.example/x\r\nnow") == "Win at evil. example/x now"
    assert len(without_links("x" * 500)) == 60
