//! Laying a paper out and writing it down.
use aws_lc_rs::digest::{SHA256, digest};
use protocol::PaperKind;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::layout::{Frame, FrameItem};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;
use typst_render::RenderOptions;

use super::fonts::Fonts;
use super::{Content, PAGE_WIDTH, PaperError, Rendered};

/// Layouts that later papers may still share; older ones are forgotten so that memory stays flat.
const REMEMBERED_PAPERS: usize = 4;

const FILES: [(&str, &str); 4] = [
    ("frame.typ", include_str!("templates/frame.typ")),
    ("intake_receipt.typ", include_str!("templates/intake_receipt.typ")),
    ("acceptance_notice.typ", include_str!("templates/acceptance_notice.typ")),
    ("non_acceptance_notice.typ", include_str!("templates/non_acceptance_notice.typ")),
];

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// All that a template can see: the templates, the content, the fonts. No files, no network, no clock.
struct Table<'a> {
    fonts: &'a Fonts,
    main: FileId,
    content: Bytes,
}

impl World for Table<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let name = id.get().vpath().get_without_slash();
        let found = FILES.iter().find(|(file, _)| *file == name);
        found
            .map(|(_, text)| Source::new(id, (*text).to_owned()))
            .ok_or_else(|| FileError::NotFound(name.into()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        match id.get().vpath().get_without_slash() {
            "content.json" => Ok(self.content.clone()),
            other => Err(FileError::NotFound(other.into())),
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

pub(super) fn render(fonts: &Fonts, content: &Content) -> Result<Rendered, PaperError> {
    fonts.usable()?;
    let broken = |fault: &dyn std::fmt::Display| PaperError::Layout(fault.to_string());
    let template = match content.body.kind() {
        PaperKind::IntakeReceipt => "intake_receipt.typ",
        PaperKind::AcceptanceNotice => "acceptance_notice.typ",
        PaperKind::NonAcceptanceNotice => "non_acceptance_notice.typ",
    };
    let path = VirtualPath::new(template).map_err(|_| broken(&template))?;
    let main = RootedPath::new(VirtualRoot::Project, path).intern();
    let json = serde_json::to_vec(content).map_err(|fault| broken(&fault))?;
    let table = Table { fonts, main, content: Bytes::new(json) };
    let document = typst::compile::<PagedDocument>(&table).output.map_err(|faults| first(&faults))?;
    let mut missing = BTreeSet::new();
    for page in document.pages() {
        without_glyph(&page.frame, &mut missing);
    }
    if !missing.is_empty() {
        return Err(PaperError::NoGlyph { count: missing.len() });
    }
    let options = PdfOptions {
        // The same paper is the same file, to the byte.
        ident: Smart::Custom(content.number.clone()),
        creator: Smart::Custom(None),
        ..PdfOptions::default()
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|faults| first(&faults))?;
    let mut pages = Vec::new();
    for page in document.pages() {
        let width = page.frame.size().x.to_pt().max(1.0);
        let scale =
            RenderOptions { pixel_per_pt: (f64::from(PAGE_WIDTH) / width).into(), render_bleed: false };
        let picture = typst_render::render(page, &scale);
        pages.push(picture.encode_png().map_err(|fault| broken(&fault))?);
    }
    typst::comemo::evict(REMEMBERED_PAPERS);
    let digest = hex::encode(digest(&SHA256, &pdf));
    Ok(Rendered { pdf, pages, digest })
}

fn first(faults: &[SourceDiagnostic]) -> PaperError {
    PaperError::Layout(faults.first().map_or_else(|| "unknown".to_owned(), |fault| fault.message.to_string()))
}

/// Glyph 0 is the empty box that stands for "this font has no such character".
fn without_glyph(frame: &Frame, missing: &mut BTreeSet<String>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => without_glyph(&group.frame, missing),
            FrameItem::Text(text) => {
                let boxes = text.glyphs.iter().filter(|glyph| glyph.id == 0);
                missing.extend(boxes.map(|glyph| text.text[glyph.range()].to_owned()));
            }
            FrameItem::Shape(..) | FrameItem::Image(..) | FrameItem::Link(..) | FrameItem::Tag(_) => {}
        }
    }
}
