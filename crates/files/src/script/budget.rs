//! The steps and bytes that one evaluation may use, all its layers together.

use strongroom_model::{Limit, Limits};

/// What is left for one evaluation. Deterministic: steps and bytes, never time.
#[derive(Debug)]
pub struct Budget<'a> {
    limits: &'a Limits,
    steps: u64,
    built: u64,
}

impl<'a> Budget<'a> {
    /// Starts with all of it left.
    pub fn new(limits: &'a Limits) -> Self {
        Budget {
            limits,
            steps: limits.steps,
            built: limits.value_bytes.saturating_mul(8),
        }
    }

    /// Returns the limits behind it.
    pub fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// Returns the steps that are left.
    pub fn steps_left(&self) -> u64 {
        self.steps
    }

    /// Takes one step.
    pub fn step(&mut self) -> Result<(), Limit> {
        self.steps = self.steps.checked_sub(1).ok_or(Limit::Steps)?;
        Ok(())
    }

    /// Takes the steps for reading this many bytes: one, and one more for each KiB.
    pub fn work(&mut self, bytes: usize) -> Result<(), Limit> {
        let steps = 1 + (bytes as u64 >> 10);
        self.steps = self.steps.checked_sub(steps).ok_or(Limit::Steps)?;
        Ok(())
    }

    /// Takes the bytes of a value that is about to be built: one value has its own bound, all together have
    /// eight times that.
    pub fn build(&mut self, bytes: usize) -> Result<(), Limit> {
        let bytes = bytes as u64;
        if bytes > self.limits.value_bytes {
            return Err(Limit::ValueBytes);
        }
        // A step for each KiB, so that copying a long value again and again ends too.
        self.steps = self.steps.checked_sub(bytes >> 10).ok_or(Limit::Steps)?;
        self.built = self.built.checked_sub(bytes).ok_or(Limit::ValueBytes)?;
        Ok(())
    }
}
