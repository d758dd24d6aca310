"""The vendored libraries are those that the record names, under licences that allow it."""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
VENDOR = STATIC / "vendor"
RECORD = json.loads((VENDOR / "vendored.json").read_text(encoding="utf-8"))
LOCK = json.loads((STATIC.parent / "package-lock.json").read_text(encoding="utf-8"))
ALLOWED = {"MIT", "0BSD", "OFL-1.1"}
NAMES = [library["name"] for library in RECORD]


@pytest.mark.parametrize("library", RECORD, ids=NAMES)
def test_each_file_has_its_recorded_hash(library: dict[str, Any]) -> None:
    for name, recorded in library["files"].items():
        digest = hashlib.sha384((VENDOR / name).read_bytes()).digest()
        assert recorded == f"sha384-{base64.b64encode(digest).decode()}", name


@pytest.mark.parametrize("library", RECORD, ids=NAMES)
def test_each_licence_is_free_and_travels_with_the_files(library: dict[str, Any]) -> None:
    assert {library["licence"], *(each["licence"] for each in library["bundles"])} <= ALLOWED
    assert len((VENDOR / library["licence_file"]).read_text(encoding="utf-8")) > 400


@pytest.mark.parametrize("library", RECORD, ids=NAMES)
def test_each_version_is_the_locked_one(library: dict[str, Any]) -> None:
    for each in [library, *library["bundles"]]:
        assert LOCK["packages"][f"node_modules/{each['name']}"]["version"] == each["version"]


def test_nothing_is_there_that_the_record_does_not_name() -> None:
    known = {name for library in RECORD for name in [*library["files"], library["licence_file"]]}
    found = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert found == known | {"vendored.json"}


def test_no_file_of_ours_asks_another_server() -> None:
    for path in [*STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")]:
        assert not re.search(r"https?:|url\(\s*[\"']?//", path.read_text(encoding="utf-8")), path


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (VENDOR / "tabler" / "sprite.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    root = STATIC.parent
    named = {
        name
        for path in (root / "templates").rglob("*.html")
        for pair in re.findall(
            r'{% icon "([\w-]+)"|icon="([\w-]+)"', path.read_text(encoding="utf-8")
        )
        for name in pair
        if name
    }
    assert named <= drawn
