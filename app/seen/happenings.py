"""What a line of a timeline tells, in one word for people."""

from app.codes import Code


class Happening(Code):
    """Of a timeline; the word is also the look of its line on a page."""

    STARTED = "started", "启动"
    COMPLETED = "completed", "办结"
    DECIDED = "decided", "判定"
    FIRED = "fired", "到时"
    RECEIVED = "received", "收到"
    DONE = "done", "完成"
    ENDED = "ended", "结束"
    STANDING = "standing", "沿用"
    RETURNED = "returned", "退回"
    CANCELLED = "cancelled", "撤销"
    OVERDUE = "overdue", "逾期"
    PHASE = "phase", "阶段变化"
