//! How fast one core presigns: ours beside its peers, in one run and one thread.
//!
//! First all signers must give the same URLs; a fast wrong signature is worth nothing. Then they take turns in short rounds.
//! Machines are noisy and the clock of a core moves, so only ratios within a round mean something: the target is judged by the
//! median of those, not by the nanoseconds.

mod signers;

use std::{
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use byob_aws::ObjectKey;

use signers::Signer;

/// URLs that share one preparation: a page of a listing.
const BATCH: u16 = 1000;
const ROUNDS: usize = 31;
/// What each signer gets in a round. All rounds of five signers take about 20 seconds.
const TURN: Duration = Duration::from_millis(120);
/// Our speed to hold, as a multiple of [`PEER`]'s.
const TARGET: f64 = 5.0;
const PEER: &str = "rusty-s3";

/// Keys that encoders disagree on most easily.
const ODD_KEYS: [&str; 9] = [
    "a+b%2F ü #?.png",
    "a//b/",
    "/a",
    "a/../b/./c",
    "-._~!*'();:@&=+$,[]",
    "\"<>\\^`{|}",
    "%",
    "日本 🦀",
    "a\tb\u{7f}",
];

fn main() -> Result<ExitCode> {
    let signers = [
        signers::byob("byob-aws", BATCH.into())?,
        signers::byob("byob-aws, prepared for every URL", 1)?,
        signers::rusty_s3()?,
        signers::aws_sigv4(),
        signers::aws_sdk_s3()?,
    ];
    let keys = (0..BATCH).map(key).collect::<Result<Vec<_>>>()?;
    compare(&signers, &keys[..10])?;
    let rounds = measure(&signers, &keys)?;
    Ok(report(&signers, &rounds))
}

/// A key of 60 characters.
fn key(number: u16) -> Result<ObjectKey> {
    Ok(ObjectKey::parse(&format!("projects/street-scenes/2026-05-04/camera-front/img_{number:0>5}.jpg"))?)
}

/// Every signer must agree with AWS's own `aws-sigv4` on every sampled key, up to the order of the query.
fn compare(signers: &[Signer], plain: &[ObjectKey]) -> Result<()> {
    let mut sample = plain.to_vec();
    for odd in ODD_KEYS {
        sample.push(ObjectKey::parse(odd)?);
    }
    for Signer { name, adds, wrong_on, sign } in signers {
        let mut sample = sample.clone();
        sample.retain(|key| !wrong_on.contains(&key.as_str()));
        let (mut expected, mut found) = (Vec::new(), Vec::new());
        signers::sigv4_urls(&sample, *adds, &mut |url| expected.push(url.to_owned()))?;
        sign(&sample, &mut |url| found.push(url.to_owned()))?;
        ensure!(expected.len() == found.len(), "{name} signed {} of {} keys", found.len(), expected.len());
        for (expected, found) in expected.iter().zip(&found) {
            ensure!(parts(expected) == parts(found), "{name} signs\n  {found}\naws-sigv4 signs\n  {expected}");
        }
        if let Some(parameter) = adds {
            println!("{name} also signs `{parameter}`: compared with aws-sigv4 signing the same.");
        }
        if !wrong_on.is_empty() {
            println!("{name} has no right URL for the keys {wrong_on:?}: not compared on these.");
        }
    }
    println!("Otherwise all signers make the same URLs for {} keys, signatures included.", sample.len());
    Ok(())
}

/// Scheme, host and path as they are; the query sorted.
fn parts(url: &str) -> (&str, Vec<&str>) {
    let (resource, query) = url.split_once('?').unwrap_or((url, ""));
    let mut query: Vec<&str> = query.split('&').collect();
    query.sort_unstable();
    (resource, query)
}

/// Nanoseconds per URL: one row per round, one column per signer.
fn measure(signers: &[Signer], keys: &[ObjectKey]) -> Result<Vec<Vec<f64>>> {
    let turn = |signer: &Signer| -> Result<f64> {
        let mut urls = 0.0;
        let start = Instant::now();
        loop {
            (signer.sign)(keys, &mut |url| {
                black_box(url);
            })?;
            urls += f64::from(BATCH);
            let spent = start.elapsed();
            if spent >= TURN {
                return Ok(spent.as_secs_f64() * 1e9 / urls);
            }
        }
    };
    // The first round warms caches and the core's clock up; it does not count.
    (0..=ROUNDS).map(|_| signers.iter().map(turn).collect()).skip(1).collect()
}

fn report(signers: &[Signer], rounds: &[Vec<f64>]) -> ExitCode {
    let peer = signers.iter().position(|signer| signer.name == PEER).unwrap_or_default();
    let times_peer = |column: usize| median(rounds.iter().map(|round| round[peer] / round[column]));
    println!("\n{:<34}{:>12}{:>14}{:>18}", "signer", "ns per URL", "URLs/s/core", format!("times {PEER}"));
    for (column, signer) in signers.iter().enumerate() {
        let nanos = median(rounds.iter().map(|round| round[column]));
        println!("{:<34}{nanos:>12.0}{:>14.0}{:>18.2}", signer.name, 1e9 / nanos, times_peer(column));
    }
    let held = times_peer(0) >= TARGET;
    println!("\nAt least {TARGET} times {PEER}: {}.", if held { "held" } else { "not held" });
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
