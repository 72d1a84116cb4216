"""What people look at: the officers' console and who may see what."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Pages, forms and access control; its own tables hold only what users keep for themselves."""

    name = "console"
    verbose_name = "工作台"
