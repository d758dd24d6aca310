"""Puts blocks under their workspace; days are computed anew, as blocks instead of rows."""

from django.db import migrations

from accounts.tenancy import row_security

AGAIN = """
SELECT set_config('app.system', 'on', true);
DELETE FROM metrics_snapshot WHERE grain = 1;
UPDATE metrics_snapshot SET appeared_at = computed_at;
DELETE FROM metrics_stalespan WHERE "end" = '9999-12-31';
SELECT set_config('app.system', 'off', true);
"""


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("metrics", "0013_blocks_of_days")]

    operations = [
        row_security("metrics_block"),
        migrations.RunSQL(AGAIN, migrations.RunSQL.noop),
    ]
