//! Zarr, version 2, uncompressed: groups of named arrays that xarray and ArviZ open without this
//! program.
//!
//! Source: zarr.readthedocs.io, "Zarr storage specification version 2". `_ARRAY_DIMENSIONS` is the
//! key under which xarray looks for the names of axes, and `.zmetadata` is the consolidated copy of
//! all other JSON.

use serde_json::{Map, Value, json};

/// The numbers of an array, last index fastest.
#[derive(Clone, Debug, PartialEq)]
pub enum ZarrValues {
    /// Numbers stored as little-endian f64.
    Real(Vec<f64>),
    /// Whole numbers stored as little-endian i64.
    Whole(Vec<i64>),
}

/// A named array whose axes have names.
#[derive(Clone, Debug, PartialEq)]
pub struct ZarrArray {
    /// Name of the array, without `/`. See [`zarr_name`].
    pub name: String,
    /// Name and length of each axis.
    pub axes: Vec<(String, usize)>,
    /// The numbers of the array.
    pub values: ZarrValues,
    /// Attributes of the array by name.
    pub attributes: Map<String, Value>,
}

/// A named group of arrays.
#[derive(Clone, Debug, PartialEq)]
pub struct ZarrGroup {
    /// Name of the group.
    pub name: &'static str,
    /// Arrays of the group.
    pub arrays: Vec<ZarrArray>,
    /// Attributes of the group by name.
    pub attributes: Map<String, Value>,
}

/// The largest number of values in a chunk, one megabyte, unless the axes after the longest have
/// more.
const CHUNK: usize = 1 << 17;

/// The name made valid for a folder: `/`, `\` and control characters become `_`, and an empty name
/// or a leading dot gets `_` before it.
pub fn zarr_name(name: &str) -> String {
    let kept = |c: char| if matches!(c, '/' | '\\') || c.is_control() { '_' } else { c };
    let plain: String = name.chars().map(kept).collect();
    if plain.is_empty() || plain.starts_with('.') { format!("_{plain}") } else { plain }
}

/// The files of a root group that holds these groups, as relative paths and bytes. Equal content
/// gives equal bytes.
///
/// # Panics
/// If the number of values of an array is not the product of its axes, or if an array has no axis.
pub fn zarr_files(groups: &[ZarrGroup], attributes: &Map<String, Value>) -> Vec<(String, Vec<u8>)> {
    let mut metadata = Map::new();
    let mut data = Vec::new();
    let group = json!({"zarr_format": 2});
    metadata.insert(".zgroup".to_string(), group.clone());
    metadata.insert(".zattrs".to_string(), Value::Object(attributes.clone()));
    for ZarrGroup { name, arrays, attributes } in groups {
        metadata.insert(format!("{name}/.zgroup"), group.clone());
        metadata.insert(format!("{name}/.zattrs"), Value::Object(attributes.clone()));
        for array in arrays {
            let place = format!("{name}/{}", array.name);
            metadata.insert(format!("{place}/.zarray"), array.header());
            metadata.insert(format!("{place}/.zattrs"), array.all_attributes());
            data.extend(array.chunks().into_iter().map(|(key, bytes)| (format!("{place}/{key}"), bytes)));
        }
    }
    let text = |value: &Value| (serde_json::to_string_pretty(value).expect("plain data") + "\n").into_bytes();
    let mut files: Vec<(String, Vec<u8>)> =
        metadata.iter().map(|(path, value)| (path.clone(), text(value))).collect();
    let consolidated = json!({"zarr_consolidated_format": 1, "metadata": metadata});
    files.push((".zmetadata".to_string(), text(&consolidated)));
    files.extend(data);
    files
}

