"""htmx as base.html sets it up: swaps are shown, scripts in them are not run, refusals speak."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.fixtures import Settings

from tests.front.conftest import until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files come from their sources
]


@pytest.fixture
def page(chromium: Browser, server: str, settings: Settings) -> Iterator[Page]:
    settings.ROOT_URLCONF = "tests.front.urls"
    page = chromium.new_page()
    page.goto(f"{server}/swaps/")
    yield page
    page.close()


def spot(page: Page) -> str:
    return page.locator("#spot").inner_text()


@pytest.mark.parametrize("button", ["#get", "#wrong"])
def test_an_answer_and_a_form_with_errors_are_swapped_in_and_announced(
    page: Page, button: str
) -> None:
    page.locator(button).click()
    until(page, "document.querySelector('#spot p') !== null")
    until(page, "document.querySelector('#announce').textContent === 'Swapped in.'")


def test_nothing_in_a_fragment_runs(page: Page) -> None:
    page.locator("#get").click()
    until(page, "document.querySelector('#spot button') !== null")
    page.locator("#spot button").click()
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None


@pytest.mark.parametrize(
    ("button", "said"), [("#late", "Someone changed this"), ("#broken", "The change was not saved")]
)
def test_a_refusal_becomes_a_toast(page: Page, button: str, said: str) -> None:
    page.locator(button).click()
    until(page, "document.querySelector('.toast') !== null")
    assert said in page.locator(".toast").inner_text()
    assert spot(page) == ""
    page.locator(".toast button").click()
    assert page.locator(".toast").count() == 0


def test_a_question_is_asked_before_a_swap(page: Page) -> None:
    page.locator("#asked").click()
    assert page.locator("#confirm-question").inner_text() == "Really?"
    page.locator("#confirm [value='']").click()
    page.wait_for_timeout(200)
    assert spot(page) == ""
    page.locator("#asked").click()
    page.locator("#confirm-yes").click()
    until(page, "document.querySelector('#spot p') !== null")


def test_a_form_is_sent_only_after_its_question(page: Page) -> None:
    page.locator("#undo").click()
    assert page.locator("#confirm-yes").inner_text() == "Undo"
    page.keyboard.press("Escape")
    assert page.title() == "Swaps"
    page.locator("#undo").click()
    page.locator("#confirm-yes").click()
    page.wait_for_url("**/sent/")
