"""Puts the tables of this app under their workspace: row security and composite references."""

from django.db import migrations

from accounts.tenancy import row_security


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("kpitracker", "0001_initial")]

    operations = [
        row_security("kpitracker_job"),
    ]
