"""Which campaigns are drawn on a chart."""

from datetime import date

from accounts.models import Workspace
from metrics.campaign_bands import MOST, campaign_bands
from metrics.models import Campaign, Dimension, DimensionValue
from metrics.series import Segment

START, END = date(2026, 3, 1), date(2026, 3, 31)


def made(workspace: Workspace, name: str, **more: object) -> Campaign:
    return Campaign.objects.create(workspace=workspace, name=name, key=name.lower(), **more)


def names(workspace: Workspace, **more: Segment) -> list[str]:
    return [band.text for band in campaign_bands(workspace, START, END, **more)]


def test_those_that_share_a_day(inside: Workspace) -> None:
    made(inside, "Touches", start=date(2026, 2, 1), end=START)
    made(inside, "Open", start=date(2026, 3, 5))
    made(inside, "Before", start=date(2026, 2, 1), end=date(2026, 2, 28))
    made(inside, "Later", start=date(2026, 4, 1), end=date(2026, 4, 2))
    made(inside, "Undated")
    bands = campaign_bands(inside, START, END)
    assert [(one.text, one.end, one.is_open) for one in bands] == [
        ("Touches", START, False),
        ("Open", END, True),
    ]


def test_those_that_touch_the_segment(inside: Workspace) -> None:
    channels = DimensionValue.objects.filter(workspace=inside, dimension=Dimension.CHANNEL)
    email, organic = channels.get(key="email"), channels.get(key="organic")
    mailed = made(inside, "Mailed", start=START, end=END, channel=email)
    made(inside, "Everywhere", start=START, end=END)
    assert names(inside) == ["Mailed", "Everywhere"]
    assert names(inside, segment=Segment(Dimension.CHANNEL, email.pk)) == ["Mailed", "Everywhere"]
    assert names(inside, segment=Segment(Dimension.CHANNEL, organic.pk)) == ["Everywhere"]
    assert names(inside, segment=Segment(Dimension.CAMPAIGN, mailed.pk)) == ["Mailed"]


def test_the_latest_of_many(inside: Workspace) -> None:
    for day in range(1, MOST + 3):
        made(inside, f"Number {day}", start=date(2026, 3, day), end=END)
    assert names(inside) == [f"Number {day}" for day in range(3, MOST + 3)]


def test_not_those_of_another_workspace(inside: Workspace, acme: Workspace) -> None:
    made(inside, "Ours", start=START, end=END)
    assert campaign_bands(acme, START, END) == []
