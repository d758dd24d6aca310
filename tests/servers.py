"""A pytest plugin: before the settings are read, start the servers the environment lacks."""

import subprocess
import sys
from collections.abc import Generator

import pytest

from kpitracker import embedded


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Around pytest-django's hook of this name, which imports the settings.

    Under xdist the controller comes here first; its workers inherit the addresses.
    """
    compile_messages()
    embedded.start_for_tests()
    return (yield)


def compile_messages() -> None:
    """Compile the translations when a source is newer: tests read both languages."""
    sources = list((embedded.BASE_DIR / "locale").rglob("*.po"))
    compiled = {source: source.with_suffix(".mo") for source in sources}
    if all(mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime for po, mo in compiled.items()):
        return
    command = [sys.executable, "manage.py", "messages", "--compile"]
    subprocess.run(command, cwd=embedded.BASE_DIR, check=True, capture_output=True)
