"""The board (tests/objectives/board.py), for work that is due because of objectives."""

from tests.objectives.conftest import board

__all__ = ["board"]
