"""The documentation names what there is: commands with their flags, pages and pictures."""

import argparse
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import get_commands, load_command_class

from kpitracker import up

ROOT = Path(__file__).resolve().parents[1]
APPS = ("accounts", "metrics", "objectives", "reports", "kpitracker")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
SHARED = {"--help", "--json", "--version", "--verbosity", "--settings", "--pythonpath"}
SHARED |= {"--traceback", "--no-color", "--force-color", "--skip-checks"}
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
OURS = sorted(name for name, app in get_commands().items() if app in APPS and name != "migrate")


def flags(parser: argparse.ArgumentParser) -> set[str]:
    names = {name for action in parser._actions for name in action.option_strings}
    return {name for name in names if name.startswith("--")} - SHARED


def section(name: str) -> str:
    """What docs/commands.md says of a command: from its name in bold to the next one."""
    found = re.search(rf"^\*\*`{name}[ `](.*?)(?=^\*\*`|\Z)", COMMANDS, re.MULTILINE | re.DOTALL)
    assert found, f"docs/commands.md does not tell of {name}"
    return found[1]


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_documented_with_its_flags(name: str) -> None:
    command = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)
    told = section(name)
    assert {flag for flag in flags(parser) if f"`{flag}" not in told} == set()
    assert {f"--{flag}" for flag in re.findall(r"--([a-z][a-z-]+)", told)} <= flags(parser) | SHARED
    assert f"manage.py {name}" in told


def test_the_supervisor_is_documented_with_its_flags() -> None:
    told = section("up")
    assert {flag for flag in flags(up._parser()) if f"`{flag}" not in told} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_that_exist(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    inner = [unquote(link) for link in links if "://" not in link and not link.startswith("mailto")]
    assert [link for link in inner if not (page.parent / link).exists()] == []
