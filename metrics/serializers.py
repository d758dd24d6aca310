"""What the API takes and gives for metrics: the query of values, and shapes for the schema."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from accounts.api import ChoiceField
from metrics.catalogue.definition import Direction, Rollup
from metrics.funnel import CANDIDATES, check_steps
from metrics.models import Feed
from metrics.periods import FIRST_YEAR, GRAIN_NAMES, LAST_YEAR, Grain
from metrics.rules import DIMENSION_NAMES
from metrics.units import Unit

MOST_PERIODS = 4000
"""As many periods are given at a time: ten years of days, and some."""
DAYS_IN: Mapping[str, int] = MappingProxyType(
    {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 30, Grain.QUARTER: 91, Grain.YEAR: 365}
)


class DayField(serializers.DateField):
    """A day in a year that periods know."""

    default_error_messages = {
        "required": gettext_lazy("Say which day, like 2026-03-08."),
        "invalid": gettext_lazy("Write the day like 2026-03-08."),
        "year": gettext_lazy("Name a day from {first} to {last}."),
    }

    def to_internal_value(self, value: Any) -> date:
        """The day. Raises ValidationError with the form that is expected."""
        day = super().to_internal_value(value)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fail("year", first=FIRST_YEAR, last=LAST_YEAR)
        return day


class ValuesQuery(serializers.Serializer[Any]):
    """Which values: the options of ``metric_values``."""

    grain = ChoiceField(choices=GRAIN_NAMES, default=str(Grain.MONTH))
    to = DayField(help_text=gettext_lazy("The last day; the period that holds it is the last."))
    by = ChoiceField(
        choices=list(DIMENSION_NAMES),
        required=False,
        help_text=gettext_lazy("One value for each of these instead of one for everything."),
    )
    as_of = DayField(
        required=False, help_text=gettext_lazy("The values as they were reported on that day.")
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Adds ``from``, which Python keeps for itself."""
        text = gettext_lazy("The first day; the period that holds it is the first.")
        return {"from": DayField(help_text=text), **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises ValidationError for days in the wrong order, and for too many periods."""
        days = (attrs["to"] - attrs["from"]).days + 1
        if days < 1:
            wrong = _("The last day must not be before the first day.")
            raise serializers.ValidationError({"to": wrong})
        count = days // DAYS_IN[attrs["grain"]]
        if count > MOST_PERIODS:
            wrong = _(
                "These are about %(count)s periods, and %(most)s are given at a time. "
                "Ask for fewer days or a longer grain."
            ) % {"count": count, "most": MOST_PERIODS}
            raise serializers.ValidationError({"to": wrong})
        return attrs


class FunnelQuery(serializers.Serializer[Any]):
    """Which funnel: the period that holds a day, its channel, its steps."""

    grain = ChoiceField(choices=GRAIN_NAMES, default=str(Grain.MONTH))
    on = DayField(
        required=False,
        help_text=gettext_lazy("A day of the period; without it the last whole one is given."),
    )
    channel = serializers.CharField(
        required=False, help_text=gettext_lazy("The key of a channel, like organic.")
    )
    steps = serializers.CharField(
        required=False,
        help_text=gettext_lazy("From 2 to 8 keys of metrics with commas between them."),
    )

    def validate_steps(self, value: str) -> list[str]:
        """The keys. Raises ValidationError for steps that no funnel has."""
        keys = [key.strip() for key in value.split(",")]
        try:
            check_steps(keys)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error
        return keys


# --- Shapes for the schema ----------------------------------------------------------------------


class NamesSerializer(serializers.Serializer[Any]):
    """A name in both languages."""

    en = serializers.CharField()
    fr = serializers.CharField()


class MetricSerializer(serializers.Serializer[Any]):
    """A metric: what ``list_metrics`` prints."""

    key = serializers.CharField()
    names = NamesSerializer()
    unit = serializers.ChoiceField([str(unit) for unit in Unit])
    rollup = serializers.ChoiceField([str(rollup) for rollup in Rollup])
    weight = serializers.CharField(allow_null=True)
    direction = serializers.ChoiceField([str(direction) for direction in Direction])
    formula = serializers.CharField(allow_null=True)
    vanity = serializers.BooleanField()
    after_the_fact = serializers.BooleanField()
    pair = serializers.CharField(allow_null=True)


class MeasuredSerializer(serializers.Serializer[Any]):
    """The metric whose values are given."""

    key = serializers.CharField()
    unit = serializers.ChoiceField([str(unit) for unit in Unit])
    direction = serializers.ChoiceField([str(direction) for direction in Direction])
    rollup = serializers.ChoiceField([str(rollup) for rollup in Rollup])
    formula = serializers.CharField(allow_null=True)


class SegmentSerializer(serializers.Serializer[Any]):
    """A part of the whole: one channel, campaign, device, page or audience segment."""

    dimension = serializers.ChoiceField(list(DIMENSION_NAMES))
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class NumberField(serializers.DecimalField):
    """A number as a decimal string, of any length."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=None, decimal_places=None, **kwargs)


class ValueSerializer(serializers.Serializer[Any]):
    """A value of one period, what it was made of, or why there is none."""

    period = serializers.CharField()
    start = serializers.DateField()
    end = serializers.DateField()
    segment = SegmentSerializer(allow_null=True)
    value = NumberField(allow_null=True)
    inputs = serializers.DictField(child=NumberField(allow_null=True))
    partial = serializers.BooleanField()  # type: ignore[assignment]
    incomplete = serializers.BooleanField()
    reason = serializers.ChoiceField(
        ["no_data", "zero_denominator", "not_additive", "stale"], allow_null=True
    )


class ValuesSerializer(serializers.Serializer[Any]):
    """What ``metric_values`` prints."""

    metric = MeasuredSerializer()
    grain = serializers.ChoiceField(GRAIN_NAMES)
    currency = serializers.CharField()
    values = ValueSerializer(many=True)


class FeedSerializer(serializers.Serializer[Any]):
    """A feed and how fresh it is today."""

    id = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(Feed.Kind.values)
    rhythm = serializers.ChoiceField(Feed.Rhythm.values)
    delay_days = serializers.IntegerField()
    skips_weekends = serializers.BooleanField()
    is_learned = serializers.BooleanField()
    is_active = serializers.BooleanField()
    last_day = serializers.DateField(allow_null=True)
    last_received_at = serializers.DateTimeField(allow_null=True)
    due = serializers.DateField(allow_null=True)
    days_late = serializers.IntegerField()
    is_late = serializers.BooleanField()
    is_silent = serializers.BooleanField()


class ComparedSerializer(serializers.Serializer[Any]):
    """A number of the period, of the one before, of the same a year before."""

    value = NumberField(allow_null=True)
    previous = NumberField(allow_null=True)
    year_ago = NumberField(allow_null=True)


class AdjustedSerializer(serializers.Serializer[Any]):
    """A rate over the earlier days that it comes from."""

    value = NumberField(allow_null=True)
    reason = serializers.ChoiceField(["no_data", "zero_denominator"], allow_null=True)
    days = serializers.IntegerField()
    to = serializers.DateField()
    below = NumberField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Adds ``from``, which Python keeps for itself."""
        return {"from": serializers.DateField(), **super().get_fields()}


class StepSerializer(serializers.Serializer[Any]):
    """A step of a funnel; the first has no rate."""

    key = serializers.ChoiceField(CANDIDATES)
    count = ComparedSerializer()
    rate = ComparedSerializer(allow_null=True)
    adjusted = AdjustedSerializer(allow_null=True)
    incomplete = serializers.BooleanField()


class FunnelSerializer(serializers.Serializer[Any]):
    """The steps of a period."""

    grain = serializers.ChoiceField(GRAIN_NAMES)
    period = serializers.CharField()
    start = serializers.DateField()
    end = serializers.DateField()
    partial = serializers.BooleanField()  # type: ignore[assignment]
    through = NumberField(allow_null=True)
    steps = StepSerializer(many=True)
