//! Logs show bodies without knowing any schema. This holds that nothing that the catalog calls a secret is shown.

use serde_json::Value as Json;
use truefoundry_catalog::Catalog;
use truefoundry_catalog::facts::Shape;
use truefoundry_catalog::sample::Sampler;

const CANARY: &str = "hush-4711";

/// Replaces every secret of an object by the canary; counts them.
fn plant(object: &str, manifest: &mut Json) -> usize {
    let catalog = Catalog::get();
    let fields = catalog.object(object).iter();
    fields
        .map(|(name, field)| match manifest.get_mut(name) {
            None => 0,
            Some(given) if catalog.secret(object, name).is_some() => plant_leaves(given),
            Some(given) => plant_in(&field.is, given),
        })
        .sum()
}

fn plant_in(shape: &Shape, given: &mut Json) -> usize {
    let catalog = Catalog::get();
    match (shape, given) {
        (Shape::Object(name), given) => plant(name, given),
        (Shape::List(inner), Json::Array(all)) => all.iter_mut().map(|each| plant_in(inner, each)).sum(),
        (Shape::Map(inner), Json::Object(all)) => all.values_mut().map(|each| plant_in(inner, each)).sum(),
        (Shape::Union(shapes), given) => {
            let variants = catalog.variants(shapes);
            let variant = catalog.variant_of(&variants, given).map(|variant| variant.shape);
            variant.map_or(0, |shape| plant_in(shape, given))
        }
        _ => 0,
    }
}

fn plant_leaves(given: &mut Json) -> usize {
    match given {
        Json::Object(entries) => entries.values_mut().map(plant_leaves).sum(),
        Json::Array(elements) => elements.iter_mut().map(plant_leaves).sum(),
        leaf => {
            *leaf = match leaf.as_str().and_then(|text| text.split_once("://")) {
                Some((scheme, _)) => format!("{scheme}://user:{CANARY}@example.com").into(),
                None => CANARY.into(),
            };
            1
        }
    }
}

#[test]
fn no_secret_of_any_kind_is_shown() {
    let mut planted = 0;
    let mut leaks = Vec::new();
    for kind in Catalog::get().kinds() {
        for mut sample in Sampler::all(kind) {
            let count = plant(&kind.object, &mut sample);
            planted += count;
            assert_eq!(sample.to_string().matches(CANARY).count(), count, "{}", kind.manifest_type);
            // As a request, and as an item of a list.
            for body in [
                serde_json::json!({ "manifest": sample, "dryRun": false }),
                serde_json::json!({ "data": [{ "id": "1", "manifest": sample }], "pagination": { "total": 1 } }),
            ] {
                let shown = truefoundry_api::redacted(&body);
                if shown.to_string().contains(CANARY) {
                    leaks.push(format!("{}: {shown}", kind.manifest_type));
                }
                assert!(shown.to_string().contains(&kind.manifest_type), "the rest is shown: {shown}");
            }
        }
    }
    assert!(leaks.is_empty(), "{} leaks, such as {}", leaks.len(), leaks[0]);
    assert!(planted > 500, "only {planted} secrets were planted");
}
