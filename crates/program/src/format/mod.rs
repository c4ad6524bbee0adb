//! File formats: CSV, NPY, Zarr, safetensors and numbers in JSON. Equal numbers give equal bytes in
//! each of them.

pub mod capital;
pub mod csv;
pub mod fnv;
pub mod json_number;
pub mod npy;
pub mod provenance;
pub mod rows;
pub mod safetensors;
pub mod table;
pub mod zarr;
