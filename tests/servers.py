"""A pytest plugin: before the settings are read, start the servers the environment lacks."""

from collections.abc import Generator

import pytest

from kpitracker import embedded


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Around pytest-django's hook of this name, which imports the settings.

    Under xdist the controller comes here first; its workers inherit the addresses.
    """
    embedded.start_for_tests()
    return (yield)
