use axum::http::StatusCode;

use super::{ACCESS, CUSTOMER, TRUST, at, change, get, post, sandbox, with_role};
use crate::state::buckets::Versioning;

#[tokio::test]
async fn a_malformed_policy_comes_back_with_line_and_column() {
    let sandbox = sandbox();
    let text = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [],\n}";
    let page =
        post(&sandbox, &at("iam/policies/create"), &[("name", "mine"), ("text", &text.replace('\n', "\r\n"))]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("mistake in line 3, column 18"), "{}", page.text);
    assert!(page.text.contains("&quot;Statement&quot;: []<mark>,</mark>"));
    assert!(page.text.contains("^ line 3, column 18"));
    assert!(page.text.contains("MalformedPolicyDocument"));
    // What was typed is still there.
    assert!(page.text.contains(&format!("\n{}</textarea>", text.replace('"', "&quot;"))));
    assert!(page.text.contains("value=\"mine\""));
    assert!(sandbox.read().iam.written().accounts[CUSTOMER].policies.is_empty());
}

#[tokio::test]
async fn a_trust_policy_that_names_nobody_is_refused_where_the_name_stands() {
    let sandbox = with_role();
    let text = "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\",\n\"Principal\": {\"AWS\": \"arn:aws:iam::999999999999:root\"}, \
                \"Action\": \"sts:AssumeRole\"}}";
    let page = post(&sandbox, &at("iam/role/trust?role=reader"), &[("trust", text)]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("Invalid principal in policy"));
    assert!(page.text.contains("^ line 2, column 22"), "{}", page.text);
    assert_eq!(sandbox.read().iam.written().accounts[CUSTOMER].roles["reader"].trust.text, TRUST);
}

#[tokio::test]
async fn a_policy_and_a_role_are_made_in_the_order_of_aws() {
    let sandbox = sandbox();
    let page = change(&sandbox, &at("iam/policies/create"), &[("name", "byob"), ("text", ACCESS)]).await;
    assert!(page.text.contains("The policy was created."));
    let arn = "arn:aws:iam::222222222222:policy/byob";
    assert!(page.text.contains(arn));
    let fields = [
        ("trust", TRUST),
        ("policy", arn),
        ("inline", ""),
        ("name", "reader"),
        ("description", ""),
        ("session", "7200"),
    ];
    let page = change(&sandbox, &at("iam/roles/create"), &fields).await;
    assert!(page.text.contains("arn:aws:iam::222222222222:role/reader"));
    let iam = std::sync::Arc::clone(sandbox.read().iam.written());
    let role = &iam.accounts[CUSTOMER].roles["reader"];
    assert_eq!((role.trust.text.as_str(), role.max_session_duration), (TRUST, 7_200));
    assert!(role.attached.contains(arn));
    assert_eq!(iam.policy_text(arn), Some(ACCESS));
}

#[tokio::test]
async fn a_role_is_made_as_a_whole_or_not_at_all() {
    let sandbox = sandbox();
    let good = [("trust", TRUST), ("inline", ACCESS), ("name", "r"), ("session", "3600")];
    for (field, value) in [
        ("trust", "{}"),
        ("inline", TRUST),
        ("name", "a b"),
        ("session", "60"),
        ("session", "soon"),
        ("policy", "arn:aws:iam::aws:policy/None"),
    ] {
        let mut fields = vec![(field, value)];
        fields.extend(good.iter().filter(|(name, _)| *name != field));
        let page = post(&sandbox, &at("iam/roles/create"), &fields).await;
        assert!(page.status.is_client_error(), "{field}");
        assert!(page.text.contains(&format!("id=\"{field}-mistake\"")), "{field}: {}", page.text);
        assert!(sandbox.read().iam.written().accounts[CUSTOMER].roles.is_empty(), "{field}");
    }
}

