//! NumPy's NPY format, version 1.0: little-endian f64 in C order.
//!
//! Source: numpy/lib/format.py, "Format Version 1.0".

const MAGIC: &[u8; 6] = b"\x93NUMPY";

/// An array of f64 with its shape, last index fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Npy {
    /// Length of the array along each axis.
    pub shape: Vec<usize>,
    /// The numbers, in C order.
    pub values: Vec<f64>,
}

/// Why bytes are not an NPY file that can be read here.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NpyError {
    /// The first bytes are not those of an NPY file.
    #[error("not an NPY file: it does not start with \\x93NUMPY")]
    NotNpy,
    /// The version is not 1.0.
    #[error("NPY version {major}.{minor}; only 1.0 is read: save it again with numpy.save")]
    Version {
        /// Major version of the file.
        major: u8,
        /// Minor version of the file.
        minor: u8,
    },
    /// The numbers are not little-endian f64, or are in Fortran order, or the header cannot be
    /// read.
    #[error(
        "NPY header {header:?}; only '<f8' in C order is read: save numpy.ascontiguousarray(a, \
         '<f8')"
    )]
    Header {
        /// Text of the header.
        header: String,
    },
    /// The number of bytes is not what header and shape require.
    #[error("NPY file of {found} bytes where {expected} are needed: truncated or altered")]
    Length {
        /// Number of bytes that the header requires.
        expected: usize,
        /// Number of bytes in the file.
        found: usize,
    },
}

/// The bytes of an NPY file with these numbers.
///
/// NaN and ±inf are written unchanged.
///
/// # Panics
/// If the product of `shape` is not `values.len()`.
#[track_caller]
pub fn npy_bytes(shape: &[usize], values: &[f64]) -> Vec<u8> {
    let size: usize = shape.iter().product();
    assert_eq!(size, values.len(), "npy: shape {shape:?} holds {size} numbers, not {}", values.len());
    let axes: String = shape.iter().map(|n| format!("{n}, ")).collect();
    // Python writes (3,) for one axis and (3, 2) for two.
    let axes = if shape.len() == 1 { axes.trim_end() } else { axes.trim_end_matches(", ") };
    let mut header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({axes}), }}");
    // The numbers start at a multiple of 64 bytes. Ten bytes precede the header, and a newline ends
    // it.
    let unpadded = MAGIC.len() + 4 + header.len() + 1;
    header.push_str(&" ".repeat(unpadded.next_multiple_of(64) - unpadded));
    header.push('\n');
    let mut bytes = Vec::with_capacity(10 + header.len() + 8 * values.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&[1, 0]);
    bytes.extend_from_slice(&(header.len() as u16).to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    values.iter().for_each(|v| bytes.extend_from_slice(&v.to_le_bytes()));
    bytes
}

/// Reads an array that [`npy_bytes`] or `numpy.save` wrote, if it is little-endian f64 in C order.
///
/// # Errors
/// [`NpyError`], with the value that was found.
pub fn read_npy(bytes: &[u8]) -> Result<Npy, NpyError> {
    if !bytes.starts_with(MAGIC) {
        return Err(NpyError::NotNpy);
    }
    let too_short = |expected| NpyError::Length { expected, found: bytes.len() };
    let &[major, minor, low, high] = bytes.get(6..10).ok_or(too_short(10))? else {
        return Err(too_short(10));
    };
    if (major, minor) != (1, 0) {
        return Err(NpyError::Version { major, minor });
    }
    let start = 10 + usize::from(u16::from_le_bytes([low, high]));
    let header = String::from_utf8_lossy(bytes.get(10..start).ok_or(too_short(start))?).into_owned();
    let Some(shape) = shape_of(&header) else {
        return Err(NpyError::Header { header });
    };
    let size = shape.iter().try_fold(8usize, |size, &n| size.checked_mul(n));
    let expected = size.and_then(|size| size.checked_add(start)).unwrap_or(usize::MAX);
    if bytes.len() != expected {
        return Err(too_short(expected));
    }
    let number = |chunk: &[u8]| f64::from_le_bytes(chunk.try_into().expect("chunks of eight"));
    Ok(Npy { shape, values: bytes[start..].chunks_exact(8).map(number).collect() })
}

/// The shape, if the header says little-endian f64 in C order.
fn shape_of(header: &str) -> Option<Vec<usize>> {
    let plain: String = header.chars().filter(|c| !c.is_whitespace()).collect();
    if !plain.contains("'descr':'<f8'") || !plain.contains("'fortran_order':False") {
        return None;
    }
    let axes = plain.split_once("'shape':(")?.1.split_once(')')?.0;
    axes.split(',').filter(|n| !n.is_empty()).map(|n| n.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_bit_for_bit() {
        let values = [1.5, -0.0, f64::INFINITY, f64::MIN_POSITIVE, 1e300, f64::NEG_INFINITY];
        for shape in [vec![6], vec![3, 2], vec![1, 2, 3]] {
            let bytes = npy_bytes(&shape, &values);
            assert_eq!((bytes.len() - 48) % 64, 0);
            let back = read_npy(&bytes).unwrap();
            assert_eq!(back.shape, shape);
            assert!(back.values.iter().zip(&values).all(|(a, b)| a.to_bits() == b.to_bits()));
        }
        assert_eq!(read_npy(&npy_bytes(&[0, 3], &[])).unwrap().shape, vec![0, 3]);
    }

    #[test]
    fn damage_is_named() {
        let good = npy_bytes(&[2], &[1.0, 2.0]);
        assert_eq!(read_npy(b"PNG"), Err(NpyError::NotNpy));
        let short = read_npy(&good[..good.len() - 1]);
        assert_eq!(short, Err(NpyError::Length { expected: good.len(), found: good.len() - 1 }));
        let mut second = good.clone();
        second[6] = 2;
        assert_eq!(read_npy(&second), Err(NpyError::Version { major: 2, minor: 0 }));
        let single = String::from_utf8_lossy(&good[10..128]).replace("<f8", "<f4");
        let mut other = good.clone();
        other[10..128].copy_from_slice(single.as_bytes());
        assert!(matches!(read_npy(&other), Err(NpyError::Header { .. })));
        assert!(read_npy(&good[..8]).is_err());
    }

    #[test]
    #[should_panic(expected = "holds 6 numbers, not 2")]
    fn a_wrong_shape_panics() {
        npy_bytes(&[3, 2], &[1.0, 2.0]);
    }
}
