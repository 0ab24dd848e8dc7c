//! Arithmetic with its flags (Intel SDM volume 1, 3.4.3).

use super::cpu::{Cpu, Halt, Run, mask, signed};

fn sign(value: u64, size: u8) -> bool {
    value >> (8 * u32::from(size.min(8)) - 1) & 1 == 1
}

impl Cpu {
    /// Sets the flags that tell a result.
    pub(super) fn tell(&mut self, result: u64, size: u8) {
        let result = result & mask(size);
        self.flags.zero = result == 0;
        self.flags.sign = sign(result, size);
        self.flags.parity = (result as u8).count_ones().is_multiple_of(2);
    }

    /// One of the eight operations of the first opcodes; `None` where the result is not kept (`cmp`).
    pub(super) fn operate(&mut self, operation: u8, a: u64, b: u64, size: u8) -> Option<u64> {
        let (a, b) = (a & mask(size), b & mask(size));
        let carry = u64::from(self.flags.carry);
        let result = match operation & 7 {
            0 => self.add(a, b, 0, size),
            1 => self.logic(a | b, size),
            2 => self.add(a, b, carry, size),
            3 => self.subtract(a, b, carry, size),
            4 => self.logic(a & b, size),
            5 => self.subtract(a, b, 0, size),
            6 => self.logic(a ^ b, size),
            _ => {
                self.subtract(a, b, 0, size);
                return None;
            }
        };
        Some(result)
    }

    pub(super) fn add(&mut self, a: u64, b: u64, carry: u64, size: u8) -> u64 {
        let wide = u128::from(a) + u128::from(b) + u128::from(carry);
        let result = wide as u64 & mask(size);
        self.flags.carry = wide > u128::from(mask(size));
        self.flags.adjust = (a ^ b ^ result) & 16 != 0;
        self.flags.overflow = sign(!(a ^ b) & (a ^ result), size);
        self.tell(result, size);
        result
    }

    pub(super) fn subtract(&mut self, a: u64, b: u64, borrow: u64, size: u8) -> u64 {
        let result = a.wrapping_sub(b).wrapping_sub(borrow) & mask(size);
        self.flags.carry = u128::from(b) + u128::from(borrow) > u128::from(a);
        self.flags.adjust = (a ^ b ^ result) & 16 != 0;
        self.flags.overflow = sign((a ^ b) & (a ^ result), size);
        self.tell(result, size);
        result
    }

    pub(super) fn logic(&mut self, result: u64, size: u8) -> u64 {
        self.flags.carry = false;
        self.flags.overflow = false;
        self.flags.adjust = false;
        self.tell(result, size);
        result & mask(size)
    }

    /// `inc` and `dec` leave the carry.
    pub(super) fn count(&mut self, value: u64, down: bool, size: u8) -> u64 {
        let carry = self.flags.carry;
        let value = value & mask(size);
        let result = if down {
            self.subtract(value, 1, 0, size)
        } else {
            self.add(value, 1, 0, size)
        };
        self.flags.carry = carry;
        result
    }

    /// The eight shifts and rotations.
    pub(super) fn shift(&mut self, operation: u8, value: u64, count: u64, size: u8) -> u64 {
        let bits = 8 * u32::from(size);
        let count = (count & if size == 8 { 63 } else { 31 }) as u32;
        let value = value & mask(size);
        if count == 0 {
            return value;
        }
        match operation & 7 {
            0 | 1 => self.rotate(operation & 1 == 1, value, count % bits, size),
            2 | 3 => self.rotate_through(operation & 1 == 1, value, count % (bits + 1), size),
            4 | 6 => {
                let wide = u128::from(value) << count;
                self.flags.carry = wide >> bits & 1 == 1;
                let result = wide as u64 & mask(size);
                self.flags.overflow = sign(result, size) != self.flags.carry;
                self.tell(result, size);
                result
            }
            5 => {
                self.flags.carry = u128::from(value) >> (count - 1) & 1 == 1;
                self.flags.overflow = sign(value, size);
                let result = (u128::from(value) >> count) as u64;
                self.tell(result, size);
                result
            }
            _ => {
                let wide = signed(value, size) as i64;
                self.flags.carry = wide >> (count - 1).min(63) & 1 == 1;
                self.flags.overflow = false;
                let result = (wide >> count.min(63)) as u64 & mask(size);
                self.tell(result, size);
                result
            }
        }
    }

