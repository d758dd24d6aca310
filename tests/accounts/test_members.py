"""Members: who may change whom, and that somebody always owns the workspace."""

import pytest

from accounts.members import Refused, change_role, choose_mails, remove, roles_up_to
from accounts.models import ApiToken, AuditEvent, Membership, Role, User, Workspace
from accounts.scope import system_scope
from accounts.tokens import create_token
from tests.cast import Cast


def member(user: User, workspace: Workspace) -> Membership:
    with system_scope():
        return Membership.objects.select_related("user", "workspace").get(
            user=user, workspace=workspace
        )


def change(cast: Cast, target: User, role: str, *, by: User) -> Membership:
    northwind = cast.northwind
    return change_role(member(target, northwind), role=role, by=member(by, northwind), actor=by)


def test_an_admin_changes_a_role(cast: Cast) -> None:
    change(cast, cast.vera, Role.EDITOR, by=cast.adam)
    assert member(cast.vera, cast.northwind).role == Role.EDITOR
    with system_scope():
        event = AuditEvent.objects.get(action="member.role_changed")
    assert (event.actor, event.before, event.after) == (
        cast.adam,
        {"role": "viewer"},
        {"role": "editor"},
    )


def test_an_admin_makes_no_owner(cast: Cast) -> None:
    with pytest.raises(Refused, match="Only an owner"):
        change(cast, cast.vera, Role.OWNER, by=cast.adam)


def test_an_admin_does_not_touch_an_owner(cast: Cast) -> None:
    with pytest.raises(Refused, match="Only an owner"):
        change(cast, cast.alice, Role.VIEWER, by=cast.adam)


def test_the_only_owner_stays_owner(cast: Cast) -> None:
    with pytest.raises(Refused, match="Alice Example is the only owner"):
        change(cast, cast.alice, Role.ADMIN, by=cast.alice)
    mine = member(cast.alice, cast.northwind)
    with pytest.raises(Refused, match="only owner"):
        remove(mine, by=mine, actor=cast.alice)


def test_one_of_two_owners_may_leave(cast: Cast) -> None:
    change(cast, cast.adam, Role.OWNER, by=cast.alice)
    mine = member(cast.alice, cast.northwind)
    remove(mine, by=mine, actor=cast.alice)
    with system_scope():
        assert not Membership.objects.filter(user=cast.alice).exists()


def test_a_closed_account_does_not_count_as_an_owner(cast: Cast) -> None:
    change(cast, cast.adam, Role.OWNER, by=cast.alice)
    User.objects.filter(pk=cast.adam.pk).update(is_active=False)
    with pytest.raises(Refused, match="only owner"):
        change(cast, cast.alice, Role.ADMIN, by=cast.alice)


def test_removal_revokes_the_persons_tokens(cast: Cast) -> None:
    create_token(cast.northwind, user=cast.erin, name="script")
    remove(
        member(cast.erin, cast.northwind), by=member(cast.alice, cast.northwind), actor=cast.alice
    )
    with system_scope():
        assert not ApiToken.objects.filter(user=cast.erin, revoked_at=None).exists()


def test_roles_go_up_to_ones_own() -> None:
    assert roles_up_to(Role.ADMIN) == ["viewer", "contributor", "editor", "admin"]
    assert roles_up_to(Role.EDITOR) == []


def test_what_is_not_chosen_stays(cast: Cast) -> None:
    chosen = choose_mails(member(cast.erin, cast.northwind), digest_on=False)
    assert (chosen.digest_on, chosen.alert_mail) == (False, "mine")
