//! Loops over slices, compiled for the widest vectors that this processor has.

/// Runs `work` in a copy compiled for AVX-512 or AVX2 with FMA where the processor has them.
///
/// Products and sums in `work` are IEEE and `f64::mul_add` is one rounding on every path, so a loop
/// over independent elements gives the same bits whichever copy runs; only a reduction may differ.
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
