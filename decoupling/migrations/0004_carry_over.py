"""Carry over what stood in the narrower tables: batches by number, evidence of the scope test, acceptances, the checklist."""

from django.db import migrations

from decoupling import checklist


def carry(apps, schema_editor):
    listing = apps.get_model("decoupling", "Listing")
    _batches(apps, listing)
    for row in listing.objects.order_by("pk"):
        row.members_evidence = row.name_evidence = row.registration_evidence = row.scope_note
        row.save(update_fields=["members_evidence", "name_evidence", "registration_evidence"])
    _acceptances(apps, listing)
    item = apps.get_model("decoupling", "ChecklistItem")
    for columns in checklist.read():
        item.objects.update_or_create(code=columns["code"], defaults=columns)


def _batches(apps, listing):
    batch, placement = apps.get_model("decoupling", "Batch"), apps.get_model("decoupling", "Placement")
    numbers = {*listing.objects.values_list("batch", flat=True), *placement.objects.values_list("batch", flat=True)}
    for number in sorted(numbers):
        first = placement.objects.filter(batch=number).order_by("on", "pk").first()
        event = apps.get_model("registry", "Event").objects.filter(
            verb="listing.place", organisation=first.listing.organisation_id
        )
        batch.objects.create(
            number=number,
            title=f"第{number}批",
            document_no=first.document_no,
            decided_on=first.on,
            opened_by_id=event.order_by("seq").values_list("by", flat=True).first(),
        )


def _acceptances(apps, listing):
    acceptance, event = apps.get_model("decoupling", "Acceptance"), apps.get_model("registry", "Event")
    for row in listing.objects.filter(state="accepted").order_by("pk"):
        told = event.objects.filter(organisation=row.organisation_id, verb="organisation.complete_decoupling").last()
        made = acceptance.objects.create(
            listing=row, accepted_on=told.on, accepted_by_id=told.by_id, reason=told.reason, event_seq=told.seq
        )
        row.signatures.update(acceptance=made)


def keep(apps, schema_editor):
    """Keep the rows: going back drops their tables."""


class Migration(migrations.Migration):
    dependencies = [("decoupling", "0003_in_full"), ("registry", "0011_stored_files")]
    operations = [migrations.RunPython(carry, keep)]
