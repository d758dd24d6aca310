"""The API of what people do about an alert: one address for each act."""

from collections.abc import Callable
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

from accounts.api import PROBLEMS
from accounts.etags import IF_MATCH, check_match
from accounts.idempotency import idempotent
from accounts.models import ApiToken, Membership, User
from metrics.serializers import DayField
from objectives import alert_life
from objectives.api_alerts import OneAlertView, named, refusals
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


class _ActView(OneAlertView):
    """A change of one alert: ``If-Match`` is taken where it is given."""

    call: type[serializers.Serializer[Any]] = NoteCall
    of_closed = False

    def act(self, alert: Alert, given: dict[str, Any], moment: dict[str, Any]) -> None:
        """Does it."""
        raise NotImplementedError

    def _done(self, request: Request, public_id: str) -> Response:
        call = self.call(data=request.data or {})
        call.is_valid(raise_exception=True)
        alert = self.alert(public_id)
        if request.headers.get("If-Match"):
            check_match(request, named(alert))
        if alert.closed_on is not None and not self.of_closed:
            raise ValidationError({"detail": [_("This alert is closed already.")]})
        user = cast(ApiToken, request.auth).user
        moment = {"user": user, "day": self.today, "now": timezone.now()}
        with refusals():
            self.act(alert, call.validated_data, moment)
        return self.shown(self.alert(public_id))


def _described(name: str, summary: Any, call: Any) -> Callable[[Any], Any]:
    return extend_schema(
        operation_id=f"alert_{name}",
        summary=summary,
        tags=["alerts"],
        parameters=[IF_MATCH],
        request=call,
        responses={200: AlertSerializer, **PROBLEMS},
    )


class AlertAcknowledgeView(_ActView):
    """``alerts/<id>/acknowledge/``."""

    def act(self, alert: Alert, given: dict[str, Any], moment: dict[str, Any]) -> None:
        """Somebody takes care."""
        alert_life.acknowledge(alert, **moment)

    @_described("acknowledge", gettext_lazy("Says that somebody takes care of it."), NoteCall)
    @idempotent
    def post(self, request: Request, slug: str, public_id: str) -> Response:
        """The alert as it is now."""
        return self._done(request, public_id)


class AlertSnoozeView(_ActView):
    """``alerts/<id>/snooze/``."""

    call = SnoozeCall

    def act(self, alert: Alert, given: dict[str, Any], moment: dict[str, Any]) -> None:
        """Out of the way until a day or until worse; back for neither."""
        until = given.get("until")
        if until is not None and until <= self.today:
            raise Refused({"until": _("Choose a day after today.")})
        alert_life.snooze(alert, until=until, until_worse=given["until_worse"], **moment)

    @_described("snooze", gettext_lazy("Puts it out of the way for a while."), SnoozeCall)
    @idempotent
    def post(self, request: Request, slug: str, public_id: str) -> Response:
        """The alert as it is now."""
        return self._done(request, public_id)


class AlertResolveView(_ActView):
    """``alerts/<id>/resolve/``."""

    def act(self, alert: Alert, given: dict[str, Any], moment: dict[str, Any]) -> None:
        """Closed by a person."""
        alert_life.close(alert, reason=given["note"], **moment)

    @_described("resolve", gettext_lazy("Closes it, with a reason."), NoteCall)
    @idempotent
    def post(self, request: Request, slug: str, public_id: str) -> Response:
        """The alert as it is now."""
        return self._done(request, public_id)


class AlertAssignView(_ActView):
    """``alerts/<id>/assign/``."""

    call = AssignCall

    def act(self, alert: Alert, given: dict[str, Any], moment: dict[str, Any]) -> None:
        """To a member or to nobody."""
        alert_life.assign(alert, to=self._member(given["to"]), **moment)

    def _member(self, email: str | None) -> User | None:
        if email is None:
            return None
        members = Membership.objects.filter(workspace=self.workspace, user__is_active=True)
        found = members.filter(user__email=email.lower()).select_related("user").first()
        if found is None:
            raise Refused({"to": _("Choose a member of this workspace.")})
        return found.user

    @_described("assign", gettext_lazy("Gives it to a member."), AssignCall)
    @idempotent
    def post(self, request: Request, slug: str, public_id: str) -> Response:
        """The alert as it is now."""
        return self._done(request, public_id)


class AlertCommentView(_ActView):
    """``alerts/<id>/comment/``."""

    of_closed = True

    def act(self, alert: Alert, given: dict[str, Any], moment: dict[str, Any]) -> None:
        """A line of its history."""
        alert_life.comment(alert, text=given["note"], **moment)

    @_described("comment", gettext_lazy("Adds a comment."), NoteCall)
    @idempotent
    def post(self, request: Request, slug: str, public_id: str) -> Response:
        """The alert as it is now."""
        return self._done(request, public_id)


class AlertAcceptView(_ActView):
    """``alerts/<id>/accept/``."""

    call = AcceptCall
    of_closed = True

    def act(self, alert: Alert, given: dict[str, Any], moment: dict[str, Any]) -> None:
        """A weaker target until a day."""
        alert_life.accept(alert, **given, **moment)

    @_described("accept", gettext_lazy("Accepts a weaker value until a day."), AcceptCall)
    @idempotent
    def post(self, request: Request, slug: str, public_id: str) -> Response:
        """The alert as it is now."""
        return self._done(request, public_id)


class AlertFalseAlarmView(_ActView):
    """``alerts/<id>/false-alarm/``."""

    of_closed = True

    def act(self, alert: Alert, given: dict[str, Any], moment: dict[str, Any]) -> None:
        """There was nothing to it."""
        alert_life.false_alarm(alert, **moment)

    @_described("false_alarm", gettext_lazy("Says that there was nothing to it."), NoteCall)
    @idempotent
    def post(self, request: Request, slug: str, public_id: str) -> Response:
        """The alert as it is now."""
        return self._done(request, public_id)
