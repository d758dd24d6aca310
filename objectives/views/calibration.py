"""How good the chances have been, as a page."""

from dataclasses import dataclass

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts import fmt
from accounts.access import Right, WorkspaceRequest, workspace_view
from accounts.spreadsheets import wanted_format
from metrics.periods import local_today
from objectives.calibration import Bucket, calibration, count_running
from objectives.page_tables import chance_table
from objectives.wording import lang


@dataclass(frozen=True)
class Line:
    """A bucket, written out."""

    chances: str
    count: str
    met: str
    expected: str
    share: str
    sentence: str
    is_small: bool


@workspace_view(Right.READ)
@require_GET
def chances(request: WorkspaceRequest) -> HttpResponse | FileResponse:
    """Of the objectives that were given such a chance, so many were met."""
    today = local_today(timezone.now(), request.workspace.time_zone)
    buckets = calibration(request.workspace, day=today)
    if how := wanted_format(request.GET.get("file")):
        return chance_table(buckets).file(how)
    total = sum(bucket.count for bucket in buckets)
    running = count_running(request.workspace, day=today)
    context = {
        "nav": "objectives",
        "lines": [line_of(bucket) for bucket in buckets],
        "total": total,
        "running": running,
    }
    return render(request, "objectives/chances.html", context)


def line_of(bucket: Bucket) -> Line:
    """A bucket in the active language."""
    words = {
        "low": fmt.percent(bucket.low, lang(), 0),
        "high": fmt.percent(bucket.high, lang(), 0),
        "count": fmt.number(bucket.count, lang()),
        "met": fmt.number(bucket.met, lang()),
    }
    share, expected = bucket.met_share, bucket.expected
    return Line(
        chances=_("%(low)s to %(high)s") % words,
        count=words["count"],
        met=words["met"],
        expected=fmt.MISSING if expected is None else fmt.percent(expected, lang(), 0),
        share=fmt.MISSING if share is None else fmt.percent(share, lang(), 0),
        sentence=_sentence(bucket, words),
        is_small=bucket.is_small,
    )


def _sentence(bucket: Bucket, words: dict[str, str]) -> str:
    if not bucket.count:
        return _("No objective that has ended was given such a chance.")
    return (
        ngettext(
            "%(count)s objective was given %(low)s to %(high)s, %(met)s was met.",
            "%(count)s objectives were given %(low)s to %(high)s, %(met)s were met.",
            bucket.count,
        )
        % words
    )
