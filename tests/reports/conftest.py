"""The board (tests/objectives/board.py), for reports about objectives."""

from tests.objectives.conftest import board, one_board

__all__ = ["board", "one_board"]
