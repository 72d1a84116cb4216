"""Fill the first letters of names, batch by batch, so that officers can write in between."""

from django.db import migrations, transaction

from registry.initials import initials

BATCH = 2000


def fill(apps, schema_editor):
    rows = apps.get_model("registry", "Organisation").objects.order_by("pk").only("pk", "name")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        for row in batch:
            row.name_initials = initials(row.name)
        with transaction.atomic():
            rows.model.objects.bulk_update(batch, ["name_initials"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("registry", "0006_name_initials")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
