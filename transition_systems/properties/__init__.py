"""State predicates and temporal formulas: representation, text form, evaluation."""
