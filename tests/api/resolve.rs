//! Locators become URLs: the main job.

mod batch;
mod coalescing;
mod compact;
mod display;
mod expiry;
mod failures;
mod open;
mod outage;
mod public;
mod renewal;
mod replicas;
mod sessions;
mod stability;
