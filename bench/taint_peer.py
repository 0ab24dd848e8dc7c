"""Follows stolen coins through a ledger that `strongroom ledger export` wrote, as somebody does who has DuckDB or pandas.

Arguments: a tool (`duckdb` or `pandas`), a policy (`poison` or `haircut`), the export's folder, the seeds and the file for the
answer, both pairs of little-endian 64-bit numbers (output, units), and the most memory in GB. The policies are those of
`strongroom trace`: poison taints every output whole; by haircut each output, and the fee behind them, gets value·T/S of a transaction
whose inputs hold T tainted of S units, rounded by largest remainder, ties to the lower place. Prints one JSON object."""
import heapq
import json
import pathlib
import resource
import sys
import time


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Clock:
    """Wall and processor seconds since the last lap."""

    def __init__(self):
        self.wall, self.cpu = time.monotonic(), cpu()

    def lap(self):
        before = (self.wall, self.cpu)
        self.wall, self.cpu = time.monotonic(), cpu()
        return {"wall": self.wall - before[0], "cpu": self.cpu - before[1]}


class Duck:
    """DuckDB: the columns that matter in tables of its own, then SQL."""

    def __init__(self, folder, seeds, memory):
        import duckdb
        import pandas

        self.db = duckdb.connect(config={"memory_limit": f"{memory}GB", "temp_directory": f"{folder}.duckdb"})
        frame = pandas.DataFrame(seeds, columns=["output", "units"])
        self.db.execute("CREATE TABLE seeds AS SELECT output::BIGINT AS output, units::BIGINT AS units FROM frame")
        self.db.execute("CREATE TABLE outputs AS SELECT output, transaction, vout, value::BIGINT AS value, spender "
                        f"FROM '{folder}/outputs.parquet'")
        self.db.execute(f"CREATE TABLE fees AS SELECT transaction, fee::BIGINT AS fee FROM '{folder}/transactions.parquet'")

    # Everything that poison reaches: what spends a tainted output taints whatever it makes.
    CLOSURE = """
        WITH RECURSIVE tainted(output) AS (
            SELECT output FROM seeds
            UNION
            SELECT made.output
            FROM tainted JOIN outputs spent USING (output) JOIN outputs made ON made.transaction = spent.spender
            WHERE made.value > 0)
        SELECT output, transaction, value, spender FROM tainted JOIN outputs USING (output)"""

    def poison(self):
        answer = self.db.execute(f"SELECT output, value FROM ({self.CLOSURE}) ORDER BY output").fetchnumpy()
        return answer["output"], answer["value"]

    def haircut(self):
        """Rounds of SQL: a transaction is worked when all coins of the closure that it spends are known."""
        run = self.db.execute
        run(f"CREATE TABLE closure AS {self.CLOSURE}")
        run("CREATE TABLE work AS SELECT DISTINCT spender AS transaction FROM closure WHERE spender IS NOT NULL")
        run("""CREATE TABLE parts AS
            WITH made AS (
                SELECT transaction, vout AS place, output, value FROM outputs SEMI JOIN work USING (transaction)
                UNION ALL
                SELECT transaction, 1000000000, NULL, fee FROM fees SEMI JOIN work USING (transaction))
            SELECT made.*, sum(made.value) OVER (PARTITION BY made.transaction)::HUGEINT AS whole, outputs.spender
            FROM made LEFT JOIN outputs USING (output)""")
        run("""CREATE TABLE state AS
            SELECT spender AS transaction, coalesce(sum(units), 0)::HUGEINT AS taint,
                   count(*) FILTER (WHERE units IS NULL) AS missing
            FROM closure LEFT JOIN seeds USING (output) WHERE spender IS NOT NULL GROUP BY spender""")
        run("CREATE TABLE coins AS SELECT output, units FROM seeds")
        rounds = 0
        while True:
            run("CREATE OR REPLACE TEMP TABLE ready AS SELECT transaction, taint FROM state WHERE missing = 0")
            if run("SELECT count(*) FROM ready").fetchone()[0] == 0:
                break
            rounds += 1
            run("DELETE FROM state WHERE missing = 0")
            run("""CREATE OR REPLACE TEMP TABLE made AS
                WITH exact AS (
                    SELECT transaction, place, output, spender, taint, value * taint // whole AS share, value * taint % whole AS rest
                    FROM ready JOIN parts USING (transaction)),
                ranked AS (
                    SELECT *, row_number() OVER (PARTITION BY transaction ORDER BY rest DESC, place) AS rank,
                           taint - sum(share) OVER (PARTITION BY transaction) AS remain
                    FROM exact)
                SELECT output, spender, (share + CASE WHEN rank <= remain THEN 1 ELSE 0 END)::BIGINT AS units
                FROM ranked ANTI JOIN seeds USING (output) WHERE output IS NOT NULL""")
            run("INSERT INTO coins SELECT output, units FROM made WHERE units > 0")
            run("""UPDATE state SET taint = state.taint + come.units, missing = state.missing - come.coins
                FROM (SELECT spender, sum(units) AS units, count(*) AS coins
                      FROM made SEMI JOIN closure USING (output) GROUP BY spender) come
                WHERE state.transaction = come.spender""")
        answer = run("SELECT output, units FROM coins ORDER BY output").fetchnumpy()
        self.rounds = rounds
        return answer["output"], answer["units"]


