"""The page to try the API on: Swagger UI under the content security policy."""

from collections.abc import Iterator

import pytest
from drf_spectacular.generators import SchemaGenerator
from playwright.sync_api import Browser, Page

from tests.front.conftest import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files come from their sources
]
OPERATION = "#operations-metrics-metric_values"


def operations() -> int:
    """How many calls the API's own description has: each address with each of its methods."""
    described = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return sum(len(methods) for methods in described["paths"].values())


@pytest.fixture
def said() -> list[str]:
    """What the page said in the console, violations of the policy among it."""
    return []


@pytest.fixture
def page(chromium: Browser, server: str, said: list[str]) -> Iterator[Page]:
    # Before the server is asked: a first description is not made by two threads at once.
    shown = operations()
    page = chromium.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{server}/api/docs/")
    until(page, f"document.querySelectorAll('.opblock').length === {shown}")
    yield page
    page.close()


def test_every_address_is_shown_and_nothing_is_refused(page: Page, said: list[str]) -> None:
    page.locator(f"{OPERATION} .opblock-summary-control").click()
    until(page, f"document.querySelectorAll('{OPERATION} tr[data-param-name]').length === 7")
    page.locator(f"{OPERATION} .try-out__btn").click()
    until(page, f"document.querySelector('{OPERATION} .execute') !== null")
    page.locator(".authorize").first.click()
    until(page, "document.querySelector('.modal-ux input') !== null")
    page.locator(".modal-ux .close-modal").click()
    page.locator(".models-control").first.click()
    assert said == []
