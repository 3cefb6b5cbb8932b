"""Random walkers by the hundred thousand, one bit each: state, plans, guides, runs."""
