//! What is wrong with settings, field by field.

use std::ops::RangeInclusive;

use byob_aws::Invalid;

use crate::error::FieldFault;

/// Gathers the faults of all fields, so that an admin mends them in one go.
#[derive(Default)]
pub(super) struct Faults(pub(super) Vec<FieldFault>);

impl Faults {
    pub(super) fn take<T>(&mut self, field: &str, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|invalid| self.add(field, &invalid)).ok()
    }

    pub(super) fn range(&mut self, field: &str, value: u32, unit: &str, range: RangeInclusive<u32>) {
        if !range.contains(&value) {
            let hint = format!("Use {} to {} {unit}.", range.start(), range.end());
            self.add(field, &Invalid::new("out_of_range", format!("{value} {unit} are out of range."), hint));
        }
    }

    pub(super) fn add(&mut self, field: &str, invalid: &Invalid) {
        self.0.push(FieldFault::new(field, invalid));
    }
}
