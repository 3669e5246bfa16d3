//! The pages of files, as far as no bucket is asked.

use byob_core::organization::Role;
use byob_e2e::{S3, Service, given, s3::FILE};
use reqwest::Method;
use serde_json::json;

use crate::visitor::{EMAIL, Visitor, leads_to};

async fn page(service: &Service, visitor: &mut Visitor, locator: &str, more: &str) -> String {
    let locator: String = url::form_urlencoded::byte_serialize(locator.as_bytes()).collect();
    let page = visitor.get(&format!("/o/{}/file?locator={locator}{more}", service.organization)).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page.body
}

async fn markdown(service: &Service, visitor: &mut Visitor, locator: &str, text: &str) -> String {
    let request =
        visitor.request(Method::POST, &format!("/o/{}/file/markdown?locator={locator}", service.organization));
    let request = request.header("sec-fetch-site", "same-origin").header("content-type", "text/plain");
    let markup = visitor.send(request.body(text.to_owned())).await;
    assert_eq!(markup.status, 200, "{}", markup.body);
    markup.body
}

#[tokio::test]
async fn a_file_leads_back_to_its_folder_as_that_was_shown() {
    let service = Service::start().await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let mut member = Visitor::signed_in(&service, EMAIL, Role::Member).await;
    let folder = format!("/o/{}/files/{}?bucket=images", service.organization, given::id(&integration));

    let grid = page(&service, &mut member, "s3://images/a/b/c.png", "&view=grid&glob=*.png").await;
    assert!(grid.contains(&format!("href=\"{folder}&amp;prefix=a%2Fb%2F&amp;view=grid&amp;glob=*.png\"")), "{grid}");
    assert!(
        grid.contains(&format!("href=\"{folder}&amp;prefix=a%2F&amp;view=grid\"")),
        "the pattern is the folder's alone"
    );
    assert!(grid.contains("as=hex&amp;view=grid&amp;glob=*.png"), "another way to look at it keeps the way back");
    assert!(
        grid.contains("/keys?bucket=images&amp;prefix=a%2Fb%2F&amp;glob=*.png\""),
        "the next file is the next that fits"
    );

    let list = page(&service, &mut member, "s3://images/a/b/c.png", "").await;
    assert!(list.contains(&format!("href=\"{folder}&amp;prefix=a%2Fb%2F\"")), "{list}");
    let deep = page(&service, &mut member, "s3://images/a/b/c.png", "&glob=**/*.png").await;
    assert!(!deep.contains("glob="), "a pattern through folders is not the folder's: {deep}");
}

#[tokio::test]
async fn what_a_key_holds_is_seen_and_its_locator_is_copied_as_it_is() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    let mut member = Visitor::signed_in(&service, EMAIL, Role::Member).await;

    let body = page(&service, &mut member, "s3://images/invoice\u{202e}fdp.txt", "").await;

    assert!(body.contains("<h1><bdi>invoice<span class=\"control\">U+202E</span>fdp.txt</bdi></h1>"), "{body}");
    assert!(body.contains("<title>invoice⟨U+202E⟩fdp.txt · Acme"), "{body}");
    assert!(body.contains("data-text=\"s3://images/invoice\u{202e}fdp.txt\""), "{body}");
}

#[tokio::test]
async fn without_scripts_a_file_that_does_not_show_leads_on() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    let mut viewer = Visitor::signed_in(&service, EMAIL, Role::Viewer).await;

    let picture = page(&service, &mut viewer, "s3://images/a.png", "").await;
    let at = picture.find("<noscript>").expect("there is something for those without scripts");
    assert!(picture[at..].contains("/file/details?locator="), "{picture}");
    let text = page(&service, &mut viewer, "s3://images/a.txt", "").await;
    assert!(text.contains("without them, <a href=\"https://images.s3"), "{text}");
    let unnamed = page(&service, &mut viewer, "s3://images/a/", "").await;
    assert!(unnamed.find(">Text</a>") < unnamed.find(">Bytes</a>"), "{unnamed}");
}

#[tokio::test]
async fn an_admin_is_led_from_a_file_that_is_not_served_to_what_would_serve_it() {
    let service = Service::start().await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let mut admin = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let mut viewer = Visitor::signed_in(&service, "bob@example.com", Role::Viewer).await;
    let all = format!("href=\"/o/{}/integrations\">See the integrations", service.organization);
    let one = format!("/integrations/{}\">See the integration<", given::id(&integration));

    assert!(page(&service, &mut admin, "s3://nobodys/a.png", "").await.contains(&all));
    service.admin().patch(&given::integration_path(&integration), &json!({"enabled": false})).await.json(200);
    assert!(page(&service, &mut admin, "s3://images/a.png", "").await.contains(&one));
    let told = page(&service, &mut viewer, "s3://images/a.png", "").await;
    assert!(!told.contains("See the integration") && told.contains("An admin can turn it on again."), "{told}");
}

