//! Dense linear algebra in f64: the only file that calls faer, by a few functions that are not
//! generic.
//!
//! Matrices are column-major. Parallel work is cut into tiles of fixed size, and one sequential
//! call computes each: bits do not depend on the number of threads. The parallel kernels of faer
//! are not used (older releases gave silently wrong parallel triangular products).

use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::cholesky::llt;
use faer::linalg::{householder, matmul, qr, triangular_solve};
use faer::prelude::ReborrowMut;
use faer::{Accum, Conj, Par};
use rayon::prelude::*;

pub use faer::{Mat, MatMut, MatRef};

/// Whether a product replaces its destination or is added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// The product replaces the destination.
    Replace,
    /// The product is added to the destination.
    Add,
}

/// The side of a tile of an n×n matrix: 192² doubles fit in a typical second-level cache.
const TILE: usize = 192;

/// Computes out = scale·a·b, or out = out + scale·a·b, sequentially.
///
/// # Panics
/// If the shapes do not match.
pub fn multiply(out: MatMut<'_, f64>, write: Write, a: MatRef<'_, f64>, b: MatRef<'_, f64>, scale: f64) {
    let write = match write {
        Write::Replace => Accum::Replace,
        Write::Add => Accum::Add,
    };
    matmul::matmul(out, write, a, b, scale, Par::Seq);
}

/// Writes the lower triangle of aᵀa, which is n×n for a k×n. Tiles above the diagonal are not
/// touched.
///
/// # Panics
/// If `out` is not n×n.
///
/// # Cost
/// k·n² flops, parallel over tiles.
pub fn gram(a: MatRef<'_, f64>, out: MatMut<'_, f64>) {
    let n = a.ncols();
    assert_eq!((out.nrows(), out.ncols()), (n, n), "gram: the result is {n}x{n}");
    let tiles = lower_tiles(n);
    let target = SharedMat::new(out);
    tiles.par_iter().for_each(|&(row, col)| {
        let (rows, cols) = (tile(row, n), tile(col, n));
        // SAFETY: the tiles are disjoint.
        let block = unsafe { target.block(rows.start, cols.start, rows.len(), cols.len()) };
        let left = a.subcols(rows.start, rows.len()).transpose();
        multiply(block, Write::Replace, left, a.subcols(cols.start, cols.len()), 1.0);
    });
}

/// A matrix is not positive definite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("pivot {index} of the Cholesky factor is not positive; try a larger damping")]
pub struct NonPositivePivot {
    /// The first column whose pivot is not positive, from 0.
    pub index: usize,
}

/// Replaces the lower triangle of a symmetric matrix by its Cholesky factor, `a = l·lᵀ`.
///
/// Entries above the diagonal are not read, and outside the diagonal tiles not written.
///
/// # Errors
/// [`NonPositivePivot`] with the column.
///
/// # Cost
/// n³/3 flops; right-looking over tiles, parallel in the trailing update.
pub fn cholesky_in_place(mut a: MatMut<'_, f64>) -> Result<(), NonPositivePivot> {
    let n = a.nrows();
    assert_eq!(n, a.ncols(), "cholesky: the matrix is not square");
    let n_tiles = n.div_ceil(TILE);
    for k in 0..n_tiles {
        let pivot = tile(k, n);
        factor_tile(a.as_mut().submatrix_mut(pivot.start, pivot.start, pivot.len(), pivot.len()))
            .map_err(|index| NonPositivePivot { index: pivot.start + index })?;
        let shared = SharedMat::new(a.as_mut());
        (k + 1..n_tiles).into_par_iter().for_each(|i| {
            let rows = tile(i, n);
            // SAFETY: one block below the diagonal per i, and the diagonal block is only read.
            let (l, below) = unsafe {
                (
                    shared.read_block(pivot.start, pivot.start, pivot.len(), pivot.len()),
                    shared.block(rows.start, pivot.start, rows.len(), pivot.len()),
                )
            };
            triangular_solve::solve_lower_triangular_in_place(l, below.transpose_mut(), Par::Seq);
        });
        let trailing: Vec<(usize, usize)> =
            (k + 1..n_tiles).flat_map(|i| (k + 1..=i).map(move |j| (i, j))).collect();
        trailing.par_iter().for_each(|&(i, j)| {
            let (rows, cols) = (tile(i, n), tile(j, n));
            // SAFETY: column k is only read, and the blocks (i, j), j > k, are disjoint.
            let (left, right, out) = unsafe {
                (
                    shared.read_block(rows.start, pivot.start, rows.len(), pivot.len()),
                    shared.read_block(cols.start, pivot.start, cols.len(), pivot.len()),
                    shared.block(rows.start, cols.start, rows.len(), cols.len()),
                )
            };
            multiply(out, Write::Add, left, right.transpose(), -1.0);
        });
    }
    Ok(())
}

