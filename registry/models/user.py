"""Officers and the other people who sign in."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q

from registry.models.unit import Unit
from registry.rules import AssigneeFacts, CertificateFacts
from registry.states import OFFICERS, Role


class Users(UserManager["User"]):
    """Users, and the one under whose name scheduled jobs act."""

    def system(self) -> "User":
        """Return the user scheduled jobs act as; it cannot sign in."""
        user, created = self.get_or_create(
            username="system", defaults={"display_name": "系统定时任务", "role": Role.SYSTEM, "is_active": False}
        )
        if created:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        return user

    def create_superuser(self, *args: Any, **columns: Any) -> "User":
        """Create the first administrator, from whom everybody else's account comes."""
        return super().create_superuser(*args, **{"role": Role.ADMINISTRATOR, **columns})

    def named(self, name: str) -> models.QuerySet["User"]:
        """Return the users who are shown under this name, whether they still sign in or not."""
        return self.filter(Q(display_name=name) | Q(display_name="", username=name)).order_by("pk")

    def certified(self, *, on: date) -> models.QuerySet["User"]:
        """Return the active users whose enforcement certificate is valid on the day ``on``."""
        return self.filter(is_active=True, certificate_until__gte=on)


class User(AbstractUser):
    """A person of the bureau, a supervising unit or the audit office; one role each."""

    display_name = models.CharField("姓名", max_length=50)
    role = models.CharField("角色", max_length=20, choices=Role, default=Role.SUPERVISING_UNIT)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name="所属单位", related_name="+")

    certificate_no = models.CharField("执法证号", max_length=50, blank=True)
    certificate_until = models.DateField("执法证有效期至", null=True, blank=True)
    legal_qualification_no = models.CharField("法制审核资格", max_length=100, blank=True)

    has_given_password = models.BooleanField("密码由管理员设置", default=False)
    """The password was set by an administrator, who knows it: nothing is opened until the person has set another."""

    objects: ClassVar[Users] = Users()

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"
        constraints = (
            models.CheckConstraint(
                name="user_certificate_whole",
                condition=Q(certificate_no="", certificate_until__isnull=True)
                | ~Q(certificate_no="") & Q(certificate_until__isnull=False),
            ),
            models.UniqueConstraint(
                name="user_certificate_once", fields=("certificate_no",), condition=~Q(certificate_no="")
            ),
        )

    def __str__(self) -> str:
        """Return the name shown beside what this person did."""
        return self.display_name or self.username

    @property
    def full_name(self) -> str:
        """Return the name with the one the person signs in with, which nobody else has."""
        return f"{self}（{self.username}）"

    def certificate(self) -> CertificateFacts:
        """Return what a rule asks about the person's enforcement certificate."""
        return CertificateFacts(certificate_no=self.certificate_no, certificate_until=self.certificate_until)

    def as_assignee(self) -> AssigneeFacts:
        """Return what a rule asks before the person is given something to carry."""
        return AssigneeFacts(is_active=self.is_active, carries_work=self.role in OFFICERS)