    fn rotate(&mut self, right: bool, value: u64, count: u32, size: u8) -> u64 {
        let bits = 8 * u32::from(size);
        let left = if right { (bits - count) % bits } else { count };
        let twice = u128::from(value) << bits | u128::from(value);
        let result = (twice << left >> bits) as u64 & mask(size);
        self.flags.carry = if right {
            sign(result, size)
        } else {
            result & 1 == 1
        };
        self.flags.overflow = sign(result, size) != (result & 1 == 1);
        result
    }

    fn rotate_through(&mut self, right: bool, value: u64, count: u32, size: u8) -> u64 {
        let bits = 8 * u32::from(size);
        let (mut value, mut carry) = (value, self.flags.carry);
        for _ in 0..count {
            if right {
                let out = value & 1 == 1;
                value = value >> 1 | u64::from(carry) << (bits - 1);
                carry = out;
            } else {
                let out = sign(value, size);
                value = (value << 1 | u64::from(carry)) & mask(size);
                carry = out;
            }
        }
        self.flags.carry = carry;
        value
    }

    /// `mul` and `imul` of the accumulator: both halves of the product.
    pub(super) fn multiply(&mut self, a: u64, b: u64, with_sign: bool, size: u8) -> (u64, u64) {
        let bits = 8 * u32::from(size);
        let product = if with_sign {
            (i128::from(signed(a, size) as i64) * i128::from(signed(b, size) as i64)) as u128
        } else {
            u128::from(a & mask(size)) * u128::from(b & mask(size))
        };
        let (low, high) = (product as u64 & mask(size), (product >> bits) as u64 & mask(size));
        let fits = if with_sign {
            high == (if sign(low, size) { mask(size) } else { 0 })
        } else {
            high == 0
        };
        self.flags.carry = !fits;
        self.flags.overflow = !fits;
        (low, high)
    }

    /// `div` and `idiv`: quotient and remainder.
    pub(super) fn divide(high: u64, low: u64, by: u64, with_sign: bool, size: u8) -> Run<(u64, u64)> {
        let bits = 8 * u32::from(size);
        let whole = u128::from(high & mask(size)) << bits | u128::from(low & mask(size));
        if with_sign {
            let shift = 128 - 2 * bits;
            let whole = ((whole << shift) as i128) >> shift;
            let by = i128::from(signed(by, size) as i64);
            let quotient = whole.checked_div(by).ok_or(Halt::Trap)?;
            let rest = whole.checked_rem(by).ok_or(Halt::Trap)?;
            // A quotient that does not fit is the same trap as a division by zero.
            if i128::from(signed(quotient as u64, size) as i64) != quotient {
                return Err(Halt::Trap);
            }
            return Ok((quotient as u64 & mask(size), rest as u64 & mask(size)));
        }
        let by = u128::from(by & mask(size));
        let quotient = whole.checked_div(by).ok_or(Halt::Trap)?;
        if quotient > u128::from(mask(size)) {
            return Err(Halt::Trap);
        }
        Ok((quotient as u64, (whole % by) as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotient_that_does_not_fit_is_a_trap() {
        assert_eq!(Cpu::divide(0, 200, 2, false, 1), Ok((100, 0)));
        assert_eq!(Cpu::divide(1, 0, 1, false, 1), Err(Halt::Trap));
        assert_eq!(Cpu::divide(0xff, 0x38, 2, true, 1), Ok((0x9c, 0)));
        assert_eq!(Cpu::divide(0, 200, 1, true, 1), Err(Halt::Trap));
        assert_eq!(Cpu::divide(0, 7, 0, true, 4), Err(Halt::Trap));
    }
}
