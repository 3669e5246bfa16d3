//! The page of all mistakes, for a chosen role and bucket.

use maud::{Markup, html};

use super::{
    super::{
        Answer,
        parts::{button, empty},
        visit::Visit,
    },
    Act, Mishap, Scene, Side, list, obstacle,
};
use crate::state::Breakage;

/// What the page shows.
struct View {
    scene: Scene,
    roles: Vec<String>,
    buckets: Vec<String>,
    /// Names of the mistakes that are made now.
    broken: Vec<&'static str>,
    /// What is broken elsewhere in the account: the mistake and what it was made with.
    elsewhere: Vec<(&'static Mishap, String)>,
}

/// The page.
pub async fn page(visit: Visit) -> Answer {
    let iam = visit.iam();
    let account = visit.of(&iam)?;
    let state = visit.sandbox.read();
    let roles: Vec<String> = account.roles.keys().cloned().collect();
    let buckets =
        state.buckets.values().filter(|bucket| bucket.account == visit.account).map(|bucket| bucket.name.clone());
    let buckets: Vec<String> = buckets.collect();
    // A role that asks for an external ID is one for a platform.
    let for_platform =
        account.roles.values().find(|role| role.trust.text.contains("ExternalId")).map(|role| role.name.clone());
    let asked = Scene::of(&visit);
    let role = chosen(asked.role, &roles, for_platform);
    let policies = account.roles.get(&role).map(|role| &role.inline);
    let names = |text: &String, bucket: &String| text.contains(&format!("arn:aws:s3:::{bucket}\""));
    let of_role =
        policies.and_then(|policies| buckets.iter().find(|bucket| policies.values().any(|text| names(text, bucket))));
    let bucket = chosen(asked.bucket, &buckets, of_role.cloned());
    let scene = Scene { account: visit.account.clone(), role, bucket };
    let breakages: Vec<Breakage> =
        state.breakages.iter().filter(|breakage| breakage.account == visit.account).cloned().collect();
    drop(state);
    let made_here = |mishap: &Mishap| match (&mishap.act, mishap.act.side()) {
        (Act::World(switch), _) => (switch.is_set)(&visit.sandbox),
        (_, Some(side)) => breakages.iter().any(|one| one.mistake == mishap.name && one.on == scene.on(side)),
        (_, None) => false,
    };
    let broken = list::ALL.iter().filter(|mishap| made_here(mishap)).map(|mishap| mishap.name).collect();
    let elsewhere = breakages.iter().filter(|one| one.on != scene.on(Side::of(&one.before)));
    let elsewhere =
        elsewhere.filter_map(|one| Some((list::ALL.iter().find(|mishap| mishap.name == one.mistake)?, one.on.clone())));
    let model = View { broken, elsewhere: elsewhere.collect(), scene, roles, buckets };
    Ok(visit.show("Break something", &view(&visit, &model)))
}

/// What was asked for, if it is there; else the best one to begin with.
fn chosen(asked: String, all: &[String], best: Option<String>) -> String {
    if all.contains(&asked) { asked } else { best.or_else(|| all.first().cloned()).unwrap_or_default() }
}

fn view(visit: &Visit, model: &View) -> Markup {
    let of = |wanted: fn(Side) -> bool| move |mishap: &&Mishap| mishap.act.side().is_some_and(wanted);
    let sections: [(&str, &str, Vec<&Mishap>); 3] = [
        ("The role", &model.scene.role, list::ALL.iter().filter(of(Side::is_of_role)).collect()),
        ("The bucket", &model.scene.bucket, list::ALL.iter().filter(of(|side| !side.is_of_role())).collect()),
        ("AWS itself", "this sandbox", list::ALL.iter().filter(|mishap| mishap.act.side().is_none()).collect()),
    ];
    html! {
        p.lead {
            "The mistakes that customers make. Make one, and let BYOB check the connection (" code { "byob check" } "): it names the \
             cause and what mends it. Every mistake can be undone; another one of the same policy is undone first. Check again after that: BYOB knows \
             of either only by a check, by yours or the hourly one. URLs that were given out go on for up to an hour after a trust policy was broken."
        }
        (choice(visit, model))
        @if !model.broken.is_empty() || !model.elsewhere.is_empty() {
            (button(&with_scene(visit, "break/undo-all", &model.scene), "Undo everything"))
        }
        @if !model.elsewhere.is_empty() { (elsewhere(visit, model)) }
        @for (title, on, mishaps) in sections {
            h2 { (title) @if !on.is_empty() { " " span.on { (on) } } }
            @if on.is_empty() {
                (empty("There is none in this account yet.", &html! {}))
            } @else {
                ul.mishaps { @for mishap in mishaps { (entry(visit, model, mishap)) } }
            }
        }
    }
}

fn with_scene(visit: &Visit, page: &str, scene: &Scene) -> super::Link {
    visit.link(page).with("role", &scene.role).with("bucket", &scene.bucket)
}

fn choice(visit: &Visit, model: &View) -> Markup {
    let select = |name: &'static str, label: &str, all: &[String], chosen: &str| {
        html! {
            div.field {
                label for=(name) { (label) }
                select #(name) name=(name) { @for one in all { option value=(one) selected[one == chosen] { (one) } } }
            }
        }
    };
    html! {
        form.row method="get" action=(visit.link("break")) {
            (select("role", "Role", &model.roles, &model.scene.role))
            (select("bucket", "Bucket", &model.buckets, &model.scene.bucket))
            button type="submit" { "Choose" }
        }
    }
}

/// What is broken of other roles and buckets, each with the way there.
fn elsewhere(visit: &Visit, model: &View) -> Markup {
    html! {
        p { "Also broken now: "
            @for (n, (mishap, on)) in model.elsewhere.iter().enumerate() {
                @let is_role = mishap.act.side().is_some_and(Side::is_of_role);
                @if n > 0 { "; " }
                @let param = if is_role { "role" } else { "bucket" };
                a href=(visit.link("break").with(param, on)) { (mishap.title) " (" (on) ")" }
            }
            "."
        }
    }
}

fn entry(visit: &Visit, model: &View, mishap: &Mishap) -> Markup {
    let broken = model.broken.contains(&mishap.name);
    let obstacle = if broken { None } else { obstacle(&visit.sandbox, &mishap.act, &model.scene) };
    let why = format!("{}-why", mishap.name);
    let to = |page: &str| with_scene(visit, page, &model.scene).with("mistake", mishap.name);
    html! {
        li.mishap.is-broken[broken] {
            div {
                h3 { (mishap.title) @if broken { " " span.badge.bad { "Broken now" } } }
                p { (mishap.does) }
                p.says { strong { "The check will say: " } (mishap.says) }
                @if let Some(obstacle) = &obstacle { p #(why) { strong { "Nothing to break here: " } (obstacle) } }
            }
            form method="post" action=(to(if broken { "break/undo" } else { "break" })) {
                button type="submit" disabled[obstacle.is_some()] aria-describedby=[obstacle.as_ref().map(|_| &why)] {
                    @if broken { "Undo" } @else { "Break" }
                    span.visually-hidden { ": " (mishap.title) }
                }
            }
        }
    }
}
