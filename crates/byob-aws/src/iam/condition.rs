//! Condition operators.
//!
//! Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
//! and, for several values,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html>
//! and
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>.

use std::cmp::Ordering;

use super::{
    context::Context,
    document::Version,
    pattern, values,
    variables::{self, Symbol},
};

/// One key of a `Condition` element: all keys of all operators must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    pub operator: Operator,
    pub key: String,
    pub values: Vec<String>,
}

/// What a condition asks of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `Null`: whether the key is missing.
    Null,
    /// How its values compare.
    Compare(Comparison),
}

/// An operator with its qualifiers, such as `ForAnyValue:StringNotLikeIfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comparison {
    set: Option<Set>,
    test: Test,
    /// Holds when the test fails for every value of the policy.
    negated: bool,
    if_exists: bool,
}

/// How a key with several values in the request is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    All,
    Any,
}

/// What is asked of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Test {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    IpAddress,
    Arn,
}

/// How the request's value must lie to the policy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

impl Order {
    fn takes(self, ordering: Ordering) -> bool {
        match self {
            Self::Equals => ordering.is_eq(),
            Self::LessThan => ordering.is_lt(),
            Self::LessThanEquals => ordering.is_le(),
            Self::GreaterThan => ordering.is_gt(),
            Self::GreaterThanEquals => ordering.is_ge(),
        }
    }
}

/// Every operator but `Null`, whether it is negated, and what it tests.
pub(crate) const OPERATORS: [(&str, bool, Test); 26] = [
    ("StringEquals", false, Test::StringEquals),
    ("StringNotEquals", true, Test::StringEquals),
    ("StringEqualsIgnoreCase", false, Test::StringEqualsIgnoreCase),
    ("StringNotEqualsIgnoreCase", true, Test::StringEqualsIgnoreCase),
    ("StringLike", false, Test::StringLike),
    ("StringNotLike", true, Test::StringLike),
    ("NumericEquals", false, Test::Numeric(Order::Equals)),
    ("NumericNotEquals", true, Test::Numeric(Order::Equals)),
    ("NumericLessThan", false, Test::Numeric(Order::LessThan)),
    ("NumericLessThanEquals", false, Test::Numeric(Order::LessThanEquals)),
    ("NumericGreaterThan", false, Test::Numeric(Order::GreaterThan)),
    ("NumericGreaterThanEquals", false, Test::Numeric(Order::GreaterThanEquals)),
    ("DateEquals", false, Test::Date(Order::Equals)),
    ("DateNotEquals", true, Test::Date(Order::Equals)),
    ("DateLessThan", false, Test::Date(Order::LessThan)),
    ("DateLessThanEquals", false, Test::Date(Order::LessThanEquals)),
    ("DateGreaterThan", false, Test::Date(Order::GreaterThan)),
    ("DateGreaterThanEquals", false, Test::Date(Order::GreaterThanEquals)),
    ("Bool", false, Test::Bool),
    ("BinaryEquals", false, Test::Binary),
    ("IpAddress", false, Test::IpAddress),
    ("NotIpAddress", true, Test::IpAddress),
    ("ArnEquals", false, Test::Arn),
    ("ArnNotEquals", true, Test::Arn),
    // AWS makes no difference between `ArnEquals` and `ArnLike`, nor between their negations.
    ("ArnLike", false, Test::Arn),
    ("ArnNotLike", true, Test::Arn),
];

