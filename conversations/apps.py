"""The app's registration with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConversationsConfig(AppConfig):
    name = "conversations"
    verbose_name = _("Chat")

    def ready(self) -> None:
        from conversations import checks, leaving  # noqa: F401  registers system checks and a signal
