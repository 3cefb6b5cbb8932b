"""Structure theory: what the arcs alone tell about every reachable marking."""
