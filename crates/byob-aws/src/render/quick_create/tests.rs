//! The template is evaluated with the parameters of links, as CloudFormation does, and held to the generated documents.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use url::Url;

use super::*;
use crate::{
    Bucket, KmsKeyArn, Partition, Prefix, PrincipalArn, Region,
    arn::Dialect,
    policies::{
        Access, BucketScope, Grant, access,
        trust::{self, ExternalId},
    },
    render::RoleName,
};

const EXTERNAL_ID: &str = "a+b,c=d@e:f/g-3b4e0f52";

fn template_url(partition: Partition) -> TemplateUrl {
    TemplateUrl::parse(&format!("https://templates.s3.{}/a b+c.json?versionId=v", partition.dns_suffix())).unwrap()
}

fn region(partition: Partition) -> &'static str {
    match partition {
        Partition::AwsCn => "cn-north-1",
        Partition::AwsUsGov => "us-gov-west-1",
        _ => "eu-central-1",
    }
}

fn grant(partition: Partition, scopes: &[(&str, Option<&str>)], access: &[Access], keys: &[String]) -> Grant {
    let scope = |(bucket, prefix): &(&str, Option<&str>)| BucketScope {
        bucket: Bucket::parse(bucket).unwrap(),
        prefix: prefix.map(|prefix| Prefix::parse_typed(prefix).unwrap()),
    };
    Grant {
        partition,
        buckets: scopes.iter().map(scope).collect(),
        access: access.to_vec(),
        kms_keys: keys.iter().map(|key| KmsKeyArn::parse(key).unwrap()).collect(),
    }
}

fn key(partition: Partition, region: &str, id: &str) -> String {
    format!("arn:{partition}:kms:{region}:123456789012:key/{id}")
}

fn principal(partition: Partition) -> PrincipalArn {
    PrincipalArn::parse(&format!("arn:{partition}:iam::111122223333:role/byob"), Dialect::Aws).unwrap()
}

fn link_of(grant: &Grant, role_name: &str, session_duration: u32) -> Option<String> {
    let stack = Stack {
        role_name: &RoleName::parse(role_name).unwrap(),
        principal: &principal(grant.partition),
        external_id: &ExternalId::parse(EXTERNAL_ID).unwrap(),
        grant,
        region: &Region::parse(region(grant.partition)).unwrap(),
        session_duration,
    };
    link(&template_url(grant.partition), &stack)
}

