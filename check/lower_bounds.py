"""Print the declared lower bound of each core and test dependency as a pinned requirement."""

import re
import tomllib
from pathlib import Path

project = tomllib.loads(Path(__file__).parents[1].joinpath("pyproject.toml").read_text())["project"]
for line in project["dependencies"] + project["optional-dependencies"]["test"]:
    match = re.match(r"([A-Za-z0-9_.-]+)>=([0-9][0-9a-z.]*)(;.*)?$", line.replace(" ", ""))
    if match is None:
        raise SystemExit(f"not a plain lower bound: {line}")
    print(f"{match[1]}=={match[2]}{match[3] or ''}")
