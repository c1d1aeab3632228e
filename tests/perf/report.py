"""What benchmarks say: progress, verdicts, Markdown tables, and sections of a page that a benchmark replaces when it runs again."""
import os
import sys


def note(text):
    print(text, file=sys.stderr, flush=True)


def verdict(value, budget):
    return f"<= {budget:.2f}: {'met' if value <= budget else 'MISSED'}"


def table(header, rows):
    rows = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def write(path, name, text):
    """Replaces the section `name` of the page, or appends it."""
    begin, end = f"<!-- bench {name}: begin -->", f"<!-- bench {name}: end -->"
    page = "# Performance\n"
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            page = file.read()
    section = f"{begin}\n{text}\n{end}"
    if begin in page and end in page:
        page = page[: page.index(begin)] + section + page[page.index(end) + len(end):]
    else:
        page = page.rstrip("\n") + "\n\n" + section + "\n"
    with open(path, "w", encoding="utf-8") as file:
        file.write(page)
