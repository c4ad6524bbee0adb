//! Colours of heat maps: viridis for sizes, shades of one colour for amounts.
//!
//! The lightness of viridis grows evenly, so that it can be read without colour and in grey.
//!
//! Source: viridis of matplotlib (van der Walt & Smith 2015, CC0) at ten equal steps, interpolated
//! linearly.

/// A colour as red, green and blue, 0 to 255 each.
pub type Rgb = [u8; 3];
/// A colour as red, green, blue and opacity, 0 to 255 each.
pub type Rgba = [u8; 4];

const VIRIDIS: [Rgb; 10] = [
    [0x44, 0x01, 0x54],
    [0x48, 0x28, 0x78],
    [0x3e, 0x49, 0x89],
    [0x31, 0x68, 0x8e],
    [0x26, 0x82, 0x8e],
    [0x1f, 0x9e, 0x89],
    [0x35, 0xb7, 0x79],
    [0x6e, 0xce, 0x58],
    [0xb5, 0xde, 0x2b],
    [0xfd, 0xe7, 0x25],
];

/// The colour of a share in [0, 1]; a share outside takes the colour of the nearer end.
pub fn viridis(share: f64) -> Rgb {
    let place = share.clamp(0.0, 1.0) * (VIRIDIS.len() - 1) as f64;
    let k = (place as usize).min(VIRIDIS.len() - 2);
    let part = place - k as f64;
    std::array::from_fn(|c| {
        let (a, b) = (f64::from(VIRIDIS[k][c]), f64::from(VIRIDIS[k + 1][c]));
        (a + part * (b - a)).round() as u8
    })
}

/// Colours of [`crate::figure::png::indexed_png`]: 0 is transparent, for no value; 1 to 255 run
/// from low to high.
pub fn palette() -> Vec<Rgba> {
    let colours = (0..255).map(|k| viridis(f64::from(k) / 254.0)).map(|[r, g, b]| [r, g, b, 255]);
    std::iter::once([0; 4]).chain(colours).collect()
}

/// Shades of one colour from transparent to opaque, for amounts: a small amount is close to the
/// paper, white or black.
pub fn shades() -> Vec<Rgba> {
    // This is the colour of draws in all figures, bright enough for the dark paper.
    (0..=255).map(|k| [0xd9, 0x58, 0x0d, k]).collect()
}

/// The index in [`palette`] of a value between two ends; 0 if the value is NaN.
pub fn colour_index(value: f64, low: f64, high: f64) -> u8 {
    if value.is_nan() {
        return 0;
    }
    let share = if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
    1 + (254.0 * share).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance of WCAG; lightness L* of CIE 1976.
    fn lightness(colour: Rgb) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.03928 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let y = 0.2126 * linear(colour[0]) + 0.7152 * linear(colour[1]) + 0.0722 * linear(colour[2]);
        116.0 * y.cbrt() - 16.0
    }

    #[test]
    fn lightness_grows_evenly() {
        let all: Vec<f64> = (0..=20).map(|k| lightness(viridis(f64::from(k) / 20.0))).collect();
        let mean = (all[20] - all[0]) / 20.0;
        let steps: Vec<f64> = all.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps.iter().all(|s| *s > 0.5 * mean && *s < 1.6 * mean), "{steps:?}");
    }

    #[test]
    fn indices() {
        assert_eq!(palette().len(), 256);
        assert_eq!((colour_index(f64::NAN, 0.0, 1.0), colour_index(-9.0, 0.0, 1.0)), (0, 1));
        assert_eq!((colour_index(9.0, 0.0, 1.0), colour_index(3.0, 3.0, 3.0)), (255, 128));
        assert_eq!(palette()[255], [0xfd, 0xe7, 0x25, 255]);
        assert_eq!((shades().len(), shades()[0][3], shades()[255][3]), (256, 0, 255));
    }
}
