"""Members get a public id for the addresses of their pages."""

from django.db import migrations, models

import accounts.models.workspace


class Migration(migrations.Migration):
    """Existing rows get a random id from the database: row security hides them from Python."""

    dependencies = [("accounts", "0002_tenancy")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    sql=[
                        "ALTER TABLE accounts_membership ADD COLUMN public_id varchar(24) NOT NULL "
                        "DEFAULT 'mem_' || substr(md5(random()::text || clock_timestamp()::text), 1, 14)",
                        "ALTER TABLE accounts_membership ALTER COLUMN public_id DROP DEFAULT",
                        "ALTER TABLE accounts_membership "
                        "ADD CONSTRAINT accounts_membership_public_id UNIQUE (public_id)",
                    ],
                    reverse_sql="ALTER TABLE accounts_membership DROP COLUMN public_id",
                )
            ],
            state_operations=[
                migrations.AddField(
                    "membership",
                    "public_id",
                    models.CharField(
                        default=accounts.models.workspace.membership_id,
                        editable=False,
                        max_length=24,
                        unique=True,
                    ),
                )
            ],
        )
    ]
