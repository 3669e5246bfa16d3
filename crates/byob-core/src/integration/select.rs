//! Chooses the integration for a locator: a pure function.

use std::collections::HashMap;

use byob_aws::{Bucket, Locator};

use crate::integration::scope::{Fit, Scope};

/// Scopes, ordered for quick choice: those of one bucket by the bucket, the others in a list.
#[derive(Debug)]
pub struct Selection<T> {
    by_bucket: HashMap<Bucket, Vec<(Scope, T)>>,
    all_permitted: Vec<(Scope, T)>,
}

impl<T> Selection<T> {
    /// Takes the scopes of one organization.
    pub fn new(scopes: impl IntoIterator<Item = (Scope, T)>) -> Self {
        let mut selection = Self { by_bucket: HashMap::new(), all_permitted: Vec::new() };
        for (scope, value) in scopes {
            match &scope {
                Scope::Bucket(one) => selection.by_bucket.entry(one.bucket.clone()).or_default().push((scope, value)),
                Scope::AllPermitted(_) => selection.all_permitted.push((scope, value)),
            }
        }
        selection
    }

    /// The closest fit: the longest prefix, then the bucket, then the list that has the bucket, then any bucket.
    ///
    /// Ties cannot happen, because [`Scope::ties_with`] is asked before an integration is saved.
    pub fn choose(&self, locator: &Locator) -> Option<&T> {
        self.by_bucket
            .get(locator.bucket())
            .into_iter()
            .flatten()
            .chain(&self.all_permitted)
            .filter_map(|(scope, value)| scope.fit(locator).map(|fit| (fit, value)))
            .max_by_key(|(fit, _): &(Fit, _)| *fit)
            .map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use byob_aws::{Prefix, policies::BucketScope};

    use super::*;

    fn bucket(name: &str, prefix: Option<&str>) -> Scope {
        let prefix = prefix.map(|prefix| Prefix::parse_typed(prefix).unwrap());
        Scope::Bucket(BucketScope { bucket: Bucket::parse(name).unwrap(), prefix })
    }

    fn all(names: &[&str]) -> Scope {
        Scope::AllPermitted(names.iter().map(|name| Bucket::parse(name).unwrap()).collect())
    }

    #[test]
    fn the_closest_scope_serves_a_locator() {
        let selection = Selection::new([
            (bucket("one", Some("team")), "one/team"),
            (bucket("one", Some("team/a")), "one/team/a"),
            (bucket("one", None), "one"),
            (bucket("two", Some("p")), "two/p"),
            (all(&["two", "three"]), "listed"),
            (all(&[]), "any"),
        ]);
        for (locator, expected) in [
            ("s3://one/team/a/k", "one/team/a"),
            ("s3://one/team/ab", "one/team"),
            ("s3://one/team2/x", "one"),
            ("s3://one/team", "one"),
            ("s3://one/x", "one"),
            ("s3://two/p/k", "two/p"),
            ("s3://two/pq", "listed"),
            ("s3://three/k", "listed"),
            ("s3://four/k", "any"),
        ] {
            assert_eq!(selection.choose(&Locator::parse(locator).unwrap()), Some(&expected), "{locator}");
        }
    }

    #[test]
    fn what_no_scope_covers_is_served_by_none() {
        let selection = Selection::new([(bucket("one", Some("team")), ()), (all(&["two"]), ())]);
        for locator in ["s3://one/other", "s3://three/k"] {
            assert_eq!(selection.choose(&Locator::parse(locator).unwrap()), None, "{locator}");
        }
    }

    #[test]
    fn scopes_tie_when_a_locator_fits_both_alike() {
        for (one, two, ties) in [
            (bucket("one", None), bucket("one", None), true),
            (bucket("one", Some("a")), bucket("one", Some("/a/")), true),
            (bucket("one", Some("a")), bucket("one", Some("a/b")), false),
            (bucket("one", None), bucket("one", Some("a")), false),
            (bucket("one", None), bucket("two", None), false),
            (bucket("one", None), all(&["one"]), false),
            (all(&["one", "two"]), all(&["two"]), true),
            (all(&["one"]), all(&["two"]), false),
            (all(&["one"]), all(&[]), false),
            (all(&[]), all(&[]), true),
        ] {
            assert_eq!((one.ties_with(&two), two.ties_with(&one)), (ties, ties), "{one:?} {two:?}");
        }
    }
}
