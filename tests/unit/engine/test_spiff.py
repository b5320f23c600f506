"""SpiffWorkflow is pinned: every private name that the engine uses or replaces has the signature and source it was written against."""

import hashlib
import inspect
from importlib import metadata
from pathlib import Path

import pytest

from app.engine import spiff

PINS = {
    "task.Task.__init__": (
        "(self, workflow: 'Workflow', task_spec: Optional[SpiffWorkflow.specs.base.TaskSpec], parent: Optional[ForwardRef('Task')] = None, state: int = 1, id: Optional[uuid.UUID] = None)",  # noqa: E501
        "5d98d6df6c602dfb",
    ),
    "task.Task._add_child": ("(self, task_spec: SpiffWorkflow.specs.base.TaskSpec, state: int = 1) -> 'Task'", "05ec96e943da475e"),
    "task.Task._child_added_notify": ("(self, child: 'Task') -> None", "20404a6f18bf0476"),
    "task.Task._ready": ("(self) -> None", "4c051bb2c2a3d259"),
    "task.Task._set_state": ("(self, value: int) -> None", "86c4c1d22dc9b70f"),
    "task.Task.run": ("(self) -> Optional[bool]", "976c46e260fe7f72"),
    "task.Task.complete": ("(self) -> None", "3ad34f7ae962ad90"),
    "task.Task.cancel": ("(self) -> None", "16a6cc6f7ea48468"),
    "specs.base.TaskSpec.__init__": ("(self, wf_spec, name, **kwargs)", "df987d5843e7f374"),
    "specs.base.TaskSpec._update": ("(self, my_task)", "6b138d31ca684e6b"),
    "specs.base.TaskSpec._update_hook": ("(self, my_task)", "8e93b378bc2bafc8"),
    "specs.base.TaskSpec._predict": ("(self, my_task, seen=None, looked_ahead=0, mask=3)", "e205cac4587d51d4"),
    "specs.base.TaskSpec._on_ready": ("(self, my_task)", "c0c43ec078d31a59"),
    "specs.base.TaskSpec._run": ("(self, my_task)", "dac36fd701341359"),
    "specs.base.TaskSpec._run_hook": ("(self, my_task)", "90902266396ae98f"),
    "specs.base.TaskSpec._on_complete": ("(self, my_task)", "95d4b21bfa422d45"),
    "specs.base.TaskSpec._on_complete_hook": ("(self, my_task)", "fbcc4aacf9593cd7"),
    "specs.base.TaskSpec._on_cancel": ("(self, my_task)", "c05a2f4bc3de2f28"),
    "specs.base.TaskSpec._connect_notify": ("(self, taskspec)", "5495e0157b49128f"),
    "workflow.Workflow.__init__": (
        "(self, workflow_spec: SpiffWorkflow.specs.WorkflowSpec.WorkflowSpec, deserializing: bool = False) -> None",
        "a179a75739481275",
    ),
    "workflow.Workflow._task_completed_notify": ("(self, task: SpiffWorkflow.task.Task) -> None", "a87c9bea38b2f71e"),
    "specs.WorkflowSpec.WorkflowSpec.__init__": ("(self, name=None, filename=None, addstart=False)", "fdb80d81cf1dd708"),
    "specs.WorkflowSpec.WorkflowSpec._add_notify": ("(self, task_spec)", "2522e219845e960e"),
    "bpmn.util.subworkflow.BpmnSubWorkflow.__init__": ("(self, spec, parent_task_id, top_workflow, **kwargs)", "db2b701bf21b28a0"),
    "bpmn.util.subworkflow.BpmnSubWorkflow._calculate_depth": ("(self)", "e67055a362abf3df"),
    "bpmn.workflow.BpmnWorkflow.__init__": ("(self, spec, subprocess_specs=None, script_engine=None, **kwargs)", "3a81d03cfd844e1a"),
    "bpmn.specs.bpmn_process_spec.BpmnProcessSpec.__init__": (
        "(self, name=None, description=None, filename=None, svg=None)",
        "4c0511ce1defb2f1",
    ),
    "bpmn.parser.BpmnParser.BpmnParser._get_parser_class": ("(self, tag)", "780bbf87cb24f749"),
    "bpmn.parser.BpmnParser.BpmnParser.add_bpmn_xml": ("(self, bpmn, filename=None)", "3522d3212bb92b03"),
    "bpmn.parser.BpmnParser.BpmnParser.create_parser": ("(self, node, filename=None, lane=None)", "447f0096c14a9014"),
    "bpmn.parser.ProcessParser.ProcessParser.__init__": (
        "(self, p, node, nsmap, data_stores, filename=None, lane=None)",
        "9d98ce92591296da",
    ),
    "bpmn.parser.ProcessParser.ProcessParser._parse": ("(self)", "c272afbfbc9ff7fa"),
    "bpmn.parser.ProcessParser.ProcessParser.parse_node": ("(self, node)", "d7abbc1abdfdbf86"),
    "bpmn.parser.TaskParser.TaskParser.__init__": ("(self, process_parser, spec_class, node, nsmap=None, lane=None)", "4e35eedb4bb5eca6"),
    "bpmn.parser.TaskParser.TaskParser.parse_node": ("(self)", "49191a06ed4bbdbe"),
}


def test_the_release_is_the_one_that_was_measured():
    assert metadata.version("SpiffWorkflow") == "3.2.0"


@pytest.mark.parametrize(("owner", "name"), spiff.PRIVATE_NAMES, ids=[f"{owner.__name__}.{name}" for owner, name in spiff.PRIVATE_NAMES])
def test_a_private_name_is_as_it_was(owner, name):
    function = owner.__dict__[name]
    signature, digest = PINS[f"{owner.__module__.removeprefix('SpiffWorkflow.')}.{owner.__qualname__}.{name}"]
    assert str(inspect.signature(function)) == signature
    assert hashlib.sha256(inspect.getsource(function).encode()).hexdigest()[:16] == digest


def test_every_pin_is_used():
    assert len(PINS) == len(spiff.PRIVATE_NAMES)


def test_no_other_module_imports_spiffworkflow():
    root = Path(spiff.__file__).parents[1]
    importers = [
        path
        for path in root.rglob("*.py")
        if "SpiffWorkflow" in path.read_text(encoding="utf-8") and "import" in path.read_text(encoding="utf-8")
    ]
    assert [
        path.name
        for path in importers
        if any(line.lstrip().startswith(("import Spiff", "from Spiff")) for line in path.read_text(encoding="utf-8").splitlines())
    ] == ["spiff.py"]


def test_no_python_engine_stands_behind_a_tree():
    with pytest.raises(RuntimeError):
        spiff.NO_SCRIPTS.evaluate("1 + 1")
