"""Addresses of the whole site."""

from django.contrib import admin
from django.urls import include, path, re_path

from conversations.api import openapi
from conversations.views.account import SignIn, closed

admin.autodiscover()

CLOSED = r"^(?:signup|email|confirm-email|password/set|password/reset|login/code|sessions|social|3rdparty/(?!login/c))"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/login/", SignIn.as_view(), name="account_login"),
    path("accounts/", include([re_path(CLOSED, closed)])),
    path("accounts/", include("allauth.urls")),
    path("openai/openapi.json", openapi.document, name="openapi"),
    path("", include("conversations.api.urls")),
    path("", include("conversations.urls")),
]

handler400 = "conversations.api.nothing.bad_request"
handler500 = "conversations.api.nothing.server_error"
