"""Names what has outgrown the soft limits of docs and house style. Warnings only.

limits.py ROOT: headers over 150 lines, sources over 400, folders with more than 25 stems.
"""

import sys
from collections import defaultdict
from pathlib import Path

LINES = {".h": 150, ".cc": 400, ".py": 400}
STEMS = 25


def main(root: Path) -> int:
    stems = defaultdict(set)
    for folder in ("core", "modules", "apps", "bench", "tests", "tools", "python"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in LINES:
                continue
            stems[path.parent].add(path.stem.removesuffix("_test").removesuffix("_fuzz"))
            lines = path.read_text(encoding="utf-8").count("\n")
            if lines > LINES[path.suffix]:
                print(
                    f"warning: {path.relative_to(root)}: {lines} lines, over {LINES[path.suffix]}"
                )
    for folder, inside in sorted(stems.items()):
        if len(inside) > STEMS:
            print(f"warning: {folder.relative_to(root)}: {len(inside)} stems, over {STEMS}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
