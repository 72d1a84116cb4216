"""Under which headings counties keep their list of associations, and how the items stand."""

from registry.actions.intake.columns import Column, Columns

CODES = ("信用代码", "社会信用代码", "统一代码", "统一信用代码", "uscc")
NAMES = ("社会组织名称", "组织名称", "协会名称", "协会商会名称", "单位名称", "name")
LISTINGS = Columns(
    Column("code", "统一社会信用代码", CODES, needed=True),
    Column("name", "名称", NAMES),
    Column("category", "名单类别", ("类别", "脱钩类别", "列入类别"), needed=True),
    Column("batch", "批次", ("脱钩批次",), needed=True),
    Column("document_no", "名单文号", ("文号", "文件号", "名单文件"), usual=True),
    Column("on", "列入日期", ("列入时间", "名单日期", "日期"), usual=True),
    Column("same_trade_members", "会员同业或者同地", ("会员为同业或者同地", "第一问"), usual=True),
    Column("members_evidence", "会员构成依据", ("第一问依据", "会员依据"), usual=True),
    Column("name_fits", "名称相符", ("名称为行业协会商会", "第二问"), usual=True),
    Column("name_evidence", "名称依据", ("第二问依据",), usual=True),
    Column("registered_as_association", "登记为社会团体法人", ("社会团体法人", "第三问"), usual=True),
    Column("registration_evidence", "登记类型依据", ("第三问依据", "登记依据"), usual=True),
    Column("reason", "理由", ("列入理由", "调整理由", "原因")),
)

ITEMS = Columns(
    Column("code", "统一社会信用代码", CODES, needed=True),
    Column("name", "名称", NAMES),
    Column("item", "事项编号", ("事项", "事项代码", "分项编号"), needed=True),
    Column("outcome", "办理结果", ("办理情况", "结果", "情况", "完成情况"), needed=True),
    Column("on", "办结日期", ("办理日期", "完成日期", "日期"), usual=True),
    Column("evidence", "证明材料", ("材料", "依据材料", "证明文件"), usual=True),
    Column("reason", "不适用的理由", ("不适用理由", "理由")),
    Column("until", "过渡截止日期", ("过渡期至", "截止日期")),
)
