"""What the worker does to its own tables."""
