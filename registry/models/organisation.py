"""The organisation and the machine that moves it. Transitions check rules and set their own fields, nothing else."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django_fsm import RETURN_VALUE, FSMField, FSMModelMixin, transition

from registry import rules
from registry.models.unit import Unit
from registry.states import ENDS_AT_ONCE, EXISTING, ExitKind, Kind, State, Supervision

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

CAPITAL_LABELS = {
    Kind.ASSOCIATION: "活动资金",
    Kind.PRIVATE_NON_ENTERPRISE: "开办资金",
    Kind.FOUNDATION: "原始基金",
}


class StateIsProtected(TypeError):
    """Somebody tried to write ``state`` without a transition."""


class Organisations(models.QuerySet["Organisation"]):
    """Sets of organisations. ``state`` is never written here: only transitions move it."""

    def update(self, **fields: Any) -> int:
        """Update columns as Django does, but refuse ``state``."""
        _refuse_state(fields)
        return super().update(**fields)

    def bulk_update(self, objs: Iterable[Organisation], fields: Iterable[str], batch_size: int | None = None) -> int:
        """Update many as Django does, but refuse ``state``."""
        fields = list(fields)
        _refuse_state(fields)
        return super().bulk_update(objs, fields, batch_size=batch_size)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: bodies leave the register by a transition, their records stay."""
        message = "organisations are never deleted; they leave by cancel, revoke, revoke_licence or merge"
        raise StateIsProtected(message)

    def existing(self) -> Organisations:
        """Return those still on the register: active, dormant or decoupled."""
        return self.filter(state__in=EXISTING)

    def existing_on(self, on: date) -> Organisations:
        """Return those that were on the register at the end of the day ``on``."""
        return self.filter(Q(deregistered_on__isnull=True) | Q(deregistered_on__gt=on)).exclude(established_on__gt=on)


def _refuse_state(fields: Iterable[str]) -> None:
    if "state" in fields:
        message = "state is moved by transitions only; use an action of registry.actions.organisation"
        raise StateIsProtected(message)


