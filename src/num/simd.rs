//! Loops over slices that are compiled for the widest vectors of the processor.

/// Runs `work` in a copy compiled for AVX-512 or AVX2 with FMA where the processor has them.
///
/// Products and sums in `work` are IEEE, and `f64::mul_add` rounds once on every path. So a loop
/// over independent elements gives the same bits in every copy; only a reduction may differ.
#[inline(always)]
pub fn vectorized<R>(work: impl FnOnce() -> R) -> R {
    struct Work<F>(F);
    impl<R, F: FnOnce() -> R> pulp::WithSimd for Work<F> {
        type Output = R;
        #[inline(always)]
        fn with_simd<S: pulp::Simd>(self, _: S) -> R {
            (self.0)()
        }
    }
    pulp::Arch::new().dispatch(Work(work))
}
