"""What the page of campaigns shows: each with its names, days and costs; those to be reviewed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum

from accounts.models import Workspace
from metrics.campaign_figures import Standing, standings
from metrics.campaign_matching import Known, likely_twins
from metrics.campaign_pace import Phase
from metrics.models import Campaign, CampaignName, Cost, Fact
from metrics.segment_names import segment_name


@dataclass(frozen=True, slots=True)
class Twin:
    """A campaign that a name may belong to; `is_weak`: perhaps."""

    campaign: Campaign
    is_weak: bool


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign with what is known of it: its other names, values from day to day, costs."""

    campaign: Campaign
    channel: str
    names: tuple[str, ...]
    values: int
    first: date | None
    last: date | None
    costs: Decimal | None
    standing: Standing | None = None
    twins: tuple[Twin, ...] = ()


def campaigns_of(workspace: Workspace) -> QuerySet[Campaign]:
    """The campaigns of a workspace, the latest first, those without dates last."""
    found = Campaign.objects.filter(workspace=workspace)
    found = found.select_related("channel", "owner", "outcome")
    return found.order_by(F("start").desc(nulls_last=True), "name", "pk")


def in_phase(campaigns: QuerySet[Campaign], phase: str, *, today: date) -> QuerySet[Campaign]:
    """The campaigns of one phase; all of them for a phase that is none."""
    undated = Q(start=None, end=None)
    wanted = {
        Phase.UNDATED: undated,
        Phase.PLANNED: Q(start__gt=today),
        Phase.RUNNING: ~undated & ~Q(start__gt=today) & ~Q(end__lt=today),
        Phase.OVER: Q(end__lt=today) & ~Q(start__gt=today),
    }
    return campaigns.filter(wanted[Phase(phase)]) if phase in list(Phase) else campaigns


def unmatched(workspace: Workspace) -> QuerySet[Campaign]:
    """The campaigns of a workspace that wait for a review, by name."""
    waiting = unreviewed(Campaign.objects.filter(workspace=workspace))
    return waiting.select_related("channel").order_by("name", "pk")


def unreviewed(campaigns: QuerySet[Campaign]) -> QuerySet[Campaign]:
    """Those of which a file's name is all that is known, and that nobody reviewed."""
    named = CampaignName.objects.filter(campaign=OuterRef("pk"))
    return campaigns.filter(~Exists(named), start=None, end=None, budget=None, owner=None)


def rows_of(campaigns: Iterable[Campaign], *, workspace: Workspace) -> list[CampaignRow]:
    """What the page says of each; three queries whatever their number."""
    shown = list(campaigns)
    ids = [one.pk for one in shown]
    names, spans, costs = _names(ids), _spans(workspace, ids), _costs(workspace, ids)
    return [
        CampaignRow(
            campaign=one,
            channel=segment_name(one.channel) if one.channel else "",
            names=tuple(name for key, name in names.get(one.pk, []) if key != one.key),
            values=spans[one.pk][0] if one.pk in spans else 0,
            first=spans[one.pk][1] if one.pk in spans else None,
            last=spans[one.pk][2] if one.pk in spans else None,
            costs=costs.get(one.pk),
        )
        for one in shown
    ]


def with_standings(
    rows: Iterable[CampaignRow], *, workspace: Workspace, today: date
) -> list[CampaignRow]:
    """The rows with how each campaign stands."""
    shown = list(rows)
    found = standings(workspace, [row.campaign for row in shown], today=today)
    return [replace(row, standing=found[row.campaign.pk]) for row in shown]


def with_twins(rows: Iterable[CampaignRow], *, workspace: Workspace) -> list[CampaignRow]:
    """The rows with the campaigns that they may be another name of."""
    everyone = {one.pk: one for one in Campaign.objects.filter(workspace=workspace)}
    known = [Known(one.pk, one.name, one.start, one.end) for one in everyone.values()]
    names = CampaignName.objects.filter(workspace=workspace).values_list("campaign_id", "name")
    for pk, name in names:
        known.append(Known(pk, name, everyone[pk].start, everyone[pk].end))
    found = []
    for row in rows:
        one = Known(row.campaign.pk, row.campaign.name, row.first, row.last)
        likely = likely_twins(one, known)
        twins = tuple(Twin(everyone[twin.pk], twin.is_weak) for twin in likely)
        found.append(replace(row, twins=twins))
    return found


def _names(ids: list[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    rows = CampaignName.objects.filter(campaign__in=ids).order_by("name")
    for pk, key, name in rows.values_list("campaign_id", "key", "name"):
        found.setdefault(pk, []).append((key, name))
    return found


def _spans(workspace: Workspace, ids: list[int]) -> Mapping[int, tuple[int, date, date]]:
    facts = Fact.objects.filter(workspace=workspace, campaign_id__in=ids).values("campaign_id")
    rows = facts.annotate(n=Count("value"), first=Min("day"), last=Max("end")).order_by()
    return {row["campaign_id"]: (row["n"], row["first"], row["last"]) for row in rows}


def _costs(workspace: Workspace, ids: list[int]) -> Mapping[int, Decimal]:
    """What the ledger says each campaign costs."""
    lines = Cost.objects.filter(workspace=workspace, campaign__in=ids).values("campaign_id")
    rows = lines.annotate(total=Sum("amount")).order_by()
    return {row["campaign_id"]: row["total"] for row in rows}
