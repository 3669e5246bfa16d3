//! Every code of a finding, with how bad it is and what to do about it. The sentence that says what is wrong is made where it is
//! found, because it names what stands there.

use serde::{Serialize, Serializer};

use crate::iam::json::Mistake;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// AWS refuses the document, or it does not do what is wanted, or it is dangerous.
    Error,
    /// It works, but permits more than is needed, or may fail some day.
    Warning,
    /// Good to know.
    Note,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $code:ident $name:literal $severity:ident $hint:literal,)*) => {
        /// The sort of a finding; stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $code,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// In snake case, as in the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// How bad it is.
            pub fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)* }
            }

            /// What to do about it, where the finding does not know better.
            pub(super) fn hint(self) -> &'static str {
                match self { $(Self::$code => $hint,)* }
            }
        }
    };
}

codes! {
    /// The text is empty, or holds no list and no object.
    NoJson "no_json" Error "Paste the whole document, from its first `{` to its last `}`.",
    /// The text is XML.
    Xml "xml" Error "Paste the JSON form; the S3 console and the AWS CLI take no other.",
    /// The text is YAML.
    Yaml "yaml" Error "Paste the JSON form; the consoles of IAM and S3 take no other.",
    /// It is a document of another kind than was said.
    WrongDocument "wrong_document" Error "Paste the document that is asked for, or ask about this kind.",
    /// An invisible mark before the document.
    ByteOrderMark "byte_order_mark" Error "Save the file as UTF-8 without a byte-order mark.",
    /// Three backquotes around the document.
    CodeFence "code_fence" Error "Copy only what stands between the fences.",
    /// Something before the document.
    TextBefore "text_before" Error "Begin with the first `{`.",
    /// Something after the document.
    TextAfter "text_after" Error "End with the last `}`.",
    /// A comment.
    Comment "comment" Error "Remove the comment; a `Sid` can say what a statement is for.",
    /// A character that looks like a blank.
    InvisibleCharacter "invisible_character" Error "Replace it by a space.",
    /// A quotation mark of a word processor.
    TypographicQuote "typographic_quote" Error "Write `\"`.",
    /// A single quotation mark around a text.
    SingleQuote "single_quote" Error "Write `\"`.",
    /// A key or a text without quotation marks.
    Unquoted "unquoted" Error "Put it in double quotes.",
    /// A text without its second quotation mark.
    UnclosedString "unclosed_string" Error "Add the `\"` at its end.",
    /// A line break or another control character in a text.
    LineBreak "line_break_in_string" Error "Write the text on one line.",
    /// A backslash before a character that needs none.
    UnknownEscape "unknown_escape" Error "Remove the backslash.",
    /// A character that IAM takes as an escape only.
    Unescaped "unescaped_character" Error "Write it as an escape.",
    /// A number that is none.
    BadNumber "bad_number" Error "Put it in double quotes.",
    /// A comma after the last entry.
    TrailingComma "trailing_comma" Error "Remove the comma.",
    /// Two commas, or one before the first entry.
    ExtraComma "extra_comma" Error "Remove the comma.",
    /// No comma between two entries.
    MissingComma "missing_comma" Error "Add a comma before it.",
    /// No colon between key and value.
    MissingColon "missing_colon" Error "Write a colon.",
    /// A key without a value.
    MissingValue "missing_value" Error "Add the value, or remove its key.",
    /// A brace or bracket that is never closed, or never opened.
    MissingBracket "missing_bracket" Error "Add it. Was the document copied whole?",
    /// A brace in place of a bracket, or the other way round.
    WrongBracket "wrong_bracket" Error "Close what was opened: `{` with `}`, `[` with `]`.",
    /// The same key twice in one object.
    DuplicateKey "duplicate_key" Error "Put both into one, as a list where it is about values.",
    /// Nested more deeply than any policy.
    NestedTooDeeply "nested_too_deeply" Error "A policy needs six levels. Is it a policy?",
    /// Something that JSON has no use for.
    UnexpectedCharacter "unexpected_character" Error "Remove it.",
    /// Every quotation mark has a backslash, or everything is percent-encoded, as in a log.
    EscapedText "escaped_text" Error "Paste the document itself; the consoles of IAM and S3 show it.",
    /// The document stands inside of what a tool printed.
    Wrapped "wrapped" Note "Where AWS asks for the document, paste the inner part alone.",
    /// A statement without the policy around it.
    BareStatement "bare_statement" Error "Put it into `{\"Version\": \"2012-10-17\", \"Statement\": […]}`.",

    /// No version, which means the old language.
    VersionMissing "version_missing" Warning "Add `\"Version\": \"2012-10-17\"`.",
    /// The version of the old language.
    VersionOld "version_old" Warning "Write `\"Version\": \"2012-10-17\"`.",
    /// A version that does not exist.
    VersionUnknown "version_unknown" Error "Write `\"Version\": \"2012-10-17\"`. It names the language, and is no date of yours.",
    /// A variable, which the old language takes for text.
    VariableInOldVersion "variable_in_old_version" Error "Write `\"Version\": \"2012-10-17\"`.",
    /// Capitals where AWS wants small letters, or the other way round.
    WrongCapitals "wrong_capitals" Error "Capitals matter here.",
    /// A name that is almost right.
    WrongName "wrong_name" Error "Correct the name.",
    /// An element that AWS does not know here.
    UnknownElement "unknown_element" Error "Remove it.",
    /// A `Principal` where there can be none.
    PrincipalInAccessPolicy "principal_in_access_policy" Error "Remove it: the policy is about the role that it is attached to.",
    /// A `Resource` where there can be none.
    ResourceInTrustPolicy "resource_in_trust_policy" Error "Remove it: the policy is about the role that it is attached to.",
    /// An element that AWS demands is not there.
    MissingElement "missing_element" Error "Add it.",
    /// An effect other than `Allow` and `Deny`.
    BadEffect "bad_effect" Error "Write `Allow` or `Deny`.",
    /// A principal that is not in an object.
    PrincipalForm "principal_form" Error "Write `{\"AWS\": \"…\"}`.",
    /// An account ID with dashes or blanks, or without quotation marks.
    AccountForm "account_form" Error "Write the twelve digits alone, in double quotes.",
    /// An account ID that has not twelve digits.
    AccountDigits "account_digits" Error "An account ID has twelve digits; leading zeros count.",
    /// A name of a statement that IAM does not take.
    BadSid "bad_sid" Error "Use letters and digits only.",
    /// Two statements of one name.
    DuplicateSid "duplicate_sid" Error "Rename one, or remove its `Sid`.",
    /// An action without its service.
    ActionWithoutService "action_without_service" Error "Name the service, as in `s3:GetObject`.",
    /// AWS refuses this for another reason.
    Refused "refused" Error "Mend it there; AWS would refuse it.",
    /// Longer than AWS takes.
    TooLarge "too_large" Error "Name fewer buckets, use shorter prefixes, or leave out statements.",
    /// Longer than AWS takes unless the account has asked for more.
    LargeForQuota "large_for_quota" Warning "Shorten it, or ask AWS for a higher quota.",

    /// `s3://bucket/key` in place of an ARN.
    S3Url "s3_url" Error "Policies name ARNs, not URLs.",
    /// An ARN without its first parts.
    ArnPrefixMissing "arn_prefix_missing" Error "An S3 ARN begins with `arn:aws:s3:::`.",
    /// An ARN with a colon too few or too many.
    ArnColons "arn_colons" Error "There are three colons between `s3` and the bucket's name.",
    /// A bucket's ARN with a region or an account, which it does not have.
    ArnWithRegion "arn_with_region" Error "Leave both empty: bucket names are unique in all regions and accounts.",
    /// A blank in or around an ARN.
    ArnBlank "arn_blank" Error "Remove the blank.",
    /// Capitals in the fixed parts of an ARN.
    ArnCapitals "arn_capitals" Error "Write them in small letters.",
    /// Something that is no ARN.
    NotAnArn "not_an_arn" Error "Write an ARN such as `arn:aws:s3:::bucket/*`.",
    /// An ARN of another cloud than the bucket's.
    WrongPartition "wrong_partition" Error "ARNs of another partition never match here.",
    /// A key that begins with a slash.
    LeadingSlash "leading_slash" Warning "Remove one slash. Keys begin with the name of their first folder.",
    /// A principal's ARN without its account.
    PrincipalWithoutAccount "principal_without_account" Error "Put the account's twelve digits between the last two colons.",
    /// Something that was to be filled in.
    Placeholder "placeholder" Error "Replace it by the real value.",

    /// An action that IAM does not have.
    UnknownAction "unknown_action" Error "AWS takes it without a word, and it grants nothing.",
    /// An action on objects, where only buckets are named.
    ObjectActionOnBucket "object_action_on_bucket" Error "Name the objects: the bucket's ARN with `/*` or `/prefix/*` behind it.",
    /// An action on buckets, where only objects are named.
    BucketActionOnObjects "bucket_action_on_objects" Error "Name the bucket: its ARN without `/` and what follows.",
    /// The bucket's location asked for under a condition on the prefix.
    PrefixOnBucketLocation "prefix_on_bucket_location" Error "Put `s3:GetBucketLocation` into a statement of its own, without the condition.",
    /// A condition that no request of the action meets.
    ConditionNeverMet "condition_never_met" Error "Remove the condition, or move the action into a statement of its own.",
    /// A variable that sessions of roles do not have.
    VariableNeverSet "variable_never_set" Error "Write what was meant; the platform comes with a role, which has no user name.",
    /// A wildcard where the operator knows none.
    WildcardIsLiteral "wildcard_is_literal" Warning "Use `StringLike` or `ArnLike`, or name the whole value.",
    /// A declared access that is not granted.
    MissingAccess "missing_access" Error "Use the corrected document.",
    /// The bucket's region cannot be asked for.
    MissingLocation "missing_location" Warning "Add a statement for `s3:GetBucketLocation` on the bucket: with it, a wrong region is found and said.",
    /// The folder itself cannot be listed under its bare name.
    NarrowListing "narrow_listing" Warning "Let `s3:prefix` hold to the prefix, the prefix with `/`, and the prefix with `/*`.",
    /// A declared access that a `Deny` takes away.
    DeniedAccess "denied_access" Error "Narrow the `Deny`, or remove it.",
    /// A pattern of actions that matches more than the declared access.
    BroadAction "broad_action" Warning "Name the needed actions one by one.",
    /// An action that the declared access does not need.
    UnneededAction "unneeded_action" Warning "Remove it, unless something else uses this role.",
    /// An action that is not needed, and does little harm.
    ExtraAction "extra_action" Note "It can stay, or go.",
    /// Resources beyond the scope.
    BroadResource "broad_resource" Warning "Name only what the integration serves.",
    /// The listing goes beyond the declared prefix.
    BroadListing "broad_listing" Warning "Add a condition on `s3:prefix`.",
    /// KMS keys may be used by other ways than S3.
    KeyWithoutService "key_without_service" Warning "Add a condition on `kms:ViaService`.",
    /// KMS keys may decrypt other things than the scope's objects.
    KeyWithoutContext "key_without_context" Warning "Add a condition on `kms:EncryptionContext:aws:s3:arn`.",
    /// Everything but some actions.
    NotAction "not_action" Warning "Name what is allowed in `Action`: this also allows what AWS will add.",
    /// Everything but some resources.
    NotResource "not_resource" Warning "Name what is allowed in `Resource`: this also allows what will be made later.",
    /// The document or the list of buckets is too long to try all.
    NotAllChecked "not_all_checked" Note "Check the others with a document of their own.",

    /// Everybody may assume the role.
    TrustsEverybody "trusts_everybody" Error "Name the platform's principal, and nobody else.",
    /// A whole account is trusted where one role was to be.
    TrustsWholeAccount "trusts_whole_account" Warning "Name the role or user itself, unless the platform asks for its account.",
    /// The role can be assumed without an external ID.
    NoExternalId "no_external_id" Error "Add the condition `\"StringEquals\": {\"sts:ExternalId\": \"…\"}`: without it, any customer of the platform could have it use this bucket (the confused deputy).",
    /// The condition holds where no external ID is given.
    ExternalIdOptional "external_id_optional" Error "Use `StringEquals`, which holds only if the ID is given.",
    /// Other external IDs are taken, too.
    ExternalIdAny "external_id_any" Error "Use `StringEquals` with the whole ID.",
    /// Several external IDs are taken.
    SeveralExternalIds "several_external_ids" Warning "Keep only the ID of this integration.",
    /// The external ID is another one.
    WrongExternalId "wrong_external_id" Error "Copy the integration's external ID.",
    /// The external ID is asked for under a name that does not exist.
    WrongConditionKey "wrong_condition_key" Error "The key is `sts:ExternalId`.",
    /// The platform's principal is not named.
    WrongPrincipal "wrong_principal" Error "Copy the platform's principal, letter for letter.",
    /// The principal was deleted; AWS shows its internal ID.
    DeletedPrincipal "deleted_principal" Error "Write the ARN again: AWS keeps the ID of a role that was deleted, also if there is a new one of that name.",
    /// A service may assume the role.
    ServicePrincipal "service_principal" Note "Remove it, unless a service of your own uses this role.",
    /// Users of an identity provider may assume the role.
    FederatedPrincipal "federated_principal" Note "Remove it, unless people of your own use this role.",
    /// Somebody else may assume the role, too.
    OtherPrincipal "other_principal" Note "Remove it, unless you know whom it is for.",
    /// More actions than the assumption of the role.
    BroadTrustAction "broad_trust_action" Warning "Write `sts:AssumeRole`.",
    /// An action that the platform does not use.
    ExtraTrustAction "extra_trust_action" Note "It can stay, or go.",
    /// The role cannot be assumed, because the action is not there.
    AssumeRoleMissing "assume_role_missing" Error "Add the action `sts:AssumeRole`.",
    /// A condition that our request may not meet.
    ConditionMayRefuse "condition_may_refuse" Warning "Remove it, or make sure that the platform's requests meet it.",
    /// A `Deny` keeps the platform out.
    DeniedAssumption "denied_assumption" Error "Narrow the `Deny`, or remove it.",
    /// The role cannot be assumed, for a reason that lies in several places.
    NotAssumable "not_assumable" Error "Use the corrected document.",

    /// One value where S3 wants a list.
    NotAList "not_a_list" Error "Put it in brackets: `[\"…\"]`.",
    /// A page's origin is not allowed.
    MissingOrigin "missing_origin" Error "Add it to `AllowedOrigins`, exactly as written here.",
    /// An origin with a path or a slash at its end.
    OriginWithPath "origin_with_path" Error "An origin is `scheme://host` and a port, without anything behind it.",
    /// An origin that is none, or has two wildcards.
    BadOrigin "bad_origin" Error "Write `https://host`, with one `*` at most.",
    /// Any page is allowed.
    BroadOrigin "broad_origin" Warning "Name the pages that use the bucket.",
    /// A method that pages need.
    MissingMethod "missing_method" Error "Add it to `AllowedMethods`.",
    /// A method that S3 does not take.
    BadMethod "bad_method" Error "S3 takes `GET`, `HEAD`, `PUT`, `POST` and `DELETE`; it answers OPTIONS by itself.",
    /// A method that is not needed.
    BroadMethod "broad_method" Warning "Remove it, unless other pages need it.",
    /// A request header that pages may not send.
    MissingAllowedHeader "missing_allowed_header" Error "Write `\"AllowedHeaders\": [\"*\"]`; the signature decides what S3 accepts.",
    /// Response headers that scripts do not see.
    MissingExposedHeader "missing_exposed_header" Warning "Add it to `ExposeHeaders`.",
}