/// The query of a link's fragment.
fn said(link: &str) -> BTreeMap<String, String> {
    let link = Url::parse(link).unwrap();
    let query = link.fragment().unwrap().strip_prefix("/stacks/create/review?").unwrap();
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// As much of CloudFormation as the template needs.
struct Evaluation {
    template: Value,
    values: Map<String, Value>,
}

impl Evaluation {
    /// With every parameter of the template, and no other.
    fn of(link: &str, partition: Partition) -> Self {
        let template = serde_json::to_value(template()).unwrap();
        let given =
            said(link).into_iter().filter_map(|(name, value)| Some((name.strip_prefix("param_")?.to_owned(), value)));
        let mut values = Map::new();
        for (name, value) in given {
            let value = match template["Parameters"][&name]["Type"].as_str().unwrap() {
                "CommaDelimitedList" => value.split(',').collect(),
                "Number" => value.parse::<u32>().unwrap().into(),
                _ => value.into(),
            };
            values.insert(name, value);
        }
        assert!(values.keys().eq(template["Parameters"].as_object().unwrap().keys()), "{values:?}");
        values.insert("AWS::Partition".into(), partition.as_str().into());
        values.insert("AWS::URLSuffix".into(), partition.dns_suffix().into());
        Self { template, values }
    }

    fn role(&self) -> Value {
        self.value(&self.template["Resources"]["Role"]["Properties"]).unwrap()
    }

    /// `None` where there is to be nothing.
    fn value(&self, value: &Value) -> Option<Value> {
        let list = |values: &Value| -> Vec<Value> {
            self.value(values).and_then(|values| values.as_array().cloned()).expect("a list")
        };
        let Some(object) = value.as_object() else {
            let Some(values) = value.as_array() else { return Some(value.clone()) };
            return Some(values.iter().filter_map(|value| self.value(value)).collect());
        };
        let (name, argument) = object.iter().next()?;
        match name.as_str() {
            "Ref" if argument == "AWS::NoValue" => None,
            "Ref" => Some(self.values[argument.as_str()?].clone()),
            "Fn::If" => self.value(&argument[if self.holds(argument[0].as_str()?) { 1 } else { 2 }]),
            "Fn::Join" => {
                let parts = list(&argument[1]);
                Some(
                    parts
                        .iter()
                        .map(|part| part.as_str().unwrap())
                        .collect::<Vec<_>>()
                        .join(argument[0].as_str()?)
                        .into(),
                )
            }
            "Fn::Split" => {
                let text = self.value(&argument[1])?;
                Some(text.as_str()?.split(argument[0].as_str()?).collect())
            }
            "Fn::Select" => Some(list(&argument[1])[usize::try_from(argument[0].as_u64()?).unwrap()].clone()),
            _ => {
                let fields = object.iter().filter_map(|(name, value)| Some((name.clone(), self.value(value)?)));
                Some(fields.collect::<Map<_, _>>().into())
            }
        }
    }

    fn holds(&self, condition: &str) -> bool {
        self.is_true(&self.template["Conditions"][condition])
    }

    fn is_true(&self, condition: &Value) -> bool {
        let (name, argument) = condition.as_object().and_then(|object| object.iter().next()).expect("a condition");
        let mut all = argument.as_array().into_iter().flatten();
        match name.as_str() {
            "Condition" => self.holds(argument.as_str().unwrap()),
            "Fn::Equals" => self.value(&argument[0]) == self.value(&argument[1]),
            "Fn::Not" => !self.is_true(&argument[0]),
            "Fn::And" => all.all(|each| self.is_true(each)),
            "Fn::Or" => all.any(|each| self.is_true(each)),
            _ => panic!("{name} is no condition"),
        }
    }
}

fn is_the_generated_role(grant: &Grant) {
    let role = Evaluation::of(&link_of(grant, "byob-images", 7200).unwrap(), grant.partition).role();
    let trust = trust::trust_policy(&principal(grant.partition), &ExternalId::parse(EXTERNAL_ID).unwrap());
    let expected = json!({
        "RoleName": "byob-images",
        "Description": DESCRIPTION,
        "MaxSessionDuration": 7200,
        "AssumeRolePolicyDocument": trust,
        "Policies": [{"PolicyName": POLICY_NAME, "PolicyDocument": access::access_policy(grant)}],
    });
    assert_eq!(role, expected, "{grant:?}");
}

#[test]
fn every_access_on_every_scope_makes_the_generated_role() {
    for bits in 1..64_u32 {
        let wanted = Access::ALL.into_iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
        let access: Vec<Access> = wanted.map(|(_, access)| access).collect();
        for partition in [Partition::Aws, Partition::AwsCn, Partition::AwsUsGov] {
            for prefix in [None, Some("team/a")] {
                let keys = ["1234abcd", "mrk-5678"].map(|id| key(partition, region(partition), id));
                for keys in [&keys[..0], &keys[..1], &keys[..]] {
                    is_the_generated_role(&grant(partition, &[("images.example", prefix)], &access, keys));
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn no_prefix_is_read_as_anything_but_a_prefix(prefix in r#"[a-z'"$%{}\\`!#*?/ <>&=+,~]{1,40}"#) {
        prop_assume!(Prefix::parse_typed(&prefix).is_ok());
        let grant = grant(Partition::Aws, &[("images", Some(&prefix))], &Access::ALL, &[]);
        let kept = grant.buckets[0].prefix.as_ref().unwrap().as_str();
        if kept.contains("{{") || kept.trim() != kept {
            prop_assert_eq!(link_of(&grant, "byob", 3600), None);
        } else {
            is_the_generated_role(&grant);
        }
    }
}

#[test]
fn what_the_template_cannot_say_has_no_link() {
    let access_point = "arn:aws:s3:eu-west-1:123456789012:accesspoint/ap";
    for scopes in [
        vec![],
        vec![("images", None), ("videos", None)],
        vec![("images", Some("a")), ("images", Some("b"))],
        vec![(access_point, None)],
        vec![("images", Some("日本"))],
        vec![("images", Some("é"))],
        vec![("images", Some("a "))],
        vec![("images", Some(" a"))],
        vec![("images", Some("{{resolve:ssm:secret}}"))],
    ] {
        assert_eq!(link_of(&grant(Partition::Aws, &scopes, &Access::ALL, &[]), "byob", 3600), None, "{scopes:?}");
    }
    let images = [("images", None)];
    let two_regions = ["eu-central-1", "eu-west-1"].map(|region| key(Partition::Aws, region, "1"));
    assert_eq!(link_of(&grant(Partition::Aws, &images, &Access::ALL, &two_regions), "byob", 3600), None);
    let elsewhere = [key(Partition::AwsCn, "cn-north-1", "1")];
    assert_eq!(link_of(&grant(Partition::Aws, &images, &Access::ALL, &elsewhere), "byob", 3600), None);
    assert!(link_of(&grant(Partition::AwsCn, &images, &[Access::Read], &[]), "byob", 3600).is_some());
}

#[test]
fn a_link_leads_to_the_console_of_its_partition_and_region() {
    for (partition, host) in [
        (Partition::Aws, "eu-central-1.console.aws.amazon.com"),
        (Partition::AwsCn, "cn-north-1.console.amazonaws.cn"),
        (Partition::AwsUsGov, "us-gov-west-1.console.amazonaws-us-gov.com"),
    ] {
        let grant = grant(partition, &[("images", None)], &[Access::Read], &[]);
        let link = link_of(&grant, "9.a+b_c", 900).unwrap();
        let region = region(partition);
        assert!(
            link.starts_with(&format!("https://{host}/cloudformation/home?region={region}#/stacks/create/review?"))
        );
        let said = said(&link);
        assert_eq!(said["templateURL"], template_url(partition).as_str());
        assert_eq!(said["stackName"], "byob-9-a-b-c");
        assert_eq!(said["param_RoleName"], "9.a+b_c");
        assert_eq!(said["param_MaxSessionDuration"], "3600", "no role allows less than an hour");
        let elsewhere = if partition == Partition::AwsCn { Partition::Aws } else { Partition::AwsCn };
        let stack = Stack {
            role_name: &RoleName::parse("byob").unwrap(),
            principal: &principal(partition),
            external_id: &ExternalId::parse(EXTERNAL_ID).unwrap(),
            grant: &grant,
            region: &Region::parse(region).unwrap(),
            session_duration: 3600,
        };
        assert_eq!(super::link(&template_url(elsewhere), &stack), None, "CloudFormation cannot load it from there");
        let region = Region::parse(self::region(elsewhere)).unwrap();
        assert_eq!(super::link(&template_url(partition), &Stack { region: &region, ..stack }), None);
    }
}

#[test]
fn every_parameter_is_described_labelled_and_grouped_once() {
    let template = serde_json::to_value(template()).unwrap();
    let parameters = template["Parameters"].as_object().unwrap();
    let shown = &template["Metadata"]["AWS::CloudFormation::Interface"];
    assert!(parameters.values().all(|parameter| parameter["Description"].as_str().unwrap().ends_with('.')));
    assert!(parameters.keys().eq(shown["ParameterLabels"].as_object().unwrap().keys()));
    let groups = shown["ParameterGroups"].as_array().unwrap();
    let mut grouped: Vec<&str> =
        groups.iter().flat_map(|group| group["Parameters"].as_array().unwrap()).filter_map(Value::as_str).collect();
    grouped.sort_unstable();
    let mut names: Vec<&str> = parameters.keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(grouped, names);
}
