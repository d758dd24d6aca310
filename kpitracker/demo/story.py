"""The story that the demo's numbers tell, day by day. Pure: same arguments, same numbers.

Trend, seasons, weekends, French and British holidays in August and December, a product launch,
a month with a broken tracking tag, and campaigns; noise is drawn from the name and the day.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

WEEKDAYS = (1.12, 1.18, 1.15, 1.08, 0.92, 0.42, 0.38)
MONTHS = (1.0, 1.03, 1.08, 1.04, 0.98, 1.02, 0.86, 0.68, 1.1, 1.12, 1.06, 0.72)

CHANNEL_SESSIONS = {
    "organic": 210.0,
    "direct": 130.0,
    "paid_search": 95.0,
    "social": 48.0,
    "email": 36.0,
    "referral": 27.0,
    "paid_social": 22.0,
}
LEAD_RATES = {
    "organic": 0.021,
    "direct": 0.016,
    "paid_search": 0.034,
    "social": 0.011,
    "email": 0.041,
    "referral": 0.026,
    "paid_social": 0.019,
}


@dataclass(frozen=True)
class Campaign:
    """A paid campaign of the story, its share of the paid clicks while it runs, and its plan."""

    name: str
    french: str
    channel: str
    clicks: float
    cost_per_click: float
    first: int
    """Days before the end of the story."""
    last: int | None = None
    """The same; below zero for a day to come, None where it goes on."""
    owner: str = "julie@demo.example"
    budget_pace: str = ""
    """The share of the budget that is spent over the share of the days that are gone."""
    outcome_pace: str = ""
    """The same of the conversions that were planned."""


CAMPAIGNS = (
    Campaign("Brand search", "Recherche de marque", "paid_search", 26.0, 0.92, 10_000),
    Campaign("Generic B2B search", "Recherche B2B générique", "paid_search", 44.0, 3.15, 10_000),
    Campaign(
        "Decision makers",
        "Décideurs",
        "paid_social",
        17.0,
        5.4,
        400,
        -60,
        owner="marie@demo.example",
        budget_pace="0.96",
        outcome_pace="1.02",
    ),
    Campaign(
        "Online seminar",
        "Webinaire en direct",
        "paid_social",
        15.0,
        3.6,
        24,
        -16,
        budget_pace="1.14",
        outcome_pace="0.78",
    ),
    Campaign(
        "Product launch",
        "Lancement du produit",
        "paid_search",
        60.0,
        2.4,
        215,
        170,
        owner="marie@demo.example",
        budget_pace="1.03",
        outcome_pace="1.12",
    ),
    Campaign(
        "Spring webinar",
        "Webinaire de printemps",
        "paid_social",
        25.0,
        3.8,
        260,
        225,
        budget_pace="0.94",
        outcome_pace="0.86",
    ),
)


CAMPAIGN_SHARE = 0.8
"""So much of a paid channel's visits and leads comes with a campaign's name."""


@dataclass(frozen=True)
class Story:
    """One workspace's two years: ``size`` scales it, ``name`` seeds its noise."""

    name: str
    until: date
    years: int
    size: float

    @property
    def first(self) -> date:
        """The first day with figures."""
        return self.until - timedelta(days=365 * self.years)

    def days(self) -> Iterator[date]:
        """Every day with figures."""
        for number in range((self.until - self.first).days + 1):
            yield self.first + timedelta(days=number)

    def noise(self, what: str, day: date, spread: float = 0.12) -> float:
        """A factor around 1, always the same for the same name and day."""
        dice = random.Random(f"{self.name}:{what}:{day.toordinal()}")
        return max(0.2, dice.gauss(1, spread))

    def level(self, day: date) -> float:
        """How busy the market is that day: growth of 18 % a year, season, weekday, launch."""
        years = (day - self.first).days / 365
        growth: float = 1.18**years
        return self.size * growth * WEEKDAYS[day.weekday()] * self._month(day) * self.launch(day)

    def _month(self, day: date) -> float:
        ahead = (day.replace(day=1) + timedelta(days=32)).month
        share = (day.day - 1) / 31
        return MONTHS[day.month - 1] * (1 - share) + MONTHS[ahead - 1] * share

    def launch(self, day: date) -> float:
        """A launch 210 days before the end: up by half, gone after some weeks."""
        since = (day - (self.until - timedelta(days=210))).days
        return 1 + 0.5 * math.exp(-since / 18) if since >= 0 else 1.0

    def tag(self, day: date) -> float:
        """The tracking tag was broken for 12 days, 300 days before the end."""
        since = (day - (self.until - timedelta(days=300))).days
        return 0.35 if 0 <= since < 12 else 1.0

    def ads(self, day: date) -> float:
        """The paid budget was cut 40 days before the end."""
        return 0.55 if (self.until - day).days < 40 else 1.0

    def sessions(self, channel: str, day: date) -> int:
        """Visits of a channel."""
        factor = self.ads(day) if channel.startswith("paid") else 1.0
        base = CHANNEL_SESSIONS[channel] * self.level(day) * self.tag(day) * factor
        return round(base * self.noise(f"sessions.{channel}", day))

    def leads(self, channel: str, day: date) -> int:
        """Leads of a channel: listed by the CRM, so a broken tag does not touch them."""
        factor = self.ads(day) if channel.startswith("paid") else 1.0
        mean = CHANNEL_SESSIONS[channel] * self.level(day) * factor * LEAD_RATES[channel]
        return self.whole(mean, f"leads.{channel}", day)

    def whole(self, mean: float, what: str, day: date) -> int:
        """A count around its mean: the fraction decides by a throw."""
        dice = random.Random(f"{self.name}:{what}:{day.toordinal()}")
        amount = max(0.0, dice.gauss(mean, math.sqrt(max(mean, 0.05)) * 0.6))
        return int(amount) + (dice.random() < amount % 1)

    def runs(self, campaign: Campaign, day: date) -> bool:
        """Whether a campaign runs that day."""
        before = (self.until - day).days
        return before <= campaign.first and (campaign.last is None or campaign.last <= before)

    def shared(self, what: str, channel: str, day: date, total: int) -> dict[str, int]:
        """A channel's count by the campaigns that run, what belongs to none under an empty name."""
        running = [one for one in CAMPAIGNS if one.channel == channel and self.runs(one, day)]
        weight = sum(one.clicks for one in running) or 1.0
        found, rest = {}, total
        for one in running:
            mean = CAMPAIGN_SHARE * total * one.clicks / weight
            found[one.name] = min(rest, self.whole(mean, f"{what}.{one.name}", day))
            rest -= found[one.name]
        return {"": rest} | found

    def stages(
        self, channel: str, day: date, totals: tuple[int, ...]
    ) -> dict[str, tuple[int, ...]]:
        """The same of the stages of a funnel: none has more of a stage than of the one before."""
        first = self.shared("stage.0", channel, day, totals[0])
        found = {name: [count] for name, count in first.items()}
        for number, total in enumerate(totals[1:], 1):
            wished, rest = self.shared(f"stage.{number}", channel, day, total), total
            for name in reversed(found):
                before = found[name][-1]
                part = min(before, rest, wished[name]) if name else min(before, rest)
                found[name].append(part)
                rest -= part
            for counts in found.values():
                more = min(counts[-2] - counts[-1], rest)
                counts[-1] += more
                rest -= more
            found[""][-1] += rest  # a throw of the story may give more than the stage before
        return {name: tuple(counts) for name, counts in found.items()}