impl ZarrArray {
    fn header(&self) -> Value {
        let dtype = match self.values {
            ZarrValues::Real(_) => "<f8",
            ZarrValues::Whole(_) => "<i8",
        };
        let shape: Vec<usize> = self.axes.iter().map(|(_, length)| *length).collect();
        let long = self.longest();
        let mut chunks = vec![1; long];
        chunks.push(self.chunk());
        chunks.extend(shape[long + 1..].iter().map(|length| (*length).max(1)));
        // A fill value would be read as a mark for missing numbers.
        json!({
            "zarr_format": 2, "shape": shape, "chunks": chunks, "dtype": dtype, "order": "C",
            "compressor": null, "filters": null, "fill_value": null,
        })
    }

    fn all_attributes(&self) -> Value {
        let mut all = self.attributes.clone();
        let names: Vec<&str> = self.axes.iter().map(|(name, _)| name.as_str()).collect();
        all.insert("_ARRAY_DIMENSIONS".to_string(), json!(names));
        Value::Object(all)
    }

    /// The axis that is cut into chunks: the first of the longest. A chunk has one place along axes
    /// before it, and all places along axes after it.
    fn longest(&self) -> usize {
        let lengths = self.axes.iter().map(|(_, length)| *length).enumerate();
        lengths.rev().max_by_key(|(_, length)| *length).map(|(k, _)| k).expect("an array has an axis")
    }

    /// Product of the lengths of these axes.
    fn size(&self, axes: std::ops::Range<usize>) -> usize {
        self.axes[axes].iter().map(|(_, length)| *length).product()
    }

    /// Number of places along the longest axis in a chunk.
    fn chunk(&self) -> usize {
        let long = self.longest();
        let after = self.size(long + 1..self.axes.len()).max(1);
        self.axes[long].1.clamp(1, (CHUNK / after).max(1))
    }

