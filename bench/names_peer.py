"""Scores the pairs and searches the names of `bench/names` with the peers; JSON in, one JSON object out."""
import json
import sys
import time

from rapidfuzz import fuzz, process, utils
from rapidfuzz.distance import JaroWinkler

ROUNDS = 3
SEARCHED = 12  # Queries of the exhaustive searches: they take their time.


def least(run, rounds=ROUNDS):
    """Returns the processor seconds of the fastest run."""
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        run()
        taken.append(time.process_time() - begun)
    return min(taken)


def rapid(name, scorer, checks, threshold):
    texts = [(check["query"]["text"], check["candidate"]["text"]) for check in checks]
    run = lambda: [scorer(one, other, processor=utils.default_process) for one, other in texts]
    scale = 100 if max(run()) > 1 else 1
    return {"name": name, "scores": [score / scale for score in run()], "threshold": threshold, "seconds": least(run, 20) / len(texts)}


def entity(schema, side, at):
    from followthemoney import model

    names = {"name": side["name"], "firstName": side["given"], "middleName": side["middle"], "lastName": side["family"]}
    found = model.make_entity(schema)
    found.id = f"e{at}"
    for key, value in names.items():
        if value and found.schema.get(key):
            found.add(key, value)
    return found


def logic_v2(checks):
    from nomenklatura.matching.logic_v2.model import LogicV2

    config = LogicV2.default_config()
    pairs = [(entity(check["schema"], check["query"], 2 * at), entity(check["schema"], check["candidate"], 2 * at + 1))
             for at, check in enumerate(checks)]
    run = lambda: [LogicV2.compare(query, candidate, config).score for query, candidate in pairs]
    return {"name": "nomenklatura logic-v2, entities ready", "scores": run(), "threshold": 0.7, "seconds": least(run) / len(pairs)}


def search(name, scorer, given, threshold):
    book = [utils.default_process(text) for text in given["book"]]
    times, found = [], []
    for query in given["queries"][::max(1, len(given["queries"]) // SEARCHED)]:
        asked = utils.default_process(query)
        run = lambda: process.extract(asked, book, scorer=scorer, score_cutoff=threshold, limit=None)
        found.append(len(run()))
        times.append(least(run, 2))
    return {"name": name, "times": times, "found": found}


def main():
    given = json.load(sys.stdin)
    checks = given["checks"]
    scorers = [
        rapid("rapidfuzz WRatio", fuzz.WRatio, checks, 0.85),
        rapid("rapidfuzz token_sort_ratio", fuzz.token_sort_ratio, checks, 0.85),
        rapid("rapidfuzz Jaro-Winkler", JaroWinkler.normalized_similarity, checks, 0.9),
        logic_v2(checks),
    ]
    searches = [
        search("rapidfuzz WRatio, all names, cut-off 85", fuzz.WRatio, given, 85),
        search("rapidfuzz token_sort_ratio, all names, cut-off 85", fuzz.token_sort_ratio, given, 85),
    ]
    print(json.dumps({"scorers": scorers, "searches": searches}))


main()
