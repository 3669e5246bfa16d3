//! The session policy: what narrows one session to the declared scope and access, whatever the role itself may do.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session>.

use crate::{
    Bucket,
    policies::{access::access_policy, grant::Grant},
};

/// STS takes no longer session policy, in characters.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>.
pub const LONGEST: usize = 2048;

/// The session policy for requests to `bucket`, as compact JSON.
///
/// It covers the whole grant where that fits into [`LONGEST`], so that one session serves all buckets; otherwise only the
/// grant's scopes of `bucket`. `None` if even that is too long (a bucket with very many or very long prefixes and keys).
pub fn session_policy(grant: &Grant, bucket: &Bucket) -> Option<String> {
    let fits = |policy: &String| policy.chars().count() <= LONGEST;
    let of = |grant: &Grant| access_policy(grant).without_sids().to_compact_json();
    // Each bucket stands in the policy at least once. Many are told by their names, without building what cannot fit.
    let names: usize = grant.buckets.iter().map(|scope| scope.bucket.as_str().len() + "arn:aws:s3:::".len()).sum();
    let whole = (names <= LONGEST).then(|| of(grant)).filter(fits);
    whole.or_else(|| {
        let buckets = grant.buckets.iter().filter(|scope| scope.bucket == *bucket).cloned().collect::<Vec<_>>();
        // An empty list would mean every bucket.
        (!buckets.is_empty()).then(|| of(&Grant { buckets, ..grant.clone() })).filter(fits)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Partition,
        policies::{Access, BucketScope},
    };

    fn grant(buckets: usize) -> Grant {
        let scope =
            |number| BucketScope { bucket: Bucket::parse(&format!("customer-bucket-{number}")).unwrap(), prefix: None };
        Grant {
            partition: Partition::Aws,
            buckets: (0..buckets).map(scope).collect(),
            access: vec![Access::List, Access::Read],
            kms_keys: vec![],
        }
    }

    #[test]
    fn few_buckets_share_one_session_and_many_get_their_own() {
        let bucket = Bucket::parse("customer-bucket-1").unwrap();
        let few = session_policy(&grant(3), &bucket).unwrap();
        assert!(few.contains("customer-bucket-2"));
        let many = session_policy(&grant(100), &bucket).unwrap();
        assert!(many.contains("customer-bucket-1/*") && !many.contains("customer-bucket-2"), "{many}");
        assert!(many.len() <= LONGEST);
    }

    #[test]
    fn a_bucket_outside_a_large_grant_gets_no_policy_instead_of_a_broad_one() {
        assert_eq!(session_policy(&grant(100), &Bucket::parse("other").unwrap()), None);
    }
}
