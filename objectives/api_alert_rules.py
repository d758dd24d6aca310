"""The API of alert rules: listed, tried on the past, written, changed, taken away."""

from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import Right
from accounts.api import (
    PROBLEMS,
    ChoiceField,
    PageQuery,
    WorkspaceApiView,
    list_of,
    refusals,
)
from accounts.audit import record
from accounts.etags import IF_MATCH, check_match, etag
from accounts.idempotency import idempotent
from accounts.models import ApiToken
from objectives import alert_rules
from objectives.api_alerts import named, plain_json
from objectives.models import AlertRule
from objectives.replay import replay
from objectives.replay_json import replay_json
from objectives.rule_request import rule_json, wanted_from


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
        tag = {"ETag": etag(named(rule))}
        return Response(plain_json(rule_json(rule)), status=status, headers=tag)

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
        with refusals():
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
        with refusals():
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
        check_match(request, named(rule))
        with refusals():
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
        check_match(request, named(rule))
        user = cast(ApiToken, request.auth).user
        record(user, "alert_rule.deleted", workspace=self.workspace, obj=rule)
        with refusals():
            alert_rules.delete_rule(rule)
        return Response(status=204)
