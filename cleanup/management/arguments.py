"""Finding a campaign by the code on the command line."""

from django.core.management.base import CommandError

from cleanup.models import Campaign


def campaign(code: str) -> Campaign:
    """Return the campaign with this code, or end the command listing the codes there are."""
    found = Campaign.objects.filter(code=code).first()
    if found is None:
        known = "、".join(Campaign.objects.order_by("code").values_list("code", flat=True)) or "（还没有任何整治行动）"
        message = f"没有编号为“{code}”的整治行动；现有：{known}"
        raise CommandError(message)
    return found
