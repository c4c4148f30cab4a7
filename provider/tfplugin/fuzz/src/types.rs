//! Types and numbers out of bytes.

use tfplugin::value::Type;

/// Bytes to make decisions by. Beyond their end everything is zero.
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// A short text.
    pub fn text(&mut self) -> String {
        let length = usize::from(self.byte() % 8).min(self.0.len());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }

    /// A type, not too deep.
    pub fn ty(&mut self, depth: usize) -> Type {
        let kinds = if depth == 0 { 4 } else { 9 };
        match self.byte() % kinds {
            0 => Type::String,
            1 => Type::Number,
            2 => Type::Bool,
            3 => Type::Dynamic,
            4 => Type::list(self.ty(depth - 1)),
            5 => Type::set(self.ty(depth - 1)),
            6 => Type::map(self.ty(depth - 1)),
            7 => Type::Tuple((0..self.byte() % 4).map(|_| self.ty(depth - 1)).collect()),
            _ => Type::Object((0..self.byte() % 4).map(|_| (self.text(), self.ty(depth - 1))).collect()),
        }
    }
}
