"""The demo's facts: what each tool of the story would have exported."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from accounts.models import User, Workspace
from kpitracker.demo.campaigns import OUTCOME, plan_campaign, start_campaign
from kpitracker.demo.story import CAMPAIGNS, CHANNEL_SESSIONS, Story
from metrics.costs import save_cost
from metrics.coverage import CoveredSpan
from metrics.facts import write_facts
from metrics.feeds import create_feed
from metrics.models import Batch, Campaign, Dimension, DimensionValue, Feed, Metric
from metrics.staging import FactRow

SOCIAL_SILENT_DAYS = 25
"""Nobody has typed the followers for so long: a feed that is late."""
SEARCH_DELAY = 3
STAGES = ("leads", "mqls", "sqls", "new_customers")


@dataclass
class Writer:
    """Collects a feed's rows, then writes them as one batch."""

    workspace: Workspace
    feed: Feed
    metrics: dict[str, int]
    rows: list[FactRow] = field(default_factory=list)

    def add(
        self,
        metric: str,
        day: date,
        value: Decimal | int,
        *,
        channel: int = 0,
        campaign: int = 0,
        end: date | None = None,
    ) -> None:
        """One fact."""
        self.rows.append(
            FactRow(
                metric_id=self.metrics[metric],
                day=day,
                feed_id=self.feed.pk,
                channel_id=channel,
                campaign_id=campaign,
                device_id=0,
                asset_id=0,
                audience_id=0,
                end=end or day,
                value=Decimal(value),
            )
        )

    def write(self, now: datetime, *, zero_filled: bool) -> None:
        """Everything collected, covered from its first to its last day."""
        batch = Batch.objects.create(
            workspace=self.workspace,
            feed=self.feed,
            kind=Batch.Kind.DEMO,
            state=Batch.State.COMMITTED,
            committed_at=now,
        )
        spans: dict[int, tuple[date, date]] = {}
        for row in self.rows:
            first, last = spans.get(row.metric_id, (row.day, row.end))
            spans[row.metric_id] = (min(first, row.day), max(last, row.end))
        done = write_facts(
            batch,
            rows=self.rows,
            coverage=[
                CoveredSpan(self.feed.pk, metric, first, last, zero_filled)
                for metric, (first, last) in spans.items()
            ],
        )
        Batch.objects.filter(pk=batch.pk).update(created=done.created)


def money(amount: float) -> Decimal:
    """To the cent."""
    return Decimal(round(amount * 100)).scaleb(-2)


@dataclass
class Pen:
    """What all the feeds of a workspace are written with."""

    workspace: Workspace
    story: Story
    now: datetime
    metrics: dict[str, int]
    channels: dict[str, int]
    campaigns: dict[str, Campaign]

    def feed(self, name: str, rhythm: str, *, delay: int = 1) -> Writer:
        """A writer for a feed of this name."""
        feed = create_feed(self.workspace, name=name, rhythm=rhythm, delay_days=delay)
        return Writer(self.workspace, feed, self.metrics)


def write_story(workspace: Workspace, story: Story, *, user: User, now: datetime) -> None:
    """All facts and costs of the workspace. Runs in its scope."""
    places = DimensionValue.objects.filter(workspace=workspace, dimension=Dimension.CHANNEL)
    channels = dict(places.values_list("key", "pk"))
    pen = Pen(
        workspace,
        story,
        now,
        metrics=dict(Metric.objects.filter(workspace=workspace).values_list("key", "pk")),
        channels=channels,
        campaigns={
            one.name: start_campaign(workspace, one, story, channels[one.channel])
            for one in CAMPAIGNS
        },
    )
    parts: tuple[Callable[[Pen], None], ...] = (_site, _crm, _ads, _mails, _search, _social)
    for part in parts:
        part(pen)
    _write_costs(pen, user)


def _site(pen: Pen) -> None:
    feed, story = pen.feed("GA4", "day"), pen.story
    for day in story.days():
        for channel in CHANNEL_SESSIONS:
            visits, place = story.sessions(channel, day), pen.channels[channel]
            bounce = 0.44 if channel.startswith("paid") else 0.37
            for campaign, part in story.shared("sessions", channel, day, visits).items():
                feed.add("sessions", day, part, channel=place, campaign=_pk(pen, campaign))
            feed.add(
                "conversions", day, story.whole(visits * 0.028, f"c.{channel}", day), channel=place
            )
            feed.add(
                "pageviews", day, round(visits * 2.7 * story.noise("pages", day)), channel=place
            )
            feed.add("bounces", day, round(visits * bounce * story.noise("b", day)), channel=place)
            feed.add(
                "session_seconds", day, round(visits * 96 * story.noise("s", day)), channel=place
            )
    for first, last in months(story):
        visits = sum(
            story.sessions(channel, day)
            for channel in CHANNEL_SESSIONS
            for day in span(first, last)
        )
        feed.add("visitors", first, round(visits * 0.71), end=last)
        feed.add("new_visitors", first, round(visits * 0.52), end=last)
    feed.write(pen.now, zero_filled=True)


def _crm(pen: Pen) -> None:
    feed, story = pen.feed("CRM", "day"), pen.story
    for day in story.days():
        for channel in CHANNEL_SESSIONS:
            place, leads = pen.channels[channel], story.leads(channel, day)
            mqls = story.whole(leads * 0.42, f"mql.{channel}", day)
            sqls = story.whole(mqls * 0.36, f"sql.{channel}", day)
            won = story.whole(sqls * 0.27, f"won.{channel}", day)
            deal = 4200 * story.noise(f"deal.{channel}", day, 0.3)
            for campaign, stages in story.stages(channel, day, (leads, mqls, sqls, won)).items():
                add = partial(feed.add, channel=place, campaign=_pk(pen, campaign))
                for key, count in zip(STAGES, stages, strict=True):
                    add(key, day, count)
                add("opportunities", day, stages[2])
                add("revenue", day, money(stages[3] * deal))
    customers = round(180 * story.size)
    for first, last in months(story):
        grown = 1 + 0.012 * ((last - story.first).days / 30)
        feed.add("customers", last, round(customers * grown))
        feed.add("mrr", last, money(customers * grown * 320))
        feed.add("lost_customers", first, story.whole(customers * 0.011, "lost", first))
    feed.write(pen.now, zero_filled=True)


