"""The words of FEEL and DMN for what is wrong or odd, each with what it means in Chinese. The same mechanism as the product's, which this package does not import."""

from enum import StrEnum
from typing import Self


class DecisionCode(StrEnum):
    """Each member is its word, and ``meaning`` says it to people."""

    meaning: str

    def __new__(cls, word: str, meaning: str) -> Self:
        member = str.__new__(cls, word)
        member._value_ = word
        member.meaning = meaning
        return member


class FeelCode(DecisionCode):
    """Of an expression: a syntax error and a passed limit stop it, a mismatch gives null and is only told."""

    SYNTAX = "feel_syntax", "不是正确的 FEEL，说明里有位置"
    SYNTAX_STRING = "feel_syntax_string", "文本没有结束，或其中的转义不是有效的字符"
    SYNTAX_COMMENT = "feel_syntax_comment", "注释没有结束"
    SYNTAX_FULLWIDTH = "feel_syntax_fullwidth", "用了全角符号，请改用半角"
    SYNTAX_DUPLICATE = "feel_syntax_duplicate", "同一个名称在上下文或参数里出现了两次"
    SYNTAX_TEMPORAL = "feel_syntax_temporal", "@ 后面的文本不是日期、时间或时长"
    SYNTAX_TYPE = "feel_syntax_type", "没有这个类型"
    LIMIT_EXPRESSION_SIZE = "feel_limit_expression_size", "表达式太长"
    LIMIT_NESTING = "feel_limit_nesting", "括号、调用或值嵌套太深"
    LIMIT_ITERATIONS = "feel_limit_iterations", "循环与列表的总量超过上限，请缩小范围或先过滤"
    LIMIT_LIST_SIZE = "feel_limit_list_size", "列表太长"
    LIMIT_STRING_SIZE = "feel_limit_string_size", "文本太长"
    LIMIT_EXPONENT = "feel_limit_exponent", "数字的数量级超过上限"
    LIMIT_SECONDS = "feel_limit_seconds", "计算的时间超过上限，已停止"
    VALUE = "feel_value", "不是表达式能用的值，或不能作为变量保存"
    UNKNOWN_NAME = "feel_unknown_name", "没有这个变量，按空值处理"
    UNKNOWN_ENTRY = "feel_unknown_entry", "没有这一项或这个属性，结果为空"
    UNKNOWN_FUNCTION = "feel_unknown_function", "没有这个函数，结果为空"
    NOT_A_FUNCTION = "feel_not_a_function", "不是函数，不能调用，结果为空"
    ARGUMENTS = "feel_arguments", "参数的个数、名称或类型不合，结果为空"
    NO_RESULT = "feel_no_result", "函数对这些参数没有结果，为空"
    ARITHMETIC = "feel_arithmetic", "这些类型的值无法计算，结果为空"
    DIVISION_BY_ZERO = "feel_division_by_zero", "除数为零，结果为空"
    COMPARISON = "feel_comparison", "这些类型的值不能比较，结果为空"
    RANGE = "feel_range", "两端之间没有区间，结果为空"
    NOT_BOOLEAN = "feel_not_boolean", "应当是真或假的地方不是"
    ITERATION = "feel_iteration", "循环的范围不能用，结果为空"
    PATTERN = "feel_pattern", "正则表达式不能用，结果为空"
    EXTERNAL = "feel_external", "不能调用外部程序，结果为空"


