"""The words of permissions, forms and deadlines, and of the audit trail."""

from app.codes import Code


class Action(Code):
    """What an entry of the audit trail records. The word is in the entry's mac: it is never changed."""

    PROCESS_START = "process.start", "发起了一个流程实例：由人，或由定时、消息、信号的开始事件"
    TASK_COMPLETE = "task.complete", "办结了一件事项，附所填内容"
    TASK_CLAIM = "task.claim", "领取了一件事项"
    TASK_RELEASE = "task.release", "把领取的事项放回"
    TASK_RETURN = "task.return", "把一件事项退回到已办的环节，附原因、期限和方式"
    TASK_HAND_OVER = "task.hand_over", "停用账号时，把其名下的一件事项交给接手人"
    TIMER_FIRE = "timer.fire", "定时到期，流程因此前进"
    MESSAGE_PUBLISH = "message.publish", "从外部发出了一条消息"
    SIGNAL_PUBLISH = "signal.publish", "从外部发出了一个信号"
    MESSAGE_RECEIVE = "message.receive", "流程收到一条消息，因此前进"
    SIGNAL_RECEIVE = "signal.receive", "流程收到一个信号，因此前进"
    JOB_COMPLETE = "job.complete", "外部程序完成了一个任务"
    JOB_FAIL = "job.fail", "外部程序报告一个任务失败"
    JOB_ERROR = "job.error", "外部程序以 BPMN 错误结束了一个任务"
    INCIDENT_RESOLVE = "incident.resolve", "管理员处理了一处事故，流程从原处重试"
    INSTANCE_SET_VARIABLES = "instance.set_variables", "管理员改动了流程实例的变量，附改动前后的值和原因"
    INSTANCE_MODIFY = "instance.modify", "管理员终止或激活了流程实例的元素，附原因"
    INSTANCE_MIGRATE = "instance.migrate", "管理员把流程实例迁移到另一版流程，附原因"
    INSTANCE_SUSPEND = "instance.suspend", "管理员挂起了流程实例，附原因"
    INSTANCE_RESUME = "instance.resume", "管理员恢复了挂起的流程实例，附原因"
    INSTANCE_CANCEL = "instance.cancel", "管理员取消了流程实例，附原因"
    MODELS_DEPLOY = "models.deploy", "部署了一批模型，附文件、理由、场景的结果和发布人确认的事项"
    MODELS_REFUSE = "models.refuse", "一次部署被拒绝，附主要原因"
    USER_CREATE = "user.create", "新建了账号"
    USER_ENABLE = "user.enable", "重新启用了账号，附原因"
    USER_DISABLE = "user.disable", "停用了账号，附原因和接手人"
    USER_PASSWORD = "user.password", "重设了账号的口令，或本人修改了口令"
    USER_ROLES = "user.roles", "增加或去掉了账号的角色，附原因"
    USER_SUBSTITUTE = "user.substitute", "登记了离岗代理"
    USER_TOKEN = "user.token", "签发了接口用的令牌"
    ORGANISATION_CREATE = "organisation.create", "新建了单位"
    ORGANISATION_OPEN = "organisation.open", "恢复了已撤销的单位"
    ORGANISATION_CLOSE = "organisation.close", "撤销了单位，附原因"


class VerdictCode(Code):
    """Why somebody may, or may not: role, office, project, the task itself, the state of things."""

    ALLOWED = "ALLOWED", "可以"
    OTHER_DISTRICT = "OTHER_DISTRICT", "对象或人员属于其他区：只能查看、办理、发布本区的，或指定本区的人"
    ADMINISTRATOR = "ADMINISTRATOR", "管理员账号不能办理业务事项，也不能查看业务内容"
    ROLE_MISSING = "ROLE_MISSING", "您的账号没有所需的角色"
    OFFICE_MISMATCH = "OFFICE_MISMATCH", "事项由指定的单位办理，您不属于该单位"
    NOT_YOUR_PROJECT = "NOT_YOUR_PROJECT", "项目属于其他单位"
    ASSIGNED_TO_OTHER = "ASSIGNED_TO_OTHER", "事项已由其他人员领取，或指定了其他人员"
    NO_CANDIDATE = "NO_CANDIDATE", "事项没有指定您或您的角色办理"
    NOT_ADMINISTRATOR = "NOT_ADMINISTRATOR", "只有相应的管理员可以做这件事"
    NOT_AUDITOR = "NOT_AUDITOR", "只有审计管理员可以核验审计链"
    NOT_ANALYST = "NOT_ANALYST", "只有业务分析员可以上传和发布模型，清单另可由管理员和审计人员查看"
    NOT_STARTABLE = "NOT_STARTABLE", "本区没有开放由人员发起这项流程，或不能这样发起"
    WRONG_PHASE = "WRONG_PHASE", "项目当前所处阶段不能发起这项流程"
    PROJECT_REQUIRED = "PROJECT_REQUIRED", "这项流程属于一个项目，须从项目页发起或指明项目"
    NO_PROJECT = "NO_PROJECT", "这项流程不属于某一个项目，不能从项目发起"
    ALREADY_RUNNING = "ALREADY_RUNNING", "这项流程正在办理，或本年度已经办过，不能重复发起"
    ALREADY_DONE = "ALREADY_DONE", "本项目已办过这项流程，不能再次发起"


