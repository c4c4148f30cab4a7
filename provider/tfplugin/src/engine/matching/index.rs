//! An index of values, by which those that fit a template are found without a look at all the others.

use std::collections::BTreeMap;

use super::shape::Shape;
use crate::value::Value;

/// So many pairs are looked at one by one sooner than by an index.
const FEW: usize = 16;

/// For each template the values that `fits` says it fits, by their places, in order. Unknown parts of a template are open;
/// a value in which anything else is not the same does not fit, and `fits` is seldom asked.
pub(in crate::engine) fn candidates(
    templates: &[&Value],
    values: &[&Value],
    fits: &dyn Fn(usize, usize) -> bool,
) -> Vec<Vec<usize>> {
    let every = |template: usize, there: &[usize]| -> Vec<_> {
        there.iter().copied().filter(|value| fits(template, *value)).collect()
    };
    if templates.len() * values.len() <= FEW {
        let there: Vec<_> = (0..values.len()).collect();
        return (0..templates.len()).map(|template| every(template, &there)).collect();
    }
    let mut found = vec![Vec::new(); templates.len()];
    let shapes: Vec<_> = templates.iter().map(|template| Shape::of(template)).collect();
    // First by what is closed in all templates, which tells most apart; then by what is closed in each.
    let common = shapes.iter().cloned().fold(Shape::Closed, Shape::or);
    let mut groups: BTreeMap<Value, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (place, template) in templates.iter().enumerate() {
        groups.entry(common.key(template)).or_default().0.push(place);
    }
    for (place, value) in values.iter().enumerate() {
        if let Some(group) = groups.get_mut(&common.key(value)) {
            group.1.push(place);
        }
    }
    for (wanting, there) in groups.into_values() {
        if wanting.len() * there.len() <= FEW {
            for template in wanting {
                found[template] = every(template, &there);
            }
        } else {
            by_shape(&wanting, &there, (templates, values), &shapes, &mut |template, value| {
                if fits(template, value) {
                    found[template].push(value);
                }
            });
        }
    }
    found
}

/// Tells of each template that is `wanting` and each value that is `there` with what is closed in the template.
fn by_shape(
    wanting: &[usize],
    there: &[usize],
    (templates, values): (&[&Value], &[&Value]),
    shapes: &[Shape<'_>],
    tell: &mut dyn FnMut(usize, usize),
) {
    let mut alike: BTreeMap<&Shape<'_>, Vec<usize>> = BTreeMap::new();
    for template in wanting {
        alike.entry(&shapes[*template]).or_default().push(*template);
    }
    for (shape, wanting) in alike {
        let mut index: BTreeMap<Value, Vec<usize>> = BTreeMap::new();
        for value in there {
            index.entry(shape.key(values[*value])).or_default().push(*value);
        }
        for template in wanting {
            for value in index.get(&shape.key(templates[template])).into_iter().flatten() {
                tell(template, *value);
            }
        }
    }
}
