"""The words of findings: what a check of files, names, flow and scenarios says of a bundle before it is deployed."""

from app.codes import Code


class FindingCode(Code):
    """What is wrong, or to be thought over, in a file of models; a diagram's own faults are ``DiagramCode``, a table's ``DmnCode``."""

    # files of a bundle
    NO_FILE = "NO_FILE", "没有可部署的文件"
    FILE_KIND = "FILE_KIND", "这种文件不能部署"
    FILE_SIZE = "FILE_SIZE", "文件过大，请拆分或精简"
    KIND = "KIND", "不认识的文件类型"
    UNKNOWN_DISTRICT = "UNKNOWN_DISTRICT", "文件夹或文件所写的区不存在"
    UNKEEPABLE = "UNKEEPABLE", "名称、标识或命名空间含有不能保存的字符，或过长"
    DUPLICATE_ID = "DUPLICATE_ID", "同一个标识在一次部署中定义了两次"
    NEW_ID = "NEW_ID", "新标识与已有的只差一点；请改正，或确认新建"
    NAMESPACE = "NAMESPACE", "决策文件里没有决策，又没有命名空间，别的文件无法导入"
    IMPORTER = "IMPORTER", "照这样改，正在导入它的决策文件不再成立"
    OVERLAP = "OVERLAP", "决策表有行重叠；请改正，或写明理由强制发布"
    OVERLAP_KNOWN = "OVERLAP_KNOWN", "决策表有行重叠，原来就是这样"
    TIMER = "TIMER", "开始事件的定时器无法识别"

    # the ledger's fields
    LEDGER_SCHEMA = "LEDGER_SCHEMA", "台账的字段表写得不对，说明里有字段、关键字和改法"
    LEDGER_NAME = "LEDGER_NAME", "台账的字段表写了本区没有的角色、关系、阶段、任务、决策、登记簿、消息或作业"

    # names in diagrams
    ROLE = "ROLE", "候选组写的角色本区没有，或是管理角色，没有人能办理"
    OFFICE_OPEN = "OFFICE_OPEN", "几家单位担任候选组的角色，没有写明由哪一家办理"
    FORM = "FORM", "使用的表单不存在"
    CALLED_DECISION = "CALLED_DECISION", "调用的决策不存在"
    CALLED_PROCESS = "CALLED_PROCESS", "调用的流程不存在"
    JOB_TYPE = "JOB_TYPE", "任务类型平台不认识，须有外部程序来做"
    HEADER = "HEADER", "内置任务的一项设置写错"
    PHASE = "PHASE", "阶段不在 districts/phases.toml 中"
    FORM_FIELD = "FORM_FIELD", "表单没有这一项"
    FORM_KEYWORD = "FORM_KEYWORD", "表单里有不认识的关键字、画法或值，不会起作用；只差一点的拒绝"
    LEDGER_FIELD = "LEDGER_FIELD", "图或决策表用到台账没有的字段，或本区没有的参数，它会一直是空值"
    CHECK_NAME = "CHECK_NAME", "表单的检查用到没有的字段、台账字段或变量，会一直得不出结果"
    DECLARED = "DECLARED", "元素声明的阶段、登记簿、台账字段或通知对象没有，或不能声明在这里"
    CLAUSE_UNKNOWN = "CLAUSE_UNKNOWN", "表或表单引用的条款没有登记，页面上不会显示；共用的文件不写一个区的条款"
    APPROVAL_UNASKED = "APPROVAL_UNASKED", "批准之后还可以改写所批准的内容，而没有任何环节再问这项批准"
    APPROVAL_IDLE = "APPROVAL_IDLE", "批准之后还要等候，而没有任何环节问这项批准"
    FACT_AT_ONCE = "FACT_AT_ONCE", "可能同时进行的两个环节写入台账的同一项，后到的会盖掉先到的"
    FUNCTION = "FUNCTION", "没有这个函数"
    ARGUMENTS = "ARGUMENTS", "调用函数的参数个数或名称不对，结果总是空值"
    NAME_AS_TEXT = "NAME_AS_TEXT", "一个值没有以 = 开头，是文字，而恰好是一个变量的名称"
    VARIABLE = "VARIABLE", "没有任何环节写入这个变量"
    RESERVED_NAME = "RESERVED_NAME", "流程声明了由平台办理的内容，这个名称在它的表达式里是台账或参数的；请改名"
    EMPTY_LOOP = "EMPTY_LOOP", "多实例的输入集合可能是空的，没有声明可以为空，会停下成为事故"
    TREE_FUNCTION = "TREE_FUNCTION", "只有流程知道的函数用错了地方，或没有写明元素"
    PARAMETERS = "PARAMETERS", "决策 parameters 不是常数：有输入，或用到时间、单位、台账"
    DECISION_OUTPUT = "DECISION_OUTPUT", "决策的结果里没有这一列"

    # flow
    NODE_UNREACHABLE = "NODE_UNREACHABLE", "没有任何路径能到达这个元素"
    LOOP_ENDLESS = "LOOP_ENDLESS", "循环没有出路，会一直转下去"
    LOOP_UNCHANGING = "LOOP_UNCHANGING", "循环中没有环节等待或改变条件所用的变量"
    CALLS_ITSELF = "CALLS_ITSELF", "流程无条件地调用自己，会一直叠到调用层数的上限"

    # scenarios
    SCENARIO = "SCENARIO", "场景文件不能读取，或场景因这次发布不再成立"
    SCENARIO_FILE = "SCENARIO_FILE", "场景文件不能部署，请改正后重新上传"
    SCENARIO_MODELS = "SCENARIO_MODELS", "场景所列的模型不在这批文件里，也没有部署过"
    SCENARIO_DROPPED = "SCENARIO_DROPPED", "这组场景比原来少查了内容；请补上，或写明理由确认减少"
    SCENARIO_KNOWN = "SCENARIO_KNOWN", "场景在发布之前就没有通过，不因这次发布"
    SCENARIO_OUTDATED = "SCENARIO_OUTDATED", "只改了数，随产品发布的场景不再成立"

    # the house's rules
    CLAUSE = "CLAUSE", "没有写明依据的条款"
    DEADLINE_MISSING = "DEADLINE_MISSING", "用户任务没有 dueDate，也没有用 noDeadline 写明为什么不设期限；或者两个都写了"
    NAME = "NAME", "没有中文名称，或文件名与其中的标识不同"
    ID = "ID", "元素标识应为小写英文下划线，且不用保留字"
    NUMBER = "NUMBER", "数写死在图或表单里，应放进决策表"
    FULL_WIDTH = "FULL_WIDTH", "表达式含全角符号，请改用半角"
    LAYOUT = "LAYOUT", "图上没有画出，位置不是数字，或互相重叠"


