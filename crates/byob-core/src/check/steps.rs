//! The steps of a check, in order: one table, from which the documentation comes as well.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The name of a step: a claim that is true exactly when the step passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // Said in the table.
pub enum StepName {
    PlatformIdentityKnown,
    RoleArnValid,
    RoleAssumable,
    ExternalIdRequired,
    ExternalIdEnforced,
    BucketReachable,
    RegionMatches,
    PrefixListable,
    ObjectReadable,
    VersionReadable,
    EncryptedObjectReadable,
    ObjectWritable,
    ObjectDeletable,
    ScopeEnforced,
    PresignedUrlLoads,
    BrowserCorsAllowed,
    ClockInSync,
    CleanupDone,
}

use StepName::{
    BrowserCorsAllowed, BucketReachable, CleanupDone, ClockInSync, EncryptedObjectReadable, ExternalIdEnforced,
    ExternalIdRequired, ObjectDeletable, ObjectReadable, ObjectWritable, PlatformIdentityKnown, PrefixListable,
    PresignedUrlLoads, RegionMatches, RoleArnValid, RoleAssumable, ScopeEnforced, VersionReadable,
};

/// What a step is about.
#[derive(Debug)]
pub struct StepInfo {
    /// Its name.
    pub step: StepName,
    /// What is claimed, as a sentence.
    pub claim: &'static str,
    /// How it is tried.
    pub does: &'static str,
    /// Steps that have to hold before this one makes sense.
    pub needs: &'static [StepName],
}

/// What has to hold before the role's credentials are used: an unsafe role's never are.
const SAFE: &[StepName] = &[RoleAssumable, ExternalIdRequired, ExternalIdEnforced];
const FOUND: &[StepName] = &[RegionMatches];

/// Every step, in the order in which a check takes them.
pub const STEPS: [StepInfo; 18] = [
    StepInfo {
        step: PlatformIdentityKnown,
        claim: "The platform knows who it is at AWS, and it is, or may act as, who the trust policy names.",
        does: "`sts:GetCallerIdentity` with the platform's own credentials, compared with the integration's principal. Where that is a role of the integration's own, `sts:AssumeRole` on it; every later step asks in its name.",
        needs: &[],
    },
    StepInfo {
        step: RoleArnValid,
        claim: "The role's ARN is that of a role, and lies where the bucket lies.",
        does: "Reads the ARN. No request is made.",
        needs: &[],
    },
    StepInfo {
        step: RoleAssumable,
        claim: "The platform may assume the role with its external ID.",
        does: "`sts:AssumeRole` exactly as for serving files: external ID, session policy and duration of the integration.",
        needs: &[PlatformIdentityKnown, RoleArnValid],
    },
    StepInfo {
        step: ExternalIdRequired,
        claim: "Nobody may assume the role without an external ID.",
        does: "The same `sts:AssumeRole` without an external ID. It has to be denied; credentials that come back are dropped unused.",
        needs: &[PlatformIdentityKnown, RoleArnValid],
    },
    StepInfo {
        step: ExternalIdEnforced,
        claim: "Nobody may assume the role with another external ID.",
        does: "The same `sts:AssumeRole` with a random external ID, and with the right one twice over, which every pattern takes that takes the right one. Both have to be denied; credentials that come back are dropped unused.",
        needs: &[PlatformIdentityKnown, RoleArnValid],
    },
    StepInfo {
        step: BucketReachable,
        claim: "The bucket exists where the integration says, and answers us.",
        does: "`s3:GetBucketLocation` with the role's session.",
        needs: SAFE,
    },
    StepInfo {
        step: RegionMatches,
        claim: "The bucket lies in the region that the integration names.",
        does: "Compares the bucket's location, or what S3 says about its region, with the setting.",
        needs: &[BucketReachable],
    },
    StepInfo {
        step: PrefixListable,
        claim: "The objects of the scope can be listed.",
        does: "`s3:ListObjectsV2` of a few keys below the prefix, and of the other buckets where the scope is a list of them. Only where `list` is declared.",
        needs: FOUND,
    },
    StepInfo {
        step: ObjectReadable,
        claim: "An object of the scope can be read.",
        does: "`s3:GetObject` of at most 1 KiB of an object of the listing, or of the one that was named. In an empty folder, of a name that does not exist: AWS says so only to those who may list and read.",
        needs: FOUND,
    },
    StepInfo {
        step: VersionReadable,
        claim: "A version of an object can be read.",
        does: "`s3:ListObjectVersions` of a few, and `s3:GetObject` of at most 1 KiB of one. Only where `read_versions` is declared.",
        needs: FOUND,
    },
    StepInfo {
        step: EncryptedObjectReadable,
        claim: "An object that is encrypted with a KMS key can be read.",
        does: "Looks whether an object that was read is encrypted with a KMS key. Only where such objects were met or KMS keys are declared.",
        needs: FOUND,
    },
    StepInfo {
        step: ObjectWritable,
        claim: "An object of the scope can be written.",
        does: "`s3:PutObject` of a canary below `temp/` of the prefix. Where it could not be deleted again (`delete` is not declared), with a wrong checksum: S3 then says whether it would have been permitted, and writes nothing.",
        needs: FOUND,
    },
    StepInfo {
        step: ObjectDeletable,
        claim: "An object of the scope can be deleted.",
        does: "`s3:DeleteObject` of the canary. Only where `delete` is declared.",
        needs: FOUND,
    },
    StepInfo {
        step: ScopeEnforced,
        claim: "The session reaches nothing outside the scope.",
        does: "Reads a name beside the prefix, or asks for what is not declared. Both have to be denied, whatever the role itself may do.",
        needs: FOUND,
    },
    StepInfo {
        step: PresignedUrlLoads,
        claim: "A presigned URL loads without credentials.",
        does: "Signs a URL as for serving files and fetches a range of it as a browser would; where URLs stay the same for a while, also one as old as they get.",
        needs: &[RegionMatches],
    },
    StepInfo {
        step: BrowserCorsAllowed,
        claim: "Pages of the console may read the bucket in a browser.",
        does: "A preflight and a GET with the console's `Origin`; the exposed headers are compared with those that viewers need.",
        needs: &[RegionMatches],
    },
    StepInfo {
        step: ClockInSync,
        claim: "The service's clock agrees with AWS's.",
        does: "Compares the `Date` of the answers with the service's clock.",
        needs: &[],
    },
    StepInfo {
        step: CleanupDone,
        claim: "Nothing of this check, or of an earlier one, is left in the bucket.",
        does: "Removes canaries that are known to be left.",
        needs: &[],
    },
];

