"""Makes the page that a report in AsciiDoc is read as: headings, lists, tables, listings and links, and no more than that."""
import html
import re

# Wide enough that no cell is cut off at the edge of the paper.
STYLE = ("@page{size:A3 landscape}body{font-family:sans-serif;line-height:1.5;margin:2em}pre{background:#f5f5f5;padding:1em;white-space:pre-wrap;"
         "overflow-wrap:break-word}code{font-family:monospace}table{border-collapse:collapse}td,th{border:1px solid #ccc;"
         "padding:.3em .6em;text-align:left}")


def inline(text):
    text = html.escape(text, quote=False)
    text = re.sub(r"link:(\S+?)\[(.*?)\]", r'<a href="\1">\2</a>', text)
    text = re.sub(r"(https?://[^\s\[\]<>]+)\[([^\]]*)\]", lambda m: f'<a href="{m[1]}">{m[2] or m[1]}</a>', text)
    return re.sub(r"`(\+*)(.+?)\1`", r"<code>\2</code>", text)


def page(text):
    """Returns the HTML of a report."""
    out, paragraph, listed, fence, table = [], [], False, None, False

    def close():
        nonlocal listed
        if paragraph:
            out.append("<p>" + inline(" ".join(paragraph)) + "</p>")
            paragraph.clear()
        if listed:
            out.append("</ul>")
            listed = False

    for line in text.splitlines():
        if fence is not None:
            if line.rstrip() == fence:
                out.append("</pre>")
                fence = None
            else:
                out.append(html.escape(line, quote=False))
        elif re.fullmatch(r"-{4,}|\.{4,}", line.rstrip()):
            close()
            fence = line.rstrip()
            out.append("<pre>")
        elif re.fullmatch(r"\|=+", line.rstrip()):
            close()
            table = not table
            out.append("<table>" if table else "</table>")
        elif table:
            cells = re.split(r"(?<!\\)\|", line)[1:]
            if cells:
                out.append("<tr>" + "".join(f"<td>{inline(cell.strip())}</td>" for cell in cells) + "</tr>")
        elif match := re.match(r"(=+) (.*)", line):
            close()
            level = min(len(match[1]), 6)
            out.append(f"<h{level}>{inline(match[2])}</h{level}>")
        elif match := re.match(r"\s*[*-]+ (.*)", line):
            if not listed:
                close()
                out.append("<ul>")
                listed = True
            out.append(f"<li>{inline(match[1])}</li>")
        elif re.match(r":\w+:|\[[^\]]*\]$", line):
            close()
        elif match := re.match(r"\.(\S.*)", line):
            close()
            out.append(f"<p><em>{inline(match[1])}</em></p>")
        elif not line.strip():
            close()
        else:
            paragraph.append(line)
    close()
    body = "\n".join(out)
    return f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>Report</title><style>{STYLE}</style></head><body>\n{body}\n</body></html>\n'
