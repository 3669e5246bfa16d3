//! Keeps the state in a folder: one JSON file, replaced as a whole, beside the contents of the objects.

use std::{fs, io, path::Path, time::Duration};

use crate::{Sandbox, state::State};

const FILE: &str = "sandbox.json";

/// Reads what was kept; a folder without it is a new world.
pub fn load(folder: &Path) -> io::Result<State> {
    match fs::read(folder.join(FILE)) {
        Ok(text) => serde_json::from_slice(&text).map_err(io::Error::from),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::default()),
        Err(error) => Err(error),
    }
}

/// Writes the state. A crash in the middle leaves the one before.
pub fn save(sandbox: &Sandbox) -> io::Result<()> {
    let Some(folder) = &sandbox.0.folder else { return Ok(()) };
    let text = serde_json::to_vec(&*sandbox.read())?;
    let unfinished = folder.join("sandbox.json.new");
    fs::write(&unfinished, text)?;
    fs::rename(unfinished, folder.join(FILE))
}

/// Writes the state about a second after each change, so that many changes are one write.
pub async fn keep_saving(sandbox: &Sandbox) {
    loop {
        sandbox.0.changed.notified().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let again = sandbox.clone();
        let saved = tokio::task::spawn_blocking(move || save(&again)).await;
        if let Ok(Err(error)) = saved {
            tracing::error!(%error, "the sandbox's state could not be written");
        }
    }
}
