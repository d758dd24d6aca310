"""What each feed of a measured workspace brings: an agency's client with the usual tools.

Standard library only. A day of it is about `FACTS_A_DAY` facts of 46 base metrics; how many days
there are decides how many facts a workspace has.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

FACTS_A_DAY = 137
FEWEST_DAYS = 14
CAMPAIGNS = (6, 12)
CHANNELS = (
    *("organic", "direct", "referral", "paid_search", "paid_social"),
    *("social", "email", "display", "affiliate", "events"),
)
CAMPAIGN_CHANNELS = ("paid_search", "paid_social")
NOT_SET = -1


class Shape(StrEnum):
    """How a series' values run over the days."""

    FLOW = "flow"
    STOCK = "stock"
    MEAN = "mean"
    UNIQUE = "unique"


class Split(StrEnum):
    """By what a feed breaks a metric down."""

    NOTHING = "nothing"
    CHANNEL = "channel"
    CAMPAIGN = "campaign"
    NOT_SET = "not set"


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of a feed.

    `level` is the usual value of a day and of one channel or campaign. `per_mille` of the days
    have a fact; series with the same `rhyme` have theirs on the same days. `weekday` (1 is
    Monday) is the only day of the week with one.
    """

    metric: str
    level: int
    split: Split = Split.NOTHING
    shape: Shape = Shape.FLOW
    per_mille: int = 1000
    places: int = 0
    weekday: int | None = None
    rhyme: int = 0


@dataclass(frozen=True, slots=True)
class PlannedFeed:
    """A feed: its name, how often it comes, whether a day without a row is zero, its series."""

    name: str
    rhythm: str
    zero_filled: bool
    series: tuple[Series, ...]
    kind: str = "file"


def _by_channel(levels: Mapping[str, int], per_mille: int = 1000) -> tuple[Series, ...]:
    return tuple(
        Series(key, level, Split.CHANNEL, per_mille=per_mille) for key, level in levels.items()
    )


SITE = PlannedFeed(
    "Web analytics",
    "day",
    True,
    (
        *_by_channel({"sessions": 420, "pageviews": 1130, "bounces": 170}),
        *_by_channel({"session_seconds": 40_000, "conversions": 12, "page_sessions": 260}),
        Series("page_load_ms", 1800, Split.CHANNEL, Shape.MEAN),
        Series("visitors", 71_000, shape=Shape.UNIQUE),
        Series("new_visitors", 52_000, shape=Shape.UNIQUE),
    ),
)
CRM = PlannedFeed(
    "CRM",
    "day",
    True,
    (
        *_by_channel({"leads": 9}, per_mille=950),
        *_by_channel({"mqls": 4}, per_mille=700),
        *_by_channel({"sqls": 2}, per_mille=400),
        *_by_channel({"opportunities": 2}, per_mille=300),
        Series("new_customers", 1, Split.CHANNEL, per_mille=150, rhyme=1),
        Series("revenue", 4200, Split.CHANNEL, per_mille=150, places=2, rhyme=1),
        Series("sales_cycle_days", 64, Split.CHANNEL, Shape.MEAN, per_mille=150, rhyme=1),
        Series("pipeline_value", 340_000, shape=Shape.STOCK, places=2),
        Series("customers", 210, shape=Shape.STOCK),
        Series("mrr", 68_000, shape=Shape.STOCK, places=2),
    ),
)
ADS = PlannedFeed(
    "Advertising",
    "day",
    True,
    tuple(
        Series(key, level, Split.CAMPAIGN, per_mille=800, places=places, rhyme=2)
        for key, level, places in (
            ("ad_impressions", 3400, 0),
            ("ad_clicks", 100, 0),
            ("ad_conversions", 4, 0),
            ("cost_media", 160, 2),
        )
    ),
)
MAILS = PlannedFeed(
    "Mailing",
    "week",
    True,
    (
        Series("emails_sent", 1900, weekday=2),
        Series("emails_delivered", 1870, weekday=2),
        Series("emails_opened", 500, weekday=2),
        Series("emails_clicked", 49, weekday=2),
        Series("email_bounces", 30, weekday=2),
        Series("email_unsubscribes", 4, weekday=2),
        Series("email_subscribers", 1900, shape=Shape.STOCK, weekday=2),
    ),
)
SEARCH = PlannedFeed(
    "Search engine",
    "day",
    False,
    (
        Series("search_impressions", 6100, per_mille=980, rhyme=3),
        Series("search_clicks", 150, per_mille=980, rhyme=3),
        Series("search_position", 13, shape=Shape.MEAN, per_mille=980, places=1, rhyme=3),
    ),
)
SOCIAL = PlannedFeed(
    "Social page",
    "day",
    False,
    (
        Series("followers", 5200, shape=Shape.STOCK, per_mille=960, rhyme=4),
        Series("social_reactions", 30, per_mille=960, rhyme=4),
        Series("social_comments", 4, per_mille=960, rhyme=4),
        Series("social_shares", 2, per_mille=960, rhyme=4),
    ),
)
LINKS = PlannedFeed(
    "Links",
    "week",
    False,
    (
        Series("keywords_top10", 140, shape=Shape.STOCK, weekday=1),
        Series("backlinks", 2600, shape=Shape.STOCK, weekday=1),
        Series("referring_domains", 310, shape=Shape.STOCK, weekday=1),
    ),
)
SURVEY = PlannedFeed(
    "Survey",
    "week",
    True,
    tuple(
        Series(key, level, weekday=5)
        for key, level in (("nps_promoters", 21), ("nps_passives", 12), ("nps_detractors", 7))
    ),
)
COSTS = PlannedFeed(
    "Costs",
    "none",
    True,
    tuple(
        Series(key, level, Split.NOT_SET, places=2)
        for key, level in (("cost_staff", 310), ("cost_tools", 12), ("cost_agency", 58))
    ),
    kind="ledger",
)

FEEDS = (SITE, CRM, ADS, MAILS, SEARCH, SOCIAL, LINKS, SURVEY, COSTS)


def campaigns_of(number: int) -> int:
    """How many campaigns the workspace with this number runs: six to twelve."""
    fewest, most = CAMPAIGNS
    return fewest + number % (most - fewest + 1)


def days_for(facts: int, workspaces: int) -> int:
    """How many days of history make about so many facts a workspace."""
    return max(round(facts / workspaces / FACTS_A_DAY), FEWEST_DAYS)


def months_within(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The first and last day of each month that lies whole between two days."""
    start = first if first.day == 1 else (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while True:
        following = (start + timedelta(days=32)).replace(day=1)
        if following > last + timedelta(days=1):
            return
        yield start, following - timedelta(days=1)
        start = following
