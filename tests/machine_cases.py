"""Workflow graphs for each construct, by name, as texts for ``machine_graphs.graph_of``."""

from __future__ import annotations

__all__ = ["CASES", "DISPUTED"]

_SE = "start s; end e; "
_SUB = "sub S; start is; task A; end ie; is -> A -> ie; out; s -> S -> e; "
_XOR = "xor x y; task A B; s -> x -> A -> y -> e; x -> B -> y; "
_ERR = (
    "sub S; start is; xor x; task A; end ie; end er error ref=E; is -> A -> x -> ie; x -> er; out; "
)
_ON = "s -> S -> e; task C; b -> C; "


def _esp(trigger: str, name: str = "X", more: str = "") -> str:
    inner = f"start {name}s {trigger}; task {name}T; end {name}e; {name}s -> {name}T -> {name}e; "
    return f"esp {name}; {inner}{more}out; "


_TASK = _SE + "task A; s -> A -> e; "
_BODY = "start is; task A; is -> A; "
_IN_SUB = _SE + "sub S; " + _BODY

CASES: dict[str, str] = {
    "sequence": _SE + "task A B; s -> A -> B -> e",
    "task kinds": _SE + "user a; service b; send c; receive d; manual f; script g; "
    "business-rule h; call i; s -> a -> b -> c -> d -> f -> g -> h -> i -> e",
    "exclusive": _SE + _XOR,
    "parallel": _SE + _XOR.replace("xor", "and"),
    "inclusive": _SE + _XOR.replace("xor", "or"),
    "inclusive of three": _SE + "or x y; task A B C; s -> x -> A -> y -> e; x -> B -> y; "
    "x -> C -> y",
    "inclusive default": _SE + "or x y; task A B C; s -> x -> A -> y -> e; x -> B -> y; "
    "default x C; C -> y",
    "inclusive conditions": _SE + "or x y; task A B; s -> x; when x A v > 5; when x B v < 2; "
    "A -> y -> e; B -> y",
    "inclusive with boundary": _SE + "or x y; task A B; boundary b timer nonint on=A; "
    "s -> x -> A -> y -> e; x -> B -> y; b -> y",
    "inclusive with sub-process": _SE + "or x y; task B; sub S; start is; task A; is -> A; out; "
    "s -> x -> S -> y -> e; x -> B -> y",
    "inclusive merge of a choice": _SE + "xor x; or y; task A B; s -> x -> A -> y -> e; "
    "x -> B -> y",
    "inclusive join of a parallel": _SE + "and x; or y; task A B; s -> x -> A -> y -> e; "
    "x -> B -> y",
    "inclusive join of an implicit split": _SE + "task T A B; or y; s -> T -> A -> y -> e; "
    "T -> B -> y",
    "inclusive in a loop": _SE + "or x y; xor l m; task A B; s -> m -> x -> A -> y -> l -> e; "
    "x -> B -> y; l -> m",
    "conditional flows": _SE + "task T A B C; s -> T; when T A ?; when T B ?; default T C",
    "conditions that imply": _SE + "task T A B C; s -> T; when T A x > 5; when T B x > 1; "
    "default T C",
    "conditions over variables": _SE
    + "variable x integer; task T A B C; s -> T; when T A x > 5; when T B x > 1; default T C",
    "condition that holds": _SE + "task T A B; s -> T; when T A true; default T B",
    "condition and plain flow": _SE + "task T A B; s -> T; when T A ?; T -> B",
    "conditions at a start": "start s; task A B; when s A ?; when s B ?",
    "conditions at a boundary": _TASK + "boundary b timer on=A; task C D; when b C ?; when b D ?",
    "exclusive conditions": _SE + "xor x; task A B; s -> x; when x A false; default x B",
    "default without conditions": _SE + "task T A B; s -> T -> B; default T A",
    "self loop": _SE + "xor x; s -> x -> e; x -> x",
    "double end": _SE + "and x; task A; s -> x -> A -> e; x -> e",
    "no start": "task A B C; A -> B",
    "no start gateway": "and x; task A B; x -> A; x -> B",
    "no start events": "catch c timer; throw t; end e; c -> e; t -> e",
    "never reached": _SE + "task A B; s -> e; A -> B",
    "gateway never reached": _SE + "and x; task A; s -> e; x -> A",
    "two starts": "start s; start m message; task A B; end e; s -> A -> e; m -> B -> e",
    "two triggered starts": "start s timer; start m message; task A B; end e; s -> A -> e; m -> B",
    "message start": "start m message; task B; end e; m -> B -> e",
    "event-based": _SE + "event g; catch c message; catch d timer; receive R; s -> g; "
    "g -> c -> e; g -> d -> e; g -> R -> e",
    "event-based with messages": _SE + "event g; catch c message; catch d timer; receive R; "
    "s -> g; g -> c -> e; g -> d -> e; g -> R -> e; "
    "process Q; send S; task T; S -> T; msg S R; msg T c",
    "receive task with two ways in": _SE + "xor x; event g; receive R; catch d timer; "
    "s -> x -> g -> R -> e; g -> d -> e; x -> R; process Q; send S; msg S R",
    "instantiating gateway": "event g instantiate; catch c message; catch d timer; receive R; "
    "task A B; g -> c -> A; g -> d -> B; g -> R -> A",
    "instantiating gateway with messages": "event g instantiate; catch c message; receive R; "
    "g -> c; g -> R; process Q; send S T; S -> T; msg S R; msg T c",
    "instantiating receive": "receive R instantiate; task A; R -> A",
    "instantiating receive with message": "receive R instantiate; task A; R -> A; process Q; "
    "send S; msg S R",
    "two pools": _SE + "send A; catch c message; s -> A -> c -> e; process Q; start m message; "
    "task W; end me message; m -> W -> me; msg A m; msg me c",
    "pools that wait for each other": _SE + "receive A; send B; s -> A -> B -> e; process Q; "
    "receive X; send Y; X -> Y; msg B X; msg Y A",
    "black box": _SE + "receive A; s -> A -> e; pool K; msg K A; msg A K",
    "two senders": _SE + "catch c message; s -> c -> e; process Q; task X; process R; task Y; "
    "msg X c; msg Y c",
    "message to a boundary": _TASK + "boundary b message on=A; task C; b -> C; process Q; task X; "
    "msg X b",
    "message to a ringing boundary": _TASK + "boundary b message nonint on=A; task C; b -> C; "
    "process Q; task X; msg X b",
    "messages to nodes that do not receive": _SE + "task A; throw t; xor x; s -> A -> t -> x -> e; "
    "process Q; task X Y Z; msg X t; msg Y x; msg Z e",
    "message to a multiple event": _SE + "catch c multiple; s -> c -> e; process Q; task X; "
    "msg X c",
    "messages and a loop": _SE + "task A loop; s -> A -> e; process Q; task X; msg X A; msg A X",
    "messages and a sub-process": _SE + _SUB + "process Q; task X; msg X S; msg S X",
    "message to an event sub-process": _TASK + _esp("message") + "process Q; task X1; msg X1 Xs",
    "link": _SE + "throw t link ref=L; catch c link ref=L; task A; s -> t; c -> A -> e",
    "two links": _SE + "xor x; throw t u link ref=L; catch c link ref=L; task A; s -> x -> t; "
    "x -> u; c -> A -> e",
    "link and flow": _SE + "xor x; throw t link ref=L; catch c link ref=L; task A; s -> x -> t; "
    "x -> c -> A -> e",
    "loop": _SE + "task A loop; s -> A -> e",
    "loop that may be skipped": _SE + "task A loop0; s -> A -> e",
    "instances": _SE + "task A mi; s -> A -> e",
    "instances with boundary": _SE + "task A mi; boundary b timer on=A; s -> A -> e; b -> e",
    "instances with ringing boundary": _SE + "task A mi; boundary b timer nonint on=A; end e2; "
    "s -> A -> e; b -> e2",
    "instances with compensation": _SE + "task A mi; boundary b compensation on=A ref=H; "
    "task H compensates; s -> A -> e",
    "instances with messages": _SE + "task A mi; boundary b timer on=A; s -> A -> e; process Q; "
    "task X; msg A X; msg X A",
    "loop with ringing boundary": _SE + "task A loop; boundary b timer nonint on=A; s -> A -> e",
    "boundary": _TASK + "boundary b timer on=A; task C; b -> C",
    "ringing boundary": _TASK + "boundary b timer nonint on=A; task C; b -> C",
    "two ringing boundaries": _SE + "call A; boundary b c timer nonint on=A; task C; s -> A -> e; "
    "b -> C",
    "error at a task": _TASK + "boundary b error on=A; task C; b -> C",
    "escalation at a call": _SE + "call A; boundary b escalation nonint on=A; task C; "
    "s -> A -> e; b -> C",
    "two runs": _SE + "and x; xor y; task A; s -> x -> y -> A -> e; x -> y",
    "two runs with boundary": _SE + "and x; task A; boundary b timer nonint on=A; s -> x -> A -> e; "
    "x -> A; b -> e",
    "sub-process": _SE + _SUB,
    "sub-process without start": _SE + "sub S; task A B; out; s -> S -> e",
    "empty sub-process": _SE + "sub S; out; s -> S -> e",
    "sub-process of a cycle": _SE + "sub S; task A B; A -> B -> A; out; s -> S -> e",
    "sub-process with two starts": _SE + "sub S; start is it; task A B; is -> A; it -> B; out; "
    "s -> S -> e",
    "sub-process with triggered start": _SE + "sub S; start is timer; task A; is -> A; out; "
    "s -> S -> e",
    "sub-process with mixed starts": _SE + "sub S; start is; start it timer; task A B; is -> A; "
    "it -> B; out; s -> S -> e",
    "sub-process with boundary": _SE + _SUB + "boundary b timer on=S; task C; b -> C",
    "sub-process with ringing boundary": _SE + _SUB + "boundary b timer nonint on=S; task C; b -> C",
    "sub-process loop": _SE + _SUB.replace("sub S", "sub S loop"),
    "sub-process loop with boundary": _SE + _SUB.replace("sub S", "sub S loop0")
    + "boundary b timer nonint on=S; task C; b -> C",
    "sub-process instances": _SE + _SUB.replace("sub S", "sub S mi"),
    "sub-process instances with boundary": _SE + _SUB.replace("sub S", "sub S mi")
    + "boundary b timer nonint on=S; task C; b -> C",
    "sub-process twice": _SE + "and x; xor y; sub S; start is; task A; is -> A; out; "
    "s -> x -> y -> S -> e; x -> y",
    "terminate": _SE + "and x; task A B; end t terminate; s -> x -> A -> t; x -> B -> e",
    "terminate inside": _SE + "sub S; start is; and x; task A B; end t terminate; end ie; "
    "is -> x -> A -> t; x -> B -> ie; out; s -> S -> e",
    "terminate and a second start": "start s r; task A; end t terminate; s -> t; r -> A",
    "terminate and a timer start": "start s; start r timer; task A; end t terminate; s -> t; r -> A",
    "error": _SE + _ERR + "boundary b error on=S ref=E; " + _ON,
    "error of another name": _SE + _ERR + "boundary b error on=S ref=F; " + _ON,
    "error and two catchers": _SE + _ERR + "boundary b0 error on=S; boundary b error on=S ref=E; "
    "task D; b0 -> D; " + _ON,
    "error without name": _SE + _ERR.replace(" ref=E", "") + "boundary b error on=S ref=E; " + _ON,
    "error from an activity inside": _SE + _SUB + "boundary b error on=S; task C; b -> C",
    "error and no activity inside": _SE + "sub S; start is; end ie; is -> ie; out; "
    "boundary b error on=S; " + _ON,
    "error through two levels": _SE + "sub S; start is; sub T; start it; task A; "
    "end er error ref=E; it -> A -> er; out; task B; is -> T -> B; out; boundary b error on=S; "
    + _ON,
    "error that nothing catches": _SE + "and x; task A; end er error; s -> x -> A -> e; x -> er",
    "error inside that nothing catches": _SE + "and x; task Z; s -> x -> Z; sub S; start is; task A; "
    "end er error; is -> A -> er; out; x -> S -> e",
    "cancel": _SE + _ERR.replace("sub S", "transaction S").replace("error ref=E", "cancel")
    + "boundary b cancel on=S; " + _ON,
    "cancel that nobody throws": _SE + _SUB.replace("sub S", "transaction S")
    + "boundary b cancel on=S; task C; b -> C",
    "escalation end": _SE + "sub S; start is; task A B; end ie escalation; is -> A -> ie; is -> B; "
    "out; boundary b escalation nonint on=S; " + _ON,
    "escalation twice": _SE + "sub S; start is; task A B; throw t u escalation; "
    "is -> A -> t -> B -> u; out; boundary b escalation nonint on=S; " + _ON,
    "escalation interrupts": _SE + "sub S; start is; task A B; throw t escalation; "
    "is -> A -> t -> B; out; boundary b escalation on=S; " + _ON,
    "escalation that nothing catches": "start s; throw t escalation; end e escalation; s -> t -> e",
    "escalation that nobody throws": _SE + _SUB + "boundary b escalation nonint on=S; task C; "
    "b -> C",
    "event sub-process": _TASK + _esp("timer"),
    "ringing event sub-process": _TASK + _esp("timer nonint"),
    "event sub-process and timer start": _TASK.replace("start s", "start s timer") + _esp("timer"),
    "event sub-processes of both kinds": _TASK + _esp("timer") + _esp("timer nonint", "Y"),
    "two event sub-processes": _TASK + _esp("timer") + _esp("message", "Y"),
    "event sub-process inside": _IN_SUB + _esp("timer") + "out; s -> S -> e",
    "ringing event sub-process inside": _IN_SUB + _esp("timer nonint") + "out; s -> S -> e",
    "ringing event sub-process in a loop": _IN_SUB.replace("sub S", "sub S loop")
    + _esp("timer nonint") + "out; s -> S -> e",
    "event sub-process and terminate": _TASK + "esp X; start Xs timer nonint; task T; "
    "end t terminate; Xs -> T -> t; out",
    "event sub-process and terminate inside": _IN_SUB + "esp X; start Xs timer nonint; task T; "
    "end t terminate; Xs -> T -> t; out; out; s -> S -> e",
    "event sub-process and two starts": "start s; start m message; task A; end e; s -> A -> e; "
    "m -> A; " + _esp("timer"),
    "event sub-process without start": "task A; " + _esp("timer"),
    "event sub-process for errors": _SE + "task A; xor x; end er error; s -> A -> x -> e; x -> er; "
    + _esp("error"),
    "event sub-process for errors of activities": _TASK + _esp("error ref=E"),
    "event sub-process for errors of nobody": _SE + "catch A timer; s -> A -> e; " + _esp("error"),
    "event sub-process for errors inside": _IN_SUB.replace("is -> A", "end er error; is -> A -> er")
    + "out; boundary b error on=S ref=Z; s -> S -> e; " + _esp("error"),
    "event sub-process that throws again": _SE + "task A; end er error; s -> A -> er; esp X; "
    "start Xs error; task T; end er2 error; Xs -> T -> er2; out",
    "event sub-process with sub-process": _TASK + "esp X; start Xs timer nonint; sub S; start is; "
    "task T; end er error; is -> T -> er; out; Xs -> S; out",
    "event sub-process for escalations": _SE + "task A B; throw t u escalation; "
    "s -> A -> t -> B -> u -> e; " + _esp("escalation nonint"),
    "event sub-process for escalations of nobody": _TASK + _esp("escalation nonint"),
    "escalation from an event sub-process": _TASK + "esp X; start Xs timer nonint; task T U; "
    "throw t escalation; Xs -> T -> t -> U; out; " + _esp("escalation", "Y"),
    "escalation from an interrupting event sub-process": _TASK + "esp X; start Xs timer; task T U; "
    "throw t escalation; Xs -> T -> t -> U; out; " + _esp("escalation", "Y"),
    "escalation to its own event sub-process": _SE + "task A; throw tt escalation; s -> A -> tt; "
    "esp X; start Xs escalation nonint; task T; throw t escalation; Xs -> T -> t; out",
    "compensation": _SE + "task A; boundary b compensation on=A ref=H; task H compensates; "
    "throw t compensation; end ce compensation; s -> A -> t -> ce",
    "kinds of events": _SE + "throw t message; throw u signal; catch v signal; "
    "catch w conditional; catch z multiple; end e2 signal; s -> t -> u -> v -> w -> z -> e2",
    "exclusive without outgoing": "start s; xor x; task A; s -> A -> x",
    "parallel without outgoing": "start s; and x; task A; s -> A -> x",
    "inclusive without outgoing": "start s; or x; task A; s -> A -> x",
}  # fmt: skip

# Corners that are easily read in another way.
DISPUTED: dict[str, str] = {
    "conditions that exclude": _SE + "variable x integer; task T A B; s -> T; when T A x > 5; when T B x < 1",
    "sender and black box": _SE + "catch c message; s -> c -> e; process Q; task X; pool K; "
    "msg X c; msg K c",
    "message from a catching event": _SE + "catch c timer; s -> c -> e; process Q; start qs; "
    "catch a message; qs -> a; msg c a",
    "message from a start event": _SE + "s -> e; process Q; start qs; catch a message; qs -> a; "
    "msg s a",
    "message from a boundary event": _TASK + "boundary b timer on=A; process Q; start qs; "
    "catch a message; qs -> a; msg b a",
    "event-based without outgoing": "start s; event x; task A; s -> A -> x",
}  # fmt: skip
