"""The words that stand in answers, rows and logs and are never changed, each with what it means in Chinese.

Every enumeration of such words is a ``Code``; those of a layer lie in that layer's ``codes`` module, those that any layer may use lie here. The decision
package, which imports nothing of ours, has its own (``app.decision.codes``). docs/reference/codes.md lists all of them.
"""

from enum import StrEnum
from typing import Self


class Code(StrEnum):
    """The base of our enumerations of words: each member is its word, and ``meaning`` says it to people."""

    meaning: str

    def __new__(cls, word: str, meaning: str) -> Self:
        member = str.__new__(cls, word)
        member._value_ = word
        member.meaning = meaning
        return member


class RequestCode(Code):
    """Why something that a person or a program asked for is not done."""

    # what any request may meet
    FAILURE = "FAILURE", "没有办成，原因见说明"
    NOT_FOUND = "NOT_FOUND", "没有这个对象，或者您无权知道它；请核对地址或编号"
    FORBIDDEN = "FORBIDDEN", "对象存在，但您没有权限，原因见说明"
    INVALID_REQUEST = "INVALID_REQUEST", "请求本身不成立，例如编号不存在、取值超出范围；请改正后重试"
    INVALID_ARGUMENT = "INVALID_ARGUMENT", "请求的某些成员无法读取，problems 逐项列出路径和原因"
    INVALID_FORM = "INVALID_FORM", "表单有内容需要改正，problems 逐项列出；事项仍在待办，草稿已保留"
    CONFLICT = "CONFLICT", "对象的状态已不是请求所设想的，请刷新后再决定"
    TASK_CLOSED = "TASK_CLOSED", "事项已经办结、已被撤销，或正由别人办结；请刷新后查看结果"
    OUTDATED = "OUTDATED", "办理期间别人改动了同一流程，本次没有生效；请重试"
    BUSY = "BUSY", "同一对象正由他人或系统处理，等待超过了上限；请稍后再试"
    CONFIRMED = "CONFIRMED", "台账的这一项不是待核实的内容，或者已由别人核实、改写；不必再核实"
    PROJECT_ENDED = "PROJECT_ENDED", "项目已进入终态，同一项目其他流程的事项不能再办理；由系统随即结束"
    SUSPENDED = "SUSPENDED", "流程实例已挂起，恢复之前不能办理"
    GONE = "GONE", "等待的定时或消息在办理之前已经不在了，不必再处理"
    IDEMPOTENCY_KEY = "IDEMPOTENCY_KEY", "请求头 Idempotency-Key 应是 1 至 128 个可见的 ASCII 字符"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED", "同一个 Idempotency-Key 已用于内容不同的请求；请换一个"
    REASON = "REASON", "须说明原因，原因记入审计"
    RETURN_DUE = "RETURN_DUE", "退回须写明办理期限，且不早于今天"
    NOTHING = "NOTHING", "没有给出要做的改动"
    NAME = "NAME", "名称为空、过长或含有不允许的字符"
    DISTRICT = "DISTRICT", "没有这个区，区的文件无法读取，或区里没有所需的账号"
    VERSION = "VERSION", "流程只能按现行版本发起"
    TOO_MANY = "TOO_MANY", "一次给出的流程实例超过上限，请分批"
    CONNECTOR_ERROR = "CONNECTOR_ERROR", "流程图给内置任务的输入不能用；在流程里成为该元素的事故，改正后重试"
    DEPLOYMENT_REFUSED = "DEPLOYMENT_REFUSED", "部署被整体拒绝，没有文件生效；problems 列出文件、元素、行和原因"
    SOURCE = "SOURCE", "部署来源不在规定的几种之内"

    # HTTP itself
    BAD_REQUEST = "BAD_REQUEST", "服务器看不懂这个请求"
    UNAUTHORIZED = "UNAUTHORIZED", "没有登录，或登录已过期"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED", "这个地址不支持这样的操作"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE", "服务器给不出请求所要的内容类型"
    REQUEST_ENTITY_TOO_LARGE = "REQUEST_ENTITY_TOO_LARGE", "提交的内容超过允许的大小，请减少后再试"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE", "服务器不接受这种类型的内容"
    REQUESTED_RANGE_NOT_SATISFIABLE = "REQUESTED_RANGE_NOT_SATISFIABLE", "请求的文件范围不存在"
    UNPROCESSABLE_ENTITY = "UNPROCESSABLE_ENTITY", "内容看得懂但不能接受"
    TOO_MANY_REQUESTS = "TOO_MANY_REQUESTS", "请求过于频繁，请稍后再试"
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR", "系统内部出错，操作没有生效"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE", "服务暂时不可用，请稍后再试"
    INTERNAL = "INTERNAL", "程序没有预料到的错误，操作没有生效；后面的八位编号与日志里的一行相同，请告诉系统管理员"

    # signing in, passwords
    SIGNED_OUT = "SIGNED_OUT", "没有登录，或登录已过期，请重新登录"
    CSRF = "CSRF", "页面停留过久，或不是从本系统打开；请刷新页面后再试"
    NOT_FILLED_IN = "NOT_FILLED_IN", "登录时没有填写账号或口令"
    ACCOUNT_UNKNOWN = "ACCOUNT_UNKNOWN", "登录所用的账号不存在"
    ACCOUNT_DISABLED = "ACCOUNT_DISABLED", "登录的账号已停用，请联系本区的安全管理员"
    PASSWORD_WRONG = "PASSWORD_WRONG", "口令不正确"
    PASSWORD_ONE_TIME = "PASSWORD_ONE_TIME", "口令是一次性的，请先在页面上修改口令"
    PASSWORD_SAME = "PASSWORD_SAME", "新口令与现用口令相同"
    PASSWORD_AGAIN = "PASSWORD_AGAIN", "两次输入的新口令不同"
    PASSWORD_WEAK = "PASSWORD_WEAK", "口令的长度不在规定之内"
    NO_ACCOUNT = "NO_ACCOUNT", "没有可以修改口令的账号"

    # people and offices
    USERNAME = "USERNAME", "账号不合写法：小写字母、数字、点、横线和下划线，以字母或数字开头，2 至 64 位"
    USERNAME_TAKEN = "USERNAME_TAKEN", "账号已存在，请换一个"
    SELF = "SELF", "不能停用自己的账号，请由另一位安全管理员或运维人员停用"
    ENABLED = "ENABLED", "账号没有停用，不必启用"
    ROLE = "ROLE", "本区没有这个角色，或这个角色须属于一个单位"
    ROLE_OFFICE = "ROLE_OFFICE", "区文件没有把这个角色给该单位"
    ROLES_MIXED = "ROLES_MIXED", "系统、安全、审计三员不得兼任，也不得兼任业务角色"
    HELD = "HELD", "此人已有这个角色"
    NOT_HELD = "NOT_HELD", "此人没有这个角色"
    SUCCESSOR = "SUCCESSOR", "接手人须是同一区另一个没有停用的业务账号"
    PERIOD = "PERIOD", "代理的截止日期早于开始日期"
    OFFICE = "OFFICE", "本区没有这个单位，或该单位已撤销"
    OFFICE_STAFFED = "OFFICE_STAFFED", "单位还有人任职，请先调整他们的角色或停用账号"
    OFFICE_BUSY = "OFFICE_BUSY", "单位还有事项未办结，请先办结或改派"
    CLOSED = "CLOSED", "单位已经撤销"

    # jobs, repair
    LEASE = "LEASE", "一次取的任务数或占用时间超出规定"
    RETRIES = "RETRIES", "剩余重试次数应是非负整数"
    JOB_CLOSED = "JOB_CLOSED", "任务已经完成、取消或失败"
    RESOLVED = "RESOLVED", "事故已经解决"
    MOVED_ON = "MOVED_ON", "流程实例在您查看之后已有变化，请刷新后重试"

    # pages
    FORM_SIZE = "FORM_SIZE", "提交的表单过大，请减少后再试"
    KEPT_FILE = "KEPT_FILE", "随页面保留的文件已损坏，请重新选择文件"
    CLOCK_REAL = "CLOCK_REAL", "系统使用真实时钟，不能调整时间"
    CLOCK_BACK = "CLOCK_BACK", "时钟只能向后推进"
    CLOCK_NAIVE = "CLOCK_NAIVE", "时刻必须带时区"
    CLOCK_FAR = "CLOCK_FAR", "一次推进的时间超过上限"
    CLOCK_INSTANT = "CLOCK_INSTANT", "要推进到的时刻不是日期和时间"
    CLOCK_DAYS = "CLOCK_DAYS", "要推进的天数不是规定之内的整数"


