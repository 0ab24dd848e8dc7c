//! OLE2 compound files (MS-CFB), over the `cfb` crate.

mod compound;

pub use compound::{Compound, StreamEntry, StreamRead};
