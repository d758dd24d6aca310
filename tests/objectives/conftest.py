"""The board: a workspace with figures, objectives and nights."""

import pytest

from accounts.models import User, Workspace
from tests.objectives.board import Board


@pytest.fixture
def board(inside: Workspace, alice: User) -> Board:
    """Northwind's; Alice owns its objectives."""
    return Board(inside, alice)
