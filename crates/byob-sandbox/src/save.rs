//! Keeps the state in a folder: one JSON file, replaced as a whole, beside the contents of the objects.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{Sandbox, state::State};

const FILE: &str = "sandbox.json";

/// A folder that this process alone writes to, and this user alone reads: the secrets of all access keys are in it.
pub struct Folder {
    path: PathBuf,
    /// Locked while the process lives.
    _lock: File,
}

impl Folder {
    /// Makes the folder where it is missing, and takes it.
    pub fn open(path: PathBuf) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
        let lock = OpenOptions::new().create(true).append(true).mode(0o600).open(path.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(io::Error::other("another sandbox uses it")),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads what was kept; a folder without it is a new world.
    pub fn load(&self) -> io::Result<State> {
        match fs::read(self.path.join(FILE)) {
            Ok(text) => serde_json::from_slice(&text).map_err(io::Error::from),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::default()),
            Err(error) => Err(error),
        }
    }
}

/// Writes the state. A crash in the middle leaves the one before.
pub fn save(sandbox: &Sandbox) -> io::Result<()> {
    let Some(Folder { path, .. }) = &sandbox.0.folder else { return Ok(()) };
    let text = serde_json::to_vec(&*sandbox.read())?;
    let unfinished = path.join("sandbox.json.new");
    let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(&text)?;
    fs::rename(unfinished, path.join(FILE))
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
