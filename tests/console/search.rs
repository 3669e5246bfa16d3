//! The search, as its page and as the part that the dialog shows.

use byob_core::organization::Role;
use byob_e2e::{S3, Service, given};
use serde_json::json;

use crate::visitor::{EMAIL, Visitor};

/// The paths that are found, without the organization's.
async fn found(service: &Service, visitor: &mut Visitor, q: &str, more: &str) -> Vec<String> {
    let query: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
    let start = format!("/o/{}/", service.organization);
    let page = visitor.get(&format!("{start}search?part=true&q={query}{more}")).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(!page.body.contains("<html"), "only the results: {}", page.body);
    let links = page.body.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    links.map(|path| path.strip_prefix(&start).unwrap_or(path).replace("&amp;", "&")).collect()
}

/// Two buckets, one of them below a folder; their integrations' IDs.
async fn two_buckets(service: &Service) -> (String, String) {
    let images = service.admin().connect(&given::with(given::bucket("images"), &json!({"name": "Pictures"}))).await;
    // Later, so that it is listed after it.
    service.advance(1);
    let films = service.admin().connect(&given::folder("films", "team")).await;
    (given::id(&images).to_owned(), given::id(&films).to_owned())
}

#[tokio::test]
async fn an_admin_finds_integrations_buckets_and_places() {
    let service = Service::start().await;
    let (images, films) = two_buckets(&service).await;
    let mut admin = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let (one, folder) = (format!("integrations/{images}"), format!("files/{images}?bucket=images"));

    for q in ["pictures", "PICT", "images"] {
        assert_eq!(found(&service, &mut admin, q, "").await, [one.clone(), folder.clone()], "{q}");
    }
    assert_eq!(found(&service, &mut admin, &images, "").await, [one]);
    assert_eq!(found(&service, &mut admin, "tokens", "").await, ["tokens"]);
    let all = found(&service, &mut admin, "", "").await;
    assert_eq!(all[..4], ["files", "integrations", "members", "tokens"]);
    assert_eq!(all.last().unwrap(), &format!("files/{films}?bucket=films&prefix=team%2F"));
    let nothing = admin.get(&format!("/o/{}/search?q=%3Cb%3E", service.organization)).await;
    assert!(nothing.body.contains("Nothing is called “&lt;b&gt;”"), "{}", nothing.body);
}

#[tokio::test]
async fn a_key_is_offered_in_each_bucket_and_a_locator_is_opened() {
    let service = Service::start().await;
    let (images, films) = two_buckets(&service).await;
    let mut member = Visitor::signed_in(&service, EMAIL, Role::Member).await;
    let file = |locator: &str| {
        let query: String = url::form_urlencoded::byte_serialize(locator.as_bytes()).collect();
        format!("file?locator={query}")
    };

    let (in_images, in_films) = (file("s3://images/a b/x.png"), file("s3://films/team/a b/x.png"));
    assert_eq!(found(&service, &mut member, "/a b/x.png", "").await, [in_images.clone(), in_films.clone()]);
    assert_eq!(found(&service, &mut member, "a b/x.png", "&bucket=films").await, [in_films, in_images]);
    assert_eq!(found(&service, &mut member, "team/x.png", "&bucket=films").await[0], file("s3://films/team/x.png"));
    assert_eq!(
        found(&service, &mut member, "sub/", "").await,
        [
            format!("files/{images}?bucket=images&prefix=sub%2F"),
            format!("files/{films}?bucket=films&prefix=team%2Fsub%2F")
        ]
    );
    assert_eq!(found(&service, &mut member, "s3://images/x.png", "").await, [file("s3://images/x.png")]);
    assert_eq!(
        found(&service, &mut member, "s3://images/sub/", "").await,
        [format!("files/{images}?bucket=images&prefix=sub%2F")]
    );
    assert_eq!(found(&service, &mut member, "s3://ima", "").await, [format!("files/{images}?bucket=images")]);
}

#[tokio::test]
async fn of_a_locator_no_other_is_offered_than_was_typed() {
    let service = Service::start().await;
    let (_, films) = two_buckets(&service).await;
    service.admin().connect(&given::folder("films", "other")).await;
    let mut admin = Visitor::signed_in(&service, EMAIL, Role::Admin).await;

    for (typed, opens) in [
        ("s3://films/team/x.png", "file?locator=s3%3A%2F%2Ffilms%2Fteam%2Fx.png".to_owned()),
        ("s3://films/x.png", "file?locator=s3%3A%2F%2Ffilms%2Fx.png".to_owned()),
        ("s3://films//team/x.png", "file?locator=s3%3A%2F%2Ffilms%2F%2Fteam%2Fx.png".to_owned()),
        ("s3://films/te", format!("files/{films}?bucket=films&prefix=team%2F")),
    ] {
        assert_eq!(found(&service, &mut admin, typed, "").await, [opens], "{typed}");
    }
}

#[tokio::test]
async fn nobody_finds_what_they_may_not_see() {
    let service = Service::start().await;
    let (images, _) = two_buckets(&service).await;
    let mut viewer = Visitor::signed_in(&service, EMAIL, Role::Viewer).await;
    let mut member = Visitor::signed_in(&service, "bob@example.com", Role::Member).await;

    assert_eq!(found(&service, &mut viewer, "", "").await, ["files"], "the only place of a viewer");
    for q in ["images", "Pictures", &images, "x.png", "s3://ima", "s3://images/"] {
        assert!(found(&service, &mut viewer, q, "").await.is_empty(), "{q}");
    }
    let told = viewer.get(&format!("/o/{}/search?q=x.png", service.organization)).await.body;
    assert!(told.contains("Paste the whole locator") && !told.contains("beginning of its key"), "{told}");
    assert_eq!(found(&service, &mut viewer, "s3://images/x", "").await, ["file?locator=s3%3A%2F%2Fimages%2Fx"]);
    assert_eq!(found(&service, &mut member, "images", "").await, [format!("files/{images}?bucket=images")]);
    assert!(found(&service, &mut member, "tokens", "").await.is_empty());
    let other = service
        .core
        .create_organization(&byob_core::audit::By::operator(), "Globex", "boss@globex.example")
        .await
        .unwrap()
        .organization
        .id;
    assert_eq!(member.get(&format!("/o/{other}/search?q=x")).await.status, 404);
}

#[tokio::test]
async fn where_any_bucket_is_served_the_one_that_is_meant_is_searched() {
    let s3 = S3::start().await;
    let service = Service::setup().allow(&[&s3.address()]).start().await;
    let settings = given::with(given::buckets("everything", &[]), &json!({"endpoint_url": s3.url()}));
    let any = format!("files/{}", given::id(&service.admin().connect(&settings).await));
    let mut member = Visitor::signed_in(&service, EMAIL, Role::Member).await;

    assert_eq!(found(&service, &mut member, "everything", "").await, std::slice::from_ref(&any));
    assert!(found(&service, &mut member, "team/", "").await.is_empty(), "nobody knows in which bucket");
    for (q, more) in [("s3://photos/team/", ""), ("team/", "&bucket=photos")] {
        let folder = format!("{any}?bucket=photos&prefix=team%2F");
        assert_eq!(found(&service, &mut member, q, more).await[0], folder, "{q}");
    }
    assert!(found(&service, &mut member, "s3://No Name/", "").await.is_empty());
}
