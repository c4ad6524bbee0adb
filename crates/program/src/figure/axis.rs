//! Axes: from data to pixels, with ticks at round numbers.

/// An interval of data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Lower end of the interval, in units of the data.
    pub low: f64,
    /// Upper end of the interval, in units of the data.
    pub high: f64,
}

impl Range {
    /// The smallest range that holds every finite value, or 0 to 1 if there is none.
    pub fn of(values: impl Iterator<Item = f64>) -> Range {
        let start = Range { low: f64::INFINITY, high: f64::NEG_INFINITY };
        let finite = values.filter(|v| v.is_finite());
        let range = finite.fold(start, |r, v| Range { low: r.low.min(v), high: r.high.max(v) });
        if range.low > range.high { Range { low: 0.0, high: 1.0 } } else { range.opened() }
    }

    /// The width high − low, in units of the data.
    pub fn width(self) -> f64 {
        self.high - self.low
    }

    /// An interval of the same centre that is `factor` times as wide.
    pub fn scaled(self, factor: f64) -> Range {
        let (centre, half) = (0.5 * (self.low + self.high), 0.5 * factor * self.width());
        Range { low: centre - half, high: centre + half }
    }

    /// Whether a value lies in [low, high].
    pub fn contains(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Widens a range of width 0 to a positive width around the same value.
    fn opened(self) -> Range {
        if self.width() > 0.0 {
            return self;
        }
        let half = 0.5 * self.low.abs().max(1.0);
        Range { low: self.low - half, high: self.high + half }
    }
}

/// How values are spaced along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spacing {
    /// Equal distances in pixels are equal differences of the data.
    Linear,
    /// As `Linear`, with ticks at whole numbers only.
    Whole,
    /// Equal distances in pixels are equal ratios of the data; the range must be positive.
    Logarithmic,
}

/// A map from data to pixels.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    /// The interval of data that the axis shows.
    pub range: Range,
    /// How values are spaced along the axis.
    pub spacing: Spacing,
    /// The pixel at which the lower end of the range lies.
    pub from: f64,
    /// The pixel at which the upper end of the range lies.
    pub to: f64,
}

impl Axis {
    /// The pixel of a value; NaN if the axis cannot show it.
    pub fn pixel(&self, value: f64) -> f64 {
        let place = |v: f64| match self.spacing {
            Spacing::Linear | Spacing::Whole => v,
            Spacing::Logarithmic => libm::log(v),
        };
        let (low, high) = (place(self.range.low), place(self.range.high));
        self.from + (self.to - self.from) * (place(value) - low) / (high - low)
    }

    /// About `wanted` ticks at round numbers within the range, with their labels.
    pub fn ticks(&self, wanted: usize) -> Vec<(f64, String)> {
        match self.spacing {
            Spacing::Linear => linear_ticks(self.range, wanted),
            // There are no more ticks than whole numbers, so that the round step is at least 1.
            Spacing::Whole => linear_ticks(self.range, wanted.min(self.range.width() as usize)),
            Spacing::Logarithmic => logarithmic_ticks(self.range, wanted),
        }
    }
}

/// Ticks at multiples of 1, 2 or 5 times a power of ten (Heckbert, Graphics Gems I, 1990).
fn linear_ticks(range: Range, wanted: usize) -> Vec<(f64, String)> {
    let raw = range.width() / wanted.max(1) as f64;
    if !(raw > 0.0 && raw.is_finite()) {
        return Vec::new();
    }
    let exponent = libm::floor(libm::log10(raw)) as i32;
    // 1.5, 3.5 and 7.5 are the limits that keep the number of ticks nearest to `wanted`.
    let (digit, exponent) = match raw / power_of_ten(exponent) {
        r if r < 1.5 => (1.0, exponent),
        r if r < 3.5 => (2.0, exponent),
        r if r < 7.5 => (5.0, exponent),
        _ => (1.0, exponent + 1),
    };
    let step = digit * power_of_ten(exponent);
    let slack = 1e-9 * step;
    let first = libm::ceil((range.low - slack) / step) as i64;
    let last = libm::floor((range.high + slack) / step) as i64;
    let labelled = |k: i64| {
        let value = k as f64 * digit * power_of_ten(exponent);
        (value, linear_label(value, exponent))
    };
    (first..=last).map(labelled).collect()
}

