"""What people look at: the officers' console and who may see what."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Pages, forms and access control; no models of its own."""

    name = "console"
    verbose_name = "工作台"
