//! CORS configurations.

use super::*;

const APP: &str = r#"{"origins": ["https://app.example"]}"#;

const EXPOSED: &str = r#""ExposeHeaders": ["Accept-Ranges", "Content-Length", "Content-Range", "Content-Type", "etag", "Last-Modified", "x-amz-version-id"]"#;

/// One rule in a list, in which `EXPOSED` and `HEADERS` are good.
fn rule(marked: &str) -> String {
    let marked = marked.replace("EXPOSED", EXPOSED).replace("HEADERS", r#""AllowedHeaders": ["*"]"#);
    format!("[{{{marked}}}]")
}

#[test]
fn what_pages_need_is_found_missing() {
    check(
        DocumentKind::Cors,
        APP,
        rule,
        &[
            (
                r#"HEADERS, EXPOSED, "AllowedMethods": ["GET", "HEAD"], ▲"AllowedOrigins": ["https://other.example"]"#,
                "@missing_origin",
            ),
            (
                r#"HEADERS, EXPOSED, "AllowedMethods": ["GET", "HEAD"], ▲"AllowedOrigins": ["http://app.example"]"#,
                "@missing_origin",
            ),
            (
                r#"HEADERS, EXPOSED, ▲"AllowedMethods": ["GET"], "AllowedOrigins": ["https://app.example"]"#,
                "@missing_method",
            ),
            (
                r#"HEADERS, ▲"ExposeHeaders": ["ETag", "Accept-Ranges", "Content-Length", "Content-Type", "Last-Modified", "x-amz-version-id"], "AllowedMethods": ["GET", "HEAD"], "AllowedOrigins": ["https://app.example"]"#,
                "@missing_exposed_header",
            ),
            (
                r#"EXPOSED, ▲"AllowedHeaders": ["Authorization"], "AllowedMethods": ["GET", "HEAD"], "AllowedOrigins": ["https://app.example"]"#,
                "@missing_allowed_header",
            ),
        ],
    );
    let bare = |marked: &str| rule(marked).replacen('{', "▲{", 1);
    check(
        DocumentKind::Cors,
        APP,
        bare,
        &[
            (
                r#"EXPOSED, "AllowedMethods": ["GET", "HEAD"], "AllowedOrigins": ["https://app.example"]"#,
                "@missing_allowed_header",
            ),
            (
                r#"HEADERS, "AllowedMethods": ["GET", "HEAD"], "AllowedOrigins": ["https://app.example"]"#,
                "@missing_exposed_header",
            ),
        ],
    );
    check(
        DocumentKind::Cors,
        r#"{"origins": ["https://app.example"], "access": ["write"]}"#,
        rule,
        &[(
            r#"HEADERS, EXPOSED, ▲"AllowedMethods": ["GET", "HEAD"], "AllowedOrigins": ["https://app.example"]"#,
            "@missing_method @missing_method @missing_method",
        )],
    );
}

#[test]
fn what_s3_refuses_or_no_browser_sends_is_mended() {
    let whole = |marked: &str| {
        let rest = r#"HEADERS, EXPOSED, "AllowedMethods": METHODS, "AllowedOrigins": ORIGINS"#;
        let (name, value) = marked.split_once('=').unwrap();
        let methods = if name == "METHODS" { value } else { r#"["GET", "HEAD"]"# };
        let origins = if name == "ORIGINS" { value } else { r#"["https://app.example"]"# };
        rule(&rest.replace("METHODS", methods).replace("ORIGINS", origins))
    };
    check(
        DocumentKind::Cors,
        APP,
        whole,
        &[
            (r#"METHODS=[▲"get", "HEAD"]"#, "@wrong_capitals"),
            (r#"METHODS=["GET", "HEAD", ▲"OPTIONS"]"#, "@bad_method"),
            (r#"METHODS=["GET", "HEAD", ▲"PATCH"]"#, "@bad_method"),
            (r#"METHODS=["GET", "HEAD", ▲"PUT"]"#, "@broad_method"),
            (r#"ORIGINS=[▲"https://app.example/"]"#, "@origin_with_path"),
            (r#"ORIGINS=[▲"https://app.example/viewer"]"#, "@origin_with_path"),
            (r#"ORIGINS=[▲"app.example"]"#, "@bad_origin"),
            (r#"ORIGINS=[▲"https://App.Example"]"#, "@wrong_capitals"),
            (r#"ORIGINS=[▲"https://app.example:443"]"#, "@bad_origin"),
            (r#"ORIGINS=["https://app.example", ▲"https://*.*.example"]"#, "@bad_origin"),
            (r#"ORIGINS=[▲"*"]"#, "@broad_origin"),
            (r#"ORIGINS=▲"https://app.example""#, "@not_a_list"),
        ],
    );
    let good = r#"HEADERS, EXPOSED, "AllowedMethods": ["GET", "HEAD"], "AllowedOrigins": ["https://app.example"]"#;
    check(
        DocumentKind::Cors,
        APP,
        |marked| rule(&marked.replace("GOOD", good)),
        &[
            (r#"GOOD, ▲"AllowCredentials": true"#, "@unknown_element"),
            (r#"GOOD, "MaxAgeSeconds": ▲"3600""#, "@refused"),
            (
                r#"HEADERS, EXPOSED, ▲"AllowedMethod": ["GET", "HEAD"], "AllowedOrigins": ["https://app.example"]"#,
                "@wrong_name",
            ),
            (
                r#"HEADERS, "ExposeHeaders": [▲"*"], "AllowedMethods": ["GET", "HEAD"], "AllowedOrigins": ["https://app.example"]"#,
                "missing_exposed_header @refused",
            ),
        ],
    );
    check(
        DocumentKind::Cors,
        APP,
        |marked| marked.replace("RULE", rule(good).trim_matches(['[', ']'])),
        &[
            ("▲RULE", "@bare_statement"),
            (r#"{▲"corsRules": [RULE]}"#, "@wrong_capitals"),
            (r#"{"CORSRules": ▲RULE}"#, "@not_a_list"),
            ("▲<CORSConfiguration/>", "@xml"),
        ],
    );
    check(
        DocumentKind::Cors,
        "null",
        str::to_owned,
        &[
            ("▲[]", "@missing_element"),
            (r#"[{"AllowedMethods": ["GET"], "AllowedOrigins": [▲"https://*.*.example"]}]"#, "@bad_origin"),
            (r#"[▲{"AllowedMethods": ["GET"], "AllowedOrigins": []}]"#, "@missing_element"),
        ],
    );
}

#[test]
fn what_cannot_be_read_is_written_afresh() {
    let corrected = ask(DocumentKind::Cors, "<CORSConfiguration/>", APP).corrected.unwrap();
    assert_eq!(serde_json::to_value(corrected).unwrap()[0]["AllowedOrigins"][0], "https://app.example");
    assert!(ask(DocumentKind::Cors, "<CORSConfiguration/>", "null").corrected.is_none());
}

#[test]
fn the_corrected_rules_keep_the_form_and_those_for_others() {
    let other = r#"{"ID": "byob", "AllowedMethods": ["GET"], "AllowedOrigins": ["https://other.example"]}"#;
    let ours = r#"{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://app.example", "https://third.example"]}"#;
    let list = ask(DocumentKind::Cors, &format!("[{ours}, {other}]"), APP).corrected.unwrap();
    let below = ask(DocumentKind::Cors, &format!(r#"{{"CORSRules": [{ours}, {other}]}}"#), APP).corrected.unwrap();
    let (list, below) = (serde_json::to_value(list).unwrap(), serde_json::to_value(below).unwrap());
    assert_eq!(list, below["CORSRules"]);
    assert_eq!((&list[0]["ID"], &list[2]["ID"]), (&"byob".into(), &"byob-before".into()));
    let origins = ["https://app.example", "https://third.example", "https://other.example"];
    for (rule, origin) in list.as_array().unwrap().iter().zip(origins) {
        assert_eq!(rule["AllowedOrigins"], serde_json::json!([origin]));
    }
}

#[test]
fn good_ones_are_good() {
    let text = rule(r#"HEADERS, EXPOSED, "AllowedMethods": ["HEAD", "GET"], "AllowedOrigins": ["https://*.example"]"#);
    assert_eq!(ask(DocumentKind::Cors, &text, APP).findings, vec![]);
    assert_eq!(
        ask(DocumentKind::Cors, r#"[{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://a.b"]}]"#, "null").findings,
        vec![]
    );
}
