//! The C functions of a density, as BridgeStan 2 names them, loaded and looked up by name.

use super::library_error::LibraryError;
use std::ffi::{CStr, c_char, c_double, c_int, c_uint, c_void};
use std::path::Path;

/// The model. Its layout is known to the library alone.
pub(super) type Model = c_void;
/// Where a C function puts a message: a pointer to text of the library, or NULL.
pub(super) type Message = *mut *mut c_char;

type Construct = unsafe extern "C" fn(*const c_char, c_uint, Message) -> *mut Model;
type Destruct = unsafe extern "C" fn(*mut Model);
type FreeMessage = unsafe extern "C" fn(*mut c_char);
type Text = unsafe extern "C" fn(*const Model) -> *const c_char;
type Count = unsafe extern "C" fn(*const Model) -> c_int;
type Value = unsafe extern "C" fn(*const Model, bool, bool, *const c_double, *mut c_double, Message) -> c_int;
type Gradient = unsafe extern "C" fn(
    *const Model,
    bool,
    bool,
    *const c_double,
    *mut c_double,
    *mut c_double,
    Message,
) -> c_int;
type Hessian = unsafe extern "C" fn(
    *const Model,
    bool,
    bool,
    *const c_double,
    *mut c_double,
    *mut c_double,
    *mut c_double,
    Message,
) -> c_int;
type CountOf = unsafe extern "C" fn(*const Model, bool, bool) -> c_int;
type TextOf = unsafe extern "C" fn(*const Model, bool, bool) -> *const c_char;
type ConstrainOf = unsafe extern "C" fn(
    *const Model,
    bool,
    bool,
    *const c_double,
    *mut c_double,
    *mut c_void,
    Message,
) -> c_int;

/// The functions of a library, which must stay loaded as long as they are called.
pub(super) struct Symbols {
    /// `bs_model_construct`: makes a model from data and a seed.
    pub construct: Construct,
    /// `bs_model_destruct`: frees a model.
    pub destruct: Destruct,
    /// `bs_free_error_msg`: frees a message.
    pub free_message: FreeMessage,
    /// `bs_param_unc_num`: the dimension d.
    pub dim: Count,
    /// `bs_log_density`: log ρ at a point.
    pub value: Value,
    /// `bs_log_density_gradient`: log ρ and its gradient, d numbers.
    pub gradient: Gradient,
    /// `bs_model_info`: text about the model, such as `STAN_THREADS=true`.
    pub info: Option<Text>,
    /// `bs_param_unc_names`: names of the d coordinates, separated by commas.
    pub names: Option<Text>,
    /// `bs_log_density_hessian`: log ρ, its gradient, and its d×d Hessian.
    pub hessian: Option<Hessian>,
    /// The functions that map a point to the user's scale.
    pub constrained: Option<Constrained>,
}

/// The functions that map a point to the user's scale.
pub(super) struct Constrained {
    /// `bs_param_num`: the number of quantities on the user's scale.
    pub count: CountOf,
    /// `bs_param_names`: names of these quantities, separated by commas.
    pub names: TextOf,
    /// `bs_param_constrain`: the quantities at a point.
    pub constrain: ConstrainOf,
}

impl Symbols {
    /// Looks all functions up. The error is the name of a required function that is missing.
    ///
    /// # Safety
    /// Functions with these names must have the signatures of `include/pushforward_density.h`.
    unsafe fn of(library: &libloading::Library) -> Result<Symbols, &'static str> {
        // SAFETY: the caller upholds the conditions of this function.
        unsafe {
            Ok(Symbols {
                construct: required(library, "bs_model_construct")?,
                destruct: required(library, "bs_model_destruct")?,
                free_message: required(library, "bs_free_error_msg")?,
                dim: required(library, "bs_param_unc_num")?,
                value: required(library, "bs_log_density")?,
                gradient: required(library, "bs_log_density_gradient")?,
                info: optional(library, "bs_model_info"),
                names: optional(library, "bs_param_unc_names"),
                hessian: optional(library, "bs_log_density_hessian"),
                constrained: Constrained::of(library)?,
            })
        }
    }
}

