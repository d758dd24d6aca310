"""Puts folders and learned rhythms under their workspace; what people set stays theirs."""

from django.db import migrations

from accounts.tenancy import row_security, tenant_reference

SET_BY_PEOPLE = """
SELECT set_config('app.system', 'on', true);
UPDATE metrics_feed f SET learns = false WHERE EXISTS (
    SELECT FROM metrics_feedevent e
    WHERE e.pgh_obj_id = f.id AND (e.rhythm, e.delay_days) IS DISTINCT FROM (f.rhythm, f.delay_days)
);
SELECT set_config('app.system', 'off', true);
"""


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("metrics", "0020_watched_folders")]

    operations = [
        row_security("metrics_learnedrhythm"),
        tenant_reference("metrics_learnedrhythm", "feed_id", "metrics_feed", on_delete="CASCADE"),
        row_security("metrics_watchedfolder"),
        tenant_reference("metrics_watchedfolder", "feed_id", "metrics_feed", on_delete="CASCADE"),
        migrations.RunSQL(SET_BY_PEOPLE, migrations.RunSQL.noop),
    ]