impl StepName {
    /// All of them, in order.
    pub const ALL: [Self; 18] = {
        let mut all = [Self::PlatformIdentityKnown; 18];
        let mut number = 0;
        while number < all.len() {
            all[number] = STEPS[number].step;
            number += 1;
        }
        all
    };

    /// What the step is about.
    pub fn info(self) -> &'static StepInfo {
        &STEPS[self as usize]
    }

    /// As in the report.
    pub fn as_str(self) -> &'static str {
        match self {
            PlatformIdentityKnown => "platform-identity-known",
            RoleArnValid => "role-arn-valid",
            RoleAssumable => "role-assumable",
            ExternalIdRequired => "external-id-required",
            ExternalIdEnforced => "external-id-enforced",
            BucketReachable => "bucket-reachable",
            RegionMatches => "region-matches",
            PrefixListable => "prefix-listable",
            ObjectReadable => "object-readable",
            VersionReadable => "version-readable",
            EncryptedObjectReadable => "encrypted-object-readable",
            ObjectWritable => "object-writable",
            ObjectDeletable => "object-deletable",
            ScopeEnforced => "scope-enforced",
            PresignedUrlLoads => "presigned-url-loads",
            BrowserCorsAllowed => "browser-cors-allowed",
            ClockInSync => "clock-in-sync",
            CleanupDone => "cleanup-done",
        }
    }

    /// Whether it is one of the two that prove the external ID.
    pub fn is_of_external_id(self) -> bool {
        matches!(self, ExternalIdRequired | ExternalIdEnforced)
    }
}

impl std::fmt::Display for StepName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_names_and_needs_come_first() {
        for (number, info) in STEPS.iter().enumerate() {
            assert_eq!(info.step as usize, number, "{}", info.step);
            assert_eq!(serde_json::to_value(info.step).unwrap(), info.step.as_str());
            assert!(info.needs.iter().all(|needed| *needed < info.step), "{}", info.step);
        }
    }
}
