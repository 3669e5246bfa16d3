//! "Break something": the mistakes that customers make, each one click to make and one to undo.

mod bucket;
mod document;
mod list;
mod page;
mod role;
mod world;

use axum::{
    Router,
    routing::{get, post},
};
use serde_json::Value;

use super::{Answer, done::Done, form::Form, link::Link, problem::Problem, visit::Visit};
use crate::{
    Sandbox,
    refusal::Refusal,
    state::{Before, Breakage},
};

/// `…/break`.
pub fn router() -> Router<Sandbox> {
    Router::new()
        .route("/_console/{account}/break", get(page::page).post(make))
        .route("/_console/{account}/break/undo", post(undo))
        .route("/_console/{account}/break/undo-all", post(undo_all))
}

/// A mistake that can be made with one click. The page is written from these.
struct Mishap {
    /// Its name in addresses and in what is kept; never changed.
    name: &'static str,
    /// What a customer would have done.
    title: &'static str,
    /// What the button does.
    does: &'static str,
    /// What BYOB should then say.
    says: &'static str,
    /// What it is done to, and how.
    act: Act,
}

/// What a mishap changes. The functions say whether there was anything to change.
enum Act {
    /// The statements of a role's trust policy.
    Trust(fn(&mut [Value], &Scene) -> bool),
    /// The statements of everything that a role may do.
    Permissions(fn(&mut Vec<Value>) -> bool),
    /// The longest session of a role: the shortest that AWS takes.
    Session,
    /// A bucket's CORS configuration, as XML.
    Cors(fn(Option<&str>) -> Result<Option<String>, Refusal>),
    /// A statement that is added to a bucket's policy.
    Policy(fn(&Scene) -> Value),
    /// The sandbox itself.
    World(world::Switch),
}

/// The parts of a customer's account that something can be broken of, each once at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Trust,
    Permissions,
    Session,
    Cors,
    Policy,
}

impl Act {
    fn side(&self) -> Option<Side> {
        match self {
            Self::Trust(_) => Some(Side::Trust),
            Self::Permissions(_) => Some(Side::Permissions),
            Self::Session => Some(Side::Session),
            Self::Cors(_) => Some(Side::Cors),
            Self::Policy(_) => Some(Side::Policy),
            Self::World(_) => None,
        }
    }
}

impl Side {
    fn of(before: &Before) -> Self {
        match before {
            Before::Trust(_) => Self::Trust,
            Before::Permissions { .. } => Self::Permissions,
            Before::SessionDuration(_) => Self::Session,
            Before::Cors(_) => Self::Cors,
            Before::BucketPolicy(_) => Self::Policy,
        }
    }

    fn is_of_role(self) -> bool {
        matches!(self, Self::Trust | Self::Permissions | Self::Session)
    }
}

/// What the mistakes are made with: the account and the chosen role and bucket, either of which may be missing.
struct Scene {
    account: String,
    role: String,
    bucket: String,
}

impl Scene {
    fn of(visit: &Visit) -> Self {
        Self {
            account: visit.account.clone(),
            role: visit.param("role").to_owned(),
            bucket: visit.param("bucket").to_owned(),
        }
    }

    /// The role or bucket that has this side.
    fn on(&self, side: Side) -> &str {
        if side.is_of_role() { &self.role } else { &self.bucket }
    }
}

fn here(visit: &Visit) -> Link {
    let scene = Scene::of(visit);
    visit.link("break").with("role", &scene.role).with("bucket", &scene.bucket)
}

fn find(visit: &Visit) -> Result<&'static Mishap, Problem> {
    let name = visit.param("mistake");
    list::ALL
        .iter()
        .find(|mishap| mishap.name == name)
        .ok_or_else(|| Problem::missing("mistake", name).back(here(visit), "the list"))
}

