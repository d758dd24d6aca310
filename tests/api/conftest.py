"""Scripts that ask the API, each with a token of its own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User, Workspace
from accounts.tokens import create_token
from tests.objectives.board import HALF_WAY, Board, at

Ask = Callable[..., Any]


def script(workspace: Workspace, user: User, scope: str = "read") -> Client:
    """A client that presents a new token of this person."""
    _token, secret = create_token(workspace, user=user, name="script", scope=scope)
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def ask(northwind: Workspace, vera: User) -> Ask:
    """Asks below Northwind with a viewer's token; gives the response."""
    client = script(northwind, vera)

    def get(path: str, language: str = "en", **query: str) -> Any:
        headers = {"Accept-Language": language}
        return client.get(f"/api/v1/workspaces/northwind/{path}", query, headers=headers)

    return get


@pytest.fixture
def board(inside: Workspace, alice: User, monkeypatch: pytest.MonkeyPatch) -> Board:
    """Northwind on the morning of 15 February 2026; Alice owns its objectives."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: at(HALF_WAY))
    return Board(inside, alice)


def errors(response: Any) -> dict[str, str]:
    """The entries of a refused request: field → sentence."""
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == 400
    return {entry["field"]: entry["detail"] for entry in problem["errors"]}
