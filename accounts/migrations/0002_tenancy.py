"""Puts the tables of this app under their workspace: row security and composite references."""

from django.db import migrations

from accounts.tenancy import row_security, tenant_key, tenant_reference


class Migration(migrations.Migration):
    """Runs as the tables' owner."""

    dependencies = [("accounts", "0001_initial")]

    operations = [
        row_security("accounts_workspace", column="id"),
        row_security("accounts_membership"),
        row_security("accounts_auditevent"),
        row_security("accounts_invitation"),
        row_security("accounts_outgoingmail"),
        row_security("accounts_apitoken"),
        row_security("accounts_channel"),
        row_security("accounts_channelmessage"),
        row_security("accounts_idempotentcall"),
        tenant_key("accounts_apitoken"),
        tenant_key("accounts_channel"),
        tenant_key("accounts_channelmessage"),
        tenant_key("accounts_membership"),
        tenant_key("accounts_outgoingmail"),
        tenant_reference(
            "accounts_channelmessage", "channel_id", "accounts_channel", on_delete="CASCADE"
        ),
        tenant_reference("accounts_idempotentcall", "token_id", "accounts_apitoken"),
        migrations.RunSQL(
            sql=[
                """
                CREATE FUNCTION accounts_audit_is_append_only() RETURNS trigger
                LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'the audit trail is only appended to';
                END
                $$
                """,
                """
                CREATE TRIGGER append_only BEFORE UPDATE OR DELETE
                ON accounts_auditevent
                FOR EACH STATEMENT EXECUTE FUNCTION accounts_audit_is_append_only()
                """,
            ],
            reverse_sql=[
                "DROP TRIGGER IF EXISTS append_only ON accounts_auditevent",
                "DROP FUNCTION IF EXISTS accounts_audit_is_append_only()",
            ],
        ),
    ]
