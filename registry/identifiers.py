"""Unified social credit codes (统一社会信用代码, GB 32100-2015) and the regions they name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from stdnum import numdb
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from registry.states import Kind

LENGTH = 18
PREFIX_OF_KIND = {Kind.ASSOCIATION: "51", Kind.PRIVATE_NON_ENTERPRISE: "52", Kind.FOUNDATION: "53"}
KIND_OF_PREFIX = {prefix: kind for kind, prefix in PREFIX_OF_KIND.items()}

_SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
_SEPARATORS = str.maketrans("", "", " -\t\u00a0\u200b\ufeff")
_NATIONAL = {"100000": "国家", "100001": "国家"}
_MISSING_IN_TABLE = {"330113": "浙江省临平区", "330114": "浙江省钱塘区"}
"""Districts of Hangzhou since 2021 (MCA 2024 list) that python-stdnum 2.2 does not know yet."""


class InvalidCode(ValueError):
    """The text is no unified social credit code; the message says why, in Chinese."""


def validate_uscc(text: str) -> str:
    """Return ``text`` as a normalised 18-character code; raise `InvalidCode` with the reason in Chinese.

    Full-width characters, lower case, spaces and hyphens are accepted. Checked are length, alphabet (no I, O, S, V, Z)
    and the outer check digit; the inner check digit of the organisation code is never enforced, since real codes break
    it. A right check digit does not say that the body exists. Prefix and region are judged by `doubts_about`.
    """
    code = unicodedata.normalize("NFKC", text).translate(_SEPARATORS).upper()
    if not code:
        message = "统一社会信用代码为空"
        raise InvalidCode(message)
    if len(code) != LENGTH:
        message = f"统一社会信用代码应为 18 位，现为 {len(code)} 位"
        raise InvalidCode(message)
    if not _SHAPE.fullmatch(code):
        wrong = "、".join(sorted({each for each in code if not _SHAPE.fullmatch(each * LENGTH)}))
        message = f"统一社会信用代码含不允许的字符：{wrong}（不使用 I、O、S、V、Z）"
        raise InvalidCode(message)
    try:
        return str(uscc.validate(code))
    except InvalidChecksum as error:
        message = f"统一社会信用代码校验位不符：末位应为 {uscc.calc_check_digit(code[:-1])}，现为 {code[-1]}"
        raise InvalidCode(message) from error
    except ValidationError as error:
        message = "统一社会信用代码格式不符：第 3 至 8 位应为登记机关行政区划数字代码"
        raise InvalidCode(message) from error


_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def compose(kind: str, region: str, serial: int) -> str:
    """Return the code with both check digits right for a body of ``kind``; 0 <= ``serial`` < 1,000,000.

    For demonstration registers and tests: real codes are given by the authority, never made up.
    """
    number = f"MJ{serial:06d}"
    total = sum(weight * int(each, 36) for weight, each in zip(_WEIGHTS, number, strict=True))
    inner = "0X987654321"[total % 11]
    body = f"{PREFIX_OF_KIND[Kind(kind)]}{region}{number}{inner}"
    return body + str(uscc.calc_check_digit(body))


@lru_cache(maxsize=4096)
def region_name(region: str) -> str | None:
    """Return the name of a GB/T 2260 region such as ``120119``, former regions included; None when unknown."""
    if region in _NATIONAL:
        return _NATIONAL[region]
    parts = [properties for _, properties in numdb.get("cn/loc").info(region)]
    province = parts[0].get("province", "") if parts else ""
    county = parts[1].get("county", "") if len(parts) > 1 else ""
    if not county:
        return _MISSING_IN_TABLE.get(region)
    latest = county.split(",")[-1]
    years = re.match(r"\[(\d*)-(\d*)\]", latest)
    name = re.sub(r"\[[\d-]*\]", "", latest)
    full = name if name == province else province + name
    return f"{full}（{years[2]}年前）" if years and years[2] else full


def doubts_about(code: str, *, kind: str = "") -> list[str]:
    """Return in Chinese what is odd about a valid ``code``: prefix, kind, region. Doubts warn, they never refuse."""
    doubts = []
    prefix, region = code[:2], code[2:8]
    expected = KIND_OF_PREFIX.get(prefix)
    if expected is None:
        doubts.append(f"代码以 {prefix} 开头，社会组织应为 51、52 或 53")
    elif kind and kind != expected:
        doubts.append(f"代码以 {prefix} 开头（{expected.label}），与类型“{Kind(kind).label}”不一致")
    name = region_name(region)
    if name is None:
        doubts.append(f"登记机关行政区划代码 {region} 不在民政部名录中")
    elif "年前" in name:
        doubts.append(f"登记机关行政区划代码 {region} 已停用：{name}")
    return doubts
