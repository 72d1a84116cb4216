"""An uploaded file as a task: once for every start, and by a real worker behind a real broker."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from registry.actions.intake import Unreadable, desk
from registry.models import Event, ImportRun, JobRun, Organisation, User
from registry.states import Outcome
from tests.registry.files import register_row, write_rows
from tests.registry.test_race import count
from tests.worker.conftest import eventually
from tests.worker.test_real_worker import environment_of, working
from worker import dispatch, tasks

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper
    from redis import Redis

TODAY = date(2026, 11, 24)


def queued(by: User, folder: Path, *, rows: int = 3) -> ImportRun:
    """Return an upload whose import is queued, its trial done."""
    path = write_rows(folder / "rows.csv", *(register_row(number) for number in range(1, rows + 1)))
    content = SimpleUploadedFile("名册.csv", path.read_bytes())
    run = desk.upload(what="register", file_name="名册.csv", content=content, by=by, on=TODAY)
    mapping = {column.name: column.field for column in desk.columns_seen(run)}
    run = desk.try_out(import_id=run.pk, mapping=mapping, by=by, on=TODAY)
    desk.perform(import_id=run.pk, attempt=run.attempt)
    return desk.start(import_id=run.pk, by=by, on=TODAY)


def delivered(run: ImportRun, message: str = "message-1") -> object:
    told = {"import_id": run.pk, "attempt": run.attempt, "from_later": True}
    return tasks.import_file.apply(kwargs=told, task_id=message, throw=False).result


@pytest.mark.django_db
def test_a_start_is_a_run_with_its_counts_whoever_delivers_it_again(officer: User, tmp_path: Path) -> None:
    run = queued(officer, tmp_path)
    for message in ("message-1", "message-1", "message-2"):
        delivered(run, message)
    job = JobRun.objects.get()
    assert (job.job, job.slot, job.outcome, job.attempts) == ("import", f"{run.pk}.{run.attempt}", Outcome.DONE, 1)
    assert job.counts["created"] == 3
    assert Event.objects.count() == Organisation.objects.count() == 3


@pytest.mark.django_db
def test_a_file_that_broke_fails_for_everybody_to_see(officer: User, tmp_path: Path) -> None:
    run = queued(officer, tmp_path)
    run.file.storage.delete(run.file.name)
    assert isinstance(delivered(run), Unreadable)
    run.refresh_from_db()
    assert (run.outcome, JobRun.objects.get().outcome) == ("failed", Outcome.FAILED)
    assert "找不到文件" in run.error


@pytest.mark.django_db
def test_with_the_broker_away_asking_fails(officer: User, tmp_path: Path) -> None:
    with pytest.raises(dispatch.BrokerUnreachable):
        dispatch.imports(run=queued(officer, tmp_path))


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_real_worker_imports_an_uploaded_file(
    officer: User, tmp_path: Path, served_broker: Redis, settings: SettingsWrapper
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    run = queued(officer, tmp_path, rows=40)
    environment = environment_of(tmp_path)
    dispatch.imports(run=run)
    done = "SELECT count(*) FROM registry_importrun WHERE outcome = 'done' AND created = 40 AND rows_done = 40"
    with working(tmp_path, environment):
        eventually(lambda: count(done, environment["DATABASE_URL"]) == 1)
        eventually(
            lambda: (
                count("SELECT count(*) FROM registry_jobrun WHERE outcome = 'done'", environment["DATABASE_URL"]) == 1
            )
        )
    assert count("SELECT count(*) FROM registry_event", environment["DATABASE_URL"]) == 40
    assert served_broker.llen("celery") == served_broker.hlen("unacked") == 0
