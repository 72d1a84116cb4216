"""The clocks of applications are deadlines now."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0011_stored_files"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="filing",
            name="filing_accepted_has_handler_and_clock",
        ),
        migrations.RemoveConstraint(
            model_name="filing",
            name="filing_extended_once_with_reason",
        ),
        migrations.RemoveIndex(
            model_name="filing",
            name="filing_state_due",
        ),
        migrations.RemoveField(
            model_name="filing",
            name="clock_from",
        ),
        migrations.RemoveField(
            model_name="filing",
            name="due_basis",
        ),
        migrations.RemoveField(
            model_name="filing",
            name="due_on",
        ),
        migrations.RemoveField(
            model_name="filing",
            name="due_provisional",
        ),
        migrations.RemoveField(
            model_name="filing",
            name="extended_on",
        ),
        migrations.RemoveField(
            model_name="filing",
            name="extension_reason",
        ),
        migrations.AddIndex(
            model_name="filing",
            index=models.Index(fields=["state"], name="filing_state"),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("accepted_on__gte", models.F("submitted_on")),
                        ("accepted_on__isnull", False),
                        ("handler__isnull", False),
                        models.Q(("state__in", ("draft", "submitted", "returned", "not_accepted")), _negated=True),
                    ),
                    models.Q(
                        ("accepted_on__isnull", True),
                        ("handler__isnull", True),
                        models.Q(("state__in", ("accepted", "reviewed", "approved", "denied")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="filing_accepted_has_handler",
            ),
        ),
    ]
