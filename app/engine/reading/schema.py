"""What the BPMN 2.0 schema (Semantic.xsd) says of the parts of a process: types of attributes, references, and which children an element may have.

Attribute names carry one type wherever they stand, so they are listed once. Elements without a line in ``CONTENT`` are documentation as a whole (collaborations,
interfaces, item definitions), or refused before anybody looks inside.
"""

from typing import Final

BOOLEANS: Final = frozenset(
    {
        "cancelActivity", "cancelRemainingInstances", "instantiate", "isClosed", "isCollection", "isExecutable", "isForCompensation", "isImmediate",
        "isInterrupting", "isRequired", "isSequential", "isUnlimited", "mustUnderstand", "parallelMultiple", "testBefore", "triggeredByEvent", "waitForCompletion",
    }
)  # fmt: skip
INTEGERS: Final = frozenset({"capacity", "completionQuantity", "loopMaximum", "maximum", "minimum", "startQuantity"})
ENUMERATIONS: Final = {
    "associationDirection": ("None", "One", "Both"),
    "behavior": ("None", "One", "All", "Complex"),
    "direction": ("None", "Forward", "Backward", "Both"),
    "eventGatewayType": ("Exclusive", "Parallel"),
    "gatewayDirection": ("Unspecified", "Converging", "Diverging", "Mixed"),
    "itemKind": ("Information", "Physical"),
    "loopType": ("None", "Standard", "MultiInstanceSequential", "MultiInstanceParallel"),
    "ordering": ("Parallel", "Sequential"),
    "processType": ("None", "Public", "Private"),
}
REFERENCES: Final = frozenset(
    {
        "activityRef", "attachedToRef", "calledChoreographyRef", "calledCollaborationRef", "calledElement", "categoryValueRef", "correlationKeyRef",
        "correlationPropertyRef", "dataObjectRef", "dataStoreRef", "default", "definitionalCollaborationRef", "errorRef", "escalationRef",
        "initiatingParticipantRef", "innerConversationNodeRef", "innerMessageFlowRef", "inputDataRef", "itemRef", "itemSubjectRef", "messageRef",
        "noneBehaviorEventRef", "oneBehaviorEventRef", "operationRef", "outerConversationNodeRef", "outerMessageFlowRef", "outputDataRef", "parameterRef",
        "partitionElementRef", "processRef", "signalRef", "sourceRef", "targetRef",
    }
)  # fmt: skip
# Names of things that another language defines: their prefixes are not ours to judge.
ELSEWHERE: Final = frozenset({"definition", "evaluatesToTypeRef", "implementationRef", "structureRef", "type"})
REFERRING: Final = frozenset(
    {
        "categoryValueRef", "choreographyRef", "correlationPropertyRef", "dataInputRefs", "dataOutputRefs", "endPointRef", "errorRef", "eventDefinitionRef", "flowNodeRef",
        "inMessageRef", "incoming", "innerParticipantRef", "inputSetRefs", "interfaceRef", "loopDataInputRef", "loopDataOutputRef", "messageFlowRef", "operationRef",
        "optionalInputRefs", "optionalOutputRefs", "outMessageRef", "outerParticipantRef", "outgoing", "outputSetRefs", "participantRef", "resourceRef", "source", "sourceRef",
        "supportedInterfaceRef", "supports", "target", "targetRef", "whileExecutingInputRefs", "whileExecutingOutputRefs",
    }
)  # fmt: skip
# What the engine follows; any other reference only documents.
FOLLOWED: Final = frozenset(
    {"attachedToRef", "calledElement", "default", "errorRef", "escalationRef", "eventDefinitionRef", "flowNodeRef", "messageRef", "signalRef", "sourceRef", "targetRef"}
)  # fmt: skip
OTHER_ATTRIBUTES: Final = frozenset(
    {
        "errorCode", "escalationCode", "exporter", "exporterVersion", "expressionLanguage", "id", "implementation", "importType", "language", "location", "method", "name",
        "namespace", "scriptFormat", "scriptLanguage", "targetNamespace", "textFormat", "typeLanguage", "value",
    }
)  # fmt: skip
ATTRIBUTES: Final = BOOLEANS | INTEGERS | frozenset(ENUMERATIONS) | REFERENCES | ELSEWHERE | OTHER_ATTRIBUTES


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


EVENT_DEFINITIONS: Final = _names(
    "cancelEventDefinition compensateEventDefinition conditionalEventDefinition errorEventDefinition escalationEventDefinition linkEventDefinition"
    " messageEventDefinition signalEventDefinition terminateEventDefinition timerEventDefinition"
)
TASKS: Final = _names("task userTask manualTask serviceTask sendTask receiveTask scriptTask businessRuleTask")
SUBPROCESSES: Final = _names("subProcess transaction adHocSubProcess")
GATEWAYS: Final = _names("exclusiveGateway inclusiveGateway parallelGateway eventBasedGateway complexGateway")
CATCHES: Final = _names("startEvent intermediateCatchEvent boundaryEvent")
THROWS: Final = _names("endEvent intermediateThrowEvent implicitThrowEvent")
CHOREOGRAPHY: Final = _names("callChoreography choreographyTask subChoreography")
NODES: Final = TASKS | SUBPROCESSES | GATEWAYS | CATCHES | THROWS | CHOREOGRAPHY | {"callActivity"}
# Inside a level, and not a node.
BESIDE: Final = _names("sequenceFlow dataObject dataObjectReference dataStoreReference association group textAnnotation laneSet")

