"""The API of alerts and their rules: what needs attention, what is done, what is watched."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from json import dumps, loads
from typing import Any, cast

from django.core.exceptions import ValidationError as Refused
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Right
from accounts.api import PROBLEMS, ChoiceField, PageQuery, WorkspaceApiView, list_of
from accounts.audit import record
from accounts.etags import IF_MATCH, check_match, etag
from accounts.idempotency import idempotent
from accounts.models import ApiToken, Membership, User
from metrics.serializers import DayField
from objectives import alert_life, alert_rules
from objectives.inbox import alert_json, in_folder, with_subjects
from objectives.models import Alert, AlertRule
from objectives.replay import replay
from objectives.replay_json import replay_json
from objectives.rule_request import rule_json, wanted_from
from objectives.serializers import AlertSerializer, AlertsQuery


@contextmanager
def _refusals() -> Iterator[None]:
    """What the writers refuse becomes a problem document with an entry per field."""
    try:
        yield
    except Refused as error:
        wrong = error.message_dict if hasattr(error, "error_dict") else {"detail": error.messages}
        raise ValidationError(wrong) from error


class AlertsView(WorkspaceApiView):
    """``alerts/``."""

    @extend_schema(
        operation_id="alerts",
        summary=gettext_lazy("What needs attention, the newest first."),
        tags=["alerts"],
        parameters=[AlertsQuery],
        responses={200: list_of("Alerts", AlertSerializer), **PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """One page of them."""
        query = AlertsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        return self.pages(self._alerts(query.validated_data.get("show")), alert_json)

    def _alerts(self, folder: str | None) -> QuerySet[Alert]:
        if folder is None:
            return with_subjects(Alert.objects.filter(workspace=self.workspace))
        user = cast(ApiToken, self.request.auth).user
        return with_subjects(in_folder(self.workspace, folder, self.today, user=user))


class OneAlertView(WorkspaceApiView):
    """A view of one alert."""

    write_right = Right.ENTER

    def alert(self, public_id: str) -> Alert:
        """The workspace's alert with this id. Raises NotFound."""
        found = with_subjects(Alert.objects.filter(workspace=self.workspace))
        alert = found.filter(public_id=public_id).first()
        if alert is None:
            raise NotFound(_("The workspace has no alert “%(id)s”.") % {"id": public_id})
        alert.workspace = self.workspace
        return alert

    def shown(self, alert: Alert, *, status: int = 200) -> Response:
        """The alert with its tag."""
        tag = {"ETag": etag(_named(alert))}
        return Response(_plain(alert_json(alert)), status=status, headers=tag)


def _plain(resource: dict[str, Any]) -> dict[str, Any]:
    """The resource as plain JSON, so that the answer of a named call can be kept."""
    plain: dict[str, Any] = loads(dumps(resource, cls=DjangoJSONEncoder))
    return plain


def _named(row: Alert | AlertRule) -> dict[str, Any]:
    """What a row's tag is made from: its words depend on the reader's language, it does not."""
    return {"id": row.public_id, "version": row.version}


class AlertView(OneAlertView):
    """``alerts/<id>/``."""

    @extend_schema(
        operation_id="alert",
        summary=gettext_lazy("One alert with its evidence."),
        tags=["alerts"],
        responses={200: AlertSerializer, **PROBLEMS},
    )
    def get(self, request: Request, slug: str, public_id: str) -> Response:
        """The alert."""
        return self.shown(self.alert(public_id))


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
            check_match(request, _named(alert))
        if alert.closed_on is not None and not self.of_closed:
            raise ValidationError({"detail": [_("This alert is closed already.")]})
        user = cast(ApiToken, request.auth).user
        moment = {"user": user, "day": self.today, "now": timezone.now()}
        with _refusals():
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


# Rules


class RuleCall(serializers.Serializer[Any]):
    """What a rule says; what its kind does not ask is left out of it."""

    kind = ChoiceField(AlertRule.Kind.values, required=False)
    metric = serializers.CharField(required=False, allow_null=True)
    channel = serializers.CharField(required=False, allow_null=True)
    device = serializers.CharField(required=False, allow_null=True)
    campaign = serializers.CharField(required=False, allow_null=True)
    objective = serializers.CharField(required=False, allow_null=True)
    feed = serializers.CharField(required=False, allow_null=True)
    grain = serializers.CharField(required=False)
    side = ChoiceField(AlertRule.Side.values, required=False)
    comparison = ChoiceField(AlertRule.Comparison.values, required=False)
    threshold = serializers.CharField(
        required=False,
        allow_null=True,
        help_text=gettext_lazy("A level in the metric's unit, a share like 0.2, days for feeds."),
    )
    statuses = serializers.ListField(child=serializers.CharField(), required=False)
    minimum_volume = serializers.IntegerField(required=False, min_value=0, max_value=1_000_000)
    severity = ChoiceField(AlertRule.Severity.values, required=False)
    told = ChoiceField(AlertRule.Told.values, required=False)
    is_on = serializers.BooleanField(required=False)


class RuleSerializer(RuleCall):
    """A rule with its sentence in the request's language."""

    id = serializers.CharField()
    sentence = serializers.CharField()
    is_shipped = serializers.BooleanField()
    false_alarms = serializers.IntegerField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class OpenedSerializer(serializers.Serializer[Any]):
    """An alert that the rule would have opened."""

    day = serializers.DateField()
    closed = serializers.DateField(allow_null=True)
    about = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    compared = serializers.CharField(allow_null=True)