class DmnCode(DecisionCode):
    """Of a decision file, or of one evaluation."""

    # the file
    INVALID = "dmn.invalid", "决策文件有错误"
    EMPTY = "dmn.empty", "文件是空的"
    TOO_LARGE = "dmn.too_large", "文件、表或一段文字超过上限，请拆分"
    NESTING = "dmn.nesting", "元素或表达式嵌套太深"
    ENCODING = "dmn.encoding", "文件的编码读不出来，请另存为 UTF-8"
    XML = "dmn.xml", "文件不是完整的 XML"
    DOCTYPE = "dmn.doctype", "文件含有 DOCTYPE 声明，出于安全一律不收"
    NOT_DMN = "dmn.not_dmn", "不是决策文件，请上传建模器保存的 .dmn 文件"
    VERSION = "dmn.version", "不支持这个 DMN 版本，请另存为 1.1 至 1.5"
    IMPORT = "dmn.import", "找不到导入的决策文件，请一并上传或删去导入"
    IMPORT_CYCLE = "dmn.import_cycle", "导入成环"
    IMPORT_DEPTH = "dmn.import_depth", "导入的层数超过上限"
    IMPORT_TYPE = "dmn.import_type", "导入的不是决策文件"
    IMPORTED_VALUES = "dmn.imported_values", "不支持从外部文件读取值"
    NAMESPACE = "dmn.namespace", "导入的命名空间属于几个已部署的文件，无从区分"

    # elements and names
    NO_ID = "dmn.no_id", "元素没有 id，请在属性面板填写"
    NO_NAME = "dmn.no_name", "元素、列或循环没有名称，请填写"
    DUPLICATE = "dmn.duplicate", "名称或 id 用了两次，请改掉一个"
    NO_DECISION = "dmn.no_decision", "没有决策，或没有所指的决策"
    NO_SERVICE = "dmn.no_service", "没有所指的决策服务"
    NO_KNOWLEDGE = "dmn.no_knowledge", "没有所指的业务知识模型"
    REFERENCE = "dmn.reference", "连线或引用指向不存在的元素"
    CYCLE = "dmn.cycle", "决策、函数或类型互相依赖成环"
    NOT_CONNECTED = "dmn.not_connected", "用到了一个名称，但没有从它连线过来"
    UNKNOWN_NAME = "dmn.unknown_name", "没有这个名称，说明里有相近的"
    UNKNOWN_FUNCTION = "dmn.unknown_function", "没有这个函数"
    ARGUMENTS_COUNT = "dmn.arguments", "调用函数的参数个数或名称不对，结果总是空值"
    UNKNOWN_TYPE = "dmn.unknown_type", "没有这个类型，请先在“数据类型”中定义"

    # logic
    NO_LOGIC = "dmn.no_logic", "决策没有写规则，或表达式是空的"
    NO_EXPRESSION = "dmn.no_expression", "输入列没有写表达式"
    NO_OUTPUT = "dmn.no_output", "表或决策服务没有输出"
    NO_RULES = "dmn.no_rules", "表里没有规则行"
    SEPARATOR = "dmn.separator", "数里写了分节的逗号，会当作几个数；请写成 4000000"
    EXPRESSION = "dmn.expression", "不认识的表达式"
    LANGUAGE = "dmn.language", "表达式语言不支持，只能用 FEEL"
    SYNTAX = "dmn.syntax", "表达式有错误"
    EXTERNAL_FUNCTION = "dmn.external_function", "不执行外部函数，请改写成 FEEL 或决策表"
    NO_FUNCTION = "dmn.no_function", "调用的不是函数，结果为空值"
    ROW_CELLS = "dmn.row_cells", "一行的格数与列数不同"
    HIT_POLICY = "dmn.hit_policy", "不认识的命中策略"
    AGGREGATION = "dmn.aggregation", "汇总方式不认识，或不能用于这张表"
    PRIORITY = "dmn.priority", "按优先顺序的表须在输出列写允许值"
    CELL_TYPE = "dmn.cell_type", "输入格与列的类型不合"
    OUTPUT_TYPE = "dmn.output_type", "输出格不是值，或与列的类型不合"
    RESULT_TYPE = "dmn.result_type", "结果与声明的类型不合"
    TYPE = "dmn.type", "值与声明的类型不合，按空值处理"
    NOT_ALLOWED = "dmn.not_allowed", "值不在允许值之内"

    # rows against one another
    OVERLAP = "dmn.overlap", "有两行会同时命中"
    GAP = "dmn.gap", "有的输入没有任何一行命中"
    UNREACHABLE = "dmn.unreachable", "一行永远不会命中"
    NOT_ANALYSED = "dmn.not_analysed", "没有分析重叠与遗漏"

    # an evaluation
    UNIQUE = "dmn.unique", "UNIQUE 表有几行同时命中"
    ANY = "dmn.any", "ANY 表同时命中的行输出不同"
    CONDITION = "dmn.condition", "条件的值不是真或假，结果为空值"
    NO_LIST = "dmn.no_list", "要逐项处理的不是列表，结果为空值"
    LIST_SIZE = "dmn.list_size", "要逐项处理的区间太长"
    RECURSION = "dmn.recursion", "函数互相调用太深，请检查是否循环调用"
    SECONDS = "dmn.seconds", "决策计算的时间超过上限，已停止"
