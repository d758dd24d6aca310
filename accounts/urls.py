"""Addresses of people and sign-in. Those of django-allauth are listed one by one: what is not
offered has no address."""

from allauth.account import views as allauth
from django.urls import path, re_path

from accounts.views.account import me, sessions_end, set_language
from accounts.views.joining import accept_invitation
from accounts.views.mail_preferences import mail_preferences
from accounts.views.sign_in import sign_in

urlpatterns = [
    path("login/", sign_in, name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("signup/", allauth.signup, name="account_signup"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("password/set/", allauth.password_set, name="account_set_password"),
    path("password/reset/", allauth.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("invite/<str:token>/", accept_invitation, name="accept_invitation"),
    path("u/<str:token>/", mail_preferences, name="mail_preferences"),
    path("me/", me, name="me"),
    path("me/sessions/end/", sessions_end, name="sessions_end"),
    path("language/", set_language, name="set_language"),
]
