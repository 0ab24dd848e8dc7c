"""RITA's beacon score over a Zeek conn.log with pandas, whole columns at a time, and prints what that took.

The formula as bench/network's page says it: quartiles and medians of gaps and sizes, 24 bars, coverage and runs, over one window
that begins with the first call. Arguments: a conn.log. Prints one JSON object; imports are timed apart."""
import json
import resource
import sys
import time

begun = time.monotonic()
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

started = time.monotonic() - begun
begun = time.monotonic()
with open(sys.argv[1]) as log:
    for line in log:
        if line.startswith("#fields"):
            names = line.rstrip("\n").split("\t")[1:]
        elif not line.startswith("#"):
            break
rows = pd.read_csv(sys.argv[1], sep="\t", comment="#", names=names, usecols=["ts", "id.orig_h", "id.resp_h", "orig_bytes"], na_values="-",
                   dtype={"id.orig_h": "category", "id.resp_h": "category"})
read = time.monotonic() - begun

rows["pair"] = rows["id.orig_h"].cat.codes.astype(np.int64) * len(rows["id.resp_h"].cat.categories) + rows["id.resp_h"].cat.codes
rows["second"] = rows["ts"].astype(np.int64)
WINDOW = 86_400
# Each pair's busiest day stands for RITA's rolling window.
rows["day"] = (rows["second"] - rows["second"].min()) // WINDOW
rows["bar"] = (rows["second"] - rows["second"].min()) % WINDOW // 3_600
unique = rows[["pair", "day", "second"]].drop_duplicates()
counts = unique.groupby(["pair", "day"]).size()
keys = counts[counts >= 4].index
keep = rows.set_index(["pair", "day"]).index.isin(keys)
rows = rows[keep]


def regularity(values, by, default):
    """The mean of 1 - |Bowley skew| and (median - MAD) / median of each group."""
    groups = values.groupby(by)
    quarter = groups.quantile([0.25, 0.5, 0.75]).unstack()
    low, middle, high = (quarter[share] for share in (0.25, 0.5, 0.75))
    spread = high - low
    skew = ((low + high - 2 * middle) / spread).where((spread >= 10) & (middle != low) & (middle != high), 0.0)
    away = (values - groups.transform("median")).abs().groupby(by).median()
    even = ((middle - away) / middle).clip(lower=0).where(middle >= 1, default)
    return (1 - skew.abs() + even) / 2


if len(rows):
    unique = rows[["pair", "day", "second"]].drop_duplicates().sort_values(["pair", "day", "second"])
    gaps = unique.groupby(["pair", "day"])["second"].diff()
    gap_rows = unique.assign(gap=gaps).dropna()
    stamps = regularity(gap_rows["gap"], [gap_rows["pair"], gap_rows["day"]], 1.0)
    sizes = regularity(rows["orig_bytes"].fillna(0), [rows["pair"], rows["day"]], 0.0)
    bars = rows.groupby(["pair", "day", "bar"]).size().unstack(fill_value=0).reindex(columns=range(24), fill_value=0)
    matrix = bars.to_numpy()
    even = np.clip(1 - matrix.std(axis=1) / matrix.mean(axis=1), 0, None)
    filled = (matrix > 0).sum(axis=1)
    fits = np.zeros(len(matrix))
    for place in np.flatnonzero(filled >= 11):
        row = matrix[place][matrix[place] > 0]
        width = max(int(np.ceil(row.max() * 0.05)), 1)
        frequencies = np.sort(np.bincount(row // width))[::-1]
        fits[place] = min(frequencies[:2].sum() / (len(row) - 1), 1)
    ends = unique.groupby(["pair", "day"])["second"].agg(["min", "max"])
    covered = ((ends["max"] - ends["min"]) / WINDOW).reindex(bars.index).to_numpy()
    run = longest = np.zeros(len(matrix))
    for bar in range(24):
        run = np.where(matrix[:, bar] > 0, run + 1, 0)
        longest = np.maximum(longest, run)
    duration = np.where(filled < 6, 0, np.minimum(np.maximum(covered, longest / 12), 1))
    score = (stamps.reindex(bars.index) + sizes.reindex(bars.index) + np.maximum(even, fits) + duration) / 4
    best = score.round(3).groupby("pair").max()
else:
    best = pd.Series(dtype=float)
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"seconds": time.monotonic() - begun, "read": read, "start": started, "scored": int(len(best)),
                  "cpu": usage.ru_utime + usage.ru_stime, "megabytes": usage.ru_maxrss // 1024, "high": int((best >= 0.7).sum())}))
