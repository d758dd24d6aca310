"""Members: roles, leaving, and the mails that each of them wants."""

from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import Right, allows
from accounts.audit import Actor, record
from accounts.models import ApiToken, Membership, Role, Workspace
from accounts.scope import workspace_scope

ROLES_UPWARDS: Final = (Role.VIEWER, Role.CONTRIBUTOR, Role.EDITOR, Role.ADMIN, Role.OWNER)


class Refused(Exception):
    """A change of members that is not allowed; the message is the sentence to show."""


def roles_up_to(role: str) -> list[Role]:
    """The roles that a member with this role may give: none above their own."""
    if not allows(role, Right.MANAGE):
        return []
    return list(ROLES_UPWARDS[: ROLES_UPWARDS.index(Role(role)) + 1])


def change_role(target: Membership, *, role: str, by: Membership, actor: Actor) -> Membership:
    """Gives a member another role. Raises Refused with the reason when that may not be."""
    with workspace_scope(target.workspace_id):
        current = _locked(target)
        _check_hierarchy(current, by)
        if role not in roles_up_to(by.role):
            raise Refused(_("Only an owner can make somebody an owner."))
        if current.role == Role.OWNER and role != Role.OWNER:
            _check_not_last_owner(current)
        before = current.role
        if before != role:
            current.role = role
            current.save(update_fields=["role"])
            record(
                actor,
                "member.role_changed",
                workspace=current.workspace,
                obj=current.user,
                before={"role": before},
                after={"role": role},
            )
    return current


def remove(target: Membership, *, by: Membership, actor: Actor) -> Membership:
    """Takes a person out of the workspace, their API tokens with them; oneself is leaving.

    Raises Refused with the reason when that may not be.
    """
    with workspace_scope(target.workspace_id):
        current = _locked(target)
        if current.pk != by.pk:
            _check_hierarchy(current, by)
        _check_not_last_owner(current)
        ApiToken.objects.filter(
            workspace=current.workspace, user=current.user, revoked_at=None
        ).update(revoked_at=timezone.now())
        record(
            actor,
            "member.left" if current.pk == by.pk else "member.removed",
            workspace=current.workspace,
            obj=current.user,
            before={"role": current.role},
        )
        current.delete()
    return target


def choose_mails(
    membership: Membership,
    *,
    alert_mail: str | None = None,
    digest_on: bool | None = None,
    digest_weekday: int | None = None,
    digest_hour: int | None = None,
    alerts_a_day: int | None = None,
    **quiet: int | None,
) -> Membership:
    """Which mails the member gets and when; what is None stays as it is.

    ``quiet_from`` and ``quiet_until`` are taken as given: None for no quiet hours.
    """
    wanted = {
        "alert_mail": alert_mail,
        "digest_on": digest_on,
        "digest_weekday": digest_weekday,
        "digest_hour": digest_hour,
        "alerts_a_day": alerts_a_day,
    }
    changes = {name: value for name, value in wanted.items() if value is not None} | quiet
    with workspace_scope(membership.workspace_id):
        for name, value in changes.items():
            setattr(membership, name, value)
        membership.save(update_fields=list(changes))
    return membership


def hide_first_steps(membership: Membership, *, hidden: bool = True) -> None:
    """Takes the checklist off this person's home page of the workspace, or puts it back."""
    Membership.objects.filter(workspace=membership.workspace_id, pk=membership.pk).update(
        first_steps_hidden=hidden
    )
    membership.first_steps_hidden = hidden


def may_manage(by: Membership, target: Membership) -> bool:
    """Whether one member may change another: owners are for owners alone."""
    if not allows(by.role, Right.MANAGE):
        return False
    return target.role != Role.OWNER or by.role == Role.OWNER


def _locked(target: Membership) -> Membership:
    """The membership as it is now, with the workspace locked: no two owners step down at once."""
    Workspace.objects.select_for_update().get(pk=target.workspace_id)
    found = (
        Membership.objects.select_related("user", "workspace")
        .filter(workspace=target.workspace_id, pk=target.pk)
        .first()
    )
    if found is None:
        raise Refused(_("This person is not a member any more."))
    return found


def _check_hierarchy(target: Membership, by: Membership) -> None:
    if not may_manage(by, target):
        raise Refused(_("Only an owner can change what another owner may do."))


def _check_not_last_owner(target: Membership) -> None:
    if target.role != Role.OWNER:
        return
    others = Membership.objects.filter(
        workspace=target.workspace_id, role=Role.OWNER, user__is_active=True
    ).exclude(pk=target.pk)
    if not others.exists():
        raise Refused(
            _("%(name)s is the only owner of this workspace. Make somebody else an owner first.")
            % {"name": target.user.get_full_name()}
        )
