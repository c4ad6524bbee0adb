//! File formats: CSV, NPY, Zarr, safetensors and numbers in JSON, each with the same bytes for the same numbers.

pub mod csv;
pub mod fnv;
pub mod json_number;
pub mod npy;
pub mod provenance;
pub mod safetensors;
pub mod table;
pub mod zarr;
