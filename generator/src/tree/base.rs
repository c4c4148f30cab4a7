//! `.tfy-infra/base`: every text that was written last, once for each content, compressed (zlib), named by its SHA-256.
//!
//! It is the common ancestor of the user's text and the next one, so it is kept in version control beside the files.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::{WriteError, own, record};

const FOLDER: &str = "base";
const ENDING: &str = ".zz";
/// Of a text when it is read: far more than any file that is generated.
const LARGEST: usize = 16 << 20;
const LEVEL: u8 = 9;

/// The texts of one directory.
pub(super) struct Texts {
    folder: PathBuf,
}

impl Texts {
    /// Those of a directory, without making anything.
    pub(super) fn of(dir: &Path) -> Self {
        Self { folder: dir.join(super::OWN).join(FOLDER) }
    }

    /// The text with this hash; `None` when there is none, or what is there is another.
    pub(super) fn get(&self, hash: &str) -> io::Result<Option<String>> {
        if !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let Some(packed) = own::read(&self.path(hash))? else { return Ok(None) };
        let unpacked = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&packed, LARGEST).ok();
        let text = unpacked.and_then(|bytes| String::from_utf8(bytes).ok());
        Ok(text.filter(|text| record::hash(text.as_bytes()) == hash))
    }

    /// Keeps a text.
    pub(super) fn put(&self, dir: &Path, text: &str) -> Result<(), WriteError> {
        let hash = record::hash(text.as_bytes());
        if self.get(&hash)?.is_some() {
            return Ok(());
        }
        own::folder(dir, FOLDER)?;
        own::put(&self.path(&hash), &miniz_oxide::deflate::compress_to_vec_zlib(text.as_bytes(), LEVEL))?;
        Ok(())
    }

    /// Removes all texts but these.
    pub(super) fn keep(&self, hashes: &BTreeSet<&str>) -> io::Result<()> {
        if !self.folder.is_dir() {
            return Ok(());
        }
        for entry in fs_err::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let kept = name.to_str().and_then(|name| name.strip_suffix(ENDING));
            if !kept.is_some_and(|hash| hashes.contains(hash)) {
                fs_err::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn path(&self, hash: &str) -> PathBuf {
        self.folder.join(format!("{hash}{ENDING}"))
    }
}
