#![no_main]
use strongroom_model::Limits;

const CLASSES: [&[u8]; 4] = [b"Package\0", b"OLE2Link\0", b"Equation.3\0", b"Paint.Picture\0"];

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((first, data)) = data.split_first() else { return };
    let class = CLASSES[usize::from(*first) % CLASSES.len()];
    let (name, size) = ((class.len() as u32).to_le_bytes(), (data.len() as u32).to_le_bytes());
    let object = [&b"\x01\x05\0\0\x02\0\0\0"[..], &name, class, &[0; 8], &size, data].concat();
    let head = format!("{{\\rt{{\\object\\objdata\\bin{} ", object.len());
    let text = [head.as_bytes(), &object, b"}}"].concat();
    let limits = Limits { steps: 20_000, unpacked_bytes: 16 << 20, ..Limits::default() };
    let _ = strongroom_files::examine("input", &text, &limits);
});
