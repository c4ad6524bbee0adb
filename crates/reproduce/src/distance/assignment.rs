//! The cheapest one-to-one assignment, by shortest augmenting paths.

/// The index that stands for no row or no column.
const NONE: usize = usize::MAX;

/// The column of each row in the cheapest assignment for finite costs (n×n, row after row). Among
/// equally cheap assignments the choice is fixed but arbitrary.
///
/// # Cost
/// O(n³) in the worst case: one search over rows and columns for each row that the start leaves
/// free.
///
/// # Source
/// Jonker & Volgenant 1987, without their second phase; the augmentation follows Crouse 2016.
pub(super) fn assign(costs: &[f64], n: usize) -> Vec<usize> {
    solved(costs, n).columns
}

fn solved(costs: &[f64], n: usize) -> Search<'_> {
    assert_eq!(costs.len(), n * n, "a square of costs");
    let mut search = Search::start(costs, n);
    for row in 0..n {
        if search.columns[row] == NONE {
            search.augment(row);
        }
    }
    search
}

/// A partial assignment with prices that prove it optimal, and the workspace of one path.
///
/// u_i + v_j ≤ c_ij everywhere, with equality where i is assigned to j: no assignment costs less
/// than Σu + Σv, and a complete one costs exactly that.
struct Search<'a> {
    costs: &'a [f64],
    n: usize,
    /// The column of each row, and the row of each column.
    columns: Vec<usize>,
    rows: Vec<usize>,
    /// The prices u of the rows and v of the columns.
    row_prices: Vec<f64>,
    column_prices: Vec<f64>,
    /// The length of the shortest known path to each column, in reduced costs c − u − v.
    length: Vec<f64>,
    /// The row from which that path enters the column.
    from: Vec<usize>,
    /// The columns that are not reached yet.
    open: Vec<usize>,
}

