"""Puts the milestones of objectives, and their devices, under their workspace."""

from django.db import migrations

from accounts.tenancy import row_security, tenant_reference


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("objectives", "0004_milestones")]

    operations = [
        row_security("objectives_objectivemilestone"),
        tenant_reference(
            "objectives_objectivemilestone",
            "objective_id",
            "objectives_objective",
            on_delete="CASCADE",
        ),
        tenant_reference("objectives_objective", "device_id", "metrics_dimensionvalue"),
    ]
