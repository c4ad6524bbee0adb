//! The table `[data]`: numbers, vectors and matrices in the table itself, and those of a CSV or
//! JSON file.

use crate::density_file::csv::{BYTE_ORDER_MARK, CsvTable, readable};
use crate::density_file::entries::Entries;
use crate::density_file::error::{DensityFileError, FileFault};
use crate::density_file::source::Source;
use pushforward_formula::{Data, Matrix, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use toml::Value;

/// Data by name, and all names that a file offers.
#[derive(Debug, Default)]
pub(crate) struct DataTable {
    /// The data by name.
    pub data: BTreeMap<String, Data>,
    /// The path of the data file, and all names in it.
    pub offered: Option<(String, Vec<String>)>,
}

/// Reads the table. Only the names in `used` are read from a data file.
///
/// # Errors
/// [`DensityFileError`], with the place in the density file.
pub(crate) fn read(
    table: &Entries,
    used: &BTreeSet<String>,
    source: &Source,
) -> Result<DataTable, DensityFileError> {
    let mut found = DataTable::default();
    for (key, value) in table {
        let place = Span { start: value.span().start, end: value.span().end };
        if key.get_ref() == "file" {
            let Value::String(path) = value.get_ref() else {
                return Err(source.fault(place, FileFault::DataFileName));
            };
            let (data, names) = read_file(path, used, source).map_err(|fault| source.fault(place, fault))?;
            for (name, data) in data {
                // A value in the density file itself takes precedence over the data file.
                found.data.entry(name).or_insert(data);
            }
            found.offered = Some((path.clone(), names));
        } else {
            let data = inline(value.get_ref())
                .ok_or_else(|| source.fault(place, FileFault::NotData { name: key.get_ref().clone() }))?;
            found.data.insert(key.get_ref().clone(), data);
        }
    }
    Ok(found)
}

fn read_file(
    path: &str,
    used: &BTreeSet<String>,
    source: &Source,
) -> Result<(BTreeMap<String, Data>, Vec<String>), FileFault> {
    let shown = source.beside(path).display().to_string();
    let bytes = source
        .read_beside(path)
        .map_err(|cause| FileFault::Unreadable { path: shown.clone(), cause: cause.to_string() })?;
    if Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
        return json(&bytes, used, &shown);
    }
    let table = CsvTable::read(bytes, used)
        .map_err(|cause| FileFault::Csv { path: shown, cause: Box::new(cause) })?;
    let data = table.columns.into_iter().map(|(name, column)| (name, Data::Vector(column)));
    Ok((data.collect(), table.names))
}

/// Reads a JSON object of numbers, arrays of numbers and arrays of such arrays.
fn json(
    bytes: &[u8],
    used: &BTreeSet<String>,
    path: &str,
) -> Result<(BTreeMap<String, Data>, Vec<String>), FileFault> {
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let object: BTreeMap<String, serde_json::Value> = serde_json::from_slice(text)
        .map_err(|cause| FileFault::Json { path: path.to_string(), cause: cause.to_string() })?;
    let mut data = BTreeMap::new();
    let names: Vec<String> = object.keys().map(|name| readable(name)).collect();
    for (name, value) in names.iter().zip(object.values()).filter(|(name, _)| used.contains(*name)) {
        let wrong = || FileFault::NotData { name: name.clone() };
        let value = toml_of(value).ok_or_else(wrong)?;
        data.insert(name.clone(), inline(&value).ok_or_else(wrong)?);
    }
    Ok((data, names))
}

/// The TOML value of a JSON number or array. `None` for anything else.
fn toml_of(value: &serde_json::Value) -> Option<Value> {
    match value {
        serde_json::Value::Number(number) => number.as_f64().map(Value::Float),
        serde_json::Value::Array(list) => {
            list.iter().map(toml_of).collect::<Option<Vec<_>>>().map(Value::Array)
        }
        _ => None,
    }
}

fn inline(value: &Value) -> Option<Data> {
    if let Some(number) = number(value) {
        return Some(Data::Number(number));
    }
    let list = value.as_array()?;
    if let Some(values) = list.iter().map(number).collect::<Option<Vec<f64>>>() {
        return Some(Data::Vector(values));
    }
    let row = |row: &Value| row.as_array()?.iter().map(number).collect::<Option<Vec<f64>>>();
    let rows: Vec<Vec<f64>> = list.iter().map(row).collect::<Option<_>>()?;
    let even = rows.iter().all(|row| !row.is_empty() && row.len() == rows[0].len());
    even.then(|| Data::Matrix(Matrix::from_rows(&rows)))
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(n) => Some(*n as f64),
        Value::Float(x) => Some(*x),
        _ => None,
    }
}
