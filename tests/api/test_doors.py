"""Who may ask the API: a token of the workspace, alive, in the header, and not too often."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.members import remove
from accounts.models import ApiToken, Membership, User, Workspace
from accounts.scope import system_scope, workspace_scope
from accounts.throttles import TokenThrottle
from accounts.tokens import create_token, revoke_token
from tests.api.conftest import Ask, script
from tests.cast import Cast, client_of

METRICS = "/api/v1/workspaces/northwind/metrics/"


def with_token(secret: str) -> Any:
    return Client().get(METRICS, headers={"Authorization": f"Bearer {secret}"})


def is_refused(response: Any) -> bool:
    """401, with how to do better, as a problem."""
    assert response["WWW-Authenticate"] == "Bearer"
    assert response["Content-Type"] == "application/problem+json"
    return bool(response.status_code == response.json()["status"] == 401)


@pytest.fixture
def token(northwind: Workspace, vera: User) -> tuple[ApiToken, str]:
    return create_token(northwind, user=vera, name="script")


def test_a_token_opens(token: tuple[ApiToken, str]) -> None:
    assert with_token(token[1]).status_code == 200


def test_a_revoked_token_is_refused_at_once(token: tuple[ApiToken, str], vera: User) -> None:
    revoke_token(token[0], actor=vera, now=timezone.now())
    assert is_refused(with_token(token[1]))


def test_an_expired_token_is_refused(token: tuple[ApiToken, str]) -> None:
    with system_scope():
        ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert is_refused(with_token(token[1]))


def test_a_wrong_secret_is_refused(token: tuple[ApiToken, str]) -> None:
    assert is_refused(with_token(token[1][:-1] + ("a" if token[1][-1] != "a" else "b")))
    assert is_refused(with_token("kpi_"))
    assert is_refused(with_token("nothing"))


def test_a_token_in_the_address_is_not_looked_at(token: tuple[ApiToken, str]) -> None:
    for name in ("token", "access_token", "api_key", "authorization"):
        assert is_refused(Client().get(METRICS, {name: token[1]}))


def test_a_signed_in_person_needs_a_token_too(alice: User) -> None:
    assert is_refused(client_of(alice).get(METRICS))


def test_a_closed_account_takes_its_tokens_along(token: tuple[ApiToken, str], vera: User) -> None:
    User.objects.filter(pk=vera.pk).update(is_active=False)
    assert is_refused(with_token(token[1]))


def test_a_removed_member_finds_nothing(token: tuple[ApiToken, str], cast: Cast) -> None:
    with system_scope():
        members = Membership.objects.select_related("user", "workspace")
        vera, alice = (
            members.get(workspace=cast.northwind, user=user) for user in (cast.vera, cast.alice)
        )
    remove(vera, by=alice, actor=cast.alice)
    assert with_token(token[1]).status_code in {401, 404}


def test_another_workspace_and_none_look_alike(ask: Ask, acme: Workspace, bob: User) -> None:
    client = script(acme, bob)
    answers = [
        client.get(f"/api/v1/workspaces/{slug}/metrics/", headers={"X-Request-ID": "a" * 8})
        for slug in ("northwind", "nowhere")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()


def test_nothing_is_kept_in_caches(ask: Ask) -> None:
    assert ask("metrics/")["Cache-Control"] == "private, no-store"


def test_too_many_requests_of_one_token_have_to_wait(
    northwind: Workspace, vera: User, erin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TokenThrottle, "rate", "2/min", raising=False)
    hers, his = script(northwind, vera), script(northwind, erin)
    assert [hers.get(METRICS).status_code for _ in range(3)] == [200, 200, 429]
    refused = hers.get(METRICS)
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["title"] == "Too Many Requests"
    assert his.get(METRICS).status_code == 200


def test_nobody_writes_yet(northwind: Workspace, erin: User, vera: User) -> None:
    writer, reader = script(northwind, erin, "write"), script(northwind, vera)
    assert reader.post(METRICS).status_code == 403
    refused = writer.post(METRICS)
    assert (refused.status_code, refused["Content-Type"]) == (405, "application/problem+json")


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v2/metrics/"])
def test_an_unknown_address_is_a_problem(db: None, path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_what_was_not_foreseen_is_a_problem_too(
    northwind: Workspace, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **options: Any) -> list[Any]:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr("metrics.api_feeds.freshness", broken)
    client = script(northwind, vera)
    client.raise_request_exception = False
    response = client.get("/api/v1/workspaces/northwind/feeds/")
    assert response.status_code == response.json()["status"] == 500
    assert response["Content-Type"] == "application/problem+json"
    assert "secret" not in response.content.decode()


def test_the_slash_at_the_end_is_added(ask: Ask) -> None:
    response = ask("metrics")
    assert (response.status_code, response["Location"]) == (301, METRICS)


def test_refusals_speak_the_requests_language(ask: Ask) -> None:
    french = ask("metrics/leads/values/", language="fr").json()
    english = ask("metrics/leads/values/").json()
    assert french["title"] == english["title"] == "Bad Request"
    assert {entry["field"] for entry in french["errors"]} == {"from", "to"}


def test_a_view_runs_in_its_workspace_alone(
    ask: Ask, acme: Workspace, northwind: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even a query that forgets the workspace finds that one's rows only."""
    seen: set[int] = set()

    def spy(*args: Any, **options: Any) -> list[Any]:
        from metrics.models import Metric

        seen.update(Metric.objects.values_list("workspace_id", flat=True))
        return []

    monkeypatch.setattr("metrics.api_feeds.freshness", spy)
    assert ask("feeds/").status_code == 200
    assert seen == {northwind.pk}
    with workspace_scope(acme.pk):
        assert ask("feeds/").status_code == 200
    assert seen == {northwind.pk}
