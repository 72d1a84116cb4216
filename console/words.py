"""The ledger in words: what each verb is called, and what an event tells beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cleanup.states import CaseOutcome, LeftOut, Reached, Stance, Treatment
from console.case_words import case_details, service_parts, stated_names, step_of
from console.deadline_words import deadline_details
from console.labels import column, column_value, day, plain, together
from console.language import translated
from decoupling.models import ChecklistItem
from decoupling.states import Category, FactKind, Heading, ItemState, Post, Residue
from registry.models import Event, FilingStep, Organisation, Unit
from registry.states import Channel, Conclusion, ContactOutcome, FilingKind, SubjectKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.functional import _StrPromise

WORDS: dict[str, _StrPromise] = {
    "organisation.register": _("登记"),
    "organisation.amend": _("变更登记事项"),
    "organisation.hold": _("列入暂缓处理"),
    "organisation.release": _("解除暂缓处理"),
    "organisation.mark_dormant": _("认定为僵尸型（休眠）"),
    "organisation.reactivate": _("恢复正常存续"),
    "organisation.complete_decoupling": _("完成脱钩"),
    "organisation.void_decoupling": _("作废脱钩验收"),
    "organisation.cancel": _("注销登记"),
    "organisation.revoke": _("撤销登记"),
    "organisation.revoke_licence": _("吊销登记证书"),
    "organisation.merge": _("合并"),
    "organisation.reinstate": _("恢复登记"),
    "organisation.conclude_liquidation": _("清算结束，注销登记"),
    "report.file": _("报送 %(year)s 年度年报"),
    "report.correct": _("更正 %(year)s 年度年报"),
    "report.conclude": _("%(year)s 年度年检结论：%(report_conclusion)s"),
    "activity.record": _("开展活动：%(title)s"),
    "activity.survey": _("核查活动情况至%(on)s"),
    "contact.begin": _("开始联系核查"),
    "contact.send": _("发出%(channel)s"),
    "contact.conclude": _("联系核查结论：%(verdict)s"),
    "opinion.ask": _("向%(unit)s征求意见"),
    "opinion.record": _("%(unit)s的意见：%(stance)s"),
    "contact.record": _("联系：%(channel)s，%(contact_outcome)s"),
    "document.file": _("存入文件：%(title)s"),
    "document.withdraw": _("文件作废：%(title)s"),
    "filing.draft": _("填写%(filing)s申请"),
    "filing.save_draft": _("修改%(filing)s申请"),
    "filing.submit": _("收到%(filing)s申请"),
    "filing.accept": _("受理%(filing)s申请"),
    "filing.return_for_completion": _("%(filing)s申请退回补正"),
    "filing.refuse_acceptance": _("不予受理%(filing)s申请"),
    "filing.review": _("审查%(filing)s申请：%(recommendation)s"),
    "filing.extend": _("延长%(filing)s申请办理期限"),
    "filing.approve": _("准予%(filing)s"),
    "filing.deny": _("不予%(filing)s"),
    "filing.withdraw": _("撤回%(filing)s申请"),
    "filing.recount": _("%(filing)s申请的期限重新计算"),
    "determination.make": _("书面认定情形 %(criterion)s"),
    "determination.lift": _("解除情形 %(criterion)s 的认定"),
    "exclusion.make": _("不排查：%(left_out)s"),
    "exclusion.end": _("恢复排查（原为%(left_out)s）"),
    "finding.open": _("发现线索（情形 %(criteria)s）"),
    "finding.update": _("线索情形变动（现为情形 %(criteria)s）"),
    "finding.confirm": _("确认线索（情形 %(criteria)s）"),
    "finding.dismiss": _("排除线索（情形 %(criteria)s）"),
    "finding.undo": _("整次排查撤销，线索恢复原状"),
    "finding.withdraw": _("线索自动撤回（原情形 %(criteria)s）"),
    "case.open": _("立案：%(treatment)s"),
    "case.close": _("办结：%(case_outcome)s"),
    "case.reopen": _("退出登记已被撤销，个案重新办理"),
    "case.attach": _("存入个案材料：%(title)s"),
    "case.evidence": _("下载个案证据包"),
    "case.reassign": _("个案改派：由%(from)s改为%(officer)s承办"),
    "case.send": _("发出%(document)s（%(method)s）"),
    "case.prove_service": _("%(document)s已经送达（%(method)s）"),
    "case.fail_service": _("%(document)s未能送达（%(method)s）"),
    "notice.issue": _("制作%(document)s"),
    "notice.void": _("作废%(document)s"),
    "assignment.make": _("分派：%(subject)s由%(assignee)s承办"),
    "assignment.return": _("退回待分派：%(subject)s，原承办人%(assignee)s"),
    "listing.place": _("列入脱钩名单：%(category)s"),
    "listing.move": _("脱钩名单调整为：%(category)s"),
    "listing.submit_plan": _("报送脱钩实施方案"),
    "listing.approve_plan": _("批复脱钩实施方案"),
    "listing.return_plan": _("退回脱钩实施方案"),
    "listing.set_residue": _("未脱钩原因：%(residue)s"),
    "listing.sign_off": _("会签%(heading)s：%(unit_name)s"),
    "listing.remind": _("催办：%(unit_name)s"),
    "listing.sign": _("验收签字：%(capacity)s"),
    "listing.change_certificate": _("换发登记证书"),
    "listing.propose_void": _("提请作废脱钩验收"),
    "listing.decline_void": _("不予作废脱钩验收"),
    "item.settle": _("脱钩事项%(item)s：%(item_outcome)s"),
    "item.attach": _("脱钩事项%(item)s归入材料：%(file)s"),
    "item.prolong": _("延长脱钩事项%(item)s的过渡期"),
    "item.reopen": _("重新办理脱钩事项%(item)s"),
    "law.recalculate": _("法规政策变动第%(law)s号：重新计算"),
    "deadline.extend": _("延长期限"),
    "deadline.waive": _("免除期限"),
    "deadline.suspend": _("期限中止计算"),
    "deadline.resume": _("期限恢复计算"),
    "deadline.recount": _("重新计算期限"),
    "review.begin": _("列入“%(title)s”核查"),
    "review.find_sound": _("“%(title)s”未发现问题"),
    "review.find_problem": _("“%(title)s”发现问题：脱钩事项%(item)s"),
    "leader.enter": _("登记负责人：%(post)s"),
    "leader.leave": _("负责人离任：%(post)s"),
    "aftercare.enter": _("登记监管事项：%(fact)s"),
}

CAMPAIGN_WORDS: dict[str, _StrPromise] = {
    "campaign.draft": _("拟定"),
    "campaign.revise": _("修改草案"),
    "campaign.preview": _("预览"),
    "campaign.exclude": _("本次行动不排查"),
    "campaign.readmit": _("恢复排查"),
    "campaign.hand_back": _("退回修改"),
    "campaign.approve": _("批准"),
    "campaign.start": _("启动"),
    "campaign.pause": _("暂停"),
    "campaign.resume": _("恢复进行"),
    "campaign.extend": _("延长"),
    "campaign.conclude": _("结束行动"),
    "campaign.release_sweep": _("放行停止的排查"),
    "campaign.undo_sweep": _("撤销整次排查"),
}
"""The verbs of the ledger of campaigns."""

STAFF_WORDS: dict[str, _StrPromise] = {
    "user.add": _("开设账户"),
    "user.change_role": _("变更角色"),
    "user.set_certificate": _("登记执法证"),
    "user.set_qualification": _("登记法制审核资格"),
    "user.deactivate": _("停用账户"),
    "user.reactivate": _("恢复账户"),
    "user.reset_password": _("重置密码"),
    "user.change_password": _("本人修改密码"),
}
"""The verbs of the ledger of accounts."""

DETAILS: dict[str, _StrPromise] = {
    "resolution_on": _("决议日期"),
    "consent_no": _("业务主管单位同意文号"),
    "liquidation_report_on": _("清算报告日期"),
    "number": _("收件编号"),
    "applicant": _("申请人"),
    "decision_no": _("决定书文号"),
    "decision_basis": _("决定依据"),
    "decided_on": _("决定日期"),
    "served_on": _("送达日期"),
    "document_no": _("文号"),
    "proof": _("凭证"),
    "target": _("联系地址或号码"),
    "tracking_no": _("挂号单号"),
    "question": _("征求的事项"),
    "answer": _("意见内容"),
    "conclusion": _("结论"),
    "opinion": _("业务主管单位意见"),
    "source": _("来源"),
    "made_by_unit": _("认定单位"),
    "due_on": _("办理期限"),
    "campaign": _("整治行动"),
    "until_on": _("截止日期"),
    "approval_no": _("批复文号"),
    "approval_body": _("批复单位"),
    "evidence": _("材料"),
    "sha256": _("文件摘要"),
    "result": _("评定结果"),
    "until": _("过渡截止日期"),
    "problem": _("发现的问题"),
    "former_supervising_unit": _("原业务主管单位"),
}
"""What else an event may tell, wherever in its facts it stands, in the order shown."""

SUBJECTS = (
    "documents",
    "notice",
    "report",
    "activity",
    "contact",
    "opinion",
    "document",
    "filing",
    "determination",
    "exclusion",
    "case",
    "assignment",
    "listing",
    "item",
    "signature",
    "sign_off",
    "reminder",
    "acceptance",
    "review",
    "leader",
    "aftercare",
)
"""Where an event keeps what it is about."""

MOVED = {
    "state",
    "dormant_since",
    "decoupled_on",
    "deregistered_on",
    "exit_kind",
    "exited_from",
    "cancelled_on",
    "held_on",
    "hold_reason",
    "activity_surveyed_on",
}
"""Columns a verb sets by itself; its name already says so."""


@dataclass(frozen=True, slots=True)
class Said:
    """An event as the timeline shows it: what happened, and details as label and text."""

    event: Event
    title: str
    details: list[tuple[str, str]] = field(default_factory=list)


def tell(events: Iterable[Event]) -> list[Said]:
    """Return ``events`` in words; names of departments and organisations they mention are read at once."""
    listed = list(events)
    names = names_in(listed)
    items = _items(listed)
    return [Said(event, title(event, items), _details(event, names)) for event in listed]


def title(event: Event, items: Mapping[str, str]) -> str:
    """Return what happened, in a few words; a verb without words is shown as it is."""
    words = WORDS.get(event.verb)
    if words:
        return words % _parts(event, items)
    step = step_of(event.verb)
    return translated(step.label) if step else event.verb


def step_title(step: FilingStep) -> str:
    """Return a step of an application in the words its event has, where there is one; reads ``step.filing``."""
    told = {**step.facts, "kind": step.filing.kind}
    return title(Event(verb=step.verb, on=step.on, facts={"filing": told}), {})


def letters(criteria: str) -> str:
    """Return criteria as A、C."""
    return together(criteria)


def _parts(event: Event, items: Mapping[str, str]) -> dict[str, str]:
    told = _told(event)
    return {
        "year": str(told.get("year", "")),
        "title": str(told.get("title", "")),
        "on": day(event.on),
        "criterion": str(told.get("criterion", "")),
        "left_out": _label(LeftOut, told.get("left_out")),
        "criteria": letters(str(told.get("criteria", ""))),
        "channel": _label(Channel, told.get("channel")),
        "verdict": _label(Reached, told.get("verdict")),
        "unit": str(told.get("unit_name", "")),
        "stance": _label(Stance, told.get("stance")),
        "contact_outcome": _label(ContactOutcome, told.get("outcome")),
        "from": str(told.get("from_name", "")),
        "officer": str(told.get("officer_name", "")),
        "subject": _label(SubjectKind, str(told.get("subject", "")).partition(":")[0]),
        "assignee": str(told.get("assignee_name", "")),
        "report_conclusion": _label(Conclusion, told.get("conclusion")),
        "filing": _label(FilingKind, event.facts.get("filing", {}).get("kind")),
        "recommendation": gettext("建议准予") if told.get("favourable") else gettext("建议不予准予"),
        "treatment": _label(Treatment, told.get("treatment")),
        "case_outcome": _label(CaseOutcome, told.get("outcome")),
        **service_parts(told),
        "category": _label(Category, told.get("category")),
        "residue": _label(Residue, told.get("residue")) or gettext("已消除"),
        "capacity": translated(told.get("capacity", "")),
        "item": items.get(str(told.get("code", "")), ""),
        "item_outcome": _label(ItemState, told.get("outcome")),
        "law": str(event.facts.get("law", {}).get("id", "")),
        "heading": _label(Heading, told.get("heading")),
        "unit_name": str(told.get("unit_name", "")) or gettext("登记管理机关（本局）"),
        "file": str((told.get("file") or {}).get("title", "")) if isinstance(told.get("file"), dict) else "",
        "post": _label(Post, told.get("post")),
        "fact": _label(FactKind, told.get("kind")),
    }


def _told(event: Event) -> dict[str, Any]:
    """Return the facts of an event with those of its subject beside them."""
    told = dict(event.facts)
    for subject in SUBJECTS:
        inner = event.facts.get(subject)
        if isinstance(inner, dict):
            told.update(inner)
    return told


def _details(event: Event, names: Mapping[tuple[str, int], str]) -> list[tuple[str, str]]:
    told = _told(event)
    elsewhere = stated_names(event.facts)
    named = ((name, label) for name, label in DETAILS.items() if told.get(name) and name not in elsewhere)
    found = [(str(label), _detail(name, told[name])) for name, label in named]
    cured = event.facts.get("cured") or {}
    found += case_details(event.facts)
    found += deadline_details(event.facts)
    found += [(gettext("情形 %(criterion)s 已消除") % {"criterion": letter}, how) for letter, how in cured.items()]
    found += [
        (translated(each["what"]), _moved(each))
        for each in event.facts.get("effects", ())
        if not each["subject"].startswith("deadline:")
    ]
    if event.verb != "organisation.register":
        found += [
            (column(name), f"{column_value(name, old, names)} → {column_value(name, new, names)}")
            for name, (old, new) in event.facts.get("changes", {}).items()
            if name not in MOVED
        ]
    return found


def _moved(effect: Mapping[str, str]) -> str:
    """Return what a change of the law made of one record."""
    before, after = (plain(effect[name]) if effect[name] else gettext("没有") for name in ("before", "after"))
    return f"{before} → {after}"


def _detail(name: str, value: Any) -> str:
    if name == "conclusion":
        return _label(Conclusion, value)
    return str(value["name"]) if name == "former_supervising_unit" else plain(value)


def _label(choices: type[Any], value: Any) -> str:
    return translated(dict(choices.choices).get(value, value or ""))


def _items(events: Iterable[Event]) -> dict[str, str]:
    """Return the checklist items that ``events`` are about, by code, as “A1 title”."""
    codes = {told["code"] for event in events if (told := event.facts.get("item"))}
    if not codes:
        return {}
    named = gettext("%(code)s“%(title)s”")
    return {
        item.code: named % {"code": item.code, "title": translated(item.title)}
        for item in ChecklistItem.objects.filter(code__in=codes)
    }


def names_in(events: Iterable[Event]) -> dict[tuple[str, int], str]:
    """Return the names of what the changed columns of ``events`` point to."""
    columns = {
        each.attname: each.related_model
        for each in Organisation._meta.concrete_fields
        if each.related_model is not None
    }
    wanted: dict[Any, set[int]] = {Unit: set(), Organisation: set()}
    for event in events:
        for name, values in event.facts.get("changes", {}).items():
            if name in columns:
                wanted[columns[name]].update(value for value in values if value)
    return {
        (model._meta.label, pk): name
        for model, ids in wanted.items()
        if ids
        for pk, name in model.objects.filter(pk__in=ids).values_list("pk", "name")
    }
