"""The app's registration with Django."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ConversationsConfig(AppConfig):
    name = "conversations"
    verbose_name = _("Chat")

    def ready(self) -> None:
        from conversations import checks, leaving  # noqa: F401  registers system checks and signals
        from conversations.auditing import signals  # noqa: F401  signing in is written down
        from conversations.models import Feature, near

        post_migrate.connect(Feature.complete, sender=self)
        post_migrate.connect(near.prepare, sender=self)
