"""A draft from which bodies were left out since it was previewed keeps that preview to look at."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = (("cleanup", "0009_deadlines_of_cases"),)

    operations = (
        migrations.RemoveConstraint(model_name="campaign", name="campaign_previewed_unless_draft"),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                name="campaign_previewed_unless_draft", condition=Q(state="draft") | Q(preview__isnull=False)
            ),
        ),
    )
