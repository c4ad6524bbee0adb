//! A number with its standard error.

use std::fmt;

/// An estimate with its standard error, in the same unit.
///
/// ```
/// use pushforward::diagnostics::Estimate;
///
/// let log_z = Estimate { value: 1.837_912, standard_error: 0.000_412 };
/// assert_eq!(log_z.to_string(), "1.83791 ± 0.00041");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Its standard error; +inf if nothing is known of it.
    pub standard_error: f64,
}

impl fmt::Display for Estimate {
    /// `VALUE ± ERROR`, both to the second digit of the error.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Estimate { value, standard_error } = *self;
        if !(standard_error > 0.0 && standard_error.is_finite()) {
            return write!(f, "{value} ± {standard_error}");
        }
        let second_digit = 1.0 - libm::floor(libm::log10(standard_error));
        let decimals = second_digit.clamp(0.0, 17.0) as usize;
        write!(f, "{value:.decimals$} ± {standard_error:.decimals$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_numbers_end_at_the_second_digit_of_the_error() {
        let text = |value, standard_error| Estimate { value, standard_error }.to_string();
        assert_eq!(text(-2.0, 0.04), "-2.000 ± 0.040");
        assert_eq!(text(1234.5678, 56.0), "1235 ± 56");
        assert_eq!(text(0.5, 0.0), "0.5 ± 0");
        assert_eq!(text(f64::NAN, f64::INFINITY), "NaN ± inf");
    }
}
