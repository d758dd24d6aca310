"""People in the administration, and what they type there."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.scope import system_scope
from metrics.models import Metric
from tests.cast import Cast, client_of

Enters = Callable[[User], Client]


@pytest.fixture
def enters(cast: Cast) -> Enters:
    """Makes a person staff and signs them in."""

    def enter(user: User) -> Client:
        with system_scope():
            User.objects.filter(pk=user.pk).update(is_staff=True)
        return client_of(user)

    return enter


@pytest.fixture
def root(cast: Cast) -> Client:
    """A superuser's browser."""
    return client_of(User.objects.create_superuser("root@example.com", name="Root"))


def metric_id(key: str, workspace: str = "northwind") -> int:
    """The number of a workspace's metric."""
    with system_scope():
        return Metric.objects.get(workspace__slug=workspace, key=key).pk


def typed(key: str = "leads", workspace: str = "northwind", **changes: Any) -> dict[str, Any]:
    """What is posted to enter a value for one day."""
    return {
        "metric": metric_id(key, workspace),
        "when": "day",
        "day": "2026-03-02",
        "value": "12",
        "note": "",
        **changes,
    }


def sentences(response: Any) -> str:
    """The page's text."""
    return str(response.content.decode())
