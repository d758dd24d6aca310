"""Puts the members' chosen rows under their workspace."""

from django.db import migrations

from accounts.tenancy import row_security, tenant_reference


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("metrics", "0018_grid_choice")]

    operations = [
        row_security("metrics_gridchoice"),
        tenant_reference(
            "metrics_gridchoice", "membership_id", "accounts_membership", on_delete="CASCADE"
        ),
    ]
