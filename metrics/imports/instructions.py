"""How a file is to be read, kept as JSON with its batch: a commit reads it exactly as shown."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from metrics.imports.parsed import ImportOptions, Limits, Repair, Span


@dataclass(frozen=True, slots=True)
class Instructions:
    """Everything that decides what a file says besides its bytes.

    `feed` is the name that the person chose, "" for the layout's own; `today` is the
    workspace's day when the file was first read.
    """

    name: str
    today: date
    options: ImportOptions
    feed: str = ""
    limits: Limits = field(default_factory=Limits)

    def to_json(self) -> dict[str, Any]:
        """As a batch keeps it."""
        options, limits = self.options, self.limits
        return {
            "name": self.name,
            "today": self.today.isoformat(),
            "feed": self.feed,
            "limits": {"size": limits.size, "rows": limits.rows, "columns": limits.columns},
            "layout": options.layout,
            "period": _span_to_json(options.period),
            "currency": options.currency,
            "date_order": options.date_order,
            "number_format": options.number_format,
            "covers": _span_to_json(options.covers),
            "partial": options.partial,
            "sheet": options.sheet,
            "repeats": options.repeats,
            "mapping": dict(options.mapping),
            "names": dict(options.names),
            "repairs": [[one.row, one.column, one.found, one.text] for one in options.repairs],
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Instructions":
        """What `to_json` made."""
        options = ImportOptions(
            layout=kept["layout"],
            period=_span_from_json(kept["period"]),
            currency=kept["currency"],
            date_order=kept["date_order"],
            number_format=kept["number_format"],
            covers=_span_from_json(kept["covers"]),
            partial=kept["partial"],
            sheet=kept.get("sheet"),
            repeats=kept.get("repeats"),
            mapping=kept["mapping"],
            names=kept.get("names", {}),
            repairs=tuple(Repair(*one) for one in kept.get("repairs", [])),
        )
        return cls(
            name=kept["name"],
            today=date.fromisoformat(kept["today"]),
            options=options,
            feed=kept["feed"],
            limits=Limits(**kept["limits"]),
        )


def _span_to_json(span: Span | None) -> list[str] | None:
    return [span.start.isoformat(), span.end.isoformat()] if span else None


def _span_from_json(kept: list[str] | None) -> Span | None:
    return Span(*map(date.fromisoformat, kept)) if kept else None
