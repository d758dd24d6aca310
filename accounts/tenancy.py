"""Migration operations that put a table under its workspace.

Row security binds the application's role (and, being forced, the tables' owner too); composite
foreign keys keep a row of one workspace from pointing at another's, which row security alone
allows because foreign-key checks ignore it.
"""

from django.db import migrations

POLICY = """
(select coalesce(current_setting('app.system', true), '') = 'on')
or {column} = any ((select nullif(current_setting('app.workspaces', true), ''))::int[])
"""


def row_security(table: str, *, column: str = "workspace_id") -> migrations.RunSQL:
    """Rows of ``table`` are seen and written only in the scope of their workspace."""
    rule = POLICY.format(column=column)
    return migrations.RunSQL(
        sql=[
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY tenant ON {table} USING ({rule}) WITH CHECK ({rule})",
        ],
        reverse_sql=[
            f"DROP POLICY IF EXISTS tenant ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ],
    )


def tenant_key(table: str) -> migrations.RunSQL:
    """(workspace_id, id) is a key of ``table``, so that composite foreign keys can point at it."""
    name = f"{table}_tenant_key"
    return migrations.RunSQL(
        sql=f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (workspace_id, id)",
        reverse_sql=f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}",
    )


def tenant_reference(
    table: str, column: str, target: str, *, on_delete: str = "NO ACTION"
) -> migrations.RunSQL:
    """``table.column`` points at a row of ``target`` in the same workspace."""
    name = f"{table}_{column}_tenant"
    return migrations.RunSQL(
        sql=(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (workspace_id, {column}) "
            f"REFERENCES {target} (workspace_id, id) ON DELETE {on_delete} "
            "DEFERRABLE INITIALLY DEFERRED"
        ),
        reverse_sql=f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}",
    )
