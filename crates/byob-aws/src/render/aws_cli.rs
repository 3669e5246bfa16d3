//! A shell script for the AWS CLI, to be run as it stands, and again after every change.
//!
//! It is POSIX shell, lies in parts in the folder `aws_cli`, and works with both versions of the CLI. Whom it acts as, and where, are
//! the CLI's own settings. Every text that is not ours stands in single quotes, inside which a shell reads nothing
//! (<https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02>).
//!
//! CORS rules that a bucket has stay: the CLI's own `--query` puts them together with ours, so that no other tool is needed.

use serde::Serialize;

use super::{DESCRIPTION, POLICY_NAME, Setup, json};
use crate::{
    Bucket,
    policies::{cors::CorsConfiguration, lifecycle::LifecycleConfiguration},
};

/// The script.
pub fn script(setup: &Setup) -> String {
    let (cors, lifecycle) = (setup.cors(), setup.lifecycle());
    let mut script = Script(include_str!("aws_cli/head.sh").to_owned());
    script.add_if(cors.is_some(), "# --without-cors leaves the CORS configuration of the buckets as it is.\n");
    script.add_if(lifecycle.is_some(), "# --with-lifecycle makes scratch files and exports remove themselves.\n");
    script.add("set -eu\n\n");
    script.set("role", setup.role_name.as_str());
    script.set("description", DESCRIPTION);
    script.set("policy_name", POLICY_NAME);
    script.set("trust_policy", &json::pretty(&setup.trust_policy));
    script.set("access_policy", &json::pretty(&setup.access_policy));
    script.add(include_str!("aws_cli/functions.sh"));
    script.options(cors.is_some(), lifecycle.is_some());
    script.add(include_str!("aws_cli/role.sh"));
    if let Some(seconds) = setup.max_session_duration {
        script.set("max_session_duration", &seconds.to_string());
        script.add(include_str!("aws_cli/duration.sh"));
    }
    if cors.is_some() || lifecycle.is_some() {
        script.arguments(&setup.buckets);
    }
    if let Some(configuration) = cors {
        script.cors(configuration);
    }
    if let Some(configuration) = lifecycle {
        script.lifecycle(configuration);
    }
    script.add(include_str!("aws_cli/arn.sh"));
    script.0
}

struct Script(String);

impl Script {
    fn add(&mut self, part: &str) {
        self.0.push_str(part);
    }

    fn add_if(&mut self, wanted: bool, part: &str) {
        self.add(if wanted { part } else { "" });
    }

    /// A variable.
    fn set(&mut self, name: &str, value: &str) {
        self.add(&format!("{name}={}\n", quote(value)));
    }

    /// Reads the options. Ones that would do nothing are refused, so that nobody relies on them.
    fn options(&mut self, cors: bool, lifecycle: bool) {
        self.add("\ncors=yes\nlifecycle=no\nfor option in \"$@\"; do\n  case $option in\n");
        self.add_if(cors, "    --without-cors) cors=no ;;\n");
        self.add_if(lifecycle, "    --with-lifecycle) lifecycle=yes ;;\n");
        self.add("    *) fail \"There is no option $option.\" ;;\n  esac\ndone\n");
    }

    /// The buckets, as `"$@"`, the only list that a POSIX shell has.
    fn arguments(&mut self, buckets: &[Bucket]) {
        let buckets: Vec<String> = buckets.iter().map(|bucket| quote(bucket.as_str())).collect();
        self.add(&format!("\nset -- {}\n", buckets.join(" ")));
    }

    fn cors(&mut self, configuration: &CorsConfiguration) {
        let rules = &configuration.cors_rules;
        self.set("cors_rules", &query_literal(rules));
        self.set("cors_count", &rules.len().to_string());
        self.set("cors_others", &query_others(rules.iter().map(|rule| rule.id)));
        self.add(include_str!("aws_cli/cors.sh"));
    }

    fn lifecycle(&mut self, configuration: &LifecycleConfiguration) {
        self.set("lifecycle_configuration", &json::pretty(configuration));
        self.set("lifecycle_others", &query_others(configuration.rules.iter().map(|rule| rule.id.as_str())));
        self.add(include_str!("aws_cli/lifecycle.sh"));
    }
}

/// One word of the shell that means exactly `text`.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// JSON that can stand between the backticks of a `--query`.
///
/// Source: <https://jmespath.org/specification.html#literal-expressions>.
fn query_literal(value: &impl Serialize) -> String {
    json::compact(value).replace('`', r"\u0060")
}

/// The condition, in a `--query`, of rules other than those with our IDs.
fn query_others<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    ids.map(|id| format!("ID != '{id}'")).collect::<Vec<_>>().join(" && ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_mean_what_they_hold() {
        for (text, word) in [
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$a`b`\\\n\"🦀", "'$a`b`\\\n\"🦀'"),
            ("", "''"),
            ("'", r"''\'''"),
        ] {
            assert_eq!(quote(text), word);
        }
    }

    #[test]
    fn no_literal_ends_early() {
        assert_eq!(query_literal(&["a`b"]), r#"["a\u0060b"]"#);
    }
}
