"""The accounts app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who: people, workspaces, membership, access, messages."""

    name = "accounts"
    verbose_name = _("People and workspaces")
