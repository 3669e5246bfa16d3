//! What is known about a request beyond who does what to which resource.

use std::collections::BTreeMap;

/// Condition keys and their values. Names of keys are not case-sensitive.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>.
///
/// ```
/// let context = byob_aws::iam::Context::new()
///     .with("aws:SourceIp", "203.0.113.7")
///     .with_values("aws:TagKeys", ["team", "cost-center"]);
/// assert_eq!(context.get("AWS:sourceip"), Some(&["203.0.113.7".to_owned()][..]));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    values: BTreeMap<String, Vec<String>>,
}

impl Context {
    /// Nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key with one value, in place of what the key had.
    #[must_use]
    pub fn with(self, key: &str, value: impl Into<String>) -> Self {
        self.with_values(key, [value.into()])
    }

    /// Adds a key with any number of values, in place of what the key had. A key without values counts as missing.
    #[must_use]
    pub fn with_values<V: Into<String>>(mut self, key: &str, values: impl IntoIterator<Item = V>) -> Self {
        self.values.insert(key.to_lowercase(), values.into_iter().map(Into::into).collect());
        self
    }

    /// Adds the keys of another, in place of what they had.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.values.extend(other.values);
        self
    }

    /// The values of a key that is present.
    pub fn get(&self, key: &str) -> Option<&[String]> {
        self.values.get(&key.to_lowercase()).map(Vec::as_slice)
    }

    /// Adds a value where the key is missing.
    pub(crate) fn fill(&mut self, key: &str, value: impl Into<String>) {
        self.values.entry(key.to_lowercase()).or_insert_with(|| vec![value.into()]);
    }
}
