//! A target under watch: the first NaN, +inf or panic ends the run with the point at which it happened.

use crate::density::Target;
use std::any::Any;
use std::cell::Cell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;

/// How a density failed, and where.
#[derive(Clone, Debug, PartialEq)]
pub enum DensityFailure {
    /// NaN or +inf where only a finite number or −inf may be; or a derivative that is not finite where
    /// log ρ is.
    NonFinite {
        /// "log density", "score" or "Laplacian".
        what: &'static str,
        /// As returned.
        value: f64,
        /// The point.
        at: Vec<f64>,
    },
    /// It panicked.
    Panicked {
        /// The panic's message.
        message: String,
        /// The point.
        at: Vec<f64>,
    },
    /// log ρ is −inf wherever the fit looked.
    NowhereFinite {
        /// Lower corner of the box that was searched.
        low: Vec<f64>,
        /// Upper corner.
        high: Vec<f64>,
    },
}

impl fmt::Display for DensityFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DensityFailure::NonFinite { what, value, at } => write!(
                f,
                "the density failed: {what} = {value} at x = {at:?}. It must be finite there, or log density −inf \
                 outside the support; look for 0/0, inf − inf, or a logarithm of a negative number"
            ),
            DensityFailure::Panicked { message, at } => {
                write!(f, "the density failed: it panicked at x = {at:?} with {message:?}")
            }
            DensityFailure::NowhereFinite { low, high } => write!(
                f,
                "the density failed: log density is −inf at every point tried between {low:?} and {high:?}. \
                 Move or scale the target so that its mass lies there"
            ),
        }
    }
}

impl std::error::Error for DensityFailure {}

/// What unwinds through the fit after the failure was noted.
struct Stopped;

/// Hands everything through and looks at what comes back.
pub struct GuardedTarget<'a> {
    inner: &'a dyn Target,
    failure: Mutex<Option<DensityFailure>>,
}

thread_local! {
    static IN_DENSITY: Cell<bool> = const { Cell::new(false) };
}

/// Keeps panics of a density from printing by themselves: the guard reports them with their point.
pub fn silence_density_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !IN_DENSITY.get() {
            usual(info);
        }
    }));
}

impl<'a> GuardedTarget<'a> {
    /// Watches this target.
    pub fn new(inner: &'a dyn Target) -> GuardedTarget<'a> {
        GuardedTarget { inner, failure: Mutex::new(None) }
    }

    /// Runs `work`, which may call this target; a failure of the density comes back as an error.
    ///
    /// # Errors
    /// The failure noted first.
    ///
    /// # Panics
    /// As `work` does, if the density is not to blame.
    pub fn run<R>(&self, work: impl FnOnce() -> R) -> Result<R, DensityFailure> {
        catch_unwind(AssertUnwindSafe(work)).map_err(|payload| match self.noted().take() {
            Some(failure) => failure,
            None => resume_unwind(payload),
        })
    }

    fn noted(&self) -> std::sync::MutexGuard<'_, Option<DensityFailure>> {
        // The lock is never held across a call that can panic.
        self.failure.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn stop(&self, failure: DensityFailure) -> ! {
        self.noted().get_or_insert(failure);
        resume_unwind(Box::new(Stopped))
    }

    /// Calls the density for a batch; if it panics, again point by point to find where.
    fn call(&self, points: &[f64], batch: impl FnOnce(), one: impl Fn(&[f64])) {
        let Err(payload) = attempt(batch) else { return };
        let chunks = points.chunks_exact(self.inner.dim());
        let failed = chunks.clone().find_map(|x| attempt(|| one(x)).err().map(|payload| (x, payload)));
        // A panic that no single point repeats is reported with the first of the batch.
        let (at, payload) = failed.unwrap_or((chunks.clone().next().unwrap_or_default(), payload));
        self.stop(DensityFailure::Panicked { message: message(payload.as_ref()), at: at.to_vec() });
    }

    fn check_values(&self, points: &[f64], values: &[f64]) {
        for (x, &value) in points.chunks_exact(self.inner.dim()).zip(values) {
            if value.is_nan() || value == f64::INFINITY {
                self.stop(DensityFailure::NonFinite { what: "log density", value, at: x.to_vec() });
            }
        }
    }

    /// Derivatives must be finite wherever the value is.
    fn check_derivatives(&self, what: &'static str, points: &[f64], values: &[f64], derivatives: &[f64]) {
        let each = derivatives.len() / values.len().max(1);
        let rows = points.chunks_exact(self.inner.dim()).zip(derivatives.chunks_exact(each.max(1)));
        for ((x, row), value) in rows.zip(values) {
            if let Some(&bad) = row.iter().find(|d| !d.is_finite() && value.is_finite()) {
                self.stop(DensityFailure::NonFinite { what, value: bad, at: x.to_vec() });
            }
        }
    }
}

impl Target for GuardedTarget<'_> {
    fn dim(&self) -> usize {
        self.inner.dim()
    }

