"""The words for what things are and where they stand: each once, for rows and their constraints, services, pages and the API."""

from enum import StrEnum


class InstanceState(StrEnum):
    """Of a process instance."""

    ACTIVE = "active"  # something of it is still to happen, also while it is suspended
    COMPLETED = "completed"  # it came to its end by itself
    CANCELLED = "cancelled"  # an administrator, or what called it, ended it


SUSPENDED = "suspended"  # beside the states of an instance: a running tree of which nothing may be completed or fired for now


class ElementState(StrEnum):
    """Of one visit of an element."""

    ACTIVE = "active"
    COMPLETED = "completed"
    TERMINATED = "terminated"  # something around it ended it


class TaskState(StrEnum):
    """Of a user task."""

    OPEN = "open"
    COMPLETED = "completed"  # somebody did it
    CANCELLED = "cancelled"  # it went with its scope; nobody did it


class JobState(StrEnum):
    """Of work for an outside worker."""

    OPEN = "open"  # to be taken, or taken for a while
    COMPLETED = "completed"
    CANCELLED = "cancelled"  # it went with its scope
    FAILED = "failed"  # no try is left: an incident stands
    ERROR = "error"  # ended by a BPMN error of the worker


class WaitKind(StrEnum):
    """What a wait is for."""

    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    DUE = "due"  # the deadline of a user task, which the platform serves: no event of the diagram waits for it
    RECOUNT = "recount"  # facts that the tree's dates or people depend on have changed: they are to be evaluated again
    ENDING = "ending"  # the project has ended: the tree is still to be told
    OBLIGATION = "obligation"  # a process is due for a subject: it is still to be begun


TIMED = (WaitKind.TIMER, WaitKind.DUE, WaitKind.RECOUNT, WaitKind.ENDING, WaitKind.OBLIGATION)  # what the clock looks at when it is due


class MessageKind(StrEnum):
    """What was thrown: to one receiver of each process id, or to all who wait."""

    MESSAGE = "message"
    SIGNAL = "signal"


class MessageState(StrEnum):
    """Of a thrown message or signal."""

    OPEN = "open"  # may still find a receiver
    CLOSED = "closed"  # its time is over


class DefinitionKind(StrEnum):
    """What a deployed definition is."""

    PROCESS = "process"
    DECISION = "decision"
    FORM = "form"
    SCENARIO = "scenario"  # an analyst's test of the models
    TEMPLATE = "template"  # of a printed document
    LIBRARY = "library"  # a decision file as others import it


class DeploymentSource(StrEnum):
    """Where a deployment came from."""

    FILES = "files"  # the files that come with the program, at its start
    UPLOAD = "upload"  # a page
    CLI = "cli"  # the command line
