//! What can be wrong with a request for a named target.

/// A named target could not be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// There is no such target.
    #[error("there is no target `{given}`; did you mean `{nearest}`? `pushforward targets` lists all")]
    UnknownTarget {
        /// What was asked for.
        given: String,
        /// The known name nearest to it.
        nearest: &'static str,
    },
    /// The target has no such parameter.
    #[error("{}", no_parameter(.target, .given, *.nearest))]
    UnknownParameter {
        /// The target.
        target: &'static str,
        /// What was asked for.
        given: String,
        /// The parameter nearest to it; `None` if the target has none.
        nearest: Option<&'static str>,
    },
    /// A parameter has a value it cannot have.
    #[error("`{name}` is {value}; it must be {requirement}")]
    BadParameter {
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What the value must be, such as "a whole number from 1 to 1000".
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