/// Solves l·lᵀ x = b in place, for a factor from [`cholesky_in_place`].
///
/// # Panics
/// If the lengths differ.
pub fn solve_cholesky(l: MatRef<'_, f64>, b: &mut [f64]) {
    assert_eq!(l.nrows(), b.len(), "solve_cholesky: lengths differ");
    let n = b.len();
    let mut rhs = MatMut::from_column_major_slice_mut(b, n, 1);
    triangular_solve::solve_lower_triangular_in_place(l, rhs.rb_mut(), Par::Seq);
    triangular_solve::solve_upper_triangular_in_place(l.transpose(), rhs, Par::Seq);
}

/// Solves l·x = b in place for the columns of b, parallel over tiles of columns. Of l the diagonal
/// and what is below it are read.
///
/// # Panics
/// If the shapes do not match.
pub fn solve_lower(l: MatRef<'_, f64>, b: MatMut<'_, f64>) {
    assert_eq!(l.nrows(), b.nrows(), "solve_lower: rows differ");
    let (rows, n) = (b.nrows(), b.ncols());
    let shared = SharedMat::new(b);
    (0..n.div_ceil(TILE)).into_par_iter().for_each(|k| {
        let columns = tile(k, n);
        // SAFETY: the tiles are disjoint.
        let part = unsafe { shared.block(0, columns.start, rows, columns.len()) };
        triangular_solve::solve_lower_triangular_in_place(l, part, Par::Seq);
    });
}

/// Householder QR of a tall matrix, m ≥ n.
pub struct Qr {
    basis: Mat<f64>,
    coefficients: Mat<f64>,
}

impl Qr {
    /// Factors `a`, sequentially.
    ///
    /// # Panics
    /// If there are fewer rows than columns.
    ///
    /// # Cost
    /// 2 n² (m − n/3) flops.
    pub fn new(mut a: Mat<f64>) -> Qr {
        let (m, n) = (a.nrows(), a.ncols());
        assert!(m >= n, "Qr: {m} rows are fewer than {n} columns");
        let block = qr::no_pivoting::factor::recommended_block_size::<f64>(m, n);
        let mut coefficients = Mat::zeros(block, n);
        let need =
            qr::no_pivoting::factor::qr_in_place_scratch::<f64>(m, n, block, Par::Seq, Default::default());
        with_stack(need, |stack| {
            qr::no_pivoting::factor::qr_in_place(
                a.as_mut(),
                coefficients.as_mut(),
                Par::Seq,
                stack,
                Default::default(),
            );
        });
        Qr { basis: a, coefficients }
    }

    /// v ← Qᵀv (length m).
    pub fn apply_transpose(&self, v: &mut [f64]) {
        let need = householder::apply_block_householder_sequence_transpose_on_the_left_in_place_scratch::<f64>(
            self.basis.nrows(),
            self.coefficients.nrows(),
            1,
        );
        let rhs = MatMut::from_column_major_slice_mut(v, self.basis.nrows(), 1);
        with_stack(need, |stack| {
            householder::apply_block_householder_sequence_transpose_on_the_left_in_place_with_conj(
                self.basis.as_ref(),
                self.coefficients.as_ref(),
                Conj::No,
                rhs,
                Par::Seq,
                stack,
            );
        });
    }

    /// v ← Qv (length m).
    pub fn apply(&self, v: &mut [f64]) {
        let need = householder::apply_block_householder_sequence_on_the_left_in_place_scratch::<f64>(
            self.basis.nrows(),
            self.coefficients.nrows(),
            1,
        );
        let rhs = MatMut::from_column_major_slice_mut(v, self.basis.nrows(), 1);
        with_stack(need, |stack| {
            householder::apply_block_householder_sequence_on_the_left_in_place_with_conj(
                self.basis.as_ref(),
                self.coefficients.as_ref(),
                Conj::No,
                rhs,
                Par::Seq,
                stack,
            );
        });
    }

