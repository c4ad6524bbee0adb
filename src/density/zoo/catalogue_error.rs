//! What can be wrong with a request for a named target.

/// A named target could not be made.
#[derive(Clone, Debug, PartialEq)]
pub enum CatalogueError {
    /// There is no such target.
    UnknownTarget {
        /// What was asked for.
        given: String,
        /// The known name nearest to it.
        nearest: &'static str,
    },
    /// The target has no such parameter.
    UnknownParameter {
        /// The target.
        target: &'static str,
        /// What was asked for.
        given: String,
        /// The parameter nearest to it; `None` if the target has none.
        nearest: Option<&'static str>,
    },
    /// A parameter has a value it cannot have.
    BadParameter {
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What the value must be, such as "a whole number from 1 to 1000".
        requirement: String,
    },
}

impl std::fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CatalogueError::UnknownTarget { given, nearest } => write!(
                f,
                "there is no target `{given}`; did you mean `{nearest}`? `pushforward targets` lists all"
            ),
            CatalogueError::UnknownParameter { target, given, nearest: Some(nearest) } => {
                write!(f, "`{target}` has no parameter `{given}`; did you mean `{nearest}`?")
            }
            CatalogueError::UnknownParameter { target, given, nearest: None } => {
                write!(f, "`{target}` has no parameters; leave `{given}` out")
            }
            CatalogueError::BadParameter { name, value, requirement } => {
                write!(f, "`{name}` is {value}; it must be {requirement}")
            }
        }
    }
}
impl std::error::Error for CatalogueError {}