class FormCode(Code):
    """What is wrong with a form's file, with the JSON that is sent for it, or with one of its fields."""

    # the file, the JSON
    FORM_JSON = "FORM_JSON", "内容不是正确的 JSON，说明里有行列"
    FORM_SHAPE = "FORM_SHAPE", "表单文件或提交的内容不是规定的结构"
    FORM_SCHEMA = "FORM_SCHEMA", "表单的 schema 不能用：不合 JSON Schema 2020-12，或不合本系统的约定"
    FORM_CHECK = "FORM_CHECK", "表单的检查（x-checks）或 x-keep、x-fresh 写得不对，说明里有位置和改法"
    JSON_SIZE = "JSON_SIZE", "内容过大，请缩减后再提交"
    JSON_ENCODING = "JSON_ENCODING", "内容不是 UTF-8 编码"
    JSON_DEPTH = "JSON_DEPTH", "内容嵌套过深"
    JSON_DUPLICATE = "JSON_DUPLICATE", "同一个键出现了两次，请只保留一处"
    JSON_TEXT = "JSON_TEXT", "内容里有不完整的字符（孤立的代理项），任何数据库都不能保存"
    JSON_NUMBER = "JSON_NUMBER", "内容里有不是数字、位数过多或超出可用范围的数字"

    # one field
    REQUIRED = "REQUIRED", "必填项没有填写"
    UNDECLARED = "UNDECLARED", "表单没有这一项，不能提交"
    TYPE = "TYPE", "填写的内容类型不对"
    ENUM = "ENUM", "应从所列选项中选择"
    CONST = "CONST", "必须确认，或只能取规定的值"
    FORMAT = "FORMAT", "不是规定格式的内容，如日期、电子邮箱"
    MINIMUM = "MINIMUM", "小于下限"
    MAXIMUM = "MAXIMUM", "大于上限"
    TOO_SHORT = "TOO_SHORT", "字数太少，或没有填写"
    TOO_LONG = "TOO_LONG", "字数太多"
    TOO_FEW = "TOO_FEW", "项数太少"
    TOO_MANY = "TOO_MANY", "项数太多"
    DUPLICATE = "DUPLICATE", "有重复的项"
    STEP = "STEP", "不是规定数值的整数倍"
    PATTERN = "PATTERN", "写法不合规定的格式"
    NOT_ALLOWED = "NOT_ALLOWED", "在当前选择下不应填写"
    MONEY = "MONEY", "金额应精确到分，至多两位小数"
    OFFICE = "OFFICE", "应从登记的单位中选择，不能填写文字"
    PERSON = "PERSON", "应从登记的人员中选择，不能填写文字"
    INVALID = "INVALID", "填写的内容不符合要求"

    # a check of the form
    CHECK = "CHECK", "不合表单的检查，说明里是检查的话；confirm 为 true 的可以说明理由后提交"
    CHECK_UNDECIDED = "CHECK_UNDECIDED", "表单的一条检查得不出结果，按不通过处理；请补齐所用的内容，或请业务分析员改正"
    CHECK_REASON = "CHECK_REASON", "不按检查办理须说明理由"
    CHECK_UNKNOWN = "CHECK_UNKNOWN", "说明理由的检查表单里没有，或不允许这样提交"


class DeadlineCode(Code):
    """Why a deadline cannot be counted."""

    DEADLINE_TABLE = "DEADLINE_TABLE", "没有部署期限表，或期限表得不出结果"
    DEADLINE_KEY = "DEADLINE_KEY", "期限表中没有与这个键相符的一行，请检查键名和该行的条件"
    DEADLINE_RULE = "DEADLINE_RULE", "期限表的一行或给出的天数不能用，请检查单位、数量和固定日期"
    DEADLINE_START = "DEADLINE_START", "起算时间不是日期或时间，或超出了可表示的日期范围"
    DEADLINE_UNKNOWN = "DEADLINE_UNKNOWN", "单独试算时没有期限表，无法计算期限"
