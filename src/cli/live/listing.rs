//! Reads a live backlog page by page, and goes on where an interrupted run ended.

use std::path::PathBuf;

use crate::backlog::{Item, Repository, Subject};
use crate::tracker::{Bookmark, ItemPage, Listing};

use super::state::StateFile;
use super::{Live, LiveError, Progress};

/// What is to be read.
#[derive(Clone, Debug)]
pub struct Backlog {
    /// Of which repository.
    pub repository: Repository,
    /// Which items.
    pub listing: Listing,
    /// Pages overlap, so that nothing is missed while people work: about one call in a hundred more.
    pub thorough: bool,
    /// The folder where the progress is kept.
    pub state: PathBuf,
}

/// Reads a backlog.
pub struct Reader<'a> {
    live: &'a Live,
    backlog: Backlog,
    file: Option<StateFile>,
    kept: std::vec::IntoIter<ItemPage>,
    /// Where to go on; none at the beginning.
    bookmark: Option<Bookmark>,
    ended: bool,
    read: u64,
}

impl<'a> Reader<'a> {
    /// Opens the file that keeps the progress; asks the tracker nothing yet.
    pub fn open(live: &'a Live, backlog: Backlog) -> Result<Self, LiveError> {
        let (name, now) = (&backlog.repository.name, live.clock.now());
        let (file, kept) = StateFile::open(&backlog.state, name, backlog.listing, now)?;
        Ok(Self { live, backlog, file: Some(file), kept: kept.into_iter(), bookmark: None, ended: false, read: 0 })
    }

    /// The next items; none at the end. An item that changed meanwhile may come a second time, as it is then.
    pub async fn next(&mut self, progress: &mut Progress) -> Result<Option<Vec<(Subject, Item)>>, LiveError> {
        if self.ended {
            return Ok(None);
        }
        let page = match self.kept.next() {
            Some(page) => page,
            None => self.ask(progress).await?,
        };
        self.read += u64::try_from(page.items.len()).unwrap_or(0);
        progress.show("items read", self.read, page.remaining.map(|remaining| self.read + remaining));
        self.ended = page.next.is_none();
        self.bookmark = page.next;
        Ok(Some(page.items))
    }

    async fn ask(&mut self, progress: &mut Progress) -> Result<ItemPage, LiveError> {
        let Backlog { repository, listing, .. } = &self.backlog;
        let bookmark = match self.bookmark.take() {
            Some(bookmark) if self.backlog.thorough => Some(bookmark.thorough()),
            bookmark => bookmark,
        };
        let asked = self
            .live
            .patiently(progress, || async {
                let errand = self.live.errand(repository);
                self.live.tracker.list_items(repository, &errand, listing, bookmark.as_ref()).await
            })
            .await;
        let page = asked.map_err(|error| error.of_repository(&repository.name))?;
        if let Some(file) = &mut self.file {
            file.keep(&page)?;
        }
        Ok(page)
    }

    /// Everything that was wanted has been read and used: the next run begins anew.
    pub fn done(mut self) -> Result<(), LiveError> {
        self.file.take().map_or(Ok(()), StateFile::remove)
    }
}
