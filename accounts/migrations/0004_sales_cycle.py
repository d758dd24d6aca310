"""A workspace says how long each stage of its sales cycle takes."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """Four delays in days, all of them unknown at first."""

    dependencies = [
        ("accounts", "0003_membership_public_id"),
    ]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="days_to_customer",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MaxValueValidator(
                        1095, "A stage of a sales cycle takes at most %(limit_value)s days."
                    )
                ],
                verbose_name="days from SQL to customer",
            ),
        ),
        migrations.AddField(
            model_name="workspace",
            name="days_to_lead",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MaxValueValidator(
                        1095, "A stage of a sales cycle takes at most %(limit_value)s days."
                    )
                ],
                verbose_name="days from visit to lead",
            ),
        ),
        migrations.AddField(
            model_name="workspace",
            name="days_to_mql",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MaxValueValidator(
                        1095, "A stage of a sales cycle takes at most %(limit_value)s days."
                    )
                ],
                verbose_name="days from lead to MQL",
            ),
        ),
        migrations.AddField(
            model_name="workspace",
            name="days_to_sql",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MaxValueValidator(
                        1095, "A stage of a sales cycle takes at most %(limit_value)s days."
                    )
                ],
                verbose_name="days from MQL to SQL",
            ),
        ),
    ]
