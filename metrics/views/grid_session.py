"""The last save in the table of figures, kept in the session so that it can be taken back."""

from collections.abc import Iterable

from accounts.access import WorkspaceRequest
from metrics.grid_saving import Saved
from metrics.grid_undo import UndoStep, undo_steps


def remember(request: WorkspaceRequest, saved: Iterable[Saved]) -> None:
    """Keeps a save as the last one of this workspace."""
    request.session[_name(request)] = undo_steps(saved)


def undoable(request: WorkspaceRequest) -> list[UndoStep]:
    """The last save, if it was not taken back."""
    found: list[UndoStep] = request.session.get(_name(request), [])
    return found


def forget(request: WorkspaceRequest) -> None:
    """There is no last save any more."""
    request.session.pop(_name(request), None)


def _name(request: WorkspaceRequest) -> str:
    return f"grid_undo.{request.workspace.pk}"
