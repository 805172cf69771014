"""Does what a guide says: writes, appends and replaces the blocks of code it shows."""

import re
from pathlib import Path

_BLOCK = re.compile(r"^```\w+ (title|append|replace)=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def follow_guide(guide: Path, folder: Path) -> list[str]:
    """Apply every block of a guide to a folder, in order; return the files it touched."""
    touched: list[str] = []
    for action, name, text in _BLOCK.findall(guide.read_text(encoding="utf-8")):
        target = folder / name
        if action == "title":
            assert not target.exists(), f"{guide}: {name} is written twice"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        elif action == "append":
            target.write_text(target.read_text(encoding="utf-8") + text, encoding="utf-8")
        else:
            old, _, new = text.partition("---\n")
            before = target.read_text(encoding="utf-8")
            assert before.count(old) == 1, f"{guide}: {name} has no single {old!r}"
            target.write_text(before.replace(old, new), encoding="utf-8")
        touched.append(name)
    return touched
