"""Puts the forecasts under their workspace."""

from django.db import migrations

from accounts.tenancy import row_security


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("metrics", "0011_forecasts")]

    operations = [row_security("metrics_forecast")]
