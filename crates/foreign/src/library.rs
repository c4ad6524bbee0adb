//! A density in a shared library with the C functions of BridgeStan.

use super::abi::{self, Model, Symbols};
use super::library_error::LibraryError;
use nalgebra::DMatrix;
use pushforward::density::{Refusal, Target};
use std::ffi::{CString, c_char};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Whether several threads may call the library at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Concurrency {
    /// They may if `bs_model_info` says `STAN_THREADS=true`, as it does for Stan models compiled
    /// with that option.
    #[default]
    AsDeclared,
    /// One thread calls the library at a time.
    OneCallAtATime,
    /// They may, unless `bs_model_info` says `STAN_THREADS=false`.
    Parallel,
}

/// What a failure of the library at a point means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refusals {
    /// The density failed: the run ends with the message and the point.
    #[default]
    Fail,
    /// The point is outside the support, log ρ = −inf. Stan's own samplers do the same.
    OutsideSupport,
}

/// The library to load, and how it is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LibrarySettings {
    /// Path of the shared library.
    pub path: PathBuf,
    /// Data for `bs_model_construct`: the path of a file that ends in `.json`, or JSON itself.
    pub data: Option<String>,
    /// The seed passed to `bs_model_construct`.
    pub seed: u32,
    /// Whether several threads may call the library at the same time.
    pub concurrency: Concurrency,
    /// What a failure of the library at a point means.
    pub refusals: Refusals,
}

/// The lock of a thread that calls a library which allows one call at a time. All libraries share
/// it, since two of them may share the state that forbids parallel calls: a Stan model without
/// threads has its tape in a static variable.
static INSIDE: Mutex<()> = Mutex::new(());

/// A [`Target`] whose functions are C functions with the names of BridgeStan 2. log ρ has all its
/// constants and the log Jacobian of the constraints (`propto` false, `jacobian` true).
///
/// A point at which the library fails gives a [`Refusal`] with the library's message, or is outside
/// the support, as [`Refusals`] says. The Laplacian comes from the Hessian, if the library has one.
/// A library that crashes ends the program with it: a library that is not trusted should run as a
/// child process.
///
/// The same point gives the same bits if the library guarantees that. The file is never unloaded,
/// since threads may hold memory of it that is freed when they end.
pub struct Library {
    symbols: Symbols,
    model: *mut Model,
    dim: usize,
    names: Option<Vec<String>>,
    constrained_names: Option<Vec<String>>,
    parallel: bool,
    refusals: Refusals,
}

// SAFETY: the model is only read after it was made, by one thread at a time unless the library or
// the user says that more are allowed.
unsafe impl Send for Library {}
unsafe impl Sync for Library {}

impl Library {
    /// Loads the library and makes the model.
    ///
    /// # Errors
    /// [`LibraryError`]: every fault that can be found before the density is evaluated.
    ///
    /// # Safety
    /// Loading and calling the library run its code, which must be trusted. Its functions must have
    /// the signatures of `include/pushforward_density.h`. Several threads may call it only if it
    /// was made for that.
    pub unsafe fn load(settings: &LibrarySettings) -> Result<Library, LibraryError> {
        let path = &settings.path;
        // SAFETY: the caller upholds the conditions of this function.
        let symbols = unsafe { abi::load(path)? };
        let data = settings.data.as_deref().map(CString::new).transpose();
        let data = data.map_err(|nul| LibraryError::DataWithNul { position: nul.nul_position() })?;
        let mut library = Library {
            symbols,
            model: std::ptr::null_mut(),
            dim: 0,
            names: None,
            constrained_names: None,
            parallel: false,
            refusals: settings.refusals,
        };
        let inside = library.enter();
        // SAFETY: the signatures are as the caller promises, `data` lives until the call returns.
        library.model = unsafe {
            let data = data.as_ref().map_or(std::ptr::null(), |data| data.as_ptr());
            let mut message = std::ptr::null_mut();
            let model = (library.symbols.construct)(data, settings.seed, &raw mut message);
            let message = library.taken(message);
            if model.is_null() {
                return Err(LibraryError::NoModel { path: path.clone(), message });
            }
            model
        };
        let declared = library.ask_names(path)?;
        drop(inside);
        library.parallel = match settings.concurrency {
            Concurrency::AsDeclared => declared == Some(true),
            Concurrency::OneCallAtATime => false,
            Concurrency::Parallel if declared == Some(false) => {
                return Err(LibraryError::OneThreadOnly { path: path.clone() });
            }
            Concurrency::Parallel => true,
        };
        Ok(library)
    }

