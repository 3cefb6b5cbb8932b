"""Which element of BPMN 2.0 is what: the tags of nodes, of data, and of what has no effect.

The chapters named below are those of the standard, BPMN 2.0.2 (OMG formal/2013-12-09).
"""

from __future__ import annotations

from translators.workflow.graph import ActivityKind, EventKind, GatewayKind, Trigger

__all__ = [
    "ACTIVITIES",
    "DATA",
    "EVENTS",
    "EVENT_DEFINITIONS",
    "GATEWAYS",
    "NODES",
    "SILENT",
    "WITHOUT_EFFECT",
    "WITH_BODY",
]

#: Activities (chapter 10.3).
ACTIVITIES: dict[str, ActivityKind] = {
    "task": "task",
    "userTask": "user",
    "serviceTask": "service",
    "sendTask": "send",
    "receiveTask": "receive",
    "manualTask": "manual",
    "scriptTask": "script",
    "businessRuleTask": "business-rule",
    "callActivity": "call",
    "subProcess": "sub-process",
    "transaction": "transaction",
    "adHocSubProcess": "ad-hoc",
}

#: Activities that may hold a scope.
WITH_BODY = frozenset({"subProcess", "transaction", "adHocSubProcess"})

#: Gateways (chapter 10.6).
GATEWAYS: dict[str, GatewayKind] = {
    "exclusiveGateway": GatewayKind.EXCLUSIVE,
    "parallelGateway": GatewayKind.PARALLEL,
    "inclusiveGateway": GatewayKind.INCLUSIVE,
    "eventBasedGateway": GatewayKind.EVENT_BASED,
    "complexGateway": GatewayKind.COMPLEX,
}

#: Events (chapter 10.5).
EVENTS: dict[str, EventKind] = {
    "startEvent": EventKind.START,
    "intermediateCatchEvent": EventKind.CATCH,
    "intermediateThrowEvent": EventKind.THROW,
    "boundaryEvent": EventKind.BOUNDARY,
    "endEvent": EventKind.END,
}

#: Event definitions (chapter 10.5.5).
EVENT_DEFINITIONS: dict[str, Trigger] = {
    "messageEventDefinition": Trigger.MESSAGE,
    "timerEventDefinition": Trigger.TIMER,
    "signalEventDefinition": Trigger.SIGNAL,
    "linkEventDefinition": Trigger.LINK,
    "conditionalEventDefinition": Trigger.CONDITIONAL,
    "errorEventDefinition": Trigger.ERROR,
    "terminateEventDefinition": Trigger.TERMINATE,
    "escalationEventDefinition": Trigger.ESCALATION,
    "compensateEventDefinition": Trigger.COMPENSATION,
    "cancelEventDefinition": Trigger.CANCEL,
}

NODES = frozenset(ACTIVITIES) | frozenset(GATEWAYS) | frozenset(EVENTS)

#: Drawn in a process, kept as data elements, without effect on control flow.
DATA: dict[str, str] = {
    "dataObject": "data objects do not steer control flow",
    "dataObjectReference": "data objects do not steer control flow",
    "dataStoreReference": "data stores do not steer control flow",
    "dataStore": "data stores do not steer control flow",
    "association": "associations do not steer control flow",
    "group": "groups are drawn only",
    "textAnnotation": "annotations are drawn only",
    "dataInputAssociation": "data associations do not steer control flow",
    "dataOutputAssociation": "data associations do not steer control flow",
    "ioSpecification": "input and output sets do not steer control flow",
    "property": "properties do not steer control flow",
    "dataInput": "data inputs do not steer control flow",
    "dataOutput": "data outputs do not steer control flow",
}

#: Parts that are read with the element around them, or say nothing about a run.
SILENT = frozenset(
    {
        "documentation", "extensionElements", "incoming", "outgoing", "auditing", "monitoring",
        "supports", "correlationSubscription", "resourceRole", "performer", "humanPerformer",
        "potentialOwner", "laneSet", "ioBinding", "supportedInterfaceRef", "eventDefinitionRef",
        "standardLoopCharacteristics", "multiInstanceLoopCharacteristics", "completionCondition",
        "script", "activationCondition", "rendering", "category", "categoryValue", "inputSet",
        "outputSet", "artifact",
    }
)  # fmt: skip

#: At the level of definitions or of the collaboration: named in the ledger, without effect.
WITHOUT_EFFECT: dict[str, str] = {
    "globalTask": "a global task is only run where it is called",
    "globalUserTask": "a global task is only run where it is called",
    "globalManualTask": "a global task is only run where it is called",
    "globalScriptTask": "a global task is only run where it is called",
    "globalBusinessRuleTask": "a global task is only run where it is called",
    "choreography": "a choreography shows the same exchange from outside; it steers no process",
    "globalChoreographyTask": "a choreography shows the same exchange from outside",
    "conversation": "conversations group message flows; they steer no process",
    "subConversation": "conversations group message flows; they steer no process",
    "callConversation": "conversations group message flows; they steer no process",
    "globalConversation": "conversations group message flows; they steer no process",
    "conversationLink": "conversations group message flows; they steer no process",
    "import": "imported definitions are not read",
}
