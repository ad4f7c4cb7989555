"""The servers that are measured, each a `Server`: how to start it, what it can answer, and where."""
