# ruff: noqa: S608  what is put into the statements are names that stand here
"""How computed rows lie on disk: as they are sent, in their own page up to a page's length.

PostgreSQL would try to compress each row above two kilobytes: a third of the time of writing
blocks, for two hundredths of their bytes, because they are packed already.
"""

from django.db import migrations

TABLES = ("metrics_block", "metrics_ownblock", "metrics_snapshot")


def _as_sent(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        sql=(
            f"ALTER TABLE {table} ALTER COLUMN cells SET STORAGE EXTERNAL",
            f"ALTER TABLE {table} SET (toast_tuple_target = 8160)",
        ),
        reverse_sql=(
            f"ALTER TABLE {table} RESET (toast_tuple_target)",
            f"ALTER TABLE {table} ALTER COLUMN cells SET STORAGE EXTENDED",
        ),
    )


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("metrics", "0003_fact_months")]

    operations = [_as_sent(table) for table in TABLES]
