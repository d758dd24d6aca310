"""A migration operation that creates the tables of an app at once."""

from collections.abc import Sequence
from typing import ClassVar

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Together(Operation):
    """Operations that create models, and what belongs to them, as one.

    Django renders every related model anew for every operation. Here all are related through
    their workspace, so that creating sixty of them one by one took half a minute, which every
    test database and every new installation would wait for. These are rendered once, after the
    last operation, so models may point at each other in any order. Operations that need the
    state in between (one that alters what another created) do not belong here.
    """

    serialization_expand_args: ClassVar[list[str]] = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The state after all of them, rendered when it is first asked for."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Creates everything as it is in the end; foreign keys are added after the last table."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drops the tables, and with them what belongs to them."""
        for operation in reversed(self.operations):
            if not hasattr(operation, "trigger"):
                operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """What `migrate --plan` shows."""
        return f"Create {len(self.operations)} models and their triggers together"
