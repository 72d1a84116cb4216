"""Makers of records for tests. Organisations go through the ordinary action, so that their ledgers hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory

from registry.actions import organisation as organisation_actions
from registry.identifiers import compose
from registry.models import Organisation, Unit, User
from registry.states import Kind, Role


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User

    class Params:
        certified = factory.Trait(
            certificate_no=factory.Sequence(lambda n: f"虚执法证第{n:04d}号"), certificate_until=date(2031, 12, 31)
        )

    username = factory.Sequence(lambda n: f"officer{n}")
    display_name = factory.Sequence(lambda n: f"测试人员{n}")
    role = Role.REGISTRATION


class UnitFactory(factory.django.DjangoModelFactory[Unit]):
    class Meta:
        model = Unit

    name = factory.Sequence(lambda n: f"测试主管部门{n}")


class OrganisationFactory(factory.django.DjangoModelFactory[Organisation]):
    """An active association established in 2010; traits for the usual situations."""

    class Meta:
        model = Organisation

    class Params:
        industry = factory.Trait(
            is_industry_association=True, name=factory.Sequence(lambda n: f"虚构区测试行业协会{n}")
        )
        charity = factory.Trait(is_charity=True)

    kind: Any = Kind.ASSOCIATION
    code = factory.LazyAttributeSequence(lambda o, n: compose(o.kind, "120119", n))
    name = factory.Sequence(lambda n: f"虚构区测试协会{n}")
    established_on = date(2010, 5, 6)
    address = "虚构区测试路1号"

    @classmethod
    def _create(cls, model_class: type[Organisation], *args: Any, **kwargs: Any) -> Organisation:
        by = kwargs.pop("by", None) or UserFactory.create()
        on = kwargs.pop("on", None) or kwargs["established_on"] or date(2010, 5, 6)
        return organisation_actions.register(by=by, on=on, reason="测试登记", **kwargs)