impl Constrained {
    /// Looks the three functions up. They are all there, or none is.
    ///
    /// # Safety
    /// The conditions of [`Symbols::of`] hold here too.
    unsafe fn of(library: &libloading::Library) -> Result<Option<Constrained>, &'static str> {
        let names = ["bs_param_num", "bs_param_names", "bs_param_constrain"];
        if !names.iter().any(|name| has(library, name)) {
            return Ok(None);
        }
        // SAFETY: the caller upholds the conditions of this function.
        unsafe {
            Ok(Some(Constrained {
                count: required(library, names[0])?,
                names: required(library, names[1])?,
                constrain: required(library, names[2])?,
            }))
        }
    }
}

/// Loads the library at `path`, which is never unloaded, and looks its functions up.
///
/// # Safety
/// Loading runs code of the library. Its functions must have the signatures of
/// `include/pushforward_density.h`.
pub(super) unsafe fn load(path: &Path) -> Result<Symbols, LibraryError> {
    let given = || path.to_path_buf();
    let no_file = |cause: String| LibraryError::NoFile { path: given(), cause };
    // The loader looks a bare name up in the folders of the system, so it gets the whole path.
    let full = path.canonicalize().map_err(|cause| no_file(cause.to_string()))?;
    if !full.is_file() {
        return Err(no_file("it is not a file".to_string()));
    }
    // SAFETY: the caller upholds the conditions of this function.
    unsafe {
        let library = opened(&full)
            .map_err(|cause| LibraryError::NotLoaded { path: given(), cause: reason(&cause) })?;
        if let Some(version) = major_version(&library).filter(|version| *version != 2) {
            return Err(LibraryError::OtherVersion { path: given(), version });
        }
        let symbols = Symbols::of(&library).map_err(|symbol| {
            let bridgestan_1 = symbol == "bs_model_construct" && has(&library, "bs_construct");
            LibraryError::MissingSymbol { path: given(), symbol, bridgestan_1 }
        })?;
        std::mem::forget(library);
        Ok(symbols)
    }
}

/// Opens the library and resolves all symbols that it needs at once (`RTLD_NOW`): a symbol found
/// missing later ends the program.
///
/// # Safety
/// The conditions of [`load`] hold here too.
unsafe fn opened(path: &Path) -> Result<libloading::Library, libloading::Error> {
    // SAFETY: the caller upholds the conditions of this function.
    #[cfg(unix)]
    unsafe {
        use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
        Library::open(Some(path), RTLD_NOW | RTLD_LOCAL).map(libloading::Library::from)
    }
    // SAFETY: the caller upholds the conditions of this function.
    #[cfg(not(unix))]
    unsafe {
        libloading::Library::new(path)
    }
}

/// The message of the loader, which is the source of the error.
fn reason(error: &libloading::Error) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string);
    source.unwrap_or_else(|| error.to_string())
}

/// Whether the library has a symbol of this name, of whatever type.
fn has(library: &libloading::Library, name: &str) -> bool {
    // SAFETY: the address is not used.
    unsafe { library.get::<*const c_void>(name) }.is_ok()
}

/// Looks up a function that must be there. The error is its name.
///
/// # Safety
/// `T` must be the type of the function.
unsafe fn required<T: Copy>(library: &libloading::Library, name: &'static str) -> Result<T, &'static str> {
    // SAFETY: the caller upholds the conditions of this function.
    unsafe { optional(library, name) }.ok_or(name)
}

/// Looks up a symbol that may be missing.
///
/// # Safety
/// `T` must be the type of the symbol.
unsafe fn optional<T: Copy>(library: &libloading::Library, name: &str) -> Option<T> {
    // SAFETY: the caller upholds the conditions of this function.
    unsafe { library.get::<T>(name) }.ok().map(|symbol| *symbol)
}

/// The value of `bs_major_version`, if the library has it.
///
/// # Safety
/// The symbol must be a C int.
unsafe fn major_version(library: &libloading::Library) -> Option<i32> {
    // SAFETY: the caller upholds the conditions of this function.
    unsafe { optional::<*const c_int>(library, "bs_major_version").map(|version| *version) }
}

/// The text at a pointer. It is empty for NULL, and has � where the bytes are not UTF-8.
///
/// # Safety
/// A pointer that is not NULL must point to text that ends with NUL.
pub(super) unsafe fn text(pointer: *const c_char) -> String {
    if pointer.is_null() {
        return String::new();
    }
    // SAFETY: the caller upholds the conditions of this function.
    unsafe { CStr::from_ptr(pointer) }.to_string_lossy().trim().to_string()
}
