"""The Model Checking Contest's categories: questions read, answered and printed as it asks."""