def _ads(pen: Pen) -> None:
    """What the tools of advertising report by campaign, and what each campaign is to bring."""
    story = pen.story
    for source, channel in (("Google Ads", "paid_search"), ("LinkedIn Ads", "paid_social")):
        feed = pen.feed(source, "day")
        for campaign in (one for one in CAMPAIGNS if one.channel == channel):
            row = pen.campaigns[campaign.name]
            spent, won = Decimal(0), Decimal(0)
            for day in (day for day in story.days() if story.runs(campaign, day)):
                clicks = round(
                    campaign.clicks
                    * story.level(day)
                    * story.ads(day)
                    * story.noise(campaign.name, day)
                )
                add = partial(feed.add, channel=pen.channels[channel], campaign=row.pk)
                add("ad_clicks", day, clicks)
                add("ad_impressions", day, round(clicks * 34 * story.noise("i", day)))
                cost = money(clicks * campaign.cost_per_click * story.noise("cpc", day, 0.06))
                add("cost_media", day, cost)
                conversions = story.whole(clicks * 0.034, campaign.name, day)
                add(OUTCOME, day, conversions)
                spent, won = spent + cost, won + conversions
            plan_campaign(row, campaign, story, spent=spent, won=won)
        feed.write(pen.now, zero_filled=True)


def _pk(pen: Pen, campaign: str) -> int:
    """Of the campaign with this name; 0 for the figures that belong to none."""
    return pen.campaigns[campaign].pk if campaign else 0


def _mails(pen: Pen) -> None:
    feed, story = pen.feed("Mailchimp", "week"), pen.story
    for day in (day for day in story.days() if day.weekday() == 1):
        sent = round(1900 * story.size * 1.1 ** ((day - story.first).days / 365))
        delivered = round(sent * 0.985)
        opened = round(delivered * 0.27 * story.noise("open", day))
        clicked = round(delivered * 0.026 * story.noise("click", day, 0.18))
        for key, count in (
            ("emails_sent", sent),
            ("emails_delivered", delivered),
            ("emails_opened", opened),
            ("emails_clicked", clicked),
            ("email_bounces", sent - delivered),
            ("email_unsubscribes", story.whole(delivered * 0.0019, "unsub", day)),
        ):
            feed.add(key, day, count)
        feed.add("email_subscribers", day, sent)
    feed.write(pen.now, zero_filled=True)


def _search(pen: Pen) -> None:
    feed, story = pen.feed("Search Console", "day", delay=SEARCH_DELAY), pen.story
    for day in story.days():
        if (story.until - day).days < SEARCH_DELAY - 1:
            break
        clicks = round(150 * story.level(day) * story.noise("gsc", day))
        position = Decimal(round((14.2 - 1.6 * (day - story.first).days / 365) * 100)).scaleb(-2)
        feed.add("search_clicks", day, clicks)
        feed.add("search_impressions", day, round(clicks * 41 * story.noise("gi", day)))
        feed.add("search_position", day, position)
    feed.write(pen.now, zero_filled=True)


def _social(pen: Pen) -> None:
    feed, story = pen.feed("LinkedIn page", "week"), pen.story
    last = story.until - timedelta(days=SOCIAL_SILENT_DAYS)
    for day in (day for day in story.days() if day.weekday() == 3 and day <= last):
        weeks = (day - story.first).days / 7
        feed.add("followers", day, round(5200 * story.size * 1.0042**weeks))
        posts = 210 * story.size * story.noise("posts", day, 0.25)
        for key, share in (
            ("social_reactions", 1.0),
            ("social_comments", 0.12),
            ("social_shares", 0.07),
        ):
            feed.add(key, day, round(posts * share))
    feed.write(pen.now, zero_filled=False)


def _write_costs(pen: Pen, user: User) -> None:
    """Salaries by month, tools by year, an agency by quarter: the ledger spreads them by day."""
    story = pen.story
    this_month = story.until.replace(day=1)
    next_month = (this_month + timedelta(days=32)).replace(day=1)
    current = (this_month, next_month - timedelta(days=1))
    for first, last in dict.fromkeys([*months(story), current]):
        save_cost(
            pen.workspace,
            user=user,
            category="staff",
            amount=money(9_400 * story.size),
            start=first,
            end=last,
        )
        if first.month in (1, 4, 7, 10):
            save_cost(
                pen.workspace,
                user=user,
                category="agency",
                supplier="Studio Nord",
                amount=money(5_200 * story.size),
                start=first,
                end=first + timedelta(days=89),
            )
    save_cost(
        pen.workspace,
        user=user,
        category="tools",
        supplier="CRM and mailing",
        amount=money(8_760 * story.size * story.years),
        start=story.first,
        end=story.until,
    )


def span(first: date, last: date) -> Iterator[date]:
    """Every day from first to last."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def months(story: Story) -> Iterator[tuple[date, date]]:
    """First and last day of each whole month of the story."""
    first = (story.first + timedelta(days=31)).replace(day=1)
    while True:
        following = (first + timedelta(days=32)).replace(day=1)
        if following - timedelta(days=1) > story.until:
            return
        yield first, following - timedelta(days=1)
        first = following
