//! The terminal, as what draws on it wants it: one that is closed while something runs takes everything and shows nothing. indicatif takes an
//! error of a terminal for a reason to panic.

use std::io;

use console::Term;
use indicatif::TermLike;

/// Standard error, a terminal when the program was started.
#[derive(Debug)]
pub(super) struct Terminal(Term);

impl Terminal {
    /// That of standard error.
    pub(super) fn new() -> Self {
        Self(Term::buffered_stderr())
    }
}

/// With the terminal closed there is nobody left to tell.
fn told(_: io::Result<()>) -> io::Result<()> {
    Ok(())
}

impl TermLike for Terminal {
    fn width(&self) -> u16 {
        self.0.size().1
    }

    fn height(&self) -> u16 {
        self.0.size().0
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        told(self.0.move_cursor_up(n))
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        told(self.0.move_cursor_down(n))
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        told(self.0.move_cursor_right(n))
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        told(self.0.move_cursor_left(n))
    }

    fn write_line(&self, s: &str) -> io::Result<()> {
        told(self.0.write_line(s))
    }

    fn write_str(&self, s: &str) -> io::Result<()> {
        told(self.0.write_str(s))
    }

    fn clear_line(&self) -> io::Result<()> {
        told(self.0.clear_line())
    }

    fn flush(&self) -> io::Result<()> {
        told(self.0.flush())
    }
}