impl From<Mistake> for Code {
    fn from(mistake: Mistake) -> Self {
        match mistake {
            Mistake::Grammar => Self::Refused,
            Mistake::Empty => Self::NoJson,
            Mistake::ByteOrderMark => Self::ByteOrderMark,
            Mistake::CodeFence => Self::CodeFence,
            Mistake::TextBefore => Self::TextBefore,
            Mistake::TextAfter => Self::TextAfter,
            Mistake::Comment => Self::Comment,
            Mistake::InvisibleCharacter => Self::InvisibleCharacter,
            Mistake::TypographicQuote => Self::TypographicQuote,
            Mistake::SingleQuote => Self::SingleQuote,
            Mistake::Unquoted => Self::Unquoted,
            Mistake::UnclosedString => Self::UnclosedString,
            Mistake::LineBreak => Self::LineBreak,
            Mistake::Escape => Self::UnknownEscape,
            Mistake::Number => Self::BadNumber,
            Mistake::TrailingComma => Self::TrailingComma,
            Mistake::ExtraComma => Self::ExtraComma,
            Mistake::MissingComma => Self::MissingComma,
            Mistake::MissingColon => Self::MissingColon,
            Mistake::MissingValue => Self::MissingValue,
            Mistake::MissingBracket => Self::MissingBracket,
            Mistake::WrongBracket => Self::WrongBracket,
            Mistake::DuplicateKey => Self::DuplicateKey,
            Mistake::TooDeep => Self::NestedTooDeeply,
            Mistake::Unexpected => Self::UnexpectedCharacter,
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