    fn names(&self) -> Vec<String> {
        self.inner.names()
    }

    fn values(&self, points: &[f64], values: &mut [f64]) {
        self.call(points, || self.inner.values(points, values), |x| self.inner.values(x, &mut [0.0]));
        self.check_values(points, values);
    }

    fn values_and_scores(&self, points: &[f64], values: &mut [f64], scores: &mut [f64]) {
        let one = |x: &[f64]| self.inner.values_and_scores(x, &mut [0.0], &mut vec![0.0; x.len()]);
        self.call(points, || self.inner.values_and_scores(points, values, scores), one);
        self.check_values(points, values);
        self.check_derivatives("score", points, values, scores);
    }

    fn has_laplacian(&self) -> bool {
        self.inner.has_laplacian()
    }

    fn laplacians(&self, points: &[f64], laplacians: &mut [f64]) {
        let one = |x: &[f64]| self.inner.laplacians(x, &mut [0.0]);
        self.call(points, || self.inner.laplacians(points, laplacians), one);
        if laplacians.iter().any(|l| !l.is_finite()) {
            let mut values = vec![0.0; laplacians.len()];
            self.values(points, &mut values);
            self.check_derivatives("Laplacian", points, &values, laplacians);
        }
    }
}

fn attempt(call: impl FnOnce()) -> Result<(), Box<dyn Any + Send>> {
    let before = IN_DENSITY.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(call));
    IN_DENSITY.set(before);
    outcome
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|s| s.to_string());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// log ρ = −½x² with a fault at x ≥ 2 or x ≤ −2.
    struct Faulty(fn(f64) -> f64);
    impl Target for Faulty {
        fn dim(&self) -> usize {
            1
        }
        fn values(&self, points: &[f64], values: &mut [f64]) {
            for (x, value) in points.iter().zip(values) {
                *value = if x.abs() >= 2.0 { (self.0)(*x) } else { -0.5 * x * x };
            }
        }
        fn values_and_scores(&self, points: &[f64], values: &mut [f64], scores: &mut [f64]) {
            self.values(points, values);
            scores.iter_mut().zip(points).for_each(|(s, x)| *s = if *x > 1.0 { f64::NAN } else { -x });
        }
    }

    fn failure(fault: fn(f64) -> f64) -> Result<(), DensityFailure> {
        let target = Faulty(fault);
        let guard = GuardedTarget::new(&target);
        guard.run(|| guard.values(&[0.0, 1.0, 3.0, -2.0], &mut [0.0; 4]))
    }

    #[test]
    fn the_point_is_named() {
        let nan = failure(|_| f64::NAN).unwrap_err();
        assert!(nan.to_string().contains("log density = NaN at x = [3.0]"), "{nan}");
        let infinite = failure(|x| if x > 0.0 { f64::NEG_INFINITY } else { f64::INFINITY }).unwrap_err();
        assert!(infinite.to_string().contains("log density = inf at x = [-2.0]"), "{infinite}");
        assert_eq!(failure(|_| f64::NEG_INFINITY), Ok(()));
        let panicked = failure(|x| panic!("too far: {x}")).unwrap_err();
        assert_eq!(panicked, DensityFailure::Panicked { message: "too far: 3".into(), at: vec![3.0] });
    }

    #[test]
    fn scores_count_only_inside() {
        let target = Faulty(|_| f64::NEG_INFINITY);
        let guard = GuardedTarget::new(&target);
        let run = |x: f64| guard.run(|| guard.values_and_scores(&[x], &mut [0.0], &mut [0.0]));
        assert_eq!((run(0.5), run(2.5)), (Ok(()), Ok(())));
        assert!(matches!(run(1.5), Err(DensityFailure::NonFinite { what: "score", .. })));
    }

    #[test]
    #[should_panic(expected = "our own")]
    fn other_panics_pass() {
        let target = Faulty(|x| x);
        let _ = GuardedTarget::new(&target).run(|| panic!("our own"));
    }
}
