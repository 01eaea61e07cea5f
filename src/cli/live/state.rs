//! What was listed so far, kept in a file so that an interrupted listing is not read again: JSON Lines, a head and one
//! line a page. Gone when the listing is done.
//!
//! A crash may leave half a line at the end: it counts as not written. The file holds the text of issues, so it is for its
//! owner only.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::backlog::{Item, Subject};
use crate::tracker::{Bookmark, ItemPage, Listing};

use super::LiveError;

/// What was listed longer ago is listed anew.
const HOLDS: SignedDuration = SignedDuration::from_hours(24);
const VERSION: u32 = 1;

/// The first line: which listing it is.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    version: u32,
    repository: String,
    listing: Listing,
    begun: Timestamp,
}

/// A page as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    items: Vec<(String, Item)>,
    next: Option<Bookmark>,
    remaining: Option<u64>,
}

/// The file of one listing.
#[derive(Debug)]
pub(super) struct StateFile {
    path: PathBuf,
    file: File,
}

impl StateFile {
    /// Opens the file of this listing in a folder, and gives back the pages that it holds.
    pub(super) fn open(
        folder: &Path,
        repository: &str,
        listing: Listing,
        now: Timestamp,
    ) -> Result<(Self, Vec<ItemPage>), LiveError> {
        let path = folder.join(format!("plimsoll-{}.listing.jsonl", repository.replace('/', "-")));
        let failed = |error| failed(&path, error);
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(failed)?;
        let head = Head { version: VERSION, repository: repository.to_owned(), listing, begun: now };
        let (pages, length) = read(&file, &head).map_err(failed)?;
        file.set_len(length).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        if length == 0 {
            write_line(&mut file, &head).map_err(failed)?;
        }
        Ok((Self { path, file }, pages))
    }

    /// Keeps a page.
    pub(super) fn keep(&mut self, page: &ItemPage) -> Result<(), LiveError> {
        let items = page.items.iter().map(|(subject, item)| (subject.to_string(), item.clone())).collect();
        let kept = Kept { items, next: page.next.clone(), remaining: page.remaining };
        write_line(&mut self.file, &kept).map_err(|error| failed(&self.path, error))
    }

    /// The listing is done.
    pub(super) fn remove(self) -> Result<(), LiveError> {
        std::fs::remove_file(&self.path).map_err(|error| failed(&self.path, error))
    }
}

fn failed(path: &Path, error: io::Error) -> LiveError {
    LiveError::File { doing: format!("keeping the progress in {} (see --state)", path.display()), error }
}

fn write_line(file: &mut File, line: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_string(line)?;
    text.push('\n');
    file.write_all(text.as_bytes())
}

/// The pages of this listing, and how many bytes of the file hold good.
fn read(file: &File, wanted: &Head) -> io::Result<(Vec<ItemPage>, u64)> {
    let mut reader = BufReader::new(file);
    let (mut line, mut good, mut pages) = (Vec::new(), 0, Vec::new());
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line)?;
        if !line.ends_with(b"\n") {
            return Ok((pages, good));
        }
        if good == 0 {
            let is_ours = serde_json::from_slice::<Head>(&line).is_ok_and(|head| is_same(&head, wanted));
            if !is_ours {
                return Ok((pages, 0));
            }
        } else {
            match serde_json::from_slice::<Kept>(&line).ok().and_then(page) {
                Some(page) => pages.push(page),
                None => return Ok((pages, good)),
            }
        }
        good += u64::try_from(length).unwrap_or(0);
    }
}

fn is_same(head: &Head, wanted: &Head) -> bool {
    let is_fresh = wanted.begun.duration_since(head.begun).abs() <= HOLDS;
    is_fresh && *head == Head { begun: head.begun, repository: wanted.repository.clone(), ..*wanted }
}

fn page(kept: Kept) -> Option<ItemPage> {
    let items: Option<Vec<(Subject, Item)>> =
        kept.items.into_iter().map(|(subject, item)| Some((subject.parse().ok()?, item))).collect();
    Some(ItemPage { items: items?, next: kept.next, remaining: kept.remaining })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page_of(key: &str) -> ItemPage {
        let item = Item { key: key.to_owned(), ..Item::default() };
        ItemPage { items: vec![("github:item:5/1".parse().unwrap(), item)], next: None, remaining: Some(7) }
    }

    fn keys(pages: &[ItemPage]) -> Vec<&str> {
        pages.iter().flat_map(|page| &page.items).map(|(_, item)| item.key.as_str()).collect()
    }

    #[test]
    fn what_was_kept_is_there_again_but_for_half_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let open = |now: i64| {
            StateFile::open(folder.path(), "acme/shop", Listing::default(), Timestamp::from_second(now).unwrap())
                .unwrap()
        };
        let (mut file, pages) = open(0);
        assert_eq!(pages, []);
        file.keep(&page_of("#1")).unwrap();
        file.keep(&page_of("#2")).unwrap();
        file.file.write_all(b"{\"items\":[[\"github").unwrap();
        let (mut file, pages) = open(60);
        assert_eq!(keys(&pages), ["#1", "#2"]);
        file.keep(&page_of("#3")).unwrap();
        assert_eq!(keys(&open(120).1), ["#1", "#2", "#3"]);
        assert_eq!(open(90_000).1, [], "what is a day old is listed anew");
    }

    #[test]
    fn another_listing_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let (mut file, _) = StateFile::open(folder.path(), "acme/shop", Listing::default(), now).unwrap();
        file.keep(&page_of("#1")).unwrap();
        let since = Listing { since: Some(now), ..Listing::default() };
        assert_eq!(StateFile::open(folder.path(), "acme/shop", since, now).unwrap().1, []);
        std::fs::write(&file.path, "not ours\n").unwrap();
        assert_eq!(StateFile::open(folder.path(), "acme/shop", since, now).unwrap().1, []);
    }
}
