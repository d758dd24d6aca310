"""A proposal as JSON: what the preview shows, what `import_facts --json` prints."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language

from metrics.comparing import Difference
from metrics.imports.parsed import Question, Span
from metrics.imports.proposal import Proposal
from metrics.models import Dimension
from metrics.models.dimension import NONE, NOT_SET
from metrics.segment_names import SHIPPED, not_set_name

PLACES = 8


def report_of(proposal: Proposal) -> dict[str, Any]:
    """Everything about the file and what importing it would do, in the active language."""
    parsed, comparison = proposal.parsed, proposal.comparison
    return {
        "layout": parsed.layout,
        "feed": proposal.feed_name,
        "feed_is_new": proposal.feed is None,
        "encoding": parsed.encoding,
        "delimiter": parsed.delimiter,
        "date_order": parsed.date_order,
        "number_format": parsed.number_format,
        "period": _span(parsed.period),
        "currency": parsed.currency,
        "rows": parsed.rows,
        "facts": {
            "new": comparison.created,
            "changed": comparison.changed,
            "same": comparison.same,
        },
        "totals_skipped": parsed.totals_skipped,
        "metrics": {key: plain(value) for key, value in parsed.sums.items()},
        "warnings": [asdict(one) for one in proposal.warnings],
        "errors": [asdict(one) for one in proposal.errors],
        "questions": [_question(one) for one in parsed.questions],
        "settled": [_question(one) for one in parsed.settled],
        "columns": [asdict(one) for one in parsed.columns],
        "shape": parsed.shape,
        "differences": _differences(proposal),
        "new_campaigns": list(proposal.new_campaigns),
        "may_be_written": proposal.may_be_written(partial=False),
        "may_be_written_in_part": proposal.may_be_written(partial=True),
    }


def plain(value: Decimal) -> str:
    """A number as text: no exponent, no zeros at its end, at most eight decimals."""
    text = f"{round(value, PLACES):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _span(span: Span | None) -> dict[str, str] | None:
    return {"start": span.start.isoformat(), "end": span.end.isoformat()} if span else None


def _question(question: Question) -> dict[str, Any]:
    return {**asdict(question), "choices": [asdict(one) for one in question.choices]}


def _differences(proposal: Proposal) -> list[dict[str, Any]]:
    keys = {metric.pk: key for key, metric in proposal.metrics.items()}
    names = _names(proposal)
    return [_difference(one, keys, names) for one in proposal.comparison.differences]


def _difference(
    one: Difference, keys: Mapping[int, str], names: Mapping[tuple[int, int], str]
) -> dict[str, Any]:
    key = one.key
    ids = (key.channel_id, key.campaign_id, key.device_id, key.asset_id, key.audience_id)
    return {
        "metric": keys[key.metric_id],
        "day": key.day.isoformat(),
        "end": key.end.isoformat(),
        "place": [
            names.get((dimension, pk), not_set_name())
            for dimension, pk in enumerate(ids, start=Dimension.CHANNEL)
            if pk != NONE
        ],
        "old": plain(one.old),
        "new": plain(one.new),
    }


def _names(proposal: Proposal) -> dict[tuple[int, int], str]:
    """What the file calls each id of a dimension; shipped channels and devices by their name."""
    french = (get_language() or "en").startswith("fr")
    return {
        (dimension, pk): SHIPPED.get(dimension, {}).get(name, (name, name))[french]
        for dimension, name, pk in proposal.directory.spelled()
        if pk != NOT_SET
    }
