//! A control for the tests of documents that hold one.

/// Returns a label's bytes behind its class, as the control stores itself.
pub fn label(caption: &str) -> Vec<u8> {
    let class = [
        0x23, 0x9E, 0x8C, 0x97, 0xB0, 0xD4, 0xCE, 0x11, 0xBF, 0x2D, 0x00, 0xAA, 0x00, 0x3F, 0x40, 0xD0,
    ];
    let length = u32::try_from(caption.len()).unwrap_or_default() | 0x8000_0000;
    let mut text = caption.as_bytes().to_vec();
    text.resize(text.len().next_multiple_of(4), 0);
    [
        &class[..],
        &[0, 2, 0, 0],
        &8u32.to_le_bytes(),
        &length.to_le_bytes(),
        &text,
    ]
    .concat()
}