impl<'a> Search<'a> {
    /// Prices each column at its cheapest row, then each row at its cheapest column. Pairs that are
    /// tight and free are assigned.
    fn start(costs: &'a [f64], n: usize) -> Search<'a> {
        let mut search = Search {
            costs,
            n,
            columns: vec![NONE; n],
            rows: vec![NONE; n],
            row_prices: vec![0.0; n],
            column_prices: vec![f64::INFINITY; n],
            length: vec![0.0; n],
            from: vec![NONE; n],
            open: Vec::with_capacity(n),
        };
        for row in costs.chunks_exact(n.max(1)) {
            search.column_prices.iter_mut().zip(row).for_each(|(v, c)| *v = v.min(*c));
        }
        for row in 0..n {
            let reduced = |j: usize| costs[row * n + j] - search.column_prices[j];
            let best = (0..n).min_by(|&a, &b| reduced(a).total_cmp(&reduced(b))).expect("n > 0 here");
            search.row_prices[row] = reduced(best);
            if search.rows[best] == NONE {
                search.take(row, best);
            }
        }
        search
    }

    fn take(&mut self, row: usize, column: usize) {
        self.columns[row] = column;
        self.rows[column] = row;
    }

    /// Assigns a free row along the shortest path to a free column.
    fn augment(&mut self, start: usize) {
        self.length.fill(f64::INFINITY);
        self.open.clear();
        self.open.extend(0..self.n);
        let (mut reached, mut row, mut distance) = (Vec::new(), start, 0.0);
        let end = loop {
            let column = self.extend(row, distance);
            distance = self.length[column];
            if self.rows[column] == NONE {
                break column;
            }
            reached.push(column);
            row = self.rows[column];
        };
        self.raise(start, &reached, distance);
        self.flip(start, end);
    }

    /// Relaxes the open columns from `row`, reached at `distance`, and closes the nearest; free
    /// columns win ties.
    fn extend(&mut self, row: usize, distance: f64) -> usize {
        let costs = &self.costs[row * self.n..][..self.n];
        let base = distance - self.row_prices[row];
        let (mut best, mut nearest) = (0, f64::INFINITY);
        for (position, &column) in self.open.iter().enumerate() {
            let length = base + costs[column] - self.column_prices[column];
            if length < self.length[column] {
                self.length[column] = length;
                self.from[column] = row;
            }
            let length = self.length[column];
            if length < nearest || (length == nearest && self.rows[column] == NONE) {
                (best, nearest) = (position, length);
            }
        }
        self.open.swap_remove(best)
    }

    /// Updates the prices: they become tight along the path, and still do not exceed the costs.
    fn raise(&mut self, start: usize, reached: &[usize], distance: f64) {
        self.row_prices[start] += distance;
        for &column in reached {
            let slack = distance - self.length[column];
            self.row_prices[self.rows[column]] += slack;
            self.column_prices[column] -= slack;
        }
    }

    /// Swaps assigned and free pairs along the path back from `end`.
    fn flip(&mut self, start: usize, end: usize) {
        let mut column = end;
        loop {
            let row = self.from[column];
            let next = self.columns[row];
            self.take(row, column);
            if row == start {
                return;
            }
            column = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distance::pairs::squared_distances;
    use pushforward::num::{Points, Purpose, Stream};

    fn total(costs: &[f64], columns: &[usize]) -> f64 {
        columns.iter().enumerate().map(|(i, j)| costs[i * columns.len() + j]).sum()
    }

    /// The least cost over all permutations, by Heap's algorithm.
    fn brute_force(costs: &[f64], n: usize) -> f64 {
        fn visit(k: usize, order: &mut [usize], costs: &[f64], best: &mut f64) {
            if k <= 1 {
                *best = best.min(total(costs, order));
                return;
            }
            for i in 0..k {
                visit(k - 1, order, costs, best);
                order.swap(if k.is_multiple_of(2) { i } else { 0 }, k - 1);
            }
        }
        let (mut order, mut best) = ((0..n).collect::<Vec<_>>(), f64::INFINITY);
        visit(n, &mut order, costs, &mut best);
        best
    }

    #[test]
    fn no_permutation_is_cheaper() {
        let mut stream = Stream::new(8, Purpose::Audit, 0);
        for case in 0..200 {
            let n = 1 + case % 7;
            // Every third case has whole costs with many ties, some of them negative.
            let cost = |s: &mut Stream| if case % 3 == 0 { s.index(5) as f64 - 2.0 } else { s.normal() };
            let costs: Vec<f64> = (0..n * n).map(|_| cost(&mut stream)).collect();
            let ours = assign(&costs, n);
            let exact = brute_force(&costs, n);
            assert!((total(&costs, &ours) - exact).abs() < 1e-13, "{costs:?}");
        }
    }

    /// Prices prove the optimum where permutations cannot be listed: gap and slack are at
    /// round-off.
    #[test]
    fn prices_prove_the_optimum() {
        let n = 300;
        let mut stream = Stream::new(8, Purpose::Audit, 1);
        let points: Vec<f64> = (0..4 * n).map(|_| stream.normal()).collect();
        let (x, y) = points.split_at(2 * n);
        let costs = squared_distances(Points::new(x, 2), Points::new(y, 2));
        let Search { columns, row_prices, column_prices, .. } = solved(&costs, n);
        let mut seen = columns.clone();
        seen.sort_unstable();
        assert!(seen.iter().enumerate().all(|(k, j)| k == *j), "a permutation");
        let slack = |i: usize, j: usize| costs[i * n + j] - row_prices[i] - column_prices[j];
        let least = (0..n * n).map(|k| slack(k / n, k % n)).fold(f64::INFINITY, f64::min);
        // Prices move at most n times, each time by less than 40.
        let bound = 40.0 * n as f64 * f64::EPSILON;
        assert!(least > -bound, "{least}");
        assert!((0..n).all(|i| slack(i, columns[i]).abs() < bound));
        let prices: f64 = row_prices.iter().chain(&column_prices).sum();
        let mut swapped = columns.clone();
        swapped.swap(0, 1);
        assert!((total(&costs, &columns) - prices).abs() < n as f64 * bound);
        assert!(total(&costs, &swapped) - prices > 1e-6, "the proof cannot fail");
    }

    #[test]
    fn nothing_to_assign() {
        assert!(assign(&[], 0).is_empty());
    }
}
