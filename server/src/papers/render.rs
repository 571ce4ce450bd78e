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
    let json = serde_json::to_string(content).map_err(|fault| broken(&fault))?;
    let template = match content.body.kind() {
        PaperKind::IntakeReceipt => "intake_receipt.typ",
        PaperKind::AcceptanceNotice => "acceptance_notice.typ",
        PaperKind::NonAcceptanceNotice => "non_acceptance_notice.typ",
    };
    let mut document = lay_out(fonts, template, &json)?;
    let rare = without_glyph(&document);
    if !rare.is_empty() {
        document = lay_out(fonts, template, &spelled(&json, &rare))?;
        let left = without_glyph(&document).len();
        if left > 0 {
            return Err(PaperError::NoGlyph { count: left });
        }
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

fn lay_out(fonts: &Fonts, template: &str, json: &str) -> Result<PagedDocument, PaperError> {
    let path = VirtualPath::new(template).map_err(|_| broken(&template))?;
    let main = RootedPath::new(VirtualRoot::Project, path).intern();
    let table = Table { fonts, main, content: Bytes::from_string(json.to_owned()) };
    typst::compile::<PagedDocument>(&table).output.map_err(|faults| first(&faults))
}

/// Nobody is turned away for the characters of their name: one that no font has is spelled by its number in Unicode, which
/// is unambiguous, instead of shown as an empty box, which is not.
fn spelled(json: &str, rare: &BTreeSet<char>) -> String {
    let mut text = String::with_capacity(json.len());
    for sign in json.chars() {
        if rare.contains(&sign) && !sign.is_ascii() {
            text.push_str(&format!("〔U+{:04X}〕", u32::from(sign)));
        } else {
            text.push(sign);
        }
    }
    text
}

fn broken(fault: &dyn std::fmt::Display) -> PaperError {
    PaperError::Layout(fault.to_string())
}

fn first(faults: &[SourceDiagnostic]) -> PaperError {
    PaperError::Layout(faults.first().map_or_else(|| "unknown".to_owned(), |fault| fault.message.to_string()))
}

/// Glyph 0 is the empty box that stands for "this font has no such character".
fn without_glyph(document: &PagedDocument) -> BTreeSet<char> {
    let mut missing = BTreeSet::new();
    for page in document.pages() {
        collect(&page.frame, &mut missing);
    }
    missing
}

fn collect(frame: &Frame, missing: &mut BTreeSet<char>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => collect(&group.frame, missing),
            FrameItem::Text(text) => {
                let boxes = text.glyphs.iter().filter(|glyph| glyph.id == 0);
                missing.extend(boxes.flat_map(|glyph| text.text[glyph.range()].chars()));
            }
            FrameItem::Shape(..) | FrameItem::Image(..) | FrameItem::Link(..) | FrameItem::Tag(_) => {}
        }
    }
}
