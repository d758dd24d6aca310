"""The file: a tar with a manifest, the database as ``pg_dump -Fc`` wrote it, and uploaded files.

Secrets are not in it: the manifest only names the encryption keys by a fingerprint, so that a
restore can tell that one is missing.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.dump"
UPLOADS = "uploads"


class NotAnArchive(Exception):
    """The file is no backup of this product, or a damaged one; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class TableSum:
    """How many rows a table had, and a checksum of them that their order does not change."""

    rows: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    made_at: datetime
    postgresql: str
    migrations: list[str]
    keys: list[str]
    tables: dict[str, TableSum]
    dump_sha256: str

    def as_json(self) -> str:
        """The text that is kept in the archive."""
        data = asdict(self) | {"product": "kpitracker", "format": FORMAT}
        return json.dumps(data, indent=1, default=str, sort_keys=True)


def key_fingerprints() -> list[str]:
    """The encryption keys in use, by what gives nothing of them away."""
    return [
        hashlib.sha256(b"kpitracker backup " + key.encode()).hexdigest()[:16]
        for key in settings.FIELD_ENCRYPTION_KEYS
    ]


def write_archive(path: Path, manifest: Manifest, dump: Path, uploads: Path) -> None:
    """Writes the file under another name first: it is there whole, or not at all."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    text = path.with_name(f".{path.name}.manifest")
    try:
        text.write_text(manifest.as_json())
        with tarfile.open(unfinished, "w") as tar:
            tar.add(text, MANIFEST)
            tar.add(dump, DATABASE)
            if uploads.is_dir():
                tar.add(uploads, UPLOADS)
        unfinished.chmod(0o600)
        unfinished.replace(path)
    finally:
        text.unlink(missing_ok=True)
        unfinished.unlink(missing_ok=True)


@contextmanager
def opened(path: Path) -> Iterator[tuple[tarfile.TarFile, Manifest]]:
    """The archive and its manifest.

    Raises:
        NotAnArchive: no such file, not a backup, cut off, or of a later version.
    """
    try:
        with tarfile.open(path, "r:") as tar:
            yield tar, _manifest(tar, path)
    except FileNotFoundError as error:
        raise NotAnArchive(f"There is no file {path}.") from error
    except (tarfile.TarError, EOFError, KeyError) as error:
        raise NotAnArchive(f"{path} is not a whole backup: take another copy of it.") from error


def _manifest(tar: tarfile.TarFile, path: Path) -> Manifest:
    stream = tar.extractfile(MANIFEST)
    try:
        found = json.loads(stream.read()) if stream else {}
    except ValueError:
        found = {}
    if found.get("product") != "kpitracker":
        raise NotAnArchive(f"{path} is not a backup that `manage.py backup` made.")
    if found["format"] > FORMAT:
        raise NotAnArchive(f"{path} was made by a later version: install that version first.")
    return Manifest(
        made_at=datetime.fromisoformat(found["made_at"]),
        postgresql=found["postgresql"],
        migrations=found["migrations"],
        keys=found["keys"],
        tables={name: TableSum(**one) for name, one in found["tables"].items()},
        dump_sha256=found["dump_sha256"],
    )


def sha256_of(path: Path) -> str:
    """The checksum of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
