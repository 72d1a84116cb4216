"""Government departments that supervise, regulate or lead Party work in organisations."""

from django.db import models


class Unit(models.Model):
    """A department: 业务主管单位, 行业管理部门 or 党建工作机构; the same one may be all three."""

    name = models.CharField("名称", max_length=200, unique=True)

    class Meta:
        verbose_name = "单位"
        verbose_name_plural = "单位"
        ordering = ("name",)

    def __str__(self) -> str:
        """Return the unit's name."""
        return self.name
