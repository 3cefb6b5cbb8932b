"""State spaces: reachability graphs and coverability."""
