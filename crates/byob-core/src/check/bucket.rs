//! Finding the bucket, its region, and what lies below the prefix.

use std::time::Duration;

use aws_sdk_s3::{
    Client,
    config::retry::RetryConfig,
    types::{BucketLocationConstraint, EncodingType},
};
use byob_aws::{Bucket, Locator, ObjectKey, policies::Access};

use super::{
    causes::Signs,
    denial::{By, Denial},
    judged::Judged,
    objects::{is_about_reading, is_archived},
    run::{Object, Run},
    steps::StepName,
};
use crate::{
    aws_io::{
        fault::{Fault, FaultKind},
        s3,
        web::Request,
    },
    files::decoded,
    integration::{Integration, Spec},
};

/// So many objects are looked at.
const LOOKED_AT: i32 = 20;

const LIST: &str = "s3:ListObjectsV2";

/// Probes are repeated less than what serves files: a step has ten seconds.
const ATTEMPTS: u32 = 2;

impl<'a> Run<'a> {
    pub(super) async fn bucket_reachable(&mut self) -> Judged {
        let Some(bucket) = self.subject.bucket.clone() else {
            let reason = if self.subject.lacks_scope() {
                "The scope is not set yet."
            } else {
                "The integration serves any bucket: name an object (`locator`) to have its bucket checked."
            };
            return Judged::skipped(reason);
        };
        let Some(integration) = &self.subject.integration else {
            return Judged::skipped("The settings are not right.");
        };
        let client = self.client(&integration.spec);
        self.found.s3 = Some(client.clone());
        let asked = format!("on {bucket}");
        let located = self
            .ask("s3:GetBucketLocation", asked, client.get_bucket_location().bucket(bucket.as_str()).send(), |error| {
                Fault::of("s3:GetBucketLocation", error)
            })
            .await;
        match located {
            Ok(answer) => {
                self.found.location_permitted = true;
                // The oldest region has no name here, and another an old one:
                // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html
                let region = match answer.location_constraint().map(BucketLocationConstraint::as_str) {
                    None | Some("") if integration.spec.endpoint_url.is_some() => None,
                    None | Some("") => Some("us-east-1".to_owned()),
                    Some("EU") => Some("eu-west-1".to_owned()),
                    Some(region) => Some(region.to_owned()),
                };
                self.found.region = region;
                Judged::passed(format!("The bucket `{bucket}` answers.{}", self.not_looked_at()))
            }
            Err(fault) => self.not_located(fault).await,
        }
    }

    /// A check goes the way of one bucket.
    fn not_looked_at(&self) -> String {
        let others = self.other_buckets().len();
        let lists = self.spec().is_some_and(|spec| spec.access.contains(&Access::List));
        match (others, lists) {
            (0, _) => String::new(),
            (_, true) => format!(
                " The steps look at this one of {} buckets; of the others, only whether they can be listed.",
                others + 1
            ),
            (_, false) => format!(
                " Only this one of {} buckets is looked at, for `list` is not declared: a check that names an object of another (`locator`) looks at that one.",
                others + 1
            ),
        }
    }

