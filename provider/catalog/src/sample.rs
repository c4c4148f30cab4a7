//! Manifests made from the catalog, for tests: valid, repeatable, and together with every variant of every union.

use serde_json::{Map, Value as Json, json};

use crate::facts::{Field, Limits, Shape};
use crate::{Catalog, Kind};

/// Makes manifests.
#[derive(Clone, Copy, Debug)]
pub struct Sampler {
    /// Which variant every union takes, counted modulo the number of its variants.
    pub variant: usize,
    /// Whether fields that may be left out are there.
    pub full: bool,
    /// Distinguishes the texts of one sample from those of another.
    pub seed: u32,
}

/// Texts that keep the patterns which plain words do not, by pattern.
const TEXTS: &[(&str, &str)] = &[
    ("^(amqp|amqps?)://", "amqp://user:sample-pass@queue.example.com:5672/v"),
    ("^arn:", "arn:aws:iam::123456789012:role/sample"),
    ("^((([a-zA-Z0-9", "sample.example.com"),
    ("^(/([a-zA-Z0-9]", "/sample/path/"),
    ("^tpu-", "tpu-v5-lite"),
    (r"^\d+x\d+", "2x4"),
    ("^(((https?|wss)://)?", "https://charts.example.com/stable"),
    ("^(((oci)://)?", "oci://registry.example.com/charts/sample"),
    ("^(https?://)", "https://git.example.com/sample.git"),
    ("^(http(s?)://)", "http://nats.example.com:8222"),
    (r"^\d+(\.\d+){1,2}", "1.8.2"),
    ("^/[^*]*", "/health"),
    ("^/(?:", "/mnt/sample/file"),
    ("^tfy-secret:", "tfy-secret://demo:group:key"),
    ("^#[a-z0-9", "#alerts"),
    (r"^((\d+\.\d+", "12.4-cudnn9"),
    ("^(tfy-volume:", "tfy-volume://cluster:workspace:volume"),
];

impl Sampler {
    /// A manifest of this kind.
    #[must_use]
    pub fn manifest(&self, kind: &Kind) -> Json {
        let mut manifest = self.object(&kind.object);
        for (name, field) in Catalog::get().object(&kind.object) {
            if kind.demands(name) && manifest[name].is_null() {
                manifest[name] = self.field(name, field);
            }
        }
        manifest
    }

    /// As many samples as it takes for every variant of every union in the kind: the last ones repeat variants of the
    /// smaller unions. The first has only what is required, and there are at least two that differ.
    #[must_use]
    pub fn all(kind: &Kind) -> Vec<Json> {
        let catalog = Catalog::get();
        let objects = catalog.reachable(&kind.object);
        let widest = objects.values().flat_map(|object| object.values()).map(|field| width(&field.is)).max();
        let least = Self { variant: 0, full: false, seed: 0 };
        let full = (0..widest.unwrap_or(1)).map(|variant| Self { variant, full: true, seed: 0 });
        let samplers = [least].into_iter().chain(full);
        let mut samples: Vec<_> = samplers.map(|sampler| sampler.manifest(kind)).collect();
        // A kind without unions of which everything is required has only one so far.
        if samples.iter().all(|sample| *sample == samples[0]) {
            samples.push(Self { variant: 1, full: true, seed: 1 }.manifest(kind));
        }
        samples
    }

    fn object(&self, name: &str) -> Json {
        let wanted = |field: &Field| self.full || field.required;
        let fields = Catalog::get().object(name).iter().filter(|(_, field)| wanted(field));
        let fields = fields.map(|(name, field)| (name.clone(), self.field(name, field)));
        Json::Object(fields.collect::<Map<_, _>>())
    }

    /// A value for a field of this name.
    #[must_use]
    pub fn field(&self, name: &str, field: &Field) -> Json {
        self.shape(name, &field.is, field.limits.as_ref())
    }