#[tokio::test]
async fn a_locator_that_is_mistyped_comes_back_with_the_fault_beside_it() {
    let service = Service::start().await;
    service.admin().connect(&given::bucket("images")).await;
    for role in [Role::Viewer, Role::Admin] {
        let mut visitor = Visitor::signed_in(&service, &format!("{role}@example.com"), role).await;

        let refused = visitor.get(&format!("/o/{}/file?locator=s3:/images/a%22b.png", service.organization)).await;

        assert_eq!(refused.status, 422, "{}", refused.body);
        for part in [
            "<h1><bdi>Files</bdi></h1>",
            "name=\"locator\" value=\"s3:/images/a&quot;b.png\"",
            "aria-invalid=\"true\" aria-describedby=\"locator-fault\"",
            "id=\"locator-fault\" role=\"alert\"",
            "<code>s3://</code>",
        ] {
            assert!(refused.body.contains(part), "{part}: {}", refused.body);
        }
    }
}

#[tokio::test]
async fn picked_files_lead_back_to_the_folder_that_they_were_picked_in() {
    let service = Service::start().await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let mut member = Visitor::signed_in(&service, EMAIL, Role::Member).await;
    let folder = format!("/o/{}/files/{}", service.organization, given::id(&integration));

    let grid = member.get(&format!("{folder}?bucket=images&prefix=a%2Fb%2F&view=grid&glob=*.png")).await.body;

    let action =
        format!("action=\"{folder}/selection?bucket=images&amp;prefix=a%2Fb%2F&amp;view=grid&amp;glob=*.png\"");
    assert!(grid.contains(&action), "{grid}");
}

#[tokio::test]
async fn what_a_bucket_refuses_is_told_to_admins_by_its_action_and_to_others_by_who_can_mend_it() {
    let s3 = S3::start().await;
    let service = Service::setup().allow(&[&s3.address()]).start().await;
    let settings = given::with(given::bucket("images"), &json!({"endpoint_url": s3.url()}));
    let folder = format!("/o/{}/files/{}", service.organization, given::id(&service.admin().connect(&settings).await));
    let mut admin = Visitor::signed_in(&service, EMAIL, Role::Admin).await;
    let mut member = Visitor::signed_in(&service, "mina@example.com", Role::Member).await;
    let by_admins = "An admin of your organization can mend it: the connection check says how.";

    for (visitor, action) in [(&mut admin, "s3:ListBucket"), (&mut member, "The bucket refuses to list its files.")] {
        for path in [&folder, &format!("{folder}/keys?bucket=images")] {
            s3.fail_once(403, "AccessDenied");
            let refused = visitor.get(path).await.body;
            assert!(refused.contains(action), "{refused}");
            assert_eq!(refused.contains(by_admins), action.contains(' '), "{refused}");
            assert!(!refused.contains("Ask an admin"), "it is said once: {refused}");
        }
    }
}

#[tokio::test]
async fn where_any_bucket_is_served_its_name_is_typed() {
    let s3 = S3::start().await;
    let service = Service::setup().allow(&[&s3.address()]).start().await;
    let settings = given::with(given::buckets("everything", &[]), &json!({"endpoint_url": s3.url()}));
    let integration = service.admin().connect(&settings).await;
    let folder = format!("/o/{}/files/{}", service.organization, given::id(&integration));
    let form = format!("<form class=\"jump\" action=\"{folder}\">");
    let mut member = Visitor::signed_in(&service, EMAIL, Role::Member).await;

    for path in [format!("/o/{}/files", service.organization), folder.clone()] {
        let page = member.get(&path).await;
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains(&form) && page.body.contains("everything"), "{}", page.body);
        assert!(!page.body.contains("aria-invalid"), "{}", page.body);
    }
    let refused = member.get(&format!("{folder}?bucket=No+Name")).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    for part in ["value=\"No Name\"", "aria-describedby=\"bucket-fault\"", "id=\"bucket-fault\" role=\"alert\""] {
        assert!(refused.body.contains(part), "{part}: {}", refused.body);
    }
    for typed in ["photos", "+photos", "s3://photos/"] {
        let listed = member.get(&format!("{folder}?bucket={typed}")).await;
        assert_eq!(listed.status, 200, "{}", listed.body);
        assert!(listed.body.contains("<h1><bdi>photos</bdi></h1>"), "{}", listed.body);
        assert!(listed.body.contains(&format!("href=\"{folder}?bucket=photos&amp;prefix=team%2F")), "{}", listed.body);
    }
    s3.fail_once(404, "NoSuchBucket");
    let gone = member.get(&format!("{folder}?bucket=fotos")).await;
    assert!(gone.body.contains(&form) && gone.body.contains("value=\"fotos\""), "{}", gone.body);
    let opened = member.get(&format!("/o/{}/file?locator=s3://photos", service.organization)).await;
    assert_eq!(leads_to(&opened), format!("{folder}?bucket=photos"));
    let file = page(&service, &mut member, "s3://photos/a/b.png", "").await;
    assert!(file.contains(&format!("href=\"{folder}?bucket=photos&amp;prefix=a%2F\"")), "{file}");
}