_BASE = _names("documentation extensionElements")
_FLOW_ELEMENT = _BASE | _names("auditing monitoring categoryValueRef")
_FLOW_NODE = _FLOW_ELEMENT | _names("incoming outgoing")
_ROLES = _names("resourceRole performer humanPerformer potentialOwner")
_ACTIVITY = (
    _FLOW_NODE
    | _ROLES
    | _names(
        "ioSpecification property dataInputAssociation dataOutputAssociation multiInstanceLoopCharacteristics standardLoopCharacteristics"
    )
)
_EVENT = _FLOW_NODE | {"property", "eventDefinitionRef"} | EVENT_DEFINITIONS
_CATCH = _EVENT | _names("dataOutput dataOutputAssociation outputSet")
_THROW = _EVENT | _names("dataInput dataInputAssociation inputSet")
_LEVEL = NODES | BESIDE
_DATA = _BASE | {"dataState"}
_ASSOCIATION = _BASE | _names("sourceRef targetRef transformation assignment")
_ROLE = _BASE | _names("resourceRef resourceParameterBinding resourceAssignmentExpression")

CONTENT: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(TASKS | {"callActivity"}, _ACTIVITY),
    "userTask": _ACTIVITY | {"rendering"},
    "scriptTask": _ACTIVITY | {"script"},
    "subProcess": _ACTIVITY | _LEVEL,
    "process": _BASE
    | _ROLES
    | _LEVEL
    | _names("auditing monitoring property ioSpecification ioBinding supportedInterfaceRef supports correlationSubscription"),
    **dict.fromkeys(GATEWAYS - {"complexGateway"}, _FLOW_NODE),
    **dict.fromkeys(CATCHES, _CATCH),
    **dict.fromkeys(THROWS - {"implicitThrowEvent"}, _THROW),
    "sequenceFlow": _FLOW_ELEMENT | {"conditionExpression"},
    **dict.fromkeys(_names("dataObject dataObjectReference dataStoreReference"), _FLOW_ELEMENT | {"dataState"}),
    **dict.fromkeys(_names("association group auditing monitoring rendering dataState message signal error escalation"), _BASE),
    **dict.fromkeys(
        _names("cancelEventDefinition errorEventDefinition escalationEventDefinition signalEventDefinition terminateEventDefinition"), _BASE
    ),
    "compensateEventDefinition": _BASE,
    "conditionalEventDefinition": _BASE | {"condition"},
    "linkEventDefinition": _BASE | _names("source target"),
    "messageEventDefinition": _BASE | {"operationRef"},
    "timerEventDefinition": _BASE | _names("timeDate timeDuration timeCycle"),
    "multiInstanceLoopCharacteristics": _BASE
    | _names(
        "loopCardinality loopDataInputRef loopDataOutputRef inputDataItem outputDataItem complexBehaviorDefinition completionCondition"
    ),
    "standardLoopCharacteristics": _BASE | {"loopCondition"},
    "textAnnotation": _BASE | {"text"},
    "laneSet": _BASE | {"lane"},
    "lane": _BASE | _names("partitionElement flowNodeRef childLaneSet"),
    "ioSpecification": _BASE | _names("dataInput dataOutput inputSet outputSet"),
    **dict.fromkeys(_names("property dataInput dataOutput"), _DATA),
    **dict.fromkeys(_names("dataInputAssociation dataOutputAssociation"), _ASSOCIATION),
    "assignment": _BASE | _names("from to"),
    "inputSet": _BASE | _names("dataInputRefs optionalInputRefs whileExecutingInputRefs outputSetRefs"),
    "outputSet": _BASE | _names("dataOutputRefs optionalOutputRefs whileExecutingOutputRefs inputSetRefs"),
    **dict.fromkeys(_ROLES, _ROLE),
    "resourceParameterBinding": _BASE | _names("formalExpression expression"),
    "resourceAssignmentExpression": _BASE | _names("formalExpression expression"),
    "correlationSubscription": _BASE | {"correlationPropertyBinding"},
    "correlationPropertyBinding": _BASE | {"dataPath"},
    "ioBinding": _BASE,
    "definitions": EVENT_DEFINITIONS
    | _names(
        "import extension category collaboration choreography globalConversation correlationProperty dataStore endPoint error escalation"
        " globalTask globalBusinessRuleTask globalManualTask globalScriptTask globalUserTask globalChoreographyTask interface itemDefinition message"
        " partnerEntity partnerRole process resource signal relationship"
    ),
    "extension": frozenset({"documentation"}),
}
# Elements of the schema that stand only deeper down, under another name for their type.
_LOCAL = _names(
    "condition completionCondition conditionExpression loopCondition loopCardinality complexBehaviorDefinition inputDataItem outputDataItem script text"
    " childLaneSet partitionElement timeDate timeDuration timeCycle from to transformation formalExpression expression dataPath lane activationCondition"
)
KNOWN: Final = frozenset(CONTENT).union(*CONTENT.values()) | _LOCAL
# Children that say what is done: one of these in a place where the schema has none must not be passed over.
CARRYING: Final = (
    NODES
    | EVENT_DEFINITIONS
    | _names(
        "sequenceFlow eventDefinitionRef multiInstanceLoopCharacteristics standardLoopCharacteristics conditionExpression completionCondition loopCardinality"
        " complexBehaviorDefinition timeDate timeDuration timeCycle script condition"
    )
)
# Of these an element has one at most.
SINGLE: Final = _names(
    "multiInstanceLoopCharacteristics standardLoopCharacteristics conditionExpression completionCondition loopCardinality"
    " timeDate timeDuration timeCycle script condition"
)
