"""What the API takes and gives for explanations: queries, and shapes for the schema."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from accounts.api import ChoiceField
from metrics.periods import GRAIN_NAMES, Grain
from metrics.rules import DIMENSION_NAMES
from metrics.serializers import DayField, NumberField
from metrics.why_page import PREVIOUS, YEAR


class ExplainQuery(serializers.Serializer[Any]):
    """Which value: a period by its grain and a day in it, or any days."""

    grain = ChoiceField(choices=GRAIN_NAMES, default=str(Grain.MONTH))
    start = DayField(
        required=False,
        help_text=gettext_lazy("A day of the period; by default the last period that is over."),
    )
    to = DayField(required=False, help_text=gettext_lazy("The last day, of any days."))
    segment = serializers.CharField(
        required=False,
        max_length=320,
        help_text=gettext_lazy("A segment, like channel:organic; everything by default."),
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Adds ``from``, which Python keeps for itself."""
        text = gettext_lazy("The first day, of any days; together with to.")
        return {"from": DayField(required=False, help_text=text), **super().get_fields()}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises ValidationError for half a span, and for days in the wrong order."""
        _check_days(attrs, "from", "to")
        return attrs


class WhyQuery(ExplainQuery):
    """Which change, and by what it is split."""

    against = ChoiceField(
        choices=[PREVIOUS, YEAR],
        default=PREVIOUS,
        help_text=gettext_lazy("The period before, or the same period a year before."),
    )
    then_from = DayField(required=False, help_text=gettext_lazy("The days compared with: first."))
    then_to = DayField(required=False, help_text=gettext_lazy("The days compared with: last."))
    by = ChoiceField(choices=list(DIMENSION_NAMES), default="channel")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Raises ValidationError for half a span, and for days in the wrong order."""
        _check_days(attrs, "then_from", "then_to")
        return super().validate(attrs)


class LineageQuery(ExplainQuery):
    """Which value, and which page of its facts."""

    page = serializers.IntegerField(default=1, min_value=1, max_value=1_000_000)


def _check_days(attrs: dict[str, Any], first: str, last: str) -> None:
    if (first in attrs) != (last in attrs):
        missing = last if first in attrs else first
        raise serializers.ValidationError({missing: _("Give both days, the first and the last.")})
    if first in attrs and attrs[last] < attrs[first]:
        wrong = _("The last day must not be before the first day.")
        raise serializers.ValidationError({last: wrong})


class DaysSerializer(serializers.Serializer[Any]):
    """Days, both ends included."""

    start = serializers.DateField()
    end = serializers.DateField()


class ContributionSerializer(serializers.Serializer[Any]):
    """What a segment or an operand contributed, in the metric's unit."""

    key = serializers.CharField(allow_null=True)
    label = serializers.CharField()  # type: ignore[assignment]
    then = NumberField(allow_null=True)
    now = NumberField(allow_null=True)
    contribution = NumberField()
    shown = NumberField()
    mix = NumberField(allow_null=True)
    rate = NumberField(allow_null=True)


class WhySerializer(serializers.Serializer[Any]):
    """A change and all that it is made of."""

    metric = serializers.CharField()
    segment = serializers.CharField(allow_null=True)
    by = serializers.CharField()
    now = DaysSerializer()
    then = DaysSerializer()
    value_now = NumberField(allow_null=True)
    value_then = NumberField(allow_null=True)
    change = NumberField(allow_null=True)
    shown_change = NumberField(allow_null=True)
    headline = serializers.CharField()
    method = serializers.CharField()
    note = serializers.CharField()
    small_base = serializers.BooleanField()
    incomplete = serializers.BooleanField()
    segments = ContributionSerializer(many=True)
    operands = ContributionSerializer(many=True)


class FormulaInputSerializer(serializers.Serializer[Any]):
    """An operand of the formula."""

    metric = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = NumberField(allow_null=True)
    start = serializers.DateField(allow_null=True)
    end = serializers.DateField(allow_null=True)
    segment = serializers.CharField(allow_null=True)
    inputs = serializers.ListField(child=serializers.DictField())


class FeedUseSerializer(serializers.Serializer[Any]):
    """How the facts of a feed and breakdown were used."""

    feed = serializers.CharField()
    name = serializers.CharField()
    by = serializers.ListField(child=serializers.CharField())
    role = serializers.ChoiceField(["counted", "view", "other_feed"])
    facts = serializers.IntegerField()
    used = serializers.IntegerField()
    total = NumberField()


class SourceFactSerializer(serializers.Serializer[Any]):
    """A fact and who brought it."""

    start = serializers.DateField()
    end = serializers.DateField()
    feed = serializers.CharField()
    of = serializers.DictField(child=serializers.CharField())
    value = NumberField()
    weight = NumberField(allow_null=True)
    import_id = serializers.CharField(allow_null=True)
    file = serializers.CharField(allow_null=True)
    row = serializers.IntegerField(allow_null=True)
    entry_id = serializers.CharField(allow_null=True)
    cost_ids = serializers.ListField(child=serializers.CharField())
    by = serializers.CharField(allow_null=True)


class LineageSerializer(serializers.Serializer[Any]):
    """Where a value comes from."""

    metric = serializers.CharField()
    segment = serializers.CharField(allow_null=True)
    start = serializers.DateField()
    end = serializers.DateField()
    value = NumberField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    incomplete = serializers.BooleanField()
    rollup = serializers.CharField()
    rule = serializers.CharField()
    formula = serializers.CharField()
    filled = serializers.CharField()
    inputs = FormulaInputSerializer(many=True)
    feeds = FeedUseSerializer(many=True)
    of_facts = NumberField(allow_null=True)
    rest = NumberField(allow_null=True)
    up_to_date = serializers.BooleanField()
    fact_count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    facts = SourceFactSerializer(many=True)
