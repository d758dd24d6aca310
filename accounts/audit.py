"""The audit trail's one writer: who did what to what, and from where."""

import json
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.http import HttpRequest

from accounts.addresses import client_ip
from accounts.models import AuditEvent, User, Workspace
from accounts.scope import system_scope

SIGN_IN_FAILED = "account.sign_in_failed"
Actor = HttpRequest | User | None
Values = dict[str, Any] | None


def record(
    actor: Actor,
    action: str,
    *,
    workspace: Workspace | None = None,
    obj: models.Model | None = None,
    before: Values = None,
    after: Values = None,
) -> AuditEvent:
    """Appends one event. ``actor`` is the request, or the person where there is none.

    ``action`` is ``noun.verb``, like ``member.removed``. Secrets never go into ``before`` and
    ``after``.
    """
    request = actor if isinstance(actor, HttpRequest) else None
    person = _person(actor)
    with system_scope():
        return AuditEvent.objects.create(
            workspace=workspace,
            actor=person,
            actor_name=str(person or ""),
            action=action,
            object_type=obj._meta.model_name or "" if obj is not None else "",
            object_id=str(getattr(obj, "public_id", obj.pk)) if obj is not None else "",
            object_name=str(obj)[:254] if obj is not None else "",
            before=_plain(before),
            after=_plain(after),
            ip=client_ip(request) if request is not None else None,
            request_id=getattr(request, "request_id", ""),
        )


def failed_sign_ins(ip: str, *, since: datetime) -> int:
    """How many tries to sign in failed from this address since then."""
    with system_scope():
        return AuditEvent.objects.filter(
            workspace=None, action=SIGN_IN_FAILED, ip=ip, at__gt=since
        ).count()


def _person(actor: Actor) -> User | None:
    candidate = actor.user if isinstance(actor, HttpRequest) else actor
    return candidate if isinstance(candidate, User) else None


def _plain(values: Values) -> Values:
    """Decimals and dates as JSON has them."""
    if values is None:
        return None
    plain: dict[str, Any] = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
    return plain
