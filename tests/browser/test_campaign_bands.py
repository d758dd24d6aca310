"""A campaign behind the line of a chart: drawn, written down beside it, and a link to its page."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.scope import system_scope, workspace_scope
from metrics.campaign_saving import save_campaign
from metrics.models import Campaign
from tests.browser.conftest import Tab
from tests.cast import Cast
from tests.objectives.board import Board

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = {
    "en": ("Show the data as a table", "Campaigns in these days"),
    "fr": ("Afficher les données en tableau", "Campagnes de cette période"),
}
INK = """
canvas => {
  const chart = Chart.getChart(canvas), area = chart.chartArea, x = chart.scales.x;
  const payload = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
  const [band] = payload.bands, ratio = chart.currentDevicePixelRatio;
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  const paper = copy.getContext("2d", { willReadFrequently: true });
  paper.drawImage(canvas, 0, 0);
  const ink = (at, y) => paper.getImageData(
    Math.round(at * ratio), Math.round(y * ratio), 1, 1).data.join();
  const middle = (x.getPixelForValue(band.start) + x.getPixelForValue(band.end)) / 2;
  const outside = (area.left + x.getPixelForValue(band.start)) / 2;
  return {
    edge: [ink(middle, area.top + 1), ink(outside, area.top + 1)],
    tint: [ink(middle, area.top + 30), ink(outside, area.top + 30)],
  };
}
"""
"""The colours at the upper edge and below it, inside of the band and before it."""


def furnish(cast: Cast, lang: str) -> str:
    """Two months of leads, and a campaign of two weeks of them; the id of its page."""
    today = timezone.now().date()
    with system_scope():
        User.objects.filter(pk=cast.alice.pk).update(language=lang)
    with workspace_scope(cast.northwind.pk):
        board = Board(cast.northwind, cast.alice)
        board.figures("leads", 4, today - timedelta(days=60), today - timedelta(days=1))
        board.compute(today)
        return fair(cast, today).public_id


def fair(cast: Cast, today: date) -> Campaign:
    """A campaign of the two weeks before the last two."""
    start, end = today - timedelta(days=28), today - timedelta(days=15)
    return save_campaign(cast.northwind, user=cast.alice, name="Spring fair", start=start, end=end)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_campaign_is_drawn_named_and_linked(
    lang: str, scheme: Any, cast: Cast, open_tab: Callable[..., Tab]
) -> None:
    campaign = furnish(cast, lang)
    tab = open_tab(lang, cast.alice)
    tab.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    tab.go("/w/northwind/metrics/leads/?grain=day")
    canvas = tab.page.locator("canvas[data-chart]").first
    canvas.scroll_into_view_if_needed()
    tab.page.wait_for_function("Chart.getChart(document.querySelector('canvas[data-chart]'))")
    inks = canvas.evaluate(INK)
    assert inks["edge"][0] != inks["edge"][1]
    assert inks["tint"][0] != inks["tint"][1]
    table, title = WORDS[lang]
    tab.page.get_by_text(table).first.click()
    assert tab.page.get_by_text(title).first.is_visible()
    tab.look()
    with tab.page.expect_navigation():
        tab.page.get_by_role("link", name="Spring fair").first.press("Enter")
    assert tab.page.url.endswith(f"/campaigns/{campaign}/")
    assert "Spring fair" in tab.page.locator("h1").inner_text()
