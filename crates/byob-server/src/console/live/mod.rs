//! A check under way: its steps are sent as soon as each is done, as markup that the page only has to put in its place.

pub mod mends;
pub mod report;

use std::convert::Infallible;

use axum::{
    http::{HeaderMap, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use byob_core::check::{Check, Report};
use futures::{StreamExt, stream};
use maud::{Markup, html};
use tokio::sync::mpsc;

use super::{
    Answer,
    icons::{Icon, icon},
    then,
};

/// Makes a check. `path` is where its report can be read afterwards.
pub async fn answer(
    check: Check,
    headers: &HeaderMap,
    path: impl FnOnce(&Report) -> String + Send + 'static,
) -> Answer {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accept.contains("text/event-stream") {
        return Ok(then(&path(&check.run(None).await?)));
    }
    Ok(streamed(check, path))
}

fn streamed(check: Check, path: impl FnOnce(&Report) -> String + Send + 'static) -> Response {
    let (tell, told) = mpsc::unbounded_channel();
    let running = tokio::spawn(check.run(Some(tell)));
    let steps = stream::unfold(told, async |mut told| {
        let step = told.recv().await?;
        Some((Event::default().event("step").data(report::step(&step).into_string()), told))
    });
    let end = stream::once(async move {
        match running.await {
            Ok(Ok(report)) => Event::default().event("done").data(path(&report)),
            // What happened is in the log.
            _ => Event::default().event("error").data("Something went wrong on our side."),
        }
    });
    Sse::new(steps.chain(end).map(Ok::<_, Infallible>)).keep_alive(KeepAlive::default()).into_response()
}

/// Where the steps appear.
pub fn place() -> Markup {
    html! {
        section #live hidden aria-label="The check under way" {
            p .visually-hidden role="status" {}
            ol .steps {}
            p .step .waiting { span .mark { (icon(Icon::Wait)) } span { "Asking AWS…" } }
        }
    }
}
