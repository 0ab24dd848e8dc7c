//! The assignment of rows to columns that gives the most (Kuhn and Munkres, with potentials; cubic in a name's words).

/// Returns the column of each row; a row beyond the columns has none.
pub(super) fn most(values: &[Vec<i64>], columns: usize) -> Vec<Option<usize>> {
    let size = values.len().max(columns);
    let mut state = State {
        rows: vec![0; size + 1],
        columns: vec![0; size + 1],
        row_of: vec![0; size + 1],
        size,
    };
    for row in 1..=size {
        state.add(values, row);
    }
    let mut chosen = vec![None; values.len()];
    for (column, row) in state.row_of.iter().enumerate().skip(1) {
        let slot = row.checked_sub(1).and_then(|row| chosen.get_mut(row));
        if let Some(slot) = slot.filter(|_| column <= columns) {
            *slot = Some(column - 1);
        }
    }
    chosen
}

/// Rows and columns are counted from 1; 0 is the root of each search.
struct State {
    rows: Vec<i64>,
    columns: Vec<i64>,
    row_of: Vec<usize>,
    size: usize,
}

fn get<T: Copy + Default>(of: &[T], at: usize) -> T {
    of.get(at).copied().unwrap_or_default()
}

fn set<T>(of: &mut [T], at: usize, value: T) {
    if let Some(slot) = of.get_mut(at) {
        *slot = value;
    }
}

impl State {
    /// Returns what it costs to give a row a column, less what both are worth already.
    fn cost(&self, values: &[Vec<i64>], row: usize, column: usize) -> i64 {
        let value = values.get(row - 1).and_then(|row| row.get(column - 1));
        -value.copied().unwrap_or_default() - get(&self.rows, row) - get(&self.columns, column)
    }

    fn add(&mut self, values: &[Vec<i64>], row: usize) {
        set(&mut self.row_of, 0, row);
        let mut least = vec![i64::MAX / 2; self.size + 1];
        let mut way = vec![0; self.size + 1];
        let mut seen = vec![false; self.size + 1];
        let mut column = 0;
        while get(&self.row_of, column) != 0 {
            set(&mut seen, column, true);
            let current = get(&self.row_of, column);
            let mut step = (i64::MAX / 2, 0);
            for next in (1..=self.size).filter(|next| !get(&seen, *next)) {
                let cost = self.cost(values, current, next);
                if cost < get(&least, next) {
                    set(&mut least, next, cost);
                    set(&mut way, next, column);
                }
                if get(&least, next) < step.0 {
                    step = (get(&least, next), next);
                }
            }
            self.shift(&seen, &mut least, step.0);
            column = step.1;
        }
        while column != 0 {
            let before = get(&way, column);
            let row = get(&self.row_of, before);
            set(&mut self.row_of, column, row);
            column = before;
        }
    }

    fn shift(&mut self, seen: &[bool], least: &mut [i64], by: i64) {
        for column in 0..=self.size {
            if get(seen, column) {
                let row = get(&self.row_of, column);
                let worth = get(&self.rows, row) + by;
                set(&mut self.rows, row, worth);
                let worth = get(&self.columns, column) - by;
                set(&mut self.columns, column, worth);
            } else {
                let rest = get(least, column) - by;
                set(least, column, rest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(values: &[Vec<i64>], row: usize, used: &mut Vec<usize>, columns: usize) -> i64 {
        let Some(cells) = values.get(row) else {
            return 0;
        };
        let mut best = all(values, row + 1, used, columns);
        for (column, cell) in cells.iter().enumerate().take(columns) {
            if !used.contains(&column) {
                used.push(column);
                best = best.max(cell + all(values, row + 1, used, columns));
                used.pop();
            }
        }
        best
    }

    proptest::proptest! {
        #[test]
        fn nothing_gives_more(cells in proptest::collection::vec(0_i64..9, 16), rows in 0_usize..5, columns in 0_usize..5) {
            let values: Vec<Vec<i64>> = (0..rows).map(|row| cells[row * 4..].iter().copied().take(columns.min(4)).collect()).take(4).collect();
            let columns = columns.min(4);
            let values: Vec<Vec<i64>> = values.into_iter().take(4).collect();
            let chosen = most(&values, columns);
            let sum: i64 = chosen.iter().zip(&values).filter_map(|(column, row)| Some(row[(*column)?])).sum();
            let mut columns_taken: Vec<usize> = chosen.iter().flatten().copied().collect();
            columns_taken.sort_unstable();
            columns_taken.dedup();
            proptest::prop_assert_eq!(columns_taken.len(), chosen.iter().flatten().count());
            proptest::prop_assert_eq!(sum, all(&values, 0, &mut Vec::new(), columns));
        }
    }
}
