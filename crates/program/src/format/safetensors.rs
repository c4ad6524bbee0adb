//! Named arrays of f64 in one file: the safetensors format, with a checksum of its content.
//!
//! Source: github.com/huggingface/safetensors, "Format": eight bytes with the length of a JSON
//! header, the header, and the numbers. Any reader of safetensors reads these files. The checksum
//! is one of the metadata, where the format allows additional texts.

use crate::format::fnv::Fnv;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The arrays and texts of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Safetensors {
    /// Texts of the metadata by name.
    pub metadata: BTreeMap<String, String>,
    /// Shape and numbers by name, last index fastest.
    pub tensors: BTreeMap<String, (Vec<usize>, Vec<f64>)>,
}

/// Why a file cannot be read, or is not what was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SafetensorsError {
    /// The number of bytes is not what the file itself requires.
    #[error("it has {found} bytes where {expected} are needed: truncated, or no safetensors file")]
    Length {
        /// Number of bytes that the file requires.
        expected: u64,
        /// Number of bytes in the file.
        found: usize,
    },
    /// The header is not the JSON of a safetensors file.
    #[error("its header cannot be read: {cause}")]
    Header {
        /// The message of the JSON parser.
        #[source]
        cause: serde_json::Error,
    },
    /// A tensor is not f64, overlaps another, leaves a gap, or has a number of bytes that its shape
    /// contradicts.
    #[error("its tensor {name:?} {what}")]
    Tensor {
        /// Name of the offending tensor.
        name: String,
        /// The fault, as a clause after the name.
        what: &'static str,
    },
    /// The content is not what was written.
    #[error("its checksum is {found} where {stored:?} was written: altered or damaged")]
    Checksum {
        /// The checksum in the file. It is empty if there is none.
        stored: String,
        /// The checksum of the content.
        found: String,
    },
}

#[derive(Serialize, Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

#[derive(Deserialize)]
struct Header {
    #[serde(rename = "__metadata__", default)]
    metadata: BTreeMap<String, String>,
    #[serde(flatten)]
    entries: BTreeMap<String, Entry>,
}

/// The name of the checksum in the metadata.
const CHECKSUM: &str = "fnv1a_64";
const METADATA: &str = "__metadata__";

impl Safetensors {
    /// The bytes of the file. Equal content gives equal bytes.
    ///
    /// # Panics
    /// If the product of a shape is not the number of its values.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut data = Vec::new();
        let mut header = serde_json::Map::new();
        for (name, (shape, values)) in &self.tensors {
            let size: usize = shape.iter().product();
            assert_eq!(size, values.len(), "tensor {name}: shape {shape:?} holds {size} numbers");
            let begin = data.len();
            values.iter().for_each(|v| data.extend_from_slice(&v.to_le_bytes()));
            let entry =
                Entry { dtype: "F64".to_string(), shape: shape.clone(), data_offsets: [begin, data.len()] };
            header.insert(name.clone(), serde_json::to_value(entry).expect("an entry is plain data"));
        }
        let mut metadata = self.metadata.clone();
        metadata.insert(CHECKSUM.to_string(), self.checksum());
        header.insert(METADATA.to_string(), serde_json::to_value(metadata).expect("texts are plain data"));
        let mut header = serde_json::to_string(&header).expect("a map of plain data");
        // The numbers start at a multiple of eight bytes.
        header.push_str(&" ".repeat(header.len().next_multiple_of(8) - header.len()));
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(&data);
        bytes
    }

    /// Reads a file that [`Safetensors::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`SafetensorsError`], with the fault. A file without this checksum is an error too.
    pub fn from_bytes(bytes: &[u8]) -> Result<Safetensors, SafetensorsError> {
        let length = |expected: u64| SafetensorsError::Length { expected, found: bytes.len() };
        let size = u64::from_le_bytes(bytes.get(..8).ok_or(length(8))?.try_into().expect("eight bytes"));
        let start = usize::try_from(size).ok().and_then(|size| size.checked_add(8));
        let text = start.and_then(|start| bytes.get(8..start)).ok_or(length(size.saturating_add(8)))?;
        let Header { mut metadata, entries } =
            serde_json::from_slice(text).map_err(|cause| SafetensorsError::Header { cause })?;
        let data = &bytes[8 + text.len()..];
        check_offsets(&entries, 8 + text.len(), bytes.len())?;
        let stored = metadata.remove(CHECKSUM).unwrap_or_default();
        let tensors = entries.into_iter().map(|(name, entry)| {
            let [begin, end] = entry.data_offsets;
            let number = |chunk: &[u8]| f64::from_le_bytes(chunk.try_into().expect("chunks of eight"));
            (name, (entry.shape, data[begin..end].chunks_exact(8).map(number).collect()))
        });
        let read = Safetensors { metadata, tensors: tensors.collect() };
        let found = read.checksum();
        if found == stored { Ok(read) } else { Err(SafetensorsError::Checksum { stored, found }) }
    }

    /// The checksum of all texts, names, shapes and numbers, as 16 hexadecimal digits.
    fn checksum(&self) -> String {
        let mut sum = Fnv::default();
        for (name, text) in &self.metadata {
            sum.add(name.as_bytes());
            sum.add(text.as_bytes());
        }
        for (name, (shape, values)) in &self.tensors {
            sum.add(name.as_bytes());
            shape.iter().for_each(|n| sum.add(&(*n as u64).to_le_bytes()));
            values.iter().for_each(|v| sum.add(&v.to_le_bytes()));
        }
        format!("{:016x}", sum.finish())
    }
}

