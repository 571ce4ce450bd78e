//! Stills on the disk: pieces that arrive, in the clear and for an hour at most; whole pictures, sealed.
use protocol::ids::StillId;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};
use tokio::fs::{self, File, OpenOptions};

use super::super::{Cases, Refusal};
use super::Progress;
use crate::store::cases::StillRow;

/// A still to which nothing was added for so long is given up.
const ABANDONED: Duration = Duration::from_secs(3600);

impl Cases {
    /// Takes away pieces that nobody has added to for an hour: pictures of papers must not lie about unsealed. The rest may
    /// still come; it begins anew.
    pub(in crate::cases) async fn sweep_stills(&self) -> Result<(), Refusal> {
        let mut found = match fs::read_dir(&self.parts().stills).await {
            Ok(found) => found,
            Err(missing) if missing.kind() == ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let now = UNIX_EPOCH + Duration::from_micros(self.now().0.unsigned_abs());
        while let Some(file) = found.next_entry().await? {
            let path = file.path();
            let is_piece = path.extension().is_some_and(|end| end == "part" || end == "new");
            let age = now.duration_since(file.metadata().await?.modified()?).unwrap_or_default();
            if is_piece && age > ABANDONED {
                fs::remove_file(path).await?;
            }
        }
        Ok(())
    }

    /// The file's length says how much is there: nothing else has to be written with each piece.
    pub(super) async fn arrived(&self, row: &StillRow) -> Result<Progress, Refusal> {
        let length = row.length;
        if row.completed_at.is_some() {
            return Ok(Progress { offset: length, length });
        }
        match fs::metadata(self.part(row.id)).await {
            // All there and not finished: the check failed half-way, or the server stopped before it. It is sent again.
            Ok(found) if found.len() >= length => {
                File::create(self.part(row.id)).await?;
                Ok(Progress { offset: 0, length })
            }
            Ok(found) => Ok(Progress { offset: found.len(), length }),
            Err(missing) if missing.kind() == ErrorKind::NotFound => {
                private().truncate(true).open(self.part(row.id)).await?;
                Ok(Progress { offset: 0, length })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Names are made of the id alone: nothing that anybody sent.
    pub(super) fn part(&self, id: StillId) -> PathBuf {
        self.parts().stills.join(format!("{}.part", id.0.simple()))
    }

    pub(super) fn sealed(&self, id: StillId) -> PathBuf {
        self.parts().stills.join(format!("{}.sealed", id.0.simple()))
    }
}

/// Files that only the server's own account may read.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).mode(0o600);
    options
}

/// Written aside, flushed to the disk, then named: a file with the name is whole.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let aside = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&aside, path)?;
    match path.parent() {
        Some(folder) => std::fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// What the first bytes say; names and headers of the sender are not asked.
pub(super) fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Some("image/jpeg")
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some("image/webp")
    } else {
        None
    }
}
