"""The API of explanations: why a metric moved, and where a value comes from."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import PROBLEMS, ChoiceField, WorkspaceApiView
from metrics.addresses import segment_from, segment_text
from metrics.fact_origins import SourceLine
from metrics.lineage import FeedUse, Input, Lineage, lineage
from metrics.lineage_words import rule_text
from metrics.models import Metric
from metrics.movement import Part
from metrics.periods import Grain
from metrics.resolution import Segment
from metrics.rules import DIMENSION_NAMES, calendar_of
from metrics.serializers import DayField, NumberField
from metrics.snapshot_rows import as_text
from metrics.why_page import PREVIOUS, YEAR, Spans, WhyPage, chosen_spans, why_page
from metrics.why_values import Span


class ExplainQuery(serializers.Serializer[Any]):
    """Which value: a period by its grain and a day in it, or any days."""

    grain = ChoiceField(choices=[str(grain) for grain in Grain], default=str(Grain.MONTH))
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


class SpanSerializer(serializers.Serializer[Any]):
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
    by = serializers.ChoiceField(list(DIMENSION_NAMES))
    now = SpanSerializer()
    then = SpanSerializer()
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


class InputSerializer(serializers.Serializer[Any]):
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


class FactSerializer(serializers.Serializer[Any]):
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
    inputs = InputSerializer(many=True)
    feeds = FeedUseSerializer(many=True)
    of_facts = NumberField(allow_null=True)
    rest = NumberField(allow_null=True)
    up_to_date = serializers.BooleanField()
    fact_count = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    facts = FactSerializer(many=True)


class _ExplainView(WorkspaceApiView):
    """Finds the metric and the segment that an address names."""

    def metric(self, key: str) -> Metric:
        """The metric. Raises NotFound."""
        found = Metric.objects.filter(workspace=self.workspace, key=key).first()
        if found is None:
            raise NotFound(_("The workspace has no metric “%(key)s”.") % {"key": key})
        return found

    def segment(self, text: str) -> Segment:
        """The segment. Raises ValidationError."""
        try:
            return segment_from(self.workspace, text)
        except LookupError as error:
            wrong = _("The workspace has no segment “%(name)s”. Write it like channel:organic.")
            raise ValidationError({"segment": [wrong % {"name": text}]}) from error


def _texts(asked: dict[str, Any]) -> dict[str, str]:
    """The query as an address has it."""
    return {
        name: one.isoformat() if isinstance(one, date) else str(one) for name, one in asked.items()
    }


class MetricWhyView(_ExplainView):
    """``metrics/<key>/why/``."""

    @extend_schema(
        operation_id="metric_why",
        summary=gettext_lazy("Why a metric moved: contributions that add up to its change."),
        tags=["metrics"],
        parameters=[WhyQuery],
        responses={200: WhySerializer, **PROBLEMS},
    )
    def get(self, request: Request, slug: str, key: str) -> Response:
        """The change of a period against another one."""
        metric = self.metric(key)
        query = WhyQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        segment = self.segment(asked.get("segment", ""))
        spans = chosen_spans(self.workspace, _texts(asked), today=self.today)
        if spans is None:
            wrong = _("There is no such period to compare with. Choose another one.")
            raise ValidationError({"against": [wrong]})
        dimension = DIMENSION_NAMES[asked["by"]]
        page = why_page(self.workspace, metric, segment, spans, dimension, today=self.today)
        text = segment_text(self.workspace, segment)
        return Response(self._json(page, spans, asked["by"], text))

    def _json(self, page: WhyPage, spans: Spans, by: str, segment: str) -> dict[str, Any]:
        found = page.movement
        return {
            "metric": found.key,
            "segment": segment or None,
            "by": by,
            "now": _span(spans.now),
            "then": _span(spans.then),
            "value_now": _number(found.now),
            "value_then": _number(found.then),
            "change": _number(found.change),
            "shown_change": _number(found.shown_change),
            "headline": page.headline,
            "method": found.method,
            "note": found.note,
            "small_base": found.is_small,
            "incomplete": found.is_incomplete,
            "segments": [_part(one, self._key(one.key, found.dimension)) for one in found.segments],
            "operands": [_part(one, one.key) for one in found.operands],
        }

    def _key(self, segment: Segment, dimension: int) -> str | None:
        if segment.dimension != dimension:
            return None
        return segment_text(self.workspace, segment)


class MetricLineageView(_ExplainView):
    """``metrics/<key>/lineage/``."""

    @extend_schema(
        operation_id="metric_lineage",
        summary=gettext_lazy("Where a value comes from: its formula, its facts, their files."),
        tags=["metrics"],
        parameters=[LineageQuery],
        responses={200: LineageSerializer, **PROBLEMS},
    )
    def get(self, request: Request, slug: str, key: str) -> Response:
        """One value, with a page of its facts."""
        metric = self.metric(key)
        query = LineageQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        segment = self.segment(asked.get("segment", ""))
        found = lineage(
            self.workspace,
            metric,
            segment,
            self._span(asked),
            today=self.today,
            page=asked["page"],
        )
        text = segment_text(self.workspace, segment)
        return Response(_lineage(found, text))

    def _span(self, asked: dict[str, Any]) -> Span:
        if "from" in asked:
            return asked["from"], asked["to"]
        calendar, grain = calendar_of(self.workspace), Grain(asked["grain"])
        day = asked.get("start")
        period = calendar.period_of(day or self.today, grain)
        if day is None:
            period = calendar.previous(period)
        return period.start, period.end


def _lineage(found: Lineage, segment: str) -> dict[str, Any]:
    return {
        "metric": found.metric.key,
        "segment": segment or None,
        **_span(found.span),
        "value": _number(found.value),
        "reason": found.reason,
        "incomplete": found.is_incomplete,
        "rollup": found.rollup,
        "rule": rule_text(found),
        "formula": found.formula,
        "filled": found.filled,
        "inputs": [_input(one, segment) for one in found.inputs],
        "feeds": [_use(one) for one in found.feeds],
        "of_facts": _number(found.of_facts),
        "rest": _number(found.rest),
        "up_to_date": found.agrees,
        "fact_count": found.fact_count,
        "page": found.page,
        "pages": found.pages,
        "facts": [_fact(one) for one in found.lines],
    }


def _span(span: Span) -> dict[str, str]:
    return {"start": span[0].isoformat(), "end": span[1].isoformat()}


def _number(value: Decimal | None) -> str | None:
    return None if value is None else as_text(value)


def _part(part: Part[Segment] | Part[str], key: str | None) -> dict[str, Any]:
    return {
        "key": key,
        "label": part.label,
        "then": _number(part.then),
        "now": _number(part.now),
        "contribution": as_text(part.amount),
        "shown": as_text(part.shown),
        "mix": _number(part.mix),
        "rate": _number(part.rate),
    }


def _input(one: Input, segment: str) -> dict[str, Any]:
    return {
        "metric": one.metric.key,
        "label": one.label,
        "value": _number(one.value),
        "start": one.span[0].isoformat() if one.span else None,
        "end": one.span[1].isoformat() if one.span else None,
        "segment": one.segment_key or segment or None,
        "inputs": [_input(inner, segment) for inner in one.inputs],
    }


def _use(one: FeedUse) -> dict[str, Any]:
    names = {number: name for name, number in DIMENSION_NAMES.items()}
    return {
        "feed": one.feed.public_id,
        "name": one.feed.name,
        "by": [names[dimension] for dimension in one.dimensions],
        "role": one.role,
        "facts": one.facts,
        "used": one.used,
        "total": as_text(one.total),
    }


def _fact(one: SourceLine) -> dict[str, Any]:
    names = {number: name for name, number in DIMENSION_NAMES.items()}
    batch, entry = one.batch, one.entry
    person = (entry.entered_by if entry else None) or (batch.user if batch else None)
    is_file = batch is not None and bool(batch.file_name)
    return {
        "start": one.fact.day.isoformat(),
        "end": one.fact.end.isoformat(),
        "feed": one.feed.name,
        "of": {names[dimension]: label for dimension, label in one.place},
        "value": as_text(one.fact.value),
        "weight": _number(one.fact.weight),
        "import_id": batch.public_id if batch and is_file else None,
        "file": batch.file_name if batch and is_file else None,
        "row": one.row.row if one.row else None,
        "entry_id": entry.public_id if entry else None,
        "cost_ids": [each.cost.public_id for each in one.costs],
        "by": str(person) if person else None,
    }
