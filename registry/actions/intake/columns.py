"""Which columns an import understands, under which headings people write them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from registry.tables import column_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from registry.cells import Cell

_BRACKETS = re.compile(r"[(\[【〔<](.*?)[)\]】〕>]")
_UNIT = re.compile(r"(万元|亿元|元)")
_SAYS_NO_MORE = re.compile(
    r"(?:(?:金额)?单位[:为]?)?(?:人民币)?(?:(?:万元|亿元|元)/?)*"
    r"|必填项?|选填项?|可选|可不填|如有|全称|[0-9]+位?|文本(?:格式)?|日期(?:格式)?"
    r"|(?:格式|如|例如?)?:?(?:y{4}[-/.]?m{1,2}[-/.]?d{1,2}|[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?|年[-/.]?月[-/.]?日)"
)
_CHOICES = frozenset(
    {
        *("是", "否", "有", "无", "正常", "存续", "注销", "撤销", "吊销"),
        *("社会团体", "社团", "民办非企业单位", "民非", "社会服务机构", "基金会"),
        *("双重管理", "直接登记", "已脱钩", "合格", "基本合格", "不合格", "待审"),
    }
)
_NUMBER = re.compile(r"[-+0-9.,/年月日: ]+")
_ORNAMENTS = re.compile(r"[\s*:·.。,、_\"'“”]+")
REFUSED_ROW = ("原行号", "未导入原因", "处理办法")
"""Headings that a list of refused rows adds to the file's own."""
IGNORED = frozenset({"序号", "编号", "行号", "no", "备注", "id", "", *REFUSED_ROW})
"""Headings that need no word when they are not imported."""


class ColumnsMissing(ValueError):
    """An indispensable column is not in the file; the message names it, in Chinese."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of ours: field, Chinese title, other headings for it; ``needed`` or at least ``usual``."""

    field: str
    title: str
    synonyms: tuple[str, ...] = ()
    needed: bool = False
    usual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a file keeps our columns: field → position, and what its header leaves open."""

    places: Mapping[str, int]
    header: tuple[str, ...]
    names: tuple[str, ...]
    """The columns' own names, as `registry.tables.column_names` gives them."""
    units: Mapping[str, str]
    notes: tuple[tuple[str, str, str], ...]
    """Doubts about the whole file: (column title, reason, remedy)."""

    def cell(self, cells: Sequence[Cell], field: str) -> Cell:
        """Return the cell of ``field`` in a row; None where the file has no such column or the row is too short."""
        place = self.places.get(field)
        return cells[place] if place is not None and place < len(cells) else None


def normal(heading: str) -> str:
    """Return a heading as it is compared: NFKC, lower case, without spaces, ornaments and brackets that say no more.

    Money units, 必填 and 选填, formats and the answers to choose from say no more; any other words in brackets may make
    it another column, as in 名称（曾用名）, and stay.
    """
    plain = "".join(unicodedata.normalize("NFKC", heading).split()).lower()
    return _ORNAMENTS.sub("", _BRACKETS.sub(lambda found: "" if _says_no_more(found[1]) else found[0], plain))


def _says_no_more(inside: str) -> bool:
    return bool(_SAYS_NO_MORE.fullmatch(inside)) or _CHOICES.issuperset(re.split(r"[/、,或]", inside))


def unit_of(heading: str) -> str:
    """Return the money unit a heading states in brackets, such as ``万元``; blank when none or more than one."""
    inside = "".join(_BRACKETS.findall(unicodedata.normalize("NFKC", heading)))
    found = set(_UNIT.findall(inside))
    return found.pop() if len(found) == 1 else ""


class Columns:
    """The columns of one kind of import."""

    def __init__(self, *columns: Column) -> None:
        """Keep the columns and index every heading; a heading may name one column only."""
        self.columns = columns
        self.titles = {column.field: column.title for column in columns}
        self._fields: dict[str, str] = {}
        for column in columns:
            for heading in (column.title, *column.synonyms):
                if self._fields.setdefault(normal(heading), column.field) != column.field:
                    message = f"heading {heading} names two columns"
                    raise ValueError(message)

    def field_of(self, heading: str) -> str | None:
        """Return the field a heading names.

        Words in brackets may end the name, as in 证书有效期（起）, or say it once more, as in 住所（地址）.
        """
        plain = normal(heading)
        whole = self._fields.get(plain) or self._fields.get(_BRACKETS.sub(r"\1", plain))
        if whole:
            return whole
        names = {self._fields.get(part) for part in (_BRACKETS.sub("", plain), *_BRACKETS.findall(plain))}
        return names.pop() if len(names) == 1 else None

    def is_header(self, cells: Sequence[str]) -> bool:
        """Tell whether a row is the header: two known headings at least, one of them indispensable."""
        found = {self.field_of(cell) for cell in cells} - {None}
        return len(found) > 1 and any(column.field in found for column in self.columns if column.needed)

    def may_be_header(self, cells: Sequence[str]) -> bool:
        """Tell whether a row could be a header in words unknown here: several cells, no number, nothing twice."""
        written = [cell for cell in cells if cell]
        return len(written) > 1 and len(set(written)) == len(written) and not any(map(_NUMBER.fullmatch, written))

    def guess(self, header: Sequence[str]) -> dict[str, str]:
        """Return for every column, by its own name, the field its heading names; blank where that is none or taken."""
        taken: set[str] = set()
        found = {}
        for name, heading in zip(column_names(header), header, strict=True):
            field = self.field_of(heading) or ""
            found[name] = "" if field in taken else field
            taken.add(field)
        return found

    def layout(self, header: Sequence[str], mapping: Mapping[str, str] | None = None) -> Layout:
        """Return where the columns stand in ``header``; raise `ColumnsMissing` without an indispensable one.

        ``mapping`` says which field a column, by its own name, stands for (blank: none), whatever its heading.
        """
        names = column_names(header)
        places: dict[str, int] = {}
        notes: list[tuple[str, str, str]] = []
        strangers = []
        for place, heading in enumerate(header):
            field = (mapping or {}).get(names[place], self.field_of(heading))
            if not field:
                if field is None and normal(heading) not in IGNORED:
                    strangers.append(f"“{heading}”")
            elif field in places:
                kept = header[places[field]]
                reason = f"列“{heading}”与“{kept}”含义相同，只采用“{kept}”"
                notes.append((self.titles[field], reason, "如应采用另一列，请删去多余的列后重新导入"))
            else:
                places[field] = place
        missing = [column for column in self.columns if column.field not in places]
        if needed := [column.title for column in missing if column.needed]:
            found = "、".join(heading for heading in header if heading)
            message = f"文件缺少必需的列：{'、'.join(needed)}。现有列：{found}"
            raise ColumnsMissing(message)
        notes += [
            (column.title, f"文件没有“{column.title}”列，该项不导入", "如需导入，请在文件中补充该列后重新导入")
            for column in missing
            if column.usual
        ]
        if strangers:
            notes.append(("", f"以下列无法识别，未导入：{'、'.join(strangers)}", "如需导入，请改用说明中的列名"))
        units = {field: unit_of(header[place]) for field, place in places.items()}
        return Layout(places=places, header=tuple(header), names=names, units=units, notes=tuple(notes))


