"""The document into which the benchmarks write, each its own section."""

import os

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Section:
    """What one benchmark says in docs/benchmarks.md, between two marks that name its command."""

    def __init__(self, command):
        self.begin = f"<!-- {command}: begin -->"
        self.end = f"<!-- {command}: end -->"

    def write(self, text):
        """Puts the text in place of what stood between the marks."""
        path = os.path.join(ROOT, "docs", "benchmarks.md")
        with open(path) as file:
            old = file.read()
        if self.begin in old and self.end in old:
            before, rest = old.split(self.begin, 1)
            after = rest.split(self.end, 1)[1].lstrip("\n")
        else:
            before, after = old.rstrip("\n") + "\n\n", ""
        with open(path, "w") as file:
            file.write(f"{before}{self.begin}\n{text}\n{self.end}\n" + ("\n" + after if after else ""))
