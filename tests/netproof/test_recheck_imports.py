"""The recheck imports model objects, readers and data types, and no engine."""

from __future__ import annotations

import ast
from pathlib import Path

import netproof.recheck

ALLOWED = {
    "petri.last_steps",
    "petri.net",
    "petri.nodes",
    "translators.formats",
    "translators.ledger",
    "translators.to_petri.translation",
    "translators.trace_back",
    "transition_systems.budget",
    "transition_systems.errors",
    "transition_systems.evidence",
    "transition_systems.evidence_ctl_star",
    "transition_systems.evidence_ltl",
    "transition_systems.evidence_parity",
    "transition_systems.evidence_prefix",
    "transition_systems.evidence_regions",
    "transition_systems.lts",
    "transition_systems.lts_data",
    "transition_systems.properties.format",
    "transition_systems.properties.formulas",
    "transition_systems.properties.parse",
    "transition_systems.properties.predicates",
    "transition_systems.properties.walk",
    "transition_systems.run",
    "transition_systems.temporal.action_formulas",
    "transition_systems.temporal.mu_formulas",
    "transition_systems.temporal.mu_parse",
    "transition_systems.verdict",
    "netproof.assumed",
    "netproof.model_names",
    "netproof.net_formulas",
    "netproof.properties",
    "netproof.system_formulas",
    "netproof.system_questions",
    "translators.named_system",
}


def test_no_engine_is_imported() -> None:
    folder = Path(netproof.recheck.__file__).parent
    files = sorted(folder.glob("*.py"))
    assert len(files) >= 15
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names = [node.module or ""]
            for name in names:
                if name.split(".")[0] in ("petri", "fsm", "process_algebra", "translators",
                                          "transition_systems", "netproof"):  # fmt: skip
                    own = name.startswith("netproof.recheck")
                    assert own or name in ALLOWED, f"{file.name} imports {name}"
