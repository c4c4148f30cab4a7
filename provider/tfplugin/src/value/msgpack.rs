//! The wire form of values: MessagePack, read and written by type.
//!
//! Reading is guided by the type, so a message can neither nest deeper than the schema nor smuggle in another
//! shape; a length that the message cannot hold is refused before anything is allocated for it.

use std::collections::BTreeMap;
use std::sync::Arc;

use rmp::Marker;
use rmp::decode::NumValueReadError;
use rmp::encode as write;

use super::{Number, Path, Trail, Type, Unknown, Value};

/// Extension code of an unknown value with refinements.
const REFINED: i8 = 12;
/// Longest refinement payload accepted, in bytes; Terraform's own limit.
const MAX_REFINEMENT: usize = 1024;

/// The bytes are not a value of the expected type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", if path.steps().is_empty() { String::new() } else { format!("`{path}`: ") })]
pub struct DecodeError {
    /// Where in the value the problem is.
    pub path: Path,
    /// What is wrong.
    pub problem: String,
}

impl Value {
    /// Reads one value of type `ty`. No bytes at all are null, as on the wire.
    ///
    /// # Errors
    /// When the bytes are not MessagePack, not of that type, or more than one value.
    pub fn from_msgpack(bytes: &[u8], ty: &Type) -> Result<Self, DecodeError> {
        if bytes.is_empty() {
            return Ok(Self::Null);
        }
        let mut reader = Reader { rest: bytes };
        let value = reader.value(ty, &Trail::Root)?;
        if reader.rest.is_empty() { Ok(value) } else { Err(fail(&Trail::Root, "bytes after the value")) }
    }

    /// Writes the value as one of type `ty`. Attributes an object lacks are written as null; attributes that the
    /// type does not have are left out.
    #[must_use]
    pub fn to_msgpack(&self, ty: &Type) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        encode(self, ty, &mut out);
        out
    }
}

fn fail(path: &Trail<'_>, problem: impl Into<String>) -> DecodeError {
    DecodeError { path: path.to_path(), problem: problem.into() }
}

const CUT_OFF: &str = "the value is cut off";