class ReplaySerializer(serializers.Serializer[Any]):
    """What the past twelve months would have brought."""

    nights = serializers.IntegerField()
    a_year = serializers.IntegerField(allow_null=True)
    opened = OpenedSerializer(many=True)


class RulesViewBase(WorkspaceApiView):
    """What the views of rules share."""

    write_right = Right.WRITE

    def rules(self) -> QuerySet[AlertRule]:
        """The workspace's, with all that their sentences are made from."""
        return AlertRule.objects.filter(workspace=self.workspace).select_related(
            "workspace", "metric", "segment", "campaign", "objective", "feed"
        )

    def rule(self, public_id: str) -> AlertRule:
        """The rule with this id. Raises NotFound."""
        found = self.rules().filter(public_id=public_id).first()
        if found is None:
            raise NotFound(_("The workspace has no alert rule “%(id)s”.") % {"id": public_id})
        return found

    def shown(self, rule: AlertRule, *, status: int = 200) -> Response:
        """The rule with its tag."""
        tag = {"ETag": etag(_named(rule))}
        return Response(_plain(rule_json(rule)), status=status, headers=tag)

    def given(self, request: Request) -> dict[str, Any]:
        """What the call says, checked field by field."""
        call = RuleCall(data=request.data)
        call.is_valid(raise_exception=True)
        found: dict[str, Any] = call.validated_data
        return found


class AlertRulesView(RulesViewBase):
    """``alert-rules/``."""

    @extend_schema(
        operation_id="alert_rules",
        summary=gettext_lazy("The rules that open alerts, the newest first."),
        tags=["alerts"],
        parameters=[PageQuery],
        responses={200: list_of("AlertRules", RuleSerializer), **PROBLEMS},
    )
    def get(self, request: Request, slug: str) -> Response:
        """One page of them."""
        return self.pages(self.rules(), rule_json)

    @extend_schema(
        operation_id="alert_rule_create",
        summary=gettext_lazy("A new rule; the next night checks it."),
        tags=["alerts"],
        request=RuleCall,
        responses={201: RuleSerializer, **PROBLEMS},
    )
    @idempotent
    def post(self, request: Request, slug: str) -> Response:
        """The rule."""
        user = cast(ApiToken, request.auth).user
        with _refusals():
            wanted = wanted_from(self.workspace, self.given(request))
            rule = alert_rules.create_rule(self.workspace, user=user, wanted=wanted)
        record(user, "alert_rule.created", workspace=self.workspace, obj=rule)
        return self.shown(self.rule(rule.public_id), status=201)


class AlertRuleReplayView(RulesViewBase):
    """``alert-rules/replay/``."""

    @extend_schema(
        operation_id="alert_rule_replay",
        summary=gettext_lazy("What a rule would have opened in the past twelve months."),
        tags=["alerts"],
        request=RuleCall,
        responses={200: ReplaySerializer, **PROBLEMS},
    )
    def post(self, request: Request, slug: str) -> Response:
        """The replay; nothing is stored."""
        with _refusals():
            wanted = wanted_from(self.workspace, self.given(request))
            rule = alert_rules.unsaved(self.workspace, wanted)
        return Response(replay_json(replay(self.workspace, rule, today=self.today)))


class AlertRuleView(RulesViewBase):
    """``alert-rules/<id>/``."""

    @extend_schema(
        operation_id="alert_rule",
        summary=gettext_lazy("One rule."),
        tags=["alerts"],
        responses={200: RuleSerializer, **PROBLEMS},
    )
    def get(self, request: Request, slug: str, public_id: str) -> Response:
        """The rule."""
        return self.shown(self.rule(public_id))

    @extend_schema(
        operation_id="alert_rule_change",
        summary=gettext_lazy("Changes what is given of a rule."),
        tags=["alerts"],
        parameters=[IF_MATCH],
        request=RuleCall,
        responses={200: RuleSerializer, **PROBLEMS},
    )
    @idempotent
    def patch(self, request: Request, slug: str, public_id: str) -> Response:
        """The rule as it is now."""
        rule = self.rule(public_id)
        check_match(request, _named(rule))
        with _refusals():
            wanted = wanted_from(self.workspace, self.given(request), base=rule)
            alert_rules.change_rule(rule, wanted=wanted, version=rule.version)
        user = cast(ApiToken, request.auth).user
        record(user, "alert_rule.changed", workspace=self.workspace, obj=rule)
        return self.shown(self.rule(public_id))

    @extend_schema(
        operation_id="alert_rule_delete",
        summary=gettext_lazy("Takes a rule away; its alerts close by themselves."),
        tags=["alerts"],
        parameters=[IF_MATCH],
        responses={204: None, **PROBLEMS},
    )
    def delete(self, request: Request, slug: str, public_id: str) -> Response:
        """Nothing."""
        rule = self.rule(public_id)
        check_match(request, _named(rule))
        user = cast(ApiToken, request.auth).user
        record(user, "alert_rule.deleted", workspace=self.workspace, obj=rule)
        with _refusals():
            alert_rules.delete_rule(rule)
        return Response(status=204)
