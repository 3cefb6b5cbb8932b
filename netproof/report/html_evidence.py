"""What a piece of evidence is, in plain words, for each kind."""

from __future__ import annotations

__all__ = ["EVIDENCE_IN_WORDS"]

EVIDENCE_IN_WORDS = {
    "run": "a run into a state that shows it",
    "closed-set": "a set of states that holds the first one, that no step leaves, and in which "
    "nothing is wrong",
    "decision-diagram": "a closed set of states as a decision diagram, in which nothing is wrong",
    "complete-prefix": "steps and what they need, enough of them to show all states; in none of "
    "them anything is wrong",
    "ranked-set": "a closed set of states, each with a number that some next state decreases: "
    "the goal can be reached from everywhere",
    "ranked-diagrams": "a closed set of states as a decision diagram, and sets that grow from "
    "the goal, step by step, until they hold all of it",
    "ctl-diagrams": "for each temporal operator sets of states that have it, as decision diagrams",
    "ltl-stubborn": "some states, with the steps that matter there, and numbers which show that "
    "on no path by these steps the formula fails",
    "siphon-traps": "sets of places that stay marked, one of them in each set of places that "
    "stays empty once it is empty",
    "trap": "a run to a state, and a closed set of states around it without the goal",
    "pump": "a run, and steps after it that can be repeated and leave more tokens each time",
    "lasso": "an infinite run: its beginning, and steps that are repeated for ever",
    "measure": "a closed set of states, each with a number that every step decreases: all runs end",
    "fair-measure": "a closed set of states with numbers that every fair run decreases",
    "bound": "a closed set of states within the bound, and a run that reaches it",
    "invariant": "a condition that is true at first, that every step keeps, and that implies "
    "what was asked",
    "structure": "the nodes of the graph that it is about",
    "partition": "a partition of the states of both systems",
    "distinction": "a formula that tells the two systems apart",
    "word": "a word that only one of the machines accepts",
    "parts": "evidence for each part",
    "reduction": "steps to a smaller net that do not change the answer, and evidence about it",
    "marked-trap": "a run that puts a token where one has to stay for ever, and where the goal "
    "wants none",
    "rising-sum": "a run after which a weighted sum of tokens, which no step lowers, is higher "
    "than anywhere in the goal",
    "after-run": "a run, and evidence that starts where it ends: the goal is never reached there",
    "ranked-regions": "limits of the numbers of tokens, with steps that lead from each nearer to "
    "the goal, and evidence that one of them always holds",
    "growing-runs": "a run for each number, which leaves more tokens the larger the number is",
    "falling-sum": "a weighted sum of tokens that every step lowers",
    "stubborn-sets": "some states, with the steps that matter there: what the other steps do "
    "can come later, or not at all",
    "linear-proof": "inequalities between numbers of tokens that hold in all states, from which "
    "the answer follows",
    "marked-circuits": "an order of the steps in which each waits for marked circuits only",
    "rank-theorem": "flows of tokens, and their number, from which the answer follows for such "
    "nets",
    "well-structured": "no branch is joined in another way than it was opened, and no set of "
    "places runs empty",
    "ltl-lasso": "an infinite path on which the formula fails: its beginning, and steps that "
    "are repeated for ever",
    "ltl-prefix": "a run after which the formula fails, however it goes on",
    "ltl-ranks": "numbers which show that on no path the formula fails",
    "tree": "runs, and runs along them, that show what exists",
    "ctl-ranks": "all states, with the number of steps from each to each goal of the formula",
    "ctl-star": "for each part of the formula the states where it holds, with a path from each, "
    "and numbers which show that there is none elsewhere",
    "parity-strategy": "a move for each part of the formula in each state, with which whoever "
    "says that the answer is right wins every argument about it",
    "simulation": "pairs of states of which one can do whatever the other does",
    "isomorphism": "a map between the states of both systems",
    "colour-difference": "rounds of colouring the states by their neighbours, after which the "
    "colours of both systems differ",
    "shared-distinction": "a deep formula that tells the two systems apart, part by part",
    "trace-distinction": "steps that only one of the systems can do",
    "normalised-simulation": "sets of states that can do whatever is done by the states beside "
    "them",
    "linear-distinction": "steps, and what only one of the systems shows after them",
}
