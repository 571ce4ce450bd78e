//! The demonstration's folder, which `--fresh` empties: only a folder that a demonstration marked as its own.
use anyhow::{Context, bail};
use std::path::Path;

/// The file that says whose folder it is.
const MARK: &str = "this-is-a-demonstration";

/// Marks the folder as one that may be emptied.
pub(super) fn mark(data: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(data)
        .and_then(|()| {
            let text = "Made by `cloud-window demo`. `cloud-window demo --fresh` removes everything in this folder.\n";
            std::fs::write(data.join(MARK), text)
        })
        .with_context(|| format!("data folder {} cannot be written", data.display()))
}

/// Removes what earlier demonstrations left.
pub(super) fn clear(data: &Path) -> anyhow::Result<()> {
    let Ok(mut entries) = std::fs::read_dir(data) else { return Ok(()) };
    if entries.next().is_none() {
        return Ok(());
    }
    if !data.join(MARK).is_file() {
        bail!(
            "{} was not made by a demonstration: --fresh would remove what is in it. Choose another folder with --data",
            data.display()
        );
    }
    std::fs::remove_dir_all(data).with_context(|| format!("{} cannot be removed", data.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_demonstrations_own_folder_is_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        clear(&data).unwrap();
        mark(&data).unwrap();
        std::fs::write(data.join("more"), "x").unwrap();
        clear(&data).unwrap();
        assert!(!data.exists());
        let other = folder.path().join("other");
        std::fs::create_dir(&other).unwrap();
        clear(&other).unwrap();
        std::fs::write(other.join("precious"), "x").unwrap();
        assert!(clear(&other).is_err());
        assert!(other.join("precious").exists());
    }
}
