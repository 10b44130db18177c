"""Text to sets and back: schema, readers, the packaged sets, kept runs.

May import simulation, text and what lies below; never analysis. pydantic and files are here.
"""
