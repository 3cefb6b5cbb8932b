"""The rules of reports: one for each property, with an id that stays within a major version."""

from __future__ import annotations

from dataclasses import dataclass

from netproof.properties import COUNTED

__all__ = ["INTERNAL", "REFUSED", "RULES", "UNREADABLE", "Rule", "rule_of"]

SOUNDNESS_PAPER = "https://doi.org/10.1007/s00165-010-0161-4"
NETS_PAPER = "https://doi.org/10.1109/5.24143"
BPMN_STANDARD = "https://www.omg.org/spec/BPMN/2.0.2/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a result is an instance of.

    Parameters
    ----------
    id, name
        ``NP101`` and ``deadlock``.
    short
        One sentence: what is wrong where the rule is broken.
    help
        What it means and what one does about it, in plain words.
    uri
        A public text that explains the notion.
    """

    id: str
    name: str
    short: str
    help: str
    uri: str = SOUNDNESS_PAPER


def _rule(id: str, name: str, short: str, help: str, uri: str = SOUNDNESS_PAPER) -> Rule:
    return Rule(id=id, name=name, short=short, help=help, uri=uri)


_ALL = (
    _rule(
        "NP101", "deadlock", "A case can get stuck before it is complete.",
        "Something waits for a thing that never comes: a parallel join whose other branch was not "
        "taken, a message that nobody sends any more. Follow the run to its last step; the "
        "explanation says what waits and for what. Often a parallel join follows an exclusive "
        "split, or two pools wait for each other.",
    ),
    _rule(
        "NP102", "soundness", "Some case cannot complete properly.",
        "A sound process can always still complete, leaves nothing behind when it does, and every "
        "activity can occur. The explanation says which of the three fails, and how.",
    ),
    _rule(
        "NP103", "boundedness", "Tokens can pile up without bound.",
        "A loop starts more work than it ends. The run ends with steps that can be repeated for "
        "ever, each time with more tokens; look for a parallel split inside a loop without its "
        "join.", NETS_PAPER,
    ),
    _rule(
        "NP104", "safeness", "A flow can carry two tokens at once.",
        "What follows on the flow happens twice, often by mistake: branches of a parallel split "
        "meet in an exclusive merge. Use a parallel join, or split exclusively.", NETS_PAPER,
    ),
    _rule(
        "NP105", "no-dead-activities", "Some activity can never occur.",
        "No run reaches it: it is not connected, its branch excludes itself, or what comes before "
        "it always gets stuck.",
    ),
    _rule(
        "NP106", "no-dead-transitions", "Some transition can never fire.",
        "No marking that can be reached enables it.", NETS_PAPER,
    ),
    _rule(
        "NP107", "option-to-complete", "A state can be reached from which no case completes.",
        "From the last state of the run no continuation ends the case: it is stuck, or it goes "
        "round for ever without a way out.",
    ),
    _rule(
        "NP108", "proper-completion", "An end event can be reached twice in one case.",
        "When the case is complete something is still going on. Often branches of a parallel split "
        "each run to the end event; join them first.",
    ),
    _rule(
        "NP109", "termination", "Some run never ends.",
        "There is a loop that can be repeated for ever. If a loop is left at last whenever it can "
        "be left often enough, ask for termination-weak or termination-strong.", NETS_PAPER,
    ),
    _rule(
        "NP110", "termination-weak", "Some weakly fair run never ends.",
        "Even if nothing that stays possible is put off for ever, a loop can go on for ever.",
        NETS_PAPER,
    ),
    _rule(
        "NP111", "termination-strong", "Some strongly fair run never ends.",
        "Even if nothing that is possible again and again is put off for ever, a loop can go on "
        "for ever: it has no way out.", NETS_PAPER,
    ),
    _rule(
        "NP112", "lost-messages", "A message can be sent that nobody receives.",
        "When all has stopped, a message is still under way. The receiver is past the point where "
        "it listens, or never gets there.", BPMN_STANDARD,
    ),
    _rule(
        "NP113", "never-started-pools", "Some pool is never started.",
        "No run starts it: nobody sends the message that its start event waits for.", BPMN_STANDARD,
    ),
    _rule(
        "NP114", "workflow-net", "The net is no workflow net.",
        "A workflow net has one source place, one sink place, and every node lies on a path from "
        "the one to the other.",
    ),
    _rule(
        "NP115", "liveness", "Some transition can be lost for good.",
        "From the last marking of the run on, the transition is never enabled again.", NETS_PAPER,
    ),
    _rule(
        "NP116", "reversibility", "The net cannot always come back to its start.",
        "From the last marking of the run no way leads back to the initial one.", NETS_PAPER,
    ),
    _rule(
        "NP117", "persistence", "A transition can disable another one.",
        "In the last marking of the run two transitions are enabled and compete for tokens.",
        NETS_PAPER,
    ),
    _rule(
        "NP118", "stable-place", "No place keeps its tokens for ever.",
        "For each place some run ends with another number of tokens than at the start.", NETS_PAPER,
    ),
    _rule(
        "NP119", "livelock", "Some run is silent for ever.",
        "From some state on only silent steps are taken: routing of a workflow, transitions "
        "without a label, tau. Nobody outside sees that anything happens.",
    ),
    _rule(
        "NP122", "divergence", "Some run is silent for ever.",
        "Another word for livelock: from some state on only silent steps are taken.",
    ),
    _rule(
        "NP123", "bounds", "The bounds of the places are told.",
        "How many tokens each place holds at most, or that there is no bound. This property holds "
        "where all of that is known; it is never violated.", NETS_PAPER,
    ),
    _rule(
        "NP130", "weak-soundness", "Some case cannot complete properly.",
        "As soundness, but parts that can never occur are allowed.",
    ),
    _rule(
        "NP131", "relaxed-soundness", "Something occurs in no case that completes.",
        "Each activity, or transition, is to occur in some run that completes; other runs may get "
        "stuck.",
    ),
    _rule(
        "NP132", "easy-soundness", "No case can complete.",
        "Not even with the best choices an end is reached.",
    ),
    _rule(
        "NP133", "lazy-soundness", "Some case cannot reach its end just once.",
        "One token is to reach the end from everywhere, and never a second one; what is left "
        "behind does not count.",
    ),
    _rule(
        "NP134", "soundness-without-fairness", "Some case need not complete.",
        "It is unsound, or a cycle that could be left can go on for ever.",
    ),
    _rule(
        "NP135", "generalised-soundness", "For some number of cases at once they do not complete.",
        "Started with so many tokens the net cannot always end with as many: the cases mix.",
    ),
)  # fmt: skip

#: By property name.
RULES: dict[str, Rule] = {rule.name: rule for rule in _ALL}

_COUNTED = _rule(
    "NP136", "k-soundness", "Started with k tokens the net need not end with k.",
    "The number is part of the property's name, as in 2-soundness. Cases that run at once take "
    "each other's tokens, or even one case alone does not complete.",
)  # fmt: skip
_UP_TO = _rule(
    "NP137", "up-to-k-soundness", "For some number up to k the net need not end with as many.",
    "As k-soundness, for every number from one to k; the run begins with the choice of the number.",
)  # fmt: skip
_ALWAYS = _rule(
    "NP120", "always", "A formula AG(...) fails: a forbidden state can be reached.",
    "The formula is to hold in every state that can be reached. The run leads to a state in which "
    "it does not.", NETS_PAPER,
)  # fmt: skip
_POSSIBLE = _rule(
    "NP121", "possible", "A formula EF(...) fails: the wanted state cannot be reached.",
    "No run leads to a state in which the formula holds.", NETS_PAPER,
)  # fmt: skip
_FORMULA = _rule(
    "NP129", "formula", "A formula fails.",
    "The explanation and the run show where.", NETS_PAPER,
)  # fmt: skip

UNREADABLE = _rule(
    "NP190", "unreadable-file", "The file cannot be read.",
    "The message says where, what was found, what was expected and, where it is known, how to mend "
    "it. Nothing about the file has been checked.", BPMN_STANDARD,
)  # fmt: skip
REFUSED = _rule(
    "NP191", "refused-element", "An element has no meaning that could be analysed.",
    "No verdict is given about a model with such an element, because it would be about another "
    "model. Replace the element, or check the part without it.", BPMN_STANDARD,
)  # fmt: skip
INTERNAL = _rule(
    "NP199", "internal-error", "netproof itself failed here.",
    "Evidence did not recheck, or a fault of the tool. Please report it with the file.",
    NETS_PAPER,
)  # fmt: skip


def rule_of(name: str) -> Rule:
    """Return the rule of a property's name or a formula.

    Examples
    --------
    >>> rule_of("deadlock").id, rule_of("AG(!dead)").id, rule_of("3-soundness").id
    ('NP101', 'NP120', 'NP136')
    """
    if name in RULES:
        return RULES[name]
    if COUNTED.fullmatch(name):
        return _UP_TO if name.startswith("up-to-") else _COUNTED
    start = name.lstrip()[:2]
    return {"AG": _ALWAYS, "EF": _POSSIBLE}.get(start, _FORMULA)
