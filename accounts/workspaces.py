"""Workspaces: making one, changing its settings."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from accounts.audit import Actor, record
from accounts.models import Membership, Role, User, Workspace
from accounts.scope import system_scope, workspace_scope

SETTINGS: Final = (
    "name",
    "currency",
    "time_zone",
    "language",
    "week_start",
    "fiscal_year_start",
    "on_track_from",
    "at_risk_from",
    "working_days_only",
    "working_weekdays",
    "holiday_country",
    "days_to_lead",
    "days_to_mql",
    "days_to_sql",
    "days_to_customer",
)
_RESERVED: Final = frozenset({"new", "admin", "api", "static"})


class Conflict(Exception):
    """Somebody changed the row after the form was shown; ``current`` is the row as it is now."""

    def __init__(self, current: Workspace) -> None:
        super().__init__(str(current))
        self.current = current


def free_slug(name: str) -> str:
    """An address for a workspace of this name that no other has: ``acme``, else ``acme-2``…"""
    base = slugify(name)[:50].strip("-") or "workspace"
    with system_scope():
        taken = set(Workspace.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= _RESERVED
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def create_workspace(
    *,
    slug: str,
    name: str,
    currency: str,
    time_zone: str,
    language: str,
    owner: User,
    week_start: int = 0,
    fiscal_year_start: int = 1,
    is_demo: bool = False,
    by: Actor = None,
) -> Workspace:
    """A workspace and its owner's membership. Raises ValidationError when a value does not fit.

    It has no metrics yet: kpitracker.onboarding opens a workspace whole.
    """
    workspace = Workspace(
        slug=slug,
        name=name,
        currency=currency,
        time_zone=time_zone,
        language=language,
        week_start=week_start,
        fiscal_year_start=fiscal_year_start,
        is_demo=is_demo,
    )
    with system_scope():
        workspace.full_clean()
        workspace.save(force_insert=True)
        Membership.objects.create(workspace=workspace, user=owner, role=Role.OWNER)
        record(by or owner, "workspace.created", workspace=workspace, obj=workspace)
    return workspace


def change_settings(
    workspace: Workspace, *, version: int, values: dict[str, Any], by: Actor
) -> Workspace:
    """Changes the settings named in ``values``, if nobody did since ``version``.

    Raises Conflict with the row as it is otherwise, ValidationError when a value does not fit.
    """
    unknown = values.keys() - set(SETTINGS)
    if unknown:
        raise ValidationError(f"Not a setting of a workspace: {', '.join(sorted(unknown))}.")
    with workspace_scope(workspace.pk), transaction.atomic():
        current = Workspace.objects.select_for_update().get(pk=workspace.pk)
        if current.version != version:
            raise Conflict(current)
        before = {name: getattr(current, name) for name in values}
        changed = {name for name, value in values.items() if before[name] != value}
        if not changed:
            return current
        for name in changed:
            setattr(current, name, values[name])
        current.full_clean()
        current.version += 1
        current.save(update_fields=[*sorted(changed), "version"])
        record(
            by,
            "workspace.changed",
            workspace=current,
            obj=current,
            before={name: before[name] for name in sorted(changed)},
            after={name: values[name] for name in sorted(changed)},
        )
    return current
