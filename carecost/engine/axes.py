"""Which axes has each parameter?"""

from __future__ import annotations

#: Axes after the draw axis of each parameter.
AXES: dict[str, tuple[str, ...]] = {
    "initial_stock": ("ages", "placements"),
    "population": ("years", "ages"),
    "entry_rate": ("years", "ages"),
    "entry_share": ("years", "ages", "placements"),
    "entry_at_birthday": ("years", "ages"),
    "extra_entries": ("years", "ages", "placements"),
    "exit_rate": ("years", "ages", "placements", "reasons"),
    "move_rate": ("years", "ages", "placements", "to"),
    "unit_cost": ("years", "items"),
    "capacity": ("years", "groups"),
}


#: Parameters of the area, whatever the stream.
AREA_WIDE = ("population", "unit_cost", "capacity")


LABELLED = ("years", "dates", "ages", "placements", "to", "reasons", "items", "groups")


#: Hazards, which are kept in steps of years and ages.
HAZARDS = ("exit_rate", "move_rate")