    /// Key and bytes of every chunk. The last chunk along the axis is filled up with zeros, as the
    /// format requires.
    fn chunks(&self) -> Vec<(String, Vec<u8>)> {
        let bytes: Vec<u8> = match &self.values {
            ZarrValues::Real(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            ZarrValues::Whole(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        };
        let (long, all) = (self.longest(), self.axes.len());
        assert_eq!(bytes.len(), 8 * self.size(0..all), "array {}: {:?}", self.name, self.axes);
        let (row_size, chunk_size) = (self.size(long..all), self.chunk() * self.size(long + 1..all));
        let mut chunks = Vec::new();
        for (row, numbers) in bytes.chunks(8 * row_size.max(1)).enumerate() {
            for (k, part) in numbers.chunks(8 * chunk_size.max(1)).enumerate() {
                let mut part = part.to_vec();
                part.resize(8 * chunk_size, 0);
                chunks.push((self.key(row, k), part));
            }
        }
        chunks
    }

    /// The key of a chunk: its place along every axis, such as `0.0.3`.
    fn key(&self, mut row: usize, along: usize) -> String {
        let long = self.longest();
        let mut places = vec![0; self.axes.len() - 1 - long];
        places.push(along);
        for (_, length) in self.axes[..long].iter().rev() {
            places.push(row % length);
            row /= length;
        }
        places.iter().rev().map(ToString::to_string).collect::<Vec<_>>().join(".")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn files(array: ZarrArray) -> BTreeMap<String, Vec<u8>> {
        let group = ZarrGroup { name: "posterior", arrays: vec![array], attributes: Map::new() };
        zarr_files(&[group], &Map::new()).into_iter().collect()
    }

    fn array(axes: &[(&str, usize)], values: ZarrValues) -> ZarrArray {
        let axes = axes.iter().map(|(name, length)| (name.to_string(), *length)).collect();
        ZarrArray { name: "x".to_string(), axes, values, attributes: Map::new() }
    }

    fn json_of(files: &BTreeMap<String, Vec<u8>>, path: &str) -> Value {
        serde_json::from_slice(&files[path]).unwrap()
    }

    #[test]
    fn golden_files() {
        let files = files(array(&[("chain", 1), ("draw", 3)], ZarrValues::Real(vec![1.0, -2.5, f64::NAN])));
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                ".zattrs",
                ".zgroup",
                ".zmetadata",
                "posterior/.zattrs",
                "posterior/.zgroup",
                "posterior/x/.zarray",
                "posterior/x/.zattrs",
                "posterior/x/0.0"
            ]
        );
        let expected: Vec<u8> = [1.0, -2.5, f64::NAN].iter().flat_map(|v: &f64| v.to_le_bytes()).collect();
        assert_eq!(files["posterior/x/0.0"], expected);
        let header = json_of(&files, "posterior/x/.zarray");
        assert_eq!(
            header,
            json!({"zarr_format": 2, "shape": [1, 3], "chunks": [1, 3], "dtype": "<f8", "order": "C",
                   "compressor": null, "filters": null, "fill_value": null})
        );
        assert_eq!(json_of(&files, "posterior/x/.zattrs"), json!({"_ARRAY_DIMENSIONS": ["chain", "draw"]}));
        let all = json_of(&files, ".zmetadata");
        assert_eq!(all["metadata"]["posterior/x/.zarray"], header);
        assert_eq!(all["metadata"].as_object().unwrap().len(), 6);
    }

    #[test]
    fn long_axes_are_cut_and_the_last_chunk_is_filled_up() {
        let n = CHUNK + 2;
        let values: Vec<i64> = (0..2 * n as i64).collect();
        let files = files(array(&[("chain", 2), ("draw", n)], ZarrValues::Whole(values)));
        let whole =
            |path: &str, k: usize| i64::from_le_bytes(files[path][8 * k..8 * k + 8].try_into().unwrap());
        assert_eq!(
            files.keys().filter(|path| path.starts_with("posterior/x/") && !path.contains("/.")).count(),
            4
        );
        assert!(
            ["0.0", "0.1", "1.0", "1.1"]
                .iter()
                .all(|k| files[&format!("posterior/x/{k}")].len() == 8 * CHUNK)
        );
        assert_eq!((whole("posterior/x/0.1", 1), whole("posterior/x/0.1", 2)), (n as i64 - 1, 0));
        assert_eq!(whole("posterior/x/1.1", 0), (n + CHUNK) as i64);
    }

    /// The array has twice as many rows of a pair as fit into a chunk, and one more.
    #[test]
    fn axes_after_the_longest_are_whole_in_every_chunk() {
        let n = CHUNK + 1;
        let values: Vec<i64> = (0..2 * n as i64).collect();
        let files = files(array(&[("chain", 1), ("draw", n), ("x_dim_0", 2)], ZarrValues::Whole(values)));
        assert_eq!(json_of(&files, "posterior/x/.zarray")["chunks"], json!([1, CHUNK / 2, 2]));
        let whole =
            |path: &str, k: usize| i64::from_le_bytes(files[path][8 * k..8 * k + 8].try_into().unwrap());
        let keys: Vec<&String> = files.keys().filter(|path| path.starts_with("posterior/x/0")).collect();
        assert_eq!(keys, ["posterior/x/0.0.0", "posterior/x/0.1.0", "posterior/x/0.2.0"]);
        assert_eq!(
            (whole("posterior/x/0.1.0", 0), whole("posterior/x/0.1.0", 1)),
            (CHUNK as i64, CHUNK as i64 + 1)
        );
        let tail = [0, 1, 2].map(|k| whole("posterior/x/0.2.0", k));
        assert_eq!(
            (tail, files["posterior/x/0.2.0"].len()),
            ([2 * CHUNK as i64, 2 * CHUNK as i64 + 1, 0], 8 * CHUNK)
        );
    }

    #[test]
    fn no_draws_and_names_of_any_kind() {
        let files = files(array(&[("draw", 0)], ZarrValues::Real(vec![])));
        assert_eq!(json_of(&files, "posterior/x/.zarray")["chunks"], json!([1]));
        assert!(!files.contains_key("posterior/x/0"));
        assert_eq!(zarr_name("a/b\\c"), "a_b_c");
        assert_eq!(
            (zarr_name(".zattrs"), zarr_name(""), zarr_name("beta[1]")),
            ("_.zattrs".into(), "_".into(), "beta[1]".into())
        );
    }
}
