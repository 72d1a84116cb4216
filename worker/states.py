"""The words of the worker: what an alert is about."""

from django.db.models import TextChoices


class AlertKind(TextChoices):
    """What an alert is about."""

    DEADLINE = "deadline", "期限提醒"
    NEW_FINDINGS = "new_findings", "新线索提醒"
    MENTION = "mention", "备注提及"
    FIGURES = "figures", "数字核对"
    SIGN_OFF = "sign_off", "脱钩会签"
    LEDGER = "ledger", "台账核验"
