//! Contents of objects: in memory, or as files named by ID. Keys of objects are never names of files.

use std::{
    collections::HashMap,
    fs, io,
    path::PathBuf,
    sync::{PoisonError, RwLock},
};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// The name of a content.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Blob(String);

impl Blob {
    /// The name of no content, until there is one.
    pub fn none() -> Self {
        Self(String::new())
    }
}

/// All contents.
pub enum Blobs {
    /// Gone with the process.
    Memory(RwLock<HashMap<Blob, Bytes>>),
    /// One file each.
    Folder(PathBuf),
}

impl Blobs {
    /// Keeps contents in memory.
    pub fn memory() -> Self {
        Self::Memory(RwLock::default())
    }

    /// Keeps contents in a folder, which is made where it is missing.
    pub fn folder(path: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&path)?;
        Ok(Self::Folder(path))
    }

    /// Keeps a content.
    pub fn put(&self, content: Bytes) -> io::Result<Blob> {
        let blob = Blob(crate::random::hex(32));
        match self {
            Self::Memory(all) => {
                all.write().unwrap_or_else(PoisonError::into_inner).insert(blob.clone(), content);
            }
            Self::Folder(folder) => fs::write(folder.join(&blob.0), content)?,
        }
        Ok(blob)
    }

    /// Reads a content.
    pub fn get(&self, blob: &Blob) -> io::Result<Bytes> {
        match self {
            Self::Memory(all) => {
                let all = all.read().unwrap_or_else(PoisonError::into_inner);
                all.get(blob).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
            }
            Self::Folder(folder) => fs::read(folder.join(&blob.0)).map(Bytes::from),
        }
    }

    /// Forgets a content; one that is gone already is no error.
    pub fn remove(&self, blob: &Blob) {
        match self {
            Self::Memory(all) => {
                all.write().unwrap_or_else(PoisonError::into_inner).remove(blob);
            }
            Self::Folder(folder) => {
                if let Err(error) = fs::remove_file(folder.join(&blob.0)) {
                    tracing::warn!(%error, "a content could not be removed");
                }
            }
        }
    }
}