/// Checks that tensors are f64, fit their shapes, and fill the rest of the file without gap or
/// overlap.
fn check_offsets(
    entries: &BTreeMap<String, Entry>,
    start: usize,
    found: usize,
) -> Result<(), SafetensorsError> {
    let mut in_order: Vec<(&String, &Entry)> = entries.iter().collect();
    in_order.sort_by_key(|(_, entry)| entry.data_offsets);
    let mut reached = 0;
    for (name, Entry { dtype, shape, data_offsets: [begin, end] }) in in_order {
        let wrong = |what| Err(SafetensorsError::Tensor { name: name.clone(), what });
        let bytes = shape.iter().try_fold(8usize, |size, n| size.checked_mul(*n));
        match () {
            () if dtype != "F64" => return wrong("does not hold F64"),
            () if *begin != reached || end < begin => return wrong("overlaps another or leaves a gap"),
            () if bytes != Some(end - begin) => return wrong("has another number of bytes than its shape"),
            () => reached = *end,
        }
    }
    let expected = (start as u64).saturating_add(reached as u64);
    if expected == found as u64 { Ok(()) } else { Err(SafetensorsError::Length { expected, found }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Safetensors {
        let metadata = [("config".to_string(), "steps = 3\n\"x\"".to_string())].into();
        let tensors = [
            ("a".to_string(), (vec![2, 2], vec![1.5, -0.0, f64::NEG_INFINITY, 1e-300])),
            ("b.empty".to_string(), (vec![0, 3], vec![])),
            ("c".to_string(), (vec![], vec![f64::from_bits(0x7ff8_0000_0000_0001)])),
        ];
        Safetensors { metadata, tensors: tensors.into() }
    }

    fn bits(file: &Safetensors) -> Vec<(&String, &Vec<usize>, Vec<u64>)> {
        file.tensors.iter().map(|(n, (s, v))| (n, s, v.iter().map(|v| v.to_bits()).collect())).collect()
    }

    #[test]
    fn what_is_written_is_read_bit_for_bit() {
        let bytes = example().to_bytes();
        let size = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        assert_eq!((size % 8, bytes.len()), (0, 8 + size + 8 * 5));
        let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + size]).unwrap();
        assert_eq!(
            header["a"],
            serde_json::json!({"dtype": "F64", "shape": [2, 2], "data_offsets": [0, 32]})
        );
        assert_eq!(bytes[8 + size..][..8], 1.5f64.to_le_bytes());
        let back = Safetensors::from_bytes(&bytes).unwrap();
        assert!(back.metadata == example().metadata);
        assert!(bits(&back) == bits(&example()));
        assert_eq!(back.to_bytes(), bytes);
    }

    #[test]
    fn every_truncation_and_every_altered_byte_is_an_error() {
        let bytes = example().to_bytes();
        for length in 0..bytes.len() {
            let error = Safetensors::from_bytes(&bytes[..length]).unwrap_err().to_string();
            assert!(error.contains("truncated"), "{length}: {error}");
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(matches!(Safetensors::from_bytes(&longer), Err(SafetensorsError::Length { .. })));
        for k in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[k] ^= 1;
            assert!(Safetensors::from_bytes(&altered).is_err(), "byte {k}");
        }
        let last = bytes.len() - 1;
        let mut altered = bytes.clone();
        altered[last] ^= 1;
        let error = Safetensors::from_bytes(&altered).unwrap_err();
        assert!(matches!(error, SafetensorsError::Checksum { .. }));
        assert!(error.to_string().contains("altered"));
    }

    #[test]
    fn wrong_headers_are_named() {
        let with_header = |header: &str, data: usize| {
            let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
            bytes.extend_from_slice(header.as_bytes());
            bytes.extend(vec![0; data]);
            Safetensors::from_bytes(&bytes).unwrap_err().to_string()
        };
        let one = |dtype: &str, shape: &str, from: usize, to: usize| {
            format!(r#"{{"t":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{from},{to}]}}}}"#)
        };
        for (header, data, part) in [
            ("{", 0, "header cannot be read"),
            (r#"{"t":{"dtype":"F64"}}"#, 0, "missing field"),
            (one("F32", "[2]", 0, 8).as_str(), 8, "does not hold F64"),
            (one("F64", "[2]", 0, 8).as_str(), 8, "another number of bytes"),
            (one("F64", "[4611686018427387904]", 0, 0).as_str(), 0, "another number of bytes"),
            (one("F64", "[1]", 8, 16).as_str(), 16, "overlaps another or leaves a gap"),
            (one("F64", "[1]", 0, 8).as_str(), 8, "where \"\" was written"),
            (one("F64", "[1]", 0, 8).as_str(), 0, "truncated"),
        ] {
            let error = with_header(header, data);
            assert!(error.contains(part), "{header}: {error}");
        }
    }
}
