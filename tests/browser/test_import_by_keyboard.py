"""A file from choosing to undoing it, with the keys alone, in French."""

from collections.abc import Callable

import pytest
from django.utils.translation import override

from accounts.models import User, Workspace
from accounts.scope import system_scope, workspace_scope
from metrics.models import Batch, Fact
from tests.browser.conftest import Tab
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FILE = "date,metric,value\n03/04/2024,leads,4\n05/06/2024,leads,x5\n"
MOST_STEPS = 80


def reach(tab: Tab, selector: str) -> None:
    """Goes on with the tabulator until the focus is there; a mouse is never used."""
    for _step in range(MOST_STEPS):
        tab.page.keyboard.press("Tab")
        if tab.page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"The keyboard does not reach {selector} on {tab.page.url}")


def enter(tab: Tab, selector: str) -> None:
    """Reaches a button and presses it."""
    reach(tab, selector)
    with tab.page.expect_navigation():
        tab.page.keyboard.press("Enter")


def test_a_file_is_imported_and_undone_by_keyboard(
    cast: Cast, open_tab: Callable[..., Tab]
) -> None:
    with system_scope():
        User.objects.filter(pk=cast.alice.pk).update(language="fr")
        Workspace.objects.filter(pk=cast.northwind.pk).update(language="fr")
    tab = open_tab("fr", cast.alice)
    with override("fr"):
        tab.go(f"/w/{cast.northwind.slug}/imports/new/")
        reach(tab, "[name=pasted]")
        tab.page.keyboard.insert_text(FILE)
        enter(tab, "main form button.btn--main")
        reach(tab, "[name=date_order]")
        tab.page.keyboard.press("Space")
        enter(tab, "form[action$='/answer/'] button")
        tab.look()
        reach(tab, "form[action$='/repair/'] [name=text]")
        tab.page.keyboard.press("Control+A")
        tab.page.keyboard.insert_text("5")
        enter(tab, "form[action$='/repair/'] button")
        enter(tab, "form[action$='/commit/'] button")
        with workspace_scope(cast.northwind.pk):
            assert sorted(fact.value for fact in Fact.objects.all()) == [4, 5]
        reach(tab, "form[action$='/undo/'] button")
        tab.page.keyboard.press("Enter")
        tab.page.wait_for_selector("dialog[open]")
        enter(tab, "dialog[open] .btn--main, dialog[open] .btn--danger")
    with workspace_scope(cast.northwind.pk):
        assert not Fact.objects.exists()
        assert Batch.objects.get().state == Batch.State.UNDONE
