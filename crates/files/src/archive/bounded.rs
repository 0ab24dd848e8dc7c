//! Unpacking under the meter: no stream gives more bytes than are left, and none more than its ratio allows.

use std::io::Read;
use strongroom_model::{Gap, Limit, Meter, Why};

/// Members smaller than this may have any ratio.
const EXEMPT: u64 = 1 << 20;

/// What a stream gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unpacked {
    /// The bytes up to the end, the fault or the limit.
    pub bytes: Vec<u8>,
    /// What could not be read behind them.
    pub gap: Option<Gap>,
}

/// Returns the bytes that a stream of `packed` bytes may give.
fn allowed(packed: u64, meter: &Meter<'_>) -> u64 {
    by_ratio(packed, meter)
        .min(meter.bytes_left())
        .min(meter.limits().input_bytes)
}

fn by_ratio(packed: u64, meter: &Meter<'_>) -> u64 {
    packed.saturating_mul(meter.limits().ratio).max(EXEMPT)
}

/// Unpacks what tells its size, if that is within the bounds and the content comes out whole; charges the meter then.
pub(crate) fn unpack_whole(
    packed: u64,
    size: u64,
    place: &str,
    meter: &mut Meter<'_>,
    content: impl FnOnce(usize) -> Option<Vec<u8>>,
) -> Option<Unpacked> {
    if size > allowed(packed, meter) {
        return None;
    }
    let bytes = content(usize::try_from(size).ok()?)?;
    let gap = meter.charge_bytes(place, bytes.len() as u64).err();
    Some(Unpacked { bytes, gap })
}

/// Reads a stream that unpacks `packed` bytes and charges the meter with what it gave.
pub(crate) fn unpack(stream: impl Read, packed: u64, place: &str, meter: &mut Meter<'_>) -> Unpacked {
    let limits = meter.limits();
    let (by_ratio, allowed) = (by_ratio(packed, meter), allowed(packed, meter));
    let mut bytes = Vec::new();
    let ended = stream.take(allowed.saturating_add(1)).read_to_end(&mut bytes);
    let over = bytes.len() as u64 > allowed;
    bytes.truncate(usize::try_from(allowed).unwrap_or(usize::MAX));
    let charged = meter
        .charge_bytes(place, bytes.len() as u64 + u64::from(over && by_ratio > allowed))
        .err();
    let gap = match ended {
        _ if over && by_ratio <= allowed => Some(Gap::limit(place, Limit::Ratio, limits.ratio)),
        _ if over => charged.or_else(|| Some(Gap::limit(place, Limit::UnpackedBytes, allowed))),
        Err(error) => Some(Gap::new(place, Why::Damaged, error)),
        Ok(_) => charged,
    };
    Unpacked { bytes, gap }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strongroom_model::Limits;

    #[test]
    fn what_tells_a_size_beyond_the_bounds_is_not_begun() {
        let limits = Limits {
            ratio: 10,
            unpacked_bytes: 3 << 20,
            ..Limits::default()
        };
        let mut meter = Meter::new(&limits);
        let begun = |_| panic!("it was begun");
        assert_eq!(unpack_whole(1000, EXEMPT + 1, "bomb", &mut meter, begun), None);
        assert_eq!(unpack_whole(1 << 30, 4 << 20, "large", &mut meter, begun), None);
        assert_eq!(unpack_whole(1, 2, "broken", &mut meter, |_| None), None);
        assert_eq!(meter.bytes_left(), 3 << 20);
        let whole = unpack_whole(1, 2, "whole", &mut meter, |size| Some(vec![0; size])).unwrap();
        assert_eq!((whole.bytes.len(), whole.gap), (2, None));
        assert_eq!(meter.bytes_left(), (3 << 20) - 2);
    }

    #[test]
    fn a_bomb_ends_at_its_ratio_and_at_what_is_left() {
        let limits = Limits {
            ratio: 10,
            unpacked_bytes: 3 << 20,
            ..Limits::default()
        };
        let mut meter = Meter::new(&limits);
        let bomb = unpack(std::io::repeat(0), 1000, "bomb", &mut meter);
        assert_eq!(bomb.bytes.len() as u64, EXEMPT);
        assert_eq!(bomb.gap.unwrap().cause, Why::Limit(Limit::Ratio));
        let large = unpack(std::io::repeat(0), 1 << 30, "large", &mut meter);
        assert_eq!(large.gap.unwrap().cause, Why::Limit(Limit::UnpackedBytes));
        assert_eq!(meter.bytes_left(), 0);
        let none = unpack(&b"x"[..], 1, "none", &mut meter);
        assert!(none.bytes.is_empty() && none.gap.is_some());
    }
}
