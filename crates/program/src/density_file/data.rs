//! The table `[data]`: numbers, vectors and matrices that stand there, and those of a CSV or JSON file.

use crate::density_file::csv::{CsvTable, readable};
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
    pub data: BTreeMap<String, Data>,
    /// The file and what it has.
    pub offered: Option<(String, Vec<String>)>,
}

/// Reads the table. Of a file, only what is `used` is read as numbers.
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
                // What stands in the density file itself comes first.
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
    let text = source
        .read_beside(path)
        .map_err(|cause| FileFault::Unreadable { path: shown.clone(), cause: cause.to_string() })?;
    if Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
        return json(&text, used, &shown);
    }
    let csv = |cause| FileFault::Csv { path: shown.clone(), cause };
    let table = CsvTable::read(&text).map_err(csv)?;
    let mut data = BTreeMap::new();
    for name in table.names().iter().filter(|name| used.contains(*name)) {
        let column = table.column(name).map_err(csv)?.unwrap_or_default();
        data.insert(name.clone(), Data::Vector(column));
    }
    Ok((data, table.names().to_vec()))
}

/// An object of numbers, arrays of numbers and arrays of such arrays.
fn json(
    text: &str,
    used: &BTreeSet<String>,
    path: &str,
) -> Result<(BTreeMap<String, Data>, Vec<String>), FileFault> {
    let object: BTreeMap<String, serde_json::Value> = serde_json::from_str(text)
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

/// Numbers and arrays of JSON; none of anything else.
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