/// Makes the mistake. Another one of the same side is undone first, so that each is seen for itself.
async fn make(visit: Visit, _: Form) -> Answer {
    let mishap = find(&visit)?;
    let scene = Scene::of(&visit);
    let made = match (&mishap.act, mishap.act.side()) {
        (Act::World(switch), _) => {
            (switch.set)(&visit.sandbox, true);
            Ok(())
        }
        (act, Some(side)) if side.is_of_role() => role::make(&visit.sandbox, mishap.name, act, side, &scene),
        (act, Some(side)) => bucket::make(&visit.sandbox, mishap.name, act, side, &scene),
        (_, None) => Ok(()),
    };
    made.map_err(|refusal| refused(refusal).back(here(&visit), "the list"))?;
    Ok(here(&visit).after(Done::BROKEN))
}

/// Undoes a mistake.
async fn undo(visit: Visit, _: Form) -> Answer {
    let mishap = find(&visit)?;
    let scene = Scene::of(&visit);
    match (&mishap.act, mishap.act.side()) {
        (Act::World(switch), _) => (switch.set)(&visit.sandbox, false),
        (_, Some(side)) => restore(&visit.sandbox, |breakage| {
            breakage.account == scene.account && breakage.on == scene.on(side) && breakage.mistake == mishap.name
        }),
        (_, None) => {}
    }
    Ok(here(&visit).after(Done::MENDED))
}

/// Undoes everything in the account, and what is wrong with the sandbox itself.
async fn undo_all(visit: Visit, _: Form) -> Answer {
    restore(&visit.sandbox, |breakage| breakage.account == visit.account);
    world::mend(&visit.sandbox);
    Ok(here(&visit).after(Done::ALL_MENDED))
}

/// Puts back what these breakages replaced.
fn restore(sandbox: &Sandbox, these: impl Fn(&Breakage) -> bool) {
    let mut state = sandbox.write();
    let (undone, left) = std::mem::take(&mut state.breakages).into_iter().partition::<Vec<_>, _>(these);
    state.breakages = left;
    drop(state);
    for breakage in undone {
        if Side::of(&breakage.before).is_of_role() {
            role::restore(sandbox, &breakage);
        } else {
            bucket::restore(sandbox, &breakage);
        }
    }
}

/// Remembers a breakage in place of one of the same side.
fn remember(sandbox: &Sandbox, breakage: Breakage) {
    let mut state = sandbox.write();
    let side = Side::of(&breakage.before);
    state.breakages.retain(|other| {
        (other.account != breakage.account) || (other.on != breakage.on) || (Side::of(&other.before) != side)
    });
    state.breakages.push(breakage);
}

/// How the side was before anything was broken; none where it is whole.
fn before(sandbox: &Sandbox, scene: &Scene, side: Side) -> Option<Before> {
    let state = sandbox.read();
    let mut of_this =
        state.breakages.iter().filter(|breakage| breakage.account == scene.account && breakage.on == scene.on(side));
    of_this.find(|breakage| Side::of(&breakage.before) == side).map(|breakage| breakage.before.clone())
}

/// The code of a refusal that is not AWS's: there is nothing that could be broken.
const NOTHING: &str = "NothingToBreak";

/// There is nothing that could be broken.
fn nothing(why: impl Into<String>) -> Refusal {
    Refusal::new(409, NOTHING, why)
}

/// The page of a mistake that was not made.
fn refused(refusal: Refusal) -> Problem {
    if refusal.code == NOTHING {
        Problem::new(refusal.status.as_u16(), "There is nothing to break", refusal.message)
    } else {
        Problem::from(refusal)
    }
}

/// Why a mistake cannot be made here, where there is nothing to break.
fn obstacle(sandbox: &Sandbox, act: &Act, scene: &Scene) -> Option<String> {
    let tried = match act.side() {
        Some(side) if side.is_of_role() => role::try_out(sandbox, act, side, scene),
        Some(side) => bucket::try_out(sandbox, act, side, scene),
        None => Ok(()),
    };
    tried.err().filter(|refusal| refusal.code == NOTHING).map(|refusal| refusal.message)
}
