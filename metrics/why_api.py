"""The API of explanations: why a metric moved, and where a value comes from."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import PROBLEMS, WorkspaceApiView
from metrics.addresses import segment_from, segment_text
from metrics.fact_origins import SourceLine
from metrics.lineage import FeedUse, Input, Lineage, lineage
from metrics.lineage_words import rule_text
from metrics.models import Metric
from metrics.movement import Part
from metrics.numbers import as_text
from metrics.periods import Grain
from metrics.resolution import Segment
from metrics.rules import DIMENSION_NAMES, calendar_of
from metrics.why_page import Spans, WhyPage, chosen_spans, why_page
from metrics.why_serializers import LineageQuery, LineageSerializer, WhyQuery, WhySerializer
from metrics.why_values import Span


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
