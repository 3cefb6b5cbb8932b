"""What is wrong with an unsound workflow, as small as it gets, and how to mend it."""

from translators.repair.edits import Edit
from translators.repair.fragments import Fragment, smallest_fragment
from translators.repair.repair import Repair, repair_workflow

__all__ = ["Edit", "Fragment", "Repair", "repair_workflow", "smallest_fragment"]
