"""docs/reference/codes.md: every stable word of the product with what it means, from the enumerations themselves."""

from collections.abc import Iterable

from app.codes import Code, InstallationCode, RequestCode
from app.decision.codes import DecisionCode, DmnCode, FeelCode
from app.domain.codes import Action, DeadlineCode, FormCode, VerdictCode
from app.engine.codes import CommandCode, DiagramCode, IncidentType
from app.rehearsal.codes import FindingCode, PlaneCode
from app.seen.happenings import Happening

# Title, where people and programs meet the words, the words.
GROUPS: tuple[tuple[str, str, type[Code] | type[DecisionCode]], ...] = (
    ("审计动作", "审计记录的 `action`，日志里一行的 `act`。", Action),
    ("请求的错误", "页面上错误的代码，`/v2` 的 `code`，命令行末尾方括号里的词，日志的 `code`。", RequestCode),
    ("安装与命令行", "进程不能启动，或命令所给的文件不能用。", InstallationCode),
    ("权限判定", "能不能办、看、发起，以及为什么；不能时也是请求的错误。", VerdictCode),
    ("表单", "表单文件、提交的 JSON 和其中的一项，在 `problems` 里逐项给出。", FormCode),
    ("期限", "在流程里是事故的 `code`。", DeadlineCode),
    ("部署与检查", "`quancheng lint`、部署和上传页面给出的错误与提示。", FindingCode),
    ("图的尺度", "`quancheng lint --house` 给出的错误。", PlaneCode),
    ("图的问题", "读流程图时给出的错误与提示。", DiagramCode),
    ("引擎的命令", "对运行中流程的一个命令不能执行；也是请求的错误。", CommandCode),
    ("事故（incident）类型", "流程停在一个元素上等待处理的原因；试运行里同样。", IncidentType),
    ("决策表", "读决策文件和求值时给出的错误与提示。", DmnCode),
    ("表达式", "FEEL 的错误与提示；在流程里是事故的 `code`，在决策文件里是问题的代码。", FeelCode),
    ("时间线", "项目和流程的时间线上一行的种类。", Happening),
)


def codes_page() -> str:
    """The page: a table for each group, in the order of the source."""
    lines = [
        "# 代码与审计动作",
        "",
        "由 `quancheng reference` 从程序里的枚举生成，请勿手改。代码是给程序和运维人员的，不会改变；给人看的说明写明当时的位置、原因和办法。",
        "",
        "有的词在两组里各有含义，以出现的地方为准。",
        "",
    ]
    for title, where, words in GROUPS:
        lines += [f"## {title}", "", where, "", "| 代码 | 含义 |", "|---|---|", *_rows(words), ""]
    return "\n".join(lines).rstrip() + "\n"


def _rows(words: Iterable[Code | DecisionCode]) -> list[str]:
    return [f"| `{word}` | {word.meaning} |" for word in words]
