"""Runs oletools over files in one process, as its own programs drive it, and prints what that took.

Imports are timed apart. Arguments: a tool (below), a file with one path per line, and passwords for `olevba-passwords`.
Prints one JSON object."""
import contextlib
import io
import json
import os
import resource
import sys
import time


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def olevba(path):
    """What `olevba FILE` does: macros found, decompressed, scanned, strings decoded."""
    from oletools.olevba import VBA_Parser

    parser = VBA_Parser(path)
    try:
        if parser.detect_vba_macros():
            for _ in parser.extract_macros():
                pass
            parser.analyze_macros(show_decoded_strings=True)
    finally:
        parser.close()


def olevba_whole(path):
    """What `olevba --deobf --reveal FILE` does besides: expressions of VBA computed, the source with its strings in clear."""
    from oletools.olevba import VBA_Parser

    parser = VBA_Parser(path)
    try:
        if parser.detect_vba_macros():
            for _ in parser.extract_macros():
                pass
            parser.analyze_macros(show_decoded_strings=True, deobfuscate=True)
            parser.reveal()
    finally:
        parser.close()


def olevba_passwords(path):
    """What `olevba FILE` does with an encrypted file: passwords tried through msoffcrypto, what opens examined."""
    from oletools import crypto

    decrypted = crypto.decrypt(path, PASSWORDS)
    if decrypted:
        try:
            olevba(decrypted)
        finally:
            os.remove(decrypted)


def rtfobj(path):
    """What `rtfobj FILE` does: the whole text parsed, objects and packages read."""
    from oletools.rtfobj import RtfObjParser

    with open(path, "rb") as file:
        parser = RtfObjParser(file.read())
    parser.parse()


begun_cpu, begun = cpu(), time.monotonic()
tools = {"olevba": olevba, "olevba-whole": olevba_whole, "olevba-passwords": olevba_passwords, "rtfobj": rtfobj}
tool = tools[sys.argv[1]]
PASSWORDS = sys.argv[3:]
import oletools.olevba  # noqa: E402
import oletools.rtfobj  # noqa: E402,F401

started = (time.monotonic() - begun, cpu() - begun_cpu)
paths = open(sys.argv[2]).read().splitlines()
failed = 0
begun_cpu, begun = cpu(), time.monotonic()
for path in paths:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            tool(path)
        except Exception:  # A file that it does not take is counted, as its own triage mode does.
            failed += 1
print(json.dumps({
    "files": len(paths),
    "failed": failed,
    "bytes": sum(os.path.getsize(path) for path in paths),
    "seconds": time.monotonic() - begun,
    "cpu": cpu() - begun_cpu,
    "start_seconds": started[0],
    "start_cpu": started[1],
}))