#[tokio::test]
async fn a_secret_is_shown_once() {
    let sandbox = sandbox();
    let page = post(&sandbox, &at("iam/user/keys?user=admin"), &[]).await;
    let iam = std::sync::Arc::clone(sandbox.read().iam.written());
    let key = iam.accounts[CUSTOMER].users["admin"].access_keys.last().unwrap();
    assert!(page.text.contains(&key.secret) && page.location.is_empty());
    let page = get(&sandbox, &at("iam/user?user=admin")).await;
    assert!(page.text.contains(&key.id) && !page.text.contains(&key.secret));
    change(&sandbox, &at(&format!("iam/user/keys/switch?user=admin&key={}&active=false", key.id)), &[]).await;
    assert!(!sandbox.read().iam.written().access_key(&key.id).unwrap().2.active);
    let page = post(&sandbox, &at("iam/user/keys?user=admin"), &[]).await;
    assert!(page.text.contains("Cannot exceed quota for AccessKeysPerUser: 2"));
}

#[tokio::test]
async fn cors_is_edited_as_json_and_kept_as_xml() {
    let sandbox = sandbox();
    let rules = r#"[{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://a.example"]}]"#;
    let page = change(&sandbox, &at("s3/permissions/cors?bucket=photos"), &[("cors", rules)]).await;
    assert!(page.text.contains("https://a.example"));
    assert!(
        sandbox.read().buckets["photos"].configuration["cors"]
            .contains("<AllowedOrigin>https://a.example</AllowedOrigin>")
    );
    let two_stars = rules.replace("a.example", "*.*");
    let page = post(&sandbox, &at("s3/permissions/cors?bucket=photos"), &[("cors", &two_stars)]).await;
    assert!(page.text.contains("can not have more than one wildcard"));
    let page = post(&sandbox, &at("s3/permissions/cors?bucket=photos"), &[("cors", "[\n  {,}\n]")]).await;
    assert!(page.text.contains("^ line 2, column 4"), "{}", page.text);
    change(&sandbox, &at("s3/permissions/cors?bucket=photos"), &[("cors", " ")]).await;
    assert!(!sandbox.read().buckets["photos"].configuration.contains_key("cors"));
}

