"""Runs the parts of the benchmark; without arguments all of them."""

import importlib
import sys

PARTS = ("decision", "engine", "service")


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"No part {unknown[0]}; there are {', '.join(PARTS)}")
        return 2
    for name in names or PARTS:
        print(f"\n== {name} ==", flush=True)
        importlib.import_module(f"bench.{name}").run()
    return 0


sys.exit(main(sys.argv[1:]))
