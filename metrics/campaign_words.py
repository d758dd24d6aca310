"""What a campaign's page, the list and the home page say of it, in the active language."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts import fmt, fmt_dates
from metrics.campaign_figures import Standing
from metrics.campaign_pace import Phase, Verdict, verdict

PHASES: Final[Mapping[Phase, tuple[str, str, str | Promise]]] = {
    Phase.UNDATED: ("", "circle-dashed", pgettext_lazy("campaign", "No dates")),
    Phase.PLANNED: ("", "calendar", pgettext_lazy("campaign", "Planned")),
    Phase.RUNNING: ("on", "player-play", pgettext_lazy("campaign", "Running")),
    Phase.OVER: ("done", "check", pgettext_lazy("campaign", "Over")),
}
"""Tone, icon and word of each phase."""
VERDICTS: Final[Mapping[Verdict, tuple[str, str | Promise]]] = {
    Verdict.ON_PACE: ("on_track", lazy("on pace")),
    Verdict.SLOW: ("at_risk", lazy("a little slow")),
    Verdict.FAST: ("at_risk", lazy("a little fast")),
    Verdict.TOO_SLOW: ("off_track", lazy("too slow")),
    Verdict.TOO_FAST: ("off_track", lazy("too fast")),
}
"""The tone of the bullet, named by an objective's status, and the word of each verdict."""


def language() -> str:
    """The active language."""
    return get_language() or "en"


def share_text(share: Decimal) -> str:
    """A share without decimals."""
    return fmt.percent(share, language(), 0)


def days_words(standing: Standing, today: date) -> str:
    """What is left of a campaign's days, or how long it is until they begin."""
    start, end = standing.campaign.start, standing.campaign.end
    if standing.phase is Phase.PLANNED and start is not None:
        days = (start - today).days
        return ngettext("begins in %(n)s day", "begins in %(n)s days", days) % {"n": days}
    if standing.phase is Phase.RUNNING and end is not None:
        days = (end - today).days
        if not days:
            return _("ends today")
        return ngettext("%(n)s day left", "%(n)s days left", days) % {"n": days}
    return ""


def pace_sentence(standing: Standing) -> str:
    """Where the budget and the outcome lead: one sentence; empty where neither can be said."""
    campaign, spending, outcome = standing.campaign, standing.spending, standing.outcome
    budget = spending.projected_share
    brought = outcome.projected_share if outcome else None
    metric = campaign.outcome.name if campaign.outcome else ""
    words = {
        "budget": "" if budget is None else share_text(budget),
        "outcome": "" if brought is None else share_text(brought),
        "metric": metric,
    }
    if budget is not None and brought is not None:
        text = _("At this pace: %(budget)s of the budget and %(outcome)s of the plan (%(metric)s).")
        return text % words
    if budget is not None:
        return _("At this pace: %(budget)s of the budget.") % words
    if brought is not None:
        return _("At this pace: %(outcome)s of the plan (%(metric)s).") % words
    return ""


def paused_sentence(standing: Standing) -> str:
    """That the spending stands still, and since when; empty while it does not."""
    since = standing.spending.paused_since
    if since is None:
        return ""
    text = _("No spend since %(day)s – pacing paused.")
    return text % {"day": fmt_dates.date_long(since, language())}


def result_sentence(standing: Standing) -> str:
    """What a campaign that is over took and brought, as shares of what was planned."""
    if standing.phase is not Phase.OVER:
        return ""
    spent = standing.spending.share
    brought = standing.outcome.share if standing.outcome else None
    words = {
        "budget": "" if spent is None else share_text(spent),
        "outcome": "" if brought is None else share_text(brought),
        "metric": standing.campaign.outcome.name if standing.campaign.outcome else "",
    }
    if spent is not None and brought is not None:
        text = _(
            "It took %(budget)s of the budget and brought %(outcome)s of the plan (%(metric)s)."
        )
        return text % words
    if spent is not None:
        return _("It took %(budget)s of the budget.") % words
    if brought is not None:
        return _("It brought %(outcome)s of the plan (%(metric)s).") % words
    return ""


def standing_sentence(standing: Standing) -> str:
    """The one sentence of a campaign in a list: its pause, its pace, or what came of it."""
    return (
        paused_sentence(standing)
        or pace_sentence(standing)
        or result_sentence(standing)
        or why_no_pace(standing)
    )


def why_no_pace(standing: Standing) -> str:
    """Why no pace can be told of a campaign, and what would mend it."""
    campaign = standing.campaign
    if standing.phase is Phase.UNDATED or campaign.start is None:
        return _("Without its first and last day there is no pace.")
    if standing.phase is Phase.PLANNED:
        return ""
    if campaign.end is None:
        return _("Without its last day there is no pace.")
    if campaign.budget is None and campaign.outcome is None:
        return _("Without a budget or a planned outcome there is no pace.")
    if standing.spending.total is None and (
        standing.outcome is None or standing.outcome.total is None
    ):
        return _("No figures of this campaign are known yet.")
    if standing.phase is Phase.OVER:
        return ""
    if campaign.budget is not None and not campaign.budget and campaign.outcome is None:
        return _("A budget of zero has no pace.")
    return _("It is too early to tell a pace: a few days have to be over.")


def bullet_label(standing: Standing) -> str:
    """The budget's bullet for screen readers."""
    spent, time = standing.spending.share, standing.time
    if spent is None:
        return _("No share of the budget is known")
    words = {"spent": share_text(spent), "time": "" if time is None else share_text(time)}
    if time is None:
        return _("%(spent)s of the budget spent") % words
    return _("%(spent)s of the budget spent, %(time)s of the days gone") % words


def bullet_status(standing: Standing) -> str:
    """The tone of the bullet, as an objective's status."""
    if standing.phase is Phase.OVER and standing.spending.share is not None:
        return "off_track" if standing.spending.share > 1 else "achieved"
    return VERDICTS[standing.verdict][0] if standing.verdict else "draft"


def outcome_label(standing: Standing) -> str:
    """The planned outcome's bullet for screen readers; only where a share of it is known."""
    assert standing.outcome is not None
    assert standing.outcome.share is not None
    words = {
        "share": share_text(standing.outcome.share),
        "time": "" if standing.time is None else share_text(standing.time),
    }
    if standing.time is None:
        return _("%(share)s of the plan reached") % words
    return _("%(share)s of the plan reached, %(time)s of the days gone") % words


def outcome_status(standing: Standing) -> str:
    """The tone of the outcome's bullet: more than planned is never worse."""
    share = standing.outcome.share if standing.outcome else None
    if share is not None and share >= 1:
        return "achieved"
    if standing.phase is Phase.OVER:
        return "off_track"
    found = verdict(share, standing.time) if standing.phase is Phase.RUNNING else None
    if found in (Verdict.FAST, Verdict.TOO_FAST):
        return "on_track"
    return VERDICTS[found][0] if found else "draft"


def trend_label(standing: Standing) -> str:
    """What a campaign's small line shows."""
    campaign = standing.campaign
    name = campaign.outcome.name if campaign.outcome else _("Costs")
    if standing.trend.is_weekly:
        return _("%(what)s by week") % {"what": name}
    return _("%(what)s by day") % {"what": name}
