"""``netproof mcc``: an instance of the Model Checking Contest, answered in the contest's lines."""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from pathlib import Path

from netproof.contest.answering import ContestAnswers
from netproof.contest.categories import ContestQuestion, questions_of
from netproof.contest.evidence import EvidenceFolder
from netproof.loading import load
from transition_systems.errors import InputError, UnsupportedError, UsageError

__all__ = ["run"]

DEFAULT_SECONDS = 3600.0
# Kept back from the engines, and from the last word, for what starting and ending costs.
FOR_ENGINES, FOR_THE_END = 1.5, 0.6


class Answers:
    """The lines of one category, printed in order, each as soon as all before it are known."""

    def __init__(self, questions: list[ContestQuestion]) -> None:
        self.questions = questions
        self.lines: dict[int, str] = {}
        self.printed = 0
        self.lock = threading.Lock()

    def tell(self, number: int, answer: str, technique: str) -> None:
        """Take one answer."""
        with self.lock:
            self.lines[number] = f"{answer} TECHNIQUES {technique}"
            self._print()

    def _print(self) -> None:
        while self.printed in self.lines:
            question = self.questions[self.printed]
            sys.stdout.write(f"FORMULA {question.id} {self.lines[self.printed]}\n")
            self.printed += 1
        sys.stdout.flush()

    def finish(self) -> None:
        """Print what is left as not computed."""
        with self.lock:
            for number in range(len(self.questions)):
                self.lines.setdefault(number, "CANNOT_COMPUTE TECHNIQUES NONE")
            self._print()

    def end(self) -> None:
        """Finish and leave, whatever a library is doing."""
        self.finish()
        os._exit(0)


def run(arguments: argparse.Namespace) -> int:
    """Print one line for each formula of a category; exit code 0, or 2 for unreadable input."""
    began: float = getattr(arguments, "began", time.monotonic())
    directory = Path(arguments.directory)
    if not directory.is_dir():
        raise UsageError(f"{arguments.directory} is no folder with a model.pnml")
    seconds = arguments.budget_seconds or DEFAULT_SECONDS
    answers = Answers(questions_of(directory, arguments.category))
    left = seconds - FOR_THE_END - (time.monotonic() - began)
    last = threading.Timer(max(0.0, left), answers.end)
    last.daemon = True
    last.start()
    try:
        model = load(str(directory / "model.pnml"), format="pnml")
        assert model.net is not None
        keep = None
        if arguments.evidence_dir is not None:
            keep = EvidenceFolder(model, answers.questions, arguments.evidence_dir).keep
        deadline = began + max(seconds - FOR_ENGINES, 0.8 * seconds - FOR_THE_END)
        ContestAnswers(
            model.net, answers.questions, deadline=deadline, tell=answers.tell, keep=keep
        ).run()
    except UnsupportedError as error:
        sys.stderr.write(f"netproof: {error.text()}\n")
    except (InputError, UsageError):
        raise
    except MemoryError:
        sys.stderr.write("netproof: there is not enough memory for more answers\n")
    except Exception:
        answers.finish()
        raise
    finally:
        last.cancel()
    answers.finish()
    return 0