class Organisation(FSMModelMixin, models.Model):
    """A social organisation on (or formerly on) the bureau's register."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("名称", max_length=200)
    name_initials = models.CharField("名称拼音首字母", max_length=1200, blank=True, editable=False)
    kind = models.CharField("类型", max_length=30, choices=Kind)
    is_industry_association = models.BooleanField("行业协会商会", default=False)
    is_charity = models.BooleanField("慈善组织", default=False)
    supervision = models.CharField("登记体制", max_length=20, choices=Supervision, default=Supervision.DUAL)
    registration_authority = models.CharField("登记机关", max_length=100, blank=True)
    supervising_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="supervised", verbose_name="业务主管单位"
    )
    industry_regulator = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="regulated", verbose_name="行业管理部门"
    )
    party_body = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="party_led", verbose_name="党建工作机构"
    )
    legal_representative = models.CharField("法定代表人", max_length=50, blank=True)
    address = models.CharField("住所", max_length=300, blank=True)
    business_scope = models.TextField("业务范围", blank=True)
    activity_area = models.CharField("活动地域", max_length=100, blank=True)
    capital = models.DecimalField("注册资金（元）", max_digits=16, decimal_places=2, null=True, blank=True)
    established_on = models.DateField("成立日期", null=True, blank=True)
    certificate_no = models.CharField("证书编号", max_length=50, blank=True)
    certificate_from = models.DateField("证书有效期起", null=True, blank=True)
    certificate_until = models.DateField("证书有效期止", null=True, blank=True)

    state = FSMField("状态", choices=State, default=State.ACTIVE, protected=True)
    dormant_since = models.DateField("认定僵尸型日期", null=True, blank=True)
    decoupled_on = models.DateField("脱钩完成日期", null=True, blank=True)
    deregistered_on = models.DateField("退出日期", null=True, blank=True)
    exit_kind = models.CharField("退出方式", max_length=20, choices=ExitKind, blank=True)
    exited_from = models.CharField("退出前状态", max_length=20, choices=State, blank=True)
    cancelled_on = models.DateField("注销登记日期", null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="合并后组织")

    held_on = models.DateField("暂缓处理自", null=True, blank=True)
    hold_reason = models.CharField("暂缓理由", max_length=300, blank=True)
    activity_surveyed_on = models.DateField("活动情况核查至", null=True, blank=True)

    version = models.PositiveIntegerField(default=1, editable=False)
    event_count = models.PositiveIntegerField(default=0, editable=False)
    event_head = models.CharField(max_length=64, blank=True, editable=False)

    objects = Organisations.as_manager()

    class Meta:
        verbose_name = "社会组织"
        verbose_name_plural = "社会组织"
        ordering = ("code",)
        indexes = (
            models.Index(fields=("state", "kind"), name="organisation_state_kind"),
            models.Index(fields=("name",), name="organisation_name"),
            models.Index(fields=("name_initials",), name="organisation_name_initials"),
            models.Index(fields=("established_on",), name="organisation_established"),
            models.Index(fields=("held_on",), name="organisation_held", condition=Q(held_on__isnull=False)),
        )
        constraints = (
            models.CheckConstraint(name="organisation_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="organisation_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(
                name="organisation_industry_association_is_association",
                condition=Q(is_industry_association=False) | Q(kind=Kind.ASSOCIATION),
            ),
            models.CheckConstraint(
                name="organisation_dormant_has_date",
                condition=(Q(state=State.DORMANT) | Q(state=State.DEREGISTERED, exited_from=State.DORMANT))
                & Q(dormant_since__isnull=False)
                | ~Q(state=State.DORMANT)
                & ~Q(state=State.DEREGISTERED, exited_from=State.DORMANT)
                & Q(dormant_since__isnull=True),
            ),
            models.CheckConstraint(
                name="organisation_decoupled_has_date",
                condition=~Q(state=State.DECOUPLED) | Q(decoupled_on__isnull=False),
            ),
            models.CheckConstraint(
                name="organisation_active_not_decoupled",
                condition=~Q(state=State.ACTIVE) | Q(decoupled_on__isnull=True),
            ),
            models.CheckConstraint(
                name="organisation_decoupled_regime",
                condition=Q(decoupled_on__isnull=True)
                | Q(supervision=Supervision.DECOUPLED, supervising_unit__isnull=True),
            ),
            models.CheckConstraint(
                name="organisation_deregistered_has_date_and_kind",
                condition=Q(
                    state=State.DEREGISTERED,
                    deregistered_on__isnull=False,
                    exit_kind__in=ExitKind.values,
                    exited_from__in=EXISTING,
                )
                | ~Q(state=State.DEREGISTERED) & Q(deregistered_on__isnull=True, exit_kind="", exited_from=""),
            ),
            models.CheckConstraint(
                name="organisation_cancelled_only_after_exit",
                condition=Q(cancelled_on__isnull=True)
                | Q(state=State.DEREGISTERED, cancelled_on__gte=F("deregistered_on")),
            ),
            models.CheckConstraint(
                name="organisation_cancel_and_merge_end_it",
                condition=~Q(exit_kind__in=ENDS_AT_ONCE) | Q(cancelled_on__isnull=False),
            ),
            models.CheckConstraint(
                name="organisation_merged_has_successor",
                condition=Q(exit_kind=ExitKind.MERGED, successor__isnull=False)
                | ~Q(exit_kind=ExitKind.MERGED) & Q(successor__isnull=True),
            ),
            models.CheckConstraint(name="organisation_not_own_successor", condition=~Q(successor=F("pk"))),
            models.CheckConstraint(
                name="organisation_licence_revoked_only_charity",
                condition=~Q(exit_kind=ExitKind.LICENCE_REVOKED) | Q(is_charity=True),
            ),
            models.CheckConstraint(
                name="organisation_hold_has_reason",
                condition=Q(held_on__isnull=True, hold_reason="") | Q(held_on__isnull=False) & ~Q(hold_reason=""),
            ),
            models.CheckConstraint(
                name="organisation_certificate_in_order",
                condition=Q(certificate_from__isnull=True)
                | Q(certificate_until__isnull=True)
                | Q(certificate_until__gte=F("certificate_from")),
            ),
            models.CheckConstraint(
                name="organisation_exit_after_establishment",
                condition=Q(established_on__isnull=True)
                | Q(deregistered_on__isnull=True)
                | Q(deregistered_on__gte=F("established_on")),
            ),
        )

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    def clean_fields(self, exclude: Any = None) -> None:
        """Validate every field but the protected one, which Django would try to assign."""
        super().clean_fields(exclude={*(exclude or ()), "state"})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:  # noqa: ARG002 - Django's arguments
        """Refuse: see `Organisations.delete`."""
        return Organisations().delete()

    @property
    def capital_label(self) -> str:
        """Return what the law calls this kind's money."""
        return CAPITAL_LABELS[Kind(self.kind)]

    @property
    def is_revoked_not_cancelled(self) -> bool:
        """Tell whether the body is 已撤销未注销: out of the register, but its legal person not yet ended."""
        return self.state == State.DEREGISTERED and self.cancelled_on is None

    # --- the machine (DESIGN: lifecycle) ---------------------------------------------------------------

    @transition(field=state, source=[State.ACTIVE, State.DECOUPLED], target=State.DORMANT)
    def mark_dormant(self, *, facts: rules.DormancyFacts, on: date) -> None:
        """Confirm as zombie; refused while on hold or without a finding or a reviewer's reason."""
        rules.require(rules.MARK_DORMANT, facts, on=on)
        self.dormant_since = on

    @transition(field=state, source=State.DORMANT, target=RETURN_VALUE(State.ACTIVE, State.DECOUPLED))
    def reactivate(self, *, facts: rules.ReactivationFacts, on: date) -> State:
        """Return to decoupled if it was ever decoupled, else to active; every ground must be named as cured."""
        rules.require(rules.REACTIVATE, facts, on=on)
        self.dormant_since = None
        return State.DECOUPLED if self.decoupled_on else State.ACTIVE

    @transition(field=state, source=State.ACTIVE, target=State.DECOUPLED)
    def complete_decoupling(self, *, facts: rules.DecouplingFacts, on: date) -> None:
        """Finish the separation from government: the legal person lives on without supervising unit."""
        rules.require(rules.COMPLETE_DECOUPLING, facts, on=on)
        self.decoupled_on = on
        self.supervision = Supervision.DECOUPLED
        self.supervising_unit = None

    @transition(field=state, source=State.DECOUPLED, target=State.ACTIVE)
    def void_decoupling(self, *, facts: rules.VoidFacts, on: date) -> None:
        """Correct the register where the decoupling was accepted wrongly: it never was one, so this is no way back."""
        rules.require(rules.VOID_DECOUPLING, facts, on=on)
        self.decoupled_on = None

    def forget_decoupling(self, *, facts: rules.VoidFacts, on: date) -> None:
        """Correct the same of a body that is dormant or has left since; its state stays, so this is no transition."""
        rules.require(rules.VOID_DECOUPLING, facts, on=on)
        self.decoupled_on = None
        if self.exited_from == State.DECOUPLED:
            self.exited_from = State.ACTIVE

    @transition(field=state, source=list(EXISTING), target=State.DEREGISTERED)
    def cancel(self, *, facts: rules.CancellationFacts, on: date) -> None:
        """注销 at the body's own request; ends the legal person."""
        rules.require(rules.CANCEL, facts, on=on)
        self._leave(ExitKind.CANCELLED, on)

    @transition(field=state, source=list(EXISTING), target=State.DEREGISTERED)
    def revoke(self, *, facts: rules.PenaltyFacts, on: date) -> None:
        """撤销登记 by penalty decision; the legal person ends only with the later 注销."""
        rules.require(rules.REVOKE, facts, on=on)
        self._leave(ExitKind.REVOKED, on)

    @transition(field=state, source=list(EXISTING), target=State.DEREGISTERED)
    def revoke_licence(self, *, facts: rules.PenaltyFacts, on: date) -> None:
        """吊销登记证书, charities only; the legal person ends only with the later 注销."""
        rules.require(rules.REVOKE_LICENCE, facts, on=on)
        self._leave(ExitKind.LICENCE_REVOKED, on)

    @transition(field=state, source=list(EXISTING), target=State.DEREGISTERED)
    def merge(self, *, facts: rules.MergerFacts, successor: Organisation, on: date) -> None:
        """合并 into ``successor``; ends the legal person."""
        rules.require(rules.MERGE, facts, on=on)
        self._leave(ExitKind.MERGED, on)
        self.successor = successor

    @transition(field=state, source=State.DEREGISTERED, target=RETURN_VALUE(*EXISTING))
    def reinstate(self, *, facts: rules.ReinstatementFacts, on: date) -> State:
        """Undo an exit whose decision was annulled or wrong; return to the state the body left."""
        rules.require(rules.REINSTATE, facts, on=on)
        left = State(self.exited_from)
        self.deregistered_on = self.cancelled_on = self.successor = None
        self.exit_kind = self.exited_from = ""
        return left

    def _leave(self, exit_kind: ExitKind, on: date) -> None:
        self.exited_from = self.state
        self.exit_kind = exit_kind
        self.deregistered_on = on
        self.cancelled_on = on if exit_kind in ENDS_AT_ONCE else None


class FormerName(models.Model):
    """A name an organisation bore until a day."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="former_names")
    name = models.CharField("曾用名", max_length=200)
    until = models.DateField("使用至")

    class Meta:
        verbose_name = "曾用名"
        verbose_name_plural = "曾用名"
        ordering = ("-until", "-pk")

    def __str__(self) -> str:
        """Return the former name."""
        return self.name