    /// The same density without its Hessian, for a library whose Hessian function only reports that
    /// there is none.
    pub fn without_hessian(mut self) -> Library {
        self.symbols.hessian = None;
        self
    }

    /// Whether several threads may call the library at the same time.
    pub fn is_parallel(&self) -> bool {
        self.parallel
    }

    /// Reads the dimension and the names. Returns whether the library says that several threads may
    /// call it; `None` if it says nothing.
    fn ask_names(&mut self, path: &Path) -> Result<Option<bool>, LibraryError> {
        // SAFETY: the signatures are as the caller of `load` promises, and the model is there.
        let (dim, names, constrained, info) = unsafe {
            (
                (self.symbols.dim)(self.model),
                self.symbols.names.map(|names| abi::text(names(self.model))),
                self.symbols.constrained.as_ref().map(|functions| {
                    let count = (functions.count)(self.model, false, false);
                    (count, abi::text((functions.names)(self.model, false, false)))
                }),
                self.symbols.info.map(|info| abi::text(info(self.model))),
            )
        };
        let count = usize::try_from(dim).ok().filter(|dim| *dim > 0);
        self.dim = count.ok_or(LibraryError::BadDimension { path: path.to_path_buf(), dim })?;
        let split = |symbol, text: &str, numbers| {
            let names: Vec<String> = text.split(',').map(bracketed).collect();
            if names.len() == numbers && names.iter().all(|name| !name.is_empty()) {
                return Ok(names);
            }
            let names = if text.is_empty() { 0 } else { names.len() };
            Err(LibraryError::BadNames { path: path.to_path_buf(), symbol, names, numbers })
        };
        self.names = names.map(|text| split("bs_param_unc_names", &text, self.dim)).transpose()?;
        self.constrained_names = constrained
            .map(|(count, text)| split("bs_param_names", &text, usize::try_from(count).unwrap_or(0)))
            .transpose()?;
        let says = |words: &str| info.as_ref().is_some_and(|info| info.contains(words));
        Ok(match (says("STAN_THREADS=true"), says("STAN_THREADS=false")) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        })
    }

    /// Takes the lock, if the library allows one call at a time.
    fn enter(&self) -> Option<MutexGuard<'static, ()>> {
        // A call that unwound has left this side consistent.
        (!self.parallel).then(|| INSIDE.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes a message as text and frees it in the library.
    ///
    /// # Safety
    /// The pointer is NULL, or a message from this library that was not taken before.
    unsafe fn taken(&self, message: *mut c_char) -> String {
        if message.is_null() {
            return "the library gave no reason".to_string();
        }
        // SAFETY: the caller upholds the conditions of this function.
        unsafe {
            let words = abi::text(message);
            (self.symbols.free_message)(message);
            words
        }
    }

    /// Whether the library answered for point `k` of a call. If not, [`Refusals`] decides:
    /// `Ok(false)` is outside the support.
    ///
    /// # Safety
    /// The condition of [`Library::taken`] holds for `message`.
    unsafe fn answered(&self, k: usize, code: i32, message: *mut c_char) -> Result<bool, Refusal> {
        if code == 0 && message.is_null() {
            return Ok(true);
        }
        // SAFETY: the caller upholds the conditions of this function.
        let message = unsafe { self.taken(message) };
        match self.refusals {
            _ if code == 0 => Ok(true),
            Refusals::OutsideSupport => Ok(false),
            Refusals::Fail => Err(Refusal::at(
                k,
                format!(
                    "{message}; if the model throws outside of its support, as many with matrices do, say so: \
                     refused = \"outside\" under [library]"
                ),
            )),
        }
    }
}

/// The name `b[2,3]` for Stan's `b.2.3`.
fn bracketed(name: &str) -> String {
    let name = name.trim();
    let mut parts = name.split('.');
    let stem = parts.next().unwrap_or_default();
    let indices: Vec<&str> = parts.collect();
    let numbers = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if indices.is_empty() || !indices.iter().all(numbers) {
        return name.to_string();
    }
    format!("{stem}[{}]", indices.join(","))
}

impl Drop for Library {
    fn drop(&mut self) {
        if !self.model.is_null() {
            let _inside = self.enter();
            // SAFETY: the model belongs to this library, and nothing else refers to it any more.
            unsafe { (self.symbols.destruct)(self.model) };
        }
    }
}

impl Target for Library {
    fn dim(&self) -> usize {
        self.dim
    }

