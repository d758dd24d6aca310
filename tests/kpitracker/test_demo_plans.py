"""The demo's plans: campaigns and targets that fit its own figures, in both languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.models import User, Workspace
from accounts.scope import system_scope, workspace_scope
from kpitracker.demo.facts import write_story
from kpitracker.demo.objectives import write_objectives
from kpitracker.demo.story import CAMPAIGNS, CHANNEL_SESSIONS, Story
from metrics import refreshing, series
from metrics.campaign_bands import campaign_bands
from metrics.campaign_figures import running, standings
from metrics.campaign_list import unmatched
from metrics.campaign_pace import Phase, Verdict
from metrics.models import Campaign
from metrics.resolution import EVERYTHING
from objectives.models import Objective
from tests.cast import Cast, client_of
from tests.pages import text

UNTIL = date(2026, 11, 28)
TODAY = UNTIL + timedelta(days=1)
HEADING = {"en": "Campaigns running", "fr": "Campagnes en cours"}
NOW = datetime(2026, 11, 29, 2, 30, tzinfo=UTC)


def load(workspace: Workspace, owner: User, *, size: float = 1.0) -> None:
    """The story's last year in a workspace."""
    with system_scope():
        for email in {one.owner for one in CAMPAIGNS}:
            User.objects.create_user(email, None, name=email.split("@")[0].title())
    write_story(workspace, Story(workspace.slug, UNTIL, 1, size), user=owner, now=NOW)
    refreshing.refresh(workspace, today=TODAY, now=NOW)
    write_objectives(workspace, until=UNTIL, owner=owner, now=NOW)


@pytest.mark.parametrize(("slug", "language"), [("northwind", "en"), ("acme", "fr")])
def test_campaigns_have_plans_and_paces(
    cast: Cast, slug: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    workspace: Workspace = getattr(cast, slug)
    owner = cast.alice if slug == "northwind" else cast.bob
    with workspace_scope(workspace.pk):
        load(workspace, owner)
        every = list(Campaign.objects.filter(workspace=workspace).select_related("outcome"))
        assert {one.name for one in every} == {
            one.french if language == "fr" else one.name for one in CAMPAIGNS
        }
        assert all(one.owner and one.channel for one in every)
        assert not unmatched(workspace).exists()
        planned = [one for one in every if one.end]
        found = standings(workspace, planned, today=TODAY)
        stands = [found[one.pk] for one in planned]
        assert {one.phase for one in stands} == {Phase.RUNNING, Phase.OVER}
        live = {one.verdict for one in stands if one.phase is Phase.RUNNING}
        assert Verdict.ON_PACE in live
        assert live & {Verdict.FAST, Verdict.TOO_FAST}
        assert all(one.outcome and one.outcome.share and one.trend.values for one in stands)
        bands = campaign_bands(workspace, UNTIL - timedelta(days=90), UNTIL)
        assert {one.public_id for one in running(workspace, today=TODAY)} == {
            band.url.rstrip("/").rsplit("/", 1)[-1] for band in bands
        }
    home = text(client_of(owner).get(f"/w/{workspace.slug}/"))
    assert HEADING[language] in home
    running_now = next(one for one in planned if one.end and one.end > TODAY)
    assert running_now.name in home
    page = text(client_of(owner).get(f"/w/{workspace.slug}/campaigns/"))
    assert all(one.name in page for one in every)


@pytest.mark.parametrize("size", [1.0, 0.6])
def test_a_stock_is_to_grow_from_where_it_was(cast: Cast, size: float) -> None:
    workspace = cast.northwind
    with workspace_scope(workspace.pk):
        load(workspace, cast.alice, size=size)
        plan = Objective.objects.get(workspace=workspace, metric__key="followers")
        assert plan.start
        assert plan.target
        assert plan.baseline
        was = series.span_value(workspace, "followers", EVERYTHING, plan.start, plan.start)
        assert plan.baseline == was.value
        assert Decimal("1.1") < plan.target / plan.baseline < Decimal("1.3")


def test_what_campaigns_bring_is_a_part_of_their_channels() -> None:
    story = Story("northwind", UNTIL, 1, 1.0)
    for day in list(story.days())[-300:]:
        for channel in CHANNEL_SESSIONS:
            totals = (9, 5, 3, 1)
            stages = story.stages(channel, day, totals)
            assert tuple(map(sum, zip(*stages.values(), strict=True))) == totals
            assert all(list(row) == sorted(row, reverse=True) for row in stages.values())
