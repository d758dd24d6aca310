"""Addresses of the embedded servers: arithmetic on paths, nothing is started."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
import pytest

from kpitracker import embedded

SHORT = Path("/srv/kpi/var")
LONG = Path("/srv") / ("long-" * 25)


@pytest.mark.parametrize("path", ["/srv/kpi/var", "/srv/a b/dé%f/var"])
def test_settings_read_the_database_address(path: str) -> None:
    app, owner = embedded.database_urls(Path(path))
    read = environ.Env.db_url_config(app)
    assert (read["USER"], read["NAME"]) == ("kpitracker_app", "kpitracker")
    assert read["HOST"] == f"{path}/run/postgres"
    assert environ.Env.db_url_config(owner)["USER"] == "kpitracker_owner"


def test_a_long_data_directory_has_its_sockets_elsewhere() -> None:
    assert embedded.socket_dir(SHORT) == SHORT / "run"
    elsewhere = embedded.socket_dir(LONG)
    assert len(f"{elsewhere}/postgres/.s.PGSQL.5432") < 107
    assert elsewhere != embedded.socket_dir(LONG / "other")


def test_nothing_is_made_by_asking(tmp_path: Path) -> None:
    embedded.database_urls(tmp_path / "var")
    embedded.redis_url(tmp_path / "var")
    assert list(tmp_path.iterdir()) == []


def test_broker_and_cache_have_databases_of_their_own() -> None:
    url = embedded.redis_url(Path("/srv/a b"))
    assert unquote(urlsplit(url).path) == "/srv/a b/run/valkey/valkey.sock"
    assert embedded.with_redis_db(url, 1) == f"{url}?db=1"
    broker = embedded.celery_broker_url(url)
    assert broker == "redis+socket:///srv/a%20b/run/valkey/valkey.sock?virtual_host=0"


def test_addresses_of_ones_own_keep_host_and_password() -> None:
    url = "rediss://:secret@cache.example.com:6380/4"
    assert embedded.with_redis_db(url, 1) == "rediss://:secret@cache.example.com:6380/1"
    assert embedded.celery_broker_url(url) == "rediss://:secret@cache.example.com:6380/0"


def test_servers_that_the_environment_names_are_not_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example.com/kpi")
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert embedded.missing_servers() == ["valkey"]
