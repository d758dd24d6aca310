"""What the API takes to write an objective, and how it is turned into what is wanted."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.api import ChoiceField
from accounts.models import Membership, Workspace
from metrics.models import Campaign, Dimension, DimensionValue, Metric
from metrics.models.fact import VALUE_DIGITS
from metrics.serializers import DayField
from objectives.milestones import milestones_of
from objectives.models import Objective
from objectives.models.objective import Kind, Over, Pace
from objectives.objectives import Wanted


class AskedMilestone(serializers.Serializer[Any]):
    """A value that the plan passes through at the end of a day."""

    day = DayField()
    value = serializers.DecimalField(**VALUE_DIGITS)


class ObjectiveCall(serializers.Serializer[Any]):
    """An objective by the names of ``create_objective``. A change sends what it changes."""

    statement = serializers.CharField(max_length=200)
    metric = serializers.CharField(max_length=60, required=False, allow_null=True)
    kind = ChoiceField(choices=Kind.values, required=False)
    over = ChoiceField(choices=Over.values, required=False)
    baseline = serializers.DecimalField(**VALUE_DIGITS, required=False, allow_null=True)
    target = serializers.DecimalField(**VALUE_DIGITS, required=False, allow_null=True)
    target_high = serializers.DecimalField(**VALUE_DIGITS, required=False, allow_null=True)
    stretch = serializers.DecimalField(**VALUE_DIGITS, required=False, allow_null=True)
    floor = serializers.DecimalField(**VALUE_DIGITS, required=False, allow_null=True)
    required_share = serializers.DecimalField(
        max_digits=5,
        decimal_places=4,
        required=False,
        min_value=Decimal("0.01"),
        max_value=Decimal(1),
    )
    start = DayField(required=False, allow_null=True)
    end = DayField(required=False, allow_null=True)
    milestones = AskedMilestone(many=True, required=False)
    channel = serializers.CharField(max_length=300, required=False, allow_null=True)
    device = serializers.CharField(max_length=300, required=False, allow_null=True)
    campaign = serializers.CharField(max_length=300, required=False, allow_null=True)
    owner = serializers.EmailField(
        required=False, allow_null=True, help_text=gettext_lazy("A member's address.")
    )
    parent = serializers.CharField(max_length=24, required=False, allow_null=True)  # type: ignore[assignment]
    goal = serializers.CharField(max_length=300, required=False, allow_blank=True)
    pace = ChoiceField(choices=Pace.values, required=False)
    hold = serializers.BooleanField(required=False)
    reason = serializers.CharField(
        max_length=300,
        required=False,
        help_text=gettext_lazy("Why what was agreed changes: needed once it has started."),
    )
    start_now = serializers.BooleanField(
        required=False, help_text=gettext_lazy("Start it at once, or keep nothing.")
    )


def wanted_of(
    workspace: Workspace, asked: Mapping[str, Any], stored: Objective | None = None
) -> Wanted:
    """What a call asks for, on top of what is stored. Raises ValidationError by field."""
    values = _stored(stored) if stored else {}
    problems: dict[str, list[str]] = {}
    for name, value in asked.items():
        if name in ("reason", "start_now"):
            continue
        if name == "milestones":
            values[name] = tuple((one["day"], one["value"]) for one in value)
        elif name in LOOKED_UP and value is not None:
            values[name] = LOOKED_UP[name](workspace, value)
            if values[name] is None:
                words = {"text": value}
                problems[name] = [_("The workspace has no “%(text)s” here.") % words]
        else:
            values[name] = value
    if problems:
        raise ValidationError(problems)
    return Wanted(**values)


def _stored(objective: Objective) -> dict[str, Any]:
    names = (*ObjectiveCall().fields,)
    kept = [name for name in names if name not in ("reason", "start_now", "milestones")]
    return {name: getattr(objective, name) for name in kept} | {
        "milestones": milestones_of(objective)
    }


def _metric(workspace: Workspace, key: str) -> Metric | None:
    return Metric.objects.filter(workspace=workspace, key=key).first()


def _value(dimension: Dimension) -> "Callable[[Workspace, str], DimensionValue | None]":
    def find(workspace: Workspace, key: str) -> DimensionValue | None:
        found = DimensionValue.objects.filter(workspace=workspace, dimension=dimension, key=key)
        return found.first()

    return find


def _campaign(workspace: Workspace, key: str) -> Campaign | None:
    return Campaign.objects.filter(workspace=workspace, key=key).first()


def _owner(workspace: Workspace, email: str) -> Any:
    members = Membership.objects.filter(workspace=workspace, user__email=email.lower())
    found = members.select_related("user").first()
    return found.user if found else None


def _parent(workspace: Workspace, public_id: str) -> Objective | None:
    return Objective.objects.listed(workspace).filter(public_id=public_id).first()


LOOKED_UP: Mapping[str, Callable[[Workspace, str], Any]] = {
    "metric": _metric,
    "channel": _value(Dimension.CHANNEL),
    "device": _value(Dimension.DEVICE),
    "campaign": _campaign,
    "owner": _owner,
    "parent": _parent,
}
