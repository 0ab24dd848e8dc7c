"""Reads reports with ioc-finder and iocextract in one process. Arguments: a tool and files. Prints one JSON object: what each file names,
by type, and the seconds of processor time without start and imports."""
import json
import sys
import time


def finder(text):
    found = ioc_finder.find_iocs(text)
    get = lambda *names: [value for name in names for value in found.get(name, [])]
    return {"url": get("urls"), "domain": get("domains"), "ip": get("ipv4s", "ipv6s"), "email": get("email_addresses"),
            "hash": get("md5s", "sha1s", "sha256s", "sha512s"), "wallet": get("bitcoin_addresses", "monero_addresses")}


def extractor(text):
    return {"url": list(iocextract.extract_urls(text, refang=True)), "ip": list(iocextract.extract_ips(text, refang=True)),
            "email": list(iocextract.extract_emails(text, refang=True)), "hash": list(iocextract.extract_hashes(text))}


if sys.argv[1] == "ioc-finder":
    import ioc_finder
    tool = finder
else:
    import iocextract
    tool = extractor
texts = [open(path, encoding="utf-8").read() for path in sys.argv[2:]]
begun = time.process_time()
named = [{kind: sorted(set(values)) for kind, values in tool(text).items()} for text in texts]
print(json.dumps({"named": named, "cpu": time.process_time() - begun}))
