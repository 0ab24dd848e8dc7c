#![no_main]
use strongroom_model::Limits;

// A package as one text: the parts of it reach the same readers as those of an archive, and no checksum stands before.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { steps: 20_000, unpacked_bytes: 16 << 20, ..Limits::default() };
    let head = b"<?xml version=\"1.0\"?><pkg:package xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\">";
    let _ = strongroom_files::examine("input", &[head.as_slice(), data, b"</pkg:package>"].concat(), &limits);
});
