"""Stored rows hold their numbers in a few bytes each; all of them are computed anew."""

from django.db import migrations, models

AGAIN = """
SELECT set_config('app.system', 'on', true);
DELETE FROM metrics_snapshot;
DELETE FROM metrics_stalespan WHERE "end" = '9999-12-31';
SELECT set_config('app.system', 'off', true);
"""


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("metrics", "0023_recurring_costs_tenancy")]

    operations = [
        migrations.RunSQL(AGAIN, migrations.RunSQL.noop),
        *(
            migrations.RemoveField("snapshot", name)
            for name in (
                "values",
                "reasons",
                "incomplete",
                "weights",
                "inputs",
                "own",
                "fingerprint",
                "own_fingerprint",
            )
        ),
        migrations.AddField("snapshot", "cells", models.BinaryField(default=b"")),
        migrations.AlterField("snapshot", "cells", models.BinaryField()),
        migrations.AddField("snapshot", "own", models.BinaryField(default=bytes)),
    ]
