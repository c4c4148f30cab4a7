//! A root of Terraform that has a backend and nothing else: to reach a state without the code of its layer, whose backend is another by now.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crate::run::commands::{Commands, Failed, no_state};
use crate::tree::place::Place;
use crate::tree::state::Content;
use crate::tree::{OWN, own};

/// The folder of all such roots, below the program's own.
const FOLDER: &str = "moves";

/// Such a root, which goes with this value once it is of no use any more.
pub(super) struct Root<'a> {
    pub(super) commands: Commands<'a>,
    folder: PathBuf,
    name: String,
}

impl<'a> Root<'a> {
    /// Makes it, in place of one that a run which was cut off has left. `role` is what it is for.
    pub(super) fn new(layer: &Commands<'a>, dir: &Path, role: &str, place: &Place) -> Result<Self, Failed> {
        let of_layer = layer.dir.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{of_layer}-{role}");
        let folder = own::folder(dir, FOLDER).map_err(std::io::Error::other)?.join(&name);
        if std::fs::symlink_metadata(&folder).is_ok() {
            fs_err::remove_dir_all(&folder)?;
        }
        // A state goes through it.
        std::fs::DirBuilder::new().mode(0o700).create(&folder)?;
        let commands = Commands { dir: folder.clone(), ..layer.clone() };
        let root = Self { commands, folder, name };
        root.have(&place.root(&std::path::absolute(&layer.dir)?))?;
        root.commands.init_with(&[])?;
        Ok(root)
    }

    /// Where it is, from the directory of the tree.
    pub(super) fn place(&self) -> String {
        format!("{OWN}/{FOLDER}/{}", self.name)
    }

    /// Has it another backend, which it is not prepared for.
    pub(super) fn have(&self, root: &serde_json::Value) -> std::io::Result<()> {
        fs_err::write(self.folder.join("main.tf.json"), format!("{root:#}\n"))
    }

    /// The state, and what is in it.
    pub(super) fn state(&self) -> Result<(Vec<u8>, Content), Failed> {
        let text = self.commands.pull()?;
        let content = Content::of(&text).ok_or_else(no_state)?;
        Ok((text, content))
    }

    /// Puts a state there.
    pub(super) fn put(&self, text: &[u8]) -> Result<(), Failed> {
        let file = self.folder.join("state");
        std::io::Write::write_all(&mut own::create_for_owner(&file)?, text)?;
        let pushed = self.commands.push(Path::new("state"));
        fs_err::remove_file(file)?;
        pushed
    }

    /// Takes it away.
    pub(super) fn remove(self) {
        // What is left has no state in it, and the next run takes it away.
        let _ = std::fs::remove_dir_all(self.folder);
    }
}
