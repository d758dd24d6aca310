"""Defining a metric in French with the keyboard alone, told by the preview what is wrong."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User, Workspace
from accounts.scope import system_scope, workspace_scope
from metrics import snapshots
from metrics.models import Metric
from tests.browser.conftest import Tab
from tests.cast import Cast
from tests.chromium import until
from tests.metrics.numbers import Book

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PREVIEW = "document.querySelector('#preview').innerText"


def fill(workspace: Workspace) -> None:
    """Costs and conversions of the last month that is over."""
    now = timezone.now()
    day = now.date().replace(day=1) - timedelta(days=1)
    with workspace_scope(workspace.pk):
        book = Book(workspace)
        book.write(
            book.row("cost_media", day.isoformat(), 700),
            book.row("conversions", day.isoformat(), 4),
        )
        snapshots.refresh(workspace, today=now.date(), now=now)


def tab_to(tab: Tab, id: str) -> None:
    """Presses Tab until a control has the focus, as somebody without a mouse would."""
    for _try in range(400):
        if tab.page.evaluate("document.activeElement.id") == id:
            return
        tab.page.keyboard.press("Tab")
    pytest.fail(f"#{id} is never reached by Tab.")


def test_a_metric_is_defined_by_keyboard(cast: Cast, open_tab: Callable[..., Tab]) -> None:
    with system_scope():
        User.objects.filter(pk=cast.erin.pk).update(language="fr")
    fill(cast.northwind)
    tab = open_tab("fr", cast.erin)
    assert tab.go("/w/northwind/metrics/new/") == 200
    keys = tab.page.keyboard

    tab_to(tab, "id_name_fr")
    keys.type("Coût d’une démo")
    tab_to(tab, "id_formula")
    keys.type("cost_media + conversions")
    until(tab.page, f"{PREVIEW}.includes('un montant')")
    assert "un nombre d’éléments" in tab.page.locator("#preview").inner_text()
    assert tab.page.locator("#preview mark").inner_text() == "+"
    tab.look()

    keys.press("Control+A")
    keys.type("cost_media / ")
    tab_to(tab, "find-metric")
    keys.type("nombre de conv")
    keys.press("Control+A")
    keys.type("conversions")
    until(tab.page, "document.querySelector('[data-filter-count]').textContent < '9'")
    while tab.page.evaluate("document.activeElement.dataset.insert") != "conversions":
        keys.press("Tab")
    keys.press("Enter")
    assert tab.page.evaluate("document.activeElement.id") == "id_formula"
    assert tab.page.locator("#id_formula").input_value() == "cost_media / conversions"
    until(tab.page, "document.querySelector('[data-preview-value]') !== null")
    assert tab.page.locator("[data-preview-value]").inner_text().startswith("175")
    shown = tab.page.locator("#preview").inner_text()
    assert "Achat média ÷ Conversions" in shown
    assert "Media cost ÷ Conversions" in shown

    tab_to(tab, "id_unit")
    keys.type("montant")
    until(tab.page, "document.querySelector('#id_unit').value === 'money'")
    tab.look()
    tab_to(tab, "id_key")
    with tab.page.expect_navigation():
        keys.press("Enter")
    assert tab.page.url.endswith("/metrics/cout_d_une_demo/")
    with system_scope():
        metric = Metric.objects.get(workspace=cast.northwind, key="cout_d_une_demo")
    assert (metric.own_formula, metric.own_unit) == ("cost_media / conversions", "money")