class InstallationCode(Code):
    """Why a process does not start, or a command does not run: settings, the database, files that a command is given."""

    SETTING = "SETTING", "一项设置的值不能用，说明里有变量名和允许的值"
    NO_DATABASE = "NO_DATABASE", "数据位置没有数据库；请核对，或先用 quancheng serve 或 quancheng migrate 建立"
    ADDRESS = "ADDRESS", "服务不能在所给的地址和端口监听，说明里有原因"
    DATABASE = "DATABASE", "数据库打不开，或数据文件夹不能建立，说明里有地址和原因"
    SCHEMA = "SCHEMA", "数据库与程序的版本不同，没有做任何改动；请升级数据库或换用相应的版本"
    UNSOUND_DATA = "UNSOUND_DATA", "数据库没有升级：有的行违反约束，说明里有表和行；请先改正数据"
    NODE_TAKEN = "NODE_TAKEN", "节点号已被另一个运行中的进程占用；请换一个，或不设置而自动分配"
    NODES_EXHAUSTED = "NODES_EXHAUSTED", "所有节点号都被运行中的进程占用；请先停止多余的进程"
    AUDIT_BROKEN = "AUDIT_BROKEN", "审计链不能自证：有记录缺失、被改动或次序不对"
    CASE = "CASE", "案例文件的某一项不能用"
    ANSWERS = "ANSWERS", "答案文件里的元素不在本区的任何流程里"
    LIVES = "LIVES", "演示项目文件的某一项不能用"
    LEDGER = "LEDGER", "场景给出的台账不能用：登记簿没有表单、不收这些内容，或阶段不存在"
    MODEL = "MODEL", "试运行的模型不能读取，说明里有文件、元素和原因"
    DECISION = "DECISION", "单独试算决策时，输入、时刻或决策文件不能用，或得不出结果"