impl Operator {
    /// Reads an operator with its qualifiers. IAM does not mind how they are capitalized.
    pub fn parse(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        // It takes no qualifiers: `IfExists` asks for just what it asks.
        if lower == "null" {
            return Some(Self::Null);
        }
        let (set, rest) = match lower.split_once(':') {
            Some(("forallvalues", rest)) => (Some(Set::All), rest),
            Some(("foranyvalue", rest)) => (Some(Set::Any), rest),
            Some(_) => return None,
            None => (None, lower.as_str()),
        };
        let (base, if_exists) = match rest.strip_suffix("ifexists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let (_, negated, test) = *OPERATORS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(base))?;
        Some(Self::Compare(Comparison { set, test, negated, if_exists }))
    }

    /// Whether a value of the policy can be what the operator compares with.
    pub fn takes(self, value: &str) -> bool {
        // Of these alone IAM is known to refuse a policy whose values it cannot read. What looks like a variable is let
        // through: it is text in the older language, and matches nothing in this place.
        let is_date = matches!(self, Self::Compare(Comparison { test: Test::Date(_), .. }));
        !is_date || value.contains("${") || values::moment(value).is_some()
    }
}

impl Condition {
    /// Whether it holds for the request.
    pub fn holds(&self, version: Version, context: &Context) -> bool {
        let given = context.get(&self.key).unwrap_or_default();
        let Comparison { set, test, negated, if_exists } = match self.operator {
            Operator::Compare(comparison) => comparison,
            Operator::Null => {
                let is_null = if is_empty_set(given) { "true" } else { "false" };
                return self.values.iter().any(|value| value.eq_ignore_ascii_case(is_null));
            }
        };
        // To the set operators, an empty string is an empty set, which is as good as no key.
        let missing = given.is_empty() || (set.is_some() && is_empty_set(given));
        if missing {
            return match set {
                _ if if_exists => true,
                // All of no values match.
                Some(Set::All) => true,
                // Any of no values does not.
                Some(Set::Any) => false,
                // A value that is not there matches nothing, which is what negated operators ask for.
                None => negated,
            };
        }
        let one = |given: &String| {
            // Several values of the policy are alternatives; for a negated operator, none may match (a logical NOR).
            self.values.iter().any(|value| matches(test, value, given, version, context)) != negated
        };
        match set {
            Some(Set::All) => given.iter().all(one),
            // AWS asks for a set operator where a key has several values, and does not say what happens without one.
            // The same meaning as for one value is kept: some value matches, or for negated operators none does.
            None if negated => given.iter().all(one),
            Some(Set::Any) | None => given.iter().any(one),
        }
    }
}

fn is_empty_set(given: &[String]) -> bool {
    given.iter().all(String::is_empty)
}

/// Whether one value of the policy matches one of the request.
fn matches(test: Test, policy: &str, given: &str, version: Version, context: &Context) -> bool {
    // Variables stand for something in string and ARN operators only, and one without a value matches nothing:
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-conditionelement
    let resolved = |given: &str, matches: &dyn Fn(&[Symbol]) -> bool| {
        variables::resolve(policy, version, context, given).is_some_and(|symbols| matches(&symbols))
    };
    let plain = |symbols: &[Symbol]| symbols.iter().map(|symbol| symbol.char()).collect::<String>();
    match test {
        Test::StringEquals => resolved(given, &|symbols| plain(symbols) == given),
        Test::StringEqualsIgnoreCase => {
            // Some characters become two.
            let given = given.to_lowercase();
            resolved(&given, &|symbols| plain(symbols).to_lowercase() == given)
        }
        Test::StringLike => resolved(given, &|symbols| pattern::text(symbols, given)),
        Test::Arn => resolved(given, &|symbols| pattern::arn(symbols, given)),
        // The page of operators has variables for `Bool`, the page of variables has none: nobody can need them.
        Test::Bool => ["true", "false"].iter().any(|b| policy.eq_ignore_ascii_case(b) && given.eq_ignore_ascii_case(b)),
        Test::Binary => values::same_bytes(policy, given),
        Test::IpAddress => values::address_in(policy, given),
        Test::Numeric(order) => values::compare_numbers(given, policy).is_some_and(|ordering| order.takes(ordering)),
        Test::Date(order) => match (values::moment(given), values::moment(policy)) {
            (Some(given), Some(policy)) => order.takes(given.cmp(&policy)),
            _ => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(operator: &str, policy: &[&str], given: Option<&[&str]>) -> bool {
        let condition = Condition {
            operator: Operator::parse(operator).unwrap(),
            key: "aws:Key".to_owned(),
            values: policy.iter().map(ToString::to_string).collect(),
        };
        let mut context = Context::new().with("aws:username", "ana").with("star", "*");
        context = context.with("dotted", "İ").with("undotted", "i\u{307}");
        if let Some(given) = given {
            context = context.with_values("AWS:KEY", given.iter().copied());
        }
        condition.holds(Version::V2012, &context)
    }

    #[test]
    fn one_value_is_compared_with_alternatives() {
        for (operator, policy, given, expected) in [
            ("StringEquals", &["a", "b"][..], "b", true),
            ("StringEquals", &["a", "b"], "B", false),
            ("StringEquals", &["a*"], "ab", false),
            ("StringEquals", &["a*"], "a*", true),
            ("StringEquals", &["a${*}"], "a*", true),
            ("StringEquals", &["${aws:username}"], "ana", true),
            ("StringEquals", &["${nobody}"], "", false),
            ("StringEquals", &["${nobody}", "x"], "x", true),
            ("StringEquals", &["${nobody, 'x'}"], "x", true),
            ("StringEquals", &[""], "", true),
            ("StringEquals", &[], "a", false),
            ("StringNotEquals", &["a", "b"], "b", false),
            ("StringNotEquals", &["a", "b"], "c", true),
            ("StringNotEquals", &["${nobody}"], "c", true),
            ("StringNotEquals", &[], "a", true),
            ("StringEqualsIgnoreCase", &["ÄB"], "äb", true),
            ("StringNotEqualsIgnoreCase", &["AB"], "ab", false),
            ("StringEqualsIgnoreCase", &["${dotted}"], "i\u{307}", true),
            ("StringEqualsIgnoreCase", &["${undotted}"], "İ", true),
            ("StringNotLike", &["${aws:username}*${aws:username}"], "ana", true),
            ("StringLike", &["${aws:username}*${aws:username}"], "anaana", true),
            ("StringLike", &["a*c?e"], "a/b/cde", true),
            ("StringLike", &["A*"], "ab", false),
            ("StringLike", &["${star}"], "ab", false),
            ("StringLike", &["${star}"], "*", true),
            ("StringLike", &["a${*}"], "ab", false),
            ("StringNotLike", &["a*"], "ab", false),
            ("StringNotLike", &["a*", "c*"], "b", true),
            ("NumericEquals", &["10"], "10.0", true),
            ("NumericNotEquals", &["10"], "11", true),
            ("NumericLessThan", &["10"], "9", true),
            ("NumericLessThan", &["10"], "10", false),
            ("NumericLessThanEquals", &["10"], "10", true),
            ("NumericGreaterThan", &["10"], "9", false),
            ("NumericGreaterThan", &["10", "5"], "9", true),
            ("NumericGreaterThanEquals", &["10"], "10", true),
            ("NumericEquals", &["${aws:username}"], "1", false),
            ("DateEquals", &["2013-08-16T23:59:59Z"], "1376697599", true),
            ("DateNotEquals", &["2013-08-16T23:59:59Z"], "2013-08-17T01:59:59+02:00", false),
            ("DateLessThan", &["2014"], "2013-12-31T23:59:59Z", true),
            ("DateLessThanEquals", &["2014-01-01"], "2014-01-01T00:00:00Z", true),
            ("DateGreaterThan", &["2014-01-01T00:00:00Z"], "2014-01-01T00:00:00Z", false),
            ("DateGreaterThanEquals", &["2014-01-01T00:00:00Z"], "2014-01-01T00:00:00Z", true),
            ("Bool", &["true"], "true", true),
            ("Bool", &["True"], "true", true),
            ("Bool", &["false"], "true", false),
            ("Bool", &["yes"], "yes", false),
            ("BinaryEquals", &["QmluYXJ5VmFsdWVJbkJhc2U2NA=="], "QmluYXJ5VmFsdWVJbkJhc2U2NA==", true),
            ("BinaryEquals", &["QmluYXJ5VmFsdWVJbkJhc2U2NA=="], "ASIAIOSFODNN7EXAMPLE", false),
            ("IpAddress", &["203.0.113.0/24", "2001:DB8:1234:5678::/64"], "2001:db8:1234:5678::9", true),
            ("IpAddress", &["203.0.113.0/24"], "198.51.100.1", false),
            ("NotIpAddress", &["203.0.113.0/24", "198.51.100.0/24"], "198.51.100.1", false),
            ("NotIpAddress", &["203.0.113.0/24"], "2001:db8::1", true),
            ("ArnEquals", &["arn:aws:sns:*:111122223333:*"], "arn:aws:sns:eu-west-1:111122223333:t", true),
            ("ArnLike", &["arn:aws:sns:*:t"], "arn:aws:sns:eu-west-1:111122223333:t", false),
            (
                "ArnLike",
                &["arn:aws:iam::111122223333:user/${aws:username}"],
                "arn:aws:iam::111122223333:user/ana",
                true,
            ),
            ("ArnNotEquals", &["arn:aws:sns:*:*:t"], "arn:aws:sns:eu-west-1:111122223333:t", false),
            ("ArnNotLike", &["arn:aws:sns:*:*:t"], "arn:aws:sns:eu-west-1:111122223333:u", true),
            ("Null", &["true"], "x", false),
            ("Null", &["false"], "x", true),
            ("nuLL", &["x", "False"], "x", true),
            ("Null", &["x"], "x", false),
            ("stringequals", &["a"], "a", true),
        ] {
            assert_eq!(holds(operator, policy, Some(&[given])), expected, "{operator} {policy:?} {given}");
            // `IfExists` only matters where the key is missing.
            if !operator.eq_ignore_ascii_case("Null") {
                let if_exists = format!("{operator}IfExists");
                assert_eq!(holds(&if_exists, policy, Some(&[given])), expected, "{if_exists} {policy:?} {given}");
            }
        }
    }

    #[test]
    fn a_missing_key_fails_but_for_negations() {
        for (name, negated, _) in OPERATORS {
            for none in [None, Some(&[][..])] {
                assert_eq!(holds(name, &["1"], none), negated, "{name}");
                assert!(holds(&format!("{name}IfExists"), &["1"], none), "{name}IfExists");
                assert!(holds(&format!("ForAllValues:{name}"), &["1"], none), "ForAllValues:{name}");
                assert!(!holds(&format!("ForAnyValue:{name}"), &["1"], none), "ForAnyValue:{name}");
                assert!(holds(&format!("ForAnyValue:{name}IfExists"), &["1"], none), "ForAnyValue:{name}IfExists");
            }
        }
        assert!(holds("Null", &["true"], None) && holds("Null", &["true"], Some(&[])));
        assert!(!holds("Null", &["false"], None));
    }

    #[test]
    fn sets_of_values_are_compared_as_aws_tables_say() {
        for (operator, policy, given, expected) in [
            ("ForAllValues:StringEquals", &["environment", "cost-center"][..], &["environment"][..], true),
            ("ForAllValues:StringEquals", &["environment", "cost-center"], &["environment", "cost-center"], true),
            ("ForAllValues:StringEquals", &["environment", "cost-center"], &["environment", "dept"], false),
            ("ForAnyValue:StringEquals", &["environment", "cost-center"], &["environment", "dept"], true),
            ("ForAnyValue:StringEquals", &["environment", "cost-center"], &["dept"], false),
            ("ForAllValues:StringNotEquals", &["a", "b"], &["c", "d"], true),
            ("ForAllValues:StringNotEquals", &["a", "b"], &["c", "a"], false),
            ("ForAnyValue:StringNotEquals", &["a", "b"], &["c", "a"], true),
            ("ForAnyValue:StringNotEquals", &["a", "b"], &["b", "a"], false),
            ("ForAllValues:StringNotLike", &["a*"], &["b", "ab"], false),
            ("ForAnyValue:NumericLessThan", &["5"], &["9", "4"], true),
            ("ForAllValues:Bool", &["true"], &["true", "false"], false),
            // An empty string is an empty set.
            ("ForAllValues:StringEquals", &["a"], &[""], true),
            ("ForAnyValue:StringEquals", &[""], &[""], false),
            // Without a set operator.
            ("StringEquals", &["a"], &["b", "a"], true),
            ("StringNotEquals", &["a"], &["b", "a"], false),
            ("StringNotEquals", &["a"], &["b", "c"], true),
        ] {
            assert_eq!(holds(operator, policy, Some(given)), expected, "{operator} {policy:?} {given:?}");
        }
    }

    #[test]
    fn the_older_language_compares_variables_as_text() {
        let condition = Condition {
            operator: Operator::parse("StringEquals").unwrap(),
            key: "k".to_owned(),
            values: vec!["${aws:username}".to_owned()],
        };
        let context = Context::new().with("aws:username", "ana");
        assert!(condition.holds(Version::V2008, &context.clone().with("k", "${aws:username}")));
        assert!(!condition.holds(Version::V2008, &context.with("k", "ana")));
    }

    #[test]
    fn operators_that_do_not_exist_are_none() {
        for name in [
            "",
            "Equals",
            "StringIs",
            "ForAnyValue:",
            ":StringLike",
            "ForAnyValue::StringLike",
            "ForAnyValue:Null",
            "NullIfExists",
            "StringLikeIfExistsIfExists",
            "ForAnyValue:ForAllValues:StringLike",
            "BoolNotEquals",
        ] {
            assert_eq!(Operator::parse(name), None, "{name}");
        }
    }

    proptest! {
        /// A negated operator is the opposite of its positive one, with the set operators exchanged.
        #[test]
        fn negations_are_opposites(
            policy in proptest::collection::vec("[ab*]{0,2}", 0..3),
            given in proptest::collection::vec("[ab]{0,2}", 0..3),
        ) {
            let policy: Vec<&str> = policy.iter().map(String::as_str).collect();
            let given: Vec<&str> = given.iter().map(String::as_str).collect();
            for (yes, no) in [
                ("StringEquals", "StringNotEquals"),
                ("StringLike", "StringNotLike"),
                ("ForAnyValue:StringLike", "ForAllValues:StringNotLike"),
                ("ForAllValues:StringLike", "ForAnyValue:StringNotLike"),
            ] {
                prop_assert_ne!(holds(yes, &policy, Some(&given)), holds(no, &policy, Some(&given)), "{}", yes);
            }
        }
    }
}
