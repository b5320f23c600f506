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
    DUPLICATE_ID = "DUPLICATE_ID", "同一个标识在一次部署中定义了两次"
    NEW_ID = "NEW_ID", "新标识与已有的只差一点；请改正，或确认新建"
    NAMESPACE = "NAMESPACE", "决策文件里没有决策，又没有命名空间，别的文件无法导入"
    IMPORTER = "IMPORTER", "照这样改，正在导入它的决策文件不再成立"
    OVERLAP = "OVERLAP", "决策表有行重叠；请改正，或写明理由强制发布"
    OVERLAP_KNOWN = "OVERLAP_KNOWN", "决策表有行重叠，原来就是这样"
    TIMER = "TIMER", "开始事件的定时器无法识别"

    # names in diagrams
    ROLE = "ROLE", "候选组写的角色本区没有，没有人能办理"
    FORM = "FORM", "使用的表单不存在"
    CALLED_DECISION = "CALLED_DECISION", "调用的决策不存在"
    CALLED_PROCESS = "CALLED_PROCESS", "调用的流程不存在"
    JOB_TYPE = "JOB_TYPE", "任务类型平台不认识，须有外部程序来做"
    HEADER = "HEADER", "内置任务的一项设置写错"
    PHASE = "PHASE", "阶段不在 districts/phases.toml 中"
    FORM_FIELD = "FORM_FIELD", "表单没有这一项"
    FUNCTION = "FUNCTION", "没有这个函数"
    VARIABLE = "VARIABLE", "没有任何环节写入这个变量"
    DECISION_OUTPUT = "DECISION_OUTPUT", "决策的结果里没有这一列"

    # flow
    NODE_UNREACHABLE = "NODE_UNREACHABLE", "没有任何路径能到达这个元素"
    LOOP_ENDLESS = "LOOP_ENDLESS", "循环没有出路，会一直转下去"
    LOOP_UNCHANGING = "LOOP_UNCHANGING", "循环中没有环节等待或改变条件所用的变量"

    # scenarios
    SCENARIO = "SCENARIO", "场景文件不能读取，或场景因这次发布不再成立"
    SCENARIO_FILE = "SCENARIO_FILE", "场景文件不能部署，请改正后重新上传"
    SCENARIO_MODELS = "SCENARIO_MODELS", "场景所列的模型不在这批文件里，也没有部署过"
    SCENARIO_DROPPED = "SCENARIO_DROPPED", "这组场景比原来少查了内容；请补上，或写明理由确认减少"
    SCENARIO_KNOWN = "SCENARIO_KNOWN", "场景在发布之前就没有通过，不因这次发布"
    SCENARIO_OUTDATED = "SCENARIO_OUTDATED", "只改了数，随产品发布的场景不再成立"

    # the house's rules
    CLAUSE = "CLAUSE", "没有写明依据的条款"
    NAME = "NAME", "没有中文名称，或文件名与其中的标识不同"
    ID = "ID", "元素标识应为小写英文下划线，且不用保留字"
    NUMBER = "NUMBER", "数写死在图或表单里，应放进决策表"
    FULL_WIDTH = "FULL_WIDTH", "表达式含全角符号，请改用半角"
    LAYOUT = "LAYOUT", "图上没有画出，位置不是数字，或互相重叠"
