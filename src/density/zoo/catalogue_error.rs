//! The errors of a request for a named target.

/// A named target cannot be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// No target has this name.
    #[error("there is no target `{given}`; did you mean `{nearest}`? `pushforward targets` lists all")]
    UnknownTarget {
        /// The name that was asked for.
        given: String,
        /// The known name that is nearest to it.
        nearest: &'static str,
    },
    /// The target has no parameter of this name.
    #[error("{}", no_parameter(.target, .given, *.nearest))]
    UnknownParameter {
        /// The name of the target.
        target: &'static str,
        /// The name that was asked for.
        given: String,
        /// The parameter of the target that is nearest to it; `None` if the target has none.
        nearest: Option<&'static str>,
    },
    /// A parameter has a value that is not allowed.
    #[error("`{name}` is {value}; it must be {requirement}")]
    BadParameter {
        /// The name of the parameter.
        name: &'static str,
        /// The value that was given.
        value: f64,
        /// The condition on the value, such as "a whole number from 1 to 1000".
        requirement: String,
    },
}

fn no_parameter(target: &str, given: &str, nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => {
            format!("`{target}` has no parameter `{given}`; did you mean `{nearest}`?")
        }
        None => format!("`{target}` has no parameters; leave `{given}` out"),
    }
}