#[tokio::test]
async fn where_several_buckets_are_served_one_of_them_is_chosen() {
    let service = Service::start().await;
    let integration = service.admin().connect(&given::buckets("several", &["photos", "films"])).await;
    let folder = format!("/o/{}/files/{}", service.organization, given::id(&integration));
    let mut member = Visitor::signed_in(&service, EMAIL, Role::Member).await;

    let page = member.get(&folder).await.body;

    for bucket in ["photos", "films"] {
        assert!(page.contains(&format!("href=\"{folder}?bucket={bucket}\"")), "{page}");
    }
}

#[tokio::test]
async fn a_document_leads_to_the_folders_around_it_as_far_as_they_are_served() {
    let service = Service::start().await;
    let images = service.admin().connect(&given::bucket("images")).await;
    let films = service.admin().connect(&given::folder("films", "team")).await;
    let mut member = Visitor::signed_in(&service, EMAIL, Role::Member).await;
    let mut viewer = Visitor::signed_in(&service, "vera@example.com", Role::Viewer).await;
    let folder = |integration| format!("href=\"/o/{}/files/{}?bucket=", service.organization, given::id(integration));
    let text = "[a](sub/) [b](/frames/) [c](./) [d](../)";

    let whole = markdown(&service, &mut member, "s3://images/team/a.md", text).await;
    for prefix in ["&amp;prefix=team%2Fsub%2F", "&amp;prefix=frames%2F", "&amp;prefix=team%2F", ""] {
        assert!(whole.contains(&format!("{}images{prefix}\"", folder(&images))), "{prefix}: {whole}");
    }
    let part = markdown(&service, &mut member, "s3://films/team/a.md", text).await;
    assert!(part.contains(&format!("{}films&amp;prefix=team%2Fsub%2F\"", folder(&films))), "{part}");
    assert_eq!(part.matches("<a ").count(), 2, "what lies outside is not served: {part}");
    let text = markdown(&service, &mut viewer, "s3://images/team/a.md", text).await;
    assert_eq!(text.matches("<a ").count(), 0, "{text}");
}

#[tokio::test]
async fn picked_files_keep_the_lines_of_their_keys() {
    let service = Service::start().await;
    let integration = service.admin().connect(&given::bucket("images")).await;
    let mut member = Visitor::signed_in(&service, EMAIL, Role::Member).await;
    let folder = format!("/o/{}/files/{}", service.organization, given::id(&integration));
    let picked = [("locator", r#""s3://images/a\nb\rc\r\n\"d\".png""#), ("locator", "s3://images/b.png")];

    let list = member.post(&format!("{folder}/selection.jsonl"), &picked).await;
    assert_eq!(list.status, 200, "{}", list.body);
    let lines: Vec<serde_json::Value> = list.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0], json!({"locator": "s3://images/a\nb\rc\r\n\"d\".png"}));
    assert_eq!(lines[1], json!({"locator": "s3://images/b.png"}));
    let shown = member.post(&format!("{folder}/selection"), &picked).await;
    assert!(shown.body.contains("s3://images/a\nb\rc\r\n&quot;d&quot;.png\ns3://images/b.png<"), "{}", shown.body);
}

#[tokio::test]
async fn an_object_that_is_a_folder_itself_is_listed_if_it_holds_something() {
    let s3 = S3::start().await;
    let service = Service::setup().allow(&[&s3.address()]).start().await;
    let settings = given::with(given::bucket("images"), &json!({"endpoint_url": s3.url()}));
    let folder = format!("/o/{}/files/{}", service.organization, given::id(&service.admin().connect(&settings).await));
    let mut member = Visitor::signed_in(&service, EMAIL, Role::Member).await;
    let prefix: String = url::form_urlencoded::byte_serialize(FILE.as_bytes()).collect();

    let listed = member.get(&format!("{folder}?prefix={prefix}")).await.body;

    assert!(listed.contains("aria-label=\"Pick (this folder)\"") && listed.contains("7 bytes"), "{listed}");
}
