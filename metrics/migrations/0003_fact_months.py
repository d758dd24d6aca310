"""Keeps packed months in step with facts: whoever changes a month's facts, its copy goes."""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION metrics_fact_unpacks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO metrics_factmonth AS kept (workspace_id, month)
        SELECT DISTINCT workspace_id, date_trunc('month', day::timestamp)::date
        FROM (SELECT DISTINCT workspace_id, day FROM written) AS days
        ON CONFLICT (workspace_id, month) DO UPDATE SET facts = NULL, content = NULL
        WHERE kept.content IS NOT NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        UPDATE metrics_factmonth AS kept SET facts = NULL, content = NULL
        FROM (SELECT DISTINCT workspace_id, day FROM gone) AS days
        WHERE kept.workspace_id = days.workspace_id AND kept.content IS NOT NULL
            AND kept.month = date_trunc('month', days.day::timestamp)::date;
    END IF;
    RETURN NULL;
END
$$
"""
TABLES = {
    "INSERT": "NEW TABLE AS written",
    "UPDATE": "OLD TABLE AS gone NEW TABLE AS written",
    "DELETE": "OLD TABLE AS gone",
}
TRIGGER = """
CREATE TRIGGER metrics_fact_unpacks_{name} AFTER {event} ON metrics_fact REFERENCING {tables}
FOR EACH STATEMENT EXECUTE FUNCTION metrics_fact_unpacks()
"""
UNCOMPRESSED = "ALTER TABLE metrics_factmonth ALTER content SET STORAGE EXTERNAL"
"""It is small already: to compress it takes longer than all the rest."""


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("metrics", "0002_tenancy")]

    operations = [
        migrations.RunSQL(UNCOMPRESSED, migrations.RunSQL.noop),
        migrations.RunSQL(
            [
                FUNCTION,
                *[
                    TRIGGER.format(name=event.lower(), event=event, tables=tables)
                    for event, tables in TABLES.items()
                ],
            ],
            [
                *[
                    f"DROP TRIGGER metrics_fact_unpacks_{event.lower()} ON metrics_fact"
                    for event in TABLES
                ],
                "DROP FUNCTION metrics_fact_unpacks()",
            ],
        ),
    ]
