"""Copy the browser libraries of package-lock.json into static/vendor/, with their licences.

For a developer who updates one: change its version in package.json, run
``python tools/vendor.py`` (needs npm), look at the diff, commit. Nobody who runs the product
needs Node. ``--check`` only compares what is there with vendored.json.
"""

import argparse
import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "static" / "vendor"
RECORD = TARGET / "vendored.json"

ICONS = (
    "activity", "adjustments", "alert-triangle", "archive", "arrow-back-up", "arrow-down",
    "arrow-left", "arrow-right", "arrow-up", "arrows-sort", "ban", "bell", "bell-off", "bolt",
    "bulb", "calendar", "calendar-event", "chart-bar", "chart-line", "check", "checklist",
    "chevron-down", "chevron-right", "circle-check", "circle-dashed", "circle-plus", "circle-x",
    "clock", "coin", "copy", "database", "device-desktop", "dots", "dots-vertical", "download",
    "external-link", "eye", "eye-off", "file-import", "file-spreadsheet", "file-text", "filter",
    "flag", "help-circle", "history", "hourglass", "info-circle", "key", "language", "link",
    "list", "lock", "logout", "mail", "message", "moon", "pencil", "percentage", "player-pause",
    "player-play", "plus", "refresh", "rotate", "search", "selector", "send", "settings",
    "shield", "speakerphone", "stack-2", "star", "sun", "table", "tag", "target", "trash",
    "trending-down", "trending-up", "upload", "user", "user-plus", "users", "world", "x",
)  # fmt: skip


@dataclass(frozen=True)
class Library:
    """One npm package: what is copied of it, where to, and what it carries inside."""

    package: str
    folder: str
    files: tuple[str, ...]
    licence_file: str
    bundles: tuple[str, ...] = ()


LIBRARIES = (
    Library("htmx.org", "htmx", ("dist/htmx.min.js",), "LICENSE"),
    Library(
        "chart.js",
        "chartjs",
        ("dist/chart.umd.min.js",),
        "LICENSE.md",
        bundles=("@kurkle/color",),
    ),
    Library(
        "@fontsource-variable/inter",
        "inter",
        (
            "files/inter-latin-wght-normal.woff2",
            "files/inter-latin-ext-wght-normal.woff2",
        ),
        "LICENSE",
    ),
    Library("@tabler/icons", "tabler", (), "LICENSE"),
)


def sha384(path: Path) -> str:
    """The file's hash as browsers write it in an integrity attribute."""
    digest = hashlib.sha384(path.read_bytes()).digest()
    return f"sha384-{base64.b64encode(digest).decode()}"


def install(folder: Path) -> Path:
    """Install what the lock names, without running any package's scripts; its node_modules."""
    for name in ("package.json", "package-lock.json"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, folder)
    command = [
        "npm",
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--silent",
    ]
    subprocess.run([*command, "--omit-lockfile-registry-resolved"], cwd=folder, check=True)
    shutil.copy(folder / "package-lock.json", ROOT)
    return folder / "node_modules"


def copy_file(source: Path, target: Path) -> None:
    """Copy a file; a script loses the line that points to its source map, which is not shipped."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix == ".js":
        text = source.read_text(encoding="utf-8")
        target.write_text(re.sub(r"(?m)^//# sourceMappingURL=.*\n?", "", text), encoding="utf-8")
    else:
        shutil.copyfile(source, target)


def write_sprite(icons: Path, target: Path) -> None:
    """One SVG with a symbol for each icon that the pages use."""
    symbols = [symbol(icons / "icons" / "outline" / f"{name}.svg") for name in ICONS]
    target.parent.mkdir(parents=True, exist_ok=True)
    body = "\n".join(symbols)
    target.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n', "utf-8")


def symbol(icon: Path) -> str:
    """The icon's drawing as a symbol named after its file."""
    text = icon.read_text(encoding="utf-8")
    drawn = re.sub(r"(?s)^.*?<svg[^>]*>|</svg>\s*$", "", text)
    lines = [line.strip() for line in drawn.splitlines() if 'stroke="none"' not in line]
    return f'<symbol id="{icon.stem}" viewBox="0 0 24 24">{"".join(lines)}</symbol>'


def vendor(library: Library, modules: Path) -> dict[str, object]:
    """Copy one library and describe it for the record."""
    home, package = TARGET / library.folder, modules / library.package
    if library.folder == "tabler":
        write_sprite(package, home / "sprite.svg")
    for name in library.files:
        copy_file(package / name, home / Path(name).name)
    licence = home / "LICENSE.txt"
    shutil.copyfile(package / library.licence_file, licence)
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    files = sorted(path for path in home.iterdir() if path != licence)
    return {
        "name": library.package,
        "version": about["version"],
        "licence": about["license"],
        "licence_file": str(licence.relative_to(TARGET)),
        "bundles": [bundled(modules / name) for name in library.bundles],
        "files": {str(path.relative_to(TARGET)): sha384(path) for path in files},
    }


def bundled(package: Path) -> dict[str, str]:
    """A package that is inside another's file."""
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    return {
        key: about[of]
        for key, of in (
            ("name", "name"),
            ("version", "version"),
            ("licence", "license"),
        )
    }


def differences() -> list[str]:
    """What static/vendor/ holds that its record does not say, one sentence each."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    known = {name: digest for library in record for name, digest in library["files"].items()}
    licences = {library["licence_file"] for library in record}
    found = {
        str(path.relative_to(TARGET)): path
        for path in TARGET.rglob("*")
        if path.is_file() and path != RECORD
    }
    missing = [f"{name} is missing." for name in sorted((known.keys() | licences) - found.keys())]
    unknown = [
        f"{name} is not recorded." for name in sorted(found.keys() - known.keys() - licences)
    ]
    changed = [
        f"{name} differs from its recorded hash."
        for name, digest in sorted(known.items())
        if name in found and sha384(found[name]) != digest
    ]
    return missing + unknown + changed


def main() -> int:
    """Vendor everything, or compare with the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare with vendored.json")
    if parser.parse_args().check:
        problems = differences()
        sys.stdout.write(("\n".join(problems) or "static/vendor/ is as recorded.") + "\n")
        return 1 if problems else 0
    shutil.rmtree(TARGET, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        modules = install(Path(folder))
        record = [vendor(library, modules) for library in LIBRARIES]
    RECORD.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"Copied {len(record)} libraries to {TARGET.relative_to(ROOT)}/.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
