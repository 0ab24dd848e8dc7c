//! Containers that hold files as they are: ZIP archives, tape archives, gzip streams.

mod bounded;
mod gzip;
mod inflate;
mod local;
mod tar;
mod zip;

pub(crate) use bounded::{Unpacked, unpack, unpack_whole};
pub(crate) use gzip::read_gzip;
pub(crate) use tar::read_tar;
pub(crate) use zip::{COMPOUND, Members, read_zip};
