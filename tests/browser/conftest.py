"""A tab on the whole product, on the tests' database, which notices everything that is wrong."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.cast import client_of

WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # what is in order is not spelled out, which takes longest
}
ABORTED = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx says of a question that a newer one replaces, or that a page is left before: no fault.
One that fails is also said as another event."""
PHONE, DESK = 375, 1280
WATCH_POLICY = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
WIDER = """
[...document.querySelectorAll("body *")].filter((e) => e.checkVisibility()
  && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
  && !e.closest(".table-wrap, dialog, .sr"))
  .slice(0, 3).map((e) => e.outerHTML.slice(0, 160))
"""


class Tab:
    """One tab of one person: goes where it is told, and looks closely at each page."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.wrong: list[str] = []
        self.context = context
        context.add_init_script(WATCH_POLICY)
        self.page: Page = context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self._note(str(error)))
        self.page.on("request", self._asked)

    def _note(self, what: str) -> None:
        self.wrong.append(f"{self.page.url.removeprefix(self.address)}: {what}")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.text.startswith(ABORTED):
            return
        self._note(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if "/csp-report/" in request.url:
            self._note(f"a report of the policy: {request.post_data}")

    def go(self, path: str) -> int:
        """Opens a page of the product; the answer's status."""
        answer = self.page.goto(f"{self.address}{path}")
        assert answer is not None
        return answer.status

    def press(self, selector: str) -> None:
        """Clicks what leads to another page, and waits for it."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def look(self, *, phone: bool = True, axe: bool = True) -> None:
        """Notes what axe finds on this page and, on a phone, what is wider than the window."""
        found: dict[str, Any] = Axe().run(self.page, options=WCAG).response if axe else {}
        for each in found.get("violations", ()):
            self._note(f"axe {each['id']}: {each['nodes'][0]['html'][:200]}")
        if phone:
            self.page.set_viewport_size({"width": PHONE, "height": 800})
            width = self.page.evaluate("document.documentElement.scrollWidth")
            if width > PHONE:
                self._note(f"{width} px wide: {self.page.evaluate(WIDER)}")
            self.page.set_viewport_size({"width": DESK, "height": 900})


@pytest.fixture
def open_tab(
    chromium: Browser, live_server: LiveServer, settings: Settings
) -> Iterator[Callable[..., Tab]]:
    """Opens tabs, signed in or not; fails at the end on whatever they noticed."""
    settings.BASE_URL = live_server.url
    tabs: list[Tab] = []

    def open_one(lang: str, user: User | None = None) -> Tab:
        context = chromium.new_context(
            viewport={"width": DESK, "height": 900}, locale=lang, reduced_motion="reduce"
        )
        if user is not None:
            session = client_of(user).session.session_key
            name = django_settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": str(session), "url": live_server.url}])
        tabs.append(Tab(context, live_server.url))
        return tabs[-1]

    yield open_one
    for tab in tabs:
        tab.context.close()
    assert [each for tab in tabs for each in tab.wrong] == []