/// What `rmp` could not read: there is nothing more to read, or something else than what is `wanted`.
fn misread(path: &Trail<'_>, error: impl Into<NumValueReadError>, wanted: &str) -> DecodeError {
    match error.into() {
        NumValueReadError::InvalidMarkerRead(_) | NumValueReadError::InvalidDataRead(_) => {
            fail(path, CUT_OFF)
        }
        NumValueReadError::TypeMismatch(_) | NumValueReadError::OutOfRange => {
            fail(path, format!("{wanted} is required"))
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn value(&mut self, ty: &Type, path: &Trail<'_>) -> Result<Value, DecodeError> {
        let marker = self.peek(path)?;
        if marker == Marker::Null {
            self.rest = &self.rest[1..];
            return Ok(Value::Null);
        }
        if is_extension(marker) {
            return self.unknown(path);
        }
        match ty {
            Type::String => Ok(Value::string(self.text(path)?)),
            Type::Bool => rmp::decode::read_bool(&mut self.rest)
                .map(Value::Bool)
                .map_err(|error| misread(path, error, "a bool")),
            Type::Number => self.number(marker, path).map(Value::Number),
            Type::List(element) => Ok(Value::List(self.elements(path, |_| Some(element))?)),
            Type::Set(element) => Ok(Value::set(self.elements(path, |_| Some(element))?)),
            Type::Tuple(types) => {
                let elements = self.elements(path, |index| types.get(index))?;
                if elements.len() != types.len() {
                    return Err(fail(path, format!("a tuple of {} elements is required", types.len())));
                }
                Ok(Value::List(elements))
            }
            Type::Map(element) => self.entries(path, true, |_| Some(element)).map(Value::Map),
            Type::Object(types) => {
                let entries = self.entries(path, false, |name| types.get(name))?;
                if entries.len() != types.len() {
                    return Err(fail(path, format!("an object with {} attributes is required", types.len())));
                }
                Ok(Value::Map(entries))
            }
            Type::Dynamic => self.dynamic(path),
        }
    }

    fn peek(&self, path: &Trail<'_>) -> Result<Marker, DecodeError> {
        self.rest.first().map(|byte| Marker::from_u8(*byte)).ok_or_else(|| fail(path, CUT_OFF))
    }

    fn take(&mut self, count: usize, path: &Trail<'_>) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(|| fail(path, CUT_OFF))?;
        self.rest = rest;
        Ok(taken)
    }

    fn text(&mut self, path: &Trail<'_>) -> Result<&'a str, DecodeError> {
        let length =
            rmp::decode::read_str_len(&mut self.rest).map_err(|error| misread(path, error, "a string"))?;
        std::str::from_utf8(self.take(length as usize, path)?)
            .map_err(|_| fail(path, "the text is not UTF-8"))
    }

    fn number(&mut self, marker: Marker, path: &Trail<'_>) -> Result<Number, DecodeError> {
        let wrong = |error| misread(path, error, "a number");
        let float = match marker {
            Marker::F32 => f64::from(rmp::decode::read_f32(&mut self.rest).map_err(wrong)?),
            Marker::F64 => rmp::decode::read_f64(&mut self.rest).map_err(wrong)?,
            Marker::U64 => return Ok(rmp::decode::read_u64(&mut self.rest).map_err(wrong)?.into()),
            Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => {
                return self.text(path)?.parse().map_err(|error| fail(path, format!("{error}")));
            }
            _ => {
                let integer: i64 = rmp::decode::read_int(&mut self.rest)
                    .map_err(|error| misread(path, error, "a number"))?;
                return Ok(integer.into());
            }
        };
        Number::from_wire(float).ok_or_else(|| fail(path, "not a number"))
    }

    /// An array whose element at each position has the type that `ty` gives; none ends it with an error.
    fn elements<'t>(
        &mut self,
        path: &Trail<'_>,
        ty: impl Fn(usize) -> Option<&'t Type>,
    ) -> Result<Vec<Value>, DecodeError>
    where
        Type: 't,
    {
        let length = rmp::decode::read_array_len(&mut self.rest)
            .map_err(|error| misread(path, error, "a list"))? as usize;
        // No more room than a small message could fill: what is claimed may be far more than what follows.
        let mut elements = Vec::with_capacity(length.min(self.rest.len()).min(1024));
        for index in 0..length {
            let at = path.index(index);
            let ty = ty(index).ok_or_else(|| fail(path, format!("{length} elements are too many")))?;
            elements.push(self.value(ty, &at)?);
        }
        Ok(elements)
    }

    fn entries<'t>(
        &mut self,
        path: &Trail<'_>,
        is_map: bool,
        ty: impl Fn(&str) -> Option<&'t Type>,
    ) -> Result<BTreeMap<String, Value>, DecodeError>
    where
        Type: 't,
    {
        let length =
            rmp::decode::read_map_len(&mut self.rest).map_err(|error| misread(path, error, "an object"))?;
        let mut entries = BTreeMap::new();
        for _ in 0..length {
            let name = self.text(path)?;
            let at = if is_map { path.key(name) } else { path.attribute(name) };
            let ty = ty(name).ok_or_else(|| fail(&at, "there is no such attribute"))?;
            let value = self.value(ty, &at)?;
            if entries.insert(name.to_owned(), value).is_some() {
                return Err(fail(&at, "the attribute is there twice"));
            }
        }
        Ok(entries)
    }

    fn dynamic(&mut self, path: &Trail<'_>) -> Result<Value, DecodeError> {
        let pair = "a list of a type and a value";
        let length =
            rmp::decode::read_array_len(&mut self.rest).map_err(|error| misread(path, error, pair))?;
        if length != 2 {
            return Err(fail(path, format!("{pair} is required")));
        }
        let length = rmp::decode::read_bin_len(&mut self.rest)
            .map_err(|error| misread(path, error, "a dynamic value's type in binary"))?;
        let ty = Type::from_json_bytes(self.take(length as usize, path)?)
            .map_err(|error| fail(path, error.to_string()))?;
        let inside = path.inside().ok_or_else(|| fail(path, "the value is nested too deep"))?;
        let value = self.value(&ty, &inside)?;
        Ok(Value::Dynamic(Box::new((ty, value))))
    }

    /// Any extension is an unknown value; only those with code 12 say more about it.
    fn unknown(&mut self, path: &Trail<'_>) -> Result<Value, DecodeError> {
        let meta = rmp::decode::read_ext_meta(&mut self.rest)
            .map_err(|error| misread(path, error, "an unknown value"))?;
        let payload = self.take(meta.size as usize, path)?;
        if payload.len() > MAX_REFINEMENT {
            return Err(fail(path, "an unknown value's refinements are too long"));
        }
        let refined = meta.typeid == REFINED && payload.len() > 1;
        Ok(Value::Unknown(Unknown(refined.then(|| Arc::from(payload)))))
    }
}

fn is_extension(marker: Marker) -> bool {
    use Marker::{Ext8, Ext16, Ext32, FixExt1, FixExt2, FixExt4, FixExt8, FixExt16};
    matches!(marker, FixExt1 | FixExt2 | FixExt4 | FixExt8 | FixExt16 | Ext8 | Ext16 | Ext32)
}

/// Writing to a `Vec` cannot fail, so results of `rmp`'s writers are not looked at.
fn encode(value: &Value, ty: &Type, out: &mut Vec<u8>) {
    match (value, ty) {
        (Value::Null, _) => drop(write::write_nil(out)),
        (Value::Unknown(Unknown(None)), _) => out.extend_from_slice(&[0xd4, 0, 0]),
        (Value::Unknown(Unknown(Some(payload))), _) => {
            drop(write::write_ext_meta(out, payload.len() as u32, REFINED));
            out.extend_from_slice(payload);
        }
        (Value::Dynamic(inner), Type::Dynamic) => {
            drop(write::write_array_len(out, 2));
            drop(write::write_bin(out, &inner.0.to_json_bytes()));
            encode(&inner.1, &inner.0, out);
        }
        (value, Type::Dynamic) => {
            let inferred = infer(value);
            drop(write::write_array_len(out, 2));
            drop(write::write_bin(out, &inferred.to_json_bytes()));
            encode(value, &inferred, out);
        }
        (Value::Dynamic(inner), ty) => encode(&inner.1, ty, out),
        (Value::Bool(value), _) => drop(write::write_bool(out, *value)),
        (Value::String(text), _) => drop(write::write_str(out, text)),
        (Value::Number(number), _) => encode_number(number, out),
        (Value::List(elements) | Value::Set(elements), ty) => {
            drop(write::write_array_len(out, elements.len() as u32));
            for (index, element) in elements.iter().enumerate() {
                let element_type = match ty {
                    Type::List(of) | Type::Set(of) => of,
                    Type::Tuple(types) => types.get(index).unwrap_or(&Type::Dynamic),
                    _ => &Type::Dynamic,
                };
                encode(element, element_type, out);
            }
        }
        (Value::Map(entries), Type::Object(types)) => {
            drop(write::write_map_len(out, types.len() as u32));
            for (name, ty) in types {
                drop(write::write_str(out, name));
                encode(entries.get(name).unwrap_or(&Value::Null), ty, out);
            }
        }
        (Value::Map(entries), ty) => {
            let element = if let Type::Map(element) = ty { element } else { &Type::Dynamic };
            drop(write::write_map_len(out, entries.len() as u32));
            for (name, value) in entries {
                drop(write::write_str(out, name));
                encode(value, element, out);
            }
        }
    }
}

fn encode_number(number: &Number, out: &mut Vec<u8>) {
    if let Some(integer) = number.as_i64() {
        drop(write::write_sint(out, integer));
    } else if number.is_infinite() {
        drop(write::write_f64(out, number.as_f64()));
    } else {
        drop(write::write_str(out, &number.to_string()));
    }
}

/// The narrowest type of a value that came without one.
pub(super) fn infer(value: &Value) -> Type {
    match value {
        Value::Null | Value::Unknown(_) => Type::Dynamic,
        Value::Bool(_) => Type::Bool,
        Value::Number(_) => Type::Number,
        Value::String(_) => Type::String,
        Value::List(elements) => Type::Tuple(elements.iter().map(infer).collect()),
        Value::Set(elements) => Type::set(elements.first().map_or(Type::Dynamic, infer)),
        Value::Map(entries) => {
            Type::Object(entries.iter().map(|(name, value)| (name.clone(), infer(value))).collect())
        }
        Value::Dynamic(inner) => inner.0.clone(),
    }
}

#[cfg(test)]
mod tests;
