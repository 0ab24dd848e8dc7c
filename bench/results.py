"""bench/RESULTS.md: a part for each script, each under a heading of its own, which a run replaces and leaves the others alone."""
import pathlib
import re

PATH = pathlib.Path(__file__).resolve().parent / "RESULTS.md"
# The parts, in their order.
FILES = "Speed beside oletools"
LEDGER = "Ledgers and traces beside DuckDB and pandas"
NETWORK = "Network logs beside RITA's formula in pandas"
ORDER = [FILES, LEDGER, NETWORK]


def parts(text):
    """Returns the parts of the page by heading, without their headings."""
    pieces = re.split(r"(?m)^# (.*)$", text)
    return {heading.strip(): body.strip("\n") for heading, body in zip(pieces[1::2], pieces[2::2])}


def replace(heading, body):
    """Writes a part in the place of what stood under its heading."""
    page = parts(PATH.read_text()) if PATH.exists() else {}
    page[heading] = body.strip("\n")
    known = [one for one in ORDER if one in page] + [one for one in page if one not in ORDER]
    PATH.write_text("\n\n".join(f"# {one}\n\n{page[one]}" for one in known) + "\n")
