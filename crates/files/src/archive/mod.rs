//! Containers that hold files as they are: ZIP archives and gzip streams.

mod bounded;
mod gzip;
mod local;
mod zip;

pub(crate) use bounded::{Unpacked, unpack};
pub(crate) use gzip::read_gzip;
pub(crate) use zip::{Members, read_zip};
