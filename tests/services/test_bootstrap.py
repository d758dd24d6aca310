"""The steps before a local run: what is up to date is left alone."""

import json
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from kpitracker import bootstrap
from tests.cast import Cast


@pytest.fixture
def own_files(tmp_path: Path, settings: Settings) -> Path:
    """A data directory and static files of the test's own."""
    settings.DATA_DIR = tmp_path / "var"
    settings.DATA_DIR.mkdir()
    settings.STATIC_ROOT = settings.DATA_DIR / "static"
    settings.STATICFILES_DIRS = [tmp_path / "static"]
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "page.css").write_text("a{}")
    return tmp_path


def test_static_files_are_collected_when_one_changed(own_files: Path) -> None:
    assert bootstrap.collect_static() == "collected"
    assert bootstrap.collect_static() == "up to date"
    (own_files / "static" / "page.css").write_text("a{color:red}")
    assert bootstrap.collect_static() == "collected"
    assert (own_files / "var" / "static" / "page.css").read_text() == "a{color:red}"


def test_an_installation_with_people_gets_no_demo(cast: Cast, own_files: Path) -> None:
    assert bootstrap.load_demo() == "already there"
    assert not (own_files / "var" / "demo.json").exists()


def test_a_demo_that_was_deleted_does_not_come_back(db: None, own_files: Path) -> None:
    (own_files / "var" / "demo.json").write_text(json.dumps({"logins": []}))
    assert bootstrap.load_demo() == "already there"


def test_a_failing_step_is_named_with_its_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> str:
        raise OSError("No space left on device")

    step = bootstrap.Step("Static files", fail, "Free some space.")
    assert not bootstrap.ran(step)
    said = capsys.readouterr().out
    assert said == "  Static files: failed. No space left on device\n  Free some space.\n"
