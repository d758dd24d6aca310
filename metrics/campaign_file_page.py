"""What the pages of a file of campaigns say of it, in the workspace and in the administration."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, pgettext_lazy

from accounts import fmt, fmt_dates
from accounts.models import User, Workspace
from metrics.campaign_import import CHANGED, NEW, SAME, WRONG, may_be_written
from metrics.entry_grid import language
from metrics.models import Batch, Dimension, DimensionValue, Metric
from metrics.segment_names import segment_name

LABELS = {
    "name": lazy("Name"),
    "names": lazy("UTM rules"),
    "channel": lazy("Channel"),
    "start": lazy("First day"),
    "end": lazy("Last day"),
    "budget": lazy("Budget"),
    "owner": pgettext_lazy("of a campaign", "Owner"),
    "outcome": lazy("Planned outcome"),
    "outcome_target": lazy("Planned number"),
    "note": lazy("Note"),
}
STATES = {
    NEW: (pgettext_lazy("campaign", "New"), "on"),
    CHANGED: (pgettext_lazy("campaign", "Changed"), ""),
    WRONG: (lazy("To be mended"), "off"),
    SAME: (pgettext_lazy("campaign", "Unchanged"), ""),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of a campaign: what it is, and what the file says."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be mended, and the field that it is about, if it is about one."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the file in words."""

    row: int
    name: str
    word: str
    tone: str
    differences: list[Difference]
    problems: list[Problem]


def shown_rows(batch: Batch) -> list[ShownRow]:
    """The rows of a file: those to mend first, then new, changed and unchanged ones."""
    order = [WRONG, NEW, CHANGED, SAME]
    rows = sorted(batch.report["rows"], key=lambda one: (order.index(one["state"]), one["row"]))
    words = _Words(batch.workspace, rows)
    return [
        ShownRow(
            one["row"],
            one["name"],
            str(STATES[one["state"]][0]),
            STATES[one["state"]][1],
            [
                Difference(str(LABELS[name]), words.of(name, old), words.of(name, new))
                for name, old, new in one["changes"]
                if one["state"] != WRONG and (one["state"] != NEW or name != "name")
            ],
            [Problem(str(LABELS.get(name, "")), text) for name, text in one["problems"]],
        )
        for one in rows
    ]


def file_context(batch: Batch) -> dict[str, Any]:
    """What both pages of a file need besides its rows."""
    states = [one["state"] for one in batch.report["rows"]]
    return {
        "batch": batch,
        "refusal": batch.report.get("refusal", ""),
        "left_out": ", ".join(batch.report.get("left_out", [])),
        "wrong": states.count(WRONG),
        "waits": batch.state == Batch.State.PREVIEW,
        "whole": may_be_written(batch.report),
        "in_part": may_be_written(batch.report, partial=True),
        "writes": states.count(NEW) + states.count(CHANGED),
    }


def done_sentence(batch: Batch) -> str:
    """What an import of campaigns did."""
    new = ngettext("%(n)s campaign is new", "%(n)s campaigns are new", batch.created)
    changed = ngettext("%(n)s was changed", "%(n)s were changed", batch.changed)
    return _("%(new)s, %(changed)s.") % {
        "new": new % {"n": batch.created},
        "changed": changed % {"n": batch.changed},
    }


class _Words:
    """The plain texts of a report in the reader's language."""

    def __init__(self, workspace: Workspace, rows: list[dict[str, Any]]) -> None:
        told: dict[str, set[str]] = {}
        for one in rows:
            for name, old, new in one["changes"]:
                told.setdefault(name, set()).update({old, new})
        channels = DimensionValue.objects.filter(
            workspace=workspace, dimension=Dimension.CHANNEL, key__in=told.get("channel", ())
        )
        metrics = Metric.objects.filter(workspace=workspace, key__in=told.get("outcome", ()))
        people = User.objects.filter(email__in=told.get("owner", ()))
        self.currency = workspace.currency
        self.names = {
            "channel": {one.key: segment_name(one) for one in channels},
            "outcome": {one.key: one.name for one in metrics},
            "owner": {one.email: one.get_full_name() for one in people},
        }

    def of(self, name: str, text: str) -> str:
        """One value in words; "" for none."""
        if not text:
            return ""
        if name in {"start", "end"}:
            return fmt_dates.date_long(date.fromisoformat(text), language())
        if name == "budget":
            return fmt.money(Decimal(text), self.currency, language())
        if name == "outcome_target":
            return fmt.metric_value(Decimal(text), "count", self.currency, language())
        return self.names.get(name, {}).get(text, text)