fn linear_label(value: f64, exponent: i32) -> String {
    let text = if (-4..=4).contains(&exponent) && value.abs() < 1e5 {
        format!("{value:.*}", exponent.min(0).unsigned_abs() as usize)
    } else if value == 0.0 {
        "0".to_string()
    } else {
        let size = libm::floor(libm::log10(value.abs())) as i32;
        format!("{value:.*e}", (size - exponent).clamp(0, 15) as usize)
    };
    text.replace('-', "\u{2212}")
}

/// Ticks at powers of ten, thinned if there are many; at multiples 1, 2, 5 if there are fewer than
/// two.
fn logarithmic_ticks(range: Range, wanted: usize) -> Vec<(f64, String)> {
    let (low, high) = (libm::log10(range.low) - 1e-9, libm::log10(range.high) + 1e-9);
    if !(low.is_finite() && high.is_finite()) {
        return Vec::new();
    }
    let (first, last) = (libm::ceil(low) as i32, libm::floor(high) as i32);
    if last - first < 1 {
        let decades = [first - 1, first, first + 1];
        let all = decades.iter().flat_map(|&e| [1.0, 2.0, 5.0].map(|digit| digit * power_of_ten(e)));
        let shown = all.filter(|&v| (low..=high).contains(&libm::log10(v)));
        return shown.map(|v| (v, format!("{v}"))).collect();
    }
    // Labels of one line may stand twice as close as those of a linear axis.
    let stride = ((last - first) as usize / (2 * wanted.max(1)) + 1) as i32;
    let kept = (first..=last).filter(|e| e.rem_euclid(stride) == 0);
    kept.map(|e| (power_of_ten(e), format!("10{}", superscript(e)))).collect()
}

fn superscript(exponent: i32) -> String {
    let raised = |c: char| match c {
        '-' => '\u{207b}',
        '1' => '\u{b9}',
        '2' => '\u{b2}',
        '3' => '\u{b3}',
        c => char::from_u32(0x2070 + (c as u32 - '0' as u32)).expect("a digit"),
    };
    exponent.to_string().chars().map(raised).collect()
}

/// 10^e, correctly rounded: the parser rounds correctly, `powi` does not on every platform.
fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().expect("a number")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(low: f64, high: f64, spacing: Spacing) -> Vec<String> {
        let axis = Axis { range: Range { low, high }, spacing, from: 0.0, to: 100.0 };
        axis.ticks(5).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels(-7.3, 7.1, Spacing::Linear), ["−6", "−4", "−2", "0", "2", "4", "6"]);
        assert_eq!(
            labels(0.0, 0.31, Spacing::Linear),
            ["0.00", "0.05", "0.10", "0.15", "0.20", "0.25", "0.30"]
        );
        assert_eq!(labels(0.0, 4e7, Spacing::Linear), ["0", "1e7", "2e7", "3e7", "4e7"]);
        assert_eq!(labels(1e-3, 20.0, Spacing::Logarithmic), ["10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹"]);
        assert_eq!(labels(0.9, 6.0, Spacing::Logarithmic), ["1", "2", "5"]);
        assert_eq!(labels(0.9, 3.1, Spacing::Whole), ["1", "2", "3"]);
        assert_eq!(labels(0.485, 1.515, Spacing::Whole), ["1"]);
        assert!(labels(0.0, f64::NAN, Spacing::Linear).is_empty());
    }

    #[test]
    fn pixels() {
        let range = Range { low: 1.0, high: 100.0 };
        let axis = Axis { range, spacing: Spacing::Logarithmic, from: 200.0, to: 0.0 };
        assert!((axis.pixel(10.0) - 100.0).abs() < 1e-12);
        assert!(!axis.pixel(-1.0).is_finite());
        assert_eq!(Range::of([2.0, f64::NAN].into_iter()), Range { low: 1.0, high: 3.0 });
    }
}
