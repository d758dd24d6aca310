"""Figures typed, pasted, disputed and taken back in the table, with the keys alone."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User, Workspace
from accounts.scope import system_scope, workspace_scope
from metrics.entries import save_entry
from metrics.models import Entry, Metric
from tests.browser.conftest import Tab
from tests.cast import Cast, client_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TABLE = "data/?grain=week&until=2024-03-10&only=1&metric=leads&metric=mqls"
FIRST, LAST = "2024-01-29", "2024-03-04"


def open_table(tab: Tab, cast: Cast, cell: str = f"leads.{LAST}") -> Page:
    """The table of two rows and six weeks, with the focus in one of its cells."""
    tab.go(f"/w/{cast.northwind.slug}/{TABLE}")
    tab.page.locator(f"[id='{cell}']").focus()
    return tab.page


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def below(page: Page, cell: str) -> str:
    return page.locator(f"[id='below-{cell}'] [data-cell-state] p").inner_text()


def wait_for(page: Page, cell: str, words: str) -> None:
    page.locator(f"[id='below-{cell}'] [data-cell-state]", has_text=words).wait_for()


def values(workspace: Workspace) -> dict[str, Decimal]:
    with workspace_scope(workspace.pk):
        found = Entry.objects.select_related("metric")
        return {f"{one.metric.key}.{one.start}": one.value for one in found}


def typed_by(user: User, workspace: Workspace, value: int, **rest: Any) -> Entry:
    with workspace_scope(workspace.pk):
        metric = Metric.objects.get(workspace=workspace, key="leads")
        days: dict[str, Any] = {"start": date(2024, 3, 4), "end": date(2024, 3, 10)} | rest
        return save_entry(
            workspace, user=user, metric=metric, value=Decimal(value),
            today=date(2024, 3, 20), **days,
        )  # fmt: skip


def test_cells_are_typed_and_saved_with_the_keys_of_a_spreadsheet(
    cast: Cast, open_tab: Callable[..., Tab]
) -> None:
    tab = open_tab("en", cast.carl)
    page = open_table(tab, cast)
    keys = page.keyboard
    keys.type("70")
    keys.press("Enter")
    assert focused(page) == f"mqls.{LAST}"
    wait_for(page, f"leads.{LAST}", "70 saved")
    assert "70 saved" in page.locator("#announce").inner_text()
    keys.press("Home")
    assert focused(page) == f"mqls.{FIRST}"
    keys.press("Control+ArrowUp")
    keys.press("Control+End")
    assert focused(page) == f"mqls.{LAST}"
    keys.type("9")
    keys.press("Escape")
    assert page.locator(f"[id='mqls.{LAST}']").input_value() == ""
    keys.press("Control+Home")
    keys.press("End")
    keys.press("F2")
    keys.type("5")
    keys.press("ArrowLeft")
    assert focused(page) == f"leads.{LAST}", "F2 lets the arrows move within the text"
    keys.press("Tab")
    wait_for(page, f"leads.{LAST}", "705 saved")
    assert values(cast.northwind) == {f"leads.{LAST}": 705}
    page.locator(f"[id='leads.{LAST}']").focus()
    keys.press("Delete")
    keys.press("ArrowDown")
    wait_for(page, f"leads.{LAST}", "emptied")
    assert values(cast.northwind) == {}
    tab.look()
    page.locator("[data-undo] button").focus()
    with page.expect_navigation():
        keys.press("Enter")
    assert values(cast.northwind) == {f"leads.{LAST}": 705}


def test_a_block_is_copied_pasted_looked_at_and_saved(
    cast: Cast, open_tab: Callable[..., Tab]
) -> None:
    tab = open_tab("en", cast.carl)
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = open_table(tab, cast, f"leads.{FIRST}")
    keys = page.keyboard
    page.evaluate("navigator.clipboard.writeText('12\\t13\\n7\\tn/a\\n')")
    keys.press("Control+V")
    page.locator("dialog[open] #paste-title", has_text="3 values would be saved").wait_for()
    assert values(cast.northwind) == {}
    assert "1 text is not a number" in page.locator("dialog[open]").inner_text()
    tab.look()
    keys.press("Escape")
    assert focused(page) == f"leads.{FIRST}"
    keys.press("Control+V")
    page.locator("dialog[open] #paste-title").wait_for()
    while not page.evaluate("document.activeElement.matches('dialog .btn--main')"):
        keys.press("Tab")
    with page.expect_navigation():
        keys.press("Enter")
    assert sorted(values(cast.northwind).values()) == [7, 12, 13]
    page.locator(f"[id='leads.{FIRST}']").focus()
    keys.press("Shift+ArrowRight")
    keys.press("Shift+ArrowDown")
    keys.press("Control+C")
    assert page.evaluate("navigator.clipboard.readText()") == "12\t13\n7\t"


def test_two_tabs_see_both_values_and_the_person_decides(
    cast: Cast, open_tab: Callable[..., Tab]
) -> None:
    cell = f"leads.{LAST}"
    carl, erin = open_tab("en", cast.carl), open_tab("en", cast.erin)
    mine, theirs = open_table(carl, cast), open_table(erin, cast)
    theirs.keyboard.type("72")
    theirs.keyboard.press("Enter")
    wait_for(theirs, cell, "72 saved")
    mine.keyboard.type("69")
    mine.keyboard.press("Tab")
    wait_for(mine, cell, "Erin Example saved 72 at")
    carl.wrong = [one for one in carl.wrong if "409" not in one]
    assert "Yours: 69." in below(mine, cell)
    assert values(cast.northwind) == {cell: 72}
    carl.look()
    mine.locator(f"[id='{cell}']").focus()
    mine.keyboard.press("Tab")
    assert mine.evaluate("document.activeElement.innerText") == "Keep Erin Example’s"
    mine.keyboard.press("Tab")
    mine.keyboard.press("Enter")
    wait_for(mine, cell, "69 saved")
    assert values(cast.northwind) == {cell: 69}
    theirs.locator(f"[id='{cell}']").focus()
    theirs.keyboard.type("80")
    theirs.keyboard.press("Tab")
    wait_for(theirs, cell, "Carl Example saved 69 at")
    erin.wrong = [one for one in erin.wrong if "409" not in one]
    theirs.locator(f"[id='{cell}']").focus()
    theirs.keyboard.press("Tab")
    theirs.keyboard.press("Enter")
    assert theirs.locator(f"[id='{cell}']").input_value() == "69"
    assert values(cast.northwind) == {cell: 69}


def test_an_unusual_number_is_asked_about_in_french(
    cast: Cast, open_tab: Callable[..., Tab]
) -> None:
    cell = f"leads.{LAST}"
    with system_scope():
        User.objects.filter(pk=cast.carl.pk).update(language="fr")
    for day in range(1, 29):
        typed_by(cast.erin, cast.northwind, 10, start=date(2024, 2, day), end=date(2024, 2, day))
    tab = open_tab("fr", cast.carl)
    page = open_table(tab, cast)
    page.keyboard.type("7 000,5")
    page.keyboard.press("Tab")
    wait_for(page, cell, "100 fois")
    tab.wrong = [one for one in tab.wrong if "422" not in one]
    tab.look()
    assert cell not in values(cast.northwind)
    page.locator(f"[id='{cell}']").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_for(page, cell, "7\u202f000,5")
    assert values(cast.northwind)[cell] == Decimal("7000.5")


def test_without_scripts_everything_is_a_form(
    cast: Cast, chromium: Browser, live_server: LiveServer
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    session = str(client_of(cast.carl).session.session_key)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(f"{live_server.url}/w/{cast.northwind.slug}/{TABLE}")
    page.fill(f"[id='leads.{LAST}']", "70")
    page.click(".cells .btn--main")
    assert values(cast.northwind) == {f"leads.{LAST}": 70}
    page.click(".cells .form__foot a")
    page.select_option("#at", f"leads.{FIRST}")
    page.fill("#text", "12\t13\n7\t8\n")
    page.click("main form.narrow-form button")
    assert values(cast.northwind) == {f"leads.{LAST}": 70}
    page.click("button[form=paste-save]")
    assert len(values(cast.northwind)) == 5
    page.click("[data-undo] button")
    assert values(cast.northwind) == {f"leads.{LAST}": 70}
    context.close()