    fn shape(&self, name: &str, shape: &Shape, limits: Option<&Limits>) -> Json {
        match shape {
            Shape::String => self.text(name, limits).into(),
            Shape::Const(text) => text.as_str().into(),
            Shape::Enum(name) => {
                let texts = Catalog::get().texts(name);
                texts.get(self.variant % texts.len().max(1)).cloned().unwrap_or_default().into()
            }
            Shape::Integer => json!(bound(limits, 3.0).round() as i64),
            Shape::Number => number(bound(limits, 1.5)),
            Shape::Boolean => self.variant.is_multiple_of(2).into(),
            Shape::Any => json!({ "any": [1, true, name] }),
            Shape::List(element) => self.list(name, element, limits),
            Shape::Map(value) => json!({ "k1": self.shape(name, value, limits) }),
            Shape::Object(name) => self.object(name),
            Shape::Union(shapes) => shapes
                .get(self.variant % shapes.len().max(1))
                .map_or(Json::Null, |shape| self.shape(name, shape, limits)),
        }
    }

    /// Two elements where they can differ, else one.
    fn list(&self, name: &str, element: &Shape, limits: Option<&Limits>) -> Json {
        let other = Self { seed: self.seed + 1, variant: self.variant + 1, ..*self };
        let mut elements = vec![self.shape(name, element, limits)];
        let second = other.shape(name, element, limits);
        // A role binding with many permissions has one subject.
        if *element == Shape::Object("RoleBindingSubject".to_owned()) {
            return elements.into();
        }
        if !elements.contains(&second)
            && matches!(element, Shape::Object(_) | Shape::Union(_) | Shape::String)
        {
            elements.push(second);
        }
        elements.into()
    }

    fn text(&self, name: &str, limits: Option<&Limits>) -> String {
        let pattern = limits.and_then(|limits| limits.pattern.as_deref()).unwrap_or_default();
        if let Some((_, text)) = TEXTS.iter().find(|(start, _)| pattern.starts_with(start)) {
            return (*text).to_owned();
        }
        let plain: String = crate::naming::snake(name).replace('_', "");
        let longest = limits.and_then(|limits| limits.max_length).unwrap_or(9).min(9) as usize;
        // Short, lower-case and ending in a digit: what most patterns of names take.
        let stem: String = plain.chars().take(longest.saturating_sub(1).min(7)).collect();
        match name {
            "colorHex" | "backgroundColorHex" => "#0a0b0c".to_owned(),
            "subject" | "subjects" | "authorized_subjects" => format!("user:{stem}{}@example.com", self.seed),
            "members" | "managers" | "to_emails" => format!("{stem}{}@example.com", self.seed),
            "storage_root" => format!("s3://sample{}/prefix", self.seed),
            "assumed_role_arn" => format!("arn:aws:iam::123456789012:role/sample{}", self.seed),
            "aws_account_id" => format!("{:012}", self.seed + 1),
            "registry_url" => format!("{:012}.dkr.ecr.us-east-1.amazonaws.com", self.seed + 1),
            "base_domains" => format!("d{}.example.com", self.seed),
            "expiration_date" => "2031-01-02".to_owned(),
            // The only type that roles of one's own may have.
            "resourceType" => "tenant".to_owned(),
            _ => format!("{stem}{}", self.seed),
        }
    }
}

fn width(shape: &Shape) -> usize {
    match shape {
        Shape::Union(shapes) => shapes.iter().map(width).max().unwrap_or(1).max(shapes.len()),
        Shape::List(inner) | Shape::Map(inner) => width(inner),
        _ => 1,
    }
}

fn bound(limits: Option<&Limits>, usual: f64) -> f64 {
    let Some(limits) = limits else { return usual };
    let low = limits.min.unwrap_or(usual).max(limits.above.map_or(f64::MIN, |above| above + 0.5));
    low.max(usual).min(limits.max.unwrap_or(f64::MAX)).max(low)
}

fn number(value: f64) -> Json {
    if value.fract() == 0.0 { json!(value as i64) } else { json!(value) }
}
