//! Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, and the escapes `${*}`, `${?}` and `${$}`.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>.

use super::{context::Context, document::Version};

/// A character of a policy's text after its variables were replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Symbol {
    /// Stands in the policy: `*` and `?` may be wildcards.
    Written(char),
    /// Comes from a variable, and only ever means itself.
    Literal(char),
}

impl Symbol {
    pub fn char(self) -> char {
        match self {
            Self::Written(c) | Self::Literal(c) => c,
        }
    }
}

/// Keys that have several values, even where a request has but one; such keys cannot be used as variables:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>.
const MULTIVALUED: [&str; 8] = [
    "aws:calledvia",
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:tagkeys",
    "aws:vpceorgpaths",
    "sts:transitivetagkeys",
];

/// Replaces the variables of a text; nothing if one of them has no value, for then the text matches nothing.
///
/// Neither does a text that its variables make longer than what it is compared with, as every character but `*` stands for
/// one there. So nothing that is longer is made: a policy of many variables may otherwise grow without bounds.
///
/// In version `2008-10-17` there are no variables, and what looks like one is text.
pub(crate) fn resolve(text: &str, version: Version, context: &Context, compared: &str) -> Option<Vec<Symbol>> {
    let longest = compared.chars().count();
    let mut from_variables = 0;
    let mut symbols = Vec::with_capacity(text.len());
    let mut rest = text;
    if version == Version::V2012 {
        while let Some(start) = rest.find("${") {
            let Some(variable) = Variable::read(&rest[start..]) else { break };
            symbols.extend(rest[..start].chars().map(Symbol::Written));
            let value = variable.value(context)?;
            from_variables += value.chars().count();
            if from_variables > longest {
                return None;
            }
            symbols.extend(value.chars().map(Symbol::Literal));
            rest = &rest[start + variable.length..];
        }
    }
    symbols.extend(rest.chars().map(Symbol::Written));
    Some(symbols)
}

struct Variable<'a> {
    name: &'a str,
    default: Option<&'a str>,
    length: usize,
}

impl<'a> Variable<'a> {
    /// Reads a variable at the start of a text. A `${` that is never closed is none.
    fn read(text: &'a str) -> Option<Self> {
        let inside = text.strip_prefix("${")?;
        let close = inside.find('}')?;
        // A default may hold a brace, so it goes up to its closing quote.
        let with_default = inside[..close].find(", '").and_then(|comma| {
            let after = &inside[comma + 3..];
            let end = after.find("'}")?;
            Some(Self { name: inside[..comma].trim(), default: Some(&after[..end]), length: 2 + comma + 3 + end + 2 })
        });
        Some(with_default.unwrap_or(Self { name: inside[..close].trim(), default: None, length: 2 + close + 1 }))
    }

    fn value(&self, context: &'a Context) -> Option<&'a str> {
        if matches!(self.name, "*" | "?" | "$") {
            return Some(self.name);
        }
        let single = match context.get(self.name) {
            Some([value]) if !MULTIVALUED.contains(&self.name.to_lowercase().as_str()) => Some(value.as_str()),
            _ => None,
        };
        single.or(self.default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str, version: Version) -> Option<String> {
        let context = Context::new()
            .with("aws:username", "ana")
            .with("aws:PrincipalTag/a b", "*")
            .with("empty", "")
            .with_values("aws:TagKeys", ["one"])
            .with_values("many", ["a", "b"]);
        resolve(text, version, &context, &" ".repeat(100))
            .map(|symbols| symbols.into_iter().map(Symbol::char).collect())
    }

    #[test]
    fn variables_are_replaced_in_the_current_language() {
        for (given, expected) in [
            ("home/${aws:username}/*", Some("home/ana/*")),
            ("${AWS:UserName}", Some("ana")),
            ("${aws:username}${aws:username}", Some("anaana")),
            ("${aws:PrincipalTag/a b}", Some("*")),
            ("${empty}", Some("")),
            ("a${*}b${?}c${$}d", Some("a*b?c$d")),
            ("${$}{aws:username}", Some("${aws:username}")),
            ("${aws:nothing}", None),
            ("a/${aws:nothing}/${aws:username}", None),
            ("${aws:nothing, 'other'}", Some("other")),
            ("${aws:username, 'other'}", Some("ana")),
            ("${aws:nothing, 'with } brace'}", Some("with } brace")),
            ("${aws:nothing, ''}", Some("")),
            ("${many}", None),
            ("${many, 'x'}", Some("x")),
            ("${aws:TagKeys}", None),
            ("${}", None),
            ("${aws:username", Some("${aws:username")),
            ("$aws:username}", Some("$aws:username}")),
        ] {
            assert_eq!(text(given, Version::V2012).as_deref(), expected, "{given}");
        }
    }

    #[test]
    fn the_older_language_has_no_variables() {
        for given in ["home/${aws:username}/*", "${*}", "${aws:nothing}"] {
            assert_eq!(text(given, Version::V2008).as_deref(), Some(given));
        }
    }

    #[test]
    fn a_wildcard_in_a_value_is_not_one() {
        let context = Context::new().with("k", "*");
        let symbols = resolve("*${k}${*}", Version::V2012, &context, "a**").unwrap();
        assert_eq!(symbols, [Symbol::Written('*'), Symbol::Literal('*'), Symbol::Literal('*')]);
    }

    #[test]
    fn what_would_be_longer_than_what_it_is_compared_with_is_not_made() {
        let context = Context::new().with("a:y", "é".repeat(20_000)).with("short", "éé").with("empty", "");
        let resolved = |text: &str, compared: &str| resolve(text, Version::V2012, &context, compared);
        assert_eq!(resolved(&"${a:y}".repeat(20_000), &"é".repeat(20_000)), None);
        assert_eq!(resolved(&"${empty}".repeat(20_000), ""), Some(Vec::new()));
        assert!(resolved("${short}${short}***", "abcd").is_some());
        assert!(resolved("${short}${short}", "abc").is_none());
    }
}