    /// Without the location, other requests tell whether it is the bucket, the way to it or the permission.
    async fn not_located(&mut self, fault: Fault) -> Judged {
        let Some(integration) = self.subject.integration.as_ref() else { return Judged::skipped("") };
        let bucket = self.subject.bucket.clone().map(|bucket| bucket.to_string()).unwrap_or_default();
        if is_elsewhere(&fault) {
            (self.found.region, self.found.elsewhere) = (fault.region.clone(), true);
            if self.found.region.is_none() && integration.spec.endpoint_url.is_none() {
                self.found.region = self.region_from_anybody(integration).await;
            }
            return Judged::passed(format!("The bucket `{bucket}` answers, from another region."));
        }
        if fault.is_denied() {
            // Buckets of everybody, and keys of other stores, commonly may not ask for the location.
            if !self.subject.is_by_role() {
                return Judged::passed(format!("The bucket `{bucket}` answers, though not with its location."));
            }
            if integration.spec.access.contains(&Access::List) && self.list_once().await {
                // Somebody else than the role's own policy may be to blame.
                if !matches!(Denial::read(fault.message()).by, None | Some(By::RoleLacks | By::SessionLacks)) {
                    let judged = self.refused(StepName::BucketReachable, &fault, self.signs(), self.facts.clone());
                    return judged.into_reservation();
                }
                let detail = "Listing is permitted, asking for the bucket's location is not.";
                let known = super::fix::Known::Lacks("s3:GetBucketLocation".to_owned());
                return Judged::warned("location_not_permitted", self.facts.clone(), detail).knowing(known);
            }
        }
        let mut signs = Signs { own_endpoint: integration.spec.endpoint_url.is_some(), ..Signs::default() };
        let astray = matches!(fault.kind, FaultKind::Unreachable | FaultKind::NotAws | FaultKind::AddressRefused)
            || fault.code() == "NoSuchBucket";
        if astray && signs.own_endpoint && !integration.spec.force_path_style {
            signs.path_style_answers = self.answers_in_path(integration).await;
        }
        let judged = self.refused(StepName::BucketReachable, &fault, signs, self.facts.clone());
        // A role that may do nothing here may still do what follows, where somebody wrote its policy by hand.
        if fault.is_denied() { judged.going_on() } else { judged }
    }

    /// S3 tells the region of a bucket to everybody, in every answer about it.
    async fn region_from_anybody(&mut self, integration: &Integration) -> Option<String> {
        let bucket = self.subject.bucket.as_ref()?;
        let url = self.core.endpoint_for(integration, bucket).ok()?.base_url().to_owned();
        let request = Request { method: "GET", url, headers: Vec::new() };
        let reply = self.fetch("s3:ListBucket", "without credentials, for its region", request).await;
        reply.ok()?.header("x-amz-bucket-region")
    }

    async fn answers_in_path(&mut self, integration: &Integration) -> bool {
        let Some(bucket) = self.subject.bucket.clone() else { return false };
        let client = self.client(&Spec { force_path_style: true, ..integration.spec.clone() });
        let answer = self
            .ask(
                "s3:GetBucketLocation",
                format!("on {bucket}, its name in the path"),
                client.get_bucket_location().bucket(bucket.as_str()).send(),
                |error| Fault::of("s3:GetBucketLocation", error),
            )
            .await;
        match answer {
            Ok(_) => true,
            Err(fault) => fault.kind == FaultKind::Refused && fault.code() != "NoSuchBucket",
        }
    }

    pub(super) async fn region_matches(&mut self) -> Judged {
        let Some(integration) = &self.subject.integration else {
            return Judged::skipped("The settings are not right.");
        };
        let set = integration.spec.region.as_str();
        let own_endpoint = integration.spec.endpoint_url.is_some();
        let found = self.found.region.clone();
        if own_endpoint && !self.subject.lacks_region() && found.as_deref().is_some_and(|found| found != set) {
            self.found.elsewhere |= self.refuses_region().await;
        }
        let facts = match &found {
            Some(found) => self.facts.clone().with("found_region", format!("`{found}`")),
            None => self.facts.clone(),
        };
        let offered = |judged: Judged| match &found {
            Some(found) => judged.offering(serde_json::json!({ "region": found })),
            None => judged,
        };
        if self.subject.lacks_region() {
            return offered(Judged::failed("region_missing", facts, "No region is set."));
        }
        match found.as_deref() {
            Some(found) if found == set => Judged::passed(format!("The bucket lies in `{set}`.")),
            Some(found) if !own_endpoint || self.found.elsewhere => {
                offered(Judged::failed("wrong_region", facts, format!("The bucket lies in `{found}`, not in `{set}`.")))
            }
            Some(found) => {
                Judged::passed(format!("The store takes `{set}`; it calls the bucket's location `{found}`."))
            }
            None if self.found.elsewhere => {
                Judged::failed("wrong_region", facts, format!("The bucket does not lie in `{set}`."))
            }
            None => Judged::passed(format!("S3 took the signature for `{set}`.")),
        }
    }

