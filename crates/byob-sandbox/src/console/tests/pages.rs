use axum::http::{Method, StatusCode};
use bytes::Bytes;

use super::{CUSTOMER, at, get, post, sandbox, with_role};
use crate::{Sandbox, s3::admin};

/// Keys that hold what HTML, URLs and paths are made of.
const KEYS: [&str; 9] =
    ["../x", "a//b", "a?b=c&d", "a#b", "<script>alert(1)</script>", "\" onmouseover=\"x", "emoji 🪣", "//", "+ %2F"];

fn put(sandbox: &Sandbox, key: &str) {
    sandbox
        .set_up_object("photos", key, "text/html", Bytes::from(format!("content of {key}")), sandbox.clock().now())
        .unwrap();
}

/// The addresses in `href` of a page, decoded from HTML.
fn links(text: &str) -> Vec<String> {
    text.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|link| link.replace("&amp;", "&"))
        .collect()
}

#[tokio::test]
async fn every_page_is_shown() {
    let sandbox = with_role();
    put(&sandbox, "a.txt");
    post(&sandbox, &at("iam/policies/create"), &[("name", "p"), ("text", super::ACCESS)]).await;
    post(&sandbox, &at("kms"), &[("region", "eu-central-1"), ("description", "d")]).await;
    for page in [
        "",
        "s3",
        "s3/create",
        "s3/bucket?bucket=photos",
        "s3/object?bucket=photos&key=a.txt",
        "s3/permissions?bucket=photos",
        "s3/properties?bucket=photos",
        "iam/roles",
        "iam/roles/create",
        "iam/role?role=reader",
        "iam/inline?role=reader",
        "iam/inline?role=reader&policy=reader",
        "iam/inline?user=admin",
        "iam/policies",
        "iam/policies/create",
        "iam/policy?arn=arn:aws:iam::222222222222:policy/p",
        "iam/policy?arn=arn:aws:iam::aws:policy/AdministratorAccess",
        "iam/users",
        "iam/user?user=admin",
        "kms",
        "break",
        "calls",
    ] {
        let shown = get(&sandbox, &at(page)).await;
        assert_eq!(shown.status, StatusCode::OK, "{page}");
        assert!(shown.text.contains("This is a sandbox on your machine, not AWS."), "{page}");
        assert!(!shown.text.contains("<script") && !shown.text.contains("style=\""), "{page}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_says_where_to_go() {
    let sandbox = sandbox();
    for page in [
        "none",
        "s3/none/none",
        "s3/bucket?bucket=none",
        "s3/object?bucket=photos&key=none",
        "iam/role?role=none",
        "iam/user",
        "iam/policy?arn=arn:aws:iam::222222222222:policy/none",
        // Another account's.
        "iam/policy?arn=arn:aws:iam::111111111111:policy/none",
        "iam/inline?role=none",
    ] {
        let shown = get(&sandbox, &at(page)).await;
        assert_eq!(shown.status, StatusCode::NOT_FOUND, "{page}");
        assert!(shown.text.contains("Open the console"), "{page}");
    }
    let page = get(&sandbox, &at("iam/user/keys?user=admin")).await;
    assert!(page.status == StatusCode::METHOD_NOT_ALLOWED && page.text.contains("Open the console"));
    assert_eq!(get(&sandbox, "/_console/333333333333/s3").await.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&sandbox, "/_console/..%2F").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_door_leads_to_the_customer_and_other_accounts_can_be_chosen() {
    let sandbox = sandbox();
    for door in ["/_console", "/_console/"] {
        let page = get(&sandbox, door).await;
        assert_eq!((page.status, page.location.as_str()), (StatusCode::SEE_OTHER, "/_console/222222222222"));
    }
    let page = get(&sandbox, &at("s3")).await;
    assert!(links(&page.text).contains(&"/_console/111111111111".to_owned()));
    let platform = get(&sandbox, "/_console/111111111111/s3").await;
    assert!(!platform.text.contains("photos"));
    assert_eq!(get(&sandbox, "/_console/111111111111/s3/bucket?bucket=photos").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn hostile_keys_are_escaped_and_can_be_followed() {
    let sandbox = sandbox();
    for key in KEYS {
        put(&sandbox, key);
    }
    let mut todo = vec![at("s3/bucket?bucket=photos")];
    let mut found = Vec::new();
    let mut seen = Vec::new();
    while let Some(path) = todo.pop() {
        let page = get(&sandbox, &path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.text.contains("<script") && !page.text.contains("\" onmouseover"), "{path}");
        seen.push(path);
        for link in links(&page.text) {
            if link.contains("/s3/object?") {
                found.push(link);
            } else if link.contains("/s3/bucket?")
                && !link.contains("deleted")
                && !seen.contains(&link)
                && !todo.contains(&link)
            {
                todo.push(link);
            }
        }
    }
    found.sort();
    found.dedup();
    assert_eq!(found.len(), KEYS.len());
    for path in found {
        let page = get(&sandbox, &path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.text.contains("<script") && !page.text.contains("\" onmouseover"), "{path}");
        let content = links(&page.text).into_iter().find(|link| link.contains("/s3/object/content?")).unwrap();
        assert!(get(&sandbox, &content).await.text.starts_with("content of "), "{content}");
    }
}

#[tokio::test]
async fn hostile_names_elsewhere_are_escaped() {
    let sandbox = with_role();
    let marked = "<b>\"&'";
    let page = get(&sandbox, &format!("{}?role=%3Cb%3E%22", at("iam/role"))).await;
    assert!(page.text.contains("&lt;b&gt;") && !page.text.contains("<b>"));
    let page = post(&sandbox, &at("iam/users"), &[("name", marked)]).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.text.contains("&lt;b&gt;&quot;&amp;'") && !page.text.contains("<b>"));
    // Roles may be called so.
    post(&sandbox, &at("iam/roles/create"), &[("name", ".."), ("trust", super::TRUST), ("session", "3600")]).await;
    assert!(get(&sandbox, &at("iam/role?role=..")).await.text.contains(":role/.."));
}

#[tokio::test]
async fn a_folder_is_shown_page_by_page() {
    let sandbox = sandbox();
    for n in 0..205 {
        put(&sandbox, &format!("f/{n:03}"));
    }
    let mut path = at("s3/bucket?bucket=photos&prefix=f%2F");
    let mut files = 0;
    for pages_left in [2, 1, 0] {
        let page = get(&sandbox, &path).await;
        let links = links(&page.text);
        files += links.iter().filter(|link| link.contains("/s3/object?")).count();
        match links.into_iter().find(|link| link.contains("after=")) {
            Some(next) if pages_left > 0 => path = next,
            next => assert_eq!((pages_left, next), (0, None)),
        }
    }
    assert_eq!(files, 205);
}

#[tokio::test]
async fn downloads_are_never_shown_as_pages() {
    let sandbox = sandbox();
    put(&sandbox, "ä \"page\".html");
    let request = axum::http::Request::get(at("s3/object/content?bucket=photos&key=%C3%A4%20%22page%22.html"))
        .header("host", super::HOST);
    let response = super::send(&sandbox, request.body(axum::body::Body::empty()).unwrap()).await;
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/octet-stream");
    assert_eq!(header("content-disposition"), "attachment; filename*=UTF-8''%C3%A4%20%22page%22.html");
    assert_eq!(header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn a_file_is_uploaded_into_the_folder_with_its_type() {
    let sandbox = sandbox();
    let body = "--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; \
                filename=\"cat & dog.png\"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--b--\r\n";
    let request = axum::http::Request::post(at("s3/upload?bucket=photos&prefix=team%2F"))
        .header("host", super::HOST)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=b");
    let page = super::read(super::send(&sandbox, request.body(axum::body::Body::from(body)).unwrap()).await).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.text);
    let operation = admin::Operation {
        account: CUSTOMER,
        method: Method::GET,
        bucket: "photos",
        key: "team/cat & dog.png",
        ..admin::Operation::default()
    };
    let response = admin::perform(&sandbox, operation).unwrap();
    assert_eq!(response.headers()["content-type"], "image/png");
    assert_eq!(super::read(response).await.text, "PNG");
}
