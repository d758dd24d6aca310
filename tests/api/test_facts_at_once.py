"""Calls of one name that come at the same time: one writes, the other gets its answer."""

from concurrent.futures import ThreadPoolExecutor
from json import dumps, loads
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.scope import system_scope
from accounts.tokens import create_token
from metrics.models import Batch, Fact
from tests.cast import Cast

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROWS = 500


def send(server: LiveServer, secret: str, slug: str = "northwind", key: str = "night") -> Any:
    facts = [
        {"metric": "sessions", "date": "2026-02-01", "value": n, "campaign": f"c{n}"}
        for n in range(1, ROWS + 1)
    ]
    request = Request(
        f"{server.url}/api/v1/workspaces/{slug}/facts/",
        data=dumps({"feed": "Site", "facts": facts}).encode(),
        headers={
            "Authorization": f"Bearer {secret}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        },
    )
    try:
        with urlopen(request, timeout=60) as answer:
            return answer.status, loads(answer.read()), answer.headers
    except HTTPError as refused:
        return refused.code, loads(refused.read()), refused.headers


def test_one_of_two_writes_and_both_get_the_same_answer(
    cast: Cast, live_server: LiveServer
) -> None:
    with system_scope():
        _token, secret = create_token(cast.northwind, user=cast.erin, name="night", scope="write")
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _n: send(live_server, secret), range(2)))
    assert [status for status, _body, _headers in both] == [200, 200]
    assert both[0][1] == both[1][1]
    assert {headers.get("Idempotency-Replayed") for *_rest, headers in both} == {None, "true"}
    with system_scope():
        assert Batch.objects.filter(kind="api").count() == 1
        assert Fact.objects.count() == ROWS


def test_a_token_opens_its_own_workspace_only(cast: Cast, live_server: LiveServer) -> None:
    with system_scope():
        _read, reads = create_token(cast.northwind, user=cast.erin, name="read", scope="read")
        _write, writes = create_token(cast.northwind, user=cast.erin, name="write", scope="write")
    assert send(live_server, reads)[0] == 403
    assert send(live_server, writes, slug=cast.acme.slug)[0] in {403, 404}
    assert send(live_server, "kpi_nothing")[0] == 401
    with system_scope():
        assert not Fact.objects.exists()
