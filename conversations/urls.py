"""Addresses of pages and commands."""

from django.urls import path

from conversations.views import account, asking, health, pages

urlpatterns = [
    path("", pages.new_chat, name="new_chat"),
    path("c/<uuid:conversation>/", pages.conversation, name="conversation"),
    path("c/<uuid:conversation>/ask", asking.ask, name="ask"),
    path("c/<uuid:conversation>/m/<uuid:message>/", pages.message, name="message"),
    path("c/<uuid:conversation>/m/<uuid:message>/stop", asking.stop, name="stop"),
    path("c/<uuid:conversation>/m/<uuid:message>/continue", asking.go_on, name="continue"),
    path("c/<uuid:conversation>/m/<uuid:message>/regenerate", asking.regenerate, name="regenerate"),
    path("c/<uuid:conversation>/m/<uuid:message>/edit", asking.edit, name="edit"),
    path("account/", account.account, name="account"),
    path("demo/sign-in", account.demo_sign_in, name="demo_sign_in"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
