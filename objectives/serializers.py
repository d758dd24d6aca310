"""What the API takes and gives for objectives and alerts: queries, and shapes for the schema."""

from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework import serializers

from accounts.api import ChoiceField, PageQuery
from metrics.serializers import DayField, NumberField
from objectives.inbox import FOLDERS
from objectives.models import Alert, State
from objectives.models.objective import Kind, Over, Pace
from objectives.models.result import TOLD_STATUSES


class AlertsQuery(PageQuery):
    """Which alerts."""

    show = ChoiceField(
        choices=FOLDERS, required=False, help_text=gettext_lazy("Of one folder; all by default.")
    )


class StatusQuery(serializers.Serializer[Any]):
    """Which day."""

    day = DayField(
        required=False,
        help_text=gettext_lazy("The result of that day or the latest before; today by default."),
    )


# --- Shapes for the schema ----------------------------------------------------------------------


class MilestoneSerializer(serializers.Serializer[Any]):
    """A value that the plan passes through at the end of a day."""

    day = serializers.DateField()
    value = NumberField()


class ObjectiveSerializer(serializers.Serializer[Any]):
    """What was agreed, by the names of ``create_objective``, and the state."""

    id = serializers.CharField()
    statement = serializers.CharField()
    metric = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField(Kind.values)
    over = serializers.ChoiceField(Over.values)
    channel = serializers.CharField(allow_null=True)
    device = serializers.CharField(allow_null=True)
    campaign = serializers.CharField(allow_null=True)
    baseline = NumberField(allow_null=True)
    target = NumberField(allow_null=True)
    target_high = NumberField(allow_null=True)
    stretch = NumberField(allow_null=True)
    floor = NumberField(allow_null=True)
    required_share = NumberField()
    start = serializers.DateField(allow_null=True)
    end = serializers.DateField(allow_null=True)
    milestones = MilestoneSerializer(many=True)
    hold = serializers.BooleanField()
    pace = serializers.ChoiceField(Pace.values)
    owner = serializers.CharField(allow_null=True)
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    goal = serializers.CharField()
    state = serializers.ChoiceField(State.values)
    archived_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class ForecastSerializer(serializers.Serializer[Any]):
    """Where it will probably end: eight times in ten between low and high."""

    low = NumberField()
    median = NumberField()
    high = NumberField()


class AmbitionSerializer(serializers.Serializer[Any]):
    """A stretch target or a floor, and whether the value is there."""

    value = NumberField()
    reached = serializers.BooleanField(allow_null=True)


class MilestoneStateSerializer(MilestoneSerializer):
    """A milestone, what was there by the end of its day, and how it stands."""

    actual = NumberField(allow_null=True)
    reached_on = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(["reached", "late", "not_reached", "ahead"])


class FirstSerializer(serializers.Serializer[Any]):
    """What was agreed first, where it has changed since, and the progress towards it."""

    target = NumberField()
    baseline = NumberField(allow_null=True)
    start = serializers.DateField(allow_null=True)
    end = serializers.DateField(allow_null=True)
    progress = NumberField(allow_null=True)


class StatusSerializer(serializers.Serializer[Any]):
    """What ``objective_status`` prints for one objective."""

    id = serializers.CharField()
    statement = serializers.CharField()
    metric = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField(Kind.values)
    day = serializers.DateField()
    data_date = serializers.DateField(allow_null=True)
    baseline = NumberField(allow_null=True)
    target = NumberField(allow_null=True)
    value = NumberField(allow_null=True)
    expected = NumberField(allow_null=True)
    pace_ratio = NumberField(allow_null=True)
    progress = NumberField(allow_null=True)
    elapsed = NumberField(allow_null=True)
    pace = serializers.CharField(allow_null=True)
    chance = NumberField(allow_null=True)
    forecast = ForecastSerializer(allow_null=True)
    status = serializers.ChoiceField(TOLD_STATUSES)
    rule = serializers.CharField()
    changed_on = serializers.DateField(allow_null=True)
    calculated = serializers.BooleanField(
        help_text=gettext_lazy("False where the night could not calculate it: the status is older.")
    )
    last_status = serializers.ChoiceField(TOLD_STATUSES)
    achieved_on = serializers.DateField(allow_null=True)
    attainment = NumberField(allow_null=True)
    stretch = AmbitionSerializer(allow_null=True)
    floor = AmbitionSerializer(allow_null=True)
    milestones = MilestoneStateSerializer(many=True)
    first = FirstSerializer(allow_null=True)
    weights_days = serializers.CharField(allow_null=True)


class FigureSerializer(serializers.Serializer[Any]):
    """A number of an alert, written out."""

    name = serializers.CharField()
    text = serializers.CharField()


class AlertSerializer(serializers.Serializer[Any]):
    """An alert with its words in the request's language."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(Alert.Kind.values)
    severity = serializers.ChoiceField(Alert.Severity.values)
    title = serializers.CharField()
    sentences = serializers.ListField(child=serializers.CharField())
    figures = FigureSerializer(many=True)
    path = serializers.CharField()
    rule = serializers.CharField(allow_null=True)
    metric = serializers.CharField(allow_null=True)
    evidence = serializers.DictField(
        help_text=gettext_lazy("The numbers that its words are made from.")
    )
    objective = serializers.CharField(allow_null=True)
    feed = serializers.CharField(allow_null=True)
    opened_on = serializers.DateField()
    updated_on = serializers.DateField()
    snoozed_until = serializers.DateField(allow_null=True)
    snoozed_until_worse = serializers.BooleanField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField(allow_null=True)
    assigned_to = serializers.EmailField(allow_null=True)
    closed_on = serializers.DateField(allow_null=True)
    close_reason = serializers.CharField()
    is_false_alarm = serializers.BooleanField()
    version = serializers.IntegerField()
    closed_by_itself = serializers.BooleanField()
