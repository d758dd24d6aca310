"""The names by which files and links know a campaign, and those that may be meant for it."""

from dataclasses import dataclass

from metrics.campaign_list import rows_of, unmatched, with_twins
from metrics.models import Campaign, CampaignName, Fact

MOST_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """A name from a file that nobody reviewed, and how many rows came under it."""

    campaign: Campaign
    rows: int


@dataclass(frozen=True, slots=True)
class Names:
    """A campaign's own name and its others, the rows that they matched, and what waits.

    `likely` are the names to be reviewed that look like this campaign's, `unmatched` the rows
    under them; `waiting` counts all names that wait in the workspace.
    """

    names: tuple[str, ...]
    matched: int
    likely: tuple[Waiting, ...]
    waiting: int

    @property
    def unmatched(self) -> int:
        """The rows that came under names like this campaign's."""
        return sum(one.rows for one in self.likely)


def names_of(campaign: Campaign) -> Names:
    """The names of a campaign with what they matched."""
    workspace = campaign.workspace
    others = CampaignName.objects.filter(campaign=campaign).exclude(key=campaign.key)
    waiting = unmatched(workspace).exclude(pk=campaign.pk)
    rows = rows_of(waiting[:MOST_LOOKED_AT], workspace=workspace)
    likely = [
        Waiting(row.campaign, row.values)
        for row in (with_twins(rows, workspace=workspace) if rows else [])
        if any(twin.campaign.pk == campaign.pk for twin in row.twins)
    ]
    return Names(
        names=(campaign.name, *others.order_by("name").values_list("name", flat=True)),
        matched=Fact.objects.filter(workspace=workspace, campaign_id=campaign.pk).count(),
        likely=tuple(likely),
        waiting=waiting.count(),
    )
