"""An amount can be added to what is there, beside the total."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Each typed value says which of the two it is."""

    dependencies = [
        ("accounts", "0005_idempotent_calls"),
        ("metrics", "0009_counted_tenancy"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="entry",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="entry",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="entry",
            name="delete_delete",
        ),
        migrations.RemoveConstraint(
            model_name="entry",
            name="metrics_entry_unique",
        ),
        migrations.AddField(
            model_name="entry",
            name="is_addition",
            field=models.BooleanField(
                default=False,
                editable=False,
                help_text="An amount to add, not the total of its days and place.",
                verbose_name="added to what is there",
            ),
        ),
        migrations.AddField(
            model_name="entryevent",
            name="is_addition",
            field=models.BooleanField(
                default=False,
                editable=False,
                help_text="An amount to add, not the total of its days and place.",
                verbose_name="added to what is there",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "metrics_entryevent" ("campaign_id", "channel_id", "created_at", "device_id", "end", "entered_by_id", "id", "is_addition", "metric_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "start", "updated_at", "value", "version", "workspace_id") VALUES (NEW."campaign_id", NEW."channel_id", NEW."created_at", NEW."device_id", NEW."end", NEW."entered_by_id", NEW."id", NEW."is_addition", NEW."metric_id", NEW."note", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."start", NEW."updated_at", NEW."value", NEW."version", NEW."workspace_id"); RETURN NULL;',
                    hash="c5fb9f3c96174b596bd182fdcff6a2fb17463dda",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_4a5b6",
                    table="metrics_entry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "metrics_entryevent" ("campaign_id", "channel_id", "created_at", "device_id", "end", "entered_by_id", "id", "is_addition", "metric_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "start", "updated_at", "value", "version", "workspace_id") VALUES (NEW."campaign_id", NEW."channel_id", NEW."created_at", NEW."device_id", NEW."end", NEW."entered_by_id", NEW."id", NEW."is_addition", NEW."metric_id", NEW."note", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."start", NEW."updated_at", NEW."value", NEW."version", NEW."workspace_id"); RETURN NULL;',
                    hash="a5e013a5d48b87216b293e7e514803d013c19481",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7b0e3",
                    table="metrics_entry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "metrics_entryevent" ("campaign_id", "channel_id", "created_at", "device_id", "end", "entered_by_id", "id", "is_addition", "metric_id", "note", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "start", "updated_at", "value", "version", "workspace_id") VALUES (OLD."campaign_id", OLD."channel_id", OLD."created_at", OLD."device_id", OLD."end", OLD."entered_by_id", OLD."id", OLD."is_addition", OLD."metric_id", OLD."note", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."public_id", OLD."start", OLD."updated_at", OLD."value", OLD."version", OLD."workspace_id"); RETURN NULL;',
                    hash="f75634aef8b1547dc549ed8daabc1bdff68fc021",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_831cf",
                    table="metrics_entry",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                fields=(
                    "workspace",
                    "metric",
                    "start",
                    "end",
                    "channel",
                    "campaign",
                    "device",
                    "is_addition",
                ),
                name="metrics_entry_unique",
                nulls_distinct=False,
                violation_error_message="This value is entered already. Change the existing one instead.",
            ),
        ),
    ]
