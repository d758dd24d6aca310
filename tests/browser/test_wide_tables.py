"""A wide table scrolls within its own box: the page stays as wide as its window."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Tab
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [375, 1280])
def test_the_coverage_page_is_no_wider_than_its_window(
    cast: Cast, open_tab: Callable[..., Tab], width: int
) -> None:
    tab = open_tab("fr", cast.alice)
    tab.page.set_viewport_size({"width": width, "height": 900})
    tab.go(f"/w/{cast.northwind.slug}/data/coverage/")
    assert tab.page.evaluate("document.documentElement.scrollWidth") == width