    fn names(&self) -> Vec<String> {
        self.names.clone().unwrap_or_else(|| (1..=self.dim).map(|i| format!("x{i}")).collect())
    }

    fn constrained_names(&self) -> Vec<String> {
        self.constrained_names.clone().unwrap_or_else(|| self.names())
    }

    /// The quantities on the user's scale. Each one is NaN if the library fails at this point.
    fn constrain(&self, x: &[f64]) -> Vec<f64> {
        assert_eq!(x.len(), self.dim, "a point has {} numbers, not {}", self.dim, x.len());
        let (Some(functions), Some(names)) = (&self.symbols.constrained, &self.constrained_names) else {
            return x.to_vec();
        };
        let mut theta = vec![0.0; names.len()];
        let _inside = self.enter();
        // SAFETY: the lengths are those that the library reported. Without generated quantities no
        // generator is needed.
        unsafe {
            let mut message = std::ptr::null_mut();
            let none = std::ptr::null_mut();
            let (from, to) = (x.as_ptr(), theta.as_mut_ptr());
            let code = (functions.constrain)(self.model, false, false, from, to, none, &raw mut message);
            if !message.is_null() {
                self.taken(message);
            }
            if code != 0 {
                theta.fill(f64::NAN);
            }
        }
        theta
    }

    fn values(&self, points: &[f64], values: &mut [f64]) -> Result<(), Refusal> {
        assert_eq!(points.len(), values.len() * self.dim, "a value for every point");
        let _inside = self.enter();
        for (k, (x, value)) in points.chunks_exact(self.dim).zip(values).enumerate() {
            let mut message = std::ptr::null_mut();
            // SAFETY: x has `dim` numbers.
            unsafe {
                let code = (self.symbols.value)(self.model, false, true, x.as_ptr(), value, &raw mut message);
                if !self.answered(k, code, message)? {
                    *value = f64::NEG_INFINITY;
                }
            }
        }
        Ok(())
    }

    fn values_and_scores(
        &self,
        points: &[f64],
        values: &mut [f64],
        scores: &mut [f64],
    ) -> Result<(), Refusal> {
        assert_eq!(points.len(), values.len() * self.dim, "a value for every point");
        assert_eq!(points.len(), scores.len(), "a score for every point");
        let _inside = self.enter();
        let rows = points.chunks_exact(self.dim).zip(scores.chunks_exact_mut(self.dim)).zip(values);
        for (k, ((x, score), value)) in rows.enumerate() {
            let mut message = std::ptr::null_mut();
            let to = score.as_mut_ptr();
            // SAFETY: x and score have `dim` numbers.
            unsafe {
                let code =
                    (self.symbols.gradient)(self.model, false, true, x.as_ptr(), value, to, &raw mut message);
                if !self.answered(k, code, message)? {
                    *value = f64::NEG_INFINITY;
                    score.fill(0.0);
                }
            }
        }
        Ok(())
    }

    fn has_laplacian(&self) -> bool {
        self.symbols.hessian.is_some()
    }

    fn laplacians(&self, points: &[f64], root: &DMatrix<f64>, laplacians: &mut [f64]) -> Result<(), Refusal> {
        let hessian_at = self.symbols.hessian.expect("the library has no Hessian; ask has_laplacian first");
        let d = self.dim;
        assert_eq!(points.len(), laplacians.len() * d, "a Laplacian for every point");
        assert_eq!(root.nrows(), d, "a root has {d} rows");
        let (mut value, mut score) = (0.0, vec![0.0; d]);
        let mut hessian = DMatrix::zeros(d, d);
        let _inside = self.enter();
        for (k, (x, laplacian)) in points.chunks_exact(d).zip(laplacians).enumerate() {
            let mut message = std::ptr::null_mut();
            let (v, s, h) = (&raw mut value, score.as_mut_ptr(), hessian.as_mut_slice().as_mut_ptr());
            // SAFETY: x and score have `dim` numbers, and the Hessian has `dim`² numbers.
            let answered = unsafe {
                let code = hessian_at(self.model, false, true, x.as_ptr(), v, s, h, &raw mut message);
                self.answered(k, code, message)?
            };
            *laplacian = if answered { root.dot(&(&hessian * root)) } else { 0.0 };
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_stan_get_brackets() {
        let pairs =
            [("mu", "mu"), ("b.2.3", "b[2,3]"), (" a.10 ", "a[10]"), ("x.y", "x.y"), ("x.", "x."), ("", "")];
        pairs.iter().for_each(|(stan, ours)| assert_eq!(bracketed(stan), *ours));
    }
}