    /// The upper triangular factor R (n×n). Entries below its diagonal are not part of it.
    fn r(&self) -> MatRef<'_, f64> {
        let n = self.basis.ncols();
        self.basis.as_ref().submatrix(0, 0, n, n)
    }

    /// v ← R⁻¹v (length n).
    pub fn solve_r(&self, v: &mut [f64]) {
        let n = v.len();
        let rhs = MatMut::from_column_major_slice_mut(v, n, 1);
        triangular_solve::solve_upper_triangular_in_place(self.r(), rhs, Par::Seq);
    }

    /// v ← R⁻ᵀv (length n).
    pub fn solve_r_transpose(&self, v: &mut [f64]) {
        let n = v.len();
        let rhs = MatMut::from_column_major_slice_mut(v, n, 1);
        triangular_solve::solve_lower_triangular_in_place(self.r().transpose(), rhs, Par::Seq);
    }
}

/// Computes out = a·b (or aᵀ·b for a transposed view), parallel over tiles of columns of `out`.
///
/// # Panics
/// If the shapes do not match.
pub fn multiply_in_parallel(out: MatMut<'_, f64>, a: MatRef<'_, f64>, b: MatRef<'_, f64>) {
    let n = b.ncols();
    assert_eq!((out.nrows(), out.ncols()), (a.nrows(), n), "multiply: the result is {}x{n}", a.nrows());
    let (rows, cols) = (a.nrows().div_ceil(TILE), n.div_ceil(TILE));
    let target = SharedMat::new(out);
    (0..rows * cols).into_par_iter().for_each(|k| {
        let (rows, cols) = (tile(k % rows, a.nrows()), tile(k / rows, n));
        // SAFETY: the tiles are disjoint.
        let block = unsafe { target.block(rows.start, cols.start, rows.len(), cols.len()) };
        let left = a.subrows(rows.start, rows.len());
        multiply(block, Write::Replace, left, b.subcols(cols.start, cols.len()), 1.0);
    });
}

/// Returns aᵀv; parallel over columns of `a`.
///
/// # Panics
/// If the lengths differ.
pub fn transpose_times(a: MatRef<'_, f64>, v: &[f64]) -> Vec<f64> {
    assert_eq!(a.nrows(), v.len(), "transpose_times: lengths differ");
    let mut out = vec![0.0; a.ncols()];
    out.par_chunks_mut(TILE).enumerate().for_each(|(k, part)| {
        let n = part.len();
        let columns = a.subcols(k * TILE, n).transpose();
        let v = MatRef::from_column_major_slice(v, v.len(), 1);
        multiply(MatMut::from_column_major_slice_mut(part, n, 1), Write::Replace, columns, v, 1.0);
    });
    out
}

/// Returns a·v; parallel over tiles of rows.
///
/// # Panics
/// If the lengths differ.
pub fn times(a: MatRef<'_, f64>, v: &[f64]) -> Vec<f64> {
    assert_eq!(a.ncols(), v.len(), "times: lengths differ");
    let mut out = vec![0.0; a.nrows()];
    out.par_chunks_mut(TILE).enumerate().for_each(|(k, part)| {
        let n = part.len();
        let rows = a.subrows(k * TILE, n);
        let v = MatRef::from_column_major_slice(v, v.len(), 1);
        multiply(MatMut::from_column_major_slice_mut(part, n, 1), Write::Replace, rows, v, 1.0);
    });
    out
}

fn tile(k: usize, n: usize) -> std::ops::Range<usize> {
    k * TILE..((k + 1) * TILE).min(n)
}

fn lower_tiles(n: usize) -> Vec<(usize, usize)> {
    (0..n.div_ceil(TILE)).flat_map(|i| (0..=i).map(move |j| (i, j))).collect()
}

fn factor_tile(a: MatMut<'_, f64>) -> Result<(), usize> {
    let n = a.nrows();
    let need = llt::factor::cholesky_in_place_scratch::<f64>(n, Par::Seq, Default::default());
    let done = with_stack(need, |stack| {
        llt::factor::cholesky_in_place(a, Default::default(), Par::Seq, stack, Default::default())
    });
    match done {
        Ok(_) => Ok(()),
        Err(llt::factor::LltError::NonPositivePivot { index }) => Err(index),
    }
}

fn with_stack<R>(need: StackReq, work: impl FnOnce(&mut MemStack) -> R) -> R {
    let mut buffer = MemBuffer::new(need);
    work(MemStack::new(&mut buffer))
}

/// A matrix whose disjoint blocks are written from several threads.
struct SharedMat {
    start: *mut f64,
    col_stride: isize,
}

// SAFETY: `block` is unsafe, and its callers hold disjoint blocks.
unsafe impl Sync for SharedMat {}

