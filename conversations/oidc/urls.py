"""Addresses of the way through the provider; allauth includes them under accounts/."""

from django.urls import path

from conversations.oidc import views

urlpatterns = [
    path("oidc/login/", views.login, name="oidc_login"),
    path("oidc/callback/", views.callback, name="oidc_callback"),
]
