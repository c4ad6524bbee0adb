//! The numerical kernel: exact cases, closed forms, and the fast paths against the naive ones that judge them.

mod counts;
mod density_facts;
mod error_chains;
mod gaussian_to_gaussian;
mod modes_agree;
mod preflight;
mod tanh_table;
mod transport_exact;
