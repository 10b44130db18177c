"""A year's release: the department's files as published become rows of the transcribed tables, and a set of its date.

`tables` says which figure goes where, `changes` what is other than before, `build_set` makes the set in a process of
its own, `report` writes it down, `command` does all of it for `data/update.py`.
"""