class PlaneCode(Code):
    """Where a diagram is over the limits of its planes, of what it is made of, or of all diagrams together (``app.rehearsal.planes``)."""

    PLANE_NODES = "PLANE_NODES", "一张图的节点太多，请分成子流程"
    PLANE_SIZE = "PLANE_SIZE", "一张图太宽或太高，请分成子流程"
    PLANE_DEPTH = "PLANE_DEPTH", "子流程套得太深"
    PLANE_CROSSINGS = "PLANE_CROSSINGS", "一张图上连线交叉太多"
    EDGE_THROUGH_SHAPE = "EDGE_THROUGH_SHAPE", "连线穿过与它无关的图形"
    EDGE_END = "EDGE_END", "连线没有接在图形的边上，或不是从网关的角上出去"
    LABEL_COVERED = "LABEL_COVERED", "名称压在连线、图形、边框或别的名称上"
    QUESTION_MISSING = "QUESTION_MISSING", "网关没有写要判断的问题"
    ANSWER_MISSING = "ANSWER_MISSING", "从网关出去的或带条件的连线没有写答案"
    GATEWAY_MARKER = "GATEWAY_MARKER", "排他网关画着叉号"
    GATEWAY_MERGES = "GATEWAY_MERGES", "网关只用来汇合，应让连线直接进入下一个元素"
    NAME_LONG = "NAME_LONG", "节点的名称太长"
    END_BACKWARDS = "END_BACKWARDS", "结束事件画在它的来源的左边"
    LANE_ID = "LANE_ID", "泳道的标识没有写明角色或单位组"
    LANE_OUTSIDE = "LANE_OUTSIDE", "任务不在任何泳道里，或不在自己的泳道里"
    TOP_PLANE = "TOP_PLANE", "最上面的图除了阶段还有泳道或任务"
    STAGE_SMALL = "STAGE_SMALL", "阶段里的任务、调用和等待太少"
    SCRIPT_TASK = "SCRIPT_TASK", "图里有脚本任务"
    PLUMBING = "PLUMBING", "由平台自己的服务来做，应改为声明"
    MAPPING = "MAPPING", "映射太多、太长、有判断或循环，或写着数字、单位"
    CONDITION = "CONDITION", "条件超过两个判断，有计算，或比较两个值"
    PROPERTY_UNKNOWN = "PROPERTY_UNKNOWN", "不认识的属性，不会起作用"
    TOTAL_NODES = "TOTAL_NODES", "各图的节点合起来太多"
    TOTAL_JOBS = "TOTAL_JOBS", "各图的外部作业合起来太多"
    TOTAL_DECISIONS = "TOTAL_DECISIONS", "各图的决策合起来超过用户任务的一半"
    UNDRAWN = "UNDRAWN", "列在待重画的名单里，还不合图的尺度"
    UNDRAWN_DONE = "UNDRAWN_DONE", "已经合乎图的尺度或没有这个文件，应从待重画的名单里删去"