REGISTER = Columns(
    Column("code", "统一社会信用代码", ("信用代码", "社会信用代码", "统一代码", "统一信用代码", "uscc"), needed=True),
    Column(
        "name",
        "名称",
        ("社会组织名称", "组织名称", "单位名称", "机构名称", "社团名称", "基金会名称", "登记名称", "name"),
        needed=True,
    ),
    Column("status", "登记状态", ("状态", "组织状态", "社会组织状态", "存续状态"), usual=True),
    Column("kind", "类型", ("社会组织类型", "组织类型", "类别", "社会组织类别", "登记类型", "机构类型"), usual=True),
    Column(
        "established_on", "成立日期", ("成立登记日期", "登记日期", "成立时间", "注册日期", "成立登记时间"), usual=True
    ),
    Column("registration_authority", "登记机关", ("登记管理机关", "登记管理机关名称", "发证机关"), usual=True),
    Column("supervising_unit", "业务主管单位", ("主管单位", "业务主管部门", "业务主管单位名称"), usual=True),
    Column(
        "legal_representative", "法定代表人", ("法人", "法人代表", "法定代表人姓名", "法定代表人/负责人"), usual=True
    ),
    Column("address", "住所", ("地址", "住址", "登记住所", "住所地", "办公地址", "注册地址"), usual=True),
    Column(
        "capital",
        "注册资金",
        ("活动资金", "开办资金", "原始基金", "原始基金数额", "注册资金数额", "注册资本", "开办资金数额"),
    ),
    Column("certificate", "证书有效期", ("有效期", "证书有效期限", "登记证书有效期", "登记证书有效期限", "有效期限")),
    Column("certificate_from", "证书有效期起", ("有效期起", "有效期自", "证书有效期自", "有效期开始日期")),
    Column("certificate_until", "证书有效期止", ("有效期止", "有效期至", "证书有效期至", "有效期截止日期")),
    Column("certificate_no", "证书编号", ("登记证号", "登记证书编号", "证书号", "登记证书号")),
    Column("business_scope", "业务范围", ("宗旨和业务范围", "经营范围")),
    Column("activity_area", "活动地域", ("活动区域", "活动范围", "地域")),
    Column("is_industry_association", "行业协会商会", ("是否行业协会商会", "是否为行业协会商会", "是否行业协会")),
    Column("is_charity", "慈善组织", ("是否慈善组织", "是否为慈善组织", "慈善组织标识")),
    Column("supervision", "登记体制", ("管理体制", "登记管理体制", "登记方式")),
    Column("industry_regulator", "行业管理部门", ("行业主管部门", "行业指导部门")),
    Column("party_body", "党建工作机构", ("党建领导机关", "党建工作机关", "党建主管部门", "党建指导部门")),
    Column("exited_on", "退出日期", ("撤销日期", "撤销登记日期", "吊销日期", "撤销时间", "吊销时间", "退出时间")),
    Column("cancelled_on", "注销日期", ("注销登记日期", "注销时间", "注销登记时间")),
)

REPORTS = Columns(
    Column("code", "统一社会信用代码", ("信用代码", "社会信用代码", "统一代码", "统一信用代码", "uscc"), needed=True),
    Column("year", "年度", ("年检年度", "年报年度", "报告年度", "检查年度", "年份", "报告年份"), needed=True),
    Column("name", "名称", ("社会组织名称", "组织名称", "单位名称", "机构名称", "name")),
    Column(
        "filed_on",
        "报送日期",
        ("报送时间", "提交日期", "提交时间", "年检日期", "年检时间", "填报日期", "上报日期", "上报时间"),
        usual=True,
    ),
    Column("conclusion", "结论", ("年检结论", "年度检查结论", "检查结论", "年检结果", "年报结论"), usual=True),
    Column(
        "supervisor_opinion",
        "业务主管单位意见",
        ("初审意见", "业务主管单位初审意见", "主管单位意见", "主管单位初审意见"),
    ),
)
