"""A cost that comes back, added, made dearer from a day on and deleted by keyboard, in French."""

from collections.abc import Callable

import pytest
from django.utils.translation import override

from accounts.models import User, Workspace
from accounts.scope import system_scope, workspace_scope
from metrics.models import Cost, RecurringCost
from tests.browser.conftest import Tab
from tests.browser.test_import_by_keyboard import enter, reach
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def fill(tab: Tab, selector: str, text: str) -> None:
    """Types over what a field holds."""
    reach(tab, selector)
    tab.page.keyboard.press("Control+A")
    tab.page.keyboard.insert_text(text)


def choose(tab: Tab, selector: str, value: str) -> None:
    """Goes down a list until the option is chosen."""
    reach(tab, selector)
    for _step in range(30):
        if tab.page.input_value(selector) == value:
            return
        tab.page.keyboard.press("ArrowDown")
    raise AssertionError(f"{selector} does not offer {value}")


def test_a_cost_that_comes_back_by_keyboard(cast: Cast, open_tab: Callable[..., Tab]) -> None:
    with system_scope():
        User.objects.filter(pk=cast.alice.pk).update(language="fr")
        Workspace.objects.filter(pk=cast.northwind.pk).update(language="fr")
    tab = open_tab("fr", cast.alice)
    with override("fr"):
        tab.go(f"/w/{cast.northwind.slug}/data/costs/new/")
        choose(tab, "[name=category]", "tools")
        fill(tab, "[name=amount]", "1 200,50")
        choose(tab, "[name=rhythm]", "month")
        tab.page.fill("[name=start]", "2026-01-01")
        enter(tab, "main form button.btn--main")
        with workspace_scope(cast.northwind.pk):
            cost = RecurringCost.objects.get()
        first = len(lines(cast))
        tab.go(f"/w/{cast.northwind.slug}/data/costs/recurring/{cost.public_id}/")
        tab.look()
        tab.page.fill("[name=from_day]", "2026-02-01")
        fill(tab, "[name=amount]", "1 300")
        enter(tab, "main form button.btn--main")
        assert lines(cast)[:2] == ["1200.50", "1300.00"]
        assert len(lines(cast)) == first
        with workspace_scope(cast.northwind.pk):
            later = RecurringCost.objects.exclude(pk=cost.pk).get()
        delete(tab, cast, later)
        assert lines(cast) == ["1200.50"]  # January was spent before and stays
        delete(tab, cast, cost)
        assert lines(cast) == []
        with workspace_scope(cast.northwind.pk):
            assert not RecurringCost.objects.exists()


def delete(tab: Tab, cast: Cast, cost: RecurringCost) -> None:
    """Asks for it, thinks better of it once, and says yes."""
    before = len(lines(cast))
    tab.go(f"/w/{cast.northwind.slug}/data/costs/recurring/{cost.public_id}/")
    reach(tab, "main .btn--danger")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector("dialog[open]")
    tab.look()
    tab.page.keyboard.press("Escape")
    tab.page.wait_for_selector("dialog[open]", state="detached")
    assert len(lines(cast)) == before
    reach(tab, "main .btn--danger")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_selector("dialog[open]")
    enter(tab, "#confirm-yes")


def lines(cast: Cast) -> list[str]:
    """The amounts of the ledger's lines."""
    with workspace_scope(cast.northwind.pk):
        return [str(one) for one in Cost.objects.order_by("start").values_list("amount", flat=True)]
