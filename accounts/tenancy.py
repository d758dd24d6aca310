# ruff: noqa: S608  what is put into the statements are names that stand in migrations
"""Migration operations that put a table under its workspace.

Row security binds the application's role (and, being forced, the tables' owner too); composite
foreign keys keep a row of one workspace from pointing at another's, which row security alone
allows because foreign-key checks ignore it.
"""

from collections.abc import Collection, Mapping, Sequence

from django.db import migrations

POLICY = """
{column} = (select (nullif(current_setting('app.workspaces', true), '')::int[])[1])
or (select coalesce(current_setting('app.system', true), '') = 'on')
or {column} = any ((select nullif(current_setting('app.workspaces', true), '')::int[])::int[])
"""
"""Asked of each row that is read or written. What is selected is worked out once a statement, casts
too; the first of the workspaces in scope, mostly the only one, is compared without going through
them. The second ``::int[]`` says that ``any`` takes an array and not a query's rows."""


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


def guarded_references(
    table: str, references: Mapping[str, str], *, optional: Collection[str] = ()
) -> migrations.RunSQL:
    """``table``'s columns point at rows of their targets in the same workspace, as foreign keys do.

    For tables that are written a hundred thousand rows at a time: each statement checks its
    different references once, where a foreign key would check every row. Rows of the target that
    are pointed at stay: that is checked when the transaction ends, like a deferred foreign key.
    ``references`` maps columns to tables; zero and below point at nothing in ``optional`` columns.
    """
    columns = ", ".join(sorted({"workspace_id", *references}))
    checks = " UNION ALL ".join(
        _missing(column, target, optional=column in optional)
        for column, target in references.items()
    )
    sql = [CHECK_WRITTEN.format(table=table, columns=columns, checks=checks)]
    sql += [
        f"CREATE TRIGGER {table}_{event.lower()} AFTER {event} ON {table} "
        f"REFERENCING NEW TABLE AS written "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_references()"
        for event in ("INSERT", "UPDATE")
    ]
    reverse = [
        f"DROP TRIGGER {table}_insert ON {table}",
        f"DROP TRIGGER {table}_update ON {table}",
        f"DROP FUNCTION {table}_references()",
    ]
    for target in sorted(set(references.values())):
        mine = [column for column, other in references.items() if other == target]
        sql += _keep(table, target, mine)
        reverse += [
            f"DROP TRIGGER {table}_keeps ON {target}",
            f"DROP FUNCTION {table}_keeps_{target}()",
        ]
    return migrations.RunSQL(sql=tuple(sql), reverse_sql=tuple(reverse))


def held_workspace(table: str) -> migrations.RunSQL:
    """A workspace stays while ``table`` has rows of it: checked when it goes, not as they come.

    For tables whose one writer holds the workspace's row (``FOR KEY SHARE``) until it commits; a
    foreign key would look at that row once more for each of thousands.
    """
    return migrations.RunSQL(
        sql=tuple(_keep(table, WORKSPACES, ["workspace_id"])),
        reverse_sql=(
            f"DROP TRIGGER {table}_keeps ON {WORKSPACES}",
            f"DROP FUNCTION {table}_keeps_{WORKSPACES}()",
        ),
    )


CHECK_WRITTEN = """
CREATE FUNCTION {table}_references() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    missing record;
BEGIN
    WITH told AS MATERIALIZED (SELECT DISTINCT {columns} FROM written)
    SELECT * INTO missing FROM ({checks}) checks LIMIT 1;
    IF FOUND THEN
        RAISE foreign_key_violation USING
            MESSAGE = format('"{table}" points at a row that workspace %s does not have',
                             missing.workspace_id),
            DETAIL = format('Key (workspace_id, %s)=(%s, %s) is not present in table "%s".',
                            missing.name, missing.workspace_id, missing.id, missing.target),
            CONSTRAINT = format('{table}_%s_tenant', missing.name),
            TABLE = '{table}', SCHEMA = TG_TABLE_SCHEMA;
    END IF;
    RETURN NULL;
END
$$
"""
KEEP_TARGET = """
CREATE FUNCTION {table}_keeps_{target}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {still_there} THEN
        RETURN NULL;
    END IF;
    IF EXISTS (SELECT FROM {table} t WHERE t.workspace_id = {workspace} AND ({points})) THEN
        RAISE foreign_key_violation USING
            MESSAGE = format('row %s of "{target}" is still pointed at from "{table}"', OLD.id),
            CONSTRAINT = '{table}_keeps_{target}', TABLE = '{table}', SCHEMA = TG_TABLE_SCHEMA;
    END IF;
    RETURN NULL;
END
$$
"""
WORKSPACES = "accounts_workspace"


def _missing(column: str, target: str, *, optional: bool) -> str:
    """The references of one column that lead nowhere; those that lead somewhere are held."""
    chosen = f" WHERE {column} > 0" if optional else ""
    same = "t.id = w.id" if target == WORKSPACES else (
        "t.workspace_id = w.workspace_id AND t.id = w.id"
    )  # fmt: skip
    return (
        f"(SELECT '{column}' AS name, '{target}' AS target, w.workspace_id, w.id "
        f"FROM (SELECT DISTINCT workspace_id, {column} AS id FROM told{chosen}) w "
        f"WHERE NOT EXISTS (SELECT FROM {target} t WHERE {same} FOR KEY SHARE) LIMIT 1)"
    )


def _keep(table: str, target: str, columns: Sequence[str]) -> list[str]:
    """The function and the trigger that keep rows of ``target`` that are pointed at."""
    is_workspace = target == WORKSPACES
    workspace = "OLD.id" if is_workspace else "OLD.workspace_id"
    gone = "" if is_workspace else (
        f"NOT EXISTS (SELECT FROM {WORKSPACES} w WHERE w.id = {workspace}) OR "
    )  # fmt: skip
    same = "" if is_workspace else f" AND t.workspace_id = {workspace}"
    function = KEEP_TARGET.format(
        table=table,
        target=target,
        workspace=workspace,
        still_there=f"{gone}EXISTS (SELECT FROM {target} t WHERE t.id = OLD.id{same})",
        points=" OR ".join(f"t.{column} = OLD.id" for column in columns),
    )
    changes = "id" if is_workspace else "id, workspace_id"
    trigger = (
        f"CREATE CONSTRAINT TRIGGER {table}_keeps AFTER DELETE OR UPDATE OF {changes} ON {target} "
        f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {table}_keeps_{target}()"
    )
    return [function, trigger]
