"""How a workspace is doing: what the home page and the weekly digest both tell.

Everything comes from stored results; the sentences are made here once, in the active language.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import fmt_dates
from accounts.models import Workspace
from metrics import feeds
from metrics.feeds import FeedFreshness
from objectives.models import Objective, StatusChange
from objectives.results import recent_results
from objectives.rows import Row, rows_of
from objectives.wording import lang, status_name

ATTENTION = ("missed", "off_track", "at_risk", "failed", "no_data")
"""The statuses that a person has to look at."""
COUNTED = ("on_track", "at_risk", "off_track", "achieved", "missed", "no_data", "too_early")


@dataclass(frozen=True)
class Progress:
    """The whole picture of a day, worst first."""

    today: date
    rows: list[Row]
    counts: Counter[str]
    late: list[FeedFreshness]
    figures_to: date | None
    computed_at: datetime | None = None
    drafts: int = 0
    changes: list[StatusChange] = field(default_factory=list)

    @property
    def attention(self) -> list[Row]:
        """What needs somebody."""
        return [row for row in self.rows if row.status in ATTENTION]

    @property
    def headline(self) -> str:
        """One sentence: "5 of 8 objectives are on track; 1 is off track"."""
        given_up = self.counts["cancelled"]
        return headline(self.counts, total=len(self.rows) - given_up)

    @property
    def strip(self) -> list[tuple[str, str, int]]:
        """Status, its word and its count, for the row of numbers."""
        return [
            (status, status_name(status), self.counts[status])
            for status in COUNTED
            if self.counts[status] or status in ("on_track", "at_risk", "off_track")
        ]


def headline(counts: Counter[str], *, total: int) -> str:
    """How many of the objectives are well, and how many are not, in one sentence."""
    if not total:
        return _("No objective is running yet")
    well = counts["on_track"] + counts["achieved"]
    first = ngettext(
        "%(well)s of %(total)s objective is on track or achieved",
        "%(well)s of %(total)s objectives are on track or achieved",
        total,
    ) % {"well": well, "total": total}
    second = _worst(counts)
    return _("%(first)s; %(second)s") % {"first": first, "second": second} if second else first


def _worst(counts: Counter[str]) -> str:
    """How many are in the worst status that somebody can still do something about."""
    off, risk, missed = (counts[status] for status in ("off_track", "at_risk", "missed"))
    if off:
        return ngettext("%(n)s is off track", "%(n)s are off track", off) % {"n": off}
    if risk:
        return ngettext("%(n)s is at risk", "%(n)s are at risk", risk) % {"n": risk}
    if missed:
        text = ngettext("%(n)s missed its target", "%(n)s missed their target", missed)
        return text % {"n": missed}
    return ""


def progress(
    workspace: Workspace, *, today: date, owner_id: int | None = None, since: date | None = None
) -> Progress:
    """The picture of ``today``; ``since`` adds the status changes from that day on.

    Of a target by month or quarter only the period that runs is told apart: the others are parts of
    the whole one, which is told anyway.
    """
    objectives = (
        Objective.objects.judged(workspace)
        .exclude(is_period=True, start__gt=today)
        .exclude(is_period=True, end__lt=today)
    )
    if owner_id is not None:
        objectives = objectives.filter(owner_id=owner_id)
    results = recent_results(workspace, day=today)
    rows = rows_of(objectives, results, workspace, today=today)
    freshness = feeds.freshness(workspace, today=today)
    known = [row.result.data_date for row in rows if row.result and row.result.data_date]
    return Progress(
        today=today,
        rows=rows,
        counts=Counter(row.status for row in rows),
        late=[state for state in freshness if state.is_late],
        figures_to=max(known, default=None),
        computed_at=max((row.result.computed_at for row in rows if row.result), default=None),
        drafts=Objective.objects.listed(workspace).filter(state="draft").count(),
        changes=changes_since(workspace, since, today) if since else [],
    )


def changes_since(workspace: Workspace, since: date, until: date) -> list[StatusChange]:
    """The last status change of each objective between two days, newest first."""
    found = (
        StatusChange.objects.filter(workspace=workspace, day__range=(since, until))
        .exclude(old="")
        .select_related("objective")
        .order_by("objective_id", "-day")
        .distinct("objective_id")
    )
    return sorted(found, key=lambda change: change.day, reverse=True)


def week_before(today: date) -> tuple[date, date]:
    """Monday and Sunday of the last whole ISO week before ``today``."""
    monday = today - timedelta(days=today.weekday() + 7)
    return monday, monday + timedelta(days=6)


def missing_sentences(late: Sequence[FeedFreshness]) -> list[str]:
    """A sentence per feed whose figures are late."""
    sentences = []
    for state in late:
        if state.last_day is None:
            sentences.append(_("%(feed)s: no figures yet.") % {"feed": state.feed.name})
        else:
            sentences.append(
                _("%(feed)s: figures end on %(day)s.")
                % {"feed": state.feed.name, "day": fmt_dates.date_long(state.last_day, lang())}
            )
    return sentences
