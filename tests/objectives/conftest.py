"""The board: a workspace with figures, objectives and nights."""

from collections.abc import Iterator

import pytest

from accounts.models import User, Workspace
from accounts.scope import workspace_scope
from tests.cast import Cast
from tests.objectives.board import Board


@pytest.fixture
def board(inside: Workspace, alice: User) -> Board:
    """Northwind's; Alice owns its objectives."""
    return Board(inside, alice)


@pytest.fixture(scope="module")
def one_board(one_cast: Cast) -> Iterator[Board]:
    """The same, created once for a file whose tests undo their changes."""
    with workspace_scope(one_cast.northwind.pk):
        yield Board(one_cast.northwind, one_cast.alice)