    /// Stores have names of their own for where they are, so that only a request that is signed for the region tells whether they take it.
    async fn refuses_region(&mut self) -> bool {
        let lists = self.spec().is_some_and(|spec| spec.access.contains(&Access::List));
        let answer = if lists {
            self.list_once().await;
            self.found.listing.clone().and_then(Result::err)
        } else {
            self.read_missing().await.err()
        };
        answer.is_some_and(|fault| is_elsewhere(&fault))
    }

    pub(super) async fn prefix_listable(&mut self) -> Judged {
        let Some(spec) = self.spec() else { return Judged::skipped("The settings are not right.") };
        if !spec.access.contains(&Access::List) {
            return Judged::not_applicable("`list` is not declared.");
        }
        // It may have been asked for already.
        if self.found.listing.is_none() {
            self.list_once().await;
        }
        let where_ = self.where_();
        match self.found.listing.clone() {
            Some(Ok(objects)) if objects.is_empty() => {
                self.others_listable(format!("{where_} can be listed; nothing is there yet.")).await
            }
            Some(Ok(_)) => match self.list_folder().await {
                Some(fault) if fault.is_denied() => {
                    let signs = Signs { other_form_of_prefix: true, ..self.signs() };
                    self.refused(StepName::PrefixListable, &fault.needing("s3:ListBucket"), signs, self.facts.clone())
                }
                _ => self.others_listable(format!("{where_} can be listed.")).await,
            },
            Some(Err(fault)) => {
                // Asked again when IAM may have changed.
                self.found.listing = None;
                let signs = self.signs_of_listing(&fault).await;
                let resource = self.subject.bucket.as_ref().map(|bucket| format!("`{}`", bucket.arn(spec.partition())));
                let facts = self.facts.clone().with("resource", resource.unwrap_or_default());
                self.refused(StepName::PrefixListable, &fault.needing("s3:ListBucket"), signs, facts)
            }
            None => Judged::skipped("There is no bucket to list."),
        }
    }

    /// Why a folder below the prefix cannot be listed, though the prefix can. Only prefixes come in several forms.
    async fn list_folder(&mut self) -> Option<Fault> {
        let prefix = self.prefix();
        if prefix.is_empty() { None } else { self.list(&format!("{prefix}byob-check/"), false).await.err() }
    }

    /// Lists a few objects and remembers the answer.
    pub(super) async fn list_once(&mut self) -> bool {
        let prefix = self.prefix();
        let listing = self.list(&prefix, false).await;
        let permitted = listing.is_ok();
        self.found.listing = Some(listing);
        permitted
    }

    async fn list(&mut self, prefix: &str, paying: bool) -> Result<Vec<Object>, Fault> {
        match self.subject.bucket.clone() {
            Some(bucket) => self.list_of(&bucket, prefix, paying).await,
            None => Err(Fault::silent(LIST, FaultKind::Unreachable)),
        }
    }

