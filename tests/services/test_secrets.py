"""The secrets of a local run."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cryptography.fernet import Fernet

from kpitracker.secrets_file import local_secrets


def test_secrets_are_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    made = local_secrets(tmp_path / "var")
    assert made == local_secrets(tmp_path / "var")
    assert (tmp_path / "var" / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert len(made["SECRET_KEY"]) >= 64
    Fernet(made["FIELD_ENCRYPTION_KEYS"])


def test_two_that_start_at_once_read_the_same(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(local_secrets, [tmp_path / "var"] * 4))
    assert read == [read[0]] * 4
    assert [path.name for path in (tmp_path / "var").glob("secrets*")] == ["secrets.json"]
