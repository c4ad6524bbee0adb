//! The files of a run as its report reads them: from the folder, or as the run is about to write
//! them.

use crate::folder::record::{ReadRecordError, Record};
use crate::format::npy::{Npy, NpyError, read_npy};
use crate::format::table::{Table, TableError};
use std::collections::BTreeMap;
use std::io;

/// The numbers of a run, read from its files.
pub struct ReportFiles {
    /// The record of the run, from run.json.
    pub record: Record,
    /// The configuration of the run, from config.toml.
    pub config: toml::Table,
    /// The draws on the user's scale, draw after draw, with one number for each name.
    pub draws: Vec<f64>,
    tables: BTreeMap<&'static str, Table>,
}

/// Why a report cannot be made; every case names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A file cannot be read.
    #[error("{}", not_read(.name, .cause))]
    File {
        /// The name of the file.
        name: String,
        /// The error of the system.
        #[source]
        cause: io::Error,
    },
    /// A file is not text.
    #[error("{name} is not text: run the target again")]
    NotText {
        /// The name of the file.
        name: String,
    },
    /// The file run.json is not a record.
    #[error("run.json: {0}")]
    Record(#[source] ReadRecordError),
    /// The file config.toml is not TOML.
    #[error("config.toml: {0}")]
    Config(#[source] Box<toml::de::Error>),
    /// An array cannot be read.
    #[error("{name}: {cause}")]
    Array {
        /// The name of the file.
        name: String,
        /// The error of the reader of arrays.
        #[source]
        cause: NpyError,
    },
    /// An array has another shape than run.json states.
    #[error(
        "{name} has the shape {found:?} where run.json says {expected:?}: they are of different \
         runs"
    )]
    Shape {
        /// The name of the file.
        name: String,
        /// The shape of the array in the file.
        found: Vec<usize>,
        /// The shape that run.json requires.
        expected: Vec<usize>,
    },
    /// A table cannot be read.
    #[error("{name}: {cause}")]
    Table {
        /// The name of the file.
        name: String,
        /// The error of the reader of tables.
        #[source]
        cause: TableError,
    },
    /// The report cannot be written into the folder.
    #[error("{name} cannot be written: {cause}")]
    Write {
        /// The name of the file.
        name: String,
        /// The error of the system.
        #[source]
        cause: io::Error,
    },
}

fn not_read(name: &str, cause: &io::Error) -> String {
    if cause.kind() == io::ErrorKind::NotFound {
        return format!(
            "there is no {name}: give the folder of a run of this version, or run the target again"
        );
    }
    format!("{name} cannot be read: {cause}")
}

/// The tables of every run; further tables belong to a run in the plane ([`Record::is_planar`]) or
/// to any other.
const ALWAYS: [&str; 7] = [
    "losses.csv",
    "seconds.csv",
    "figure-log_z.csv",
    "figure-weights.csv",
    "figure-residual.csv",
    "figure-points.csv",
    "figure-trajectories.csv",
];
const IN_THE_PLANE: [&str; 1] = ["figure-density.csv"];
const ELSEWHERE: [&str; 2] = ["figure-marginals.csv", "figure-pairs.csv"];

impl ReportFiles {
    /// Reads the files of a run; `read` returns the bytes of a file by its name.
    ///
    /// # Errors
    /// [`ReportError`] with the name of the file.
    pub fn read(read: &dyn Fn(&str) -> io::Result<Vec<u8>>) -> Result<ReportFiles, ReportError> {
        let bytes =
            |name: &str| read(name).map_err(|cause| ReportError::File { name: name.to_string(), cause });
        let text = |name: &str| {
            String::from_utf8(bytes(name)?).map_err(|_| ReportError::NotText { name: name.to_string() })
        };
        let record = Record::from_json(&text("run.json")?).map_err(ReportError::Record)?;
        let config =
            toml::from_str(&text("config.toml")?).map_err(|error| ReportError::Config(Box::new(error)))?;
        let array = |name: &str, expected: Vec<usize>| {
            let npy = read_npy(&bytes(name)?);
            let Npy { shape, values } =
                npy.map_err(|cause| ReportError::Array { name: name.to_string(), cause })?;
            if shape != expected {
                return Err(ReportError::Shape { name: name.to_string(), found: shape, expected });
            }
            Ok(values)
        };
        let others: &[&'static str] = if record.is_planar() { &IN_THE_PLANE } else { &ELSEWHERE };
        let mut tables = BTreeMap::new();
        for name in ALWAYS.iter().chain(others).copied() {
            let table = Table::read(&text(name)?);
            tables.insert(name, table.map_err(|cause| ReportError::Table { name: name.to_string(), cause })?);
        }
        let draws = array("draws.npy", vec![record.n_draws, record.names.len()])?;
        Ok(ReportFiles { record, config, draws, tables })
    }

    /// A column of a table of the run.
    ///
    /// # Errors
    /// [`ReportError::Table`] if the table has no such column.
    ///
    /// # Panics
    /// If the table is not one that a run of this dimension writes.
    pub fn column(&self, table: &str, column: &str) -> Result<&[f64], ReportError> {
        let found =
            self.tables.get(table).unwrap_or_else(|| panic!("report: {table} is not among the tables"));
        found.column(column).map_err(|cause| ReportError::Table { name: table.to_string(), cause })
    }

    /// The only number of a column of figure-log_z.csv; NaN if it is empty.
    ///
    /// # Errors
    /// As [`ReportFiles::column`].
    pub fn log_z(&self, column: &str) -> Result<f64, ReportError> {
        Ok(self.column("figure-log_z.csv", column)?.first().copied().unwrap_or(f64::NAN))
    }
}
