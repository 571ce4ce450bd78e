//! Papers as PDF and pages as pictures (typst).
//!
//! The same layout gives the PDF and the pages, so what is shown on the terminal is what was issued. `cases` stores the
//! PDF with its content and its digest; pages are kept in memory for a while and made again from the content when they are
//! asked for later: they are shown only if the PDF that comes with them has the digest that was issued.
//! Making a paper is work for a thread of its own.
use protocol::PaperKind;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

mod content;
mod fonts;
mod render;
pub mod words;

pub use content::{Body, Content, Listed};
use fonts::Fonts;

/// How wide a page's picture is, in pixels: the terminal's screen.
pub const PAGE_WIDTH: u32 = 1080;

/// How many papers' pages stay in memory: those of the calls that go on.
const KEPT: usize = 32;

/// Folders in which the Chinese fonts are looked for unless a deployment names others.
pub const FONT_FOLDERS: [&str; 6] = [
    "/usr/share/fonts/opentype/noto",
    "/usr/share/fonts/truetype/noto",
    "/usr/share/fonts/noto-cjk",
    "/usr/share/fonts/google-noto-cjk",
    "/usr/local/share/fonts",
    "/usr/share/fonts/opentype/source-han-sans",
];

/// Makes papers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Papers {
    fonts: Arc<Fonts>,
    authority: Arc<str>,
    help_line: Arc<str>,
    kept: Arc<Mutex<VecDeque<Arc<Rendered>>>>,
}

/// A paper that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// Each page as a PNG, [`PAGE_WIDTH`] wide.
    pub pages: Vec<Vec<u8>>,
    /// SHA-256 of the PDF, hexadecimal: the paper's name in the ledger.
    pub digest: String,
}

/// Why a paper could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// There is no Chinese font: the paper would show empty boxes.
    #[error(
        "no Chinese font found in {folders}: install Noto Sans CJK (Debian: fonts-noto-cjk) or set `fonts`"
    )]
    NoFont {
        /// Where it was looked for.
        folders: String,
    },
    /// Characters that no font has.
    #[error("no font has {count} of the paper's characters")]
    NoGlyph {
        /// How many different ones.
        count: usize,
    },
    /// The template does not compile, or the PDF cannot be written: a fault of this program.
    #[error("paper could not be laid out: {0}")]
    Layout(String),
    /// Made again, it is not what was issued: program or fonts have changed since. The PDF is kept as it was.
    #[error("the pages of this paper cannot be shown any more as they were issued: read its PDF")]
    Changed,
    /// The thread that made it is gone.
    #[error("paper maker stopped")]
    Stopped,
}

impl Papers {
    /// Looks for fonts. A missing Chinese font is told here and refused later, because everything else still works.
    #[must_use]
    pub fn new(folders: &[PathBuf], authority: &str, help_line: &str) -> Self {
        let fonts = Fonts::find(folders);
        if let Err(problem) = fonts.usable() {
            tracing::warn!(%problem, "papers cannot be issued");
        }
        let kept = Arc::default();
        Self { fonts: Arc::new(fonts), authority: authority.into(), help_line: help_line.into(), kept }
    }

    /// The usual font folders.
    #[must_use]
    pub fn usual_folders() -> Vec<PathBuf> {
        FONT_FOLDERS.iter().map(PathBuf::from).collect()
    }

    /// Whether papers can be made at all.
    ///
    /// # Errors
    /// [`PaperError::NoFont`].
    pub fn usable(&self) -> Result<(), PaperError> {
        self.fonts.usable()
    }

    /// The authority that issues.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// The telephone number for questions.
    #[must_use]
    pub fn help_line(&self) -> &str {
        &self.help_line
    }

    /// Makes a paper, in a thread of its own.
    ///
    /// # Errors
    /// No font, a character without glyph, or a fault of this program.
    pub async fn render(&self, content: Content) -> Result<Arc<Rendered>, PaperError> {
        let fonts = Arc::clone(&self.fonts);
        let made = tokio::task::spawn_blocking(move || render::render(&fonts, &content)).await;
        let made = Arc::new(made.map_err(|_| PaperError::Stopped)??);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(KEPT - 1);
        kept.push_front(Arc::clone(&made));
        Ok(made)
    }

    /// The paper that was issued with that digest, made again if need be.
    ///
    /// # Errors
    /// [`PaperError::Changed`] when it cannot be made as it was, and what [`Papers::render`] refuses.
    pub async fn again(&self, digest: &str, content: Content) -> Result<Arc<Rendered>, PaperError> {
        let known = {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.iter().find(|one| one.digest == digest).cloned()
        };
        let made = match known {
            Some(made) => made,
            None => self.render(content).await?,
        };
        if made.digest == digest { Ok(made) } else { Err(PaperError::Changed) }
    }
}

/// The word that stands for a kind in a paper's number, such as 受理 in `2026-000127-受理-1`.
#[must_use]
pub fn number_word(kind: PaperKind) -> &'static str {
    match kind {
        PaperKind::IntakeReceipt => "收件",
        PaperKind::AcceptanceNotice => "受理",
        PaperKind::NonAcceptanceNotice => "不予受理",
    }
}

#[cfg(test)]
mod tests;
