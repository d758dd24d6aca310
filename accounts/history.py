"""The history of a row: what each change made of it, from the events that triggers record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from pghistory.models import Event

from accounts import fmt
from accounts.models import User

UNSAID: Final = frozenset(
    {
        "id",
        "public_id",
        "version",
        "created_at",
        "updated_at",
        "entered_by",
        "key",
        "workspace",
        "shares",
    }
)
"""Columns whose changes say nothing to a reader."""
WORDS: Final[Mapping[str, str | Promise]] = {
    "insert": lazy("Added"),
    "update": lazy("Changed"),
    "delete": lazy("Deleted"),
}
MOST_EVENTS: Final = 200


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One column of one change: its name, what it was and what it became."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a row: when, by whom ("" for work in the background), what of it."""

    at: datetime
    who: str
    what: str
    fields: list[FieldChange]


def history_of(obj: models.Model) -> list[Change]:
    """The changes of a row, newest first; none for a model whose changes are not recorded."""
    recorded = getattr(obj, "events", None)
    if recorded is None:
        return []
    events = list(recorded.select_related("pgh_context").order_by("-pgh_id")[:MOST_EVENTS])
    names = people_of(events)
    earlier = [*events[1:], None]
    return [
        Change(
            at=event.pgh_created_at,
            who=names.get(actor_id(event), ""),
            what=str(WORDS.get(event.pgh_label, event.pgh_label)),
            fields=_differences(before, event),
        )
        for event, before in zip(events, earlier, strict=True)
    ]


def people_of(events: Iterable[Event]) -> dict[int | None, str]:
    """The names of the people who made these changes, by number."""
    ids = {number for event in events if (number := actor_id(event)) is not None}
    return {person.pk: str(person) for person in User.objects.filter(pk__in=ids)}


def actor_id(event: Event) -> int | None:
    """The number of the person who made a change; None for work in the background."""
    context: Any = getattr(event, "pgh_context", None)
    number = context.metadata.get("user") if context is not None else None
    return int(number) if number is not None else None


def _differences(before: Event | None, after: Event) -> list[FieldChange]:
    """What an event changed: for the first one and a deletion, all that was filled."""
    found = []
    for field in after._meta.concrete_fields:
        if field.name.startswith("pgh_") or field.name in UNSAID:
            continue
        new = "" if after.pgh_label == "delete" else _shown(after, field)
        old = _shown(before, field) if before is not None else ""
        if after.pgh_label == "delete" and not old:
            old = _shown(after, field)
        if old != new:
            found.append(FieldChange(str(field.verbose_name), old, new))
    return found


def _shown(event: Event, field: Any) -> str:
    """A column of an event as people read it."""
    value = getattr(event, field.attname)
    if value is None or value == "":
        return ""
    if field.is_relation:
        related = field.remote_field.model._default_manager.filter(pk=value).first()
        return str(related) if related is not None else _("deleted (%(id)s)") % {"id": value}
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return fmt.number(value, get_language() or "en", field.decimal_places)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return str(dict(field.flatchoices).get(value, value) if field.flatchoices else value)
