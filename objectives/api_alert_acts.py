"""The API of what people do about an alert: one address for each act."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, cast

from django.core.exceptions import ValidationError as Refused
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import PROBLEMS, refusals
from accounts.etags import IF_MATCH, check_match
from accounts.idempotency import idempotent
from accounts.models import ApiToken, Membership, User, Workspace
from metrics.serializers import DayField
from objectives import alert_life
from objectives.api_alerts import OneAlertView, named
from objectives.models import Alert
from objectives.serializers import AlertSerializer


class SnoozeCall(serializers.Serializer[Any]):
    """Until when; neither wakes it."""

    until = DayField(required=False, allow_null=True)
    until_worse = serializers.BooleanField(required=False, default=False)


class NoteCall(serializers.Serializer[Any]):
    """A reason or a comment."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=1000, default="")


class AssignCall(serializers.Serializer[Any]):
    """To whom: a member's address; null for nobody."""

    to = serializers.EmailField(allow_null=True)


class AcceptCall(serializers.Serializer[Any]):
    """A weaker target or level, until when, and why."""

    target = serializers.DecimalField(max_digits=40, decimal_places=12)
    until = DayField()
    reason = serializers.CharField(max_length=300)


Moment = dict[str, Any]
"""Who acts, on which local day and when, as objectives/alert_life.py takes it."""
Act = Callable[[Alert, dict[str, Any], Moment], object]


def _view(
    name: str,
    summary: Any,
    act: Act,
    *,
    call: type[serializers.Serializer[Any]] = NoteCall,
    of_closed: bool = False,
) -> type[OneAlertView]:
    """The view of ``alerts/<id>/<name>/``: POST does the act and answers with the alert.

    ``If-Match`` is taken where it is given; a closed alert refuses what is not ``of_closed``.
    """

    class ActView(OneAlertView):
        """One act."""

        @extend_schema(
            operation_id=f"alert_{name}".replace("-", "_"),
            summary=summary,
            tags=["alerts"],
            parameters=[IF_MATCH],
            request=call,
            responses={200: AlertSerializer, **PROBLEMS},
        )
        @idempotent
        def post(self, request: Request, slug: str, public_id: str) -> Response:
            """The alert as it is now."""
            asked = call(data=request.data or {})
            asked.is_valid(raise_exception=True)
            alert = self.alert(public_id)
            if request.headers.get("If-Match"):
                check_match(request, named(alert))
            if alert.closed_on is not None and not of_closed:
                raise ValidationError({"detail": [_("This alert is closed already.")]})
            user = cast(ApiToken, request.auth).user
            moment = {"user": user, "day": self.today, "now": timezone.now()}
            with refusals():
                act(alert, asked.validated_data, moment)
            return self.shown(self.alert(public_id))

    return ActView


def _acknowledge(alert: Alert, given: dict[str, Any], moment: Moment) -> None:
    alert_life.acknowledge(alert, **moment)


def _snooze(alert: Alert, given: dict[str, Any], moment: Moment) -> None:
    """Out of the way until a day or until worse; back for neither."""
    until = given.get("until")
    if until is not None and until <= moment["day"]:
        raise Refused({"until": _("Choose a day after today.")})
    alert_life.snooze(alert, until=until, until_worse=given["until_worse"], **moment)


def _resolve(alert: Alert, given: dict[str, Any], moment: Moment) -> None:
    alert_life.close(alert, reason=given["note"], **moment)


def _assign(alert: Alert, given: dict[str, Any], moment: Moment) -> None:
    alert_life.assign(alert, to=_member(alert.workspace, given["to"]), **moment)


def _member(workspace: Workspace, email: str | None) -> User | None:
    if email is None:
        return None
    members = Membership.objects.filter(workspace=workspace, user__is_active=True)
    found = members.filter(user__email=email.lower()).select_related("user").first()
    if found is None:
        raise Refused({"to": _("Choose a member of this workspace.")})
    return found.user


def _comment(alert: Alert, given: dict[str, Any], moment: Moment) -> None:
    alert_life.comment(alert, text=given["note"], **moment)


def _accept(alert: Alert, given: dict[str, Any], moment: Moment) -> None:
    alert_life.accept(alert, **given, **moment)


def _false_alarm(alert: Alert, given: dict[str, Any], moment: Moment) -> None:
    alert_life.false_alarm(alert, **moment)


ACTS: Mapping[str, type[OneAlertView]] = MappingProxyType(
    {
        "acknowledge": _view(
            "acknowledge", gettext_lazy("Says that somebody takes care of it."), _acknowledge
        ),
        "snooze": _view(
            "snooze",
            gettext_lazy("Puts it out of the way for a while."),
            _snooze,
            call=SnoozeCall,
        ),
        "resolve": _view("resolve", gettext_lazy("Closes it, with a reason."), _resolve),
        "assign": _view("assign", gettext_lazy("Gives it to a member."), _assign, call=AssignCall),
        "comment": _view("comment", gettext_lazy("Adds a comment."), _comment, of_closed=True),
        "accept": _view(
            "accept",
            gettext_lazy("Accepts a weaker value until a day."),
            _accept,
            call=AcceptCall,
            of_closed=True,
        ),
        "false-alarm": _view(
            "false-alarm",
            gettext_lazy("Says that there was nothing to it."),
            _false_alarm,
            of_closed=True,
        ),
    }
)
"""Each act's view, by its name in the address."""
