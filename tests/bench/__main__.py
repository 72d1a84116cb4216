"""What the main work costs, as ratios measured in the same run (``make bench``, ``make bench SIZES="10000 1000000"``).

Each size gets a fresh database of its own, SQLite or what DATABASE_URL names. At most ten thousand bodies with five
years of reports come through the importer, the others are written straight into the tables; then all are swept. The
measure of the sweeps is one sequential scan of organisations and reports by the database; the row-by-row loop is timed
on a sample and multiplied.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.conf import settings
from django.db import connection
from django.utils import timezone

django.setup()

from registry.models import User  # noqa: E402 - models exist only after setup
from tests.bench import fill, work  # noqa: E402 - likewise

if TYPE_CHECKING:
    from datetime import date

PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"


def main(sizes: list[int]) -> None:
    """Print a table for each size."""
    on = timezone.localdate()
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": PLAIN}}  # nobody has collected the files
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if connection.vendor == "sqlite":
                connection.settings_dict["TEST"]["NAME"] = str(folder / "bench.sqlite3")
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            try:
                by = User.objects.system()
                print(f"\n{size:,} organisations, {connection.display_name}")
                tell(size, folder, on, by)
            finally:
                connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def tell(size: int, folder: Path, on: date, by: User) -> None:
    """Print the lines of one size, each as soon as it is measured."""
    for line in work.imports(size, folder, on=on, by=by):
        print(line, flush=True)
    for line in work.ledger():
        print(line, flush=True)
    fill.tables(min(size, work.IMPORTED), size, on=on, by=by)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    for lines in (work.sweeps(size, on=on, by=by), work.searches(), work.pages(by), work.notices(on)):
        for line in lines:
            print(line, flush=True)


main([int(size) for size in sys.argv[1:]] or [10_000, 100_000])