#[tokio::test]
async fn a_bucket_policy_that_locks_everybody_out_can_be_undone() {
    let sandbox = sandbox();
    let deny = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::photos", "arn:aws:s3:::photos/*"]}}"#;
    change(&sandbox, &at("s3/permissions/policy?bucket=photos"), &[("policy", deny)]).await;
    let page = post(&sandbox, &at("s3/properties/versioning?bucket=photos"), &[("status", "Suspended")]).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("with an explicit deny in a resource-based policy"), "{}", page.text);
    change(&sandbox, &at("s3/permissions/policy/delete?bucket=photos"), &[]).await;
    change(&sandbox, &at("s3/properties/versioning?bucket=photos"), &[("status", "Suspended")]).await;
    assert_eq!(sandbox.read().buckets["photos"].versioning, Versioning::Suspended);
    let other = deny.replace("photos", "other");
    let page = post(&sandbox, &at("s3/permissions/policy?bucket=photos"), &[("policy", &other)]).await;
    assert!(page.text.contains("Policy has invalid resource"));
}

#[tokio::test]
async fn a_bucket_is_made_configured_emptied_and_deleted() {
    let sandbox = sandbox();
    let page = post(&sandbox, &at("s3/create"), &[("name", "A"), ("region", "eu-west-1")]).await;
    assert!(page.text.contains("The specified bucket is not valid.") && page.text.contains("value=\"A\""));
    let fields = [("name", "frames"), ("region", "eu-west-1"), ("versioning", "on")];
    change(&sandbox, &at("s3/create"), &fields).await;
    change(&sandbox, &at("kms"), &[("region", "eu-west-1"), ("description", "frames")]).await;
    let iam = std::sync::Arc::clone(sandbox.read().iam.written());
    let account = &iam.accounts[CUSTOMER];
    let key = account.key_arn(account.keys.values().next().unwrap());
    for (page, fields) in [
        ("s3/properties/encryption", &[("key", key.as_str()), ("bucket_key", "on")][..]),
        ("s3/properties/payer", &[("payer", "Requester")]),
        (
            "s3/properties/lifecycle",
            &[(
                "lifecycle",
                r#"{"Rules": [{"Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]}"#,
            )],
        ),
        ("s3/permissions/public", &[("block_policy", "on")]),
    ] {
        change(&sandbox, &at(&format!("{page}?bucket=frames")), fields).await;
    }
    let shown = get(&sandbox, &at("s3/properties?bucket=frames")).await.text;
    assert!(
        shown.contains(&key)
            && shown.contains("On. Requests of other accounts")
            && shown.contains("&quot;Days&quot;: 1")
    );
    assert_eq!(sandbox.read().buckets["frames"].versioning, Versioning::Enabled);

    sandbox.set_up_object("frames", "a", "text/plain", bytes::Bytes::new(), sandbox.clock().now()).unwrap();
    change(&sandbox, &at("s3/object/delete?bucket=frames&key=a"), &[]).await;
    assert!(get(&sandbox, &at("s3/object?bucket=frames&key=a")).await.text.contains("Delete marker"));
    let page = post(&sandbox, &at("s3/delete?bucket=frames"), &[]).await;
    assert!(page.text.contains("You must delete all versions in the bucket."));
    change(&sandbox, &at("s3/empty?bucket=frames"), &[]).await;
    change(&sandbox, &at("s3/delete?bucket=frames"), &[]).await;
    assert!(!sandbox.read().buckets.contains_key("frames"));
}

#[tokio::test]
async fn policies_are_attached_written_and_taken_away() {
    let sandbox = with_role();
    let arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    change(&sandbox, &at("iam/attach?role=reader"), &[("policy", arn)]).await;
    let page = post(&sandbox, &at("iam/role/delete?role=reader"), &[]).await;
    assert!(page.text.contains("Cannot delete entity, must detach all policies first."));
    change(&sandbox, &at(&format!("iam/detach?role=reader&policy={arn}")), &[]).await;
    let page = post(&sandbox, &at("iam/inline?role=reader"), &[("name", "p"), ("text", "{")]).await;
    assert!(page.status == StatusCode::BAD_REQUEST && page.text.contains("line 1, column 2"));
    change(&sandbox, &at("iam/inline?role=reader"), &[("name", "p"), ("text", ACCESS)]).await;
    for policy in ["p", "reader"] {
        change(&sandbox, &at(&format!("iam/inline/delete?role=reader&policy={policy}")), &[]).await;
    }
    change(&sandbox, &at("iam/role/delete?role=reader"), &[]).await;
    assert!(sandbox.read().iam.written().accounts[CUSTOMER].roles.is_empty());
}

#[tokio::test]
async fn a_policy_has_versions_and_an_end() {
    let sandbox = sandbox();
    change(&sandbox, &at("iam/policies/create"), &[("name", "p"), ("text", ACCESS)]).await;
    let page = |name: &str| at(&format!("{name}?arn=arn:aws:iam::222222222222:policy/p"));
    change(&sandbox, &page("iam/policy"), &[("text", &ACCESS.replace("photos", "frames"))]).await;
    let text = || sandbox.read().iam.written().policy_text("arn:aws:iam::222222222222:policy/p").map(str::to_owned);
    assert!(text().unwrap().contains("frames"));
    assert!(post(&sandbox, &page("iam/policy/delete"), &[]).await.text.contains("more than one version"));
    change(&sandbox, &format!("{}&version=v1", page("iam/policy/version")), &[]).await;
    assert_eq!(text().as_deref(), Some(ACCESS));
    change(&sandbox, &format!("{}&version=v2", page("iam/policy/version/delete")), &[]).await;
    change(&sandbox, &page("iam/policy/delete"), &[]).await;
    assert_eq!(text(), None);
}
