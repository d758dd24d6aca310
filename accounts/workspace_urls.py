"""Addresses of a workspace's settings."""

from django.urls import path

from accounts.views.channels import channels, my_channels
from accounts.views.members import (
    invitation_cancel,
    invitation_resend,
    invite,
    leave,
    member_remove,
    member_role,
    members,
)
from accounts.views.notifications import notifications
from accounts.views.settings import general
from accounts.views.tokens import token_revoke, tokens

urlpatterns = [
    path("", general, name="settings"),
    path("notifications/", notifications, name="notifications"),
    path("notifications/channels/", my_channels, name="my_channels"),
    path("channels/", channels, name="channels"),
    path("leave/", leave, name="leave"),
    path("members/", members, name="members"),
    path("members/<str:public_id>/role/", member_role, name="member_role"),
    path("members/<str:public_id>/remove/", member_remove, name="member_remove"),
    path("invitations/", invite, name="invite"),
    path("invitations/<str:public_id>/resend/", invitation_resend, name="invitation_resend"),
    path("invitations/<str:public_id>/cancel/", invitation_cancel, name="invitation_cancel"),
    path("tokens/", tokens, name="tokens"),
    path("tokens/<str:prefix>/revoke/", token_revoke, name="token_revoke"),
]