class Pandas:
    """pandas for the tables, networkx for what is reachable, a loop in Python for amounts."""

    def __init__(self, folder, seeds, _):
        import numpy
        import pandas

        self.numpy, self.pandas, self.seeds = numpy, pandas, seeds
        columns = ["transaction", "value", "spender"]
        self.outputs = pandas.read_parquet(f"{folder}/outputs.parquet", columns=columns, dtype_backend="numpy_nullable")
        self.outputs["spender"] = self.outputs["spender"].fillna(-1).astype("int64")
        self.folder = folder

    def poison(self):
        import networkx

        outputs = self.outputs
        led_on = outputs[(outputs["spender"] >= 0) & (outputs["value"] > 0)]
        edges = led_on[["transaction", "spender"]].drop_duplicates()
        graph = networkx.from_pandas_edgelist(edges, "transaction", "spender", create_using=networkx.DiGraph)
        reached = set()
        for output, _ in self.seeds:
            spender = int(outputs["spender"].iloc[output])
            if spender >= 0 and spender not in reached:
                reached |= {spender} | (networkx.descendants(graph, spender) if spender in graph else set())
        tainted = outputs[outputs["transaction"].isin(reached) & (outputs["value"] > 0)].index.union([seed[0] for seed in self.seeds])
        return tainted.to_numpy(), outputs["value"].iloc[tainted].to_numpy(dtype="uint64")

    def haircut(self):
        """Numbers of transactions ascend in the order of spending, so that the lowest that waits has all its coins."""
        numpy, pandas = self.numpy, self.pandas
        inputs = pandas.read_parquet(f"{self.folder}/inputs.parquet", columns=["transaction", "output"])
        value = self.outputs["value"].to_numpy(dtype="uint64")
        spender = self.outputs["spender"].to_numpy()
        maker, spends = self.outputs["transaction"].to_numpy(dtype="int64"), inputs["output"].to_numpy(dtype="int64")
        transaction = inputs["transaction"].to_numpy()
        coins = {int(output): int(units) for output, units in self.seeds}
        seeds = set(coins)
        queue = [int(spender[output]) for output in coins if spender[output] >= 0]
        heapq.heapify(queue)
        last = -1
        while queue:
            at = heapq.heappop(queue)
            if at == last:
                continue
            last = at
            spent = spends[numpy.searchsorted(transaction, at):numpy.searchsorted(transaction, at + 1)].tolist()
            first, end = int(numpy.searchsorted(maker, at)), int(numpy.searchsorted(maker, at + 1))
            whole, taint = sum(int(value[coin]) for coin in spent), sum(coins.get(coin, 0) for coin in spent)
            values = [int(one) for one in value[first:end]]
            values.append(whole - sum(values))
            shares = [one * taint // whole for one in values]
            order = sorted(range(len(values)), key=lambda place: (-(values[place] * taint % whole), place))
            for place in order[:taint - sum(shares)]:
                shares[place] += 1
            for place, units in enumerate(shares[:-1]):
                output = first + place
                if units and output not in seeds:
                    coins[output] = units
                    if spender[output] >= 0:
                        heapq.heappush(queue, int(spender[output]))
        found = sorted(coins)
        return numpy.array(found), numpy.array([coins[output] for output in found], dtype="uint64")


def main():
    tool, policy, folder, seeds, out, memory = sys.argv[1:]
    if tool == "pandas":
        # DuckDB keeps a bound of its own, and may write to disk what does not fit.
        most = int(float(memory) * 1e9)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    import numpy
    import pandas  # noqa: F401
    if tool == "duckdb":
        import duckdb  # noqa: F401
    else:
        import networkx  # noqa: F401

    pairs = numpy.fromfile(seeds, dtype="<u8").reshape(-1, 2)
    clock = Clock()
    peer = {"duckdb": Duck, "pandas": Pandas}[tool](pathlib.Path(folder), pairs.tolist(), memory)
    load = clock.lap()
    output, units = getattr(peer, policy)()
    worked = clock.lap()
    numpy.column_stack([output.astype("<u8"), units.astype("<u8")]).tofile(out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps({"load": load, "worked": worked, "outputs": len(output), "peak_mb": peak, "rounds": getattr(peer, "rounds", None)}))


main()
