"""Addresses of pages and commands."""

from django.urls import path

from conversations.views import account, asking, evidence, health, judging, managing, pages, prompting, searching

urlpatterns = [
    path("", pages.new_chat, name="new_chat"),
    path("c/<uuid:conversation>/", pages.conversation, name="conversation"),
    path("c/<uuid:conversation>/ask", asking.ask, name="ask"),
    path("c/<uuid:conversation>/menu", managing.menu, name="menu"),
    path("c/<uuid:conversation>/rename", managing.rename, name="rename"),
    path("c/<uuid:conversation>/pin", managing.pin, name="pin"),
    path("c/<uuid:conversation>/archive", managing.archive, name="archive"),
    path("c/<uuid:conversation>/delete", managing.delete, name="delete"),
    path("c/<uuid:conversation>/take-back", managing.take_back, name="take_back"),
    path("c/<uuid:conversation>/export.md", managing.export, {"form": "md"}, name="export_md"),
    path("c/<uuid:conversation>/export.json", managing.export, {"form": "json"}, name="export_json"),
    path("conversations/", managing.listing, name="listing"),
    path("archived/", managing.archived, name="archived"),
    path("search", searching.search, name="search"),
    path("c/<uuid:conversation>/m/<uuid:message>/", pages.message, name="message"),
    path("c/<uuid:conversation>/m/<uuid:message>/feedback", judging.feedback, name="feedback"),
    path("c/<uuid:conversation>/m/<uuid:message>/earlier", pages.earlier, name="earlier"),
    path("c/<uuid:conversation>/m/<uuid:message>/sources/", evidence.sources, name="sources"),
    path("c/<uuid:conversation>/m/<uuid:message>/sources/<int:number>/", evidence.source, name="source"),
    path("c/<uuid:conversation>/m/<uuid:message>/text", pages.text, name="text"),
    path("c/<uuid:conversation>/m/<uuid:message>/stop", asking.stop, name="stop"),
    path("c/<uuid:conversation>/m/<uuid:message>/continue", asking.go_on, name="continue"),
    path("c/<uuid:conversation>/m/<uuid:message>/regenerate", asking.regenerate, name="regenerate"),
    path("c/<uuid:conversation>/m/<uuid:message>/edit", asking.edit, name="edit"),
    path("prompts/", prompting.prompts, name="prompts"),
    path("prompts/<int:prompt>/", prompting.prompt, name="prompt"),
    path("prompts/<int:prompt>/delete", prompting.delete_prompt, name="delete_prompt"),
    path("account/", account.account, name="account"),
    path("demo/sign-in", account.demo_sign_in, name="demo_sign_in"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