    /// Lists a few objects of a bucket of the scope.
    pub(super) async fn list_of(&mut self, bucket: &Bucket, prefix: &str, paying: bool) -> Result<Vec<Object>, Fault> {
        let (Some(client), Some(spec)) = (self.found.s3.clone(), self.spec()) else {
            return Err(Fault::silent(LIST, FaultKind::Unreachable));
        };
        let list = client
            .list_objects_v2()
            .bucket(bucket.as_str())
            .prefix(prefix)
            .max_keys(LOOKED_AT)
            .encoding_type(EncodingType::Url);
        let list = if paying || spec.requester_pays { list.request_payer("requester".into()) } else { list };
        let below = if prefix.is_empty() { String::new() } else { format!(" below `{prefix}`") };
        let asked = format!("on {bucket}{below}{}", if paying { ", offering to pay" } else { "" });
        let answer = self.ask(LIST, asked, list.send(), |error| Fault::of(LIST, error)).await?;
        let encoded = answer.encoding_type() == Some(&EncodingType::Url);
        let objects = answer.contents().iter().filter_map(|object| {
            let key = object.key()?;
            let key = if encoded { decoded(key).ok()? } else { key.to_owned() };
            let class = object.storage_class().map(|class| class.as_str().to_owned()).unwrap_or_default();
            Some(Object {
                locator: Locator::new(bucket.clone(), ObjectKey::parse(&key).ok()?, None),
                size: object.size().unwrap_or_default(),
                archived: is_archived(&class),
            })
        });
        Ok(objects.collect())
    }

    /// What requests that differ in one thing show.
    async fn signs_of_listing(&mut self, fault: &Fault) -> Signs {
        let mut signs = self.signs();
        if !fault.is_denied() {
            return signs;
        }
        let prefix = self.prefix();
        if signs.prefix {
            signs.other_form_of_prefix = self.list(prefix.trim_end_matches('/'), false).await.is_ok()
                || self.list(&format!("{prefix}byob-check"), false).await.is_ok();
            let reads = self.spec().is_some_and(|spec| spec.access.contains(&Access::Read));
            if !signs.other_form_of_prefix && reads && self.found.location_permitted {
                signs.nothing_below_prefix = self.read_missing().await.is_err_and(|fault| is_about_reading(&fault));
            }
        }
        if Denial::read(fault.message()).by.is_none() && !self.spec().is_some_and(|spec| spec.requester_pays) {
            signs.paying_helps = self.list(&prefix, true).await.is_ok();
        }
        signs
    }

    /// What holds for every request to the bucket.
    pub(super) fn signs(&self) -> Signs {
        let spec = self.spec();
        Signs {
            own_endpoint: spec.is_some_and(|spec| spec.endpoint_url.is_some()),
            prefix: spec.is_some_and(|spec| spec.scope.prefix().is_some()),
            ..Signs::default()
        }
    }

    /// A client of the bucket with what the check has of credentials.
    pub(super) fn client(&self, spec: &Spec) -> Client {
        let credentials = self.found.session.as_ref().map(|session| session.credentials());
        let configuration = s3::configuration(spec, credentials, self.core.http.clone())
            .interceptor(self.witness.clone())
            .retry_config(
                RetryConfig::standard().with_max_attempts(ATTEMPTS).with_initial_backoff(Duration::from_millis(300)),
            );
        Client::from_conf(configuration.build())
    }

    /// The settings, checked.
    pub(super) fn spec(&self) -> Option<&'a Spec> {
        self.subject.integration.as_ref().map(|integration| &integration.spec)
    }

    /// What keys of the scope begin with.
    pub(super) fn prefix(&self) -> String {
        self.spec().and_then(|spec| spec.scope.prefix()).map(|prefix| format!("{prefix}/")).unwrap_or_default()
    }

    fn where_(&self) -> String {
        let bucket = self.subject.bucket.as_ref().map(ToString::to_string).unwrap_or_default();
        match self.prefix().as_str() {
            "" => format!("The bucket `{bucket}`"),
            prefix => format!("The folder `{prefix}` of `{bucket}`"),
        }
    }
}

/// Whether S3 says that the bucket lies in another region.
pub(super) fn is_elsewhere(fault: &Fault) -> bool {
    let codes = [
        "PermanentRedirect",
        "TemporaryRedirect",
        "AuthorizationHeaderMalformed",
        "IllegalLocationConstraintException",
    ];
    codes.contains(&fault.code()) || matches!(fault.status, 301 | 307)
}
