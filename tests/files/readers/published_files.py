"""Small files in the layouts as published, and how a test reads them."""

from __future__ import annotations

from pathlib import Path

from carecost.files.readers.published_table import Figure, Reading, read_table
from carecost.files.readers.release import LAYOUTS

PLACE = (
    "time_period,time_identifier,geographic_level,country_code,country_name,"
    "region_code,region_name,old_la_code,la_name,new_la_code"
)
ENGLAND = "Reporting year,National,E92000001,England,,,,,"
CAMDEN = "Reporting year,Local authority,E92000001,England,E13,Inner London,202,Camden,E09"
OLD = f"""{PLACE},population_count,population_estimate,number,rate_per_10000
2024,{ENGLAND},Children looked after at 31 March each year,"11,998,646",83630,70
2024,{CAMDEN},Children starting to be looked after each year,x,c,z
2024,{ENGLAND},Children seen on the moon,1,2,3
"""
NEW = f"""{PLACE},population_type,population_estimate,children_count,rate_per_10000
2025,{ENGLAND},Children looked after on 31 March each year,12183016,"81,770",67
2025,{ENGLAND},Children ceasing to be looked after each year,12183016,low,28
"""
GROUPS = (
    "time_period,time_identifier,geographic_level,country_code,country_name,"
    "cla_group,characteristic,number,percentage\n"
)
OUTTURN = (
    "time_period,geographic_level,country_name,category_of_expenditure,description_of_expenditure,own_provision,"
    "private_provision,other_public_sector_provision,voluntary_provision,total_expenditure,income,"
    "net_current_expenditure\n"
    '202324,National,England,Children looked after,3.1.1 Residential care,"1,000",2000,:,5,3005,5,3000\n'
)
BUDGET = (
    "time_period,geographic_level,country_name,main_category_planned_expenditure,category_of_planned_expenditure,"
    "gross_planned_expenditure,income,net_planned_expenditure\n"
    "202526,National,England,Children looked after,3.1.1 Residential care,3100,0,3100\n"
)
TOOL = """LA and Regions,Short Desc,Years,Values
England_all_schools,RescareFinance,2024-25 (OT),"7,385"
Camden,RescareFinance,2024-25 (OT),-
North East,RescareFinance,soon,7095
"""
SNPP = """AREA_CODE,AREA_NAME,COMPONENT,SEX,AGE_GROUP,2025,2026
E92000001,England,Population,persons,0,577000.5,575000
E92000001,England,Population,persons,1,580000,578000
E92000001,England,Population,persons,90 and over,1,1
E92000001,England,Population,persons,All ages,9,9
E12000001,North East,Population,males,0,10,11
E12000001,North East,Population,females,0,12,13
E12000001,North East,Population,males,1,14,15
E12000001,North East,Population,females,1,16,17
"""


def written(folder: Path, text: str | bytes, name: str = "any name.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(folder: Path, text: str | bytes) -> Reading:
    return read_table(written(folder, text), LAYOUTS)


def figure(found: Reading, what: str, **where: str) -> Figure:
    (one,) = [f for f in found.figures if f.what == what and all(f.labels[k] == v for k, v in where.items())]
    return one
