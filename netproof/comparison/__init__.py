"""Two versions of a model compared by what an observer sees of them."""