impl SharedMat {
    fn new(a: MatMut<'_, f64>) -> SharedMat {
        assert_eq!(a.row_stride(), 1, "column-major only");
        SharedMat { col_stride: a.col_stride(), start: a.as_ptr_mut() }
    }

    /// # Safety
    /// The block must lie in the matrix, which must outlive it, and no other thread may write to
    /// it.
    unsafe fn block<'a>(&self, row: usize, col: usize, rows: usize, cols: usize) -> MatMut<'a, f64> {
        // SAFETY: the caller's promise.
        unsafe {
            let start = self.start.offset(row as isize + col as isize * self.col_stride);
            MatMut::from_raw_parts_mut(start, rows, cols, 1, self.col_stride)
        }
    }

    /// # Safety
    /// The block must lie in the matrix, which must outlive it, and no thread may write to it.
    unsafe fn read_block<'a>(&self, row: usize, col: usize, rows: usize, cols: usize) -> MatRef<'a, f64> {
        // SAFETY: the caller's promise.
        unsafe {
            let start = self.start.offset(row as isize + col as isize * self.col_stride);
            MatRef::from_raw_parts(start.cast_const(), rows, cols, 1, self.col_stride)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::{Purpose, Stream};

    fn random(rows: usize, cols: usize, index: u64) -> Mat<f64> {
        let mut stream = Stream::new(3, Purpose::Audit, index);
        Mat::from_fn(rows, cols, |_, _| stream.normal())
    }

    fn gram_of(a: &Mat<f64>) -> Mat<f64> {
        let mut out = Mat::zeros(a.ncols(), a.ncols());
        gram(a.as_ref(), out.as_mut());
        out
    }

    fn worst(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
    }

    fn in_pool<R: Send>(threads: usize, work: impl FnOnce() -> R + Send) -> R {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(work)
    }

    #[test]
    fn gram_is_the_product_and_its_bits_ignore_threads() {
        for (k, n) in [(5, 7), (300, 401)] {
            let a = random(k, n, 0);
            let g = gram_of(&a);
            for i in [0, n / 2, n - 1] {
                for j in 0..=i {
                    let exact: f64 = (0..k).map(|l| a[(l, i)] * a[(l, j)]).sum();
                    assert!((g[(i, j)] - exact).abs() <= 4e-16 * (k * k) as f64);
                }
            }
            assert_eq!(in_pool(1, || gram_of(&a)), in_pool(3, || gram_of(&a)));
        }
    }

    #[test]
    fn cholesky_solves_over_several_tiles() {
        let n = 450;
        let mut a = gram_of(&random(n + 20, n, 1));
        (0..n).for_each(|i| a[(i, i)] += 1.0);
        let full = Mat::from_fn(n, n, |i, j| if i >= j { a[(i, j)] } else { a[(j, i)] });
        let x: Vec<f64> = (0..n).map(|i| (i % 7) as f64 - 2.5).collect();
        let mut b = times(full.as_ref(), &x);
        let mut twin = a.clone();
        in_pool(1, || cholesky_in_place(a.as_mut())).unwrap();
        in_pool(3, || cholesky_in_place(twin.as_mut())).unwrap();
        assert_eq!(a, twin);
        solve_cholesky(a.as_ref(), &mut b);
        assert!(worst(&b, &x) < 1e-9, "{}", worst(&b, &x));
    }

    #[test]
    fn cholesky_names_the_pivot() {
        let mut a = Mat::<f64>::identity(300, 300);
        a[(250, 250)] = -1.0;
        assert_eq!(cholesky_in_place(a.as_mut()), Err(NonPositivePivot { index: 250 }));
    }

    #[test]
    fn qr_reproduces_least_squares() {
        let (m, n) = (60, 21);
        let a = random(m, n, 2);
        let x: Vec<f64> = (0..n).map(|i| i as f64 - 3.0).collect();
        let mut b = times(a.as_ref(), &x);
        let qr = Qr::new(a.clone());
        qr.apply_transpose(&mut b);
        let mut solution = b[..n].to_vec();
        qr.solve_r(&mut solution);
        assert!(worst(&solution, &x) < 1e-12);
        qr.apply(&mut b);
        assert!(worst(&b, &times(a.as_ref(), &x)) < 1e-12);
        // RᵀR = AᵀA: solving with R⁻¹R⁻ᵀ inverts the normal equations.
        let mut v = transpose_times(a.as_ref(), &times(a.as_ref(), &x));
        qr.solve_r_transpose(&mut v);
        qr.solve_r(&mut v);
        assert!(worst(&v, &x) < 1e-10);
    }
}
