//! The fonts of papers: found once, read when the first paper is made.
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontInfo};
use typst::utils::LazyHash;

use super::PaperError;

/// Families that papers are set in, best first; the templates name the same.
const FAMILIES: [&str; 6] = [
    "noto sans cjk sc",
    "noto serif cjk sc",
    "noto sans sc",
    "noto serif sc",
    "source han sans sc",
    "source han serif sc",
];
/// Folders are not searched deeper than this.
const DEPTH: usize = 3;
/// Weights that papers use; others stay on the disk.
const WEIGHTS: [u16; 2] = [400, 700];

/// Fonts by their place in the book.
#[derive(Debug)]
pub(super) struct Fonts {
    pub(super) book: LazyHash<FontBook>,
    faces: Vec<Face>,
    folders: Vec<PathBuf>,
}

#[derive(Debug)]
struct Face {
    file: PathBuf,
    index: u32,
    /// The same file holds several faces; each face that is used reads it once.
    font: OnceLock<Option<Font>>,
}

impl Fonts {
    pub(super) fn find(folders: &[PathBuf]) -> Self {
        let mut files = Vec::new();
        for folder in folders {
            collect(folder, DEPTH, &mut files);
        }
        files.sort();
        let (mut book, mut faces) = (FontBook::new(), Vec::new());
        for file in files {
            let Ok(data) = std::fs::read(&file) else { continue };
            for (index, info) in (0..).zip(FontInfo::iter(&data)) {
                let family = info.family.to_lowercase();
                if FAMILIES.contains(&family.as_str()) && WEIGHTS.contains(&info.variant.weight.to_number()) {
                    book.push(info);
                    faces.push(Face { file: file.clone(), index, font: OnceLock::new() });
                }
            }
        }
        Self { book: LazyHash::new(book), faces, folders: folders.to_vec() }
    }

    pub(super) fn usable(&self) -> Result<(), PaperError> {
        if self.faces.is_empty() {
            let folders: Vec<_> = self.folders.iter().map(|folder| folder.display().to_string()).collect();
            return Err(PaperError::NoFont { folders: folders.join(", ") });
        }
        Ok(())
    }

    pub(super) fn font(&self, index: usize) -> Option<Font> {
        let face = self.faces.get(index)?;
        let read = || Font::new(Bytes::new(std::fs::read(&face.file).ok()?), face.index);
        face.font.get_or_init(read).clone()
    }
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let is_font = [".ttf", ".otf", ".ttc", ".otc"].iter().any(|end| name.ends_with(end));
        // Fonts are large: only files that may hold one of the families are opened at all.
        let may_fit = name.contains("noto") || name.contains("source");
        if is_font && may_fit {
            files.push(path);
        } else if depth > 0 && path.is_dir() {
            collect(&path, depth - 1, files);
        }
    }
}
