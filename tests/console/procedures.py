"""What stands in the addresses of a case's procedure, made from a finding: cases, their documents, services and batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.console.situations import asked_batch, issued_notice, opened_case, sent_guide

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleanup.models import Finding

OF_CASES: dict[str, Callable[[Finding], Any]] = {
    "case": lambda finding: opened_case(finding).pk,
    "case_open": lambda finding: finding.pk,
    "case_batch": lambda finding: asked_batch(finding).pk,
    "case_pack": lambda finding: sent_guide(finding).case_id,
    "case_page": lambda finding: sent_guide(finding).case_id,
    "case_step": lambda finding: (opened_case(finding).pk, "guide"),
    "notice": lambda finding: issued_notice(finding).pk,
    "notice_draft": lambda finding: (opened_case(finding).pk, "cancellation_guide"),
    "notice_preview": lambda finding: (opened_case(finding).pk, "cancellation_guide"),
    "service_send": lambda finding: sent_guide(finding).step_id,
    "service_prove": lambda finding: sent_guide(finding).pk,
    "service_fail": lambda finding: sent_guide(finding).pk,
}
"""By the name of an address or the longest beginning of it, as in `doors.ARGUMENTS`."""
